"""What lessons can offer: the lab's models, sound folders of `MODELS_DIR`, repositories that are open."""

import logging
from pathlib import Path

import pytest

from space.models import MODELS, roles
from space.models.autoencoder import Autoencoder
from space.models.ddpm import DDPM
from space.models.vae import VAE
from space.text.refusals import Problem
from space.weights import own, table
from space.weights.model_folder import ModelUnavailable
from tests.small_models import small


@pytest.fixture
def entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of an operator, as the lab finds them at its start."""
    small(VAE, in_channels=3, image_size=32).save_pretrained(tmp_path / "flags <b>")
    small(DDPM, num_classes=0).save_pretrained(tmp_path / roles.DIFFUSION)
    small(Autoencoder).save_pretrained(tmp_path / "digits")
    small(VAE).save_pretrained(tmp_path / "noise")
    small(VAE).save_pretrained(tmp_path / "broken")
    (tmp_path / "broken" / "config.json").write_text('{"latent_dim": "many"}')
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    found = table._own_entries()
    monkeypatch.setattr(table, "OWN", found)
    monkeypatch.setattr(table, "TABLE", table.TABLE | found)
    yield tmp_path
    own.clear()


def test_sound_folders_join_the_table_and_the_log_names_the_others(entries, caplog):
    with caplog.at_level(logging.WARNING):
        assert table._own_entries().keys() == {"flags <b>", "digits", "own-noise", f"own-{roles.DIFFUSION}"}
    assert "broken is not offered in the lessons: " in caplog.text and caplog.text.count("\n") == 1
    assert table.TABLE.keys() > MODELS.keys()


def test_a_folder_is_offered_where_its_family_fits(entries):
    assert set(table.models_that("denoise")) - set(MODELS) == {f"own-{roles.DIFFUSION}"}
    fits = table.models_that("encode", image_shape=(1, 28, 28))
    assert "digits" in fits and "flags <b>" not in fits and roles.VAE_DEEP in fits
    assert "flags <b>" in table.models_that("encode")


def test_a_folder_is_loaded_by_its_name(entries):
    loaded = table.load("flags <b>", "decode")
    assert (loaded.source, loaded.name, loaded.model.config.image_size) == ("folder", "flags <b>", 32)
    assert table.load(roles.GAN).source == "bundled"
    with pytest.raises(Problem, match="which does not fit here"):
        table.load("flags <b>", "translate")
    found = table.load_each(["digits", roles.PLAIN])
    assert list(found) == ["digits", roles.PLAIN] and found["digits"].source == "folder"
    (entries / "digits" / "model.safetensors").write_bytes(b"cut off")
    assert isinstance(table.load_each(["digits"])["digits"], ModelUnavailable)
    with pytest.raises(Problem, match="no longer open"):
        table.load_any("someone/vae")
    with pytest.raises(Problem, match="no model named someone/vae"):
        table.load("someone/vae")  # an endpoint computes with no repository of a visitor
