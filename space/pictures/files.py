"""Reads picture files, of visitors and of data sets, as upright RGB pictures of Pillow."""

import struct
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pi_heif
from PIL import Image, ImageOps

from space.pictures.containers import orientation, pixels_only
from space.text.limits import MAX_MEGAPIXELS
from space.text.refusals import Problem

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "ICO", "AVIF", "HEIF")
"""Formats that `read_image` opens. Some that Pillow knows besides run other programs (EPS: Ghostscript)."""
DECODE_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    RuntimeError,
    struct.error,
    zlib.error,
)
"""Errors that Pillow's readers raise on damaged files."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture upright, by its orientation"""
DEEP_COLOURS = {
    f"{mode};16{order}": f"{mode};16{other}"
    for mode in ("RGB", "RGBA")
    for order, other in ("BL", "LB", "NB" if sys.byteorder == "little" else "NL")
}
"""How Pillow unpacks colours of 16 bits by their high bytes, and how it does by the low ones"""
WHITES = (255, 1023, 4095, 16383, 65535)
"""The largest value of 8, 10, 12, 14 and 16 bits"""
MAX_MISSING = 0.05
"""share of the rows of a JPEG that may be missing at its end"""

pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def read_image(path: str | Path | BinaryIO | None, formats: Sequence[str] = FORMATS) -> Image.Image:
    """The picture in a file as upright RGB: transparency on white, the first frame of an animation.

    Only pixels count: whatever is wrong with texts, profiles, EXIF or the end of the file, the picture is
    read as long as its pixels are there.

    Raises `Problem` if the file is no picture, lacks pixels, or has more than `MAX_MEGAPIXELS`. The size is
    read from the header, before anything is decoded.
    """
    if path is None:
        raise Problem("no_image")
    try:
        with Path(path).open("rb") if isinstance(path, str | Path) else nullcontext(path) as file:
            pixels = pixels_only(file, formats)
            image, turned = _decoded(pixels.file, formats), pixels.turned
            if not pixels.whole and _grey_rows(image) > MAX_MISSING * image.height:
                raise Problem("not_an_image")
            return image.transpose(TURNS[turned]) if turned in TURNS else image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Problem("image_too_large", megapixels="> 89", most=MAX_MEGAPIXELS) from error
    except Problem:
        raise
    except DECODE_ERRORS as error:
        raise Problem("not_an_image") from error


def _decoded(file: BinaryIO, formats: Sequence[str]) -> Image.Image:
    with Image.open(file, formats=formats) as image:
        megapixels = image.width * image.height / 1e6
        if megapixels > MAX_MEGAPIXELS:
            raise Problem("image_too_large", megapixels=round(megapixels), most=MAX_MEGAPIXELS)
        turned = orientation(image.info.get("exif") or b"")
        inverse = image.mode == "I;16" and image.format == "TIFF" and image.tag_v2.get(262) == 0
        deep = _raw_mode(image) in DEEP_COLOURS
        image.load()
        if deep and max(high for _, high in image.getextrema()[:3]) < 64:
            image = _stretched(image, file)
        image = to_rgb(image)
    if inverse:
        image = ImageOps.invert(image)
    return image.transpose(TURNS[turned]) if turned in TURNS else image


def _raw_mode(image: Image.Image) -> str | None:
    """How Pillow will unpack the pixels of a file."""
    args = image.tile[0].args if image.tile else None
    return args[0] if isinstance(args, tuple) else args


def _stretched(high: Image.Image, file: BinaryIO) -> Image.Image:
    """A dark picture of 16 bits a channel, of which Pillow reads the high bytes: 10, 12 or 14 bits as 8."""
    file.seek(0)
    with Image.open(file, formats=FORMATS) as low:
        mode = _raw_mode(low)
        for i, tile in enumerate(low.tile):
            rest = () if tile.args == mode else tile.args[1:]
            low.tile[i] = tile._replace(args=(DEEP_COLOURS[mode], *rest))
        low.load()
    result = Image.new(high.mode, high.size)
    result.info = high.info
    peaks = np.max([_levels(high, low, rows).max((0, 1)) for rows in _strips(high.height)], axis=0)
    white = np.array([_white(peaks[:3].max())] * 3 + [_white(peak) for peak in peaks[3:]], np.uint32)
    for rows in _strips(high.height):
        strip = _levels(high, low, rows) * np.uint32(255) // white
        result.paste(Image.fromarray(strip.astype(np.uint8)), (0, rows.start))
    return result


