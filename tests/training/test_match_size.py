"""Things of one domain are larger than those of another: how much, and what a run does about it."""

from pathlib import Path

import pytest
import torch

from space.models.cyclegan import CycleGAN
from space.weights.model_folder import load_folder
from tests.small_runs import cyclegan_config
from training import train_cyclegan
from training.data import Images, load_domains
from training.errors import TrainingError
from training.match_size import relative_size, spread


def test_the_zoom_is_how_much_larger_one_domain_draws():
    places = torch.arange(64) - 31.5
    distance = (places[:, None].square() + places[None].square()).sqrt()
    small, large = (
        torch.where(distance < radius, 30, 255).byte().expand(4, 3, 64, 64) for radius in (12, 24)
    )
    assert spread(large) / spread(small) == pytest.approx(2, rel=0.02)
    moved = small.roll((9, -5), (2, 3))
    assert spread(moved) == pytest.approx(spread(small), rel=1e-4)


def test_a_size_that_cannot_be_matched_is_one_sentence():
    white, dot = torch.full((2, 2, 3, 64, 64), 255, dtype=torch.uint8)
    dot[..., 31:33, 31:33] = 0
    large = torch.zeros_like(dot)
    for pixels in (white, large):
        with pytest.raises(TrainingError, match="finds no sensible factor"):
            relative_size(Images(dot, None, ""), Images(pixels, None, ""))


def test_match_size_sets_the_zoom(tmp_path):
    config = cyclegan_config(tmp_path / "small", max_steps=1, match_size=True)
    train_cyclegan.main(config)
    zoom = load_folder(CycleGAN, config.output_dir).config.zoom
    a, b = load_domains("fake", Path("unused"), "train", 3, 16)
    expected = spread(b.pixels) / spread(a.pixels)
    assert zoom == pytest.approx(expected, abs=1e-3) and zoom != 1
    assert "--match_size" in (config.output_dir / "README.md").read_text()
