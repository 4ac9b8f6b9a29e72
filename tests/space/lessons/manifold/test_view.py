"""What a map is told: axes and codes."""

import base64
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from space.lessons.manifold import view
from space.models.autoencoder import Autoencoder, AutoencoderConfig
from space.pictures.sheets import digit_sheet
from space.weights import hub
from tests.space.lessons.manifold.fakes import AUTOENCODER_2D, VAE_2D

pytestmark = pytest.mark.usefixtures("models")


def test_chart_holds_the_codes_and_where_the_axes_lie(models: Path) -> None:
    chart = view.chart(hub.load(AUTOENCODER_2D))
    codes = np.frombuffer(base64.b64decode(chart["codes"]), "<f4").reshape(-1, 2)
    rows = np.loadtxt(models / AUTOENCODER_2D / "latents.csv", delimiter=",", skiprows=1)
    np.testing.assert_allclose(codes, rows[:, :2], rtol=1e-6)
    assert list(base64.b64decode(chart["labels"])) == rows[:, 2].tolist()
    low, high = np.array(chart["axes"]).T
    assert ((codes > low) & (codes < high)).all(1).mean() > 0.97
    np.testing.assert_allclose(chart["location"], codes.mean(0), rtol=1e-4)
    assert chart["side"] == 28
    assert set(view.MAP_WORDS["en"]) == set(view.MAP_WORDS["ko"]) >= {"grid", "codes", chart["source"]}


def test_the_codes_of_the_digits_that_can_be_picked_are_those_of_the_encoder() -> None:
    x = digit_sheet().flatten(0, 1)[:, None] / 255
    for name in (VAE_2D, AUTOENCODER_2D):
        loaded = hub.load(name)
        codes = {
            key: np.frombuffer(base64.b64decode(code), "<f4") for key, code in view.sheet(loaded).items()
        }
        wanted = loaded.model.posterior(x) if name == VAE_2D else [loaded.model.code(x)]
        assert list(codes) == ["mu", "sigma"][: len(wanted)]
        for code, one in zip(codes.values(), wanted):
            np.testing.assert_allclose(code, one.flatten(), atol=1e-6)
    config = AutoencoderConfig(latent_dim=2, in_channels=3, image_size=32, hidden_dim=8)
    assert view.sheet(replace(loaded, model=Autoencoder(config))) == {}


def test_the_prior_is_the_middle_of_the_vae_map() -> None:
    chart = view.chart(hub.load(VAE_2D))
    assert chart["location"] == [0, 0] and chart["scale"] == [1, 1]
    assert all(low == -high for low, high in chart["axes"])
