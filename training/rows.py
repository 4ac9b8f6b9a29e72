"""Pictures of a data set, decoded when their turn comes: from files, from Arrow tables, or from the Hub."""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import torch
import torch.utils.data
from PIL import Image, UnidentifiedImageError
from torch import Tensor
from torchvision.transforms.v2 import functional as TF

from space.pictures.files import DECODE_ERRORS, FORMATS, read_image
from space.text.limits import MAX_MEGAPIXELS
from space.text.refusals import Problem
from training.errors import DataError, one_line
from training.found import Seen, listed, shown

MORE_FORMATS = "PPM", "JPEG2000", "TGA", "PCX", "SGI", "QOI"
"""formats of data sets besides those of uploads; Pillow reads them without other programs"""
HELD_OUT = 0.1  # share of the images that becomes the test split if a data set has none
MAX_FILE_BYTES = 6_000_000 * MAX_MEGAPIXELS
"""bytes of a picture file: the largest picture, uncompressed, with 16 bits a channel"""


def extensions() -> set[str]:
    """How the names of pictures end that are read, in small letters."""
    Image.init()
    of = Image.registered_extensions()
    return {".mpo"} | {end for end, kind in of.items() if kind in (*FORMATS, *MORE_FORMATS)}


@dataclass(frozen=True)
class Rows(torch.utils.data.Dataset):
    """Images on disk: `rows[numbers]` decodes those rows, like `read`."""

    source: str
    """name of the data set in error messages"""
    rows: Any
    """the rows as a `Dataset` of the package `datasets`, images undecoded. An image is a dict with its `path`
    and, for a data set of the Hub, its `bytes`; for a file whose name is not UTF-8, `raw` is its path"""
    column: str
    label: str | None
    shape: tuple[int, int]
    """channels and size of decoded images"""
    classes: tuple[Any, ...] = ()
    """the values of a column of labels whose classes have no numbers"""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def num_classes(self) -> int:
        """How many classes have a name; 0 if none has."""
        return len(self.classes or getattr(self.rows.features.get(self.label), "names", ()))

    def __getitem__(self, numbers: Tensor) -> "tuple[Tensor, Tensor | None] | Unreadable":
        return self.read(self.rows[numbers.tolist()])

    def read(
        self, found: dict[str, list], seen: Seen | None = None
    ) -> "tuple[Tensor, Tensor | None] | Unreadable":
        """Decode rows to uint8 pixels (B, C, H, W) and int64 labels (B,), -1 for a missing label.

        `seen` notes what the images were like. Errors are returned, not raised: a worker's exception would
        reach us with its traceback as the message.
        """
        in_channels, image_size = self.shape
        pixels = torch.empty(len(found[self.column]), in_channels, image_size, image_size, dtype=torch.uint8)
        broken = []
        for i, picture in enumerate(found[self.column]):
            try:
                pixels[i] = self._pixels(picture, seen)
            except (Problem, *DECODE_ERRORS) as error:
                broken.append((shown((picture or {}).get("path") or "an image"), _why(picture, error)))
        if broken:
            return Unreadable(self.source, broken)
        return pixels, None if self.label is None else torch.tensor(self._numbers(found[self.label]))

    def _numbers(self, labels: list) -> list[int]:
        number = {value: i for i, value in enumerate(self.classes)}
        return [number.get(label, -1) if number else -1 if label is None else label for label in labels]

    def _pixels(self, picture: dict | None, seen: Seen | None) -> Tensor:
        in_channels, image_size = self.shape
        file = _file_of(picture)
        image = read_image(file, (*FORMATS, *MORE_FORMATS))
        if seen is not None:
            seen.add(file, image)
        if in_channels == 1:
            image = image.convert("L")
        return _square(TF.pil_to_tensor(image), image_size)


class Unreadable(DataError):
    """Pictures that cannot be read: `broken` has the name of each, and why."""

    def __init__(self, source: str, broken: list[tuple[str, str]]) -> None:
        self.source, self.broken = source, broken
        (name, why), *others = broken
        text = f"{name} of {source!r} cannot be read: {why}"
        if others:
            text += f"; nor can {len(others):,} more: {listed(name for name, _ in others)}"
        super().__init__(text)

    def __reduce__(self) -> tuple:  # a worker process sends it
        return type(self), (self.source, self.broken)


