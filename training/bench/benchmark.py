"""Time our training loops against the textbook's (`training.bench.textbook`), in one run on one machine.

    python -m training.bench.benchmark --data_dir data                    # every family
    python -m training.bench.benchmark --family dcgan-64 --neighbour      # one, and beside a busy process too

Each loop runs in a process of its own, with the threads and settings that it would have by itself. Ours is
the `main` of the training script, logging included; the textbook's has PyTorch's defaults. The loops take
turns and only one runs at a time, so that a noisy machine slows all of them. Every value is the median of
the turns. 'of peak' compares two rates: the floating-point operations a second of a step, counted by
`torch.utils.flop_counter`, and those of a matmul of 1024x1024 (8192x8192 on a GPU) in the same process and
turn.
"""

import json
import os
import platform
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

import torch
from torch.utils.flop_counter import FlopCounterMode

from space.models.cyclegan import CycleGANConfig
from space.models.dcgan import DCGAN, DCGANConfig
from space.models.gan import GAN
from space.models.vae import VAEConfig
from training import train_autoencoder, train_cyclegan, train_gan, train_vae
from training.bench import textbook
from training.card import hardware
from training.command_line import run
from training.data import DataError, load_domains, load_images
from training.errors import TrainingError
from training.loop import AFTER_STEP, LoopConfig


@dataclass(frozen=True)
class Family:
    """A training script with its settings, to be timed."""

    script: Any
    """the training script; our loop is its `main`"""
    config: Callable[..., LoopConfig]
    """makes the config of both loops"""
    bar: float
    """speed of our loop to reach, as a multiple of the textbook's"""


FAMILIES = {
    "autoencoder": Family(train_autoencoder, train_autoencoder.TrainConfig, bar=2.5),
    "vae": Family(train_vae, train_vae.TrainConfig, bar=2.5),
    "vae-conv": Family(
        train_vae,
        partial(train_vae.TrainConfig, model=VAEConfig(architecture="conv", hidden_dim=256, latent_dim=20)),
        bar=1.6,
    ),
    "gan": Family(train_gan, partial(train_gan.TrainConfig, model="gan", batch_size=128), bar=2.0),
    "dcgan": Family(  # the shape of the shipped DCGAN
        train_gan,
        partial(train_gan.TrainConfig, dcgan=DCGANConfig(latent_dim=20, base_channels=48)),
        bar=1.9,
    ),
    "dcgan-64": Family(
        train_gan,
        partial(train_gan.TrainConfig, dcgan=DCGANConfig(image_size=64)),
        bar=1.9,
    ),
    "cyclegan": Family(train_cyclegan, partial(train_cyclegan.TrainConfig, batch_size=1), bar=1.6),
}
NATIVE_BAR = 10.0
"""images a second of our DCGAN at 28 pixels to reach, as a multiple of the textbook's DCGAN at 64 pixels"""
NEIGHBOUR_BAR = 2.5
"""largest factor by which a busy process may slow a step"""
FIRST_STEPS = 64
"""steps to warm up on a GPU: it chooses its algorithms in them, and our loop records its CUDA graph"""


@dataclass(frozen=True)
class BenchmarkConfig:
    """Time our training loops against the textbook's."""

    family: tuple[Literal[tuple(FAMILIES)], ...] = tuple(FAMILIES)
    """families to time"""
    dataset: str = ""
    """data set, as for the training scripts; '': each family's default"""
    data_dir: Path = Path("data")
    """where built-in data lies or is downloaded to"""
    batch_size: int = 0
    """images a step; 0: each family's default: 128 for VAEs and MLPs, 64 for DCGANs, 1 for the CycleGAN"""
    mixed_precision: tuple[Literal["no", "bf16"], ...] = ("no", "bf16")
    """number formats of our loop, each timed; the textbook's is float32"""
    compile: bool = False
    """time our loop with torch.compile too"""
    cpu_threads: int = 0
    """threads of our loop; 0: the training script's default. The textbook's loop has PyTorch's"""
    num_rounds: int = 5
    """turns of each loop; the table shows medians"""
    window_seconds: float = 2.0
    """length of a turn, about"""
    neighbour: bool = False
    """time everything again beside a busy process"""
    json: Path | None = None
    """file to write all measurements to"""


