"""Readers of the pictures that training left in a model folder (`samples/`)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image

from space.pictures.files import DECODE_ERRORS, read_image
from space.text.limits import MAX_FRAME_BYTES, MAX_FRAME_PIXELS, MAX_FRAMES, MAX_FRAMES_BYTES
from space.weights.side_files import frame_files

PADDING = 1
"""pixels between the pictures of a grid, as `torchvision.utils.make_grid` draws them for training"""

T = TypeVar("T")


def thin_out(items: Sequence[T], most: int) -> list[T]:
    """At most `most` of the items, evenly spread, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    return [items[round(i * (len(items) - 1) / max(most - 1, 1))] for i in range(most)]


def read_frames(folder: Path) -> list[tuple[int, Image.Image]]:
    """The pictures of `samples/` with their steps, in order, grey ones as L; all have one size.

    Left out are damaged pictures, too large ones, and those whose size differs from the last one's.
    """
    files = [(step, path, path.stat().st_size) for step, path in frame_files(folder)]
    files = thin_out([file for file in files if file[2] <= MAX_FRAME_BYTES], MAX_FRAMES)
    while sum(size for *_, size in files) > MAX_FRAMES_BYTES:
        files = thin_out(files, len(files) // 2)
    frames = [(step, image) for step, path, _ in files if (image := read_frame(path))]
    return [(step, image) for step, image in frames if image.size == frames[-1][1].size]


def read_frame(path: Path) -> Image.Image | None:
    """One picture of `samples/`, a grey one as L; None if it is damaged or too large."""
    try:
        if path.stat().st_size > MAX_FRAME_BYTES:
            return None
        with Image.open(path, formats=["PNG"]) as header:
            if header.width * header.height > MAX_FRAME_PIXELS:
                return None
        image = read_image(path)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, *DECODE_ERRORS):
        return None
    pixels = np.asarray(image)
    return image.convert("L") if (pixels == pixels[..., :1]).all() else image


def cells(width: int, height: int, image_size: int) -> dict[str, int] | None:
    """Columns and rows of a grid of square pictures, and their side; None if the picture is no such grid."""
    side = image_size + PADDING
    columns, rows = (width - PADDING) // side, (height - PADDING) // side
    if min(columns, rows) < 1 or (width, height) != (columns * side + PADDING, rows * side + PADDING):
        return None
    return {"columns": columns, "rows": rows, "side": image_size, "padding": PADDING}
