"""Pictures and drawings as the tensors that models take: a digit as MNIST was made, a square."""

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
"""Of white against black; a picture with less shows nothing."""


def cut_square(image: Image.Image) -> Image.Image:
    """The middle of an RGB picture as a square of at most `MAX_SQUARE` pixels a side, antialiased."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = left, top, left + side, top + side
    if side <= MAX_SQUARE:
        return image.crop(box)
    return image.resize((MAX_SQUARE, MAX_SQUARE), Image.Resampling.LANCZOS, box, reducing_gap=3.0)


def to_square(image: Image.Image, size: int) -> Tensor:
    """The middle of a picture as (1, 3, size, size): `cut_square`, then scaled, a small one enlarged."""
    square = cut_square(to_rgb(image))
    if square.width != size:
        square = square.resize((size, size), Image.Resampling.LANCZOS)
    return torch.tensor(np.asarray(square)).permute(2, 0, 1)[None] / 255


def sketch_to_square(drawing: str | Path | BinaryIO | None) -> Image.Image:
    """The middle of what is drawn on a `Drawing` of the page; `Problem` where that is blank paper."""
    if drawing is None:
        raise Problem("empty_drawing")
    image = cut_square(read_image(drawing))
    if min(low for low, _ in image.getextrema()) == 255:
        raise Problem("empty_drawing")
    return image


def to_digit(image: Image.Image) -> Tensor:
    """A picture of one digit as MNIST was made, (1, 1, 28, 28): white ink on black.

    The digit's box is scaled into 20x20 pixels, aspect kept, with antialiasing, and its centre of mass put in
    the middle of 28x28 (LeCun et al. 1998, http://yann.lecun.com/exdb/mnist/). Light or dark, what the border
    shows is background; a 28x28 picture on black is taken as it is. Raises `Problem` when nothing stands out.
    """
    grey = to_rgb(image).convert("L")
    if max(grey.size) > 400:
        grey.thumbnail((400, 400), Image.Resampling.BOX)  # a photo's grain would pass for ink
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
    digit = digit / digit.max()  # a thin stroke is not a pale one
    y, x = (_middle(digit.sum(axis)) for axis in (1, 0))
    canvas = torch.zeros(1, 1, 28, 28)
    canvas[..., y : y + size[1], x : x + size[0]] = torch.tensor(digit)
    return canvas


def _middle(mass: np.ndarray) -> int:
    """Where to begin a strip of at most 20 pixels in 28, so that its centre of mass lies in the middle."""
    centre = (mass * np.arange(len(mass))).sum() / mass.sum()
    return int(np.clip(round(14 - centre), 0, 28 - len(mass)))


def sketch_to_digit(drawing: str | Path | BinaryIO | None) -> Tensor:
    """The digit drawn on a `Drawing` of the page, (1, 1, 28, 28), as `to_digit` makes it."""
    if drawing is None:
        raise Problem("empty_drawing")
    image = read_image(drawing)
    try:
        return to_digit(image)
    except Problem as problem:
        raise Problem("empty_drawing") from problem
