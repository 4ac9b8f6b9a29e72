"""What a run with two games at once needs: gradients of both, one loss scale, and further looks at images."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from space.models.classifier import Classifier, ClassifierConfig
from space.models.cyclegan import CycleGANConfig, Discriminator
from space.models.layers import differences


class Views(nn.Module):
    """A discriminator, and others beside it: scores (B, 1 + those, h, w).

    The others play in training alone, and belong to no model. One sees the `differences` of pixels, patch by
    patch. One judges the style of the image as a whole, by averages over it of what convolutions find in its
    differences: many weak signs are a strong one. Each counts as much as the others.
    """

    def __init__(
        self, discriminator: Discriminator, config: CycleGANConfig, of_gradients: bool, of_style: bool
    ) -> None:
        super().__init__()
        self.of_pixels = discriminator
        self.of_gradients = Discriminator(config, 2 * config.in_channels) if of_gradients else None
        self.of_style = Classifier(style_of(config)) if of_style else None

    def forward(self, x: Tensor) -> Tensor:
        scores = [self.of_pixels(x)]
        if self.of_gradients:
            between = (1 + differences(x)) / 2  # a discriminator takes numbers in [0, 1]
            scores.append(self.of_gradients(between))
        if self.of_style:
            scores.append(self.of_style(x)[:, :, None, None].expand_as(scores[0]))
        return torch.cat(scores, 1)


def style_of(config: CycleGANConfig) -> ClassifierConfig:
    """The shape of a discriminator of style: a classifier with a single score."""
    return ClassifierConfig(
        in_channels=config.in_channels,
        image_size=config.image_size,
        num_classes=1,
        input="differences",
        base_channels=max(1, config.discriminator_channels // 2),
        num_convolutions=3,
        kernel_size=3,
        num_features=64,
        pooling="mean",
    )


def make_both(accelerator: Accelerator) -> Callable[..., list[Any]]:
    """A function `both(networks, side, *arguments)`, which computes the gradients of both games.

    Each of the `arguments` is a pair, an item for each game. `side` computes a game's loss and a value;
    `both` adds the gradients of both losses to the `networks` and returns both values. On a CPU the games run
    side by side with half of the threads each: they share only weights, and small convolutions gain little
    from more threads. Gradients are always added in the same order, so that the number of threads changes no
    bit.
    """

    def together(networks: tuple[nn.Module, ...], side: Callable, *arguments: Any) -> list[Any]:
        losses, known = zip(*map(side, *arguments))
        accelerator.backward(sum(losses))  # one call: processes wait for one another in each
        return list(known)

    if accelerator.device.type != "cpu" or accelerator.num_processes > 1 or accelerator.scaler:
        return together
    threads, beside = torch.get_num_threads(), map
    if threads > 1:
        beside = ThreadPoolExecutor(2, initializer=torch.set_num_threads, initargs=(threads // 2,)).map

    def gradients(parameters: list[nn.Parameter], side: Callable, *arguments: Any) -> tuple[Any, Any]:
        loss, known = side(*arguments)
        loss = loss / accelerator.gradient_accumulation_steps
        return torch.autograd.grad(loss, parameters, allow_unused=True), known

    def apart(networks: tuple[nn.Module, ...], side: Callable, *arguments: Any) -> list[Any]:
        parameters = [parameter for network in networks for parameter in network.parameters()]
        found = list(beside(partial(gradients, parameters, side), *arguments))
        for of_side, _ in found:
            for parameter, gradient in zip(parameters, of_side):
                if gradient is not None:
                    before = parameter.grad
                    parameter.grad = gradient if before is None else before + gradient
        return [known for _, known in found]

    return apart


@contextmanager
def following_scale(accelerator: Accelerator, networks: tuple[nn.Module, ...]) -> Iterator[None]:
    """If an optimizer's step in this block changes the loss scale of fp16, rescale gradients of `networks`.

    All optimizers share one loss scale, so a step may change it while gradients of another accumulate.
    """
    if not accelerator.scaler:
        yield
        return
    before = accelerator.scaler.get_scale()
    yield
    factor = accelerator.scaler.get_scale() / before
    for parameter in chain(*(network.parameters() for network in networks)):
        if parameter.grad is not None:
            parameter.grad *= factor
