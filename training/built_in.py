"""The data sets that every script knows by name: MNIST, Fashion-MNIST, and generated blobs."""

from pathlib import Path

import torch
from torch import Tensor
from torchvision import datasets as tv

from training.errors import DataError

BUILT_IN = {"mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "fake": "generated blobs"}
"""value of --dataset -> its name in words"""


def built_in_split(
    dataset: str, data_dir: Path, split: str, in_channels: int, image_size: int
) -> tuple[Tensor, Tensor]:
    """Pixels, uint8 (N, C, H, W) as they are stored, and labels; blobs are made as the model wants them."""
    if dataset == "fake":
        return _fake_split(split, in_channels, image_size)
    return _torchvision_split(dataset, data_dir, split)


def fake_domains(split: str, in_channels: int, image_size: int) -> list[tuple[Tensor, tuple[str, ...]]]:
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
