"""The tab of how a model learned: the same latents through training, beside the curves of the run.

Everything comes from the model folder (`samples/` and `history.csv`) and goes to the page in one call;
`TrainingRun` shows it and `timeline.js` does all that moves. A folder may come from the Hub, so that what is
read here is bounded in number, bytes and pixels, and damaged parts are left out. At the end: the API.
"""

import io
import math
import re
from functools import lru_cache
from pathlib import Path
from statistics import median_low
from typing import Any

import gradio as gr
import numpy as np
from gradio.processing_utils import save_bytes_to_cache
from gradio.utils import get_upload_folder
from PIL import Image

from space.models import MODELS, models_that
from space.page import code_behind, link
from space.page.components import asset, choice
from space.page.handlers import HEAVY, friendly, own
from space.page.markup import data_url, download, source_badge
from space.page.training_run import cells, evenly, read_frames
from space.page.words import LATEX, component_words, i18n
from space.text.limits import MAX_FRAME_PIXELS, MAX_FRAMES
from space.text.refusals import Problem
from space.weights.hub import LoadedModel, load
from space.weights.side_files import MAX_STEP, Curve, Rows, find_curves, read_rows

GAMES, TRANSLATORS = models_that("discriminate"), models_that("translate")
WATCHED = ("decode", "translate")
"""a model that can do one of these makes pictures"""
NAMES = sorted(models_that(*WATCHED), key=[*GAMES, *TRANSLATORS, *MODELS].index)
"""Models whose pictures can be watched as they learn, the games first."""
MAX_POINTS = 400
"""points of a curve that are drawn"""
MAX_PANELS = 8

NO_CURVE = {"step", "epoch", "learning_rate", "images_per_second"}
GROUPS = (
    ("opinion", re.compile(r"d_")),
    ("value", re.compile(r"value$")),
    ("game", re.compile(r"loss_[dg](_|$)")),
    ("cycle", re.compile(r"cycle_l1_")),
    ("l1", re.compile(r"l1_")),
    ("ssim", re.compile(r"ssim_")),
    ("domain", re.compile(r"domain_")),
    ("loss", re.compile(r"loss|recon$")),
    ("regulariser", re.compile(r"kl$|penalty$")),
)
"""Which columns share a chart, by how they begin; any other column has one of its own."""
EQUILIBRIUM = {"opinion": 0.5, "value": -math.log(4)}
"""D(x) = D(G(z)) = 1/2 and V = -log 4, where no discriminator can tell fakes from data (Goodfellow et al.
2014, theorem 1)."""
LINEAR = {"opinion", "value", "game", "regulariser", "ssim", "domain"}
"""charts whose scale is never logarithmic: what they show rises, or has no direction"""

ANIMATION_SCALE = 2
FRAME_MS, LAST_FRAME_MS = 160, 2500
MARKUP = f"""
<div class="run">
  <div class="picture">
    <p class="notice no-frames" data-text="no_frames"></p>
    <div class="grid">
      <canvas class="frame" tabindex="0" role="application" data-label="frame"></canvas>
      <div class="cell"></div>
    </div>
  </div>
  <div class="controls" role="group" data-label="controls">
    <button type="button" class="play"><svg viewBox="0 0 16 16" aria-hidden="true"><path/></svg></button>
    <input type="range" class="position" min="0" step="1" data-label="position">
    <output class="where" aria-live="off"></output>
    <select class="speed" data-label="speed">
      <option value="0.5">0.5×</option><option value="1" selected>1×</option>
      <option value="2">2×</option><option value="4">4×</option>
    </select>
    <p class="files">{download(".png", inline=True)}{download(".csv")}</p>
  </div>
  <section class="magnifier">
    <h2 data-text="magnifier"></h2>
    <div class="one">
      <div class="downloadable">
        <canvas class="now" role="img" data-label="now"></canvas>{download(".png")}
      </div>
      <div class="strip" role="group" data-label="strip"></div>
    </div>
  </section>
  <div class="charts">
    <p class="notice no-curves" data-text="no_curves"></p>
  </div>
</div>
"""


LINKED = {
    "step": link.number(0, MAX_STEP, whole=True),
    "cell": link.numbers(2, 2, 0, MAX_FRAME_PIXELS, whole=True),
}
"""What of a `TrainingRun` can be linked."""


