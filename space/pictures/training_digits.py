"""The training digits of MNIST, and which of them is nearest to a picture.

They come with the app in eight grey levels: 3.8 MB, of which a search makes 47 MB in memory. Where nobody
searches for `SECONDS`, that memory is given back. Of the first 1,000 test digits, 925 have the same nearest
training digit in 256 levels; that of the others is farther by at most 0.14, at a median distance of 4.4.

MNIST is by Y. LeCun, C. Cortes and C. Burges, licensed CC BY-SA 3.0 (https://creativecommons.org/licenses/by-sa/3.0/),
and so is this file of its digits; their grey levels were rounded.
"""

import lzma
from functools import lru_cache
from threading import Lock, Timer
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from space.pictures.sheets import FOLDER

PACKED = FOLDER / "training_digits.xz"
"""60,000 digits one after the other, 28x28 bytes each, row by row; by `python -m training.pack_digits`"""
LEVELS = 8
"""grey levels, from 0 (black) to 7 (white)"""
SIDE = 28
SECONDS = 60.0
"""without a search, until the digits are forgotten"""
BLOCK = 4000
"""digits that are compared at once; 13 MB as float32"""


class Nearest(NamedTuple):
    """A training digit."""

    number: int
    """its place in the training set, from 1"""
    distance: float
    """Euclidean, over all 784 pixels in [0, 1]"""
    digit: Tensor
    """(1, 28, 28) in [0, 1]"""
    among: int
    """digits that were searched"""


@lru_cache
def training_digits() -> np.ndarray:
    """All training digits, uint8 (60000, 784) of grey levels; shared, so read only."""
    return np.frombuffer(lzma.decompress(PACKED.read_bytes()), np.uint8).reshape(-1, SIDE**2)


_lock = Lock()
_forgetting: list[Timer] = []


def _keep() -> None:
    """Put off that the digits are forgotten."""
    with _lock:
        while _forgetting:
            _forgetting.pop().cancel()
        timer = Timer(SECONDS, training_digits.cache_clear)
        timer.daemon = True
        timer.start()
        _forgetting.append(timer)


def to_side(image: Tensor) -> Tensor:
    """A square grey image (1, H, H) in [0, 1], scaled to 28x28 with antialiasing, as training data is."""
    if image.shape[-1] == SIDE:
        return image
    scaled = F.interpolate(image[None], size=(SIDE, SIDE), mode="bilinear", antialias=True)
    return scaled[0].clamp(0, 1)


def find_nearest(image: Tensor) -> Nearest:
    """The nearest of all training digits to a square grey image (1, H, H) in [0, 1], by Euclidean distance.

    Of equally near ones, the first.
    """
    x = (LEVELS - 1) * to_side(image).flatten()
    digits = training_digits()
    _keep()
    best, number = np.inf, 0
    for start in range(0, len(digits), BLOCK):
        block = torch.from_numpy(digits[start : start + BLOCK].astype(np.float32))
        least, place = block.sub_(x).square_().sum(1).min(0)
        if least.item() < best:
            best, number = least.item(), start + place.item()
    digit = torch.from_numpy(digits[number].astype(np.float32)).reshape(1, SIDE, SIDE) / (LEVELS - 1)
    return Nearest(number + 1, best**0.5 / (LEVELS - 1), digit, len(digits))
