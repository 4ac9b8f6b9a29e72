"""The density of binary images, pixel by pixel (van den Oord et al. 2016, https://arxiv.org/abs/1601.06759).

The chain rule over the pixels in reading order, and no approximation in it:

    p(x | y) = prod_i p(x_i | x_1, ..., x_{i-1}, y),      x_i in {0, 1}

One network gives all factors. A masked convolution sees of each pixel's surroundings only what comes before
it; 1x1 convolutions make of that the log-odds of x_i = 1. So the log p of an image takes one pass, exactly.
To draw takes a step for each pixel, and each step asks for one pixel alone: nothing is computed twice.

Grey images are made binary before they come in, at random with their grey value as probability. y is a class
or `null_label`, no class.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from .description import Description, Paper, sampling_line
from .layers import ImageConfig, check_guidance, check_ranges, standard_normal

IMAGES_AT_ONCE, IMAGES_AT_ONCE_CPU = 100, 4
"""images whose features are in memory at a time; on a CPU as few as stay in its cache: twice as fast"""


def at_once(x: Tensor) -> int:
    """Of images `x`, how many are seen at a time."""
    return IMAGES_AT_ONCE_CPU if x.device.type == "cpu" else IMAGES_AT_ONCE


PAPER = Paper(
    "van den Oord, Aäron and Kalchbrenner, Nal and Kavukcuoglu, Koray",
    2016,
    "Pixel Recurrent Neural Networks",
    "https://arxiv.org/abs/1601.06759",
)


@dataclass(frozen=True)
class PixelCNNConfig(ImageConfig):
    """Shape of the network; images are grey."""

    num_classes: int = 10
    """classes that can be asked for; 0: none, the model is trained without labels"""
    context: int = 20
    """rows above a pixel that the convolution sees, and columns to either side"""
    hidden_dim: int = 128
    """channels of the convolutions"""
    num_blocks: int = 3
    """residual blocks of two 1x1 convolutions"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.in_channels != 1:
            raise ValueError(f"in_channels is {self.in_channels}; allowed: 1, for pixels are black or white")
        if not 0 <= self.num_classes <= 1000:
            raise ValueError(f"num_classes is {self.num_classes}; allowed: 0 to 1000")
        check_ranges(self, context=64, hidden_dim=4096, num_blocks=64)

    def describe(self) -> Description:
        size = f"{self.context + 1}x{2 * self.context + 1}"
        return Description(
            kind="pixelcnn",
            about="An autoregressive model: the exact probability of a binary image as a product over its "
            "pixels, each given those before it (van den Oord et al. 2016).",
            networks=f"a masked convolution of {size} pixels and {self.num_blocks} residual blocks of 1x1 "
            f"convolutions, {self.hidden_dim} channels, SiLU",
            usage=sampling_line(self.image_shape),
            samples="The same random numbers, one a pixel, made into images by the network through "
            "training: the last snapshot",
            limits=f"An image takes {self.num_pixels} steps, one a pixel. Pixels are black or white.",
            paper=PAPER,
        )

    @property
    def num_pixels(self) -> int:
        return self.image_size**2

    @property
    def latent_dim(self) -> int:
        """Numbers that `decode` makes an image of: one a pixel, and one a class."""
        return self.num_pixels + self.num_classes

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """Rows and columns from a pixel to those that the convolution sees, in reading order."""
        rows, columns = range(-self.context, 1), range(-self.context, self.context + 1)
        return [(row, column) for row in rows for column in columns if (row, column) < (0, 0)]


class Block(nn.Module):
    """h + W2 silu(W1 silu(h)), for each pixel alone; features (..., hidden_dim)."""

    def __init__(self, hidden_dim: int) -> None:
        super().__init__()
        self.first = nn.Linear(hidden_dim, hidden_dim)
        self.second = nn.Linear(hidden_dim, hidden_dim)
        nn.init.zeros_(self.second.weight)  # at first the block changes nothing

    def forward(self, h: Tensor) -> Tensor:
        return h + self.second(F.silu(self.first(F.silu(h))))


