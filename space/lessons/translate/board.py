"""The board of the visitor's drawing: its colours, its markup, and the drawing as a picture."""

from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from space.page.components import asset
from space.page.markup import chips
from space.page.modules import module
from space.page.words import component_words
from space.text.limits import MAX_SQUARE
from space.text.refusals import Problem

SIDE = MAX_SQUARE
"""cells a side"""
PAPER = "#ffffff"
PALETTE = (
    *(PAPER, "#212121", "#636363", "#d3d3d3", "#6d4534", "#a56953", "#fbb8ab", "#ffb02e"),
    *("#fcd53f", "#ff822d", "#f8312f", "#f92f60", "#ff6dc6", "#8d65c5", "#321b41", "#0074ba"),
    *("#00a6ed", "#00d26a", "#44911b"),
)
"""the paper, and colours that Fluent emoji have most of"""


def _colours() -> str:
    """The palette as radio buttons."""
    buttons = "".join(
        f'<label style="--colour: {colour}"><input type="radio" value="{i}" data-setting="colour" '
        f'aria-label="{colour}"></label>'
        for i, colour in enumerate(PALETTE)
    )
    return f'<div class="chips palette" role="radiogroup" data-label="colours">{buttons}</div>'


MARKUP = f"""
<canvas width="{SIDE}" height="{SIDE}" tabindex="0" role="img" data-label="canvas"></canvas>
{_colours()}
<div class="top">
  {chips("tool", ("pen", "fill", "rectangle", "ellipse"), "tools", "tool.")}
  {chips("width", ("thin", "middle", "thick"), "widths", "width.")}
  <div class="steps"><button type="button" class="undo" data-text="undo"></button>
    <button type="button" class="clear" data-text="clear"></button></div>
</div>
"""


class Board(gr.HTML):
    """Its value is what `read` reads; it tells by `drawn` that it has changed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            value={"runs": []},
            html_template=MARKUP,
            css_template=asset("page/chips.css", "lessons/translate/board.css"),
            js_on_load=module(
                "lessons/translate/board.js",
                "drawn",
                words=component_words("translate.board."),
                side=SIDE,
                palette=PALETTE,
            ),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def read(value: Any) -> Image.Image | None:
    """The drawing as a picture; None while the paper is blank. Raises `Problem` for what no board made."""
    runs = value.get("runs") if isinstance(value, dict) else None
    if not isinstance(runs, list) or len(runs) % 2 or not {type(number) for number in runs} <= {int}:
        raise Problem("request")
    colours, counts = runs[::2], runs[1::2]
    if not runs or set(colours) == {0}:
        return None
    sound = all(0 <= colour < len(PALETTE) for colour in colours) and all(count > 0 for count in counts)
    if not sound or sum(counts) != SIDE * SIDE:
        raise Problem("request")
    palette = np.array([[int(one[i : i + 2], 16) for i in (1, 3, 5)] for one in PALETTE], np.uint8)
    return Image.fromarray(palette[np.repeat(colours, counts)].reshape(SIDE, SIDE, 3))
