"""Generative adversarial network of MLPs (Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661).

A generator G turns noise z ~ N(0, I) into images, a discriminator D tells them from real ones, and the two
play a game on the value function (eq. 1 of the paper)

    min_G max_D V(D, G) = E[log D(x)] + E[log(1 - D(G(z)))]

At its equilibrium G's images are distributed like the data, D is 1/2 everywhere, and V = -log 4.

Latent vectors `z` have shape (B, latent_dim); images are (B, C, H, W) in [0, 1]; logits are (B,), so that
D(x) = sigmoid(logit). Inside the networks images are in [-1, 1], the range of G's tanh.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from .description import Description, Paper, sampling_line
from .layers import ImageConfig, check_ranges, standard_normal

SAMPLES = "What the generator makes of the same latent vectors: the last snapshot"
LIMITS = "The discriminator judges against its own generator only: its score is no measure of other images."
PAPER = Paper(
    "Goodfellow, Ian J. and Pouget-Abadie, Jean and Mirza, Mehdi and Xu, Bing and Warde-Farley, David and "
    "Ozair, Sherjil and Courville, Aaron and Bengio, Yoshua",
    2014,
    "Generative Adversarial Networks",
    "https://arxiv.org/abs/1406.2661",
)


@dataclass(frozen=True)
class GANConfig(ImageConfig):
    """Shape of a GAN of MLPs."""

    latent_dim: int = 64
    """dimensions of z"""
    hidden_dim: int = 512
    """width of a hidden layer"""
    num_layers: int = 3
    """hidden layers of each network"""
    spectral_norm: bool = False
    """in D, weight matrices of spectral norm 1, which bounds its slope (Miyato et al. 2018)"""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ranges(self, latent_dim=4096, hidden_dim=8192, num_layers=16)

    def describe(self) -> Description:
        layers = f"{self.num_layers} hidden layers of {self.hidden_dim} units in each network"
        return Description(
            kind="gan",
            about="A generative adversarial network of MLPs: a generator turns noise into images, and a "
            "discriminator learns to tell them from real ones (Goodfellow et al. 2014). Both are in this "
            "folder.",
            networks=f"{layers}{bound_in_words(self.spectral_norm)}, latent_dim = {self.latent_dim}",
            usage=sampling_line(self.image_shape),
            samples=SAMPLES,
            limits=LIMITS,
            paper=PAPER,
        )


class Generator(nn.Module):
    """z (B, latent_dim) -> images (B, C, H, W) in [0, 1]."""

    def __init__(self, config: GANConfig) -> None:
        super().__init__()
        widths = [config.latent_dim] + [config.hidden_dim] * config.num_layers
        hidden = [
            m for a, b in pairwise(widths) for m in (nn.Linear(a, b), nn.BatchNorm1d(b), nn.LeakyReLU(0.2))
        ]
        pixels = config.in_channels * config.image_size**2
        self.network = nn.Sequential(
            *hidden,  # (B, hidden_dim)
            nn.Linear(widths[-1], pixels),  # (B, C * H * W)
            nn.Tanh(),
            nn.Unflatten(1, config.image_shape),  # (B, C, H, W)
        )

    def forward(self, z: Tensor) -> Tensor:
        return (self.network(z) + 1) / 2


class Discriminator(nn.Module):
    """Images (B, C, H, W) in [0, 1] -> logits (B,)."""

    def __init__(self, config: GANConfig) -> None:
        super().__init__()
        widths = [config.in_channels * config.image_size**2] + [config.hidden_dim] * config.num_layers
        hidden = [m for a, b in pairwise(widths) for m in (nn.Linear(a, b), nn.LeakyReLU(0.2))]
        self.network = nn.Sequential(
            nn.Flatten(),  # (B, C * H * W)
            *hidden,  # (B, hidden_dim)
            nn.Linear(widths[-1], 1),  # (B, 1)
            nn.Flatten(0),  # (B,)
        )
        if config.spectral_norm:
            bound_slope(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.network(2 * x - 1)


def bound_in_words(spectral_norm: bool) -> str:
    return ", spectral normalisation in the discriminator" if spectral_norm else ""


def bound_slope(network: nn.Module) -> None:
    """Spectral normalisation of all weights, in place (Miyato et al. 2018, https://arxiv.org/abs/1802.05957)."""
    for layer in list(network.modules()):
        if isinstance(layer, nn.Linear | nn.Conv2d):
            spectral_norm(layer)


class GAN(
    nn.Module,
    PyTorchModelHubMixin,
    library_name="generative-lab",
    license="mit",
    pipeline_tag="unconditional-image-generation",
    tags=["gan", "generative-adversarial-network", "generative-models"],
    paper_url="https://arxiv.org/abs/1406.2661",
):
    """Generator and discriminator."""

    def __init__(self, config: GANConfig) -> None:
        super().__init__()
        self.config = config
        self.generator, self.discriminator = Generator(config), Discriminator(config)

    def decode(self, z: Tensor) -> Tensor:
        """Images (B, C, H, W) in [0, 1] of latent vectors (B, latent_dim)."""
        return self.generator(z)

    def discriminate(self, x: Tensor) -> Tensor:
        """Logits (B,): how real the images (B, C, H, W) look; D(x) is their sigmoid."""
        return self.discriminator(x)

    def forward(self, z: Tensor) -> Tensor:
        """The same as `decode`."""
        return self.decode(z)

    def sample(self, num_images: int, rng: torch.Generator) -> Tensor:
        """Images of z ~ N(0, I); the first k are the same at any `num_images`."""
        z = standard_normal(num_images, self.config.latent_dim, rng)  # (num_images, latent_dim)
        return self.decode(z.to(next(self.parameters())))


def value_function(logits_real: Tensor, logits_fake: Tensor) -> Tensor:
    """V(D, G) in nats, a scalar, estimated from D's logits of real and of generated images (eq. 1)."""
    return F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()


def discriminator_loss(logits_real: Tensor, logits_fake: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """-V(D, G), a scalar; with label smoothing the target of real images is 1 - `label_smoothing`.

    One-sided smoothing: Salimans et al. 2016, https://arxiv.org/abs/1606.03498, section 3.4.
    """
    target = torch.full_like(logits_real, 1 - label_smoothing)
    return F.binary_cross_entropy_with_logits(logits_real, target) - F.logsigmoid(-logits_fake).mean()


def r1_penalty(logits_real: Tensor, real: Tensor) -> Tensor:
    """Half the mean squared length of D's gradient at the `real` images, which must require gradients.

    Mescheder et al. 2018, https://arxiv.org/abs/1801.04406, eq. 9.
    """
    (slope,) = torch.autograd.grad(logits_real.sum(), real, create_graph=True)  # (B, C, H, W)
    return 0.5 * slope.square().flatten(1).sum(1).mean()


def generator_loss(logits_fake: Tensor, saturating: bool = False) -> Tensor:
    """E[-log D(G(z))] (section 3 of the paper), or if `saturating` G's part of V, E[log(1 - D(G(z)))].

    Both have the same fixed points. The gradient of the second vanishes where D is sure that an image is
    generated.
    """
    return F.logsigmoid(-logits_fake).mean() if saturating else -F.logsigmoid(logits_fake).mean()
