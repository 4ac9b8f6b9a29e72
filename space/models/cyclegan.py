"""CycleGAN: translation between two sets of images without pairs (Zhu et al. 2017, https://arxiv.org/abs/1703.10593).

Two generators, G_AB: A -> B and G_BA: B -> A, play against two discriminators. In each game alone a generator
could draw any image of the other domain. The cycle ties its output to its input (eq. 3):

    L = L_GAN(G_AB, D_B) + L_GAN(G_BA, D_A) + lambda_cycle * L_cyc
    L_cyc = E|G_BA(G_AB(a)) - a|_1 + E|G_AB(G_BA(b)) - b|_1

with the least-squares game (section 4): D minimises E[(D(x) - 1)^2] + E[D(G(x))^2], G minimises
E[(D(G(x)) - 1)^2].

Images are (B, C, H, W) in [0, 1]; the networks are fully convolutional and take any size from `MIN_SIZE`.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from .description import Description, Paper
from .layers import ImageConfig, check_ranges, scale_about_centre

Direction = Literal["ab", "ba"]
Skip = Literal["logit", "mask", "palette", "colours", "none"]
PALETTES = "palette", "colours"
"""skips of generators that end in a `Palette`"""
OUTPUTS: dict[Skip, str] = {
    "logit": "add to the logit of the input",
    "mask": "mix image and input by a mask",
    "palette": "mix each pixel with {} learned colours",
    "colours": "make each pixel of {} learned colours",
    "none": "make all of the image anew",
}
"""skip -> what generators do at their end"""
MIN_SIZE = 16
"""least height and width of an image, in pixels"""
MAX_NAME = 40
"""characters of the name of a domain"""
PALETTE_FEATURES = 32
"""what the weights of a `Palette` are computed from, channels a pixel"""
WHITE = 0.999
"""largest pixel value whose logit `Generator` takes; brighter ones count as this"""


PAPER = Paper(
    "Zhu, Jun-Yan and Park, Taesung and Isola, Phillip and Efros, Alexei A.",
    2017,
    "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial Networks",
    "https://arxiv.org/abs/1703.10593",
)


@dataclass(frozen=True)
class CycleGANConfig(ImageConfig):
    """Shape of a CycleGAN, and the names of its domains."""

    in_channels: int = 3
    """channels of an image: 1 for grey, 3 for RGB"""
    image_size: int = 64
    """height and width of the training images in pixels; the networks take other sizes too"""
    base_channels: int = 16
    """channels of a generator at full size, doubled at each of its two halvings"""
    num_blocks: int = 6
    """residual blocks of a generator, at a quarter of the size"""
    skip: Skip = "logit"
    """how a generator keeps its input: 'logit' adds its output to the input's logit, which holds pure black
    and white in place; 'mask' mixes both by a mask that it makes too; 'palette' mixes each pixel with colours
    that it learned, 'colours' makes it of such colours alone; 'none' makes all of the output anew"""
    skip_ba: Skip | Literal[""] = ""
    """how G_BA keeps its input; '': as G_AB does"""
    palette_size: int = 64
    """colours that a generator learns whose skip is 'palette' or 'colours'"""
    zoom: float = 1.0
    """how much larger things are in B than in A, 0.25 to 4: G_AB first scales its input by it, G_BA by the
    inverse"""
    discriminator_channels: int = 32
    """channels of a discriminator after its first convolution, doubled at each further one"""
    discriminator_layers: int = 2
    """halvings in a discriminator: with 1, 2 or 3 its patches have 16, 34 or 70 pixels; the paper's 70 of 256
    pixels correspond to 17 of 64"""
    domain_a: str = "A"
    """what the images of A are called, on the page and in captions"""
    domain_b: str = "B"
    """what those of B are called"""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ranges(
            self,
            base_channels=256,
            num_blocks=32,
            palette_size=256,
            discriminator_channels=256,
            discriminator_layers=4,
        )
        if self.image_size < 3 * 2**self.discriminator_layers:
            raise ValueError(
                f"discriminator_layers is {self.discriminator_layers}; too many for {self.image_size} pixels"
            )
        for name, said in (("skip", self.skip), ("skip_ba", self.skip_ba or self.skip)):
            if said not in get_args(Skip):
                raise ValueError(f"{name} is {said!r}; allowed: {', '.join(get_args(Skip))}")
        if not 0.25 <= self.zoom <= 4:
            raise ValueError(f"zoom is {self.zoom}; allowed: 0.25 to 4")
        for name in ("domain_a", "domain_b"):
            said = getattr(self, name)
            if not said.strip() or len(said) > MAX_NAME or not said.isprintable():
                raise ValueError(f"{name} is {said!r:.60}; allowed: 1 to {MAX_NAME} printable characters")
        if self.domain_a == self.domain_b:
            raise ValueError(f"domain_b is {self.domain_b!r}, as domain_a; allowed: two different names")

    def _outputs(self) -> str:
        ab, ba = (OUTPUTS[skip].format(self.palette_size) for skip in (self.skip, self.skip_ba or self.skip))
        return f"at the end they {ab}" if ab == ba else f"at the end they {ab} (A to B) or {ba} (B to A)"

    def describe(self) -> Description:
        shape = ", ".join(map(str, self.image_shape))
        return Description(
            kind="cyclegan",
            about="Translation between two sets of images without pairs, both ways (Zhu et al. 2017): two "
            "generators and two discriminators, all in this folder.",
            networks=f"generators with {self.num_blocks} residual blocks of {4 * self.base_channels} "
            f"channels at a quarter of the size, {self.base_channels} channels at full size, instance "
            f"normalisation; {self._outputs()}; PatchGAN discriminators from "
            f"{self.discriminator_channels} channels, {self.discriminator_layers} halvings",
            usage=f'images = model.translate(torch.rand(16, {shape}), "ab")'
            f'  # (16, {shape}) in [0, 1]; back: "ba"',
            samples="Test images of A, their translations, test images of B, theirs: the last snapshot",
            limits="It changes style, not shape: nothing tells it which things of the two sets belong "
            "together.",
            paper=PAPER,
        )


def convolution(a: int, b: int, kernel_size: int, stride: int = 1) -> nn.Conv2d:
    """(B, a, H, W) -> (B, b, H, W), or half that size rounded up for stride 2; borders are mirrored."""
    return nn.Conv2d(a, b, kernel_size, stride, kernel_size // 2, padding_mode="reflect")


class ResidualBlock(nn.Module):
    """x plus two convolutions of x (He et al. 2016), without the last ReLU as in Johnson et al. 2016."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.network = nn.Sequential(
            convolution(channels, channels, 3),
            nn.GroupNorm(channels, channels),
            nn.ReLU(inplace=True),
            convolution(channels, channels, 3),
            nn.GroupNorm(channels, channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.network(x)


class Palette(nn.Module):
    """Each pixel as a mixture of colours that were learned and, if `own`, of its own colour.

    Images x (B, C, H, W) in [0, 1] and features (B, F, H, W) -> (B, C, H, W) in [0, 1]: the sum of
    weight_k * colour_k, with weights that are a softmax of what two convolutions make of both. So areas can
    be even to the last bit, and a light is a share of a light colour.
    """

    def __init__(self, features: int, channels: int, size: int, own: bool) -> None:
        super().__init__()
        self.own = own
        self.mix = convolution(channels + features, PALETTE_FEATURES, 3)
        self.weights = convolution(PALETTE_FEATURES, own + size, 1)
        self.colours = nn.Parameter(torch.empty(channels, size, 1, 1))

    def forward(self, x: Tensor, features: Tensor) -> Tensor:
        h = F.relu(self.mix(torch.cat([2 * x - 1, features], 1)))
        if torch.is_autocast_enabled(x.device.type):  # 16 bits are too few for the shares of a gradient
            with torch.autocast(x.device.type, enabled=False):
                return self._mixed(x, h.float())
        return self._mixed(x, h)

    def _mixed(self, x: Tensor, h: Tensor) -> Tensor:
        weights, colours = self.weights(h).softmax(1), self.colours.clamp(0, 1)
        if not self.own:
            return F.conv2d(weights, colours)
        own, weights = weights.split([1, colours.shape[1]], 1)
        return own * x + F.conv2d(weights, colours)


class Generator(nn.Module):
    """Images (B, C, H, W) in [0, 1] -> images of the other domain, of the same shape and range.

    The network of Johnson et al. 2016 (https://arxiv.org/abs/1603.08155), with three differences:

    - it enlarges by nearest neighbours and a convolution, for transposed convolutions leave checkerboards
      (Odena et al. 2016, https://distill.pub/2016/deconv-checkerboard/);
    - it keeps its input (`skip`), for instance normalisation alone would lose the colours: its output is
      added to the logit of the input; or it makes a mask beside an image and mixes image and input,
      mask * image + (1 - mask) * input, as in Tang et al. 2019 (https://arxiv.org/abs/1911.11897); or its
      last layer, which sees the input and the first layer too, is a `Palette`;
    - it first scales its input by `zoom`, which convolutions cannot do.
    """

    def __init__(self, config: CycleGANConfig, zoom: float, skip: Skip) -> None:
        super().__init__()
        channels = [config.base_channels * 2**i for i in range(3)]
        self.zoom, self.skip = zoom, skip
        self.stem = self._layer(config.in_channels, channels[0], 5)
        self.down = nn.ModuleList(self._layer(a, b, 3, stride=2) for a, b in pairwise(channels))
        self.blocks = nn.Sequential(*[ResidualBlock(channels[-1]) for _ in range(config.num_blocks)])
        self.up = nn.ModuleList(self._layer(a, b, 3) for a, b in pairwise(channels[::-1]))
        if skip in PALETTES:
            self.head = Palette(2 * channels[0], config.in_channels, config.palette_size, skip == "palette")
        else:
            self.head = convolution(channels[0], config.in_channels + (skip == "mask"), 5)
        self.apply(initialise)

    @staticmethod
    def _layer(a: int, b: int, kernel_size: int, stride: int = 1) -> nn.Sequential:
        return nn.Sequential(
            convolution(a, b, kernel_size, stride), nn.GroupNorm(b, b), nn.ReLU(inplace=True)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x.float()
        if self.zoom != 1:
            x = scale_about_centre(x, self.zoom)
        h = fine = self.stem(2 * x - 1)  # (B, base, H, W)
        sizes = []
        for layer in self.down:
            sizes.append(h.shape[2:])
            h = layer(h)  # (B, 2 * base, H/2, W/2), then (B, 4 * base, H/4, W/4)
        h = self.blocks(h)  # (B, 4 * base, H/4, W/4)
        for layer in self.up:
            h = layer(F.interpolate(h, size=sizes.pop(), mode="nearest"))  # back to each size, odd or even
        if self.skip in PALETTES:
            return self.head(x, torch.cat([fine, h], 1))
        h = self.head(h).float()
        if self.skip == "logit":
            return torch.sigmoid(h + torch.logit(x, 1 - WHITE))
        if self.skip == "none":
            return torch.sigmoid(h)
        image, mask = torch.sigmoid(h).split([x.shape[1], 1], 1)  # (B, C, H, W), (B, 1, H, W)
        return x + mask * (image - x)


class Discriminator(nn.Module):
    """Images (B, C, H, W) in [0, 1] -> scores (B, 1, h, w), one a patch: near 1 real, near 0 generated.

    `in_channels` stands for C where it is not that of the config.

    The PatchGAN of Isola et al. 2017 (https://arxiv.org/abs/1611.07004). There is no sigmoid: the
    least-squares game works on the scores themselves.
    """

    def __init__(self, config: CycleGANConfig, in_channels: int | None = None) -> None:
        super().__init__()
        widths = [config.discriminator_channels * 2**i for i in range(config.discriminator_layers + 1)]
        layers: list[nn.Module] = [
            nn.Conv2d(in_channels or config.in_channels, widths[0], 4, stride=2, padding=1),
            nn.LeakyReLU(0.2, inplace=True),
        ]
        for depth, (a, b) in enumerate(pairwise(widths), start=1):
            stride = 2 if depth < config.discriminator_layers else 1
            layers += [
                nn.Conv2d(a, b, 4, stride=stride, padding=1),
                nn.GroupNorm(b, b),
                nn.LeakyReLU(0.2, inplace=True),
            ]
        self.network = nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, 4, padding=1))
        self.apply(initialise)

    def forward(self, x: Tensor) -> Tensor:
        return self.network(2 * x - 1)


