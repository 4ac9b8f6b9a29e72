"""Training steps recorded as a CUDA graph and replayed.

The networks here are so small that a GPU runs a step's kernels faster than Python launches them.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DynamoBackend
from torch import Tensor
from torch.optim import Optimizer

WARM_UP = 3
"""steps before the recorded one; PyTorch allocates memory and chooses algorithms in them"""


def can_capture(accelerator: Accelerator) -> bool:
    """Whether every step runs the same kernels, so that one can be recorded.

    That takes one process on a GPU, an optimizer step for each batch, and no loss scale (fp16), which the CPU
    would have to read. Compiled steps were not tried.
    """
    return (
        accelerator.device.type == "cuda"
        and accelerator.num_processes == 1
        and accelerator.gradient_accumulation_steps == 1
        and not accelerator.scaler
        and accelerator.state.dynamo_plugin.backend == DynamoBackend.NO
    )


def learning_rates_as_numbers(optimizers: Iterable[Optimizer]) -> None:
    """Undo the changes of `CapturedStep` to the optimizers' settings, for steps that are not captured."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group |= {"lr": float(group["lr"]), "capturable": False}


class CapturedStep:
    """Calls `step(batch) -> dict[str, Tensor]` at first, then records one call and replays it on new batches.

    A replay uses the new batch's images, labels, step number and noise. Two things differ from `step`:
    learning rates are float32 on the `device`, and some kernels sum in another order each time. Each call
    overwrites the tensors that the previous one returned.
    """

    def __init__(
        self,
        step: Callable[[Any], dict[str, Tensor]],
        optimizers: list[Optimizer],
        device: torch.device,
        first_steps: int = 0,
    ) -> None:
        """The `first_steps` may differ in shape from the later ones; they are not recorded."""
        self.step, self.optimizers, self.device = step, optimizers, device
        self.eager_steps = first_steps + WARM_UP
        self.graph: torch.cuda.CUDAGraph | None = None
        self.batch: Any = None
        self.terms: dict[str, Tensor] = {}

    @cached_property
    def stream(self) -> torch.cuda.Stream:
        """The CUDA stream that steps run on and are recorded on."""
        return torch.cuda.Stream(self.device)

    def __call__(self, batch: Any) -> dict[str, Tensor]:
        if self.eager_steps:
            self.eager_steps -= 1
            return self._beside(batch)
        if self.graph is None:
            try:
                self._capture(batch)
            except RuntimeError as error:
                error.add_note("The step was being recorded; --no-cuda_graph launches it kernel by kernel")
                raise
        for kept, fresh in zip(_parts(self.batch), _parts(batch)):
            kept.x.copy_(fresh.x)
            if kept.labels is not None:
                kept.labels.copy_(fresh.labels)
            kept.step.copy_(fresh.step)
            kept.noise.rng.manual_seed(fresh.noise.rng.initial_seed())
        self.graph.replay()
        return self.terms

    def _beside(self, batch: Any) -> dict[str, Tensor]:
        """Run a step on `stream`, without recording."""
        others = torch.cuda.current_stream(self.device)
        self.stream.wait_stream(others)
        with torch.cuda.stream(self.stream):
            terms = self.step(batch)
        others.wait_stream(self.stream)
        return terms

    def _capture(self, batch: Any) -> None:
        self.batch = batch  # every replay reads the tensors of this batch
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                rate = torch.tensor(float(group["lr"]), device=self.device)
                group |= {"lr": rate, "capturable": True}  # the scheduler writes into the tensor
        self.graph, self.terms = self._record()

    def _record(self) -> tuple[torch.cuda.CUDAGraph, dict[str, Tensor]]:
        """A graph of one step, which reads the tensors of `self.batch`, and the tensors it writes to."""
        graph = torch.cuda.CUDAGraph()
        for part in _parts(self.batch):
            graph.register_generator_state(part.noise.rng)
        # other threads may use CUDA meanwhile, such as the one that pins a DataLoader's batches
        with torch.cuda.graph(graph, stream=self.stream, capture_error_mode="thread_local"):
            terms = self.step(self.batch)
        return graph, terms


def _parts(batch: Any) -> tuple[Any, ...]:
    return batch if isinstance(batch, tuple) else (batch,)
