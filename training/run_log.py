"""The log of a run while it trains: losses, speed, history.csv, trackers, pictures."""

import csv
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor
from torchvision.utils import save_image

from training.checkpoints import Progress
from training.durable import replacing
from training.errors import TrainingError


class History:
    """The rows of history.csv; a column is empty in rows that have no value for it."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, []

    def keep_until(self, step: int) -> None:
        """Read the rows of an earlier part of the run, up to `step`."""
        if self.path.exists():
            with self.path.open(newline="") as file:
                self.rows = [row for row in csv.DictReader(file) if int(row["step"]) <= step]

    def add(self, row: dict[str, Any]) -> None:
        """Add a row; if the last row is of the same step, add the values to that."""
        if self.rows and int(self.rows[-1]["step"]) == row["step"]:
            self.rows[-1].update(row)
        else:
            self.rows.append(row)

    def write(self) -> None:
        columns = list(dict.fromkeys(key for row in self.rows for key in row))
        columns.sort(key=lambda name: name.startswith("test_"))
        with replacing(self.path) as fresh, fresh.open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)


class Losses:
    """Each logged term, summed over the steps since the latest row of history.csv.

    The sums stay on the device until they are asked for, so that no step waits for it.
    """

    def __init__(self, accelerator: Accelerator, progress: Progress) -> None:
        self.accelerator, self.progress = accelerator, progress
        self.names: list[str] = []
        self.unchecked: list[Tensor] = []  # the terms (K,) of each step since the last check
        self.sums: Tensor | None = None  # (K,)
        if progress.sums:  # the run was resumed
            self.sums = torch.tensor(list(progress.sums.values()), device=accelerator.device)

    def add(self, of_batches: list[dict[str, Tensor]]) -> None:
        """Add the terms of one optimizer step: sums over its batches, divided by their number."""
        totals: dict[str, Tensor] = {}
        for terms in of_batches:
            for name, value in terms.items():
                totals[name] = totals[name] + value.detach() if name in totals else value.detach()
        self.names = list(totals)
        self.unchecked.append(torch.stack(list(totals.values())) / len(of_batches))  # (K,)
        self.sums = self.unchecked[-1] if self.sums is None else self.sums + self.unchecked[-1]

    def check(self) -> None:
        """Put the sums into `progress`; raises `TrainingError` if one is not finite.

        The sums are averaged over all processes, so that all stop together and a checkpoint fits each.
        """
        self.sums = self.accelerator.reduce(self.sums, reduction="mean")
        self.progress.sums = dict(zip(self.names, self.sums.tolist()))
        wrong = {name: value for name, value in self.progress.sums.items() if not math.isfinite(value)}
        if wrong:
            raise _not_finite(*self._first_wrong(wrong))
        self.unchecked.clear()

    def _first_wrong(self, of_sums: dict[str, float]) -> tuple[int, dict[str, float]]:
        """The first step with terms that are not finite, and these; one of `of_sums` if only sums are not."""
        # only now step by step, because reading a value waits for the device
        table = self.accelerator.reduce(torch.stack(self.unchecked), reduction="mean").tolist()  # (steps, K)
        for step, row in enumerate(table, self.progress.step - len(table) + 1):
            wrong = {name: value for name, value in zip(self.names, row) if not math.isfinite(value)}
            if wrong:
                return step, wrong
        return self.progress.step, dict([next(iter(of_sums.items()))])

    def take_means(self) -> dict[str, float]:
        """Means of the checked sums over the steps since the latest row; starts the next row."""
        count = self.progress.step - self.progress.logged
        means = {name: value / count for name, value in self.progress.sums.items()}
        self.sums, self.progress.sums, self.progress.logged = None, {}, self.progress.step
        return means


def _not_finite(step: int, wrong: dict[str, float]) -> TrainingError:
    return _last_is_good(
        " and ".join(f"{name} is {value}" for name, value in wrong.items()) + f" at step {step}"
    )


def _last_is_good(wrong: str) -> TrainingError:
    return TrainingError(
        f"{wrong}; the last checkpoint is from before. Try a lower --learning_rate, "
        "--max_grad_norm 1, or --mixed_precision no"
    )


def check_weights(accelerator: Accelerator, step: int) -> None:
    """Raise `TrainingError` if a weight is not finite: a finite loss can have a gradient that is not."""
    for model in accelerator._models:
        for name, weight in model.state_dict().items():
            if not weight.isfinite().all():
                raise _last_is_good(f"{name} is not finite after step {step}")


class Stopwatch:
    """Seconds of a run, and its steps a second without the time that pictures and checkpoints take."""

    def __init__(self, progress: Progress) -> None:
        self.progress, self.last_validation = progress, 0.0
        self.before, self.started = progress.seconds, time.perf_counter()
        self.lap_started, self.lap_step = self.started, progress.step

    def seconds(self) -> float:
        """Seconds of the whole run, its earlier parts included."""
        return self.before + time.perf_counter() - self.started

    def steps_per_second(self, step: int) -> float:
        """Steps a second since the latest call, or since this part of the run started."""
        now = time.perf_counter()
        speed = (step - self.lap_step) / (now - self.lap_started)
        self.lap_started, self.lap_step = now, step
        return speed

    @contextmanager
    def paused(self) -> Iterator[None]:
        """A block whose time does not count in `steps_per_second`."""
        began = time.perf_counter()
        yield
        self.lap_started += time.perf_counter() - began

    def validate(self, validate: Callable[[], dict[str, float]]) -> dict[str, float]:
        """The test losses by `validate`, whose time counts as `Progress.validation_seconds`."""
        began = time.perf_counter()
        losses = validate()
        self.last_validation = time.perf_counter() - began
        self.progress.validation_seconds += self.last_validation
        return losses

    def affords_validation(self, share: float) -> bool:
        """Whether validations keep to that `share` of the time if another, as long as the last, follows."""
        spent = self.progress.validation_seconds + self.last_validation
        return spent <= share * (self.seconds() + self.last_validation)


class Log:
    """Writes rows of history.csv, pictures in samples/, and both to the trackers."""

    def __init__(self, output_dir: Path, accelerator: Accelerator, epochs_of: Callable[[int], float]) -> None:
        """`epochs_of(step)` gives the passes over the images until that step."""
        self.output_dir, self.accelerator, self.epochs_of = output_dir, accelerator, epochs_of
        self.history = History(output_dir / "history.csv")

    def _position(self, step: int) -> dict[str, Any]:
        return {"step": step, "epoch": round(self.epochs_of(step), 3)}

    def row(
        self, step: int, learning_rate: float, images_per_second: float, means: dict[str, float]
    ) -> dict[str, Any]:
        """Add a row of training losses; returns its values, without step and epoch."""
        row = {"learning_rate": f"{learning_rate:.6g}", "images_per_second": round(images_per_second)}
        row |= {key: f"{value:.6g}" for key, value in means.items()}
        self.history.add(self._position(step) | row)
        values = self._position(step) | row
        self.accelerator.log({k: float(v) for k, v in values.items() if k != "step"}, step=step)
        return row

    def snapshot(self, step: int, losses: dict[str, float], picture: Tensor) -> None:
        """Add test losses to the row, and write a picture (C, H, W)."""
        losses = {f"test_{key}": value for key, value in losses.items()}
        self.history.add(self._position(step) | {key: f"{value:.6g}" for key, value in losses.items()})
        self.history.write()
        write_picture(self.output_dir, step, picture)
        self.accelerator.log(losses, step=step)
        for tracker in self.accelerator.trackers:
            if tracker.name == "tensorboard":
                tracker.writer.add_image("samples", picture, step)


def write_picture(output_dir: Path, step: int, picture: Tensor) -> None:
    """Write a picture (C, H, W), numbers in [0, 1], of the state after `step`; replaces one of that step."""
    path = output_dir / "samples" / f"step-{step:06d}.png"
    path.parent.mkdir(exist_ok=True)
    with replacing(path) as fresh:
        save_image(picture, fresh, format="png")
