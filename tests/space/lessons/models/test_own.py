"""A model of a visitor's own in the models tab: what each family draws, and what it costs at most."""

import numpy as np
import pytest
import torch
from PIL import Image

from space.lessons.models import drawing, own
from space.models import FAMILIES
from space.models.ddpm import DDPM
from space.models.vae import VAE
from space.text.refusals import Problem
from space.weights import own as weights
from tests.small_models import small


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A busy machine is slow, not wrong."""
    monkeypatch.setattr(drawing, "SECONDS", 100.0)


PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 60, 3), np.uint8))


def families():
    for family in FAMILIES:
        for channels, size in ((1, 28), (3, 64)):
            if family.__name__ == "PixelCNN":  # draws pixel by pixel, and in grey alone
                size = 8
            if family.__name__ != "PixelCNN" or channels == 1:
                yield pytest.param(family, channels, size, id=f"{family.__name__}-{channels}x{size}")


@pytest.mark.parametrize(("family", "channels", "size"), list(families()))
def test_every_family_draws_in_grey_and_in_colour(family, channels, size):
    model = small(family, in_channels=channels, image_size=size)
    with torch.inference_mode():
        drawn, fewer = (drawing.draw(model, number, 3, PICTURE) for number in (5, 2))
    shape = (channels, size, size)
    assert not drawn.is_cut
    if hasattr(model, "decode"):
        assert drawn.samples.shape == (5, *shape)
        torch.testing.assert_close(drawn.samples[:2], fewer.samples)  # same seed, same picture
        assert (drawn.walk is None) == hasattr(model, "complete") or drawn.way is not None
    else:
        assert drawn.samples is None and drawn.copies
    assert (drawn.scores is not None) == hasattr(model, "discriminate")
    assert (drawn.way is not None) == isinstance(model, DDPM)
    if hasattr(model, "code"):
        assert set(drawn.copies) == {"seen", "back"}
    for images in (drawn.samples, drawn.walk, drawn.plane, drawn.way, *drawn.copies.values()):
        if images is not None:
            assert images.shape[1:] == shape and images.min() >= 0 and images.max() <= 1


def test_two_latent_numbers_have_a_map():
    drawn = drawing.draw(small(VAE, latent_dim=2), 1, 0, None)
    assert drawn.plane.shape[0] == drawing.CELLS**2 and drawn.copies == {}


class Slow(VAE):
    """Takes time, as networks do: in many steps."""

    def decode(self, z):
        for _ in range(len(z)):
            torch.ones(1).sum()
            drawing.time.sleep(0.05)
        return super().decode(z)


def test_a_model_draws_as_many_as_the_time_allows(monkeypatch):
    model = Slow(small(VAE).config).eval()
    monkeypatch.setattr(drawing, "SECONDS", 0.6)
    drawn = drawing.draw(model, 64, 0, None)
    assert drawn.is_cut and len(drawn.samples) in (1, 4)
    monkeypatch.setattr(drawing, "SECONDS", 0.02)
    with pytest.raises(Problem, match=r"more than 0\.02 seconds"):
        drawing.draw(model, 1, 0, None)


@pytest.mark.parametrize(
    ("number", "seed"), [(0, 0), (65, 0), (1.5, 0), (None, 0), (1, -1), (1, 2**40), (1, "x")]
)
def test_settings_out_of_bounds_are_a_sentence(number, seed):
    with pytest.raises(Problem):
        drawing.draw(small(VAE), number, seed, None)


def test_the_handlers_show_a_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("MODELS_DIR", raising=False)
    assert "MODELS_DIR is not set" in own.list_folders()[1]
    monkeypatch.setenv("MODELS_DIR", "<b>")
    assert "&lt;b&gt;, which is no folder" in own.list_folders()[1]
    monkeypatch.setenv("MODELS_DIR", str(tmp_path))
    assert "no complete model folder yet" in own.list_folders()[1]
    small(VAE, in_channels=3, image_size=32).save_pretrained(tmp_path / "tiles & co")
    choices, found = own.list_folders()
    assert choices["choices"] == ["tiles & co"] and ": 1." in found
    about, settings, number, seed, again, picture, opened = own.open_own(" tiles & co ")
    assert "32×32, colour" in about and "tiles &amp; co" in about and opened == "tiles & co"
    assert all(one["visible"] for one in (settings, number, seed, again, picture))
    PICTURE.save(tmp_path / "mine.png")
    page = own.draw_own(opened, 4, 0, str(tmp_path / "mine.png"))
    assert page.count("<img") == 4 and "tiles &amp; co_seed0_4.png" in page
    assert own.draw_own(None, 4, 0, None) == ""
    with pytest.raises(Problem, match="neither a folder here"):
        own.open_own("nothing")
    weights.clear()
