"""From noise to an image: the samplers of a diffusion model, as functions of one signature.

A path into noise is x_t = a_t x_0 + sigma_t eps (`ddpm.py`), given by its `levels`: a_t and sigma_t,
(2, T + 1), of t = CLEAN, 0, ..., T - 1. A sampler walks it backwards along `times`. At each of them `predict`
names an x_0 and an eps, and the sampler says what x is at the next.

    x = sampler(predict, levels, x, times, noise, callback)

`noise` brings in what is random. `callback` is told of every step.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import torch
from torch import Tensor

CLEAN = -1
"""the time of x_0, before the first step t = 0 has added any noise"""

MOST_RATIO, LEAST_RATIO, RHO = 40.0, 0.1, 7
"""sigma / a of the second step at most and of the last, and how much closer the steps of little noise lie"""

Predict = Callable[[Tensor, int], tuple[Tensor, Tensor]]
"""x_t (B, C, H, W) and t -> x_start and pred_noise, both of its shape"""
Callback = Callable[[Tensor, int, Tensor, Tensor], None]
"""told of each step: x (B, C, H, W), its time t, and the x_start and pred_noise that were found in it"""
StepNoise = Callable[[], Tensor]
"""gives N(0, I) (B, C, H, W), other numbers at each call"""


class Known(NamedTuple):
    """What of an image is to stay while the rest is filled in."""

    image: Tensor
    """(B, C, H, W) in [0, 1]"""
    mask: Tensor
    """of the same shape: 1 where the image is to stay, 0 where it is to be filled in"""
    resamplings: int = 4
    """times that each step is done"""


def inference_times(levels: Tensor, num_inference_steps: int, first: int | None = None) -> list[int]:
    """The times at which the network is called, from `first` down, and CLEAN as the last.

    `first` is by default num_timesteps - 1, pure noise. From there on the ratio sigma / a falls from
    `MOST_RATIO` to `LEAST_RATIO` as in Karras et al. 2022 (eq. 5, https://arxiv.org/abs/2206.00364): so a
    step changes little where much is decided. Each time is the nearest that the path has and no other step
    has taken. From the last the image is taken as it is predicted.
    """
    a, sigma = levels[:, 1:].double()
    ratios = sigma / a
    first = len(ratios) - 1 if first is None else first
    if not 1 <= num_inference_steps <= first + 1:
        raise ValueError(f"num_inference_steps is {num_inference_steps}; allowed: 1 to {first + 1}")
    most = min(MOST_RATIO, ratios[first].item()) ** (1 / RHO)
    least = min(LEAST_RATIO, ratios[first].item() / 4) ** (1 / RHO)
    times: list[int] = []
    for step in range(num_inference_steps):
        share = step / max(1, num_inference_steps - 1)
        nearest = int((ratios - (most + share * (least - most)) ** RHO).abs().argmin()) if step else first
        later = num_inference_steps - 1 - step  # steps that need a time of their own
        times.append(max(later, min(nearest, times[-1] - 1) if times else nearest))
    return [*times, CLEAN]


def step_noise(num_images: int, shape: Sequence[int], rng: torch.Generator) -> StepNoise:
    """The `noise` of a sampler: (num_images, *shape) at each call.

    Each image has a generator of its own, whose seed `rng` gives. So the first k images are the same at any
    `num_images`, and the first steps at any number of steps.
    """
    seeds = [int(torch.randint(2**31, (), generator=rng)) for _ in range(num_images)]
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    return lambda: torch.stack([torch.randn(*shape, generator=one) for one in generators])


def p_sample(
    levels: Tensor, x: Tensor, t: int, s: int, x_start: Tensor, pred_noise: Tensor, eta: float, noise: Tensor
) -> Tensor:
    """One step back, x_t -> x_s with s < t (Song et al. 2021, eq. 12, https://arxiv.org/abs/2010.02502).

    x_s = a_s x_0 + sigma_s (rest * eps + spread * noise), with rest^2 + spread^2 = 1. With eta = 0 nothing is
    random; with eta = 1, sigma_s spread is the deviation of q(x_s | x_t, x_0), and this is the step of Ho et
    al. 2020 (eq. 7).
    """
    (a_t, sigma_t), (a_s, sigma_s) = levels[:, t + 1], levels[:, s + 1]
    ratio = a_t / a_s * sigma_s / sigma_t  # the share of sigma_t that x_s had already
    spread, rest = eta * (1 - ratio**2).sqrt(), (1 - eta**2 + (eta * ratio) ** 2).sqrt()
    return a_s * x_start + sigma_s * (rest * pred_noise + spread * noise)


def ddim(
    predict: Predict,
    levels: Tensor,
    x: Tensor,
    times: Sequence[int],
    noise: StepNoise | None = None,
    callback: Callback | None = None,
    eta: float = 0.0,
) -> Tensor:
    """Without chance (Song et al. 2021), or with part of it for an `eta` between 0 and 1."""
    if eta and not noise:
        raise ValueError(f"with eta {eta} a step is random: give the noise of the steps, from step_noise()")
    for t, s in pairwise(times):
        x_start, pred_noise = predict(x, t)
        if callback:
            callback(x, t, x_start, pred_noise)
        fresh = noise().to(x) if eta else torch.zeros_like(x)
        x = p_sample(levels, x, t, s, x_start, pred_noise, eta, fresh)
    return x


def ddpm(
    predict: Predict,
    levels: Tensor,
    x: Tensor,
    times: Sequence[int],
    noise: StepNoise | None = None,
    callback: Callback | None = None,
) -> Tensor:
    """Fresh noise in each step (Ho et al. 2020, algorithm 2), at any times."""
    return ddim(predict, levels, x, times, noise, callback, eta=1.0)


def euler(
    predict: Predict,
    levels: Tensor,
    x: Tensor,
    times: Sequence[int],
    noise: StepNoise | None = None,
    callback: Callback | None = None,
) -> Tensor:
    """Euler's steps along v = eps - x_0, as flow matching is sampled.

    Every path is a straight one in x / (a + sigma), with sigma / (a + sigma) as its time. So these steps are
    those of `ddim`, on all paths.
    """
    for t, s in pairwise(times):
        x_start, pred_noise = predict(x, t)
        if callback:
            callback(x, t, x_start, pred_noise)
        (a_t, sigma_t), (a_s, sigma_s) = levels[:, t + 1], levels[:, s + 1]
        duration = sigma_s / (a_s + sigma_s) - sigma_t / (a_t + sigma_t)
        x = (a_s + sigma_s) * (x / (a_t + sigma_t) + duration * (pred_noise - x_start))
    return x


def dpm_solver(
    predict: Predict,
    levels: Tensor,
    x: Tensor,
    times: Sequence[int],
    noise: StepNoise | None = None,
    callback: Callback | None = None,
) -> Tensor:
    """DPM-Solver++(2M) (Lu et al. 2022, algorithm 2, https://arxiv.org/abs/2211.01095).

    As `ddim`, but x_0 is taken to go on changing as it did in the step before; not in the last step.
    """
    before = last_h = None
    for t, s in pairwise(times):
        x_start, pred_noise = predict(x, t)
        if callback:
            callback(x, t, x_start, pred_noise)
        (a_t, sigma_t), (a_s, sigma_s) = levels[:, t + 1], levels[:, s + 1]
        h = (a_s / sigma_s).log() - (a_t / sigma_t).log()  # infinite out of pure noise, and into the image
        ahead = x_start if before is None or s == CLEAN else x_start + 0.5 * h / last_h * (x_start - before)
        x = sigma_s / sigma_t * x - a_s * torch.expm1(-h) * ahead
        before, last_h = x_start, h
    return x


def repaint(
    predict: Predict,
    levels: Tensor,
    x: Tensor,
    times: Sequence[int],
    noise: StepNoise,
    callback: Callback | None = None,
    *,
    known: Tensor,
    mask: Tensor,
    resamplings: int,
) -> Tensor:
    """Fills in the rest of an image (RePaint, Lugmayr et al. 2022, algorithm 1,
    https://arxiv.org/abs/2201.09865).

    `known` (B, C, H, W) is the image in [-1, 1], `mask` 1 where it is to stay. In each step of `ddpm` the
    known part is replaced by itself with the noise of the time that is reached. Then the step is taken back
    by fresh noise and done again, `resamplings` times in all, so that the rest comes to fit. The last step is
    done once.
    """
    a, sigma = levels[:, times[0] + 1]
    x = torch.lerp(x, a * known + sigma * noise().to(x), mask)
    for t, s in pairwise(times):
        (a_t, sigma_t), (a_s, sigma_s) = levels[:, t + 1], levels[:, s + 1]
        passes = 1 if s == CLEAN else resamplings
        for remaining in reversed(range(passes)):
            x_start, pred_noise = predict(x, t)
            if callback:
                callback(x, t, x_start, pred_noise)
            x_s = p_sample(levels, x, t, s, x_start, pred_noise, 1.0, noise().to(x))
            x_s = torch.lerp(x_s, a_s * known + sigma_s * noise().to(x), mask)
            if remaining:
                x = a_t / a_s * x_s + (sigma_t**2 - (a_t / a_s * sigma_s) ** 2).sqrt() * noise().to(x)
        x = x_s
    return x


SamplerName = Literal["ddim", "ddpm", "dpm_solver", "euler"]
SAMPLERS: dict[SamplerName, Callable[..., Tensor]] = {
    "ddim": ddim,
    "ddpm": ddpm,
    "dpm_solver": dpm_solver,
    "euler": euler,
}
