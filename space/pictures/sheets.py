"""The test images that come with the app: a sheet of MNIST digits and one of pairs of emoji."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

FOLDER = Path(__file__).parent
DIGIT_SHEET = FOLDER / "digits.png"
"""10 rows (classes) of 20 digits, 28x28 grey; written by `python -m training.digit_sheet`."""
LAMBDA_FOLDER = FOLDER / "lambda"
"""emoji once round the cycle by runs that differ in its weight: 0.png has x, then one of each run G_AB(x) and
the way back, runs.json their figures; written by `python -m training.lambda_sheet`"""
EMOJI = tuple(
    str.split(
        "🐸 😋 🤓 🙃 😯 🤕 😼 👻 🌚 🧸 🍕 🍟 🍦 🥕 🌵 🦢 💓 💰 🪗 🪙 "
        "👸 🧑🏾‍🔧 👩🏼‍🦲 🤳🏽 👀 👂🏻 ☔ 🪕 🎓 🏒 🏍️ 🚍 🚋 🚟 🔬 🥎 🥈 🇨🇭 🇹🇳 ☯️"
    )
)
"""test emoji of Twemoji and Fluent 3D"""
PLAIN_EMOJI = tuple(
    {"🧑🏾‍🔧": "🧑‍🔧", "👩🏼‍🦲": "👩‍🦲", "🤳🏽": "🤳", "👂🏻": "👂"}.get(one, one) for one in EMOJI
)
"""the same without tones of skin, which Fluent Flat and Fluent 3D have in the test set"""


class EmojiSheet(NamedTuple):
    """Pairs of test emoji: a column for each, domain A above, domain B below, RGB on white; written by
    `python -m training.emoji_sheet`."""

    name: str
    side: int
    """pixels a side of an emoji"""
    emoji: tuple[str, ...]
    """in order"""

    @property
    def path(self) -> Path:
        return FOLDER / f"{self.name}.png"


EMOJI_SHEETS = {
    ("Twemoji", "Fluent 3D"): EmojiSheet("emoji", 64, EMOJI),
    ("Fluent Flat", "Fluent 3D"): EmojiSheet("flat_emoji", 128, PLAIN_EMOJI),
}
"""the domains of a model -> the test emoji that are examples of them"""


@lru_cache
def digit_sheet() -> Tensor:
    """The first 20 MNIST test images of each class, uint8 (10, 20, 28, 28); shared, so read only."""
    with Image.open(DIGIT_SHEET) as sheet:
        pixels = torch.tensor(np.asarray(sheet))
    return pixels.unflatten(0, (10, 28)).unflatten(2, (20, 28)).transpose(1, 2).contiguous()


@lru_cache
def read_emoji(sheet: EmojiSheet) -> Tensor:
    """The emoji of a sheet in both domains, uint8 (N, 2, 3, side, side); shared, so read only."""
    with Image.open(sheet.path) as picture:
        pixels = torch.tensor(np.asarray(picture))  # (2 * side, N * side, 3)
    return (
        pixels.unflatten(0, (2, sheet.side))
        .unflatten(2, (-1, sheet.side))
        .permute(2, 0, 4, 1, 3)
        .contiguous()
    )


def emoji_sheet() -> Tensor:
    """The emoji of `EMOJI` as Twemoji and as Fluent 3D, uint8 (N, 2, 3, 64, 64); shared, so read only."""
    return read_emoji(EMOJI_SHEETS["Twemoji", "Fluent 3D"])


def flat_emoji_sheet() -> Tensor:
    """Those of `PLAIN_EMOJI` as Fluent Flat and Fluent 3D, uint8 (N, 2, 3, 128, 128)."""
    return read_emoji(EMOJI_SHEETS["Fluent Flat", "Fluent 3D"])
