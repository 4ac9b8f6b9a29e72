"""Parts of several families: configs, an encoder and its decoder, random codes, scaling of images."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import handle_torch_function, has_torch_function_unary

SHADE = 0.02
"""difference of two pixels in [0, 1] up to which `differences` grow in proportion"""


def check_ranges(config: object, **most: int) -> None:
    """Raise a `ValueError` if a field of `config` is below 1 or above its limit in `most`."""
    for name, limit in most.items():
        if not 1 <= getattr(config, name) <= limit:
            raise ValueError(f"{name} is {getattr(config, name)}; allowed: 1 to {limit}")


def check_guidance(guidance: float) -> float:
    """The weight of a class in classifier-free guidance; `ValueError` if it is out of bounds."""
    if not 0 <= guidance <= 100:
        raise ValueError(f"guidance is {guidance}; allowed: 0 to 100")
    return guidance


@dataclass(frozen=True)
class ImageConfig:
    """The shape of the images that a model takes and gives."""

    in_channels: int = 1
    """channels of an image: 1 for grey, 3 for RGB"""
    image_size: int = 28
    """height and width of an image in pixels, a multiple of 4 from 8 to 256"""

    def __post_init__(self) -> None:
        if self.in_channels not in (1, 3):
            raise ValueError(f"in_channels is {self.in_channels}; allowed: 1 (grey) or 3 (RGB)")
        if self.image_size % 4 or not 8 <= self.image_size <= 256:
            raise ValueError(f"image_size is {self.image_size}; allowed: a multiple of 4 from 8 to 256")

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of one image."""
        return self.in_channels, self.image_size, self.image_size