def initialise(module: nn.Module) -> None:
    """Weights from N(0, 0.02), as in section 7.1 of the paper; larger ones in a `Palette`."""
    if isinstance(module, nn.Conv2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
        nn.init.zeros_(module.bias)
    if isinstance(module, Palette):  # after its convolutions
        nn.init.uniform_(module.colours)
        for place, value in enumerate((0.0, 1.0)):  # black and white are among the colours
            nn.init.constant_(module.colours[:, place : place + 1], value)
        nn.init.normal_(module.mix.weight, 0.0, math.sqrt(2 / module.mix.weight[0].numel()))  # He et al. 2015
        nn.init.normal_(module.weights.weight, 0.0, 0.1)
        if module.own:  # near the identity: three quarters are the pixel's own
            nn.init.constant_(module.weights.bias[:1], math.log(module.colours.shape[1]) + 1)


class CycleGAN(
    nn.Module,
    PyTorchModelHubMixin,
    library_name="generative-lab",
    license="mit",
    pipeline_tag="image-to-image",
    tags=["cyclegan", "gan", "unpaired-image-translation", "generative-models"],
    paper_url="https://arxiv.org/abs/1703.10593",
):
    """Both generators and both discriminators."""

    def __init__(self, config: CycleGANConfig) -> None:
        super().__init__()
        self.config = config
        self.generator_ab = Generator(config, config.zoom, config.skip)
        self.generator_ba = Generator(config, 1 / config.zoom, config.skip_ba or config.skip)
        self.discriminator_a, self.discriminator_b = Discriminator(config), Discriminator(config)

    def translate(self, x: Tensor, direction: Direction = "ab") -> Tensor:
        """G_AB(x), or G_BA(x) for 'ba': images (B, C, H, W) in [0, 1] as images of the other domain."""
        return (self.generator_ab if direction == "ab" else self.generator_ba)(x)

    def score_patches(self, x: Tensor, domain: Literal["a", "b"]) -> Tensor:
        """Scores (B, 1, h, w) of images, patch by patch, by D of the `domain`: near 1 real, near 0 not."""
        return (self.discriminator_a if domain == "a" else self.discriminator_b)(x)

    def forward(self, x: Tensor) -> Tensor:
        """The same as `translate`, from A to B."""
        return self.translate(x)


def generator_loss(scores_fake: Tensor) -> Tensor:
    """E[(D(G(x)) - 1)^2], a scalar (Mao et al. 2017, https://arxiv.org/abs/1611.04076, eq. 9 without 1/2)."""
    return (scores_fake - 1).square().mean()


def discriminator_loss(scores_real: Tensor, scores_fake: Tensor) -> Tensor:
    """E[(D(x) - 1)^2] + E[D(G(x))^2], a scalar; 0.5 if all scores are 1/2."""
    return (scores_real - 1).square().mean() + scores_fake.square().mean()


def mean_difference(x: Tensor, y: Tensor) -> float:
    """Mean absolute difference per pixel of images in [0, 1]: the L1 of all reported metrics."""
    return (x - y).abs().mean().item()


def l1_loss(x: Tensor, y: Tensor) -> Tensor:
    """Mean absolute difference on the paper's range [-1, 1], which is twice that on [0, 1]."""
    return 2 * (x - y).abs().mean()
