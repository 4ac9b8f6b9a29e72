"""Two digits on the maps, without a browser."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from space.lessons.manifold import digits, work
from space.weights import hub
from tests.space.lessons.manifold.fakes import VAE_2D, digit, index, shown

pytestmark = pytest.mark.usefixtures("models")


def test_a_digit_is_marked_where_the_encoder_puts_it() -> None:
    *_, vae_map, autoencoder_map, _ = digits.show_digits(None, index(3), index(8), seed=0, steps=5)
    mu, logvar = hub.load(VAE_2D).model.encode(digit(3))
    overlay = vae_map["overlay"]
    np.testing.assert_allclose(overlay["mu"], mu[0], rtol=1e-6)
    np.testing.assert_allclose(overlay["sigma"], (logvar / 2).exp()[0], rtol=1e-6)
    np.testing.assert_allclose(overlay["end"], hub.load(VAE_2D).model.encode(digit(8))[0][0], rtol=1e-6)
    assert len(overlay["samples"]) == work.NUM_RESAMPLES
    assert "sigma" not in autoencoder_map["overlay"]


def test_what_is_drawn_goes_before_what_was_chosen() -> None:
    *chosen, vae, autoencoder, code = digits.show_digits(None, index(3), index(8), 0, 5)
    *drawn, vae_map, autoencoder_map, same = digits.show_digits(digit(3), index(4), index(8), 0, 5)
    assert drawn == chosen and shown(drawn[0]).size == (280, 280) and "0" in drawn[2] and code == same
    for before, after in ((vae, vae_map), (autoencoder, autoencoder_map)):
        assert before["overlay"].pop("digit") == index(3) and after == before


def test_an_empty_sketch_leaves_the_digit_as_it_is(tmp_path: Path) -> None:
    paper = Image.new("L", (280, 280), 255)
    paper.save(tmp_path / "blank.png")
    for before in (None, digit(0)):
        assert digits.from_sketch(None, before) is before
        assert digits.from_sketch(str(tmp_path / "blank.png"), before) is before
    paper.paste(0, (130, 100, 150, 180))
    paper.save(tmp_path / "one.png")
    assert digits.from_sketch(str(tmp_path / "one.png"), None).shape == (1, 1, 28, 28)
