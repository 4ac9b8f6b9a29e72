"""What the models lesson counts and reads in the model folders; nothing is computed with the models."""

import math
from collections.abc import Iterator

from space.page.charts import MAX_POINTS
from space.weights.hub import LoadedModel
from space.weights.model_folder import packed_weights
from space.weights.side_files import MAX_VALUE, Curve

CURVES = (
    ("loss", "train", "train"),
    ("test_loss", "test", "test"),
    ("loss_d", "loss_d", "train"),
    ("loss_g", "loss_g", "test"),
    ("test_l1_ab", "l1_ab", "train"),
    ("test_l1_ba", "l1_ba", "test"),
)
"""(column of history.csv, key of its name, CSS class) of the curves drawn; a family has one of the pairs"""


def count_bytes(loaded: LoadedModel) -> int:
    """Size of the weights as a file."""
    try:
        return (loaded.folder / "model.safetensors").stat().st_size
    except OSError:  # the file has gone; the model goes on
        return len(packed_weights(loaded.model))


def count_parameters(loaded: LoadedModel) -> int:
    return sum(parameter.numel() for parameter in loaded.model.parameters())


def thin(curve: Curve) -> Curve:
    """At most `MAX_POINTS` points of a curve, the last one among them, that a logarithmic axis can show."""
    points = [(x, y) for x, y in zip(*curve) if y > 1 / MAX_VALUE]
    every = math.ceil(len(points) / MAX_POINTS) or 1
    kept = points[::-every][::-1]
    return [x for x, _ in kept], [y for _, y in kept]


def curve_rows(curves: dict[str, Curve]) -> Iterator[list[str | float | None]]:
    """Rows of a table of all curves: the step, then each curve's value; None where it has none there."""
    rows: dict[float, dict[str, float]] = {}
    for column, points in curves.items():
        for step, value in zip(*points):
            rows.setdefault(step, {})[column] = value
    for step, row in sorted(rows.items()):
        yield [f"{step:.0f}", *(row.get(column) for column in curves)]