def this_device() -> torch.device:
    """The GPU if there is one, as accelerate chooses."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Gate:
    """Stops a loop at the end of each turn until the other end of the pipe orders the next turn.

    The loop in this process calls it after every step. An order is `(steps, whether to count operations)`, an
    answer is a dict of measurements.
    """

    def __init__(self, pipe: Connection, dtype: torch.dtype) -> None:
        self.pipe, self.dtype = pipe, dtype
        self.steps = self.steps_left = 1  # the first turn is one step, to warm up
        self.started = time.perf_counter()
        self.counter: FlopCounterMode | None = None

    def __call__(self) -> None:
        self.steps_left -= 1
        if self.steps_left:
            return
        cuda = torch.cuda.is_available()
        if cuda:
            torch.cuda.synchronize()
        answer = {"seconds": (time.perf_counter() - self.started) / self.steps}
        if self.counter:
            self.counter.__exit__(None, None, None)
            answer["flops"] = self.counter.get_total_flops()
        # peak memory: on a GPU that of the loop, on a CPU that of the process, PyTorch's libraries included
        answer["mb"] = (
            torch.cuda.max_memory_allocated() / 1e6
            if cuda
            else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        )
        answer["peak"] = matmul_peak(self.dtype)
        answer["threads"] = torch.get_num_threads()
        self.pipe.send(answer)
        self.steps, count = self.pipe.recv()
        self.steps_left = self.steps
        self.counter = FlopCounterMode(display=False) if count else None
        if self.counter:
            self.counter.__enter__()
        self.started = time.perf_counter()


def seconds(action: Callable[[], object], times: int) -> list[float]:
    """Seconds of each of `times` calls of `action`, the device's work included."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        action()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        taken.append(time.perf_counter() - started)
    return taken


def matmul_peak(dtype: torch.dtype) -> float:
    """Floating-point operations a second of a matmul, the best of five; larger matrices on a GPU."""
    size = 8192 if torch.cuda.is_available() else 1024
    a, b = (torch.randn(size, size, device=this_device(), dtype=dtype) for _ in range(2))
    return 2 * size**3 / min(seconds(lambda: a @ b, times=5))


def work(pipe: Connection, name: str, side: str, config: LoopConfig) -> None:
    """What a process runs: our loop or the textbook's, which steps only in its turns."""
    bf16 = side != "textbook" and config.mixed_precision == "bf16"
    dtype = torch.bfloat16 if bf16 else torch.float32
    try:
        with Path(os.devnull).open("w") as nowhere, redirect_stderr(nowhere), redirect_stdout(nowhere):
            gate = Gate(pipe, dtype)
            if side == "textbook":
                for _ in textbook_loop(name, config):
                    gate()
            else:
                AFTER_STEP.append(gate)
                FAMILIES[name].script.main(config)
    except Exception as error:  # the benchmark's process waits for an answer, so it gets every error
        pipe.send({"error": str(error) if isinstance(error, TrainingError | DataError) else repr(error)})


def textbook_loop(name: str, config: Any) -> textbook.Losses:
    """The textbook's loop of a family, with the data and networks of `config`."""
    device = this_device()
    loop = getattr(textbook, FAMILIES[name].script.__name__.rpartition(".")[2])
    if isinstance(config.model, CycleGANConfig):
        shape = config.model.in_channels, config.model.image_size
        a, b = load_domains(config.dataset, config.data_dir, "train", *shape)
        return loop(config, (a.pixels, b.pixels), device)
    networks = {"gan": GAN, "dcgan": DCGAN}[config.model] if isinstance(config.model, str) else None
    model = getattr(config, config.model) if networks else config.model
    images = load_images(config.dataset, config.data_dir, "train", model.in_channels, model.image_size)
    return loop(config, images.pixels, device, *([networks(model)] if networks else []))


@dataclass
class Side:
    """One of the loops that take turns, in its process; `steps` is the length of its turns."""

    name: str
    config: LoopConfig
    pipe: Connection
    process: Any
    steps: int = 1

    def ask(self, steps: int, count: bool = False) -> dict[str, float]:
        self.pipe.send((steps, count))
        return self.answer()

    def answer(self) -> dict[str, float]:
        try:
            answer = self.pipe.recv()
        except EOFError:
            raise TrainingError(f"the {self.name} loop ended early") from None
        if "error" in answer:
            raise TrainingError(answer["error"])
        return answer


