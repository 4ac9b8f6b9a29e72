"""Writes `space/pictures/training_digits.xz`: all 60,000 MNIST training digits, in eight grey levels.

    python -m training.pack_digits --data_dir data

The app looks there for the training digit that is nearest to a sample. The command prints how often the
nearest by these grey levels is the nearest by all 256, for the first 1,000 test digits.
"""

import lzma

import numpy as np
from torch import Tensor
from torchvision.datasets import MNIST

from space.pictures.training_digits import LEVELS, PACKED, find_nearest, training_digits
from training.command_line import data_parser
from training.measure.samples import nearest

NUM_CHECKED = 1000


def pack(digits: Tensor) -> bytes:
    """Digits, uint8 (N, 28, 28), with grey levels from 0 to `LEVELS` - 1, as xz (LZMA) compresses them."""
    levels = np.rint(digits.numpy() / 255 * (LEVELS - 1)).astype(np.uint8)
    return lzma.compress(levels.tobytes(), preset=9)


def main() -> None:
    """Read MNIST from `--data_dir` (downloaded there where missing), write the file, check it."""
    data_dir = data_parser(__doc__, "MNIST lies").parse_args().data_dir
    train, test = (MNIST(data_dir, train=part, download=True).data for part in (True, False))
    PACKED.write_bytes(pack(train))
    print(f"{PACKED}: {PACKED.stat().st_size:,} bytes")
    training_digits.cache_clear()
    images = test[:NUM_CHECKED, None]
    exact = nearest(images, train[:, None])
    found = [find_nearest(image / 255) for image in images]
    chosen = train[[one.number - 1 for one in found]]
    distances = (images[:, 0] / 255 - chosen / 255).flatten(1).norm(dim=1)  # by 256 levels
    same = int((distances < exact + 1e-3).sum())
    print(f"of {NUM_CHECKED:,} test digits, {same:,} have the same nearest training digit in 256 levels;")
    print(f"that of the others is farther by at most {(distances - exact).max().item():.3f}")


if __name__ == "__main__":
    main()