def _file_of(picture: dict | None) -> str | io.BytesIO:
    """The picture's path, or its bytes; raises `ValueError` where there is none or it is too large."""
    if not picture or not (picture.get("bytes") or picture["path"]):
        raise ValueError("the row has no image")
    content, path = picture.get("bytes"), picture["path"]
    if content is None and "://" in path:  # on the Hub, or in an archive
        import fsspec

        with fsspec.open(path, "rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    if content is None:
        path = os.fsdecode(picture.get("raw") or path)
        size = Path(path).stat().st_size
    else:
        size = len(content)
    if size > MAX_FILE_BYTES:
        raise ValueError(f"it has {size / 1e6:,.0f} MB; at most {MAX_FILE_BYTES / 1e6:,.0f} are read")
    return path if content is None else io.BytesIO(content)


def _why(picture: dict | None, error: Exception) -> str:
    """Why a picture cannot be read, for somebody at the command line."""
    if isinstance(error, Problem) and error.key == "problem.image_too_large":
        return "it has {megapixels} megapixels; at most {most} are read. Scale it down".format(**error.values)
    if isinstance(error, Problem) and error.key == "problem.foreign_picture":
        return "{format} files are not read here. Save it as PNG or JPEG".format(**error.values)
    cause = error.__cause__ if isinstance(error, Problem) else error
    if cause is None:
        return "it is damaged"
    if isinstance(cause, UnidentifiedImageError):
        file = _file_of(picture)
        start = file.read(40) if isinstance(file, io.BytesIO) else _start(Path(file))
        if not start:
            return "it is empty"
        if start.startswith(b"version https://git-lfs"):
            return "it is a pointer of Git LFS; fetch the files with git lfs pull"
        return "it is no picture, whatever its name says, or one of a format that is not read"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return one_line(cause) if isinstance(cause, ValueError) else f"it is damaged ({one_line(cause)})"


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(40)


def _square(image: Tensor, size: int) -> Tensor:
    """The middle square of an image (C, H, W), scaled to (C, size, size)."""
    return TF.resize(TF.center_crop(image, [min(image.shape[1:])] * 2), [size, size], antialias=True)


@dataclass(frozen=True)
class Stream(torch.utils.data.IterableDataset):
    """Images that arrive over the network in the order of their files, shuffled in a buffer.

    Iterating gives batch `first` and the following ones, each as `Rows.read` gives it. Seed, buffer size and
    batch size decide what a batch holds. To reach batch n, all earlier batches are fetched, but not decoded.
    """

    rows: Rows
    shuffle_buffer: int = 1
    seed: int = 0
    batch_size: int = 1
    share: slice = field(default_factory=lambda: slice(None))
    """rows of each batch that this process decodes"""
    first: int = 0

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor | None] | DataError]:
        number = 0
        for epoch in count():
            shuffled = self.rows.rows.shuffle(seed=self.seed + epoch, buffer_size=self.shuffle_buffer)
            before = number
            for found in shuffled.iter(self.batch_size, drop_last_batch=True):
                if number >= self.first:
                    yield self.rows.read({name: values[self.share] for name, values in found.items()})
                number += 1
            if number == before:
                yield DataError(f"batch_size {self.batch_size} is more than {self.rows.source!r} holds")


@dataclass(frozen=True)
class Source:
    """A data set that has been opened: its splits, undecoded, and how they are read."""

    splits: dict[str, Any]
    """'train', and 'test' unless a part of the images has to be held out"""
    columns: list[str]
    """columns of images"""
    label: str | None = None
    classes: tuple[Any, ...] = ()
    """as `Rows` has them"""
    notes: tuple[str, ...] = ()
    """what was found and what is left out, in words"""

    def part(
        self, split: str, column: str, source: str, shape: tuple[int, int]
    ) -> tuple[Rows, tuple[str, ...]]:
        """The rows of 'train' or 'test' that have an image, and what there is to say of them.

        If there is no test split, a tenth is held out: random rows, or of a stream every tenth.
        """
        rows = {name: self._undecoded(some, column) for name, some in self.splits.items()}
        notes = []
        if "test" in rows:
            chosen = rows[split]
        else:
            chosen, note = _held_out(rows["train"], split, source)
            notes.append(note)
        if hasattr(chosen, "data"):  # a stream has none
            chosen, missing = _without_missing(chosen, column)
            notes += [f"{missing:,} rows of the {split} split have no image"] if missing else []
        label = self.label if self.label in chosen.features else None
        return Rows(source, chosen, column, label, shape, self.classes), tuple(notes)

    def _undecoded(self, rows: Any, column: str) -> Any:
        """The columns that are read. The cast comes before all else: what follows would decode the images."""
        from datasets import Image as Picture

        rows = rows.select_columns([name for name in (column, self.label, "name") if name in rows.features])
        ours = isinstance(rows.features[column], dict) and "raw" in rows.features[column]
        return rows if ours else rows.cast_column(column, Picture(decode=False))


def _held_out(rows: Any, split: str, source: str) -> tuple[Any, str]:
    """The part of the only split that is 'train' or 'test', and a sentence."""
    if not hasattr(rows, "data"):
        keep = _is_held_out if split == "test" else _is_kept
        # skip(0): no later shuffle then reorders the files, for the filter counts rows in their order
        part = rows.skip(0).filter(keep, with_indices=True, input_columns=[])
        return part, "no test split: every tenth image is held out for testing"
    if len(rows) < 2:
        raise DataError(f"{source!r} has {len(rows)} image; training takes two, of which one is held out")
    parts = rows.train_test_split(test_size=HELD_OUT, seed=0)
    return parts[split], (
        "no test split: a tenth, chosen at random, is held out for testing "
        f"({len(parts['train']):,} images to train on, {len(parts['test']):,} to test on)"
    )


def _is_held_out(number: int) -> bool:
    return number % round(1 / HELD_OUT) == 0


def _is_kept(number: int) -> bool:
    return not _is_held_out(number)


def _without_missing(rows: Any, column: str) -> tuple[Any, int]:
    """The rows that have an image in the `column`, and how many have none."""
    if rows.data.column(column).null_count == 0:
        return rows, 0
    there = []
    for table in rows.select_columns([column]).with_format("arrow").iter(100):
        there += table.column(column).is_valid().to_pylist()
    keep = [number for number, is_there in enumerate(there) if is_there]
    return rows.select(keep), len(there) - len(keep)
