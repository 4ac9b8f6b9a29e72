"""Reads picture files, of visitors and of data sets, as upright RGB pictures of Pillow."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps

from space.text.limits import MAX_MEGAPIXELS
from space.text.refusals import Problem

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
"""Formats that `read_image` opens. Some that Pillow knows besides run other programs (EPS: Ghostscript)."""
DECODE_ERRORS = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
"""Errors that Pillow's readers raise on damaged files."""


def read_image(path: str | Path | BinaryIO | None) -> Image.Image:
    """The picture in a file as upright RGB: transparency on white, the first frame of an animation.

    Raises `Problem` if the file is no picture, is damaged, or has more than `MAX_MEGAPIXELS`. The size is
    read from the header, before anything is decoded.
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
    """A picture of any mode as RGB, transparency on white.

    Modes of more than 8 bits are scaled here: Pillow's `convert` would clip them at 255.
    """
    if image.mode.startswith("I;16"):
        values, clear = np.asarray(image), image.info.get("transparency")
        image = Image.fromarray((values // 257).astype(np.uint8))
        if clear is not None:  # pixels of this one level are transparent
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
    """Strips of 256 rows from top to bottom: converting one at a time needs no copy of a large picture."""
    return (slice(top, min(top + 256, height)) for top in range(0, height, 256))


def _finite(values: np.ndarray) -> np.ndarray:
    return np.nan_to_num(values.astype(np.float64))
