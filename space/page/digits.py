"""A digit that a visitor chooses: one of the test digits, a drawing, or an upload."""

from typing import Any, BinaryIO

import gradio as gr
from torch import Tensor

from space.page.markup import data_url
from space.page.modules import module
from space.pictures.files import read_image
from space.pictures.inputs import sketch_to_digit, to_digit
from space.pictures.outputs import to_grid
from space.pictures.sheets import digit_sheet
from space.text.refusals import Problem, check_number

SOURCES = ("digit", "draw", "upload")
EXAMPLES = 12
"""digits of each class in the picker"""
LAST_DIGIT = digit_sheet()[..., 0, 0].numel() - 1
"""test digits are counted class by class, from 0 to this"""


def choose_digit(source: str, digit: float, drawn: Tensor | None, uploaded: Tensor | None) -> Tensor:
    """The image (1, 1, 28, 28) that `source` names; `digit` is the number of a test digit."""
    if source == "digit":
        index = int(check_number("digit", digit, 0, LAST_DIGIT))
        return digit_sheet().flatten(0, 1)[index][None, None] / 255
    if source == "draw":
        if drawn is None:
            raise Problem("empty_drawing")
        return drawn
    if source == "upload":
        if uploaded is None:
            raise Problem("no_image")
        return uploaded
    raise Problem("not_one_of", name="source", value=source, allowed=", ".join(SOURCES))


def read_drawing(drawing: str | BinaryIO | None) -> Tensor | None:
    """The drawn digit; None while the paper is blank."""
    try:
        return sketch_to_digit(drawing)
    except Problem:
        return None


def read_upload(path: str | None) -> Tensor | None:
    """The digit in an uploaded file; None once the visitor has removed the file."""
    return None if path is None else to_digit(read_image(path))


class DigitPicker(gr.HTML):
    """The first test digits, one column for each class; its value is the number of the chosen one.

    Each picker on the page needs a `name` of its own: its radio buttons are a group by it.
    """

    def __init__(self, value: int = 0, name: str = "test-digit", **kwargs: Any) -> None:
        sheet = digit_sheet()[:, :EXAMPLES]
        sprite = to_grid(sheet.transpose(0, 1).flatten(0, 1)[:, None] / 255, columns=10, padding=0)
        # native radio buttons: one tab stop, arrow keys, and names for screen readers
        cells = "".join(
            f'<label style="--column:{label};--row:{row}"><input type="radio" name="{name}" '
            f'value="{label * digit_sheet().shape[1] + row}" aria-label="{label}, {row + 1}"'
            f"{' checked' if (label, row) == divmod(value, digit_sheet().shape[1]) else ''}></label>"
            for row in range(EXAMPLES)
            for label in range(10)
        )
        super().__init__(
            value=value,
            html_template=f'<div class="digit-picker" role="radiogroup">{cells}</div>',
            css_template=f'label {{ background-image: url("{data_url(sprite)}"); --rows: {EXAMPLES} }}',
            js_on_load=module("page/picker.js", "ready", "pick"),
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        """A number, where `gr.HTML` holds a string."""
        return {"type": "integer"}
