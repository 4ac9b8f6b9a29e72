"""The box around the digit on an uploaded picture: what was found, for the visitor to correct."""

from typing import Any

import gradio as gr
from PIL import Image
from torch import Tensor

from space.page.components import asset
from space.page.markup import data_url
from space.page.modules import module
from space.page.words import component_words, words
from space.pictures.digit_finding import find_digit
from space.pictures.files import read_image, to_rgb
from space.pictures.inputs import in_shares, to_digit
from space.text.refusals import Problem

SIDE = 480
"""pixels of the picture shown, at most"""
WHOLE = [0.0, 0.0, 1.0, 1.0]
AMBIGUOUS = ("problem.blank_image", "problem.several_things")
"""problems of a picture that a box can solve"""


class FoundDigit(gr.HTML):
    """A picture with a box on it that can be dragged; its value is the box, as shares of the picture."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            value=WHOLE,
            html_template=(
                f'<p>{words("found.hint")}</p><div class="picture"><img src="${{picture}}" alt="">'
                '<div class="box" tabindex="0" role="group" data-label="box">'
                '<i class="nw"></i><i class="ne"></i><i class="sw"></i><i class="se"></i></div></div>'
                '<p class="problem">${said}</p>'
            ),
            css_template=asset("page/found_digit.css"),
            js_on_load=module("page/found_digit.js", "moved", words=component_words("found.box.")),
            apply_default_css=False,
            picture="",
            said="",
            visible=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "number"}}


def read_upload(path: str | None) -> tuple[Tensor | str | None, Any]:
    """The digit in an uploaded file, and the picture with the box around it.

    None once the visitor has removed the file; the key of a problem where a box has to say which digit is meant.
    """
    if path is None:
        return None, gr.update(visible=False)
    image = to_rgb(read_image(path))
    said, box = "", WHOLE
    try:
        digit: Tensor | str = to_digit(image)
        if image.size != (28, 28):
            box = in_shares(find_digit(image).box, image.size)
    except Problem as problem:
        if problem.key not in AMBIGUOUS:
            raise
        digit, said = problem.key, words(problem.key)
    shown = image.copy()
    shown.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    picture = data_url(shown, "JPEG", quality=85)
    return digit, gr.update(value=box, picture=picture, said=said, visible=True)


def cut(path: str | None, box: Any) -> Tensor | None:
    """The digit within the box that a visitor has drawn on an uploaded picture."""
    return None if path is None else to_digit(read_image(path), box)
