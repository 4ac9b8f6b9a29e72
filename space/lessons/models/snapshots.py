"""HTML whose pictures of a training run lie on top of each other."""

from typing import Any

import gradio as gr

from space.page.modules import module


class Snapshots(gr.HTML):
    """HTML with pictures on top of each other; a slider shows one of them, in the browser."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(js_on_load=module("lessons/models/snapshots.js", "ready"), **kwargs)
