"""Every test of the reconstruction lesson may run on small untrained models."""

import pytest

from space.models import MODELS, models_that, roles
from space.pictures.sheets import digit_sheet
from space.weights import hub
from tests.small_models import small


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    """Model folders of untrained models, in place of the bundled ones."""
    for name in models_that("encode"):
        more = {"latent_dim": 2} if name == roles.VAE_MAP else {}
        small(MODELS[name], **more).save_pretrained(tmp_path / name)
    monkeypatch.setattr(hub, "BUNDLED", tmp_path)
    hub.clear()
    yield tmp_path
    hub.clear()


@pytest.fixture
def x():
    return digit_sheet()[4, 0][None, None] / 255
