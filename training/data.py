"""Images as one uint8 tensor on the device: read once, batched there, no per-image Python afterwards."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torchvision import datasets as tv
from torchvision.transforms.v2 import functional as TF

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

    def __len__(self) -> int:
        return len(self.pixels)


def to_float(pixels: Tensor) -> Tensor:
    """uint8 pixels to the models' float images in [0, 1]."""
    return pixels.float() / 255


def load_images(dataset: str, data_dir: Path, split: str, in_channels: int, image_size: int) -> Images:
    """The `split` ('train' or 'test') of a data set, at `image_size` with `in_channels`.

    `dataset` is a built-in name, a folder of images (with `train/` and `test/`, or every tenth image is
    held out; sub-folders are labels), or the id of a data set on the Hub. Raises `DataError`.
    """
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
    from datasets import ClassLabel, DatasetDict, Image, load_dataset
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
    rows = found[split]
    columns = [name for name, feature in rows.features.items() if isinstance(feature, Image)]
    if not columns:
        raise DataError(f"{dataset!r} has no column of images; its columns: {', '.join(rows.features)}")
    mode = {1: "L", 3: "RGB"}[in_channels]

    def shrink(batch: dict) -> dict:
        images = [picture.convert(mode) for picture in batch[columns[0]]]
        crops = [TF.center_crop(TF.pil_to_tensor(im), [min(im.size)] * 2) for im in images]
        return {"pixels": [TF.resize(c, [image_size, image_size], antialias=True).numpy() for c in crops]}

    try:
        rows = rows.map(
            shrink, batched=True, batch_size=256, remove_columns=[columns[0]], load_from_cache_file=False
        ).with_format("torch")
    except (OSError, ValueError, SyntaxError) as error:  # what Pillow raises for a damaged file
        raise DataError(f"{dataset!r} holds an image that cannot be read: {error}") from error
    label = next((name for name, feature in rows.features.items() if isinstance(feature, ClassLabel)), None)
    pixels = torch.stack(list(rows["pixels"])).byte()
    return pixels, torch.as_tensor(rows[label][:]).long() if label else None
