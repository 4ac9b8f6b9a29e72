"""Bits per dimension of images under a diffusion model, by the ODE that its deterministic samplers follow.

In y = x_t / (a_t + sigma_t) every path is straight, y = (1 - tau) x_0 + tau eps, with
tau = sigma / (a + sigma), and probability flows along dy/dtau = u = E[eps - x_0 | y] (Song et al. 2021,
section 4.3, https://arxiv.org/abs/2011.13456). So log p(y) at the first time is log p(y) at the last, where
y = tau eps, plus the integral of div u.

Grey values are discrete. q(x_0' | x) = N(a_0 x, sigma_0^2), the first step into noise, makes them
continuous, and P(x | x_0'), Bayes' rule with q and the histogram of grey values, reads them back (after
Kingma et al. 2021, section 3.3, https://arxiv.org/abs/2107.00630):

    log P(x) >= E_q[log p(x_0') + log P(x | x_0') - log q(x_0' | x)]

The last time is the last with sigma / a of at most `MOST_RATIO`: so this is the density of a sampler that
begins there with noise alone. The image is then a fortieth of x_t, and later less. A network that puts out
eps cannot go on: x_0 = (x_t - sigma eps) / a divides the error of eps by a, which ends at 5e-5 on the cosine
schedule. With those times the bound was above 1,600 bits a pixel.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from space.models.ddpm import DDPM
from space.models.samplers import MOST_RATIO
from training.data import Images
from training.measure.metric import Metrics, metric, progress

ONE_IN = 50
"""of how many test images one is measured: 200 of 10,000"""
NUM_TIMES = 48
"""points of the ODE's path; with 96 the figure changes in the third digit"""

Split = Callable[[Tensor, int], tuple[Tensor, Tensor]]
"""x_t and t -> x_0 and eps, as functions of x_t that can be differentiated"""


def path_times(levels: Tensor, count: int) -> list[int]:
    """At most `count` times from 0 to where `MOST_RATIO` is reached, close together where there is little
    noise."""
    a, sigma = levels[:, 1:].double()
    last = max(0, int((sigma <= MOST_RATIO * a).sum()) - 1)
    first = 8  # the first gaps are then of one step
    grid = torch.logspace(math.log10(first), math.log10(last + first), count, dtype=torch.float64)
    return (grid.round().long() - first).unique().tolist()


def flow_and_divergence(split: Split, x: Tensor, t: int, probe: Tensor) -> tuple[Tensor, Tensor]:
    """u (B, C, H, W) and Hutchinson's estimate of its divergence by x_t (B,), from random signs `probe`."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        x_start, noise = split(x, t)
        u = noise - x_start
        (slope,) = torch.autograd.grad((u * probe).sum(), x)
    return u.detach(), (slope * probe).flatten(1).sum(1)


@torch.no_grad()
def log_likelihood(split: Split, levels: Tensor, x: Tensor, times: Sequence[int], probe: Tensor) -> Tensor:
    """log p (B,) in nats of `x`, x_t at the first of the rising `times`, by Heun's method in log tau."""
    a, sigma = levels[:, [t + 1 for t in times]].double()
    scale, tau = a + sigma, sigma / (a + sigma)
    total = torch.zeros(len(x), dtype=torch.float64, device=x.device)

    def slope(y: Tensor, i: int) -> tuple[Tensor, Tensor]:
        """By log tau: of y, and of the integral. The divergence by y is `scale` times that by x."""
        u, divergence = flow_and_divergence(split, y * scale[i].to(y), times[i], probe)
        return tau[i].to(y) * u, tau[i] * scale[i] * divergence.double()

    y = x / scale[0].to(x)
    for i in range(len(times) - 1):
        h = (tau[i + 1] / tau[i]).log()
        first = slope(y, i)
        second = slope(y + h.to(y) * first[0], i + 1)
        y = y + h.to(y) / 2 * (first[0] + second[0])
        total += h / 2 * (first[1] + second[1])
    log_prior = -0.5 * ((y.double() / tau[-1]).square() + math.log(2 * math.pi)).flatten(1).sum(1)
    return log_prior + total - y[0].numel() * (tau[-1] * scale[0]).log()  # p(eps) d eps = p(y) dy = p(x) dx


def bits_per_dim(model: DDPM, train: Images, test: Images, seed: int) -> Metrics:
    """The bound above on some test images, each given its class, in bits for each pixel and channel."""
    device, num_images = model.levels.device, -(-len(test) // ONE_IN)
    rng = torch.Generator().manual_seed(seed)
    rows = torch.randperm(len(test), generator=rng)[:num_images].sort().values
    pixels = test.pixels[rows]
    labels = torch.full((num_images,), model.null_label)
    if model.config.num_classes and test.labels is not None:
        labels = test.labels[rows]
    times = path_times(model.levels, NUM_TIMES)
    greys = (train.pixels.flatten().bincount(minlength=256) + 1).double().log()  # up to a constant
    found = []
    with progress(num_images, "bits per dimension") as bar:
        for part, classes in zip(pixels.split(50), labels.split(50)):
            noise, probe = torch.randn(2, *part.shape, generator=rng).to(device)
            x, y = part.to(device), classes.to(device)
            nats = bound(model, x, y, greys.to(device), times, noise, probe.sign())
            found.append(nats / (part[0].numel() * math.log(2)))
            bar.update(len(part))
    bits = torch.cat(found)
    given = "given their classes" if model.config.num_classes else "without classes"
    protocol = (
        f"upper bound: probability flow ODE from sigma / a = {MOST_RATIO:g} on, Heun at {len(times)} times, "
        f"divergence by Hutchinson; grey values made continuous by the first step of noise; {num_images:,} "
        f"images {given}, seed {seed}; "
        f"standard error {bits.std(correction=0).item() / math.sqrt(num_images):.2g}; {test.description}"
    )
    return {"bits_per_dim": metric(bits.mean().item(), "bits", "lower", protocol)}


@torch.no_grad()
def bound(
    model: DDPM,
    pixels: Tensor,
    labels: Tensor,
    greys: Tensor,
    times: Sequence[int],
    noise: Tensor,
    probe: Tensor,
) -> Tensor:
    """-log P(x) at most (B,), in nats, of uint8 pixels; `greys` (256,) are log shares of the grey values."""

    def split(x: Tensor, t: int) -> tuple[Tensor, Tensor]:
        t_of_each = torch.full((len(x),), t, device=x.device)
        return model.x_start_and_noise(model.unet(x, t_of_each, labels), x, t_of_each)

    a, sigma = model.levels[:, 1].double()
    x = (a * (pixels.double() / 127.5 - 1) + sigma * noise).float()
    log_q = (-0.5 * (noise.double().square() + math.log(2 * math.pi)) - sigma.log()).flatten(1).sum(1)
    log_p = log_likelihood(split, model.levels, x, times, probe)
    return log_q - log_p - log_read_back(x, pixels, greys, a, sigma)


def log_read_back(x: Tensor, pixels: Tensor, greys: Tensor, a: Tensor, sigma: Tensor) -> Tensor:
    """log P(x | x_0') (B,): how surely the grey values can be read out of the noise of the first step."""
    values = a * (torch.arange(256, device=x.device).double() / 127.5 - 1)  # (256,)
    logits = greys - 0.5 * ((x.double()[..., None] - values) / sigma).square()  # (B, C, H, W, 256)
    return logits.log_softmax(-1).gather(-1, pixels.long()[..., None]).flatten(1).sum(1)
