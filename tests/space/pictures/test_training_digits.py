"""All training digits of MNIST, and the nearest of them."""

import lzma

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from space.pictures import training_digits as module
from space.pictures.sheets import digit_sheet
from space.pictures.training_digits import LEVELS, PACKED, find_nearest, training_digits
from training.pack_digits import pack


def digit(number: int) -> torch.Tensor:
    """A training digit (1, 28, 28), counted from 1."""
    return torch.from_numpy(training_digits()[number - 1].astype(np.float32)).reshape(1, 28, 28) / 7


def test_all_of_them_are_there_in_eight_grey_levels():
    digits = training_digits()
    assert (
        digits.shape == (60_000, 784) and digits.dtype == np.uint8 and set(np.unique(digits)) == set(range(8))
    )
    assert digits.nbytes < 50e6 and PACKED.stat().st_size < 4e6
    # the first are 5 0 4 1 9 2 1 3 1 4: ones have the least ink
    assert set(np.argsort(digits[:10].mean(1))[:3]) == {3, 6, 8}


def test_what_is_packed_is_rounded_to_the_nearest_level():
    images = torch.randint(256, (3, 28, 28), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)
    levels = np.frombuffer(lzma.decompress(pack(images)), np.uint8).reshape(3, 28, 28)
    assert np.abs(levels / (LEVELS - 1) - images.numpy() / 255).max() <= 0.5 / (LEVELS - 1) + 1e-9


@pytest.mark.parametrize("number", [1, 4000, 4001, 60_000])
def test_a_training_digit_finds_itself(number: int) -> None:
    found = find_nearest(digit(number))
    assert (found.number, found.distance, found.among) == (number, 0, 60_000)
    assert torch.equal(found.digit, digit(number))
    moved = find_nearest((digit(number) + 0.01).clamp(0, 1))
    assert moved.number == number and 0 < moved.distance <= 0.28 + 1e-6  # 28 = sqrt(784)


def test_the_nearest_is_that_of_a_search_by_hand():
    image = digit_sheet()[4, 7][None] / 255
    distances = (torch.tensor(training_digits()).float() / 7 - image.reshape(1, -1)).norm(dim=1)
    found = find_nearest(image)
    assert found.number - 1 == distances.argmin() and found.distance == pytest.approx(
        distances.min().item(), rel=1e-5
    )


def test_a_picture_of_32_pixels_is_compared_at_28():
    large = F.interpolate(digit(777)[None], size=(32, 32), mode="bilinear", antialias=True)[0]
    found = find_nearest(large)
    assert found.number == 777 and 0 < found.distance < 2


def test_they_are_forgotten_where_nobody_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    timers = []

    class Timer(module.Timer):
        def start(self) -> None:
            timers.append(self)

        def cancel(self) -> None:
            timers.remove(self)

    monkeypatch.setattr(module, "Timer", Timer)
    module._forgetting.clear()
    for _ in range(2):
        find_nearest(digit(5))
    (timer,) = timers
    assert timer.daemon and timer.interval == module.SECONDS and training_digits.cache_info().currsize == 1
    timer.function()
    assert training_digits.cache_info().currsize == 0
    module._forgetting.clear()
