"""Images as one uint8 tensor on the device: read once, batched there, no per-image Python afterwards.

A data set of two domains, to translate between, is a folder with `trainA trainB testA testB`, or one of the
Hub with two columns of images.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torchvision import datasets as tv
from torchvision.transforms.v2 import functional as TF

from space.images import read_image
from space.problems import Problem

BUILT_IN = ("mnist", "fashion-mnist", "fake")
HELD_OUT = 0.1  # share of the images that becomes the test split where a data set has none


class DataError(ValueError):
    """The data cannot be had; the message says what to do."""


@dataclass(frozen=True)
class Images:
    """A split: `pixels` uint8 (N, C, H, W), `labels` int64 (N,) or None, and what it is in words."""

    pixels: Tensor
    labels: Tensor | None
    description: str
    names: tuple[str, ...] = ()
    """what each image of a domain is called; the same name in two domains is the same thing"""

    def __len__(self) -> int:
        return len(self.pixels)


def to_float(pixels: Tensor) -> Tensor:
    """uint8 pixels to the models' float images in [0, 1]."""
    return pixels.float() / 255


def load_images(dataset: str, data_dir: Path, split: str, in_channels: int, image_size: int) -> Images:
    """The `split` ('train' or 'test') of a data set, at `image_size` with `in_channels`.

    `dataset` is a built-in name, a folder of images (with `train/` and `test/`, or every tenth image is
    held out; sub-folders are labels), or the id of a data set on the Hub. In a folder of two domains the
    domain is the label. Raises `DataError`.
    """
    if _domains_folder(dataset, data_dir):
        a, b = load_domains(dataset, data_dir, split, in_channels, image_size)
        labels = torch.cat([torch.zeros(len(a)), torch.ones(len(b))]).long()
        name = f"{Path(dataset).name}, {split} split of both domains, {len(labels):,} images"
        return Images(torch.cat([a.pixels, b.pixels]), labels, name)
    if dataset in ("mnist", "fashion-mnist"):
        pixels, labels = _torchvision_split(dataset, data_dir, split)
        name = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST"}[dataset]
    elif dataset == "fake":
        pixels, labels = _fake_split(split, in_channels, image_size)
        name = "generated blobs"
    else:
        pixels, labels = _read_with_datasets(dataset, split, in_channels, image_size)
        name = Path(dataset).name if Path(dataset).is_dir() else dataset
    if pixels.shape[1] != in_channels:
        pixels = TF.rgb_to_grayscale(pixels) if in_channels == 1 else pixels.expand(-1, 3, -1, -1)
    if pixels.shape[2:] != (image_size, image_size):
        pixels = TF.resize(pixels, [image_size, image_size], antialias=True)
    return Images(pixels.contiguous(), labels, f"{name}, {split} split, {len(pixels):,} images")


def load_domains(
    dataset: str, data_dir: Path, split: str, in_channels: int, image_size: int
) -> tuple[Images, Images]:
    """The `split` ('train' or 'test') of both domains, A and B, at `image_size` with `in_channels`.

    `dataset` is a folder, also one in `data_dir`, with `trainA trainB testA testB`; the id of a data set on
    the Hub with two columns of images; or 'fake'. Raises `DataError`.
    """
    folder = _domains_folder(dataset, data_dir)
    if dataset == "fake":
        domains = _fake_domains(split, in_channels, image_size)
    elif folder:
        domains = [_read_folder(folder / f"{split}{d}", in_channels, image_size) for d in "AB"]
    elif dataset in BUILT_IN:
        raise DataError(f"{dataset} has one domain; translation needs a data set of two")
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
        domains = [(_shrink_rows(rows, dataset, c, in_channels, image_size), ()) for c in columns]
    name = Path(dataset).name if folder else dataset
    a, b = (
        Images(pixels, None, f"{name}, {split} split, domain {d}, {len(pixels):,} images", names)
        for d, (pixels, names) in zip("AB", domains)
    )
    return a, b


