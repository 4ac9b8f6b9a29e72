"""Components that several lessons use: paper to draw on, files of pictures, inputs of the API."""

from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import gradio as gr
import numpy as np
from gradio.components.base import server
from gradio.components.image_editor import AcceptBlobs, EditorDataBlobs

from space.text.limits import MAX_DRAWINGS


def asset(*names: str) -> str:
    """Scripts or styles, by their paths in space/, one after the other as text."""
    return "\n".join((Path(__file__).parents[1] / name).read_text("utf-8") for name in names)


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
        """The drawing as a file for `space.pictures.inputs.sketch_to_digit`."""
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


class MadeFile(gr.File):
    """A `gr.File` whose handler returns the file's name and content; equal content is kept once."""

    is_template = True  # Gradio draws it as its base class

    def postprocess(self, value: tuple[str, bytes] | None) -> Any:
        """Put the file where Gradio keeps its own files; a reader never finds half of it."""
        if value is None:
            return None
        name, content = value
        folder = Path(self.GRADIO_CACHE) / sha256(content).hexdigest()
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(content)
        return super().postprocess(str(Path(file.name).replace(folder / name)))


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
