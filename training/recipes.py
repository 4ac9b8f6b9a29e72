"""Train every shipped model from nothing, as its card says, and hold it to its bars.

    python -m training.recipes --all --data_dir data                 # side by side, one a core
    python -m training.recipes --model vae-mnist-2d gan-mnist        # some of them
    python -m training.recipes --plot space/pretrained               # curves of the shipped runs

The recipe of a model is the command in its training.json. A run that was stopped goes on where it was, one
that is done is not done again; each writes to a file `OUTPUT_DIR/NAME.log`.
"""

import json
import math
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tqdm.auto import tqdm

from space.models import roles
from space.weights.hub import BUNDLED
from training.command_line import run
from training.errors import TrainingError
from training.run_log import History

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Bar:
    """What a figure of metrics.json shall be."""

    figure: str
    at_least: float = -math.inf
    at_most: float = math.inf

    def __str__(self) -> str:
        return f"{self.figure} {'≤' if self.at_most < math.inf else '≥'} {self.limit}"

    @property
    def limit(self) -> float:
        return self.at_most if self.at_most < math.inf else self.at_least

    def reached(self, value: float) -> bool:
        return self.at_least <= value <= self.at_most


BARS = {
    roles.PLAIN: [Bar("reconstruction_psnr", at_least=23.0)],
    roles.PLAIN_MAP: [Bar("reconstruction_psnr", at_least=14.8)],
    roles.CONVOLUTIONAL: [Bar("reconstruction_psnr", at_least=24.5)],
    roles.DENOISING: [
        Bar("denoised_psnr_gaussian", at_least=17.38),  # 8 dB above the noisy images
        Bar("denoised_psnr_coin_flip", at_least=16.0),
    ],
    roles.CONTRACTIVE: [Bar("jacobian_norm", at_most=14.2)],  # half of the plain one's
    roles.SPARSE: [Bar("active_fraction", at_most=20.0)],
    roles.VAE_MAP: [Bar("neg_elbo_1", at_most=138.0)],
    roles.VAE_DEEP: [Bar("neg_elbo_1", at_most=93.0)],
    roles.GAN: [
        Bar("lenet_fid", at_most=135.48),  # that of the deep VAE
        Bar("precision", at_least=0.6),
        Bar("recall", at_least=0.5),
    ],
    roles.DCGAN: [
        Bar("lenet_fid", at_most=27.1),  # a fifth of that of the deep VAE
        Bar("precision", at_least=0.75),
        Bar("recall", at_least=0.75),
        Bar("class_entropy", at_least=2.27),
    ],
    roles.DIGIT_JUDGE: [Bar("accuracy", at_least=99.0)],
    roles.EMOJI_JUDGE: [Bar("accuracy", at_least=97.0)],
    roles.TRANSLATOR: [
        # 0.88 x that of doing nothing; 0.02 above that of doing nothing
        *(Bar(f"l1_{way}", at_most=0.1468) for way in ("ab", "ba")),
        *(Bar(f"ssim_{way}", at_least=0.3815) for way in ("ab", "ba")),
        *(Bar(f"domain_accuracy_{way}", at_least=90.0) for way in ("ab", "ba")),
        *(Bar(f"cycle_l1_{domain}", at_most=0.06) for domain in ("a", "b")),
    ],
}


