"""Writes `space/pictures/digits.png`: the first 20 MNIST test images of each class, a row a class.

    python -m training.digit_sheet --data_dir data

The app shows them as its test digits, so that it needs no data set.
"""

import torch
from PIL import Image
from torchvision.datasets import MNIST

from space.pictures.sheets import DIGIT_SHEET
from training.command_line import data_parser


def main() -> None:
    """Read MNIST's test set from `--data_dir` (downloaded there where missing), write the sheet."""
    test = MNIST(data_parser(__doc__, "MNIST lies").parse_args().data_dir, train=False, download=True)
    rows = [torch.cat(list(test.data[test.targets == label][:20]), dim=1) for label in range(10)]
    Image.fromarray(torch.cat(rows).numpy()).save(DIGIT_SHEET, optimize=True)


if __name__ == "__main__":
    main()
