"""What a run says of its data at the start: what was found, what is left out and why, what pictures lose."""

import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, is_dataclass, replace
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from space.pictures.files import DECODE_ERRORS

MOST_NAMED = 8
"""names that a sentence lists; of more it says how many"""


def text_of(name: str) -> str:
    """A file's name as text: composed (NFC), so that equal names are equal; what is not UTF-8 is escaped."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "backslashreplace"))


def shown(name: str) -> str:
    """A file's name as it is printed, on one line."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text_of(name))


def listed(names: Iterable[str]) -> str:
    """The first names, and how many more there are."""
    names = list(names)
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def counted(numbers: Counter[str]) -> str:
    """'8 .txt, 2 .db', the largest number first."""
    return listed(
        f"{number:,} {what}" for what, number in sorted(numbers.items(), key=lambda n: (-n[1], n[0]))
    )


@dataclass
class Seen:
    """What pictures were like before they were brought to the model's shape."""

    source: str
    """the data set and its split, in words"""
    shapes: Counter[tuple[int, int, bool]] = field(default_factory=Counter)
    """(width, height, whether it has colours) -> pictures"""
    changed: Counter[str] = field(default_factory=Counter)
    """what else is not kept -> pictures"""

    def add(self, file: str | BinaryIO, image: Image.Image) -> None:
        """Note a picture that was read from `file` as the RGB `image`."""
        some = image.resize([min(side, 256) for side in image.size], Image.Resampling.NEAREST)
        colour = bool((np.ptp(np.asarray(some), axis=2) > 4).any())  # JPEG tints grey by a level or two
        self.shapes[*image.size, colour] += 1
        if not isinstance(file, str):
            file.seek(0)
        with suppress(*DECODE_ERRORS), Image.open(file) as opened:
            if opened.has_transparency_data:
                self.changed["with transparency, put on white"] += 1
            if opened.format != "MPO" and getattr(opened, "is_animated", False):
                self.changed["of several frames, of which the first is read"] += 1

    def sentence(self, shape: tuple[int, ...], flags: str) -> str:
        """What they were and how they are read: as `shape` (C, H, W); `flags` would keep more."""
        channels, size, _ = shape
        sizes = sorted({(w * h, w, h) for w, h, _ in self.shapes})
        (_, *least), (_, *most) = sizes[0], sizes[-1]
        colours = Counter({"RGB": 0, "grey": 0})
        for (_, _, colour), number in self.shapes.items():
            colours["RGB" if colour else "grey"] += number
        kinds = [kind for kind in ("RGB", "grey") if colours[kind]]
        words = kinds[0] if len(kinds) == 1 else f"({counted(colours)})"
        what = "×".join(map(str, least)) + (" to " + "×".join(map(str, most)) if most != least else "")
        total = self.shapes.total()
        text = f"{self.source}: {total:,} image{'s' * (total > 1)} of {what} {words}"
        squares = all(w == h for _, w, h in sizes)
        how = "" if squares else "their middle squares, "
        if not squares or least != [size, size] or most != [size, size] or ("RGB" in kinds and channels == 1):
            text += f", read as {how}{size}×{size} {'grey' if channels == 1 else 'RGB'}"
        if flags:
            text += f"; {flags}"
        return text + "".join(f"; {number:,} {what}" for what, number in sorted(self.changed.items()))

    def losses(self, shape: tuple[int, int]) -> tuple[bool, int]:
        """Whether colours are lost, and the side of the smallest picture that loses pixels; 0 if none."""
        sides = [min(w, h) for w, h, _ in self.shapes if min(w, h) > shape[1]]
        return shape[0] == 1 and any(colour for *_, colour in self.shapes), min(sides, default=0)


def flags_that_keep(config: Any, seen: Seen) -> str:
    """The flags of a script that fit the pictures better, in words; '' if none do.

    `config` is a `LoopConfig` whose shape is `config.model`, or the field that `config.model` names.
    """
    part = config.model if isinstance(config.model, str) else "model"
    model = getattr(config, part)
    shape = model.in_channels, model.image_size
    grey, side = seen.losses(shape)
    if not any(colour for *_, colour in seen.shapes) and shape[0] == 3 and _fits(model, in_channels=1):
        return f"--{part}.in_channels 1 trains on grey alone"
    wanted = {"in_channels": 3} if grey else {}
    size = next((s for s in range(min(side, 256), model.image_size, -1) if _fits(model, image_size=s)), 0)
    if size:
        wanted["image_size"] = size
    if not wanted or not _fits(model, **wanted):
        return ""
    exact = {(w, h) for w, h, _ in seen.shapes} == {(wanted.get("image_size", model.image_size),) * 2}
    flags = " ".join(f"--{part}.{name} {value}" for name, value in wanted.items())
    return f"{flags} {'keeps them' if exact else 'keeps more of them'}"


def _fits(model: Any, **shape: int) -> bool:
    """Whether a config allows these values."""
    try:
        return is_dataclass(replace(model, **shape))
    except ValueError:
        return False


def report(config: Any, splits: Iterable[Any]) -> None:
    """Print what was found and what is not kept, in a terminal of any encoding; `splits` are `Images`."""
    lines = [note for images in splits for note in images.notes]
    for images in splits:
        if images.seen:
            lines.append(images.seen.sentence(images.pixels.shape[1:], flags_that_keep(config, images.seen)))
        else:
            lines.append(images.description)
    encoding = sys.stdout.encoding or "utf-8"
    for line in dict.fromkeys(lines):
        print(line.encode(encoding, "backslashreplace").decode(encoding), flush=True)
