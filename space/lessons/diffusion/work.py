"""What the lesson computes: one trajectory of a diffusion model. The browser does the same in `denoising.js`.

A seed stands for x_T, for the class where none is asked for, and for the noise of random steps. So a seed
gives the picture that /generate makes of it.
"""

from dataclasses import dataclass
from typing import get_args

import torch
from torch import Tensor

from space.models import roles
from space.models.layers import standard_normal
from space.models.samplers import Known, SamplerName, inference_times, step_noise
from space.text.limits import MAX_CALLS, MAX_GUIDANCE, MAX_RESAMPLINGS, MAX_SEED
from space.text.refusals import Problem, check_number, check_whole
from space.weights.hub import LoadedModel, check_digits
from space.weights.table import models_that

MODEL = roles.DIFFUSION
NAMES = models_that("denoise")
SAMPLERS = get_args(SamplerName)
LEAST_START = 0.01
OWN_START = 0.5
"""where a picture begins if nothing else is said"""


@dataclass(frozen=True)
class Asked:
    """One trajectory that is asked for; None is as the model's config says, or the seed."""

    digit: int | None = None
    """the class; without one the seed decides, and nothing is asked for where a picture is given"""
    seed: int = 0
    steps: int | None = None
    """calls of the network on the whole way from noise; fewer where the way begins later"""
    start: float = 1.0
    """where the way begins, from 0, the image, to 1, noise alone"""
    guidance: float | None = None
    sampler: SamplerName = "dpm_solver"
    picture: Tensor | None = None
    """(1, 1, 28, 28) in [0, 1]: noised as far as `start`"""
    known: Tensor | None = None
    """of the same shape: 1 where the picture stays, 0 where it is filled in"""
    resamplings: int = 4
    """times that each step is done where something is filled in"""
    guidance_low: float | None = None
    """where a guidance above 1 begins to act, from 0, the image, to 1, noise alone"""
    guidance_high: float | None = None
    """where it ceases to act"""


@dataclass(frozen=True)
class Trajectory:
    """All that a way from noise to an image passes, S steps of it."""

    asked: Asked
    """nothing in it is None that the way depends on, but a digit that is not asked for"""
    times: list[int]
    """t of each step, from noise to the image"""
    image: Tensor
    """(1, C, H, W) in [0, 1]"""
    x: Tensor
    """(S, C, H, W) x_t, in about [-1, 1] as all that follow"""
    x_start: Tensor
    pred_noise: Tensor


def way(levels: Tensor, steps: int, start: float) -> list[int]:
    """The times of a way that begins at `start`, with the share `start` of the `steps`; CLEAN is the last."""
    num_times = max(1, int(start * (levels.shape[1] - 1) + 0.5))
    return inference_times(levels, min(num_times, max(1, int(start * steps + 0.5))), num_times - 1)


def case_of(name: str, asked: Asked) -> str:
    """What files of a trajectory are named."""
    name = name.replace("/", "_")
    what = "any" if asked.digit is None else f"digit-{asked.digit}"
    low, high = asked.guidance_low, asked.guidance_high
    acts = "" if (low, high) == (0, 1) else f"_t{low:g}-{high:g}"
    return f"{name}_{what}_seed{asked.seed}_{asked.sampler}{asked.steps}_guidance{asked.guidance:g}{acts}"


def check(asked: Asked, loaded: LoadedModel) -> Asked:
    """The same with what the model's config says, if the model can do it; else a `Problem`."""
    config = loaded.model.config
    if asked.picture is not None:
        check_digits(loaded)
    steps = config.num_inference_steps if asked.steps is None else asked.steps
    guidance, low, high = (
        getattr(config, name) if getattr(asked, name) is None else getattr(asked, name)
        for name in ("guidance", "guidance_low", "guidance_high")
    )
    low = check_number("guidance_low", low, 0, 1)
    most = min(MAX_CALLS, config.num_timesteps)
    if asked.sampler not in SAMPLERS:
        raise Problem("not_one_of", name="sampler", value=asked.sampler, allowed=", ".join(SAMPLERS))
    digit = asked.digit
    if digit is not None and not config.num_classes:
        others = [name for name in NAMES if name != loaded.name]
        raise Problem("no_classes", model=loaded.name, allowed=", ".join(others))
    if digit is not None:
        digit = check_whole("digit", digit, 0, config.num_classes - 1)
    return Asked(
        digit=digit,
        seed=check_whole("seed", asked.seed, 0, MAX_SEED),
        steps=check_whole("steps", steps, 1, most),
        start=check_number("start", asked.start, LEAST_START, 1),
        guidance=check_number("guidance", guidance, 0, MAX_GUIDANCE),
        sampler=asked.sampler if asked.known is None else "ddpm",  # RePaint's steps are random
        picture=asked.picture,
        known=asked.known,
        resamplings=check_whole("resamplings", asked.resamplings, 1, MAX_RESAMPLINGS),
        guidance_low=low,
        guidance_high=check_number("guidance_high", high, low, 1),
    )


def check_known(known: Tensor | None, picture: Tensor | None) -> None:
    """Raise a `Problem` unless part of a picture is known, and part is not."""
    if known is None:
        return
    if picture is None:
        raise Problem("no_image")
    if not known.any():
        raise Problem("all_erased")
    if known.all():
        raise Problem("nothing_erased")


@torch.inference_mode()
def denoise(loaded: LoadedModel, asked: Asked) -> Trajectory:
    """The trajectory; raises `Problem` for what cannot be asked for."""
    asked = check(asked, loaded)
    check_known(asked.known, asked.picture)
    model, config = loaded.model, loaded.model.config
    rng = torch.Generator().manual_seed(asked.seed)
    noise, labels = model.read_latents(standard_normal(1, config.latent_dim, rng))
    times = way(model.levels, asked.steps, asked.start)
    x, known = noise, None
    if asked.picture is not None:
        labels = torch.full_like(labels, model.null_label)
        x = model.q_sample(2 * asked.picture - 1, torch.tensor(times[:1]), noise)
        if asked.known is not None:
            known = Known(asked.picture, asked.known, asked.resamplings)
    if asked.digit is not None:
        labels = torch.full_like(labels, asked.digit)
    none = int(labels) == model.null_label
    image, *passed = model.trajectory(
        x,
        labels,
        times=times,
        guidance=0.0 if none else asked.guidance,
        guidance_low=asked.guidance_low,
        guidance_high=asked.guidance_high,
        sampler=asked.sampler,
        noise=step_noise(1, config.image_shape, rng),
        known=known,
    )
    asked = Asked(**{**vars(asked), "digit": None if none else int(labels)})
    return Trajectory(asked, times[:-1], image, *passed)