def endless(name: str, output_dir: Path, data_dir: Path, dataset: str, **options: Any) -> Any:
    """The config of a loop that runs until it is stopped from outside, without pauses for checkpoints.

    The weights are not averaged, for the textbook's loop does not average them either.
    """
    if dataset:
        options["dataset"] = dataset
    return FAMILIES[name].config(
        output_dir=output_dir,
        data_dir=data_dir,
        max_steps=10**9,
        checkpointing_steps=10**9,
        num_snapshots=2,
        ema_decay=0.0,
        **options,
    )


def start(name: str, side: str, config: LoopConfig, environment: dict[str, str]) -> Side:
    """Start a loop in a new process, with these environment variables added, and let it do one step."""
    context = get_context("spawn")
    here, there = context.Pipe()
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        process = context.Process(target=work, args=(there, name, side, config), daemon=True)
        process.start()
    finally:
        os.environ.clear()
        os.environ.update(before)
    there.close()
    started = Side(side, config, here, process)
    started.answer()
    return started


def start_loops(name: str, config: BenchmarkConfig, folder: Path, sides: list[Side]) -> None:
    """Start the textbook's loop, and ours in each number format; each is appended to `sides`."""
    chosen = {"batch_size": config.batch_size, "cpu_threads": config.cpu_threads}
    options = {key: value for key, value in chosen.items() if value}
    plain = endless(name, folder / "textbook", config.data_dir, config.dataset, **options)
    sides.append(start(name, "textbook", plain, {"GOMP_SPINCOUNT": "300000"}))  # libgomp's default
    for precision in config.mixed_precision:
        for compiled in (False, True) if config.compile else (False,):
            side = f"ours, {'float32' if precision == 'no' else precision}" + ", compiled" * compiled
            ours = replace(plain, mixed_precision=precision, output_dir=folder / side)
            environment = {"ACCELERATE_DYNAMO_BACKEND": "INDUCTOR"} if compiled else {}
            sides.append(start(name, side, ours, environment))


def take_turns(sides: list[Side], num_rounds: int) -> dict[str, list[dict[str, float]]]:
    """Let each loop take `num_rounds` turns; returns the answers by the name of the loop."""
    answers: dict[str, list[dict[str, float]]] = {side.name: [] for side in sides}
    for _ in range(num_rounds):
        for side in sides:
            answers[side.name].append(side.ask(side.steps))
    return answers


def busy() -> None:
    """Keep a core busy until the benchmark ends."""
    parent = parent_process()
    while parent and parent.is_alive():
        pass


def median_of(answers: list[dict[str, float]], key: str) -> float:
    return statistics.median(answer[key] for answer in answers)


def operations(name: str, sides: list[Side]) -> dict[str, float]:
    """Floating-point operations of a step, by the name of the loop."""
    theirs, *ours = sides
    config = ours[0].config
    folder = config.output_dir.with_name("one thread")  # the counter misses operations of other threads
    alone = start(name, "ours", replace(config, output_dir=folder, mixed_precision="no", cpu_threads=1), {})
    try:
        found = alone.ask(1, count=True)["flops"]
    finally:
        alone.process.kill()
        alone.process.join()
    return {theirs.name: theirs.ask(1, count=True)["flops"]} | {side.name: found for side in ours}


