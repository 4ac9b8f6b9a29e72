"""Components that several lessons use: paper to draw on, files of pictures, inputs of the API."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from space.host.components import Drawing, Latent, MadeFile, OneOf, PictureFile, as_trigger

__all__ = ("Drawing", "Latent", "MadeFile", "OneOf", "PictureFile", "as_trigger")  # offered from space.host


def asset(*names: str) -> str:
    """Scripts or styles, by their paths in space/, one after the other as text."""
    return "\n".join((Path(__file__).parents[1] / name).read_text("utf-8") for name in names)


def blank_paper() -> dict[str, Any]:
    """A white image to draw on. On an empty canvas the editor waits for a tool and loses the first stroke."""
    return {"background": np.full((280, 280, 3), 255, np.uint8), "layers": [], "composite": None}


def paper(**kwargs: Any) -> Drawing:
    """White paper of 280x280 pixels to draw on; unless `kwargs` say else, a digit with a black pen."""
    settings: dict[str, Any] = {
        "value": blank_paper(),
        "sources": (),
        "canvas_size": (280, 280),
        "layers": False,
        "transforms": (),
        "image_mode": "L",
        "brush": gr.Brush(default_size=18, colors=["#000000"], color_mode="fixed"),
    }
    return Drawing(**settings | kwargs)


def one_of(label: str, choices: Sequence[str], value: str) -> OneOf:
    """An input of an endpoint that takes one of `choices`; `value` is its default."""
    component = OneOf(value, label=label)
    component.choices = choices  # not by the constructor: Gradio sends the page the arguments that it names
    return component
