"""Components built on Gradio's inside. space/page/components.py offers them to the lessons."""

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from types import MethodType
from typing import Any

import gradio as gr
from gradio import processing_utils
from gradio.components.base import server
from gradio.components.image_editor import AcceptBlobs, EditorDataBlobs

from space.host import whole_files  # noqa: F401  before files are made
from space.text.limits import MAX_DRAWINGS


class Drawing(gr.ImageEditor):
    """An image editor whose drawing reaches the handler as a file, unread.

    Gradio itself would open the drawing, its background and any number of layers without a limit on size or
    format. No `__init__` here: Gradio sends the page what the constructor's signature names.
    """

    is_template = True  # Gradio draws it as its base class

    @server
    def accept_blobs(self, data: AcceptBlobs) -> None:
        """Keep the drawing that the page sends ahead of its call: no layers, and of all visitors the last
        `MAX_DRAWINGS`.

        Gradio keeps everything until a call takes it, and makes room for as many layers as are announced.
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
        if payload is not None and payload.id is not None:  # the page sent it ahead
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
        """Write the file to where Gradio keeps its own files."""
        if value is None:
            return None
        name, content = value
        return super().postprocess(processing_utils.save_bytes_to_cache(content, name, self.GRADIO_CACHE))


class Latent(gr.JSON):
    """A point of a latent space: a `gr.JSON` that tells callers that it is numbers, on which MCP insists."""

    is_template = True  # Gradio draws it as its base class

    def api_info(self) -> dict[str, Any]:
        return {"type": "array", "items": {"type": "number"}}


class OneOf(gr.Textbox):
    """A text that tells callers what it may be. The handler checks it, in the visitor's language."""

    is_template = True  # Gradio draws it as its base class
    choices: Sequence[str]

    def api_info(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.choices)}


def as_trigger(event: partial) -> MethodType:
    """An event of a component's own script (`gr.HTML`'s `trigger`), in the form that `gr.on` takes.

    `gr.on` reads the component from an event's `__self__`, which Gradio sets for built-in events only.
    """
    return MethodType(event.func, *event.args)