def _levels(high: Image.Image, low: Image.Image, rows: slice) -> np.ndarray:
    """Some rows of a picture of 16 bits a channel, from its high bytes and its low ones."""
    strips = (np.asarray(image.crop((0, rows.start, image.width, rows.stop))) for image in (high, low))
    return next(strips).astype(np.uint16) << 8 | next(strips)


def _white(peak: int) -> int:
    """The largest value of the 8, 10, 12, 14 or 16 bits that a largest value needs."""
    return next(white for white in WHITES if white >= peak)


def _eight_bits(values: np.ndarray) -> np.ndarray:
    """Values of 16 bits as 8. Where none needs all 16, they are taken for values of 8, 10, 12 or 14 bits."""
    white, result = _white(values.max()), np.empty(values.shape, np.uint8)
    for rows in _strips(len(values)):
        result[rows] = values[rows].astype(np.uint32) * 255 // white
    return result


def _grey_rows(image: Image.Image) -> int:
    """How many rows at the bottom are all of the grey that a decoder puts where a JPEG was cut off."""
    other = np.asarray(image) != 128
    return image.height - int(other.any((1, 2)).nonzero()[0].max(initial=-1)) - 1


def to_rgb(image: Image.Image) -> Image.Image:
    """A picture of any mode as RGB, transparency on white, or on black if on white nothing could be seen.

    Modes of more than 8 bits are scaled here: Pillow's `convert` would clip them at 255.
    """
    if image.mode.startswith("I;16"):
        values, clear = np.asarray(image), image.info.get("transparency")
        image = Image.fromarray(_eight_bits(values))
        if clear is not None:  # pixels of this one level are transparent
            image.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
    elif image.mode in ("I", "F"):
        image = _scaled(np.asarray(image))
    if not image.has_transparency_data:
        return image.convert("RGB")
    result, backdrop = Image.new("RGB", image.size), "black" if _is_white_on_clear(image) else "white"
    for rows in _strips(image.height):
        strip = image.crop((0, rows.start, image.width, rows.stop)).convert("RGBA")
        behind = Image.new("RGBA", strip.size, backdrop)
        result.paste(Image.alpha_composite(behind, strip).convert("RGB"), (0, rows.start))
    return result


def _is_white_on_clear(image: Image.Image) -> bool:
    """Whether all that can be seen of a transparent picture is nearly white; judged by some of its pixels."""
    size = min(image.width, 512), min(image.height, 512)
    some = np.asarray(image.resize(size, Image.Resampling.NEAREST).convert("RGBA")).reshape(-1, 4) / 255
    shown = some[some[:, 3] > 0.1]
    dark = (1 - shown[:, :3].min(1)) * shown[:, 3] > 0.1
    return len(some) > len(shown) > 0 and dark.mean() < 0.005


def _scaled(values: np.ndarray) -> Image.Image:
    """Numbers as grey, the smallest black and the largest white; of those from 0 to 1 these two are 0 and 1.

    What is no number is black, what is infinite as the largest or smallest that is not.
    """
    low, high = np.inf, -np.inf
    for rows in _strips(len(values)):
        finite = values[rows][np.isfinite(values[rows])].astype(np.float64)
        low, high = float(finite.min(initial=low)), float(finite.max(initial=high))
    if low > high or (values.dtype.kind == "f" and low >= 0 and high <= 1):
        low, high = 0.0, 1.0
    grey = np.empty(values.shape, np.uint8)
    for rows in _strips(len(values)):
        strip = np.nan_to_num(values[rows].astype(np.float64), nan=low).clip(low, high)
        grey[rows] = ((strip - low) / (high - low or 1.0) * 255).round()
    return Image.fromarray(grey)


def _strips(height: int) -> Iterator[slice]:
    """Strips of 256 rows from top to bottom: converting one at a time needs no copy of a large picture."""
    return (slice(top, min(top + 256, height)) for top in range(0, height, 256))
