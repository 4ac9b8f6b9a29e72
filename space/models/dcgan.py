"""Deep convolutional GAN (Radford et al. 2016, https://arxiv.org/abs/1511.06434).

The game of `gan.py` between convolutional networks, by the paper's guidelines: strided convolutions in D and
transposed ones in G instead of pooling; BatchNorm everywhere except at G's output and D's input; no hidden
fully connected layers; ReLU in G with tanh at its end, LeakyReLU(0.2) in D; weights from N(0, 0.02).

The image is halved down to 4x4 pixels: 64 -> 32 -> 16 -> 8 -> 4, 28 -> 14 -> 7 -> 4. Kernels are 4x4 at even
sizes, where they cover every pixel equally often (no checkerboard), and 3x3 at the odd size 7.
"""

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn

from .description import Description, Paper, sampling_line
from .gan import GAN, LIMITS, SAMPLES, bound_in_words, bound_slope
from .layers import ImageConfig, check_ranges

PAPER = Paper(
    "Radford, Alec and Metz, Luke and Chintala, Soumith",
    2016,
    "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
    "https://arxiv.org/abs/1511.06434",
)


@dataclass(frozen=True)
class DCGANConfig(ImageConfig):
    """Shape of a DCGAN; `image_size` is 28, 32, 64 or 128."""

    latent_dim: int = 64
    """dimensions of z"""
    base_channels: int = 64
    """channels at half the image's size, doubled at each further halving"""
    spectral_norm: bool = False
    """weights of spectral norm 1 in D, instead of BatchNorm (Miyato et al. 2018)"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.image_size not in (28, 32, 64, 128):
            raise ValueError(f"image_size is {self.image_size}; allowed: 28, 32, 64 or 128")
        check_ranges(self, latent_dim=4096, base_channels=512)

    def describe(self) -> Description:
        channels, sizes = ("-".join(map(str, numbers[1:])) for numbers in (self.channels, self.sizes))
        layers = f"transposed and strided convolutions over {channels} channels at {sizes} pixels"
        return Description(
            kind="dcgan",
            about="The GAN game between convolutional networks (Radford et al. 2016). The generator and the "
            "discriminator are both in this folder.",
            networks=f"{layers}{bound_in_words(self.spectral_norm)}, latent_dim = {self.latent_dim}",
            usage=sampling_line(self.image_shape),
            samples=SAMPLES,
            limits=LIMITS,
            paper=PAPER,
        )

    @property
    def sizes(self) -> list[int]:
        """Height of the image and of each halving: 28 -> [28, 14, 7, 4]."""
        sizes = [self.image_size]
        while sizes[-1] > 4:
            sizes.append((sizes[-1] + 1) // 2)
        return sizes

    @property
    def channels(self) -> list[int]:
        """Channels at each of the `sizes`: [1, 64, 128, 256]."""
        return [self.in_channels] + [self.base_channels * 2**i for i in range(len(self.sizes) - 1)]


def initialise(module: nn.Module) -> None:
    """Weights as in section 4 of the paper; BatchNorm's scale around 1."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


class Generator(nn.Module):
    """z (B, latent_dim) -> images (B, C, H, W) in [0, 1]."""

    def __init__(self, config: DCGANConfig) -> None:
        super().__init__()
        sizes, channels = config.sizes[::-1], config.channels[::-1]
        layers: list[nn.Module] = [
            nn.Unflatten(1, (config.latent_dim, 1, 1)),  # (B, latent_dim, 1, 1)
            nn.ConvTranspose2d(config.latent_dim, channels[0], sizes[0], bias=False),  # 1x1 -> 4x4
        ]
        for (a, b), size in zip(pairwise(channels), sizes[1:]):
            kernel_size = 3 if size % 2 else 4
            layers += [
                nn.BatchNorm2d(a),
                nn.ReLU(),
                nn.ConvTranspose2d(a, b, kernel_size, stride=2, padding=1, bias=False),  # (B, b, size, size)
            ]
        self.network = nn.Sequential(*layers, nn.Tanh())
        self.apply(initialise)

    def forward(self, z: Tensor) -> Tensor:
        return (self.network(z) + 1) / 2


class Discriminator(nn.Module):
    """Images (B, C, H, W) in [0, 1] -> logits (B,)."""

    def __init__(self, config: DCGANConfig) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for depth, ((a, b), size) in enumerate(zip(pairwise(config.channels), config.sizes)):
            normalised = depth > 0 and not config.spectral_norm
            kernel_size = 3 if size % 2 else 4
            layers += [
                nn.Conv2d(a, b, kernel_size, stride=2, padding=1, bias=not normalised),  # half the size
                *[nn.BatchNorm2d(b)] * normalised,
                nn.LeakyReLU(0.2),
            ]
        last = nn.Conv2d(config.channels[-1], 1, config.sizes[-1])  # (B, 1, 1, 1)
        self.network = nn.Sequential(*layers, last, nn.Flatten(0))  # (B,)
        self.apply(initialise)
        if config.spectral_norm:
            bound_slope(self)

    def forward(self, x: Tensor) -> Tensor:
        return self.network(2 * x - 1)


class DCGAN(
    GAN,
    tags=["dcgan", "gan", "generative-adversarial-network", "generative-models"],
    paper_url="https://arxiv.org/abs/1511.06434",
):
    """Convolutional generator and discriminator, with the methods of `GAN`."""

    def __init__(self, config: DCGANConfig) -> None:
        nn.Module.__init__(self)  # not GAN.__init__, which builds MLPs
        self.config = config
        self.generator, self.discriminator = Generator(config), Discriminator(config)
