"""Pictures in and out: files and drawings to tensors, tensors to PIL; the only place that knows uint8.

Tensors are images (C, H, W) or (B, C, H, W) in [0, 1], as inside the models.
"""

import struct
import zlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from space.limits import MAX_MEGAPIXELS, MAX_SQUARE
from space.problems import Problem

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""What `read_image` opens. Pillow knows more, some of which run other programs (EPS: Ghostscript)."""
MAGMA = np.array([(0, 0, 4), (81, 18, 124), (183, 55, 121), (252, 137, 97), (252, 253, 191)], float)
GENERATED, REAL = (234, 88, 12), (79, 70, 229)
"""colours of a patch's score at 0 and at 1"""
DECODE_ERRORS = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
"""What Pillow's readers raise on damaged files."""
DIGIT_SHEET = Path(__file__).parent / "digits.png"
"""10 rows (classes) of 20 digits, 28x28 grey; written by `python -m training.digit_sheet`."""
EMOJI_SHEET = Path(__file__).parent / "emoji.png"
"""A column an emoji of `EMOJI`: Twemoji above, Fluent Emoji 3D below, 64x64 RGB each; written by
`python -m training.emoji_sheet`."""
EMOJI = str.split(
    "🐸 😋 🤓 🙃 😯 🤕 😼 👻 🌚 🧸 🍕 🍟 🍦 🥕 🌵 🦢 💓 💰 🪗 🪙 "
    "👸 🧑🏾‍🔧 👩🏼‍🦲 🤳🏽 👀 👂🏻 ☔ 🪕 🎓 🏒 🏍️ 🚍 🚋 🚟 🔬 🥎 🥈 🇨🇭 🇹🇳 ☯️"
)
"""what is on the sheet, in its order"""
MIN_CONTRAST = 0.15
"""Of white against black; a picture with less shows nothing."""


def to_pil(images: Tensor, scale: int = 1) -> Image.Image:
    """One image, (C, H, W) or (1, C, H, W) with C of 1 or 3, each pixel drawn as `scale` x `scale`."""
    if images.dim() == 4:
        (images,) = images
    pixels = (images * 255).round().clamp(0, 255).byte().permute(1, 2, 0).cpu().numpy()
    pixels = pixels.repeat(scale, 0).repeat(scale, 1)
    return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)


