"""Data sets: images are read once into one uint8 tensor, so that no Python runs for each image afterwards.

A training split that is too large for memory is decoded batch by batch (`training.rows`). It stays on disk or
on the Hub.

A data set of two domains, to translate between, is a folder with `trainA trainB testA testB`, or a data set
of the Hub with two columns of images.
"""

import os
import random
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor
from torchvision.transforms.v2 import functional as TF

from training.built_in import BUILT_IN, built_in_split, fake_domains
from training.errors import DataError
from training.folders import both_domains, domains_folder, is_folder, open_domains, open_folder, real_path
from training.found import Seen, shown
from training.hub_data import IMAGE_NAMES, first_of, from_splits, hub_domains, load_all
from training.rows import Rows, Source, Stream, Unreadable, extensions

MAX_RESIDENT_GB = 4.0
"""largest training split that is held in memory, GB of uint8 pixels; a larger one is read while training"""
SAMPLE, STREAMED_SAMPLE = 10_000, 1_000
"""most images that metrics are computed from: of a test split (MNIST has 10,000), and of training images that
are not in memory. Of a stream it is fewer, for they are fetched before training starts"""
CHUNK = 64
"""images that are read before they are decoded; those of the Hub come with their bytes"""
ARCHIVES = {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar"}


@dataclass(frozen=True)
class Images:
    """A split of a data set, with a description in words."""

    pixels: Tensor  # uint8 (N, C, H, W)
    labels: Tensor | None  # int64 (N,)
    description: str
    names: tuple[str, ...] = ()
    """names of a domain's images, below its folder and without ending; see `counterparts`"""
    stored: Rows | Stream | None = None
    """all images, if they do not fit in memory; `pixels` and `labels` are then a sample to measure on"""
    notes: tuple[str, ...] = ()
    """sentences on what was found and what is left out"""
    seen: Seen | None = None
    """what the images in memory were like before they had the model's shape"""

    def __len__(self) -> int:
        """Images in memory."""
        return len(self.pixels)

    @property
    def num_images(self) -> int:
        """Number of images to train on; 0 for a stream, which has not been counted."""
        if isinstance(self.stored, Stream):
            return 0
        return len(self.pixels if self.stored is None else self.stored)

    @property
    def num_classes(self) -> int:
        """Number of classes: the largest label plus 1; for stored images at least the classes with a name."""
        rows = self.stored.rows if isinstance(self.stored, Stream) else self.stored
        seen = 0 if self.labels is None else self.labels.max().item() + 1
        return max(seen, 0 if rows is None else rows.num_classes)


def to_float(pixels: Tensor) -> Tensor:
    """The models' float images in [0, 1] from uint8 pixels."""
    return pixels.float() / 255


def load_images(
    dataset: str,
    data_dir: Path,
    split: str,
    in_channels: int,
    image_size: int,
    max_resident_gb: float = MAX_RESIDENT_GB,
    streaming: bool = False,
) -> Images:
    """The `split` ('train' or 'test') of a data set, at `image_size` with `in_channels`.

    `dataset` is a built-in name, a folder of images (`training.folders` says what counts), or the id of a
    data set on the Hub. If it lacks one of the splits, a tenth is held out for testing: a random tenth, or
    with `streaming` every tenth image. In a folder of two domains the domain is the label. A training split
    of more than `max_resident_gb` GB stays on disk; with `streaming` it is fetched while training. Raises
    `DataError`.
    """
    shape = in_channels, image_size
    folder = None if dataset in BUILT_IN else domains_folder(dataset, data_dir)
    if streaming and (folder or dataset in BUILT_IN):
        raise DataError(f"{dataset} is read from disk, however large; leave out --streaming")
    if dataset in BUILT_IN:
        return _built_in(dataset, real_path(data_dir), split, *shape)
    name = _name(dataset)
    what = f"{name}, {split} split"
    if folder:
        source, what = both_domains(open_domains(folder, split)), f"{what} of both domains"
    else:
        source = _open(dataset, streaming)
    column = first_of(source.columns, IMAGE_NAMES)
    rows, notes = source.part(split, column, dataset, shape)
    if spare := [other for other in source.columns if other != column]:
        notes = (f"images: the column {column}; left out: {', '.join(spare)}", *notes)
    notes = tuple(f"{name}: {note}" for note in (*source.notes, *notes))
    if streaming:
        return _hold_stream(rows, split, what, notes)
    return _hold(rows, split, what, max_resident_gb, notes)


def load_domains(
    dataset: str,
    data_dir: Path,
    split: str,
    in_channels: int,
    image_size: int,
    max_resident_gb: float = MAX_RESIDENT_GB,
    streaming: bool = False,
) -> tuple[Images, Images]:
    """The `split` ('train' or 'test') of both domains, A and B, at `image_size` with `in_channels`.

    `dataset` is a folder with `trainA trainB testA testB`, or its name in `data_dir`; the id of a data set on
    the Hub with two columns of images; or 'fake'. A domain of more than `max_resident_gb` GB stays on disk.
    Raises `DataError`.
    """
    shape = in_channels, image_size
    if streaming:
        raise DataError("two domains are read from disk, however large; leave out --streaming")
    if dataset == "fake":
        a, b = (
            Images(pixels, None, f"fake, {split} split, domain {d}, {len(pixels):,} images", names)
            for d, (pixels, names) in zip("AB", fake_domains(split, in_channels, image_size))
        )
        return a, b
    if dataset in BUILT_IN:
        raise DataError(f"{dataset} has one domain; translation needs a data set of two")
    name = _name(dataset)
    if folder := domains_folder(dataset, data_dir):
        sources, columns = open_domains(folder, split), ["image"] * 2
    elif folder := _folder(dataset):
        raise DataError(
            f"{shown(str(folder))} has no folder trainA; translation needs trainA trainB testA testB"
        )
    else:
        try:
            found = _all_splits(dataset, False)
            sources = hub_domains(found, dataset) or (from_splits(found, dataset, False),) * 2
        except DataError as error:
            raise DataError(
                f"{error}; nor is there a folder {shown(str(data_dir / dataset / 'trainA'))}"
            ) from error
        columns = [source.columns[0] for source in sources]
        if sources[0] is sources[1]:
            columns = sources[0].columns
        if len(columns) != 2:
            raise DataError(
                f"{dataset!r} has {len(columns)} columns of images; translation needs two, or a folder or "
                "splits with trainA trainB testA testB"
            )
    domains = []
    for d, source, column in zip("AB", sources, columns):
        rows, notes = source.part(split, column, dataset, shape)
        notes = tuple(f"{name}: {note}" for note in (*source.notes, *notes))
        domains.append(_hold(rows, split, f"{name}, {split} split, domain {d}", max_resident_gb, notes))
    a, b = domains
    if split == "test" and a.names:
        note = (
            f"{name}: {len(counterparts(a, b)[0]):,} test images have a counterpart, an image of the same "
            f"name in the other domain, of {len(a):,} in A and {len(b):,} in B"
        )
        b = replace(b, notes=(*b.notes, note))
    return a, b


def counterparts(a: Images, b: Images) -> tuple[Tensor, Tensor]:
    """Numbers of the images of two domains whose name both have; each number of `a` meets that of `b`.

    A name that a domain has twice, with different endings, is no counterpart.
    """
    once = [
        {name: i for i, name in enumerate(domain.names) if counts[name] == 1}
        for domain, counts in ((domain, Counter(domain.names)) for domain in (a, b))
    ]
    both = [name for name in once[0] if name in once[1]]
    rows_a, rows_b = (torch.tensor([numbers[name] for name in both], dtype=torch.long) for numbers in once)
    return rows_a, rows_b


def sample(total: int) -> Tensor:
    """At most `SAMPLE` of `total` row numbers, ascending: random ones, but the same at every call.

    Evenly spaced rows would mislead if kinds of rows take turns: every other digit of MNIST has more ink.
    """
    return torch.tensor(sorted(random.Random(0).sample(range(total), min(total, SAMPLE))))


_all_splits = lru_cache(maxsize=1)(load_all)  # for the second split


def _open(dataset: str, streaming: bool) -> Source:
    if folder := _folder(dataset):
        return open_folder(folder, streaming)
    found = _all_splits(dataset, streaming)
    if not streaming and (domains := hub_domains(found, dataset)):
        return both_domains(domains)
    return from_splits(found, dataset, streaming)


def _folder(dataset: str) -> Path | None:
    """The folder that `dataset` names; None if nothing has that name; `DataError` if something else has."""
    path = real_path(dataset)
    if not dataset.strip():
        raise DataError(
            "--dataset is empty; give a name, a folder of images, or the id of a data set on the Hub"
        )
    if is_folder(path):
        return path
    if not os.path.lexists(path):
        return None
    if not path.exists():
        raise DataError(f"{shown(dataset)} is a link to nothing; give a folder of images")
    advice = "give a folder of images"
    if path.suffix.casefold() in extensions():
        advice = "give the folder that holds the picture"
    elif path.suffix.casefold() in ARCHIVES:
        advice = "unpack it, and give the folder"
    raise DataError(f"{shown(dataset)} is a file, no folder; {advice}")


def _name(dataset: str) -> str:
    """A data set's name in words: that of its folder, or its id."""
    path = real_path(dataset)
    return shown(path.absolute().name or path.resolve().name) if is_folder(path) else shown(dataset)


def _hold(rows: Rows, split: str, what: str, max_resident_gb: float, notes: tuple[str, ...]) -> Images:
    """The images in memory if they fit: all of a training split, at most `SAMPLE` of a test split."""
    in_channels, image_size = rows.shape
    if not len(rows):
        raise DataError(f"{rows.source!r} has no images in its {split} split")
    fits = len(rows) * in_channels * image_size**2 <= max_resident_gb * 1e9
    numbers = torch.arange(len(rows)) if split == "train" and fits else sample(len(rows))
    pixels = torch.empty(len(numbers), in_channels, image_size, image_size, dtype=torch.uint8)
    labels = torch.empty(len(numbers), dtype=torch.long) if rows.label else None
    names: list[str] = []
    seen, broken = Seen(what), []
    for place in torch.arange(len(numbers)).split(CHUNK):
        some = rows.rows[numbers[place].tolist()]
        found = rows.read(some, seen)
        names += some.get("name", ())
        if isinstance(found, Unreadable):
            broken += found.broken
        elif not broken:
            pixels[place] = found[0]
            if labels is not None:
                labels[place] = found[1]
    if broken:
        raise Unreadable(rows.source, broken)
    labels, notes = _checked(labels, what, notes)
    what += f", {len(rows):,} images"
    if split == "train" and not fits:
        return Images(pixels, labels, f"{what}, read from disk", tuple(names), rows, notes, seen)
    if len(numbers) < len(rows):
        what += f", of which {len(numbers):,}"
    return Images(pixels, labels, what, tuple(names), None, notes, seen)


def _hold_stream(rows: Rows, split: str, what: str, notes: tuple[str, ...]) -> Images:
    """The first images of a stream in memory; those of a training split keep the stream as `stored`."""
    first = next(rows.rows.iter(STREAMED_SAMPLE), None)
    if first is None:
        raise DataError(f"{rows.source!r} has no images in its {split} split")
    seen = Seen(f"the beginning of {what}")
    found = rows.read(first, seen)
    if isinstance(found, DataError):
        raise found
    labels, notes = _checked(found[1], what, notes)
    if split == "train":
        return Images(found[0], labels, f"{what}, streamed", (), Stream(rows), notes, seen)
    return Images(found[0], labels, f"{what}, its first {len(found[0]):,} images", (), None, notes, seen)


def _checked(
    labels: Tensor | None, what: str, notes: tuple[str, ...]
) -> tuple[Tensor | None, tuple[str, ...]]:
    """The labels, or None and what there is to say if any is missing."""
    missing = 0 if labels is None else int((labels < 0).sum())
    if missing:
        return None, (*notes, f"{what}: no labels, for {missing:,} of {len(labels):,} are missing")
    return labels, notes


def _built_in(dataset: str, data_dir: Path, split: str, in_channels: int, image_size: int) -> Images:
    pixels, labels = built_in_split(dataset, data_dir, split, in_channels, image_size)
    what = f"{BUILT_IN[dataset]}, {split} split"
    seen = Seen(what, Counter({(*pixels.shape[2:], pixels.shape[1] == 3): len(pixels)}))
    if pixels.shape[1] != in_channels:
        pixels = TF.rgb_to_grayscale(pixels) if in_channels == 1 else pixels.expand(-1, 3, -1, -1)
    if pixels.shape[2:] != (image_size, image_size):
        pixels = TF.resize(pixels, [image_size, image_size], antialias=True)
    return Images(pixels.contiguous(), labels, f"{what}, {len(pixels):,} images", seen=seen)
