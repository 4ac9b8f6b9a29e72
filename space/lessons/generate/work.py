"""The generation lesson's computations on the server: samples of a model, and what a page may select of them.

Walks and arithmetic are those of samples.js.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from space.models import roles
from space.models.layers import standard_normal
from space.pictures.sheets import digit_sheet
from space.text.limits import MAX_GUIDANCE, MAX_SAMPLES, MAX_SCALE, MAX_SEED
from space.text.refusals import Problem, check_number, check_whole
from space.weights.hub import LoadedModel
from space.weights.table import TABLE, models_that

MODEL, OTHER = roles.DCGAN, roles.VAE_DEEP
"""the two models that the page begins with"""
NUM_FRAMES = 12
"""pictures from one stop of a walk to the next"""
SLOTS = {"walk": 8, "a": 3, "b": 3, "c": 3}
"""uses that samples are selected for, and how many each takes at most"""
Selection = Mapping[str, Sequence[int]]
"""slot -> numbers of the samples selected for it, from 0"""
FIRST_SELECTION: Selection = {"walk": [0, 1, 2], "a": [], "b": [], "c": []}
EXAMPLE: Selection = FIRST_SELECTION | {"a": [3], "b": [25], "c": [23]}
"""the same of the first panel: a bold 7 - a thin 7 + a 1, of `MODEL` at seed 0"""


@dataclass(frozen=True)
class Samples:
    """Samples of one model, with what they were made from and how they were scored."""

    loaded: LoadedModel
    z: Tensor
    """(B, latent_dim)"""
    images: Tensor
    """(B, C, H, W)"""
    scores: list[float] | None
    """D(G(z)) of each image; None for a model without a discriminator"""


def generators() -> list[str]:
    """Names of the models that turn latent vectors into images; those made for it come first."""

    def fitness(name: str) -> int:
        return hasattr(TABLE[name].family, "discriminate") + hasattr(TABLE[name].family, "sample")

    return sorted(models_that("decode"), key=fitness, reverse=True)


def check_settings(number: float, seed: float, scale: float) -> tuple[int, int, float]:
    """The settings of samples, if they are within bounds; else raises `Problem`."""
    return (
        int(check_number("number", number, 1, MAX_SAMPLES)),
        int(check_number("seed", seed, 0, MAX_SEED)),
        check_number("scale", scale, 0, MAX_SCALE),
    )


def draw_latents(model: nn.Module, number: float, seed: float, scale: float) -> Tensor:
    """z = scale * N(0, I), (number, latent_dim); sample i is the same at any number."""
    number, seed, scale = check_settings(number, seed, scale)
    return scale * standard_normal(number, model.config.latent_dim, torch.Generator().manual_seed(seed))


def draw_samples(
    loaded: LoadedModel,
    number: float,
    seed: float,
    scale: float,
    digit: int | None = None,
    guidance: float | None = None,
) -> Samples:
    """`number` samples of a model; raises `Problem` for settings out of bounds, and for a `digit` or a
    `guidance` of a model without classes."""
    z, model = draw_latents(loaded.model, number, seed, scale), loaded.model
    classes, weight = getattr(model.config, "num_classes", 0), {}
    if not classes and (digit, guidance) != (None, None):
        others = [name for name in models_that("read_latents") if name != loaded.name]
        raise Problem("no_classes", model=loaded.name, allowed=", ".join(others))
    if digit is not None:
        scores = z[:, -classes:]  # the largest names the class
        scores[:, check_whole("digit", digit, 0, classes - 1)] = scores.amax(1) + 1
    if guidance is not None:
        weight["guidance"] = check_number("guidance", guidance, 0, MAX_GUIDANCE)
    images = model.decode(z, **weight)
    return Samples(loaded, z, images, score(loaded.model, images))


def score(model: nn.Module, images: Tensor) -> list[float] | None:
    """D(G(z)) of each image, in double precision so that few are exactly 0 or 1; None without a D."""
    if not hasattr(model, "discriminate"):
        return None
    return torch.sigmoid(model.discriminate(images).double()).tolist()


def read_selection(sent: Any, number: int) -> dict[str, list[int]]:
    """The selection that a page sent, as far as it is sound: samples among the first `number` alone."""
    sent = sent if isinstance(sent, dict) else {}
    found = {slot: sent.get(slot) for slot in SLOTS}
    return {
        slot: [i for i in found[slot] if type(i) is int and 0 <= i < number][: SLOTS[slot]]
        if isinstance(found[slot], list)
        else []
        for slot in SLOTS
    }


def spread(images: Tensor) -> float:
    """Mean Euclidean distance between two of the images (B, C, H, W)."""
    return torch.pdist(images.flatten(1)).mean().item()


@lru_cache
def real_spread() -> float:
    """`spread` of the 200 test digits that come with the app."""
    return spread(digit_sheet().flatten(0, 1) / 255)