def to_grid(images: Tensor, columns: int, scale: int = 1, padding: int = 1) -> Image.Image:
    """Images (B, C, H, W) row by row, `padding` pixels of grey between them, enlarged like `to_pil`."""
    count, channels, height, width = images.shape
    rows = -(-count // columns)
    cells = images.new_full((rows * columns, channels, height + padding, width + padding), 0.5)
    cells[:count, :, :height, :width] = images
    grid = cells.unflatten(0, (rows, columns)).permute(2, 0, 3, 1, 4)  # (C, rows, H, columns, W)
    grid = grid.flatten(3).flatten(1, 2)  # (C, rows * H, columns * W)
    return to_pil(grid[:, : grid.shape[1] - padding, : grid.shape[2] - padding], scale)


def to_heat(values: Tensor, scale: int = 1) -> Image.Image:
    """Values (H, W) from 0 (black) through violet to 1 (pale yellow) and beyond, enlarged like `to_pil`."""
    values = values.cpu().numpy()
    channels = [np.interp(values, np.linspace(0, 1, len(MAGMA)), channel) for channel in MAGMA.T]
    pixels = np.stack(channels, -1).round().astype(np.uint8)
    return Image.fromarray(pixels.repeat(scale, 0).repeat(scale, 1))


def patch_map(scores: Tensor, size: int, stride: int) -> Tensor:
    """Scores (h, w) of patches as a map (size, size): each pixel has that of the nearest patch's middle."""

    def nearest(count: int) -> Tensor:
        pixel = torch.arange(size) - (size - 1) / 2  # patches lie in the picture's middle, `stride` apart
        return (pixel / stride + (count - 1) / 2).round().clamp(0, count - 1).long()

    return scores[nearest(scores.shape[0])][:, nearest(scores.shape[1])]


def to_opinion(image: Tensor, scores: Tensor, stride: int, scale: int = 1) -> Image.Image:
    """What D says of the patches of an image (1, C, H, H), scores (h, w), as colour over it in grey.

    The clearer the score, the stronger the colour: none at 1/2, where D cannot tell.
    """
    score = patch_map(scores, image.shape[-1], stride).clamp(0, 1)
    sure = (2 * score - 1).abs()[None]  # (1, H, H)
    generated, real = (torch.tensor(colour)[:, None, None] / 255 for colour in (GENERATED, REAL))
    colour = torch.where(score > 0.5, real, generated)
    grey = 0.25 + 0.7 * image[0].mean(0, keepdim=True)
    return to_pil(grey.lerp(colour, 0.7 * sure), scale)


def read_image(path: str | Path | BinaryIO | None) -> Image.Image:
    """The picture in a file as upright RGB: transparency on white, the first frame of an animation.

    Raises `Problem` when it is no picture, is damaged, or is larger than `MAX_MEGAPIXELS`, which is read
    from the header before anything is decoded.
    """
    if path is None:
        raise Problem("no_image")
    try:
        with Image.open(path, formats=FORMATS) as image:
            megapixels = image.width * image.height / 1e6
            if megapixels > MAX_MEGAPIXELS:
                raise Problem("image_too_large", megapixels=round(megapixels), most=MAX_MEGAPIXELS)
            ImageOps.exif_transpose(image, in_place=True)
            return to_rgb(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Problem("image_too_large", megapixels="> 89", most=MAX_MEGAPIXELS) from error
    except Problem:
        raise
    except DECODE_ERRORS as error:
        raise Problem("not_an_image") from error


def to_rgb(image: Image.Image) -> Image.Image:
    """RGB on white. Pillow's own `convert` clips deep modes at 255 instead of scaling them."""
    if image.mode.startswith("I;16"):
        values, clear = np.asarray(image), image.info.get("transparency")
        image = Image.fromarray((values // 257).astype(np.uint8))
        if clear is not None:  # the one level that stands for nothing
            image.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
    elif image.mode in ("I", "F"):
        values = np.asarray(image)
        grey = np.empty(values.shape, np.uint8)
        low = min(_finite(values[rows]).min() for rows in _strips(image.height))
        span = max(_finite(values[rows]).max() for rows in _strips(image.height)) - low or 1.0
        for rows in _strips(image.height):
            grey[rows] = ((_finite(values[rows]) - low) / span * 255).round()
        image = Image.fromarray(grey)
    if not image.has_transparency_data:
        return image.convert("RGB")
    result = Image.new("RGB", image.size)
    for rows in _strips(image.height):
        strip = image.crop((0, rows.start, image.width, rows.stop)).convert("RGBA")
        white = Image.new("RGBA", strip.size, "white")
        result.paste(Image.alpha_composite(white, strip).convert("RGB"), (0, rows.start))
    return result


def _strips(height: int) -> Iterator[slice]:
    """Rows from top to bottom, some at a time: a large picture is converted without copies as large."""
    return (slice(top, min(top + 256, height)) for top in range(0, height, 256))


def _finite(values: np.ndarray) -> np.ndarray:
    return np.nan_to_num(values.astype(np.float64))


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
    """The middle of what is drawn on a `space.tabs.Drawing`; `Problem` where that is blank paper."""
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
    """The digit drawn on a `space.tabs.Drawing`, (1, 1, 28, 28), as `to_digit` makes it."""
    if drawing is None:
        raise Problem("empty_drawing")
    image = read_image(drawing)
    try:
        return to_digit(image)
    except Problem as problem:
        raise Problem("empty_drawing") from problem


@lru_cache
def digit_sheet() -> Tensor:
    """The first 20 MNIST test images of each class, uint8 (10, 20, 28, 28); shared, so read only."""
    with Image.open(DIGIT_SHEET) as sheet:
        pixels = torch.tensor(np.asarray(sheet))
    return pixels.unflatten(0, (10, 28)).unflatten(2, (20, 28)).transpose(1, 2).contiguous()


@lru_cache
def emoji_sheet() -> Tensor:
    """The emoji of `EMOJI` in both domains, uint8 (N, 2, 3, 64, 64): Twemoji, Fluent 3D; read only."""
    with Image.open(EMOJI_SHEET) as sheet:
        pixels = torch.tensor(np.asarray(sheet))  # (2 * 64, N * 64, 3)
    return pixels.unflatten(0, (2, 64)).unflatten(2, (-1, 64)).permute(2, 0, 4, 1, 3).contiguous()
