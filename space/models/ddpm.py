"""Denoising diffusion (Ho et al. 2020, https://arxiv.org/abs/2006.11239), in four parametrizations.

An image x_0 drowns in noise by a fixed rule, in `num_timesteps` steps t:

    q(x_t | x_0) = N(a_t x_0, sigma_t^2 I):    x_t = a_t x_0 + sigma_t eps,    eps ~ N(0, I)

A network learns by least squares what undoes it. Its output, whichever it is, names an x_0 and an eps:

    noise      eps                                    (Ho et al., eq. 14)
    x_start    x_0
    velocity   v = a_t eps - sigma_t x_0              (Salimans & Ho 2022, https://arxiv.org/abs/2202.00512)
    flow       v = eps - x_0, on the straight path    (Lipman et al. 2023, https://arxiv.org/abs/2210.02747)

The first three go along the path of the paper: a_t^2 = alphas_cumprod[t], sigma_t^2 = 1 - a_t^2. The path of
flow matching is a_t = 1 - sigma_t, with sigma_t growing evenly from 0 to 1.

Samplers (`samplers.py`) start from noise and go back, a step for each call of the network. With a class y to
make, the network is asked twice, with y and without, and the difference is enlarged (classifier-free
guidance, Ho & Salimans 2022, https://arxiv.org/abs/2207.12598):

    out(x_t) + guidance * (out(x_t, y) - out(x_t))

A guidance above 1 costs variety at the noisy end of the way and gains nothing at the other. It can be held
to an interval between them (Kynkäänniemi et al. 2024, https://arxiv.org/abs/2404.07724): `guidance_low` and
`guidance_high`, there of sigma, here of t.

Within this file pixels are in [-1, 1], except where images (B, C, H, W) in [0, 1] come in or go out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from .description import Description, Paper, sampling_line
from .layers import ImageConfig, check_guidance, check_ranges, standard_normal
from .samplers import SAMPLERS, Callback, Known, SamplerName, StepNoise, inference_times, repaint

PAPER = Paper(
    "Ho, Jonathan and Jain, Ajay and Abbeel, Pieter",
    2020,
    "Denoising Diffusion Probabilistic Models",
    "https://arxiv.org/abs/2006.11239",
)


FLOW_PAPER = Paper(
    "Lipman, Yaron and Chen, Ricky T. Q. and Ben-Hamu, Heli and Nickel, Maximilian and Le, Matt",
    2023,
    "Flow Matching for Generative Modeling",
    "https://arxiv.org/abs/2210.02747",
)


@dataclass(frozen=True)
class DDPMConfig(ImageConfig):
    """Shape of a diffusion model, its path into noise, and how it is sampled if nothing else is said."""

    num_classes: int = 10
    """classes that can be asked for; 0: none, the model is trained without labels"""
    num_timesteps: int = 1000
    """steps from an image to noise"""
    schedule: Literal["cosine", "linear"] = "cosine"
    """how the noise grows: Nichol & Dhariwal 2021, or Ho et al. 2020; `flow` has a path of its own"""
    prediction: Literal["noise", "x_start", "velocity", "flow"] = "velocity"
    """what the network puts out: eps, x_0, a_t eps - sigma_t x_0, or eps - x_0 on the straight path"""
    base_channels: int = 32
    """channels at half the image's size; twice and then four times as many where it is halved again"""
    num_blocks: int = 2
    """residual blocks at each size on the way down and on the way up; twice as many at the bottom"""
    num_inference_steps: int = 16
    """calls of the network for an image"""
    guidance: float = 1.0
    """weight of the class; 1: as trained, 0: as if none was asked for"""
    guidance_low: float = 0.0
    """where a guidance above 1 begins to act, as a share of num_timesteps; elsewhere it is 1"""
    guidance_high: float = 1.0
    """where it ceases to act; 0 and 1: it acts in every step"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.num_classes <= 1000:
            raise ValueError(f"num_classes is {self.num_classes}; allowed: 0 to 1000")
        for name, choices in (
            ("schedule", ("cosine", "linear")),
            ("prediction", ("noise", "x_start", "velocity", "flow")),
        ):
            if getattr(self, name) not in choices:
                allowed = ", ".join(map(repr, choices))
                raise ValueError(f"{name} is {getattr(self, name)!r}; allowed: {allowed}")
        check_ranges(self, num_timesteps=100_000, base_channels=512, num_blocks=16)
        check_ranges(self, num_inference_steps=self.num_timesteps)
        check_guidance(self.guidance)
        check_interval(self.guidance_low, self.guidance_high)

    def describe(self) -> Description:
        channels = "-".join(map(str, self.channels))
        return Description(
            kind="ddpm" if self.prediction == "velocity" else f"ddpm.{self.prediction}",
            about="A diffusion model: a network that takes noise out of an image, and makes one out of noise "
            "alone step by step (Ho et al. 2020).",
            networks=f"a U-Net on patches of 2x2 pixels, {self.num_blocks} residual blocks a size, "
            f"{channels} channels at {'-'.join(map(str, self.sizes))} patches, SiLU; its output is "
            f"{self.prediction}",
            usage=sampling_line(self.image_shape),
            samples="The same noise, denoised by the network through training: the last snapshot",
            limits=f"An image takes {self.num_calls} calls of the network, where a GAN takes one.",
            paper=FLOW_PAPER if self.prediction == "flow" else PAPER,
        )

    @property
    def num_calls(self) -> int:
        """Calls of the network for an image, two in each step where guidance acts."""
        interval = self.guidance_low, self.guidance_high
        times = inference_times(path_levels(self), self.num_inference_steps)[:-1]
        weights = [guidance_at(t, self.num_timesteps, self.guidance, *interval) for t in times]
        return len(times) + sum(self.num_classes > 0 and weight not in (0, 1) for weight in weights)

    @property
    def latent_dim(self) -> int:
        """Numbers that `decode` makes an image of: one a pixel and channel, and one a class."""
        return math.prod(self.image_shape) + self.num_classes

    @property
    def sizes(self) -> list[int]:
        """Patches along a side, then halved down to 8 or to an odd number: 28 pixels -> [14, 7]."""
        sizes = [self.image_size // 2]
        while sizes[-1] > 8 and sizes[-1] % 2 == 0:
            sizes.append(sizes[-1] // 2)
        return sizes

    @property
    def channels(self) -> list[int]:
        """Channels at each of the `sizes`."""
        return [self.base_channels * min(2**depth, 4) for depth in range(len(self.sizes))]


def check_interval(low: float, high: float) -> tuple[float, float]:
    """Where guidance acts; `ValueError` if that is no interval within [0, 1]."""
    if not 0 <= high <= 1:
        raise ValueError(f"guidance_high is {high}; allowed: 0 to 1")
    if not 0 <= low <= high:
        raise ValueError(f"guidance_low is {low}; allowed: 0 to guidance_high, which is {high}")
    return low, high


def guidance_at(t: int, num_timesteps: int, guidance: float, low: float, high: float) -> float:
    """The guidance at a time: one above 1 acts between the shares `low` and `high` of the way into noise."""
    return guidance if low <= (t + 1) / num_timesteps <= high else min(guidance, 1.0)


def linear_betas(num_timesteps: int) -> Tensor:
    """beta_t, the share of noise that step t adds, (num_timesteps,): 1e-4 to 0.02 in 1,000 steps.

    Ho et al. 2020, section 4; with other numbers of steps, scaled so that the end is as noisy.
    """
    scale = 1000 / num_timesteps
    betas = torch.linspace(1e-4 * scale, 0.02 * scale, num_timesteps, dtype=torch.float64, device="cpu")
    return betas.clamp(max=0.999)


def cosine_betas(num_timesteps: int, offset: float = 0.008) -> Tensor:
    """beta_t (num_timesteps,) of a product that follows cos^2 (Nichol & Dhariwal 2021, eq. 17,
    https://arxiv.org/abs/2102.09672)."""
    t = torch.arange(num_timesteps + 1, dtype=torch.float64, device="cpu") / num_timesteps
    product = torch.cos((t + offset) / (1 + offset) * torch.pi / 2).square()
    return (1 - product[1:] / product[:-1]).clamp(max=0.999)


def path_levels(config: DDPMConfig) -> Tensor:
    """a_t and sigma_t of t = -1 (the image), 0, ..., num_timesteps - 1: float64 (2, num_timesteps + 1).

    On the CPU: on the meta device, where a model is built to compare shapes, this would import compilers.
    """
    if config.prediction == "flow":
        sigma = (
            torch.arange(config.num_timesteps + 1, dtype=torch.float64, device="cpu") / config.num_timesteps
        )
        return torch.stack([1 - sigma, sigma])
    betas = {"linear": linear_betas, "cosine": cosine_betas}[config.schedule](config.num_timesteps)
    alphas_cumprod = F.pad((1 - betas).cumprod(0), (1, 0), value=1.0)
    return torch.stack([alphas_cumprod.sqrt(), (1 - alphas_cumprod).sqrt()])


def time_embedding(t: Tensor, dim: int) -> Tensor:
    """Sines and cosines (B, 2 * dim) of times (B,) (Vaswani et al. 2017, section 3.5)."""
    frequencies = torch.exp(-math.log(10_000) / dim * torch.arange(dim, device=t.device))
    angles = t[:, None].float() * frequencies
    return torch.cat([angles.sin(), angles.cos()], 1)


class Block(nn.Module):
    """Residual block of two 3x3 convolutions; time and class scale and shift its channels (FiLM)."""

    def __init__(self, in_channels: int, channels: int, condition_dim: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(math.gcd(8, in_channels), in_channels)
        self.conv1 = nn.Conv2d(in_channels, channels, kernel_size=3, padding=1)
        self.film = nn.Linear(condition_dim, 2 * channels)
        self.norm2 = nn.GroupNorm(math.gcd(8, channels), channels)
        self.conv2 = nn.Conv2d(channels, channels, kernel_size=3, padding=1)
        self.skip = nn.Conv2d(in_channels, channels, 1) if in_channels != channels else nn.Identity()

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        scale, shift = self.film(condition)[:, :, None, None].chunk(2, 1)  # (B, channels, 1, 1) each
        h = torch.addcmul(shift, self.norm2(h), 1 + scale)
        return self.skip(x) + self.conv2(F.silu(h))


class UNet(nn.Module):
    """x_t (B, C, H, W), times (B,) and classes (B,) -> the prediction (B, C, H, W).

    2x2 pixels are one position with 4C channels, so that 3x3 convolutions see more at a quarter of the cost;
    the image is halved in the same way (Shi et al. 2016, https://arxiv.org/abs/1609.05158, for the way back).
    Ronneberger et al. 2015, https://arxiv.org/abs/1505.04597, for the U.
    """

    def __init__(self, config: DDPMConfig) -> None:
        super().__init__()
        channels, width = config.channels, 3 * config.base_channels
        self.num_frequencies = config.base_channels
        self.time = nn.Sequential(
            nn.Linear(2 * self.num_frequencies, width), nn.SiLU(), nn.Linear(width, width)
        )
        self.classes = nn.Embedding(config.num_classes + 1, width)  # the last: no class, the null label
        self.stem = nn.Conv2d(4 * config.in_channels, channels[0], kernel_size=3, padding=1)

        def blocks(first: int, last: int, count: int) -> nn.ModuleList:
            return nn.ModuleList([Block(first if i == 0 else last, last, width) for i in range(count)])

        self.down = nn.ModuleList([blocks(c, c, config.num_blocks) for c in channels[:-1]])
        self.shrink = nn.ModuleList([nn.Conv2d(4 * a, b, kernel_size=1) for a, b in pairwise(channels)])
        self.bottom = blocks(channels[-1], channels[-1], 2 * config.num_blocks)
        self.grow = nn.ModuleList([nn.Conv2d(b, 4 * a, kernel_size=1) for a, b in pairwise(channels)])
        self.up = nn.ModuleList([blocks(2 * c, c, config.num_blocks) for c in channels[:-1]])
        self.norm = nn.GroupNorm(math.gcd(8, channels[0]), channels[0])
        self.head = nn.Conv2d(channels[0], 4 * config.in_channels, kernel_size=3, padding=1)
        nn.init.zeros_(self.head.weight)  # the first prediction is 0, the mean of what is to be predicted
        nn.init.zeros_(self.head.bias)

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        condition = F.silu(self.time(time_embedding(t, self.num_frequencies).to(x)) + self.classes(labels))
        x = self.stem(F.pixel_unshuffle(x, 2))  # (B, base_channels, H/2, W/2)
        kept: list[Tensor] = []
        for blocks, shrink in zip(self.down, self.shrink):
            for block in blocks:
                x = block(x, condition)
            kept.append(x)
            x = shrink(F.pixel_unshuffle(x, 2))  # (B, 2 * channels, h/2, w/2)
        for block in self.bottom:
            x = block(x, condition)
        for blocks, grow, same_size in zip(self.up[::-1], self.grow[::-1], kept[::-1]):
            x = torch.cat([F.pixel_shuffle(grow(x), 2), same_size], 1)  # (B, 2 * channels, 2h, 2w)
            for block in blocks:
                x = block(x, condition)
        return F.pixel_shuffle(self.head(F.silu(self.norm(x))), 2)  # (B, C, H, W)


class DDPM(
    nn.Module,
    PyTorchModelHubMixin,
    library_name="generative-lab",
    license="mit",
    pipeline_tag="unconditional-image-generation",
    tags=["ddpm", "diffusion", "classifier-free-guidance", "generative-models"],
    paper_url="https://arxiv.org/abs/2006.11239",
):
    """The U-Net, and the path that it undoes."""

    levels: Tensor

    def __init__(self, config: DDPMConfig) -> None:
        super().__init__()
        self.config = config
        self.unet = UNet(config)
        self.register_buffer("levels", path_levels(config).float(), persistent=False)

    @property
    def betas(self) -> Tensor:
        """beta_t (num_timesteps,): 1 - beta_t is what remains of the image's variance in step t."""
        return 1 - (self.levels[0, 1:] / self.levels[0, :-1]).square()

    @property
    def alphas_cumprod(self) -> Tensor:
        """a_t^2 (num_timesteps,), what remains of the image's variance up to step t."""
        return self.levels[0, 1:].square()

    @property
    def null_label(self) -> int:
        """The class that stands for none."""
        return self.config.num_classes

    def levels_at(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """a_t and sigma_t, (B, 1, 1, 1) each, of times (B,)."""
        a, sigma = self.levels[:, t + 1, None, None, None]
        return a, sigma

    def q_sample(self, x_start: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        """x_t = a_t x_0 + sigma_t noise, (B, C, H, W) at times (B,)."""
        a, sigma = self.levels_at(t)
        return a * x_start + sigma * noise

    def target(self, x_start: Tensor, t: Tensor, noise: Tensor) -> Tensor:
        """What the network is to put out for x_t = q_sample(x_start, t, noise)."""
        a, sigma = self.levels_at(t)
        if self.config.prediction == "noise":
            return noise
        if self.config.prediction == "x_start":
            return x_start
        if self.config.prediction == "velocity":
            return a * noise - sigma * x_start
        return noise - x_start

    def x_start_and_noise(self, output: Tensor, x: Tensor, t: Tensor) -> tuple[Tensor, Tensor]:
        """x_start and pred_noise that an output of the network stands for: `target`, solved for both."""
        a, sigma = self.levels_at(t)
        if self.config.prediction == "noise":
            return (x - sigma * output) / a, output
        if self.config.prediction == "x_start":
            return output, (x - a * output) / sigma
        if self.config.prediction == "velocity":
            return a * x - sigma * output, sigma * x + a * output
        return x - sigma * output, x + a * output

    def predict(self, x: Tensor, t: int, labels: Tensor, guidance: float = 1.0) -> tuple[Tensor, Tensor]:
        """x_start, kept within [-1, 1], and the pred_noise that goes with it, of x_t at one time `t`.

        `labels` (B,) are classes or `null_label`. A `guidance` of 0 or 1 asks the network once, any other
        twice.
        """
        times = torch.full((len(x),), t, device=x.device)
        nothing = torch.full_like(labels, self.null_label)
        if guidance in (0, 1) or not self.config.num_classes:
            output = self.unet(x, times, labels if guidance else nothing)
        else:
            both = self.unet(x.repeat(2, 1, 1, 1), times.repeat(2), torch.cat([labels, nothing]))
            with_class, without = both.chunk(2)
            output = torch.lerp(without, with_class, guidance)
        x_start = self.x_start_and_noise(output, x, times)[0].clamp(-1, 1)
        a, sigma = self.levels_at(times)
        return x_start, (x - a * x_start) / sigma

    def denoise(
        self,
        x: Tensor,
        labels: Tensor,
        times: Sequence[int] | None = None,
        guidance: float | None = None,
        sampler: SamplerName = "dpm_solver",
        noise: StepNoise | None = None,
        callback: Callback | None = None,
        known: Known | None = None,
        guidance_low: float | None = None,
        guidance_high: float | None = None,
    ) -> Tensor:
        """Images (B, C, H, W) in [0, 1] out of `x`, which is x_t at the first of `times`.

        `labels` (B,) are classes or `null_label`. `times`, `guidance` and the interval where it acts are by
        default those of the config; the sampler 'ddpm' needs the `noise` of its steps. What is `known` stays,
        and the rest is filled in by `repaint`, which needs the `noise`, too.
        """
        config = self.config
        if times is None:
            times = inference_times(self.levels, config.num_inference_steps)
        weight = config.guidance if guidance is None else check_guidance(guidance)
        interval = check_interval(
            config.guidance_low if guidance_low is None else guidance_low,
            config.guidance_high if guidance_high is None else guidance_high,
        )

        def predict(x: Tensor, t: int) -> tuple[Tensor, Tensor]:
            return self.predict(x, t, labels, guidance_at(t, config.num_timesteps, weight, *interval))

        if known is None:
            x = SAMPLERS[sampler](predict, self.levels, x, times, noise, callback)
        else:
            image, mask, resamplings = known
            part = {"known": 2 * image - 1, "mask": mask, "resamplings": resamplings}
            x = repaint(predict, self.levels, x, times, noise, callback, **part)
        return (x.clamp(-1, 1) + 1) / 2

    def trajectory(self, x: Tensor, labels: Tensor, **sampling: Any) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """What `denoise` makes, and all that it passed.

        Images (B, C, H, W), then x, x_start and pred_noise at each of the times, (S * B, C, H, W) each, in
        [-1, 1]. Of a time that comes again the last counts.
        """
        passed: dict[int, tuple[Tensor, Tensor, Tensor]] = {}

        def note(x: Tensor, t: int, x_start: Tensor, pred_noise: Tensor) -> None:
            passed[t] = x, x_start, pred_noise

        images = self.denoise(x, labels, **sampling, callback=note)
        x, x_start, pred_noise = (torch.cat(parts) for parts in zip(*passed.values()))
        return images, x, x_start, pred_noise

    def read_latents(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """x_T (B, C, H, W) and the classes (B,) to make of it, of z (B, latent_dim).

        z is x_T, and then a number for each class, of which the largest names the class. With z ~ N(0, I) all
        classes are as likely.
        """
        pixels = math.prod(self.config.image_shape)
        x, scores = z[:, :pixels].unflatten(1, self.config.image_shape), z[:, pixels:]
        nothing = torch.full(z.shape[:1], self.null_label, device=z.device)
        return x, scores.argmax(1) if self.config.num_classes else nothing

    def decode(self, z: Tensor, guidance: float | None = None) -> Tensor:
        """Images (B, C, H, W) in [0, 1] out of z (B, latent_dim), by `dpm_solver`; z as in `read_latents`."""
        return self.denoise(*self.read_latents(z), guidance=guidance)

    def sample(self, num_images: int, rng: torch.Generator) -> Tensor:
        """Images of z ~ N(0, I); the first k are the same at any `num_images`."""
        return self.decode(standard_normal(num_images, self.config.latent_dim, rng).to(self.levels))
