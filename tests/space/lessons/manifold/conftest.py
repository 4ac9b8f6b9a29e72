"""Tests of the manifold lesson may run on untrained models."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.small_models import bundled
from tests.space.lessons.manifold.fakes import write_models


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("pretrained")
    write_models(root)
    with bundled(root), torch.inference_mode():
        yield root
