"""What tests of several lessons share: the whole app, served with the models that a module puts in place."""

from collections.abc import Iterator

import gradio as gr
import pytest
import torch

from space import app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The app's address."""
    with torch.inference_mode(False):
        _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield url.rstrip("/")
    gr.close_all()
