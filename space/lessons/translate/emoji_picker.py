"""The picker of test emoji."""

from typing import Any

from space.models.cyclegan import Direction
from space.page.markup import data_url
from space.page.picker import Option, Picker
from space.pictures.outputs import to_grid
from space.pictures.sheets import EMOJI, emoji_sheet

FIRST = EMOJI.index("🐸")


class EmojiPicker(Picker):
    """The test emoji of the domain that is translated; its value is an index into `EMOJI`."""

    def __init__(self, value: int = FIRST, direction: Direction = "ab", **kwargs: Any) -> None:
        sheet = emoji_sheet().transpose(0, 1).flatten(0, 1) / 255  # (2 * N, 3, 64, 64): all of A, all of B
        sprite = data_url(to_grid(sheet, len(EMOJI), padding=0), "WEBP", quality=85)
        super().__init__(
            value,
            "test-emoji",
            [Option(i, emoji, f"--column: {i}") for i, emoji in enumerate(EMOJI)],
            "emoji-picker",
            script="lessons/translate/emoji_picker.js",
            direction=direction,
            css_template=f'label {{ background-image: url("{sprite}"); --columns: {len(EMOJI)} }}',
            **kwargs,
        )
