"""What a panel shows of selected samples: the film of a walk, and a - b + c."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from space.lessons.generate import view, work
from tests.space.lessons.generate.fakes import pixels, tiles


def journey(model: nn.Module, z: Tensor, sent: Any) -> dict[str, Any]:
    """What a panel shows of the selection that a page sent."""
    return view.journey(model, z, work.read_selection(sent, len(z)))


def test_the_film_shows_the_chosen_samples(dcgan: nn.Module) -> None:
    z = work.draw_latents(dcgan, 8, 0, 1.0)
    film = journey(dcgan, z, {"walk": [6, 2, 3]})["walk"]
    frames = tiles(film["picture"], film["columns"])
    assert len(frames) == film["columns"] * film["rows"] == 3 * work.NUM_FRAMES
    expected = pixels(dcgan.decode(z[[6, 2, 3]]))
    assert np.abs(frames[:: work.NUM_FRAMES] - expected).max() <= 1


def test_arithmetic_takes_the_mean_of_each_term(dcgan: nn.Module) -> None:
    z = work.draw_latents(dcgan, 8, 0, 1.0)
    found = journey(dcgan, z, {"a": [0, 1, 2], "b": [3], "c": [4, 5]})
    terms = torch.stack([z[:3].mean(0), z[3], z[4:6].mean(0)])
    terms = torch.cat([terms, terms[:1] - terms[1:2] + terms[2:]])
    assert np.abs(tiles(found["sum"]["picture"], 4) - pixels(dcgan.decode(terms))).max() <= 1
    assert found["sum"]["lengths"] == pytest.approx(terms.norm(dim=1).tolist())
    assert found["walk"] is None