PANELS = (  # title; first words of the models' names; columns of history.csv; figure with bars; scale
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
class RecipesConfig:
    """Train shipped models from nothing."""

    all: bool = False
    """every shipped model"""
    model: tuple[str, ...] = ()
    """names of shipped models"""
    plot: Path | None = None
    """folder of model folders: draw how they became good, and train nothing"""
    picture: Path | None = None
    """where that is drawn; quality.png in that folder, for shipped models in training/bench/results"""
    output_dir: Path = Path("runs")
    """where the model folders go"""
    data_dir: Path = Path("data")
    """where built-in data lies or is downloaded to"""
    jobs: int = 0
    """models trained at the same time; 0: one on a GPU, or one a core, with one thread each"""
    more: str = ""
    """further flags of the training scripts, as one word: --more='--mixed_precision no'"""


def recipes(folder: Path = BUNDLED) -> dict[str, dict[str, Any]]:
    """training.json of every model in a folder, the dearest first, so that the last ones to end are short."""
    facts = {path.parent.name: json.loads(path.read_text()) for path in folder.glob("*/training.json")}
    return dict(sorted(facts.items(), key=lambda item: -item[1]["seconds"]))


def command_of(name: str, facts: dict[str, Any], config: RecipesConfig) -> list[str]:
    """The command of the card, with this machine's Python and folders."""
    words = shlex.split(facts["command"])
    flags = words[words.index("-m") :]
    flags[flags.index("--output_dir") + 1] = str(config.output_dir / name)
    flags += ["--data_dir", str(config.data_dir), *shlex.split(config.more)]
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--num_processes", "1"]
    if not torch.cuda.is_available():
        launch += ["--cpu"]
        flags += ["--cpu_threads", "1"]
    if (config.output_dir / name / "checkpoints").is_dir():
        flags += ["--resume_from_checkpoint", "latest"]
    return launch + flags


def shares_done(stream: Any, log: Any) -> Iterator[float]:
    """What a script's own progress bar says, 0 to 1, while all it writes goes to `log`."""
    while chunk := os.read(stream.fileno(), 65536):
        log.write(chunk)
        log.flush()
        if found := re.findall(rb"(\d+)/(\d+) \[", chunk):
            step, total = map(int, found[-1])
            yield step / max(1, total)


def train(name: str, facts: dict[str, Any], config: RecipesConfig, tell: Any) -> str:
    """A line of what came of it; `tell(share)` hears how far it is."""
    folder = config.output_dir / name
    if not (folder / "model.safetensors").exists():
        config.output_dir.mkdir(parents=True, exist_ok=True)
        with (config.output_dir / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command_of(name, facts, config),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            for share in shares_done(process.stdout, log):
                tell(share)
        if process.wait():
            return f"{name}: stopped; {folder}.log says why. The same command goes on with it"
    tell(1.0)
    metrics = json.loads((folder / "metrics.json").read_text())
    seconds = json.loads((folder / "training.json").read_text())["seconds"]
    found = [(bar, metrics[bar.figure]["value"]) for bar in BARS[name] if bar.figure in metrics]
    figures = [f"{bar}: {value:.4g}" + " (missed)" * (not bar.reached(value)) for bar, value in found]
    taken = f"{seconds} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    return f"{name}: {taken}. {'; '.join(figures)}"


def seconds_of(rows: list[dict[str, str]], total: float) -> list[float]:
    """Seconds of training before each row of history.csv, from the images a second of the rows."""
    taken, step, speed = [0.0], 0, math.inf
    for row in rows:
        speed = max(0.5, float(row["images_per_second"] or speed))
        taken.append(taken[-1] + (int(row["step"]) - step) / speed)
        step = int(row["step"])
    return [total * part / (taken[-1] or 1) for part in taken[1:]]


def models_of(folder: Path, kinds: set[str]) -> dict[str, dict[str, Any]]:
    """training.json of the models whose names begin with one of these words, by name."""
    return {name: facts for name, facts in sorted(recipes(folder).items()) if name.split("-")[0] in kinds}


def lines_of(
    folder: Path, kinds: set[str], columns: tuple[str, ...]
) -> list[tuple[str, list[float], list[float]]]:
    """Label, seconds and values of the lines of a panel."""
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
            if points:  # on other data some figures are not measured
                lines.append((label, *map(list, zip(*points))))
    return lines


def limits_of(folder: Path, kinds: set[str], figure: str) -> list[float]:
    """Where the bars of a figure are; history.csv has shares where metrics.json has %."""
    bars = (bar for name in models_of(folder, kinds) for bar in BARS.get(name, ()) if bar.figure == figure)
    return [bar.limit / (100 if figure.startswith("domain_accuracy") else 1) for bar in bars]


def pyplot() -> Any:
    """Matplotlib's, without a window; no requirement, for Gradio imports it on every call where it is."""
    try:
        import matplotlib
    except ImportError:
        raise TrainingError("drawing needs Matplotlib: pip install matplotlib") from None
    matplotlib.use("Agg")
    import matplotlib.pyplot

    return matplotlib.pyplot


def plot(folder: Path, picture: Path) -> None:
    """Test figures of the models in `folder` against seconds of training; a dotted line is a bar."""
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


def main(config: RecipesConfig) -> None:
    if config.plot:
        if not recipes(config.plot):
            raise TrainingError(f"{config.plot} holds no model folders; give --plot space/pretrained")
        shipped = config.plot.resolve() == BUNDLED.resolve()
        picture = config.picture or (RESULTS if shipped else config.plot) / "quality.png"
        plot(config.plot, picture)
        print(picture)
        return
    known = recipes()
    names = list(known) if config.all else list(config.model)
    if not names:
        raise TrainingError("name models with --model, or give --all")
    if unknown := set(names) - set(known):
        raise TrainingError(
            f"no shipped model is called {', '.join(sorted(unknown))}; there are {', '.join(known)}"
        )
    if int(os.environ.get("WORLD_SIZE", 1)) > 1:
        raise TrainingError("run this with `python -m`: it launches each training by itself")
    jobs = config.jobs or (1 if torch.cuda.is_available() else os.cpu_count() or 1)
    shares, lock = dict.fromkeys(names, 0.0), threading.Lock()
    whole = sum(known[name]["seconds"] for name in names) / 60
    layout = "{l_bar}{bar}| {elapsed}, {remaining} to go{postfix}"
    with tqdm(total=whole, bar_format=layout) as bar, ThreadPoolExecutor(jobs) as pool:

        def work(name: str) -> str:
            def tell(share: float) -> None:
                with lock:
                    bar.update(max(0.0, share - shares[name]) * known[name]["seconds"] / 60)
                    shares[name] = max(share, shares[name])
                    bar.set_postfix({n: f"{s:.0%}" for n, s in shares.items() if 0 < s < 1})

            said = train(name, known[name], config, tell)
            bar.write(said)
            return said

        try:
            said = list(pool.map(work, names))
        except KeyboardInterrupt:  # the scripts were asked too, and save a checkpoint
            pool.shutdown(cancel_futures=True)
            raise
    if any(": stopped; " in line for line in said):
        sys.exit(1)


if __name__ == "__main__":
    run(main, RecipesConfig)
