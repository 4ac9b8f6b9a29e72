"""The lesson's endpoint /timeline."""

from typing import Any

import gradio as gr

from space.lessons.timeline.work import NAMES, WATCHED
from space.page.components import MadeFile, one_of
from space.page.handlers import HEAVY, friendly
from space.page.training_run import read_frames
from space.pictures.outputs import to_gif
from space.text.refusals import Problem
from space.weights.hub import load
from space.weights.side_files import read_rows


def build_api() -> None:
    """The endpoint, without a place on the page."""
    with gr.Row(visible=False):
        model = one_of("model", NAMES, NAMES[0])
        outputs = [MadeFile(label="animation"), gr.JSON(label="history")]
    gr.on([], friendly(timeline), model, outputs, api_name="timeline", **HEAVY)


def timeline(model: str) -> tuple[tuple[str, bytes] | None, dict[str, Any]]:
    """How a model learned: what it made of the same inputs all through its training, and its losses.

    Args:
        model: a model that makes pictures

    Returns:
        an animated GIF with a frame for each snapshot, null where no pictures come with the model
        source and commit of the model, the steps of the snapshots, and the columns of history.csv (step,
            epoch, losses ...) row by row, null where a cell is blank
    """
    loaded = load(model, *WATCHED)
    frames, rows = read_frames(loaded.folder), read_rows(loaded.folder)
    if not frames and not rows:
        raise Problem("no_run", model=model)
    history = {"model": model, "source": loaded.source, "commit": loaded.commit}
    history |= {"snapshots": [step for step, _ in frames], "columns": rows}
    return (f"{model}.gif", to_gif([image for _, image in frames])) if frames else None, history
