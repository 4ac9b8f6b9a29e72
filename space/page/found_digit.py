"""The box around the digit on an uploaded picture: what was found, for the visitor to correct."""

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import gradio as gr
from PIL import Image
from torch import Tensor

from space.page.components import asset
from space.page.markup import data_url
from space.page.modules import module
from space.page.words import words
from space.pictures.files import read_image
from space.pictures.inputs import WHOLE, digit_and_box, to_digit
from space.text import TEXT
from space.text.refusals import Problem

SIDE = 480
"""pixels of the picture shown, at most"""
NEARLY_WHOLE = (0.04, 0.04, 0.96, 0.96)
"""where a box begins that the visitor has to place: its corners can be grasped"""
BOXABLE = ("problem.blank_image", "problem.several_things")
"""problems of a picture that a box can solve"""


class Upload(NamedTuple):
    """What an uploaded picture gives."""

    digit: Tensor | None
    """(1, 1, 28, 28); None where none was found"""
    box: list[float] | None = None
    """the visitor's; None while the digit was found without"""
    problem: str = ""
    """the key of a text, where no digit was found"""


class FoundDigit(gr.HTML):
    """A picture with a box on it that can be dragged; its value is the box, as shares of the sides."""

    def __init__(
        self, value: Sequence[float] = WHOLE, picture: str = "", hint: str = "", **kwargs: Any
    ) -> None:
        english, korean = map(escape, TEXT["found.box"])
        super().__init__(
            value=list(value),
            html_template=(
                '<p>${hint}</p><div class="picture"><img src="${picture}" alt="">'
                f'<div class="box" tabindex="0" role="group" aria-label="{english}" data-en="{english}" '
                f'data-ko="{korean}" style="left:${{100 * value[0]}}%;top:${{100 * value[1]}}%;'
                'width:${100 * (value[2] - value[0])}%;height:${100 * (value[3] - value[1])}%">'
                '<i class="nw"></i><i class="ne"></i><i class="sw"></i><i class="se"></i></div></div>'
            ),
            css_template=asset("page/found_digit.css"),
            js_on_load=module("page/found_digit.js", "moved"),
            apply_default_css=False,
            picture=picture,
            hint=hint,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "number"}}


def read_upload(path: str | None) -> tuple[Upload | None, Any]:
    """The digit in an uploaded file, and the picture with its box; None once the file is removed."""
    if path is None:
        return None, gr.update(visible=False)
    image = read_image(path)
    try:
        digit, box = digit_and_box(image)
        upload, hint = Upload(digit), "found.hint"
    except Problem as problem:
        if problem.key not in BOXABLE:
            raise
        upload, box, hint = Upload(None, problem=problem.key), NEARLY_WHOLE, "found.place"
    image.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    picture = data_url(image, "JPEG", quality=85)
    return upload, gr.update(value=list(box), picture=picture, hint=words(hint), visible=True)


def cut(path: str | None, box: list[float]) -> Upload | None:
    """The digit within the box that a visitor has dragged on an uploaded picture."""
    if path is None:
        return None
    try:
        return Upload(to_digit(read_image(path), box), box)
    except Problem as problem:
        if problem.key not in BOXABLE:
            raise
        return Upload(None, box, problem.key)
