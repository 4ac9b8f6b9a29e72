"""Untrained models of every family, small enough for a test, and a way to make the app use them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import torch
from torch import nn

from space.weights import hub

SIZES = {
    **{"hidden_dim": 8, "base_channels": 4, "latent_dim": 5, "num_features": 6},
    **{"num_blocks": 1, "num_inference_steps": 2, "discriminator_channels": 4},
}


def small(model_class: type[nn.Module], **config: Any) -> nn.Module:
    """A model of the family, the same at each call; fields in `config` that its config lacks are ignored."""
    config_class = get_type_hints(model_class.__init__)["config"]
    known = {field.name for field in fields(config_class)}
    torch.manual_seed(0)
    values = {key: value for key, value in (SIZES | config).items() if key in known}
    return model_class(config_class(**values)).eval()


@contextmanager
def bundled(root: Path) -> Iterator[Path]:
    """Let the app use the model folders in `root` instead of the shipped ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub, "BUNDLED", root)
        hub.clear()
        yield root
    hub.clear()
