"""Writes the sheets of emoji in `space/pictures`: of the test split in both domains, a column an emoji.

    python -m training.emoji_sheet --data_dir data

The app shows them as its test emoji, so that it needs no data set. `space.pictures.sheets.EMOJI_SHEETS` lists
them. They are Twemoji (CC-BY 4.0, Twitter, Inc and other contributors) and Fluent Emoji (MIT, Microsoft).
"""

from pathlib import Path

import numpy as np
from PIL import Image

from space.pictures.files import read_image
from space.pictures.sheets import EMOJI_SHEETS, EmojiSheet
from training.command_line import data_parser
from training.train_cyclegan import DOMAINS


def main() -> None:
    """Read `testA` and `testB` of each data set from `--data_dir`, write its sheet."""
    data_dir = data_parser(__doc__, "the data sets lie").parse_args().data_dir
    for dataset, domains in DOMAINS.items():
        write(data_dir / dataset, EMOJI_SHEETS[domains])


def write(root: Path, sheet: EmojiSheet) -> None:
    """A sheet out of the pictures in a data set's folder."""
    rows = []
    for domain in ("testA", "testB"):
        paths = [root / domain / f"{file_name(emoji)}.png" for emoji in sheet.emoji]
        rows.append(np.hstack([np.asarray(read_image(path)) for path in paths]))
    Image.fromarray(np.vstack(rows)).save(sheet.path, optimize=True)


def file_name(emoji: str) -> str:
    """Its code points, as the files are named: 1f44b-1f3fd."""
    return "-".join(f"{ord(character):x}" for character in emoji)


if __name__ == "__main__":
    main()
