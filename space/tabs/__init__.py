"""The tabs, a file an interaction, and what they share: translation and the way an error is shown."""

import inspect
import logging
import re
from collections.abc import Callable, Sequence
from functools import partial, wraps
from io import BytesIO
from pathlib import Path
from types import MethodType
from typing import Any

import gradio as gr
import numpy as np
import torch
from gradio.components.base import server
from gradio.components.image_editor import AcceptBlobs, EditorDataBlobs

from space.hub import ModelUnavailable
from space.limits import MAX_DRAWINGS
from space.problems import Problem
from space.text import TEXT, say

i18n = gr.I18n(
    en={key: english for key, (english, _) in TEXT.items()},
    ko={key: korean for key, (_, korean) in TEXT.items()},
)
"""`i18n(key)` as a label or value is translated in the visitor's browser."""

LIGHT = {"concurrency_id": "light", "concurrency_limit": 4}
"""Events that take some milliseconds; `space.serving` puts here what names no group."""
FILES = {"concurrency_id": "files", "concurrency_limit": 2}
"""Events that read a visitor's file, which may take 120 MB and a second."""
HEAVY = {"concurrency_id": "heavy", "concurrency_limit": 1}
"""Events that compute for longer. One at a time leaves the other core of a Space to all else."""
LATEX = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]


def asset(*names: str) -> str:
    """Scripts or styles of this folder, one after the other, as text."""
    return "\n".join((Path(__file__).parent / name).read_text("utf-8") for name in names)


class Drawing(gr.ImageEditor):
    """An image editor whose drawing reaches the handler as a file, unread.

    Gradio itself would open the drawing, its background and any number of layers without a limit on size or
    format. No `__init__` here: Gradio sends the page what the constructor's signature names.
    """

    is_template = True  # Gradio draws it as its base class

    @server
    def accept_blobs(self, data: AcceptBlobs) -> None:
        """Keep what the page sends ahead of its call: the drawing, of its parts none, of all drawings a few.

        Gradio keeps everything, until a call takes it, and makes room for as many layers as are announced.
        """
        try:
            kind, name, (_, content) = data.data["type"], data.data["id"], data.files[0]
        except (AttributeError, IndexError, KeyError, TypeError):
            raise gr.Error("expected a form with a drawing", print_exception=False) from None
        if kind == "composite" and len(name) <= 100:
            self.blob_storage[name] = EditorDataBlobs(background=None, layers=[], composite=content)
        for oldest in list(self.blob_storage)[:-MAX_DRAWINGS]:
            self.blob_storage.pop(oldest, None)

    def preprocess(self, payload: Any) -> str | BytesIO | None:
        """The drawing as a file for `space.images.sketch_to_digit`."""
        if payload is not None and payload.id is not None:  # the page sent it as a blob of its own
            payload = self.blob_storage.pop(payload.id, None)
        drawing = payload.composite if payload else None
        return (
            BytesIO(drawing)
            if isinstance(drawing, bytes | bytearray | memoryview)
            else drawing and drawing.path
        )


class PictureFile(gr.Image):
    """A `gr.Image` whose file reaches the handler unread: `read_image` says what is wrong with it."""

    is_template = True  # Gradio draws it as its base class

    def preprocess(self, payload: Any) -> str | None:
        """Path of the uploaded file."""
        return payload.path if payload else None


def blank_paper() -> dict[str, Any]:
    """White to draw on: over nothing, the editor waits for a tool and loses the first stroke."""
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


class Code(gr.JSON):
    """A point of a latent space: a `gr.JSON` that tells callers that it is numbers, on which MCP insists."""

    is_template = True  # Gradio draws it as its base class

    def api_info(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "number"}}


class Choice(gr.Textbox):
    """A text that tells callers what it may be. The handler checks it, in the visitor's language."""

    is_template = True  # Gradio draws it as its base class
    choices: Sequence[str]

    def api_info(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.choices)}


def choice(label: str, choices: Sequence[str], value: str) -> Choice:
    """An input of an endpoint; set afterwards, for Gradio sends the page what a constructor names."""
    component = Choice(value, label=label)
    component.choices = choices
    return component


def own(event: partial) -> MethodType:
    """An event that a component's own script triggers, as `gr.on` takes it: a method, as Gradio's own are."""
    return MethodType(event.func, *event.args)


def code_behind(elem_id: str) -> gr.Code:
    """Where a tab shows the code behind its pictures (space.snippets), folded up at first."""
    with gr.Accordion(i18n("code.title"), open=False, elem_id=elem_id):
        gr.Markdown(i18n("code.hint"))
        return gr.Code(
            language="python",
            interactive=False,
            container=False,
            label=i18n("code.title"),
            show_label=False,
            show_line_numbers=False,
        )


def friendly(handler: Callable[..., Any], tool: str | None = None) -> Callable[..., Any]:
    """A handler for Gradio: no gradients, and every error as one sentence in the visitor's language.

    `tool` is what an assistant (MCP) calls it by, where the handler is not named like its endpoint.
    """

    def answer(*inputs: Any) -> Any:
        *values, request = inputs
        accept_language = request.headers.get("accept-language", "") if request else ""
        try:
            with torch.inference_mode():
                return handler(*values)
        except Problem as problem:
            text = problem.said(accept_language)
        except ModelUnavailable as problem:
            text = say(
                "problem.model_unavailable", accept_language, model=problem.repo_id, reason=problem.reason
            )
        except Exception:
            logging.getLogger(__name__).exception("%s failed", handler.__name__)
            text = Problem("internal").said(accept_language)
        raise gr.Error(text, print_exception=False)

    # Gradio takes names and docstring from the handler for its API page, and finds `request` by its type
    wrapped = wraps(handler)(answer)
    wrapped.__name__ = tool or handler.__name__
    # Gradio reads a line an argument; what is indented deeper goes on with the line before
    wrapped.__doc__ = re.sub(r"\n {8,}", " ", inspect.getdoc(handler) or "")
    signature = inspect.signature(handler)
    request = inspect.Parameter(
        "request", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Request
    )
    parameters = [*signature.parameters.values(), request]
    wrapped.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {**handler.__annotations__, "request": gr.Request}
    return wrapped
