"""A training step as a CUDA graph.

The networks here are so small that a GPU runs the kernels of a step sooner than Python asks for them.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import DynamoBackend
from torch import Tensor
from torch.optim import Optimizer


def can_capture(accelerator: Accelerator) -> bool:
    """Whether a step is the same kernels every time: of one process on a GPU, with an optimizer step for each
    batch, and no scale of the losses (fp16) that the host has to look at. Compiled ones were not tried."""
    return (
        accelerator.device.type == "cuda"
        and accelerator.num_processes == 1
        and accelerator.gradient_accumulation_steps == 1
        and not accelerator.scaler
        and accelerator.state.dynamo_plugin.backend == DynamoBackend.NO
    )


def learning_rates_as_numbers(optimizers: Iterable[Optimizer]) -> None:
    """Undo what `CapturedStep` makes of the optimizers' settings, for steps that are not captured."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group |= {"lr": float(group["lr"]), "capturable": False}


class CapturedStep:
    """`step(batch) -> dict[str, Tensor]`, recorded once and then replayed on new batches.

    Numbers are those of `step` itself but for the order of sums in some kernels: what it draws from the noise
    of a batch has that batch's seed. The tensors it returns are overwritten by the next call.
    """

    def __init__(
        self, step: Callable[[Any], dict[str, Tensor]], optimizers: list[Optimizer], first_steps: int = 3
    ) -> None:
        """The `first_steps` are not recorded: they allocate, choose algorithms, and may have shapes of their
        own."""
        self.step, self.optimizers, self.first_steps = step, optimizers, first_steps
        self.stream = torch.cuda.Stream()
        self.graph: torch.cuda.CUDAGraph | None = None
        self.batch: Any = None
        self.terms: dict[str, Tensor] = {}

    def __call__(self, batch: Any) -> dict[str, Tensor]:
        if self.first_steps:
            self.first_steps -= 1
            return self._beside(batch)
        if self.graph is None:
            try:
                self.graph = self._capture(batch)
            except RuntimeError as error:
                error.add_note("The step was being recorded; --no-cuda_graph launches it kernel by kernel")
                raise
        for kept, fresh in zip(_parts(self.batch), _parts(batch)):
            kept.x.copy_(fresh.x)
            if kept.labels is not None:
                kept.labels.copy_(fresh.labels)
            kept.noise.rng.manual_seed(fresh.noise.rng.initial_seed())
        self.graph.replay()
        return self.terms

    def _beside(self, batch: Any) -> dict[str, Tensor]:
        """A step on the stream that will be recorded."""
        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.stream):
            terms = self.step(batch)
        torch.cuda.current_stream().wait_stream(self.stream)
        return terms

    def _capture(self, batch: Any) -> torch.cuda.CUDAGraph:
        self.batch = batch  # its tensors are those that the graph reads from now on
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                rate = torch.tensor(float(group["lr"]), device=self.stream.device)
                group |= {"lr": rate, "capturable": True}  # the scheduler writes into the tensor
        graph = torch.cuda.CUDAGraph()
        for part in _parts(batch):
            graph.register_generator_state(part.noise.rng)
        # other threads, such as that which pins what a DataLoader read, may go on meanwhile
        with torch.cuda.graph(graph, stream=self.stream, capture_error_mode="thread_local"):
            self.terms = self.step(batch)
        return graph


def _parts(batch: Any) -> tuple[Any, ...]:
    return batch if isinstance(batch, tuple) else (batch,)
