"""Batches of training images and their random numbers, each a function of the seed and the batch's number.

A resumed run therefore goes on with the batches of an uninterrupted run, and several processes together see
the batches of a single one. Images in memory are kept on the device. Images on disk or on the Hub are read
ahead by worker processes.
"""

import os
import random
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count

import torch
from accelerate import Accelerator
from torch import Tensor
from torch.utils.data import DataLoader

from training.data import DataError, Images, Stream, to_float
from training.errors import ProcessError, TrainingError, reader_ended
from training.signals import outlive_signals


def derived_seed(*parts: object) -> int:
    """A seed that is a function of `parts`."""
    return random.Random("/".join(map(str, parts))).getrandbits(63)


@dataclass
class Noise:
    """Random numbers of one batch: this process's rows of the numbers that a single process would draw."""

    rng: torch.Generator
    rank: int = 0
    num_processes: int = 1

    def first_row(self, num_rows: int) -> int:
        """Number of the first of this process's `num_rows` rows in the whole batch."""
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
    """This process's share of a batch."""

    x: Tensor  # images (B, C, H, W) in [0, 1]
    labels: Tensor | None  # (B,)
    noise: Noise
    step: Tensor | None = None
    """number of the optimizer step that the batch is for, from 0; int64 () on the device, so that a recorded
    step reads it anew. None outside of training"""


@dataclass(frozen=True)
class BatchPlan:
    """How a run goes through its images (`LoopConfig.batch_plan`)."""

    batch_size: int
    """images of all processes together"""
    seed: int = 0
    accumulation: int = 1
    """batches for one optimizer step"""
    max_steps: int = 0
    """optimizer steps of the run; 0: epochs decide, which is not possible with a stream"""
    num_workers: int = 2
    """processes that read images from disk"""
    shuffle_buffer: int = 10_000
    """images in the buffer that shuffles a stream"""


def _moved(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor on the device. To CUDA it goes through pinned memory, so that this process does not wait."""
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


class Order:
    """Row numbers of the images that this process takes for a batch: one permutation an epoch.

    The permutation lies on the `device` of the images, so that indexing them moves nothing.
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
        return self._permutation[position * self.batch_size :][self.share]  # (B of this process,)


class Batches:
    """The batches of a set of images, by their number."""

    def __init__(self, images: Images, plan: BatchPlan, accelerator: Accelerator) -> None:
        self.stored, self.plan, self.device = images.stored, plan, accelerator.device
        # a stream has not been counted: its run is one pass
        streamed = plan.max_steps * plan.accumulation * plan.batch_size
        self.num_images = streamed if isinstance(images.stored, Stream) else images.num_images
        if self.num_images < plan.batch_size:
            raise TrainingError(
                f"batch_size {plan.batch_size} is more than the {self.num_images} training images; lower it"
            )
        if self.stored is None:
            self.pixels = images.pixels.to(self.device)
            self.labels = None if images.labels is None else images.labels.to(self.device)
        self.rank, self.num_processes = accelerator.process_index, accelerator.num_processes
        self.per_epoch = self.num_images // plan.batch_size
        share = plan.batch_size // self.num_processes
        self.share = slice(self.rank * share, (self.rank + 1) * share)
        indexed_on = self.device if self.stored is None else torch.device("cpu")
        self.order = Order(self.num_images, plan.batch_size, self.share, plan.seed, indexed_on)
        self._reader, self._next = iter(()), -1

    def __getitem__(self, number: int) -> Batch:
        if self.stored is None:
            rows = self.order[number]
            pixels, labels = self.pixels[rows], None if self.labels is None else self.labels[rows]
        else:
            pixels, labels = self._read(number)
        rng = torch.Generator(self.device).manual_seed(derived_seed(self.plan.seed, "noise", number))
        # `torch.tensor` would copy from the host, and wait for that
        step = torch.full((), number // self.plan.accumulation, dtype=torch.int64, device=self.device)
        return Batch(to_float(pixels), labels, Noise(rng, self.rank, self.num_processes), step)

    def _read(self, number: int) -> Iterator[Tensor | None]:
        """Pixels and labels of a batch that worker processes have read ahead."""
        if number != self._next:  # the first batch since this process started
            self._reader = iter(self._loader(number))
        self._next = number + 1
        try:
            found = next(self._reader)
        except (OSError, EOFError) as error:  # a worker was killed
            # torch's SIGCHLD handler would raise once more, at any later line of this process
            if hasattr(signal, "SIGCHLD"):  # not on Windows
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            raise ProcessError(reader_ended(error)) from error
        if isinstance(found, DataError):
            raise found
        return (part if part is None else _moved(part, self.device) for part in found)

    def _loader(self, first: int) -> DataLoader:
        """Batch `first` and all that follow, across epochs, so that the workers start once.

        Nothing in it may refer to `self`: workers end when their loader is freed, and a reference cycle would
        be freed late.
        """
        workers, stored = self.plan.num_workers, self.stored
        sampler = map(self.order.__getitem__, count(first))
        if isinstance(stored, Stream):
            stored = replace(
                stored,
                shuffle_buffer=self.plan.shuffle_buffer,
                seed=derived_seed(self.plan.seed, "order"),
                batch_size=self.plan.batch_size,
                share=self.share,
                first=first,
            )
            sampler, workers = None, min(workers, 1)  # several workers would change the order
        return DataLoader(
            stored,
            batch_size=None,  # the sampler's items are batches already
            sampler=sampler,
            num_workers=workers,
            pin_memory=self.device.type == "cuda",
            worker_init_fn=_leave_group,
            generator=torch.Generator(),  # the default, the global one, would change what models draw
        )


def _leave_group(_: int) -> None:
    """Put a worker into a process group of its own, so that Ctrl-C reaches only the process that trains."""
    if hasattr(os, "setpgrp"):  # not on Windows
        os.setpgrp()
    outlive_signals()


class UnpairedBatches:
    """Pairs of batches of two sets of images, each set in its own order. The larger set makes the epoch."""

    def __init__(self, a: Images, b: Images, plan: BatchPlan, accelerator: Accelerator) -> None:
        self.a, self.b = (
            Batches(images, replace(plan, seed=derived_seed(plan.seed, name)), accelerator)
            for images, name in ((a, "a"), (b, "b"))
        )
        self.num_images = max(self.a.num_images, self.b.num_images)
        self.per_epoch = max(self.a.per_epoch, self.b.per_epoch)

    def __getitem__(self, number: int) -> tuple[Batch, Batch]:
        return self.a[number], self.b[number]
