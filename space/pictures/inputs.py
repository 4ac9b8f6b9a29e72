"""Makes tensors of pictures and drawings: digits as MNIST has them, and squares."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from space.pictures.digit_finding import MIN_CONTRAST, Box, find_digit
from space.pictures.files import read_image, to_rgb
from space.text.limits import MAX_SQUARE
from space.text.refusals import Problem, check_number

WHOLE = (0.0, 0.0, 1.0, 1.0)
"""a box around all of a picture"""
MIN_BOX = 0.01
"""share of a picture's side that a visitor's box is at least wide and high"""


def cut_square(image: Image.Image) -> Image.Image:
    """The middle of an RGB picture: a square of at most `MAX_SQUARE` pixels a side, antialiased."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = left, top, left + side, top + side
    if side <= MAX_SQUARE:
        return image.crop(box)
    return image.resize((MAX_SQUARE, MAX_SQUARE), Image.Resampling.LANCZOS, box, reducing_gap=3.0)


def to_square(image: Image.Image, size: int, channels: int = 3, drawn: bool = False) -> Tensor:
    """The middle of a picture (`cut_square`), scaled up or down to (1, channels, size, size); 1 is grey.

    A picture that was `drawn` with flat colours is scaled by means of its pixels, as the page does it.
    """
    square = cut_square(to_rgb(image))
    if square.width != size:
        resample = Image.Resampling.BOX if drawn else Image.Resampling.LANCZOS
        square = square.resize((size, size), resample)
    if channels == 1:
        return torch.tensor(np.asarray(square.convert("L")))[None, None] / 255
    return torch.tensor(np.asarray(square)).permute(2, 0, 1)[None] / 255


def sketch_to_square(drawing: str | Path | BinaryIO | None) -> Image.Image:
    """The middle of a drawing, from a `Drawing` of the page; raises `Problem` if the paper is blank."""
    if drawing is None:
        raise Problem("empty_drawing")
    image = cut_square(read_image(drawing))
    if min(low for low, _ in image.getextrema()) == 255:
        raise Problem("empty_drawing")
    return image


def to_digit(image: Image.Image, box: Sequence[float] | None = None) -> Tensor:
    """A picture of one digit as MNIST was made, (1, 1, 28, 28): white ink on black.

    The digit is found on its page (`find_digit`), or cut from a `box`: left, top, right and bottom as shares
    of the picture, from 0 to 1. Its own box is scaled to fit 20x20 pixels, with antialiasing. Its centre of
    mass is put in the middle of 28x28 (LeCun et al. 1998, http://yann.lecun.com/exdb/mnist/). A 28x28 picture
    on black passes unchanged. Raises `Problem` if nothing stands out, or more than one thing.
    """
    return digit_and_box(image, box)[0]


def digit_and_box(image: Image.Image, box: Sequence[float] | None = None) -> tuple[Tensor, Sequence[float]]:
    """`to_digit`, and the box around what was found, as shares of the picture's sides."""
    if image.size == (28, 28) and box is None:
        pixels = np.asarray(to_rgb(image).convert("L"), np.float32) / 255
        border = np.r_[pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
        if np.median(border) < 0.1 and np.ptp(pixels) > MIN_CONTRAST:
            return torch.tensor(pixels)[None, None], WHOLE
    found = find_digit(to_rgb(image), box and in_pixels(box, image.size))
    return _as_mnist(found.ink), [edge / image.size[i % 2] for i, edge in enumerate(found.box)]


def to_mask(image: Image.Image) -> Tensor:
    """What is erased of a digit (1, 1, 28, 28): 1 where the picture is white; a `Problem` at another size."""
    if image.size != (28, 28):
        width, height = image.size
        raise Problem("mask_size", width=width, height=height)
    grey = np.asarray(to_rgb(image).convert("L"))
    return torch.tensor(grey > 127).float()[None, None]


def in_pixels(box: Sequence[float], size: tuple[int, int]) -> Box:
    """A box of shares of a picture in pixels; raises `Problem` if it is none, or encloses nothing."""
    try:
        left, top, right, bottom = (check_number("box", edge, 0, 1) for edge in box)
    except (TypeError, ValueError) as error:
        raise Problem("box") from error
    if right - left < MIN_BOX or bottom - top < MIN_BOX:
        raise Problem("box")
    return left * size[0], top * size[1], right * size[0], bottom * size[1]


def _as_mnist(ink: np.ndarray) -> Tensor:
    """Ink of any size within 20x20 pixels, its centre of mass in the middle of 28x28."""
    fit = 20 / max(ink.shape)
    size = tuple(max(1, round(side * fit)) for side in ink.shape[::-1])
    ink = np.where(ink < 0.2, 0, ink)  # shadows on the paper
    digit = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BOX))
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
        return to_digit(image, WHOLE)  # all that is drawn counts
    except Problem as problem:
        raise Problem("empty_drawing") from problem
