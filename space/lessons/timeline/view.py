"""What the lesson looks like: the markup of a training run, and all that is sent to it."""

from statistics import median_low
from typing import Any

from space.lessons.timeline.work import NO_CURVE, make_panels, steps_per_epoch
from space.page.markup import data_url, download
from space.page.training_run import cells, read_frames, thin_out
from space.page.words import words
from space.text.limits import MAX_FRAMES
from space.weights.hub import LoadedModel
from space.weights.side_files import find_curves, read_rows

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
<div id="timeline-source"></div>
<template><p class="notice">{words("timeline.failed")}</p></template>
"""


def training_run(loaded: LoadedModel) -> dict[str, Any]:
    """What a `TrainingRun` shows, as JSON.

    `positions` are the steps that the slider stops at; `frames` are their pictures as data URLs (or none),
    `size` their width and height, `cells` how the small pictures in each are laid out (or None); `panels` are
    the charts, `bend` the step up to which their axis is about linear (it is logarithmic beyond);
    `steps_per_epoch` is None if it is unknown.
    """
    frames, rows = read_frames(loaded.folder), read_rows(loaded.folder)
    curves = {column: curve for column, curve in find_curves(rows).items() if column not in NO_CURVE}
    logged = sorted({step for steps, _ in curves.values() for step in steps})
    positions = [step for step, _ in frames] or thin_out(logged, MAX_FRAMES)
    starts = [next((step for step in steps if step > 0), 1) for steps, _ in curves.values()]
    # only few curves begin earlier than the median, and what they have there is not worth half the axis
    bend = median_low(starts) if starts else 1
    size = frames[0][1].size if frames else None
    return {
        "model": loaded.name,
        "positions": positions,
        "frames": [data_url(image) for _, image in frames],
        "size": size,
        "cells": size and cells(*size, loaded.model.config.image_size),
        "panels": make_panels(curves, bend),
        "bend": bend,
        "steps_per_epoch": steps_per_epoch(rows),
    }
