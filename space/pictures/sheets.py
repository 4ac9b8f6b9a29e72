"""The test images that come with the app: a sheet of MNIST digits and one of pairs of emoji."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

DIGIT_SHEET = Path(__file__).parent / "digits.png"
"""10 rows (classes) of 20 digits, 28x28 grey; written by `python -m training.digit_sheet`."""
EMOJI_SHEET = Path(__file__).parent / "emoji.png"
"""A column for each emoji of `EMOJI`, 64x64 RGB: Twemoji above, Fluent Emoji 3D below; written by
`python -m training.emoji_sheet`."""
EMOJI = str.split(
    "🐸 😋 🤓 🙃 😯 🤕 😼 👻 🌚 🧸 🍕 🍟 🍦 🥕 🌵 🦢 💓 💰 🪗 🪙 "
    "👸 🧑🏾‍🔧 👩🏼‍🦲 🤳🏽 👀 👂🏻 ☔ 🪕 🎓 🏒 🏍️ 🚍 🚋 🚟 🔬 🥎 🥈 🇨🇭 🇹🇳 ☯️"
)
"""the emoji on the sheet, in order"""


@lru_cache
def digit_sheet() -> Tensor:
    """The first 20 MNIST test images of each class, uint8 (10, 20, 28, 28); shared, so read only."""
    with Image.open(DIGIT_SHEET) as sheet:
        pixels = torch.tensor(np.asarray(sheet))
    return pixels.unflatten(0, (10, 28)).unflatten(2, (20, 28)).transpose(1, 2).contiguous()


@lru_cache
def emoji_sheet() -> Tensor:
    """The emoji of `EMOJI` as Twemoji and as Fluent 3D, uint8 (N, 2, 3, 64, 64); shared, so read only."""
    with Image.open(EMOJI_SHEET) as sheet:
        pixels = torch.tensor(np.asarray(sheet))  # (2 * 64, N * 64, 3)
    return pixels.unflatten(0, (2, 64)).unflatten(2, (-1, 64)).permute(2, 0, 4, 1, 3).contiguous()
