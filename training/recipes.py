"""Train shipped models from nothing, as their cards say, and check their metrics against bars.

    python -m training.recipes --all --data_dir data                 # side by side, one a core
    python -m training.recipes --model NAME NAME                     # some of them

The recipe of a model is the command in its training.json. A stopped run goes on from its last checkpoint, and
a finished run is not repeated. The output of each run is in `OUTPUT_DIR/NAME.log`.
"""

import json
import math
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
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
from training.signals import Stopped


@dataclass(frozen=True)
class Bar:
    """The lowest or the highest value that a metric in metrics.json may have; `figure` is its name."""

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
        Bar("denoised_psnr_gaussian", at_least=17.38),  # 8 dB above that of the noisy images
        Bar("denoised_psnr_coin_flip", at_least=16.0),
    ],
    roles.CONTRACTIVE: [Bar("jacobian_norm", at_most=14.2)],  # half of that of the plain autoencoder
    roles.SPARSE: [
        Bar("most_active_units", at_most=16),  # an eighth of the 128
        Bar("units_ever_active", at_least=93.75),  # 120 of 128
        Bar("busiest_unit", at_most=50.0),
        Bar("reconstruction_psnr", at_least=21.79),  # 3 dB below the plain autoencoder
    ],
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
    roles.DIFFUSION: [  # better than the DCGAN in the first three
        Bar("lenet_fid", at_most=7.0),
        Bar("precision", at_least=0.79),
        Bar("recall", at_least=0.85),
        Bar("half_steps_ratio", at_most=1.15),
        Bar("class_accuracy", at_least=99.0),
    ],
    roles.DIFFUSION_NOISE: [Bar("lenet_fid", at_most=27.1)],  # a fifth of that of the deep VAE
    roles.FLOW: [  # better than the DCGAN in all three
        Bar("lenet_fid", at_most=8.88),
        Bar("precision", at_least=0.77),
        Bar("recall", at_least=0.84),
    ],
    roles.PIXELS: [
        Bar("nll", at_most=84.4),  # below the bound of the deep VAE on the same images
        Bar("class_accuracy", at_least=97.0),
        Bar("class_accuracy_guided", at_least=97.0),
    ],
    roles.DIGIT_JUDGE: [Bar("accuracy", at_least=99.0)],
    roles.EMOJI_JUDGE: [Bar("accuracy", at_least=97.0)],
    roles.STYLE_JUDGE: [Bar("accuracy", at_least=97.0)],
    roles.LIGHT: [  # no worse than the untranslated images
        *(Bar(f"l1_{way}", at_most=0.0560) for way in ("ab", "ba")),
        *(Bar(f"ssim_{way}", at_least=0.790) for way in ("ab", "ba")),
        *(Bar(f"cycle_l1_{domain}", at_most=0.03) for domain in ("a", "b")),
        *(Bar(f"domain_accuracy_{way}", at_least=85.0) for way in ("ab", "ba")),
        *(Bar(f"domain_accuracy_recoloured_{way}", at_most=20.0) for way in ("ab", "ba")),
        Bar("domain_accuracy_drawings", at_least=70.0),
    ],
    roles.TRANSLATOR: [
        # l1: 0.88 x that of the untranslated images; ssim: 0.02 above that of the untranslated images
        *(Bar(f"l1_{way}", at_most=0.1468) for way in ("ab", "ba")),
        *(Bar(f"ssim_{way}", at_least=0.3815) for way in ("ab", "ba")),
        *(Bar(f"domain_accuracy_{way}", at_least=90.0) for way in ("ab", "ba")),
        *(Bar(f"cycle_l1_{domain}", at_most=0.06) for domain in ("a", "b")),
    ],
}


@dataclass(frozen=True)
class RecipesConfig:
    """Train shipped models from nothing."""

    all: bool = False
    """train every shipped model"""
    model: tuple[str, ...] = ()
    """names of shipped models to train"""
    output_dir: Path = Path("runs")
    """folder to write the model folders to"""
    data_dir: Path = Path("data")
    """where built-in data lies or is downloaded to"""
    jobs: int = 0
    """models trained at the same time; 0: one on a GPU, or one a core, of one thread each"""
    more: str = ""
    """more flags for the training scripts, as one word: --more='--mixed_precision no'"""


def recipes(folder: Path = BUNDLED) -> dict[str, dict[str, Any]]:
    """Name -> training.json of the models in a folder, the longest run first, to keep all cores busy."""
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


RUNNING: set[subprocess.Popen] = set()
"""the scripts that were started"""


def shares_done(stream: Any, log: Any) -> Iterator[float]:
    """Copy a script's output to `log`, and yield the progress, 0 to 1, whenever its progress bar moves."""
    while chunk := os.read(stream.fileno(), 65536):
        log.write(chunk)
        log.flush()
        if found := re.findall(rb"(\d+)/(\d+) \[", chunk):
            step, total = map(int, found[-1])
            yield step / max(1, total)


def train(name: str, facts: dict[str, Any], config: RecipesConfig, tell: Callable[[float], None]) -> str:
    """Train a model; returns a line on the result. The run calls `tell(share)` with its progress, 0 to 1."""
    folder = config.output_dir / name
    if not (folder / "model.safetensors").exists():
        config.output_dir.mkdir(parents=True, exist_ok=True)
        with (config.output_dir / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command_of(name, facts, config),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            RUNNING.add(process)
            for share in shares_done(process.stdout, log):
                tell(share)
        if process.wait():
            return f"{name}: stopped; {folder}.log says why. Run the same command again to go on"
    tell(1.0)
    metrics = json.loads((folder / "metrics.json").read_text())
    seconds = json.loads((folder / "training.json").read_text())["seconds"]
    found = [(bar, metrics[bar.figure]["value"]) for bar in BARS[name] if bar.figure in metrics]
    figures = [f"{bar}: {value:.4g}" + " (missed)" * (not bar.reached(value)) for bar, value in found]
    taken = f"{seconds} s" if seconds < 120 else f"{seconds / 60:.0f} min"
    return f"{name}: {taken}. {'; '.join(figures)}"


def train_all(names: list[str], known: dict[str, dict[str, Any]], config: RecipesConfig) -> list[str]:
    """Train several models at a time, under one progress bar of minutes; returns a line on each model."""
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

            line = train(name, known[name], config, tell)
            bar.write(line)
            return line

        try:
            return list(pool.map(work, names))
        except (KeyboardInterrupt, Stopped) as stopped:  # Ctrl-C reached the scripts; each saves a checkpoint
            if isinstance(stopped, Stopped):
                for process in list(RUNNING):
                    process.terminate()
            pool.shutdown(cancel_futures=True)
            raise


def main(config: RecipesConfig) -> None:
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
    if any(": stopped; " in line for line in train_all(names, known, config)):
        sys.exit(1)


if __name__ == "__main__":
    run(main, RecipesConfig)
