"""Data sets: images are read once into one uint8 tensor, so that no Python runs for each image afterwards.

A training split that is too large for memory is decoded batch by batch. It stays on disk (`Rows`,
memory-mapped by `datasets`) or on the Hub (`Stream`).

A data set of two domains, to translate between, is a folder with `trainA trainB testA testB`, or a data set
of the Hub with two columns of images.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import torch
import torch.utils.data
from PIL.Image import DecompressionBombError, DecompressionBombWarning
from torch import Tensor
from torchvision import datasets as tv
from torchvision.transforms.v2 import functional as TF

from space.pictures.files import DECODE_ERRORS as PICTURE_ERRORS
from space.pictures.files import read_image, to_rgb
from space.text.refusals import Problem

BUILT_IN = ("mnist", "fashion-mnist", "fake")
SPLITS = {"train", "training", "validation", "valid", "val", "dev", "test", "testing", "eval", "evaluation"}
"""folder names that `datasets` takes for splits"""
HELD_OUT = 0.1  # share of the images that becomes the test split if a data set has none
MAX_RESIDENT_GB = 4.0
"""largest training split that is held in memory, GB of uint8 pixels; a larger one is read while training"""
SAMPLE, STREAMED_SAMPLE = 10_000, 1_000
"""most images that metrics are computed from: of a test split (MNIST has 10,000), and of training images that
are not in memory. Of a stream it is fewer, for they are fetched before training starts"""
DECODE_ERRORS = (*PICTURE_ERRORS, DecompressionBombError, DecompressionBombWarning)


class DataError(ValueError):
    """The data is missing or cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Rows(torch.utils.data.Dataset):
    """Images on disk: `rows[numbers]` decodes those rows, like `read`."""

    source: str
    """name of the data set in error messages"""
    rows: Any
    """the rows as a `Dataset` of the package `datasets`, images undecoded"""
    column: str
    label: str | None
    shape: tuple[int, int]
    """channels and size of decoded images"""
    files: bool = False
    """whether the rows are files of a folder of two domains, in which equal file names mark counterparts"""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def num_classes(self) -> int:
        """How many classes have a name; 0 if none has."""
        return len(getattr(self.rows.features.get(self.label), "names", ()))

    def __getitem__(self, numbers: Tensor) -> "tuple[Tensor, Tensor | None] | DataError":
        return self.read(self.rows[numbers.tolist()])

    def read(self, found: dict[str, list]) -> "tuple[Tensor, Tensor | None] | DataError":
        """Decode rows to uint8 pixels (B, C, H, W) and int64 labels (B,), -1 for a missing label.

        Errors are returned, not raised: a worker's exception would reach us with its traceback as the
        message.
        """
        in_channels, image_size = self.shape
        pixels = torch.empty(len(found[self.column]), in_channels, image_size, image_size, dtype=torch.uint8)
        for i, picture in enumerate(found[self.column]):
            try:
                pixels[i] = self._pixels(picture)
            except Problem as problem:
                return DataError(f"{picture['path']}: {problem}")
            except DECODE_ERRORS as error:
                which = picture["path"] or "an image"
                return DataError(f"{which} of {self.source!r} cannot be read: {error}")
        if self.label is None:
            return pixels, None
        return pixels, torch.tensor([-1 if label is None else label for label in found[self.label]])

    def _pixels(self, picture: dict) -> Tensor:
        from datasets import Image

        in_channels, image_size = self.shape
        image = read_image(picture["path"]) if self.files else to_rgb(Image().decode_example(picture))
        if in_channels == 1:
            image = image.convert("L")
        return _square(TF.pil_to_tensor(image), image_size)


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
class Images:
    """A split of a data set, with a description in words."""

    pixels: Tensor  # uint8 (N, C, H, W)
    labels: Tensor | None  # int64 (N,)
    description: str
    names: tuple[str, ...] = ()
    """names of a domain's images; images of the same name in two domains are counterparts"""
    stored: Rows | Stream | None = None
    """all images, if they do not fit in memory; `pixels` and `labels` are then a sample to measure on"""

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

    `dataset` is a built-in name, a folder of images (with `train/` and `test/`; sub-folders are labels), or
    the id of a data set on the Hub. If it lacks one of the splits, a tenth is held out for testing: a random
    tenth, or with `streaming` every tenth image. In a folder of two domains the domain is the label. A
    training split of more than `max_resident_gb` GB stays on disk; with `streaming` it is fetched while
    training. Raises `DataError`.
    """
    shape = in_channels, image_size
    folder = _domains_folder(dataset, data_dir)
    if streaming and (folder or dataset in BUILT_IN):
        raise DataError(f"{dataset} is read from disk, however large; leave out --streaming")
    if folder:
        rows = _files([folder / f"{split}{domain}" for domain in "AB"], shape)
        return _hold(rows, split, f"{Path(dataset).name}, {split} split of both domains", max_resident_gb)
    if dataset in BUILT_IN:
        return _built_in(dataset, data_dir, split, *shape)
    name = Path(dataset).name if Path(dataset).is_dir() else dataset
    rows = _open_with_datasets(dataset, split, streaming)
    columns = _image_columns(rows)
    if not columns:
        raise DataError(f"{dataset!r} has no column of images; its columns: {', '.join(rows.features or ())}")
    rows = _rows(rows, dataset, columns[0], shape)
    if streaming:
        return _hold_stream(rows, split, f"{name}, {split} split")
    return _hold(rows, split, f"{name}, {split} split", max_resident_gb)


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
            for d, (pixels, names) in zip("AB", _fake_domains(split, in_channels, image_size))
        )
        return a, b
    if dataset in BUILT_IN:
        raise DataError(f"{dataset} has one domain; translation needs a data set of two")
    if folder := _domains_folder(dataset, data_dir):
        name, domains = Path(dataset).name, [_files([folder / f"{split}{d}"], shape) for d in "AB"]
    else:
        try:
            rows = _open_with_datasets(dataset, split)
        except DataError as error:
            raise DataError(f"{error}; nor is there a folder {data_dir / dataset / 'trainA'}") from error
        columns = _image_columns(rows)
        if len(columns) != 2:
            raise DataError(
                f"{dataset!r} has {len(columns)} columns of images; translation needs two, or a folder with "
                "trainA trainB testA testB"
            )
        name, domains = dataset, [_rows(rows, dataset, column, shape) for column in columns]
    a, b = (
        _hold(rows, split, f"{name}, {split} split, domain {d}", max_resident_gb)
        for d, rows in zip("AB", domains)
    )
    return a, b


def sample(total: int) -> Tensor:
    """At most `SAMPLE` of `total` row numbers, ascending: random ones, but the same at every call.

    Evenly spaced rows would mislead if kinds of rows take turns: every other digit of MNIST has more ink.
    """
    return torch.tensor(sorted(random.Random(0).sample(range(total), min(total, SAMPLE))))


def _complete(labels: Tensor | None) -> Tensor | None:
    """The labels; None if any is missing."""
    return None if labels is None or labels.min() < 0 else labels


def _hold(rows: Rows, split: str, what: str, max_resident_gb: float) -> Images:
    """The images in memory if they fit: all of a training split, at most `SAMPLE` of a test split."""
    in_channels, image_size = rows.shape
    fits = len(rows) * in_channels * image_size**2 <= max_resident_gb * 1e9
    numbers = torch.arange(len(rows)) if split == "train" and fits else sample(len(rows))
    pixels = torch.empty(len(numbers), in_channels, image_size, image_size, dtype=torch.uint8)
    labels = torch.empty(len(numbers), dtype=torch.long) if rows.label else None
    for place in torch.arange(len(numbers)).split(256):
        found = rows[numbers[place]]
        if isinstance(found, DataError):
            raise found
        pixels[place] = found[0]
        if labels is not None:
            labels[place] = found[1]
    labels = _complete(labels)
    names = [Path(row["path"]).stem for row in rows.rows[numbers.tolist()][rows.column]] if rows.files else ()
    what += f", {len(rows):,} images"
    if split == "train" and not fits:
        return Images(pixels, labels, f"{what}, read from disk", tuple(names), rows)
    if len(numbers) < len(rows):
        what += f", of which {len(numbers):,}"
    return Images(pixels, labels, what, tuple(names))


def _hold_stream(rows: Rows, split: str, what: str) -> Images:
    """The first images of a stream in memory; those of a training split keep the stream as `stored`."""
    first = next(rows.rows.iter(STREAMED_SAMPLE), None)
    if first is None:
        raise DataError(f"{rows.source!r} has no images in its {split} split")
    found = rows.read(first)
    if isinstance(found, DataError):
        raise found
    pixels, labels = found[0], _complete(found[1])
    if split == "train":
        return Images(pixels, labels, f"{what}, streamed", (), Stream(rows))
    return Images(pixels, labels, f"{what}, its first {len(pixels):,} images")


def _domains_folder(dataset: str, data_dir: Path) -> Path | None:
    """The folder of two domains, if `dataset` is the path of one, or the name of one in `data_dir`."""
    for folder in (Path(dataset), data_dir / dataset):
        if (folder / "trainA").is_dir():
            return folder
    return None


def _files(folders: list[Path], shape: tuple[int, int]) -> Rows:
    """All images of the `folders`; if there are several, the number of the folder is the label."""
    from datasets import Dataset, Features, Image, Value

    rows: dict[str, list] = {"image": [], "label": []}
    for label, folder in enumerate(folders):
        files = sorted(p for p in folder.glob("*") if p.is_file() and not p.name.startswith("."))
        if not files:
            raise DataError(f"{folder} holds no images")
        rows["image"] += [str(path) for path in files]
        rows["label"] += [label] * len(files)
    features = Features({"image": Image(decode=False), "label": Value("int64")})
    label = "label" if len(folders) > 1 else None
    return Rows(str(folders[0]), Dataset.from_dict(rows, features), "image", label, shape, files=True)


def _square(image: Tensor, size: int) -> Tensor:
    """The middle square of an image (C, H, W), scaled to (C, size, size)."""
    return TF.resize(TF.center_crop(image, [min(image.shape[1:])] * 2), [size, size], antialias=True)


def _built_in(dataset: str, data_dir: Path, split: str, in_channels: int, image_size: int) -> Images:
    if dataset == "fake":
        pixels, labels = _fake_split(split, in_channels, image_size)
    else:
        pixels, labels = _torchvision_split(dataset, data_dir, split)
    name = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "fake": "generated blobs"}[dataset]
    if pixels.shape[1] != in_channels:
        pixels = TF.rgb_to_grayscale(pixels) if in_channels == 1 else pixels.expand(-1, 3, -1, -1)
    if pixels.shape[2:] != (image_size, image_size):
        pixels = TF.resize(pixels, [image_size, image_size], antialias=True)
    return Images(pixels.contiguous(), labels, f"{name}, {split} split, {len(pixels):,} images")


def _fake_domains(split: str, in_channels: int, image_size: int) -> list[tuple[Tensor, tuple[str, ...]]]:
    """Soft blobs as domain A, discs as B. Images of the test split are pairs, those of training are not."""
    blobs, _ = _fake_split(split, in_channels, image_size)
    half = len(blobs) // 2
    a, b = (blobs[:half], blobs[half:]) if split == "train" else (blobs, blobs)
    peak = b.amax((2, 3), keepdim=True)
    names = tuple(str(i) for i in range(len(a)))
    return [(a, names), (torch.where(b > peak / 2, peak, 0), names)]


def _torchvision_split(dataset: str, data_dir: Path, split: str) -> tuple[Tensor, Tensor]:
    kind = {"mnist": tv.MNIST, "fashion-mnist": tv.FashionMNIST}[dataset]
    try:
        try:
            data = kind(data_dir, train=split == "train", download=False)
        except RuntimeError:  # torchvision's error if there are no files
            data = kind(data_dir, train=split == "train", download=True)
    except (RuntimeError, OSError) as error:
        raise DataError(
            f"{dataset} is not in {data_dir} and could not be downloaded. Point --data_dir to the folder "
            f"that holds {kind.__name__}/raw, or connect to the network."
        ) from error
    except (AssertionError, ValueError, IndexError, TypeError) as error:
        raise DataError(
            f"{dataset} in {data_dir} cannot be read; remove {kind.__name__}/raw there and fetch it again"
        ) from error
    return data.data[:, None], data.targets.long()


def _fake_split(split: str, in_channels: int, image_size: int) -> tuple[Tensor, Tensor]:
    """Bright blobs, labelled by their position: quick to make, with something to learn."""
    n, rng = (
        (512, torch.Generator().manual_seed(0))
        if split == "train"
        else (128, torch.Generator().manual_seed(1))
    )
    labels = torch.randint(10, (n,), generator=rng)
    angle = labels * (2 * torch.pi / 10)
    centre = 0.5 * torch.stack([angle.cos(), angle.sin()], 1) + 0.1 * torch.randn(n, 2, generator=rng)
    axis = torch.linspace(-1, 1, image_size)
    distance = (axis[None, :, None] - centre[:, 0, None, None]).square() + (
        axis[None, None, :] - centre[:, 1, None, None]
    ).square()
    tint = 0.5 + 0.5 * torch.rand(n, in_channels, 1, 1, generator=rng)
    return (255 * tint * torch.exp(-distance[:, None] / 0.05)).byte(), labels


@lru_cache(maxsize=1)  # for the second split: listing a large folder takes minutes
def _all_splits(dataset: str, streaming: bool):
    from datasets import load_dataset
    from datasets.exceptions import DatasetNotFoundError

    place = {"path": "imagefolder", "data_dir": dataset} if Path(dataset).is_dir() else {"path": dataset}
    try:
        return load_dataset(**place, streaming=streaming)
    except (DatasetNotFoundError, FileNotFoundError, ConnectionError, ValueError, OSError) as error:
        raise DataError(
            f"{dataset!r} is neither one of {', '.join(BUILT_IN)}, nor a folder of images, nor a data set "
            f"that can be read from the Hub ({error})"
        ) from error


def _open_with_datasets(dataset: str, split: str, streaming: bool = False):
    """The rows of a split. If one split is missing, a tenth is held out: random rows, or of a stream every
    tenth."""
    found = _all_splits(dataset, streaming)
    if not {"train", "test"} <= set(found):
        only = found["train"] if "train" in found else found[next(iter(found))]
        if streaming:
            keep = _is_held_out if split == "test" else _is_kept
            # skip(0): no later shuffle then reorders the files, for the filter counts rows in their order
            return only.skip(0).filter(keep, with_indices=True, input_columns=[])  # no columns: no decoding
        found = only.train_test_split(test_size=HELD_OUT, seed=0)
    return found[split]


def _is_held_out(number: int) -> bool:
    return number % round(1 / HELD_OUT) == 0


def _is_kept(number: int) -> bool:
    return not _is_held_out(number)


def _image_columns(rows) -> list[str]:
    from datasets import Image

    return [name for name, feature in (rows.features or {}).items() if isinstance(feature, Image)]


def _is_label(feature) -> bool:
    """Whether a column holds classes. `datasets` invents a column whose classes are split names."""
    from datasets import ClassLabel

    return isinstance(feature, ClassLabel) and not set(feature.names) <= SPLITS


def _rows(rows, dataset: str, column: str, shape: tuple[int, int]) -> Rows:
    """The `Rows` of a column of images, undecoded, with labels if there are any."""
    from datasets import Image

    label = next((name for name, feature in rows.features.items() if _is_label(feature)), None)
    rows = rows.select_columns([column, label] if label else [column])
    return Rows(dataset, rows.cast_column(column, Image(decode=False)), column, label, shape)
