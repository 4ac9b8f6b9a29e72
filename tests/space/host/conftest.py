"""What the tests of several host modules share."""

from collections.abc import Iterator
from typing import Any

import pytest

from space import app
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


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Any, str]]:
    """The page, served: Gradio's app and its address, without the last slash."""
    demo = app.build()
    served, url, _ = app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield served, url.rstrip("/")
    demo.close()
