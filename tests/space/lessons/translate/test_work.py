"""The translate tab's computation: the cycle is that of the networks, and snapshots are read as drawn."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from space.lessons.translate import work
from space.models.cyclegan import CycleGAN
from space.pictures.inputs import to_square
from space.weights import hub
from tests.space.lessons.translate.fakes import STEPS, emoji, pixels


@pytest.fixture
def model() -> CycleGAN:
    return hub.load(work.MODEL).model


@pytest.mark.parametrize("size", [64, 128])
@pytest.mark.parametrize("direction", work.DIRECTIONS)
def test_the_cycle_is_that_of_the_generators(model: CycleGAN, direction: str, size: int) -> None:
    x = to_square(Image.fromarray(pixels(emoji(5)).astype(np.uint8)), size)
    result = work.translate(x, direction)
    networks = model.generator_ab, model.generator_ba
    there, back = networks if direction == "ab" else networks[::-1]
    own, other = model.discriminator_a, model.discriminator_b
    if direction == "ba":
        own, other = other, own
    assert torch.equal(result.x, x)
    close = {"rtol": 0, "atol": 1e-5}  # another size of the batch may round otherwise
    torch.testing.assert_close(result.output, there(x), **close)
    torch.testing.assert_close(result.back, back(there(x)), **close)
    torch.testing.assert_close(result.identity, back(x), **close)
    torch.testing.assert_close(result.scores_x, own(x)[0, 0], **close)
    torch.testing.assert_close(result.scores_output, other(there(x))[0, 0], **close)
    by_hand = np.abs(x.numpy() - back(there(x)).numpy())
    assert result.cycle_l1 == pytest.approx(by_hand.mean(), abs=1e-5) and result.cycle_l1 > 0.01
    assert np.abs(result.error.numpy() - by_hand[0].mean(0)).max() < 1e-5
    assert result.identity_l1 == pytest.approx(np.abs(x.numpy() - back(x).numpy()).mean(), abs=1e-5)
    assert not torch.isclose(there(x), back(x), atol=1e-3).all()  # the two can be told apart


def test_a_picture_of_256_pixels_is_translated(model: CycleGAN) -> None:
    assert work.translate(torch.rand(1, 3, 256, 256), "ab").output.shape == (1, 3, 256, 256)


@pytest.mark.parametrize(("direction", "row"), [("ab", 0), ("ba", 2)])
def test_snapshots_are_the_rows_of_the_direction(models: Path, direction: str, row: int) -> None:
    found, left_out = work.read_snapshots(models / work.MODEL, 64, direction)
    steps = [step for step, _, _ in found]
    assert left_out == 0 and 8 <= len(steps) <= work.STRIP_STEPS
    assert steps == sorted(steps) and (steps[0], steps[-1]) == (0, STEPS[-1]) and set(steps) <= set(STEPS)
    for step, x, output in found:
        assert x.shape == output.shape == (8, 3, 64, 64)
        for column in range(8):
            for images, at in ((x, row), (output, row + 1)):
                colours = (images[column] * 255).round().flatten(1)
                expected = torch.tensor([10 + STEPS.index(step), 100 + column, 200 + at]).float()
                assert (colours == expected[:, None]).all()


def test_steps_are_a_constant_factor_apart() -> None:
    files = [(step, Path(str(step))) for step in range(0, 20_001, 100)]
    steps = [step for step, _ in work.geometrically(files, 10)]
    assert steps[0] == 0 and steps[-1] == 20_000 and len(steps) <= 10
    assert all(b > a for a, b in pairwise(steps))
    assert work.geometrically(files[:4], 10) == files[:4] and work.geometrically([], 10) == []
