"""Writes `space/pictures/digits.png`: the first 20 MNIST test images of each class, a row a class.

    python -m training.digit_sheet --data_dir data

The app shows them as its test digits, so that it needs no data set.
"""

import argparse
from pathlib import Path

import torch
from PIL import Image
from torchvision.datasets import MNIST

from space.pictures.sheets import DIGIT_SHEET


def main() -> None:
    """Read MNIST's test set from `--data_dir` (downloaded there where missing), write the sheet."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data_dir", type=Path, default=Path("data"), help="where MNIST lies (default: data)"
    )
    test = MNIST(parser.parse_args().data_dir, train=False, download=True)
    rows = [torch.cat(list(test.data[test.targets == label][:20]), dim=1) for label in range(10)]
    Image.fromarray(torch.cat(rows).numpy()).save(DIGIT_SHEET, optimize=True)


if __name__ == "__main__":
    main()
