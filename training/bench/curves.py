"""Draw the test metrics in the models' history.csv against seconds of training.

    python -m training.bench.curves                 # shipped models -> training/bench/results/quality.png
    python -m training.bench.curves --folder runs   # models in runs/ -> runs/quality.png

Needs Matplotlib. It is not in the requirements, because Gradio imports it on every call if it is installed.
"""

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from space.weights.hub import BUNDLED
from training.command_line import run
from training.errors import TrainingError
from training.recipes import BARS, recipes
from training.run_log import History

RESULTS = Path(__file__).parent / "results"

PANELS = (  # title; first words of the models' names; columns of history.csv; metric of the bars; scale
    ("autoencoders: squared error an image", {"autoencoder"}, ("test_recon",), "", "log"),
    ("VAE: −ELBO, nats an image", {"vae"}, ("test_loss",), "neg_elbo_1", "log"),
    ("GANs: Fréchet distance of 2,000 samples", {"gan", "dcgan"}, ("test_lenet_fid",), "lenet_fid", "log"),
    ("classifiers: cross-entropy", {"classifier"}, ("test_loss",), "", "log"),
    ("CycleGAN: L1 to the counterpart", {"cyclegan"}, ("test_l1_ab", "test_l1_ba"), "l1_ab", "linear"),
    (
        "CycleGAN: taken for the target set",
        {"cyclegan"},
        ("test_domain_ab", "test_domain_ba"),
        "domain_accuracy_ab",
        "linear",
    ),
)


@dataclass(frozen=True)
class CurvesConfig:
    """Draw the test metrics of models against seconds of training."""

    folder: Path = BUNDLED
    """folder that holds the model folders"""
    picture: Path | None = None
    """PNG file to write; default: quality.png in `folder`, or in training/bench/results for shipped models"""


def seconds_of(rows: list[dict[str, str]], total: float) -> list[float]:
    """Seconds of training before each row of history.csv, by its images a second; `total` at the last row."""
    taken, step, speed = [0.0], 0, math.inf
    for row in rows:
        speed = max(0.5, float(row["images_per_second"] or speed))
        taken.append(taken[-1] + (int(row["step"]) - step) / speed)
        step = int(row["step"])
    return [total * part / (taken[-1] or 1) for part in taken[1:]]


def models_of(folder: Path, kinds: set[str]) -> dict[str, dict[str, Any]]:
    """Name -> training.json of the models whose names begin with one of the words `kinds`."""
    return {name: facts for name, facts in sorted(recipes(folder).items()) if name.split("-")[0] in kinds}


def lines_of(
    folder: Path, kinds: set[str], columns: tuple[str, ...]
) -> list[tuple[str, list[float], list[float]]]:
    """The lines of a panel: (label, seconds, values) each."""
    lines = []
    for name, facts in models_of(folder, kinds).items():
        history = History(folder / name / "history.csv")
        history.keep_until(sys.maxsize)
        seconds = seconds_of(history.rows, facts["seconds"])
        for column in columns:
            points = [
                (s, float(row[column])) for s, row in zip(seconds, history.rows) if s and row.get(column)
            ]
            label = name if len(columns) == 1 else column.removeprefix("test_")
            if points:  # some metrics are measured on some data sets only
                lines.append((label, *map(list, zip(*points))))
    return lines


def limits_of(folder: Path, kinds: set[str], figure: str) -> list[float]:
    """Limits of a metric's bars, in the units of history.csv: a share where metrics.json has a percentage."""
    bars = (bar for name in models_of(folder, kinds) for bar in BARS.get(name, ()) if bar.figure == figure)
    return [bar.limit / (100 if figure.startswith("domain_accuracy") else 1) for bar in bars]


def pyplot() -> Any:
    """`matplotlib.pyplot`, set to draw without a window."""
    try:
        import matplotlib
    except ImportError:
        raise TrainingError("drawing needs Matplotlib: pip install matplotlib") from None
    matplotlib.use("Agg")
    import matplotlib.pyplot

    return matplotlib.pyplot


def draw(folder: Path, picture: Path) -> None:
    """Write the picture: a panel for each family, test metrics against seconds; a dotted line is a bar."""
    fig, axes = pyplot().subplots(2, 3, figsize=(13, 7), layout="constrained")
    for axis, (title, kinds, columns, figure, scale) in zip(axes.flat, PANELS, strict=True):
        for label, seconds, values in lines_of(folder, kinds, columns):
            axis.plot(seconds, values, label=label, linewidth=1.5)
        for limit in limits_of(folder, kinds, figure):
            axis.axhline(limit, color="grey", linestyle=":", linewidth=1)
        axis.set(title=title, xlabel="seconds of training", xscale="log", yscale=scale)
        axis.grid(alpha=0.3)
        if axis.lines:
            axis.legend(fontsize=7)
    picture.parent.mkdir(parents=True, exist_ok=True)
    fig.savefig(picture, dpi=100)


def main(config: CurvesConfig) -> None:
    if not recipes(config.folder):
        raise TrainingError(f"{config.folder} holds no model folders; give --folder space/pretrained")
    shipped = config.folder.resolve() == BUNDLED.resolve()
    picture = config.picture or (RESULTS if shipped else config.folder) / "quality.png"
    draw(config.folder, picture)
    print(picture)


if __name__ == "__main__":
    run(main, CurvesConfig)
