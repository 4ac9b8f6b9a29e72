"""What a model of any family draws, in bounded time: nothing here knows sizes, channels or data."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from space.models.latents import evenly, grid, slerp
from space.models.layers import standard_normal
from space.pictures.inputs import to_square
from space.text.limits import MAX_SAMPLES, MAX_SEED
from space.text.refusals import Problem, check_whole

SECONDS = 8.0
"""how long a model may draw"""
FACTOR = 4
FRAMES = 10
"""pictures of a walk, and of a way from noise"""
CELLS, EDGE = 11, 2.5
"""cells a side of the map of two latent numbers, and how far it reaches"""
BEST = 5
"""classes of a picture that are named"""


class _TimeIsUp(Exception):
    """A model has drawn for as long as it may."""


class _Deadline(TorchFunctionMode):
    """Ends what torch computes in this thread at a time of `time.monotonic`, between two of its functions."""

    def __init__(self, end: float) -> None:
        super().__init__()
        self.end = end

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if time.monotonic() > self.end:
            raise _TimeIsUp
        return function(*args, **(kwargs or {}))


@dataclass
class Drawn:
    """Images (B, C, H, W) in [0, 1], as far as the family has them and the time was enough."""

    samples: Tensor | None = None
    scores: list[float] | None = None
    """D(G(z)) of each sample"""
    walk: Tensor | None = None
    """from the first sample to the second"""
    plane: Tensor | None = None
    """of two latent numbers, in rows"""
    way: Tensor | None = None
    """the first sample on its way from noise, then what the network takes each picture for"""
    copies: dict[str, Tensor] = field(default_factory=dict)
    """topic -> the visitor's picture, as the model sees it, as it gives it back, as it translates it"""
    classes: list[tuple[int, float]] | None = None
    """the likeliest classes of the visitor's picture"""
    is_cut: bool = False
    """whether the time was too short for all of it"""


def draw(model: nn.Module, number: float, seed: float, picture: Image.Image | None) -> Drawn:
    """All that a model draws of noise and of a visitor's picture; raises `Problem` for wrong settings, or if
    even one picture takes too long."""
    number, seed = check_whole("number", number, 1, MAX_SAMPLES), check_whole("seed", seed, 0, MAX_SEED)
    drawn, end = Drawn(), time.monotonic() + SECONDS
    jobs: list[Callable[[], None]] = []
    if picture is not None:
        jobs.append(lambda: _copy(model, picture, drawn))
    if hasattr(model, "decode"):
        jobs.append(lambda: _sample(model, number, seed, drawn, end))
        jobs.append(lambda: _pass_through(model, seed, drawn))
    try:
        with _Deadline(end):
            for job in jobs:
                job()
    except _TimeIsUp:
        if drawn.samples is None and not drawn.copies:
            raise Problem("too_long", seconds=f"{SECONDS:g}") from None
        drawn.is_cut = True
    return drawn


def _sample(model: nn.Module, number: int, seed: int, drawn: Drawn, end: float) -> None:
    """One sample, then four times as many, and so on: as long as the time is sure to be enough."""
    z = standard_normal(number, model.config.latent_dim, torch.Generator().manual_seed(seed))
    count, now = 1, time.monotonic()
    while True:
        before, drawn.samples = now, model.decode(z[:count])
        now = time.monotonic()
        if count == number or FACTOR * (now - before) > end - now:
            break
        count = min(number, FACTOR * count)
    drawn.is_cut = count < number
    if hasattr(model, "discriminate"):
        drawn.scores = torch.sigmoid(model.discriminate(drawn.samples).double()).nan_to_num().tolist()


def _pass_through(model: nn.Module, seed: int, drawn: Drawn) -> None:
    """What lies between pictures, or between noise and a picture."""
    config, rng = model.config, torch.Generator().manual_seed(seed)
    z = standard_normal(2, config.latent_dim, rng)
    if hasattr(model, "trajectory"):
        x, labels = model.read_latents(z[:1])
        _, noisy, x_start, _ = model.trajectory(x, labels)
        some = torch.linspace(0, len(noisy) - 1, min(FRAMES, len(noisy))).round().long()
        drawn.way = (torch.cat([noisy[some], x_start[some]]).clamp(-1, 1) + 1) / 2
    elif not hasattr(model, "complete"):  # random numbers of pixels have nothing between them
        drawn.walk = model.decode(slerp(z[0], z[1], torch.linspace(0, 1, FRAMES)))
    if config.latent_dim == 2:
        ticks = evenly(CELLS, -EDGE, EDGE)
        drawn.plane = model.decode(grid(ticks, ticks))


def _copy(model: nn.Module, picture: Image.Image, drawn: Drawn) -> None:
    """What the model makes of a picture, which it sees as in training: the middle square at its size."""
    channels, size, _ = model.config.image_shape
    x = to_square(picture.convert("L") if channels == 1 else picture, size)[:, :channels]
    if hasattr(model, "code"):
        drawn.copies |= {"seen": x, "back": model(x)}
    if hasattr(model, "translate"):
        there = {way: model.translate(x, way) for way in ("ab", "ba")}
        drawn.copies |= {"seen": x, **there, "circle": model.translate(there["ab"], "ba")}
    if hasattr(model, "features"):
        best = model(x).double().softmax(1)[0].topk(min(BEST, model.config.num_classes))
        drawn.copies |= {"seen": x}
        drawn.classes = list(zip(best.indices.tolist(), best.values.tolist()))
