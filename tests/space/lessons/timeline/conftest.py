"""Fake training runs in place of the bundled ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_models import bundled
from tests.space.lessons.timeline.fakes import write_models


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    write_models(tmp_path)
    with bundled(tmp_path):
        yield tmp_path
