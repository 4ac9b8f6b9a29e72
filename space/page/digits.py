"""A digit that a visitor chooses: one of the test digits, a drawing, or an upload."""

from typing import Any, BinaryIO

import gradio as gr
from torch import Tensor

from space.page.found_digit import BOXABLE, Upload
from space.page.modules import BASE
from space.page.picker import Option, Picker
from space.pictures.inputs import sketch_to_digit
from space.pictures.outputs import to_base64
from space.pictures.sheets import digit_sheet
from space.text.refusals import Problem, check_number

SOURCES = ("digit", "draw", "upload")
PROBLEMS = ("problem.empty_drawing", "problem.no_image", *BOXABLE)
"""keys of what `pictures_of` says"""
EXAMPLES = 12
"""digits of each class in the picker"""
LAST_DIGIT = digit_sheet()[..., 0, 0].numel() - 1
"""test digits are counted class by class, from 0 to this"""


def choose_digit(source: str, digit: float, drawn: Tensor | None, uploaded: Upload | None) -> Tensor:
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
        if uploaded.digit is None:
            raise Problem(uploaded.problem.removeprefix("problem."))
        return uploaded.digit
    raise Problem("not_one_of", name="source", value=source, allowed=", ".join(SOURCES))


def pictures_of(drawn: Tensor | None, uploaded: Upload | None) -> dict[str, Any]:
    """The visitor's digits as an update of a component that draws what becomes of them: each as base64 of
    float32, or the key of what is wrong."""
    digits = {
        "draw": ("problem.empty_drawing", drawn),
        "upload": ("problem.no_image", uploaded and uploaded.digit),
    }
    own = {
        source: {"problem": missing} if digit is None else {"digit": to_base64(digit)}
        for source, (missing, digit) in digits.items()
    }
    if uploaded and uploaded.problem:
        own["upload"]["problem"] = uploaded.problem
    return gr.update(own=own)


def read_drawing(drawing: str | BinaryIO | None) -> Tensor | None:
    """The drawn digit; None while the paper is blank."""
    try:
        return sketch_to_digit(drawing)
    except Problem:
        return None


class DigitPicker(Picker):
    """The first test digits, one column for each class; its value is the number of the chosen one."""

    def __init__(self, value: int = 0, name: str = "test-digit", **kwargs: Any) -> None:
        digits = [
            Option(
                label * digit_sheet().shape[1] + row,
                f"{label}, {row + 1}",
                f"--column:{row};--row:{label}",
            )
            for row in range(EXAMPLES)
            for label in range(10)
        ]
        super().__init__(
            value,
            name,
            digits,
            "digit-picker",
            css_template=f'label {{ background-image: url("{BASE}pictures/digits.png") }}',
            **kwargs,
        )