def _domains_folder(dataset: str, data_dir: Path) -> Path | None:
    """The folder of a data set of two domains, if `dataset` is the path of one or its name in `data_dir`."""
    for folder in (Path(dataset), data_dir / dataset):
        if (folder / "trainA").is_dir():
            return folder
    return None


def _read_folder(folder: Path, in_channels: int, image_size: int) -> tuple[Tensor, tuple[str, ...]]:
    """All images of a folder, transparency on white, cut square and scaled; and what they are called."""
    paths = sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))
    if not paths:
        raise DataError(f"{folder} holds no images")
    pixels = []
    for path in paths:
        try:
            image = TF.pil_to_tensor(read_image(path))
        except Problem as problem:
            raise DataError(f"{path}: {problem}") from problem
        pixels.append(_square(image, image_size))
    images = torch.stack(pixels)
    if in_channels == 1:
        images = TF.rgb_to_grayscale(images)
    return images, tuple(path.stem for path in paths)


def _square(image: Tensor, size: int) -> Tensor:
    """The middle of an image (C, H, W), cut square and scaled."""
    return TF.resize(TF.center_crop(image, [min(image.shape[1:])] * 2), [size, size], antialias=True)


def _fake_domains(split: str, in_channels: int, image_size: int) -> list[tuple[Tensor, tuple[str, ...]]]:
    """Soft blobs, and discs; those of the training split are unrelated, those of the test split pairs."""
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
        except RuntimeError:  # what torchvision raises where there is nothing
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
    """Bright blobs, whose place is their label: something to learn, made in a moment."""
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


def _read_with_datasets(dataset: str, split: str, in_channels: int, image_size: int):
    """A folder of images or a data set of the Hub, through the `datasets` library."""
    from datasets import ClassLabel

    rows = _open_with_datasets(dataset, split)
    columns = _image_columns(rows)
    if not columns:
        raise DataError(f"{dataset!r} has no column of images; its columns: {', '.join(rows.features)}")
    label = next((name for name, feature in rows.features.items() if isinstance(feature, ClassLabel)), None)
    labels = torch.as_tensor(rows.with_format("torch")[label][:]).long() if label else None
    return _shrink_rows(rows, dataset, columns[0], in_channels, image_size), labels


def _open_with_datasets(dataset: str, split: str):
    """The rows of a split; every tenth one is held out where there is only one."""
    from datasets import DatasetDict, load_dataset
    from datasets.exceptions import DatasetNotFoundError

    folder = Path(dataset).is_dir()
    try:
        found = load_dataset("imagefolder", data_dir=dataset) if folder else load_dataset(dataset)
    except (DatasetNotFoundError, FileNotFoundError, ConnectionError, ValueError, OSError) as error:
        raise DataError(
            f"{dataset!r} is neither one of {', '.join(BUILT_IN)}, nor a folder of images, nor a data set "
            f"that can be read from the Hub ({error})"
        ) from error
    assert isinstance(found, DatasetDict)
    if not {"train", "test"} <= set(found):
        only = found["train"] if "train" in found else found[next(iter(found))]
        found = only.train_test_split(test_size=HELD_OUT, seed=0)
    return found[split]


def _image_columns(rows) -> list[str]:
    from datasets import Image

    return [name for name, feature in rows.features.items() if isinstance(feature, Image)]


def _shrink_rows(rows, dataset: str, column: str, in_channels: int, image_size: int) -> Tensor:
    """The images of a column, cut square and scaled: uint8 (N, C, H, W)."""
    mode = {1: "L", 3: "RGB"}[in_channels]

    def shrink(batch: dict) -> dict:
        images = [TF.pil_to_tensor(picture.convert(mode)) for picture in batch[column]]
        return {"pixels": [_square(image, image_size).numpy() for image in images]}

    try:
        rows = rows.map(
            shrink,
            batched=True,
            batch_size=256,
            remove_columns=rows.column_names,
            load_from_cache_file=False,
        ).with_format("torch")
    except (OSError, ValueError, SyntaxError) as error:  # what Pillow raises for a damaged file
        raise DataError(f"{dataset!r} holds an image that cannot be read: {error}") from error
    return torch.stack(list(rows["pixels"])).byte()