@dataclass(frozen=True)
class NetworkConfig(ImageConfig):
    """The layers of an encoder; its decoder mirrors them."""

    architecture: Literal["mlp", "conv"] = "mlp"
    """fully connected, or strided convolutions that halve the image until it has 8x8 pixels or an odd size"""
    hidden_dim: int = 500
    """units of a hidden layer; `conv` has one fully connected hidden layer"""
    num_layers: int = 2
    """hidden layers on each side (`mlp` only)"""
    base_channels: int = 32
    """channels after the first convolution; the next one doubles them, later ones have four times as many
    (`conv` only)"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.architecture not in ("mlp", "conv"):
            raise ValueError(f"architecture is {self.architecture!r}; allowed: 'mlp' or 'conv'")
        check_ranges(self, hidden_dim=8192, num_layers=16, base_channels=512)

    @property
    def in_words(self) -> str:
        """The layers of both networks."""
        if self.architecture == "mlp":
            return f"{self.num_layers} hidden layers of {self.hidden_dim} units on each side, SiLU"
        return (
            f"convolutions from {self.base_channels} channels and one hidden layer of {self.hidden_dim}, SiLU"
        )


def conv_plan(config: NetworkConfig) -> tuple[list[int], int]:
    """Channels after each halving of the image, and the size after the last: 28 -> ([32, 64], 7)."""
    channels, size = [], config.image_size
    while not channels or (size > 8 and size % 2 == 0):
        channels.append(config.base_channels * min(2 ** len(channels), 4))
        size //= 2
    return channels, size


def build_encoder(config: NetworkConfig, out_features: int, in_channels: int) -> nn.Sequential:
    """Network from (B, in_channels, H, W) to (B, out_features), without an activation at its end."""
    if config.architecture == "mlp":
        widths = [in_channels * config.image_size**2] + [config.hidden_dim] * config.num_layers
        hidden = [m for a, b in pairwise(widths) for m in (nn.Linear(a, b), nn.SiLU())]
        return nn.Sequential(
            nn.Flatten(),  # (B, in_channels * H * W)
            *hidden,  # (B, hidden_dim)
            nn.Linear(widths[-1], out_features),  # (B, out_features)
        )
    channels, size = conv_plan(config)
    steps: list[nn.Module] = []
    for a, b in pairwise([in_channels, *channels]):
        steps += [nn.Conv2d(a, b, kernel_size=4, stride=2, padding=1), nn.SiLU()]  # (B, b, h/2, w/2)
    last = channels[-1]
    steps += [nn.Conv2d(last, last, kernel_size=3, padding=1), nn.SiLU()]  # (B, last, size, size)
    steps += [nn.Flatten(), nn.Linear(last * size * size, config.hidden_dim), nn.SiLU()]  # (B, hidden_dim)
    return nn.Sequential(*steps, nn.Linear(config.hidden_dim, out_features))  # (B, out_features)


def build_decoder(config: NetworkConfig, latent_dim: int) -> nn.Sequential:
    """Network from codes (B, latent_dim) to pixel logits (B, C, H, W)."""
    if config.architecture == "mlp":
        widths = [latent_dim] + [config.hidden_dim] * config.num_layers
        hidden = [m for a, b in pairwise(widths) for m in (nn.Linear(a, b), nn.SiLU())]
        pixels = config.in_channels * config.image_size**2
        return nn.Sequential(
            *hidden,  # (B, hidden_dim)
            nn.Linear(widths[-1], pixels),  # (B, C * H * W)
            nn.Unflatten(1, config.image_shape),  # (B, C, H, W)
        )
    channels, size = conv_plan(config)
    last = channels[-1]
    steps: list[nn.Module] = [nn.Linear(latent_dim, config.hidden_dim), nn.SiLU()]  # (B, hidden_dim)
    steps += [nn.Linear(config.hidden_dim, last * size * size), nn.SiLU()]  # (B, last * size * size)
    steps += [nn.Unflatten(1, (last, size, size))]  # (B, last, size, size)
    steps += [nn.Conv2d(last, last, kernel_size=3, padding=1), nn.SiLU()]
    for a, b in pairwise([*channels[::-1], config.in_channels]):
        steps += [nn.ConvTranspose2d(a, b, kernel_size=4, stride=2, padding=1), nn.SiLU()]  # (B, b, 2h, 2w)
    return nn.Sequential(*steps[:-1])  # ends with logits, not with an activation


def standard_normal(num_images: int, latent_dim: int, rng: torch.Generator) -> Tensor:
    """Codes (num_images, latent_dim) from N(0, I); the first k are the same at any `num_images`.

    One draw an image: a single `torch.randn` of another size gives other numbers.
    """
    return torch.stack([torch.randn(latent_dim, generator=rng) for _ in range(num_images)])


def differences(x: Tensor) -> Tensor:
    """How pixels of images (B, C, H, W) differ from right and lower neighbours, (B, 2C, H, W) in [-1, 1].

    Images come in [0, 1]. A difference d becomes asinh(d / SHADE) / asinh(1 / SHADE), so that shades that
    the eye hardly sees count beside edges; 0 at the last column or row. Networks that should know style
    look at such residuals instead of pixels (Fridrich and Kodovský 2012, https://doi.org/10.1109/TIFS.2012.2190402).
    """
    right = F.pad(x[:, :, :, 1:] - x[:, :, :, :-1], (0, 1, 0, 0))
    below = F.pad(x[:, :, 1:] - x[:, :, :-1], (0, 0, 0, 1))
    return torch.asinh(torch.cat([right, below], 1) / SHADE) / math.asinh(1 / SHADE)


def scale_about_centre(x: Tensor, factor: float | Tensor) -> Tensor:
    """Images (B, C, H, W) whose content is drawn `factor` times as large, with white where nothing was.

    The images keep their size. One factor for all, or one an image (B, 1, 1, 1).
    """
    if has_torch_function_unary(x):  # `training.graphs` listens: for it this is one function
        return handle_torch_function(scale_about_centre, (x,), x, factor)
    # not by affine_grid, whose matrix product would be rounded under autocast; pixel centres are in [-1, 1]
    axes = [(2 * torch.arange(count, device=x.device) + 1) / count - 1 for count in x.shape[2:]]
    rows, columns = torch.meshgrid(*axes, indexing="ij")
    grid = torch.stack([columns, rows], -1) / factor  # (H, W, 2), or (B, H, W, 2)
    return 1 - F.grid_sample(1 - x, grid.expand(len(x), -1, -1, -1), align_corners=False)
