"""What the lesson computes: the charts of a training run from its history, and the run as an animation."""

import math
import re
from typing import Any

import numpy as np

from space.models import MODELS, models_that, roles
from space.page.charts import MAX_POINTS
from space.weights.side_files import Curve, Rows

GAMES, TRANSLATORS, DIFFUSION, PIXELS = map(
    models_that, ("discriminate", "translate", "q_sample", "complete")
)
WATCHED = ("decode", "translate")
"""a model that can do one of these makes pictures"""
NAMES = sorted(models_that(*WATCHED), key=[roles.DCGAN, *GAMES, *TRANSLATORS, *MODELS].index)
"""Models whose pictures can be watched as they learn, the games first: of them the one whose log shows D
winning before G learns."""
MAX_PANELS = 8

NO_CURVE = {"step", "epoch", "learning_rate", "images_per_second"}
"""columns of history.csv that are not drawn"""
GROUPS = (
    ("opinion", re.compile(r"d_")),
    ("value", re.compile(r"value$")),
    ("game", re.compile(r"loss_[dg](_|$)")),
    ("cycle", re.compile(r"cycle_l1_")),
    ("l1", re.compile(r"l1_")),
    ("ssim", re.compile(r"ssim_")),
    ("domain", re.compile(r"domain_")),
    ("quarters", re.compile(r"loss_quarter_")),
    ("loss", re.compile(r"loss|recon$")),
    ("regulariser", re.compile(r"kl$|penalty$")),
)
"""Columns that share a chart, by how their names begin; every other column has a chart of its own."""
EQUILIBRIUM = {"opinion": 0.5, "value": -math.log(4)}
"""D(x) = D(G(z)) = 1/2 and V = -log 4: there no discriminator can tell fakes from data (Goodfellow et al.
2014, theorem 1)."""
LINEAR = {"opinion", "value", "game", "regulariser", "ssim", "domain"}
"""charts whose scale is never logarithmic: their values rise, or neither direction is better"""


def kind_of(name: str) -> str:
    """Which hints fit the model: on a game, a translation, diffusion, pixels, or an encoder and decoder."""
    kinds = {"game": GAMES, "translation": TRANSLATORS, "diffusion": DIFFUSION, "pixels": PIXELS}
    return next((kind for kind, names in kinds.items() if name in names), "coder")


def steps_per_epoch(rows: Rows) -> float | None:
    """Steps of an epoch, by the last row that has both numbers."""
    for step, epoch in zip(reversed(rows.get("step", [])), reversed(rows.get("epoch", []))):
        if step and epoch and epoch > 0:
            return step / epoch
    return None


def make_panels(curves: dict[str, Curve], bend: float) -> list[dict[str, Any]]:
    """The charts: those of GROUPS in their order, then one for each remaining column.

    Every chart is JSON: `group`, whether its scale is `log`, the level of its `equilibrium` (or None), and
    its `series`. Up to the step `bend` the axis of steps is about linear; it is logarithmic beyond.
    """
    groups: dict[str, list[str]] = {group: [] for group, _ in GROUPS}
    for column, curve in curves.items():
        columns = groups.setdefault(_group(column), [])
        if all(curve != curves[other] for other in columns):  # a plain autoencoder's recon is its loss
            columns.append(column)
    panels = [
        {
            "group": group,
            "log": group not in LINEAR and _spans_decades([curves[column][1] for column in columns]),
            "equilibrium": EQUILIBRIUM.get(group),
            "series": _series({column: _thin(curves[column], bend) for column in columns}),
        }
        for group, columns in groups.items()
        if columns
    ]
    return panels[:MAX_PANELS]


def _group(column: str) -> str:
    """The name of the chart that a column goes into."""
    base = column.removeprefix("test_")
    return next((group for group, pattern in GROUPS if pattern.match(base)), base)


def _spans_decades(curves: list[list[float]]) -> bool:
    """Whether a logarithmic scale suits the values: all positive, and far apart."""
    values = [value for curve in curves for value in curve]
    return min(values) > 0 and max(values) > 8 * min(values)


def _series(curves: dict[str, Curve]) -> list[dict[str, Any]]:
    """The curves of a chart, each with a `hue` and perhaps `dashed`.

    A column that was measured on test data, or after a step, is dashed and has the hue of the column that it
    goes with.
    """
    bases = {column: column.removeprefix("test_").removesuffix("_after") for column in curves}
    hues = list(dict.fromkeys(bases.values()))
    return [
        {
            "column": column,
            "dashed": column != bases[column] and bases[column] in curves,
            "hue": hues.index(bases[column]),
            "steps": steps,
            "values": values,
        }
        for column, (steps, values) in curves.items()
    ]


def _thin(curve: Curve, bend: float) -> Curve:
    """At most MAX_POINTS points of a curve, the ends among them, evenly spread along the axis of steps."""
    steps, values = curve
    if len(steps) <= MAX_POINTS:
        return curve
    places = np.log1p(np.asarray(steps, float) / bend)
    wanted = np.linspace(places[0], places[-1], MAX_POINTS)
    kept = np.unique(np.searchsorted(places, wanted).clip(0, len(steps) - 1))
    return [steps[i] for i in kept], [values[i] for i in kept]
