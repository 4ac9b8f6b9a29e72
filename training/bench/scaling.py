"""Measure how the time and memory of training grow with images, pixels, parameters and processes.

    python -m training.bench.scaling --data_dir /a/disk/with/2/GB

Writes a temporary folder of images, too many to hold in memory, and trains a DCGAN on them. Measures reading
alone, steps alone and both together, at several numbers of reading processes; the memory of all processes
during a pass over the images; and the time of a step by pixels, parameters and processes.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from PIL import Image

from space.models.dcgan import DCGAN, DCGANConfig
from training.batches import Batch, Batches
from training.card import hardware
from training.command_line import run
from training.data import Images, load_images
from training.errors import TrainingError
from training.train_gan import Game, TrainConfig, make_optimizers


@dataclass(frozen=True)
class ScalingConfig:
    """Measure how training costs grow."""

    data_dir: Path = Path(tempfile.gettempdir())
    """where the temporary folder of images is written; 200,000 images of 64 pixels take 2 GB"""
    num_images: int = 200_000
    """images written and read"""
    image_size: int = 64
    """pixels a side of the images"""
    base_channels: int = 16
    """base_channels of the DCGAN"""
    batch_size: int = 64
    """images a step"""
    num_steps: int = 10
    """steps timed for each row"""
    workers: tuple[int, ...] = (0, 1, 2)
    """numbers of reading processes to compare"""
    cpu_threads: int = 1
    """threads of CPU arithmetic in each process"""
    part: Literal["all", "step"] = "all"
    """'all' measures everything; 'step' only times a step, under any launcher"""


def write_images(folder: Path, count: int, size: int) -> None:
    """Write `count` PNG files of smooth random colours, 1,000 a folder, and a test split of 100."""
    rng = torch.Generator().manual_seed(0)
    for start in range(-100, count, 100):
        place = folder / ("test" if start < 0 else "train") / f"{max(start, 0) // 1000:04}"
        place.mkdir(parents=True, exist_ok=True)
        colours = torch.rand(min(100, count - max(start, 0)), 3, 6, 6, generator=rng)
        pixels = F.interpolate(colours, (size, size), mode="bicubic").clamp(0, 1).mul(255).byte()
        for number, image in enumerate(pixels.permute(0, 2, 3, 1).numpy(), start):
            Image.fromarray(image).save(place / f"{number:07}.png", compress_level=1)


@contextmanager
def folder_of_images(config: ScalingConfig) -> Iterator[Path]:
    """Write the images to a temporary folder, which also holds the cache of `datasets`."""
    import datasets

    before = datasets.config.HF_DATASETS_CACHE
    folder = Path(tempfile.mkdtemp(prefix="scaling-", dir=config.data_dir))
    try:
        datasets.config.HF_DATASETS_CACHE = folder / "cache"
        write_images(folder / "images", config.num_images, config.image_size)
        yield folder / "images"
    finally:
        datasets.config.HF_DATASETS_CACHE = before
        shutil.rmtree(folder, ignore_errors=True)


def memory_mb() -> float:
    """Memory in MB of this process and its children, without mapped files; shared pages count once."""
    total, todo = 0, [os.getpid()]
    while todo:
        process = Path(f"/proc/{todo.pop()}")
        try:
            todo += map(int, (process / f"task/{process.name}/children").read_text().split())
            fields = dict(line.split(":") for line in (process / "smaps_rollup").read_text().splitlines()[1:])
        except FileNotFoundError:  # the process has just ended
            continue
        total += sum(int(fields[name].split()[0]) for name in ("Pss_Anon", "Pss_Shmem"))
    return total * 1024 / 1e6


class Step:
    """A training step of a DCGAN; `shape` overrides fields of its config."""

    def __init__(self, config: ScalingConfig, accelerator: Accelerator, **shape: int) -> None:
        sizes = {"image_size": config.image_size, "base_channels": config.base_channels, "in_channels": 3}
        self.accelerator = accelerator
        self.config = TrainConfig(Path(), batch_size=config.batch_size, dcgan=DCGANConfig(**sizes | shape))
        self.model = DCGAN(self.config.dcgan).to(accelerator.device, memory_format=torch.channels_last)
        self.parameters = sum(parameter.numel() for parameter in self.model.parameters())
        self.step = Game(self.config, accelerator, self.model, make_optimizers(self.config, self.model))

    def run(self, batch: Batch) -> None:
        """Train on the batch and wait until the device is done."""
        self.step(batch)
        if self.accelerator.device.type == "cuda":
            torch.cuda.synchronize()

    def seconds(self, count: int) -> float:
        """Median seconds of `count` steps on images in memory, after 3 to warm up."""
        side = self.config.dcgan.image_size
        images = Images(torch.randint(256, (256, 3, side, side), dtype=torch.uint8), None, "")
        batches, taken = Batches(images, self.config.batch_plan, self.accelerator), []
        for number in range(count + 3):
            started = time.perf_counter()
            self.run(batches[number])
            taken.append(time.perf_counter() - started)
        return statistics.median(taken[3:])


def seconds_to_read(images: Images, config: TrainConfig, accelerator: Accelerator, num_batches: int) -> float:
    """Seconds to read `num_batches` batches without training, counted after a first batch has arrived."""
    batches = Batches(images, config.batch_plan, accelerator)
    batches[0]
    started = time.perf_counter()
    for number in range(1, num_batches + 1):
        batches[number]
    return time.perf_counter() - started


def bottleneck(config: ScalingConfig, step: Step, images: Images) -> None:
    """Print how fast reading and training steps are, alone and together, and which of them is slower."""
    stepping = config.batch_size / step.seconds(config.num_steps)
    print("| reading processes | reading alone, images/s | stepping alone | both | waiting | bottleneck |")
    print("|---|---|---|---|---|---|")
    for workers in config.workers:
        with_workers = replace(step.config, dataloader_num_workers=workers)
        count = 10 * config.num_steps  # so many that batches read ahead do not matter
        taken = seconds_to_read(images, with_workers, step.accelerator, count)
        reading = count * config.batch_size / taken
        batches, waited = Batches(images, with_workers.batch_plan, step.accelerator), 0.0
        step.step(batches[0])
        started = time.perf_counter()
        for number in range(1, count + 1):
            asked = time.perf_counter()
            batch = batches[number]
            waited += time.perf_counter() - asked
            step.run(batch)
        taken = time.perf_counter() - started
        both = count * config.batch_size / taken
        held_up = "reading" if reading < stepping else "the step"
        cells = f"{workers} | {reading:,.0f} | {stepping:,.0f} | {both:,.0f} | {100 * waited / taken:.0f} %"
        print(f"| {cells} | {held_up} |", flush=True)


def row(what: str, value: str, seconds: float, first: float, memory_mb: float, how: str) -> None:
    """Print a row of the table of costs; `first` is the time that the ratio compares with."""
    cells = f"{what} | {value} | {seconds:,.3g} | {seconds / first:,.2f} | {memory_mb:,.0f} | {how}"
    print(f"| {cells} |", flush=True)


def grow_images(config: ScalingConfig, accelerator: Accelerator, images: Images) -> None:
    """Time passes over a part of the images, and measure the memory of all processes at each quarter."""
    assert images.stored
    workers = max(config.workers)
    train = TrainConfig(Path(), batch_size=config.batch_size, dataloader_num_workers=workers)
    first = 0.0
    for part in (16, 4, 1):
        stored = replace(images.stored, rows=images.stored.rows.select(range(config.num_images // part)))
        batches = Batches(replace(images, stored=stored), train.batch_plan, accelerator)
        batches[0]
        started, quarters = time.perf_counter(), [memory_mb()]
        for number in range(1, batches.per_epoch):
            batches[number]
            if number % -(-batches.per_epoch // 4) == 0:
                quarters.append(memory_mb())
        quarters.append(memory_mb())
        taken = time.perf_counter() - started
        first = first or taken
        along = "memory at each quarter " + ", ".join(f"{mb:,.0f}" for mb in quarters)
        row("images read, a pass", f"{len(stored):,}", taken, first, max(quarters), f"measured; {along}")
        del batches
    more = 10 * config.num_images
    row(
        "images read, a pass",
        f"{more:,}",
        10 * taken,
        first,
        max(quarters),
        "computed: time by images, memory the same",
    )
    held = replace(images, stored=None)
    batches, started = Batches(held, train.batch_plan, accelerator), time.perf_counter()
    for number in range(batches.per_epoch):
        batches[number]
    taken = (time.perf_counter() - started) * config.num_images / len(held)
    size = config.num_images * 3 * config.image_size**2 / 1e6
    how = f"computed from a pass of {len(held):,}; memory on top of the rest"
    row("images in memory, a pass", f"{config.num_images:,}", taken, first, size, how)


def grow_shape(config: ScalingConfig, accelerator: Accelerator) -> None:
    """Time a step by image size and by network size."""
    first = 0.0
    for size in (32, 64, 128):
        step = Step(config, accelerator, image_size=size)
        taken = step.seconds(config.num_steps)
        first = first or taken
        row("pixels, a step", f"{size} x {size}", taken, first, memory_mb(), "measured")
        del step
    first = 0.0
    for factor in (1, 2, 4):
        step = Step(config, accelerator, base_channels=factor * config.base_channels)
        taken, count = step.seconds(config.num_steps), step.parameters
        first = first or taken
        row("parameters, a step", f"{count / 1e6:.1f} M", taken, first, memory_mb(), "measured")
        del step
    weights = 4 * count * 16 / 1e6
    how = "computed: time by parameters, memory of weights, gradients and both moments of Adam"
    row("parameters, a step", f"{4 * count / 1e6:.1f} M", 4 * taken, first, weights, how)


def grow_processes(config: ScalingConfig) -> None:
    """Time a step with the batch split over 1 and 2 processes, and compute it for 4 and 8."""
    taken: dict[int, float] = {}
    for count in (1, 2):
        flags = ["--part", "step", "--base_channels", config.base_channels, "--image_size", config.image_size]
        flags += ["--batch_size", config.batch_size, "--num_steps", config.num_steps]
        launch = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", count]
        command = [sys.executable, *launch, "-m", "training.bench.scaling", *flags]
        done = subprocess.run([*map(str, command)], capture_output=True, text=True)
        if done.returncode:
            raise TrainingError(f"{count} processes did not start: {done.stderr.strip().splitlines()[-1]}")
        seconds, memory = map(float, done.stdout.split("step ")[1].split()[:2])
        taken[count] = seconds
        row("processes, a step", str(count), seconds, taken[1], count * memory, "measured")
    exchange = max(0.0, taken[2] - taken[1] / 2)  # of gradients: a ring moves 2 (P - 1) / P of them
    for count in (4, 8):
        seconds = taken[1] / count + exchange * 2 * (count - 1) / count
        how = f"computed: step / {count} + {exchange:.2g} s x {2 * (count - 1) / count:.2f} of exchange"
        row("processes, a step", str(count), seconds, taken[1], count * memory, f"{how}, a core each")


def main(config: ScalingConfig) -> None:
    torch.set_num_threads(config.cpu_threads)
    accelerator = Accelerator()
    if config.part == "step":
        taken = Step(config, accelerator).seconds(config.num_steps)
        accelerator.print(f"step {taken} {memory_mb()}")
        accelerator.end_training()
        return
    print(f"{hardware(accelerator.device)}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}; DCGAN of")
    print(f"{config.base_channels} channels, {config.image_size} pixels, batch {config.batch_size}")
    with folder_of_images(config) as folder:
        started = time.perf_counter()
        images = load_images(str(folder), Path(), "train", 3, config.image_size, max_resident_gb=0)
        print(
            f"a folder of {config.num_images:,} images is listed in {time.perf_counter() - started:.0f} s\n"
        )
        bottleneck(config, Step(config, accelerator), images)
        print("\n| what grows | to | seconds | ratio | memory, MB | how |\n|---|---|---|---|---|---|")
        grow_images(config, accelerator, images)
    grow_shape(config, accelerator)
    grow_processes(config)


if __name__ == "__main__":
    run(main, ScalingConfig)