class TrainingRun(gr.HTML):
    """A training run that a visitor plays. `value` is what `training_run` returns."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=MARKUP,
            css_template=asset("lessons/timeline/timeline.css"),
            js_on_load=asset("lessons/timeline/timeline.js"),
            apply_default_css=False,
            text=component_words("timeline.run."),
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("timeline.tab"), id="timeline"):
        gr.Markdown(i18n("timeline.intro"), elem_classes="reading")
        model = gr.Dropdown(
            [(i18n(f"model.{name}"), name) for name in NAMES],
            value=NAMES[0],
            label=i18n("timeline.model"),
            elem_id="timeline-model",
        )
        run = TrainingRun(elem_id="timeline-run", min_height=460)
        code = code_behind.code_panel("timeline-code")
        source = gr.HTML(elem_id="timeline-source")
        hints = gr.Markdown(elem_id="timeline-hints", latex_delimiters=LATEX, elem_classes="reading")
        gr.on(  # as one event: of two, a late answer to the one could take the place of a newer one
            [own(run.ready), model.change],
            friendly(show),
            model,
            [run, source, hints, code],
            trigger_mode="always_last",
            show_progress_on=run,  # a megabyte of pictures may take a moment
            api_visibility="private",
        )
        _build_api()
    return [link.value("model", model), link.Linked(run, LINKED, own=True)]


def show(model: str) -> tuple[dict[str, Any], str, Any, str]:
    """The run of a model for `TrainingRun`, where its weights come from, what to look for, and the code."""
    loaded = load(model, *WATCHED)
    kind = "game" if model in GAMES else "translation" if model in TRANSLATORS else "coder"
    code = code_behind.timeline(loaded)
    return training_run(loaded), source_badge(loaded), i18n(f"timeline.{kind}"), code


def training_run(loaded: LoadedModel) -> dict[str, Any]:
    """All that the page shows of a run, as JSON.

    `positions` are the steps that the slider stops at; `frames` are their pictures as data URLs (or none),
    `size` their width and height, `cells` how the pictures in each are laid out (or None), `panels` the
    charts, `bend` the step up to which the charts' axis is about linear (it is logarithmic beyond), and
    `steps_per_epoch` is None where unknown.
    """
    return _training_run(loaded.name, loaded.folder, loaded.model.config.image_size)


@lru_cache(maxsize=2 * len(MODELS))  # a model folder does not change: a new commit is a new folder
def _training_run(name: str, folder: Path, image_size: int) -> dict[str, Any]:
    frames, rows = read_frames(folder), read_rows(folder)
    curves = {column: curve for column, curve in find_curves(rows).items() if column not in NO_CURVE}
    logged = sorted({step for steps, _ in curves.values() for step in steps})
    positions = [step for step, _ in frames] or evenly(logged, MAX_FRAMES)
    starts = [next((step for step in steps if step > 0), 1) for steps, _ in curves.values()]
    bend = median_low(starts) if starts else 1  # what few curves have before that is not worth half the axis
    size = frames[0][1].size if frames else None
    return {
        "model": name,
        "positions": positions,
        "frames": [data_url(image) for _, image in frames],
        "size": size,
        "cells": size and cells(*size, image_size),
        "panels": _panels(curves, bend),
        "bend": bend,
        "steps_per_epoch": _steps_per_epoch(rows),
    }


def _steps_per_epoch(rows: Rows) -> float | None:
    """From the last row that has an epoch."""
    for step, epoch in zip(reversed(rows.get("step", [])), reversed(rows.get("epoch", []))):
        if step and epoch and epoch > 0:
            return step / epoch
    return None


def _panels(curves: dict[str, Curve], bend: float) -> list[dict[str, Any]]:
    """Charts in the order of GROUPS, then of the columns: what each draws and how.

    A test column and one measured after a step are dashed, in the colour (`hue`) of what they go with.
    """
    groups: dict[str, list[str]] = {group: [] for group, _ in GROUPS}
    for column, curve in curves.items():
        base = column.removeprefix("test_")
        group = next((group for group, pattern in GROUPS if pattern.match(base)), base)
        columns = groups.setdefault(group, [])
        if all(curve != curves[other] for other in columns):  # a plain autoencoder's recon is its loss
            columns.append(column)
    panels = []
    for group, columns in groups.items():
        if not columns:
            continue
        values = [value for column in columns for value in curves[column][1]]
        bases = list(dict.fromkeys(map(_base, columns)))
        panels.append(
            {
                "group": group,
                "log": group not in LINEAR and min(values) > 0 and max(values) > 8 * min(values),
                "equilibrium": EQUILIBRIUM.get(group),
                "series": [
                    {
                        "column": column,
                        "dashed": column != _base(column) and _base(column) in columns,
                        "hue": bases.index(_base(column)),
                        **dict(zip(("steps", "values"), _thin(curves[column], bend))),
                    }
                    for column in columns
                ],
            }
        )
    return panels[:MAX_PANELS]


def _base(column: str) -> str:
    return column.removeprefix("test_").removesuffix("_after")


def _thin(curve: Curve, bend: float) -> Curve:
    """At most MAX_POINTS points of a curve, the ends among them, evenly spread along the charts' axis."""
    steps, values = curve
    if len(steps) <= MAX_POINTS:
        return curve
    places = np.log1p(np.asarray(steps, float) / bend)
    wanted = np.linspace(places[0], places[-1], MAX_POINTS)
    kept = np.unique(np.searchsorted(places, wanted).clip(0, len(steps) - 1))
    return [steps[i] for i in kept], [values[i] for i in kept]


def _build_api() -> None:
    """The endpoint /timeline, without a place on the page."""
    with gr.Row(visible=False):
        model = choice("model", NAMES, NAMES[0])
        outputs = [gr.File(label="animation"), gr.JSON(label="history")]
    gr.on([], friendly(timeline), model, outputs, api_name="timeline", **HEAVY)


def timeline(model: str) -> tuple[str | None, dict[str, Any]]:
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
    return _animation(model, [image for _, image in frames]) if frames else None, history


def _animation(name: str, frames: list[Image.Image]) -> str:
    """Path of a GIF in Gradio's cache, which names files by content: the same run is kept once."""
    first, *others = (
        frame.resize([ANIMATION_SCALE * side for side in frame.size], Image.NEAREST) for frame in frames
    )
    durations = [FRAME_MS] * len(others) + [LAST_FRAME_MS]
    buffer = io.BytesIO()
    first.save(buffer, "GIF", save_all=True, append_images=others, duration=durations, loop=0)
    return save_bytes_to_cache(buffer.getvalue(), f"{name}.gif", get_upload_folder())
