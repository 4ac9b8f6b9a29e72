"""Every test of the generation lesson runs on small untrained models."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from space.models import roles
from space.weights import hub
from tests.small_models import bundled
from tests.space.lessons.generate.fakes import write_models


@pytest.fixture(autouse=True, scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("pretrained")
    write_models(root)
    with bundled(root), torch.inference_mode():
        yield root


@pytest.fixture
def dcgan() -> nn.Module:
    return hub.load(roles.DCGAN).model