def time_family(name: str, config: BenchmarkConfig) -> list[dict[str, Any]]:
    """Time the loops of a family; returns a row of the table for each."""
    sides: list[Side] = []
    neighbour = get_context("spawn").Process(target=busy, daemon=True)
    crowded = {}
    with tempfile.TemporaryDirectory() as folder:
        try:
            start_loops(name, config, Path(folder), sides)
            flops = operations(name, sides)
            for side in sides:
                if torch.cuda.is_available():
                    side.ask(FIRST_STEPS)
                side.steps = max(1, round(config.window_seconds / side.ask(1)["seconds"]))
            quiet = take_turns(sides, config.num_rounds)
            if config.neighbour:
                neighbour.start()
                for side in sides:
                    side.steps = max(1, side.steps // 4)
                crowded = take_turns(sides, config.num_rounds)
        finally:
            for process in [side.process for side in sides] + [neighbour] * (neighbour.pid is not None):
                process.kill()
                process.join()
    rows = []
    for side in sides:
        answers = quiet[side.name]
        row = {
            "family": name,
            "loop": side.name,
            "batch_size": side.config.batch_size,
            "threads": answers[0]["threads"],
            "images_per_second": side.config.batch_size / median_of(answers, "seconds"),
            "ratio": statistics.median(
                theirs["seconds"] / own["seconds"] for theirs, own in zip(quiet["textbook"], answers)
            ),
            "gflop_per_image": flops[side.name] / side.config.batch_size / 1e9,
            "share_of_peak": statistics.median(
                flops[side.name] / answer["seconds"] / answer["peak"] for answer in answers
            ),
            "peak_gflops": median_of(answers, "peak") / 1e9,
            "memory_mb": max(answer["mb"] for answer in answers),
        }
        if crowded:
            row["slower_beside_neighbour"] = median_of(crowded[side.name], "seconds") / median_of(
                answers, "seconds"
            )
        rows.append(row)
    return rows


def verdict(rows: list[dict[str, Any]]) -> list[str]:
    """A sentence for each bar: whether the fastest of our loops reached it."""
    lines, by_family = [], {}
    for row in rows:
        by_family.setdefault(row["family"], []).append(row)
    for name, found in by_family.items():
        best = max(found[1:], key=lambda row: row["ratio"])
        bar = FAMILIES[name].bar
        lines.append(
            f"{name}: {best['ratio']:.2f} x the textbook's loop ({best['loop']}); the bar is {bar} x, "
            + ("reached" if best["ratio"] >= bar else "not reached")
        )
        if "slower_beside_neighbour" in best:
            slower = best["slower_beside_neighbour"]
            lines.append(
                f"{name}: {slower:.2f} x slower beside a busy process; the bar is {NEIGHBOUR_BAR} x, "
                + ("reached" if slower <= NEIGHBOUR_BAR else "not reached")
            )
    if {"dcgan", "dcgan-64"} <= by_family.keys():
        native = max(row["images_per_second"] for row in by_family["dcgan"][1:])
        times = native / by_family["dcgan-64"][0]["images_per_second"]
        lines.append(
            f"dcgan at MNIST's own size: {times:.1f} x the images a second of the textbook's at 64 pixels; "
            f"the bar is {NATIVE_BAR} x, " + ("reached" if times >= NATIVE_BAR else "not reached")
        )
    return lines


def sampling_ms(num_images: int = 64, times: int = 10) -> float:
    """Milliseconds to sample `num_images` images from a DCGAN of MNIST's size, in float32 on the CPU."""
    model, z = DCGAN(DCGANConfig()).eval(), torch.randn(num_images, DCGANConfig().latent_dim)
    with torch.inference_mode():
        return 1000 * statistics.median(seconds(lambda: model.decode(z), times))


def main(config: BenchmarkConfig) -> None:
    machine = (
        f"{hardware(this_device())}, {os.cpu_count()} cores, torch {torch.__version__}, {platform.system()}"
    )
    print(machine)
    columns = {
        "family": "family",
        "loop": "loop",
        "batch_size": "batch",
        "threads": "threads",
        "images_per_second": "images/s",
        "ratio": "× textbook",
        "gflop_per_image": "GFLOP an image",
        "share_of_peak": "of peak",
        "memory_mb": "MB",
    }
    if config.neighbour:
        columns["slower_beside_neighbour"] = "× slower beside a neighbour"
    formats = {
        "images_per_second": "{:,.0f}",
        "ratio": "{:.2f}",
        "gflop_per_image": "{:.3g}",
        "share_of_peak": "{:.0%}",
        "memory_mb": "{:,.0f}",
        "slower_beside_neighbour": "{:.2f}",
    }
    print("| " + " | ".join(columns.values()) + " |\n|" + "---|" * len(columns))
    rows = []
    for name in config.family:
        for row in time_family(name, config):
            rows.append(row)
            cells = (formats.get(key, "{}").format(row[key]) for key in columns)
            print("| " + " | ".join(cells) + " |", flush=True)
    print(*verdict(rows), sep="\n")
    if "dcgan" in config.family:
        print(f"dcgan: {sampling_ms():.0f} ms for 64 samples on the CPU; the bar is 100 ms")
    if config.json:
        config.json.write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    run(main, BenchmarkConfig)