class PixelCNN(
    nn.Module,
    PyTorchModelHubMixin,
    library_name="generative-lab",
    license="mit",
    pipeline_tag="unconditional-image-generation",
    tags=["pixelcnn", "autoregressive", "generative-models"],
    paper_url="https://arxiv.org/abs/1601.06759",
):
    """The network of all factors, and what follows from them."""

    mask: Tensor

    def __init__(self, config: PixelCNNConfig) -> None:
        super().__init__()
        self.config = config
        width = config.hidden_dim
        edge, num_seen = config.context, len(config.offsets)
        self.context = nn.Conv2d(1, width, kernel_size=(edge + 1, 2 * edge + 1), bias=False)
        mask = torch.zeros(1, 1, *self.context.kernel_size, device="cpu")  # on meta it would import compilers
        mask.view(-1)[:num_seen] = 1  # the pixel itself and later ones: 0
        self.register_buffer("mask", mask, persistent=False)
        self.place = nn.Embedding(config.num_pixels, width)
        self.classes = nn.Embedding(config.num_classes + 1, width)  # the last: no class, the null label
        self.blocks = nn.ModuleList([Block(width) for _ in range(config.num_blocks)])
        self.head = nn.Linear(width, 1)
        self.bias = nn.Embedding(config.num_pixels, 1)
        for table, deviation in ((self.place, 0.0), (self.classes, 0.1), (self.bias, 0.0)):
            nn.init.normal_(table.weight, std=deviation)

    @property
    def null_label(self) -> int:
        """The class that stands for none."""
        return self.config.num_classes

    def _label_of(self, x: Tensor, labels: Tensor | None) -> Tensor:
        nothing = torch.full(x.shape[:1], self.null_label, device=x.device)
        return nothing if labels is None else labels

    def _padded(self, x: Tensor) -> Tensor:
        """Images (B, 1, H, W) with black around them, as far as the convolution sees."""
        edge = self.config.context
        return F.pad(x, (edge, edge, edge, 0))

    def _neighbours(self, pixels: Tensor) -> Tensor:
        """Where the pixels (...) of an image and those before them lie in a padded one: (..., context)."""
        edge, size = self.config.context, self.config.image_size
        columns = size + 2 * edge
        steps = torch.tensor([row * columns + column for row, column in self.config.offsets])
        places = (pixels // size + edge) * columns + pixels % size + edge
        return places[..., None] + steps.to(pixels.device)

    def _see(self, pixels: Tensor) -> Tensor:
        """What the convolution makes of the pixels before one, (..., context) in reading order."""
        return F.linear(pixels, self.context.weight.flatten(1)[:, : pixels.shape[-1]])

    def _log_odds(self, seen: Tensor, pixels: Tensor, labels: Tensor) -> Tensor:
        """Of x_i = 1, (B, K), for K pixels an image: what the convolution made of them (B, K, hidden_dim),
        which ones they are (K,) or (B, K), and classes (B,)."""
        h = seen + self.place(pixels) + self.classes(labels)[:, None]
        for block in self.blocks:
            h = block(h)
        return (self.head(F.silu(h)) + self.bias(pixels)).squeeze(-1)

    def logits_at(self, x: Tensor, pixels: Tensor, labels: Tensor | None = None) -> Tensor:
        """Log-odds of x_i = 1, (B, K), at pixels (B, K) of images (B, 1, H, W), given the pixels before."""
        padded, where = self._padded(x).flatten(1), self._neighbours(pixels)
        before = padded.gather(1, where.flatten(1)).view(where.shape)
        return self._log_odds(self._see(before), pixels, self._label_of(x, labels))

    def logits(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """Log-odds of each pixel being 1, given those before it: of images (B, 1, H, W), in their shape."""
        odds = self._all_log_odds(self._see_all(x), self._label_of(x, labels))
        return odds.unflatten(1, self.config.image_shape)

    def _see_all(self, x: Tensor) -> Tensor:
        """What the convolution makes of all pixels of images (B, 1, H, W): (B, pixels, hidden_dim)."""
        return F.conv2d(self._padded(x), self.context.weight * self.mask).flatten(2).transpose(1, 2)

    def _all_log_odds(self, seen: Tensor, labels: Tensor) -> Tensor:
        return self._log_odds(seen, torch.arange(self.config.num_pixels, device=seen.device), labels)

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """Log-odds, as `logits`."""
        return self.logits(x, labels)

    def log_prob(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """log p(x | y), (B,) in nats, of images (B, 1, H, W) of zeros and ones; without `labels` log p(x)."""
        labels = self._label_of(x, labels)
        parts = zip(x.split(at_once(x)), labels.split(at_once(x)))
        return torch.cat([self._log_prob(self._see_all(some), some, y) for some, y in parts])

    def _log_prob(self, seen: Tensor, x: Tensor, labels: Tensor) -> Tensor:
        logits, target = self._all_log_odds(seen, labels).float(), x.flatten(1)
        return -F.binary_cross_entropy_with_logits(logits, target, reduction="none").sum(1)

    def class_log_probs(self, x: Tensor) -> Tensor:
        """log p(x | y) for each class y, (B, num_classes). With equal priors, their softmax is p(y | x)."""
        found = x.new_empty(len(x), self.config.num_classes)
        for rows in torch.arange(len(x), device=x.device).split(at_once(x)):
            seen = self._see_all(x[rows])  # the same for all classes
            for label in range(self.config.num_classes):
                labels = torch.full(rows.shape, label, device=x.device)
                found[rows, label] = self._log_prob(seen, x[rows], labels)
        return found

    def draw(
        self,
        uniforms: Tensor,
        labels: Tensor,
        x: Tensor | None = None,
        known: Tensor | None = None,
        temperature: float = 1.0,
        guidance: float = 1.0,
    ) -> Tensor:
        """Images (B, 1, H, W) of zeros and ones: pixel i is 1 where its `uniforms` (B, pixels), in [0, 1), is
        below p(x_i = 1 | those before, y), and as in `x` where `known` (B, 1, H, W) is not 0.

        Log-odds l are divided by the `temperature`. With `guidance` w they are first those of classifier-free
        guidance, l(null) + w (l(y) - l(null)) (Ho and Salimans 2022, https://arxiv.org/abs/2207.12598), for
        which the network is asked twice unless w is 0 or 1. Where either is not 1 it is no draw from p.
        """
        size, edge = self.config.image_size, self.config.context
        canvas = self._padded(torch.zeros(len(uniforms), 1, size, size, device=uniforms.device))
        flat = canvas.view(len(uniforms), -1)
        pixels = torch.arange(self.config.num_pixels, device=uniforms.device)
        where, columns = self._neighbours(pixels), size + 2 * edge
        nothing = torch.full_like(labels, self.null_label)
        labels = labels if check_guidance(guidance) else nothing
        for i in range(self.config.num_pixels):
            seen = self._see(flat[:, where[i]])[:, None]
            odds = self._log_odds(seen, pixels[i, None], labels).double()
            if guidance not in (0, 1):
                odds = self._log_odds(seen, pixels[i, None], nothing).double().lerp(odds, guidance)
            p = (odds / temperature).sigmoid()[:, 0]
            drawn = (uniforms[:, i] < p).to(flat)
            row, column = divmod(i, size)
            if known is not None:
                drawn = torch.where(known[:, 0, row, column] != 0, x[:, 0, row, column], drawn)
            flat[:, (row + edge) * columns + column + edge] = drawn
        return canvas[:, :, edge:, edge : edge + size].contiguous()

    def read_latents(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Uniform numbers (B, pixels), float64, and the classes (B,) to make of z (B, latent_dim).

        z is a number a pixel, and then one a class, of which the largest names the class. With z ~ N(0, I)
        the first are uniform after the normal distribution function, and all classes are as likely.
        """
        numbers, scores = z[:, : self.config.num_pixels], z[:, self.config.num_pixels :]
        nothing = torch.full(z.shape[:1], self.null_label, device=z.device)
        return torch.special.ndtr(numbers.double()), scores.argmax(1) if self.config.num_classes else nothing

    def decode(self, z: Tensor, guidance: float = 1.0) -> Tensor:
        """Images (B, 1, H, W) of zeros and ones out of z (B, latent_dim), as in `read_latents`."""
        return self.draw(*self.read_latents(z), guidance=guidance)

    def sample(
        self, num_images: int, rng: torch.Generator, labels: Tensor | None = None, guidance: float = 1.0
    ) -> Tensor:
        """Images of z ~ N(0, I), of the classes `labels` where they are given, with `guidance` as in `draw`;
        the first k are the same at any `num_images`."""
        z = standard_normal(num_images, self.config.latent_dim, rng).to(self.head.weight)
        uniforms, own = self.read_latents(z)
        return self.draw(uniforms, own if labels is None else labels, guidance=guidance)

    def complete(
        self,
        x: Tensor,
        known: Tensor,
        rng: torch.Generator,
        labels: Tensor | None = None,
        temperature: float = 1.0,
        guidance: float = 1.0,
    ) -> Tensor:
        """Images (B, 1, H, W) that are as `x`, of zeros and ones, where `known` is not 0; the rest is drawn,
        given all pixels before. Where what is known comes before all else, that is a draw from
        p(rest | known); a known pixel does not reach back to those before it."""
        z = standard_normal(len(x), self.config.latent_dim, rng).to(self.head.weight)
        return self.draw(self.read_latents(z)[0], self._label_of(x, labels), x, known, temperature, guidance)
