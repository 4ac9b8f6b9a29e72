"""Compare the training losses of our loops with those of the textbook's, step by step, over several seeds.

    python -m training.bench.loss_curves --data_dir data

Both loops have the same networks, batch sizes and learning rates. The seed decides weights, order and noise.
Each loss is the mean of `window` steps. Our losses are read from history.csv, after a signal has stopped the
run. The picture is training/bench/results/loss_curves.png, a line for each seed.
"""

import math
import os
import signal
import statistics
import tempfile
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import torch

from training.bench.benchmark import FAMILIES, endless, textbook_loop
from training.bench.curves import RESULTS, pyplot
from training.command_line import run
from training.errors import TrainingError
from training.loop import AFTER_STEP, LoopConfig
from training.run_log import History

LOSSES = {
    "autoencoder": ("loss",),
    "vae": ("loss",),
    "vae-conv": ("loss",),
    "gan": ("loss_d", "loss_g"),
    "dcgan": ("loss_d", "loss_g"),
    "dcgan-64": ("loss_d", "loss_g"),
    "cyclegan": ("cycle_loss", "loss_d_b"),
}


@dataclass(frozen=True)
class CurvesConfig:
    """Compare the training losses of our loops with those of the textbook's."""

    family: tuple[Literal[tuple(FAMILIES)], ...] = (
        "autoencoder",
        "vae",
        "vae-conv",
        "gan",
        "dcgan",
        "cyclegan",
    )
    """families to compare"""
    mixed_precision: Literal["no", "bf16"] = "bf16"
    """number format of our loop; the textbook's is float32"""
    num_seeds: int = 3
    """runs of each loop; at least 2"""
    num_steps: int = 600
    """training steps of each run"""
    window: int = 50
    """steps averaged for each point of a curve"""
    data_dir: Path = Path("data")
    """where built-in data lies or is downloaded to"""
    dataset: str = ""
    """as for the training scripts; '': each family's own"""
    output_dir: Path = RESULTS
    """where the picture goes"""


def textbook_losses(name: str, config: LoopConfig, num_steps: int, window: int) -> list[dict[str, float]]:
    """Run the textbook's loop; returns the mean losses of each window."""
    torch.manual_seed(config.seed)
    steps = list(islice(textbook_loop(name, config), num_steps))
    return [
        {key: statistics.fmean(step[key] for step in steps[i : i + window]) for key in steps[0]}
        for i in range(0, num_steps, window)
    ]


def train_until(name: str, config: LoopConfig, num_steps: int) -> None:
    """Run our loop and stop it with SIGTERM after `num_steps` steps."""
    left = num_steps

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGTERM)

    AFTER_STEP.append(count)
    nowhere = Path(os.devnull).open("w")  # noqa: SIM115  open until the process ends
    # a run that is stopped raises TrainingError
    with suppress(TrainingError), redirect_stderr(nowhere), redirect_stdout(nowhere):
        FAMILIES[name].script.main(config)


def our_losses(name: str, config: LoopConfig, num_steps: int) -> list[dict[str, float]]:
    """Mean losses of each row of history.csv; in a process of its own, for accelerate has one state."""
    process = get_context("spawn").Process(target=train_until, args=(name, config, num_steps))
    process.start()
    process.join()
    history = History(config.output_dir / "history.csv")
    history.keep_until(num_steps)
    rows = [row for row in history.rows if row.get("learning_rate")]
    return [{key: float(row[key]) for key in LOSSES[name]} for row in rows]


def learn(name: str, config: CurvesConfig) -> dict[str, list[list[dict[str, float]]]]:
    """Windows of losses, for each seed, of both loops."""
    found: dict[str, list[list[dict[str, float]]]] = {"textbook": [], "ours": []}
    for seed in range(config.num_seeds):
        with tempfile.TemporaryDirectory() as folder:
            plain = endless(
                name,
                Path(folder) / "ours",
                config.data_dir,
                config.dataset,
                seed=seed,
                warmup_steps=0,  # max_steps is so large that the learning rate does not fall either
                logging_steps=config.window,
                cpu_threads=1,
            )
            found["textbook"].append(textbook_losses(name, plain, config.num_steps, config.window))
            fast = replace(plain, mixed_precision=config.mixed_precision)
            found["ours"].append(our_losses(name, fast, config.num_steps))
    return found


def main(config: CurvesConfig) -> None:
    if config.num_seeds < 2:
        raise TrainingError(f"num_seeds is {config.num_seeds}; allowed: 2 or more, to see the noise")
    torch.set_num_threads(1)
    panels = [(name, key) for name in config.family for key in LOSSES[name]]
    rows = -(-len(panels) // 3)
    fig, axes = pyplot().subplots(rows, 3, figsize=(13, 3.2 * rows), squeeze=False, layout="constrained")
    for axis in axes.flat[len(panels) :]:
        axis.axis("off")
    drawn = iter(axes.flat)
    print("| family | loss, last window | textbook, over seeds | ours | apart, standard errors |")
    print("|---|---|---|---|---|")
    for name in config.family:
        found = learn(name, config)
        for key in LOSSES[name]:
            axis = next(drawn)
            for loop, style in (("textbook", "grey"), ("ours", "tab:blue")):
                for seed, windows in enumerate(found[loop]):
                    x = [config.window * (i + 1) for i in range(len(windows))]
                    y = [window[key] for window in windows]
                    axis.plot(x, y, color=style, linewidth=1, label=None if seed else loop)
            axis.set(title=f"{name}: {key}", xlabel="step")
            axis.grid(alpha=0.3)
            axis.legend(fontsize=7)
            last = {loop: [windows[-1][key] for windows in runs] for loop, runs in found.items()}
            middle = {loop: statistics.fmean(values) for loop, values in last.items()}
            cells = (
                f"{middle[loop]:.4g} ({min(values):.4g} to {max(values):.4g})"
                for loop, values in last.items()
            )
            # Welch's t: a few, over so few seeds, is noise
            error = math.sqrt(sum(statistics.variance(values) / len(values) for values in last.values()))
            apart = abs(middle["ours"] - middle["textbook"]) / error
            print(f"| {name} | {key} | {' | '.join(cells)} | {apart:.1f} |", flush=True)
    config.output_dir.mkdir(parents=True, exist_ok=True)
    fig.savefig(config.output_dir / "loss_curves.png", dpi=90)
    print(config.output_dir / "loss_curves.png")


if __name__ == "__main__":
    run(main, CurvesConfig)
