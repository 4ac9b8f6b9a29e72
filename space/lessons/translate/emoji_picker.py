"""The picker of test emoji."""

from typing import Any

import gradio as gr

from space.models.cyclegan import Direction
from space.page.markup import data_url
from space.page.modules import module
from space.pictures.outputs import to_grid
from space.pictures.sheets import EMOJI, emoji_sheet

FIRST = EMOJI.index("🐸")


class EmojiPicker(gr.HTML):
    """The test emoji of the domain that is translated; its value is an index into `EMOJI`."""

    def __init__(self, value: int = FIRST, direction: Direction = "ab", **kwargs: Any) -> None:
        sheet = emoji_sheet().transpose(0, 1).flatten(0, 1) / 255  # (2 * N, 3, 64, 64): all of A, all of B
        sprite = data_url(to_grid(sheet, len(EMOJI), padding=0), "WEBP", quality=85)
        # native radio buttons: one tab stop, arrow keys, and names for screen readers
        buttons = "".join(
            f'<label style="--column: {i}"><input type="radio" name="test-emoji" value="{i}" '
            f'aria-label="{emoji}"{" checked" if i == value else ""}></label>'
            for i, emoji in enumerate(EMOJI)
        )
        super().__init__(
            value=value,
            direction=direction,
            html_template=f'<div class="emoji-picker" role="radiogroup">{buttons}</div>',
            css_template=f'label {{ background-image: url("{sprite}"); --columns: {len(EMOJI)} }}',
            js_on_load=module("lessons/translate/emoji_picker.js", "ready", "pick"),
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        """A number, where `gr.HTML` holds a string."""
        return {"type": "integer"}
