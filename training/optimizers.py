"""AdamW, learning-rate schedules, the optimizer step, and the moving average of the weights."""

import math
from collections.abc import Callable, Iterator

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


def adamw(
    parameters: Iterator[nn.Parameter],
    learning_rate: float,
    weight_decay: float = 0.0,
    betas: tuple[float, float] = (0.9, 0.999),
) -> Optimizer:
    """AdamW, fused: one kernel updates all parameters."""
    return torch.optim.AdamW(parameters, lr=learning_rate, betas=betas, weight_decay=weight_decay, fused=True)


def warmup_cosine(optimizer: Optimizer, warmup_steps: int, total_steps: int) -> LambdaLR:
    """Linear warm-up, then half a cosine down to 0."""
    return _after_warmup(
        optimizer, warmup_steps, total_steps, lambda step: 0.5 * (1 + math.cos(math.pi * step / total_steps))
    )


def linear_decay(
    optimizer: Optimizer,
    warmup_steps: int,
    total_steps: int,
    start: float,
    drop_after: int = 0,
    drop_to: float = 1.0,
) -> LambdaLR:
    """Linear warm-up, constant up to the share `start` of the run, then linear down to 0 at its end.

    After `drop_after` steps all of it is times `drop_to`.
    """

    def decay(step: int) -> float:
        done = step / total_steps
        share = 1.0 if done <= start else (1 - done) / (1 - start)
        return share * drop_to if step >= drop_after else share

    return _after_warmup(optimizer, warmup_steps, total_steps, decay)


def _after_warmup(
    optimizer: Optimizer, warmup_steps: int, total_steps: int, decay: Callable[[int], float]
) -> LambdaLR:
    """A schedule of linear warm-up times `decay(step)`, with steps up to `total_steps`."""

    def scale(step: int) -> float:
        warmup = min(1.0, (step + 1) / (warmup_steps + 1))
        return warmup * decay(min(step, total_steps))

    return LambdaLR(optimizer, scale)


def update(
    accelerator: Accelerator, optimizer: Optimizer, loss: Tensor, *networks: nn.Module, max_grad_norm: float
) -> None:
    """Compute the gradients of `loss`, then `descend`."""
    accelerator.backward(loss)
    descend(accelerator, optimizer, *networks, max_grad_norm=max_grad_norm)


def descend(
    accelerator: Accelerator, optimizer: Optimizer, *networks: nn.Module, max_grad_norm: float
) -> None:
    """Step the `optimizer` of the `networks`, whose gradients are computed.

    Gradients are clipped to `max_grad_norm`; 0: never. While they accumulate, accelerate's optimizer makes no
    step and keeps them.
    """
    if accelerator.sync_gradients and max_grad_norm:
        # fp16: unscale this optimizer alone. accelerate's clipping unscales all, also gradients not yet done
        accelerator.unscale_gradients(optimizer)
        parameters = [parameter for network in networks for parameter in network.parameters()]
        nn.utils.clip_grad_norm_(parameters, max_grad_norm)
    optimizer.step()
    optimizer.zero_grad()


class MovingAverage(AveragedModel):
    """Exponential moving average of weights and buffers.

    The first steps decay faster, so that the average soon forgets the untrained weights. The result is that
    of torch's `update_parameters`, which however copies a counter to the device at every step and waits.
    Always pass the same model, whose tensors stay the same.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        super().__init__(model, use_buffers=True)
        self.decay = decay
        self._pairs: list[
            tuple[list[Tensor], ...]
        ] = []  # (averages, current tensors); kept, for finding them is slow

    @torch.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        if not self._pairs:
            self._find_pairs(model)
        count = int(self.n_averaged)  # on the CPU, even if the weights are not
        update = get_ema_multi_avg_fn(min(self.decay, (1 + count) / (10 + count)) if count else 0.0)
        for pair in self._pairs:
            update(*pair, None)
        self.n_averaged += 1

    def _find_pairs(self, model: nn.Module) -> None:
        averages, currents = ([*network.parameters(), *network.buffers()] for network in (self.module, model))
        for of_floats in (True, False):  # the update looks only at the type of the first tensor of a list
            pairs = [p for p in zip(averages, currents) if p[0].is_floating_point() == of_floats]
            if pairs:
                self._pairs.append(tuple(map(list, zip(*pairs))))


def moving_average(model: nn.Module, decay: float) -> MovingAverage | None:
    """The average of the weights; None for a `decay` of 0."""
    return MovingAverage(model, decay) if decay else None
