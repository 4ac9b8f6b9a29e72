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
from space.text.refusals import Problem
from space.weights import hub
from tests.space.lessons.translate.fakes import MODEL, STEPS, emoji, pixels, snapshot, write_model


@pytest.fixture
def model() -> CycleGAN:
    return hub.load(MODEL).model


@pytest.mark.parametrize("size", [64, 128])
@pytest.mark.parametrize("direction", work.DIRECTIONS)
def test_the_cycle_is_that_of_the_generators(model: CycleGAN, direction: str, size: int) -> None:
    x = to_square(Image.fromarray(pixels(emoji(5)).astype(np.uint8)), size)
    result = work.translate(x, direction, MODEL)
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
    assert work.translate(torch.rand(1, 3, 256, 256), "ab", MODEL).output.shape == (1, 3, 256, 256)


@pytest.mark.parametrize(("direction", "row"), [("ab", 0), ("ba", 2)])
def test_snapshots_are_the_rows_of_the_direction(models: Path, direction: str, row: int) -> None:
    found, left_out = work.read_snapshots(models / MODEL, 64, direction)
    steps = [step for step, _, _ in found]
    assert left_out == 0 and 8 <= len(steps) <= work.STRIP_STEPS
    assert steps == sorted(steps) and (steps[0], steps[-1]) == (0, STEPS[-1]) and set(steps) <= set(STEPS)
    for step, x, output in found:
        assert x.shape == output.shape == (8, 3, 64, 64)
        for column in range(8):
            for images, at in ((x, row), (output, row + 1)):
                colours = images[column].flatten(1)
                expected = torch.tensor([10 + STEPS.index(step), 100 + column, 200 + at])
                assert (colours == expected[:, None]).all()


@pytest.mark.parametrize(("side", "channels", "columns"), [(32, 1, 8), (96, 3, 8), (28, 1, 3)])
def test_a_cyclegan_of_any_shape_brings_its_own_examples(
    other_model: Path, side: int, channels: int, columns: int
) -> None:
    """The test images of its last snapshot, of either domain; its sizes and channels are its own."""
    write_model(other_model, side, in_channels=channels, domain_a="Gothic", domain_b="Brush")
    for path in (other_model / "samples").iterdir():
        snapshot(STEPS[-1], columns, side=side, grey=channels == 1).save(path)
    hub.clear()
    loaded = hub.load(MODEL)
    examples = work.examples_of(loaded)
    assert examples.labels == tuple(str(i + 1) for i in range(columns)) and examples.side == side
    for direction, row in (("ab", 0), ("ba", 2)):
        for index in range(columns):
            x = work.choose_picture(loaded, "emoji", index, None, None, direction, 0)
            assert x.shape == (1, channels, side, side) and len(x.unique()) <= channels
            colour = [10 * index + row] if channels == 1 else [10 + len(STEPS) - 1, 100 + index, 200 + row]
            assert (x[0, :, 0, 0] * 255).round().tolist() == colour
            assert work.translate(x, direction, MODEL).output.shape == x.shape
    last = work.choose_picture(loaded, "emoji", columns - 1, None, None, "ab", 0)
    assert torch.equal(work.choose_picture(loaded, "emoji", 39, None, None, "ab", 0), last)
    photo = Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 70, 3), np.uint8))
    for size, expected in ((0, side), (64, 64), (256, 256), (side, side)):
        x = work.choose_picture(loaded, "upload", 0, None, photo, "ab", size)
        assert x.shape == (1, channels, expected, expected)
        assert work.translate(x, "ab", MODEL).back.shape == x.shape
    assert side in work.browser_sides() and {64, 128} <= set(work.browser_sides())


def test_a_model_without_snapshots_has_no_examples(other_model: Path) -> None:
    write_model(other_model, domain_a="Gothic", domain_b="Brush")
    for path in (other_model / "samples").iterdir():
        path.write_bytes(b"damaged")
    hub.clear()
    assert work.examples_of(hub.load(MODEL)) is None
    with pytest.raises(Problem) as problem:
        work.choose_picture(hub.load(MODEL), "emoji", 0, None, None, "ab", 0)
    assert problem.value.key == "problem.no_image"


def test_steps_are_a_constant_factor_apart() -> None:
    files = [(step, Path(str(step))) for step in range(0, 20_001, 100)]
    steps = [step for step, _ in work.geometrically(files, 10)]
    assert steps[0] == 0 and steps[-1] == 20_000 and len(steps) <= 10
    assert all(b > a for a, b in pairwise(steps))
    assert work.geometrically(files[:4], 10) == files[:4] and work.geometrically([], 10) == []
