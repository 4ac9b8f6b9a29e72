"""What the tests of several host modules share."""

from collections.abc import Iterator

import pytest

from space.host import queue
from tests.door import Door


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    """A `Door` at which two calls of one visitor may wait."""
    monkeypatch.setattr(queue, "MAX_WAITING_EACH", 2)
    door = Door()
    yield door
    door.open.set()
    door.demo.close()
