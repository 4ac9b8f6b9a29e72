"""Every test of the translate tab runs on a small untrained model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from space.lessons.translate.work import NAMES
from tests.small_models import bundled
from tests.space.lessons.translate.fakes import MODEL, write_model


@pytest.fixture(autouse=True, scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("pretrained")
    for name in NAMES:
        write_model(root / name)
    with bundled(root), torch.inference_mode():
        yield root


@pytest.fixture
def other_model(tmp_path: Path) -> Iterator[Path]:
    """A copy of the model's folder to damage."""
    root = tmp_path / "other"
    write_model(root / MODEL)
    with bundled(root):
        yield root / MODEL
