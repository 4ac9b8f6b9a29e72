"""The training loop that every script shares: steps, logging, snapshots, checkpoints.

A script supplies `step(batch) -> dict[str, Tensor]`, does its own backward in it, and so shows its
algorithm; this file knows nothing of models. Data order and noise are functions of (seed, batch number)
alone: a resumed run goes on with the numbers of an uninterrupted one, and several processes together see
those of one.
"""

import csv
import math
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Literal, NoReturn

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedType, InitProcessGroupKwargs, ProjectConfiguration, set_seed
from huggingface_hub import get_token
from safetensors import SafetensorError
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader
from torchvision.utils import save_image
from tqdm.auto import tqdm

from space.weights.side_files import frame_files
from training.cuda_graph import CapturedStep, can_capture, learning_rates_as_numbers
from training.data import MAX_RESIDENT_GB, DataError, Images, Stream, to_float
from training.durable import put_in_place, remove_folder, replacing
from training.publish import PublishError, one_line


class TrainingError(Exception):
    """A run that cannot start or go on; the message says what to do."""


class ProcessError(TrainingError):
    """What one of several processes may meet alone, so that it has to speak for itself."""


@dataclass(frozen=True)
class LoopConfig:
    """Flags that all training scripts share."""

    output_dir: Path
    """becomes the model folder; its name is the model's name"""
    dataset: str = "mnist"
    """mnist, fashion-mnist, fake, a folder of images, or the id of a data set on the Hub"""
    data_dir: Path = Path("data")
    """where built-in data lies or is downloaded to"""
    max_resident_gb: float = MAX_RESIDENT_GB
    """training images of a folder or of the Hub that have more pixels than this are read from disk while
    training, not held in memory; the weights are the same"""
    dataloader_num_workers: int = 2
    """processes that read images from disk, for each training process; 0: it reads them itself"""
    streaming: bool = False
    """read a data set of the Hub while training without keeping it on disk; needs max_steps"""
    shuffle_buffer: int = 10_000
    """images, as they are in their files, that each process holds with `streaming`, to draw from at random"""
    num_epochs: int = 20
    """passes over the training images"""
    max_steps: int = 0
    """stop after this many optimizer steps; 0: by epochs"""
    batch_size: int = 128
    """images a forward pass, over all processes together"""
    gradient_accumulation_steps: int = 1
    """batches for one optimizer step"""
    learning_rate: float = 1e-3
    """peak learning rate of AdamW; linear warm-up, then cosine decay to 0"""
    warmup_steps: int = 200
    """optimizer steps of warm-up"""
    weight_decay: float = 0.0
    """decoupled weight decay of AdamW"""
    max_grad_norm: float = 0.0
    """clip gradients to this norm; 0: never"""
    ema_decay: float = 0.0
    """decay a step of the moving average of the weights, which is then what is saved; 0: none"""
    mixed_precision: Literal["no", "fp16", "bf16"] = "no"
    """number format of the forward pass; weights and losses stay float32"""
    seed: int = 0
    """of weights, data order and noise"""
    cpu: bool = False
    """train on the CPU although there is a GPU"""
    cpu_threads: int = 0
    """threads of CPU arithmetic; 0: torch's choice, one a core. 1 suffers least from busy neighbours"""
    cuda_graph: bool = True
    """on one GPU, launch each step whole, not kernel by kernel; not in fp16, accumulated, or compiled"""
    logging_steps: int = 100
    """optimizer steps a row of history.csv; each picture has a row of its own as well"""
    num_snapshots: int = 14
    """pictures of the learning: before the first step, after the last, and up to three fewer than this many
    between, at geometrically growing distances"""
    checkpointing_steps: int = 1000
    """optimizer steps between checkpoints"""
    checkpoints_total_limit: int = 2
    """checkpoints kept"""
    resume_from_checkpoint: str = ""
    """'latest', or a checkpoint folder; those of later steps then go, and are made again"""
    report_to: tuple[Literal["tensorboard", "trackio", "wandb"], ...] = ()
    """trackers to log to"""
    push_to_hub: bool = False
    """push the model folder to the Hub at the end"""
    hub_model_id: str = ""
    """NAMESPACE/NAME; default: your account and the name of output_dir"""
    hub_private: bool = False
    """make the repository private"""
    hub_overwrite_card: bool = False
    """replace a model card that was edited on the Hub"""

    def __post_init__(self) -> None:
        at_least = {
            "num_epochs": 1,
            "max_steps": 0,
            "batch_size": 1,
            "gradient_accumulation_steps": 1,
            "warmup_steps": 0,
            "logging_steps": 1,
            "num_snapshots": 2,
            "checkpointing_steps": 1,
            "checkpoints_total_limit": 1,
            "cpu_threads": 0,
            "weight_decay": 0,
            "max_grad_norm": 0,
            "max_resident_gb": 0,
            "dataloader_num_workers": 0,
            "shuffle_buffer": 1,
        }
        for name, least in at_least.items():
            if not getattr(self, name) >= least:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: {least} or more")
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(f"learning_rate is {self.learning_rate}; allowed: more than 0")
        if not 0 <= self.ema_decay < 1:
            raise ValueError(f"ema_decay is {self.ema_decay}; allowed: 0 up to, but not, 1")
        if self.streaming and not self.max_steps:
            raise ValueError("streaming needs max_steps: how many images come is not known before they have")

    def batches_per_epoch(self, num_images: int) -> int:
        """Whole batches in an epoch; the rest is left out, other images each epoch."""
        return num_images // self.batch_size

    def total_steps(self, num_images: int) -> int:
        """Optimizer steps of the whole run."""
        batches = self.num_epochs * self.batches_per_epoch(num_images)
        return self.max_steps or max(1, batches // self.gradient_accumulation_steps)


NOT_MATHS = {
    "output_dir",
    "data_dir",
    "max_resident_gb",
    "dataloader_num_workers",
    "cpu",
    "cpu_threads",
    "cuda_graph",
    "num_snapshots",
    "checkpointing_steps",
    "checkpoints_total_limit",
    "resume_from_checkpoint",
    "report_to",
    "push_to_hub",
    "hub_model_id",
    "hub_private",
    "hub_overwrite_card",
}  # flags that change nothing in the weights: a resumed run may have others


SPLITS_WEIGHTS = DistributedType.FSDP, DistributedType.DEEPSPEED, DistributedType.MEGATRON_LM


def make_accelerator(config: LoopConfig) -> Accelerator:
    """Accelerator of a run, with the output folder made and the seed set."""
    if config.output_dir.exists() and not config.output_dir.is_dir():
        raise TrainingError(f"--output_dir {config.output_dir} is a file; give a folder")
    if config.push_to_hub and get_token() is None:
        raise TrainingError("--push_to_hub needs an access token: run `hf auth login`, or set HF_TOKEN")
    launched = os.environ.get("ACCELERATE_MIXED_PRECISION", "no").lower()  # "no" too where it is told nothing
    if launched not in ("no", config.mixed_precision):
        raise TrainingError(
            f"the launcher is told mixed_precision {launched}, the script {config.mixed_precision}; "
            f"give --mixed_precision {launched} after the name of the script, or no to the launcher"
        )
    if config.cpu_threads:
        torch.set_num_threads(config.cpu_threads)
    accelerator = Accelerator(
        cpu=config.cpu,
        mixed_precision=config.mixed_precision,
        gradient_accumulation_steps=config.gradient_accumulation_steps,
        log_with=list(config.report_to) or None,
        # the others wait while the main process evaluates
        kwargs_handlers=[InitProcessGroupKwargs(timeout=timedelta(hours=12))],
        project_config=ProjectConfiguration(
            str(config.output_dir), logging_dir=str(config.output_dir / "logs")
        ),
    )
    if accelerator.distributed_type in SPLITS_WEIGHTS:
        raise TrainingError(
            f"{accelerator.distributed_type.value} splits the weights, and what is averaged and saved here "
            "is whole; launch with --multi_gpu, which keeps a copy on each GPU"
        )
    torch.backends.cudnn.benchmark = True  # all steps have the same shapes
    if config.mixed_precision == "fp16" and not accelerator.native_amp:
        raise TrainingError("--mixed_precision fp16 needs a GPU; on a CPU give bf16 or no")
    if config.batch_size % accelerator.num_processes:
        raise TrainingError(
            f"batch_size {config.batch_size} cannot be split over {accelerator.num_processes} processes"
        )
    if not config.resume_from_checkpoint and list_checkpoints(config):
        raise TrainingError(
            f"{config.output_dir} holds a run already. Add --resume_from_checkpoint latest to go on with it, "
            "or choose another --output_dir"
        )
    config.output_dir.mkdir(parents=True, exist_ok=True)
    set_seed(config.seed)
    return accelerator


def load_splits(config: LoopConfig, accelerator: Accelerator, load: Callable[..., Any], *shape: int) -> Any:
    """Training and test split as `load_images` or `load_domains` gives them, in `shape` (channels, size)."""
    how = config.max_resident_gb, config.streaming
    with accelerator.local_main_process_first():  # one process a machine downloads, the others find it there
        return [load(config.dataset, config.data_dir, split, *shape, *how) for split in ("train", "test")]


def adamw(
    parameters: Iterator[nn.Parameter], config: LoopConfig, betas: tuple[float, float] = (0.9, 0.999)
) -> Optimizer:
    """AdamW in one kernel for all parameters."""
    return torch.optim.AdamW(
        parameters, lr=config.learning_rate, betas=betas, weight_decay=config.weight_decay, fused=True
    )


def warmup_cosine(optimizer: Optimizer, config: LoopConfig, total_steps: int) -> LambdaLR:
    """Linear warm-up, then half a cosine down to 0."""
    return _after_warmup(
        optimizer, config, total_steps, lambda step: 0.5 * (1 + math.cos(math.pi * step / total_steps))
    )


def linear_decay(optimizer: Optimizer, config: LoopConfig, total_steps: int, start: float) -> LambdaLR:
    """Linear warm-up, constant up to the share `start` of the run, then linear down to 0 at its end."""

    def decay(step: int) -> float:
        done = step / total_steps
        return 1.0 if done <= start else (1 - done) / (1 - start)

    return _after_warmup(optimizer, config, total_steps, decay)


def _after_warmup(
    optimizer: Optimizer, config: LoopConfig, total_steps: int, decay: Callable[[int], float]
) -> LambdaLR:
    """Linear warm-up times `decay`, a function of the step up to `total_steps`."""

    def scale(step: int) -> float:
        warmup = min(1.0, (step + 1) / (config.warmup_steps + 1))
        return warmup * decay(min(step, total_steps))

    return LambdaLR(optimizer, scale)


def update(
    accelerator: Accelerator, config: LoopConfig, optimizer: Optimizer, loss: Tensor, *networks: nn.Module
) -> None:
    """A step of the `optimizer` of the `networks` down `loss`, with all that the config asks of gradients."""
    accelerator.backward(loss)
    descend(accelerator, config, optimizer, *networks)


def descend(accelerator: Accelerator, config: LoopConfig, optimizer: Optimizer, *networks: nn.Module) -> None:
    """The step of `update`, for `networks` that have their gradients already."""
    if accelerator.sync_gradients and config.max_grad_norm:
        # fp16: of this optimizer alone, as accelerate's own clipping does not; others may have half of theirs
        accelerator.unscale_gradients(optimizer)
        parameters = [parameter for network in networks for parameter in network.parameters()]
        nn.utils.clip_grad_norm_(parameters, config.max_grad_norm)
    optimizer.step()
    optimizer.zero_grad()


class MovingAverage(AveragedModel):
    """Exponential moving average of weights and buffers.

    The first steps decay faster, so that the average soon forgets the untrained weights. What torch's own
    `update_parameters` does, but that one copies the counter to the device, and waits for it at every step.
    It is always the same model that is averaged, and its tensors stay the same.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        super().__init__(model, use_buffers=True)
        self.decay = decay
        self._pairs: list[tuple[list[Tensor], ...]] = []  # of an average and what it averages

    @torch.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        if not self._pairs:  # to find them takes long
            averages, currents = (
                [*network.parameters(), *network.buffers()] for network in (self.module, model)
            )
            for of_floats in (True, False):  # what averages tells by the first of a list
                pairs = [p for p in zip(averages, currents) if p[0].is_floating_point() == of_floats]
                if pairs:
                    self._pairs.append(tuple(map(list, zip(*pairs))))
        count = int(self.n_averaged)  # on the CPU, wherever the weights are
        update = get_ema_multi_avg_fn(min(self.decay, (1 + count) / (10 + count)) if count else 0.0)
        for pair in self._pairs:
            update(*pair, None)
        self.n_averaged += 1


def moving_average(model: nn.Module, config: LoopConfig) -> MovingAverage | None:
    """The average of the weights, if the run wants one."""
    return MovingAverage(model, config.ema_decay) if config.ema_decay else None


def derived_seed(*parts: object) -> int:
    """A seed that is a function of `parts`."""
    return random.Random("/".join(map(str, parts))).getrandbits(63)


@dataclass
class Noise:
    """Random numbers of one batch: this process's rows of what one process alone would draw."""

    rng: torch.Generator
    rank: int = 0
    num_processes: int = 1

    def first_row(self, num_rows: int) -> int:
        """Where the first of this process's `num_rows` rows is in the whole batch."""
        return self.rank * num_rows

    def _rows(self, draw: Callable[..., Tensor], shape: torch.Size) -> Tensor:
        n = shape[0]
        every = draw(n * self.num_processes, *shape[1:], generator=self.rng, device=self.rng.device)
        return every[self.first_row(n) :][:n]

    def normal_like(self, x: Tensor) -> Tensor:
        """N(0, 1) of x's shape."""
        return self._rows(torch.randn, x.shape)

    def uniform_like(self, x: Tensor) -> Tensor:
        """U[0, 1) of x's shape."""
        return self._rows(torch.rand, x.shape)


@dataclass
class Batch:
    """This process's share of a batch: images `x` (B, C, H, W) in [0, 1], their labels (B,), and noise."""

    x: Tensor
    labels: Tensor | None
    noise: Noise


def _moved(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor on the device; CUDA fetches it from pinned memory, and is not waited for."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


class Order:
    """Which images this process takes for a batch: a permutation an epoch, a function of the seed.

    It lies on the `device` where the images are, so that a step moves nothing there.
    """

    def __init__(
        self, num_images: int, batch_size: int, share: slice, seed: int, device: torch.device
    ) -> None:
        self.num_images, self.batch_size, self.share, self.seed = num_images, batch_size, share, seed
        self.device = device
        self._epoch, self._permutation = -1, torch.empty(0)

    def __getitem__(self, number: int) -> Tensor:
        epoch, position = divmod(number, self.num_images // self.batch_size)
        if epoch != self._epoch:
            rng = torch.Generator().manual_seed(derived_seed(self.seed, "order", epoch))
            order = torch.randperm(self.num_images, generator=rng)
            self._epoch, self._permutation = epoch, _moved(order, self.device)
        return self._permutation[position * self.batch_size :][self.share]


class Batches:
    """The training images in an order that is a function of the seed, by batch number."""

    def __init__(
        self, images: Images, config: LoopConfig, accelerator: Accelerator, seed: int | None = None
    ) -> None:
        """`seed` is the run's own unless a run needs several orders."""
        self.stored, self.config, self.device = images.stored, config, accelerator.device
        # nobody has counted a stream: the run is one pass
        passed = config.max_steps * config.gradient_accumulation_steps * config.batch_size
        self.num_images = passed if isinstance(images.stored, Stream) else images.num_images
        if self.num_images < config.batch_size:
            raise TrainingError(
                f"batch_size {config.batch_size} is more than the {self.num_images} training images; lower it"
            )
        if self.stored is None:
            self.pixels = images.pixels.to(self.device)
            self.labels = None if images.labels is None else images.labels.to(self.device)
        self.seed = config.seed if seed is None else seed
        self.rank, self.num_processes = accelerator.process_index, accelerator.num_processes
        self.per_epoch = config.batches_per_epoch(self.num_images)
        share = config.batch_size // self.num_processes
        self.share = slice(self.rank * share, (self.rank + 1) * share)
        beside = self.device if self.stored is None else torch.device("cpu")
        self.order = Order(self.num_images, config.batch_size, self.share, self.seed, beside)
        self._reader, self._next = iter(()), -1

    def __getitem__(self, number: int) -> Batch:
        if self.stored is None:
            rows = self.order[number]
            pixels, labels = self.pixels[rows], None if self.labels is None else self.labels[rows]
        else:
            pixels, labels = self._read(number)
        rng = torch.Generator(self.device).manual_seed(derived_seed(self.seed, "noise", number))
        return Batch(to_float(pixels), labels, Noise(rng, self.rank, self.num_processes))

    def _read(self, number: int) -> Iterator[Tensor | None]:
        """Pixels and labels of a batch that worker processes have read ahead."""
        if number != self._next:  # the first one, also of a resumed run
            self._reader = iter(self._loader(number))
        self._next = number + 1
        try:
            found = next(self._reader)
        except (OSError, EOFError) as error:  # the pipe of a worker that was killed
            # torch's handler would raise once more, wherever this process is by then
            if hasattr(signal, "SIGCHLD"):  # not on Windows
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            raise ProcessError(_reader_ended(error)) from error
        if isinstance(found, DataError):
            raise found
        return (part if part is None else _moved(part, self.device) for part in found)

    def _loader(self, first: int) -> DataLoader:
        """Batch `first` and all that follow, across epochs, so that its workers start once.

        Nothing in it may lead back to `self`: workers end with what holds them, but slowly in a cycle.
        """
        workers, stored = self.config.dataloader_num_workers, self.stored
        sampler = map(self.order.__getitem__, count(first))
        if isinstance(stored, Stream):
            stored = replace(
                stored,
                shuffle_buffer=self.config.shuffle_buffer,
                seed=derived_seed(self.seed, "order"),
                batch_size=self.config.batch_size,
                share=self.share,
                first=first,
            )
            sampler, workers = None, min(workers, 1)  # several would change the order
        return DataLoader(
            stored,
            batch_size=None,  # the sampler's items are batches already
            sampler=sampler,
            num_workers=workers,
            pin_memory=self.device.type == "cuda",
            worker_init_fn=_leave_group,
            generator=torch.Generator(),  # else it draws from the global one, and a model would see that
        )


def _reader_ended(error: Exception) -> str:
    return (
        f"a process that reads images ended ({one_line(error)}). If memory is short, "
        "--dataloader_num_workers 0 takes less; --resume_from_checkpoint latest goes on"
    )


def _leave_group(_: int) -> None:
    """A worker in a process group of its own: Ctrl-C is for the process that saves the checkpoint."""
    if hasattr(os, "setpgrp"):  # not on Windows
        os.setpgrp()


class UnpairedBatches:
    """Batches of two sets of images, each in an order of its own; an epoch is one of the larger set."""

    def __init__(self, a: Images, b: Images, config: LoopConfig, accelerator: Accelerator) -> None:
        self.a, self.b = (
            Batches(images, config, accelerator, derived_seed(config.seed, name))
            for images, name in ((a, "a"), (b, "b"))
        )
        self.num_images = max(self.a.num_images, self.b.num_images)
        self.per_epoch = max(self.a.per_epoch, self.b.per_epoch)

    def __getitem__(self, number: int) -> tuple[Batch, Batch]:
        return self.a[number], self.b[number]


@dataclass
class Progress:
    """Where a run stands; part of each checkpoint."""

    maths: dict[str, Any]
    step: int = 0
    logged: int = 0
    """step of the latest row of losses"""
    seconds: float = 0.0
    sums: dict[str, float] = field(default_factory=dict)

    def state_dict(self) -> dict[str, Any]:
        return asdict(self)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        changed = [k for k in self.maths if self.maths[k] != state["maths"].get(k)]
        if changed:
            raise TrainingError(
                "the checkpoint was made with other values of "
                + ", ".join(f"{k} ({state['maths'].get(k)}, now {self.maths[k]})" for k in changed)
                + "; resume with the same ones"
            )
        self.__dict__.update(state)


def list_checkpoints(config: LoopConfig) -> list[Path]:
    """Complete checkpoints of a run, oldest first."""
    found = config.output_dir.glob("checkpoints/checkpoint-*")
    return sorted((path for path in found if path.name[11:].isdecimal()), key=_step_of)


def _step_of(checkpoint: Path) -> int:
    return int(checkpoint.name[11:])


def remove_later(config: LoopConfig, step: int) -> None:
    """Checkpoints and pictures beyond the `step` where a run begins: it makes them again, or is another."""
    for checkpoint in list_checkpoints(config):
        if _step_of(checkpoint) > step:
            remove_folder(checkpoint)
    for later, picture in frame_files(config.output_dir):
        if later > step:
            picture.unlink()


def remove_old_checkpoints(config: LoopConfig) -> None:
    """All but the latest, and what a run that was killed left of one that it was writing or removing."""
    for left in (config.output_dir / "checkpoints").glob("partial-*"):
        shutil.rmtree(left)
    for old in list_checkpoints(config)[: -config.checkpoints_total_limit]:
        remove_folder(old)


def save_checkpoint(accelerator: Accelerator, config: LoopConfig, step: int) -> None:
    """Whole or not at all: written under another name, then renamed; the oldest ones go."""
    final = config.output_dir / "checkpoints" / f"checkpoint-{step}"
    partial = final.with_name(f"partial-{step}")
    if accelerator.is_main_process:
        partial.mkdir(parents=True)
    accelerator.wait_for_everyone()
    with writing(f"the checkpoint of step {step}", partial):
        accelerator.save_state(str(partial), safe_serialization=True)
        accelerator.wait_for_everyone()
        if accelerator.is_main_process:
            put_in_place(partial, final)
            remove_old_checkpoints(config)
    accelerator.wait_for_everyone()


@contextmanager
def writing(what: str, partial: Path) -> Iterator[None]:
    """`ProcessError` where a disk is full or broken; half of something that lies in `partial` goes."""
    try:
        yield
    except (
        OSError,
        RuntimeError,
        SafetensorError,
    ) as error:  # torch and safetensors have errors of their own
        shutil.rmtree(partial, ignore_errors=True)
        raise ProcessError(
            f"{what} cannot be written: {one_line(error)}. What was saved before is whole"
        ) from error


def load_checkpoint(accelerator: Accelerator, config: LoopConfig, progress: Progress) -> None:
    """Restore weights, optimizers, schedulers, averages and, which is the last of them, `progress`."""
    if config.resume_from_checkpoint == "latest":
        checkpoints = list_checkpoints(config)
        if not checkpoints:
            raise TrainingError(
                f"{config.output_dir} holds no checkpoint to resume from; "
                "start without --resume_from_checkpoint"
            )
        folder = checkpoints[-1]
    else:
        folder = Path(config.resume_from_checkpoint)
        if not (folder / "random_states_0.pkl").exists():
            raise TrainingError(f"{folder} is not a checkpoint; give 'latest' or a checkpoint-<step> folder")
    try:
        parts = [f"custom_checkpoint_{i}.pkl" for i in range(len([*folder.glob("custom_checkpoint_*.pkl")]))]
        # accelerate runs what code these hold, so they are read without any before
        states = [torch.load(folder / part, map_location="cpu", weights_only=True) for part in parts]
        progress.load_state_dict(states[-1])  # compares the flags: weights of another shape are no damage
        accelerator.load_state(str(folder))
        learning_rates_as_numbers(accelerator._optimizers)
    except (SafetensorError, UnpicklingError, RuntimeError, OSError, EOFError, LookupError) as error:
        raise TrainingError(
            f"{folder} cannot be read: {one_line(error)}; "
            "give --resume_from_checkpoint the folder of an earlier one"
        ) from error


class History:
    """history.csv: a row every `logging_steps`; a column stays empty in rows that have no value for it."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, []

    def keep_until(self, step: int) -> None:
        """Read the rows of an earlier part of the run, up to `step`."""
        if self.path.exists():
            with self.path.open(newline="") as file:
                self.rows = [row for row in csv.DictReader(file) if int(row["step"]) <= step]

    def add(self, row: dict[str, Any]) -> None:
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


def snapshot_steps(total_steps: int, num_snapshots: int) -> set[int]:
    """0, the n - 3 steps total^(i / (n - 2)) for n = `num_snapshots`, rounded, and the total: most change is
    early. That leaves out 1, and counts equal ones once."""
    last = num_snapshots - 2
    return {0, total_steps} | {round(total_steps ** (i / last)) for i in range(1, last)}


@contextmanager
def stop_on_signal() -> Iterator[Callable[[], bool]]:
    """Yields a function that says whether Ctrl-C or a termination was asked for; a second Ctrl-C is real."""
    asked: list[int] = []
    handlers: dict[int, Any] = {}

    def note(number: int, frame: object) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, handlers[signal.SIGINT])

    for number in (signal.SIGINT, signal.SIGTERM):
        handlers[number] = signal.signal(number, note)
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


AFTER_STEP: list[Callable[[], None]] = []
"""called after each optimizer step of `fit`; torch's own hooks hear nothing of those of a CUDA graph"""


def fit(
    config: LoopConfig,
    accelerator: Accelerator,
    batches: Batches | UnpairedBatches,
    step: Callable[[Any], dict[str, Tensor]],
    *,
    schedulers: list[LambdaLR],
    after_step: Callable[[], None],
    validate: Callable[[], dict[str, float]],
    snapshot: Callable[[], Tensor],
    to_checkpoint: list[Any],
    first_steps: int = 0,
) -> Progress:
    """Train until `config` says so, and return the progress (its `seconds` count all parts of the run).

    `step` treats one of the `batches` and returns scalar tensors to log; each optimizer step is followed by
    one of the `schedulers`, then by `after_step`;
    `validate` gives test losses and `snapshot` a grid of images (C, H, W), both at a dozen steps;
    `to_checkpoint` holds what else is to be restored (averages).
    After the `first_steps` of a run, and of each part that was resumed, all steps have the same shapes, which
    a CUDA graph needs.
    Raises `TrainingError`, also when a logged value or a weight to save is not finite: the last checkpoint is
    then good.
    """
    maths = {k: v for k, v in flat(asdict(config)).items() if k not in NOT_MATHS}
    progress = Progress(maths)
    accelerator.register_for_checkpointing(*schedulers, *to_checkpoint, progress)
    history = History(config.output_dir / "history.csv")
    if config.resume_from_checkpoint:
        load_checkpoint(accelerator, config, progress)
        history.keep_until(progress.step)
    accelerator.wait_for_everyone()  # all have read the checkpoint
    if accelerator.is_main_process:  # also where the last checkpoint is there, and none will be saved
        remove_later(config, progress.step)
        remove_old_checkpoints(config)
    accelerator.init_trackers(config.output_dir.name, config={k: str(v) for k, v in maths.items()})
    accumulation = config.gradient_accumulation_steps
    total, main = config.total_steps(batches.num_images), accelerator.is_main_process
    pictured = snapshot_steps(total, config.num_snapshots)
    recent: list[Tensor] = []  # what each step gave since the last check

    def position() -> dict[str, Any]:
        epoch = progress.step * accumulation / batches.per_epoch
        return {"step": progress.step, "epoch": round(epoch, 3)}

    def take_snapshot() -> None:
        if not main:
            return
        losses = {f"test_{key}": value for key, value in validate().items()}
        history.add({**position(), **{key: f"{value:.6g}" for key, value in losses.items()}})
        history.write()
        picture, path = snapshot(), config.output_dir / "samples" / f"step-{progress.step:06d}.png"
        path.parent.mkdir(exist_ok=True)
        with replacing(path) as fresh:
            save_image(picture, fresh, format="png")
        accelerator.log(losses, step=progress.step)
        for tracker in accelerator.trackers:
            if tracker.name == "tensorboard":
                tracker.writer.add_image("samples", picture, progress.step)

    def check(saves: bool) -> None:
        wrong = ""
        wrong_sums = ((progress.step, *term) for term in progress.sums.items() if not math.isfinite(term[1]))
        if last := next(wrong_sums, None):
            first = progress.step - len(recent) + 1
            # only now by step: each look at a value waits for the device
            table = accelerator.reduce(torch.stack(recent), reduction="mean").tolist()
            values = (
                (step, *term) for step, row in enumerate(table, first) for term in zip(progress.sums, row)
            )
            wrong_values = [found for found in values if not math.isfinite(found[2])] or [last]
            step = wrong_values[0][0]
            wrong = " and ".join(f"{key} is {value}" for at, key, value in wrong_values if at == step)
            wrong += f" at step {step}"
        elif saves:  # a finite loss can have a gradient that is not
            weights = (item for model in accelerator._models for item in model.state_dict().items())
            bad = next((name for name, weight in weights if not weight.isfinite().all()), None)
            wrong = bad and f"{bad} is not finite after step {progress.step}"
        if wrong:
            raise TrainingError(
                f"{wrong}; the last checkpoint is from before. Try a lower --learning_rate, "
                "--max_grad_norm 1, or --mixed_precision no"
            )
        recent.clear()

    if progress.step == 0:
        take_snapshot()
    if config.cuda_graph and can_capture(accelerator):
        step = CapturedStep(step, accelerator._optimizers, accelerator.device, first_steps)
    sums = None  # of each term since the latest row of losses
    if progress.sums:
        sums = torch.tensor(list(progress.sums.values()), device=accelerator.device)
    window, started, seconds_before = time.perf_counter(), time.perf_counter(), progress.seconds
    timed = progress.step  # where the window begins: the latest row may be from before an interruption
    bar = tqdm(total=total, initial=progress.step, disable=not main, unit="step", dynamic_ncols=True)
    with stop_on_signal() as asked_to_stop, bar:
        while progress.step < total:
            terms: dict[str, Tensor] = {}
            for part in range(accumulation):
                for name, value in step(batches[progress.step * accumulation + part]).items():
                    terms[name] = terms[name] + value.detach() if name in terms else value.detach()
            for scheduler in schedulers:
                scheduler.step()
            after_step()
            progress.step += 1
            bar.update()
            for told in AFTER_STEP:
                told()
            # on the device until they are logged: no synchronisation within the window
            recent.append(torch.stack(list(terms.values())) / accumulation)
            sums = recent[-1] if sums is None else sums + recent[-1]

            stop = asked_to_stop()
            if accelerator.num_processes > 1 and progress.step % 10 == 0:  # all must stop at the same step
                stop = bool(accelerator.reduce(torch.tensor(float(stop), device=accelerator.device)) > 0)
            elif accelerator.num_processes > 1:
                stop = False
            pictures = progress.step in pictured
            logs = progress.step % config.logging_steps == 0 or progress.step == total or pictures
            saves = progress.step % config.checkpointing_steps == 0 or progress.step == total or stop
            if logs or saves:
                # of all processes: what each checks, and a checkpoint holds, is then true of the whole batch
                sums = accelerator.reduce(sums, reduction="mean")
                progress.sums = dict(zip(terms, sums.tolist()))
                check(saves)
                progress.seconds = seconds_before + time.perf_counter() - started
            if logs:
                count = progress.step - progress.logged
                batches_timed = (progress.step - timed) * accumulation
                speed = batches_timed * config.batch_size / (time.perf_counter() - window)
                row = {
                    **position(),
                    "learning_rate": f"{schedulers[0].get_last_lr()[0]:.6g}",
                    "images_per_second": round(speed),
                    **{key: f"{value / count:.6g}" for key, value in progress.sums.items()},
                }
                history.add(row)
                accelerator.log({k: float(v) for k, v in row.items() if k != "step"}, step=progress.step)
                bar.set_postfix({k: row[k] for k in progress.sums} | {"images/s": row["images_per_second"]})
                sums, progress.sums, progress.logged = None, {}, progress.step
                window, timed = time.perf_counter(), progress.step
            paused = time.perf_counter()
            if pictures:
                take_snapshot()
            if saves:
                if main:
                    history.write()
                save_checkpoint(accelerator, config, progress.step)
            window += time.perf_counter() - paused  # images_per_second is that of training alone
            if stop and progress.step < total:
                accelerator.end_training()
                raise TrainingError(
                    f"stopped at step {progress.step} of {total}, checkpoint saved. "
                    "Go on with the same command and --resume_from_checkpoint latest"
                )
    accelerator.wait_for_everyone()
    return progress


def flat(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """{'model': {'latent_dim': 2}} -> {'model.latent_dim': 2}."""
    leaves: dict[str, Any] = {}
    for key, value in tree.items():
        leaves |= flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key: value}
    return leaves


def run(main: Callable[[Any], None], config_class: type) -> None:
    """Parse flags, call `main`, and end with one sentence where a run cannot start or go on."""
    import tyro

    try:
        main(tyro.cli(config_class))
    except (ProcessError, DataError, OSError) as error:  # the last: a full disk
        _end(error, alone=True)
    except (TrainingError, PublishError) as error:
        _end(error)
    except RuntimeError as error:  # torch raises it, wherever the run is when a worker is killed
        if "DataLoader worker" not in str(error):
            raise
        _end(_reader_ended(error), alone=True)


def _end(error: Exception | str, alone: bool = False) -> NoReturn:
    """Exit with a sentence, which one process of each machine says, but each that may be `alone` with it."""
    if alone or os.environ.get("LOCAL_RANK", "0") == "0":
        rank = f"[rank {os.environ['RANK']}] " if os.environ.get("WORLD_SIZE", "1") != "1" else ""
        print(f"{rank}error: {error}", file=sys.stderr)
    sys.exit(1)
