"""Makes tensors of pictures and drawings: digits as MNIST has them, and squares."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from space.pictures.files import read_image, to_rgb
from space.text.limits import MAX_SQUARE
from space.text.refusals import Problem

MIN_CONTRAST = 0.15
"""difference between ink and paper, of 1 between black and white; a picture with less is blank"""


def cut_square(image: Image.Image) -> Image.Image:
    """The middle of an RGB picture: a square of at most `MAX_SQUARE` pixels a side, antialiased."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = left, top, left + side, top + side
    if side <= MAX_SQUARE:
        return image.crop(box)
    return image.resize((MAX_SQUARE, MAX_SQUARE), Image.Resampling.LANCZOS, box, reducing_gap=3.0)


def to_square(image: Image.Image, size: int) -> Tensor:
    """The middle of a picture (`cut_square`), scaled up or down to (1, 3, size, size)."""
    square = cut_square(to_rgb(image))
    if square.width != size:
        square = square.resize((size, size), Image.Resampling.LANCZOS)
    return torch.tensor(np.asarray(square)).permute(2, 0, 1)[None] / 255


def sketch_to_square(drawing: str | Path | BinaryIO | None) -> Image.Image:
    """The middle of a drawing, from a `Drawing` of the page; raises `Problem` if the paper is blank."""
    if drawing is None:
        raise Problem("empty_drawing")
    image = cut_square(read_image(drawing))
    if min(low for low, _ in image.getextrema()) == 255:
        raise Problem("empty_drawing")
    return image


def to_digit(image: Image.Image) -> Tensor:
    """A picture of one digit as MNIST was made, (1, 1, 28, 28): white ink on black.

    The box around the ink is scaled to fit 20x20 pixels, with antialiasing. Its centre of mass is put in the
    middle of 28x28 (LeCun et al. 1998, http://yann.lecun.com/exdb/mnist/). The border's median is taken for
    the background, light or dark. A 28x28 picture on black passes unchanged. Raises `Problem` if nothing
    stands out from the background.
    """
    grey = to_rgb(image).convert("L")
    if max(grey.size) > 400:
        grey.thumbnail((400, 400), Image.Resampling.BOX)  # or the grain of a photo would pass for ink
    pixels = np.asarray(grey, np.float32) / 255
    background = float(np.median(np.r_[pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]))
    ink = pixels - background
    if -ink.min() > ink.max():  # dark ink on light paper
        ink = -ink
    if ink.max() < MIN_CONTRAST:
        raise Problem("blank_image")
    if pixels.shape == (28, 28) and background < 0.1:
        return torch.tensor(pixels)[None, None]

    ink = ink / ink.max()
    rows, columns = np.nonzero(ink > 0.3)
    left, top, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    fit = 20 / max(right - left, bottom - top)
    size = max(1, round((right - left) * fit)), max(1, round((bottom - top) * fit))
    ink[ink < 0.2] = 0  # shadows on the paper
    digit = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX, (left, top, right, bottom)))
    digit = digit / digit.max()  # scaling makes a thin stroke pale
    y, x = (_middle(digit.sum(axis)) for axis in (1, 0))
    canvas = torch.zeros(1, 1, 28, 28)
    canvas[..., y : y + size[1], x : x + size[0]] = torch.tensor(digit)
    return canvas


def _middle(mass: np.ndarray) -> int:
    """Where a strip of at most 20 pixels begins in 28 if its centre of mass lies in the middle."""
    centre = (mass * np.arange(len(mass))).sum() / mass.sum()
    return int(np.clip(round(14 - centre), 0, 28 - len(mass)))


def sketch_to_digit(drawing: str | Path | BinaryIO | None) -> Tensor:
    """`to_digit` of a drawing, from a `Drawing` of the page; raises `Problem` if the paper is blank."""
    if drawing is None:
        raise Problem("empty_drawing")
    image = read_image(drawing)
    try:
        return to_digit(image)
    except Problem as problem:
        raise Problem("empty_drawing") from problem
