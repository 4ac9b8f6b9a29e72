"""Autoencoders: plain, sparse, denoising and contractive, with fully connected or convolutional networks.

All learn x -> z -> x' by the mean squared error; a variant adds one idea to it:

- `sparse`: codes go through max(0, .) and their L1 norm is penalised, so that few units are active at a time
  (Ng 2011, CS294A lecture notes; the L1 form as in Goodfellow et al. 2016, Deep Learning, eq. 14.8);
- `k_sparse`: every unit is brought to mean 0 and variance 1 over the images (BatchNorm); of what is above 0
  then only the largest eighth of the units stays, the others are 0
  (Makhzani & Frey 2013, https://arxiv.org/abs/1312.5663). So the units take turns;
- `denoising`: the encoder sees a corrupted image, the target is the clean one
  (Vincent et al. 2008, https://dl.acm.org/doi/10.1145/1390156.1390294);
- `contractive`: ||J||_F^2 is penalised, the squared Frobenius norm of the encoder's Jacobian dz/dx
  (Rifai et al. 2011, https://icml.cc/2011/papers/455_icmlpaper.pdf, eq. 1), here computed exactly by
  automatic differentiation, for any encoder.

Codes `z` have shape (B, latent_dim); images are (B, C, H, W) in [0, 1].
"""

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from .description import Description, Paper
from .layers import NetworkConfig, build_decoder, build_encoder, check_ranges

Variant = Literal["plain", "sparse", "k_sparse", "denoising", "contractive"]
ABOUT: dict[Variant, str] = {
    "plain": "A plain autoencoder: the image goes through a narrow code and must come back.",
    "sparse": "A sparse autoencoder: the L1 norm of its non-negative code is penalised, so that few units "
    "are active at a time.",
    "k_sparse": "A sparse autoencoder: in any image at most an eighth of the units of its code are above 0 "
    "(k-sparse, Makhzani & Frey 2013). A BatchNorm before that choice makes the units take turns.",
    "denoising": "A denoising autoencoder: it sees a corrupted image and must give back the clean one "
    "(Vincent et al. 2008).",
    "contractive": "A contractive autoencoder: the exact squared Frobenius norm of the encoder's Jacobian is "
    "penalised, so that the code ignores small changes of the image (Rifai et al. 2011).",
}


_REDUCING = Paper(
    "Hinton, Geoffrey E. and Salakhutdinov, Ruslan R.",
    2006,
    "Reducing the Dimensionality of Data with Neural Networks",
    "https://doi.org/10.1126/science.1127647",
)
PAPERS: dict[Variant, Paper] = {
    "plain": _REDUCING,
    "sparse": _REDUCING,
    "k_sparse": Paper(
        "Makhzani, Alireza and Frey, Brendan",
        2013,
        "k-Sparse Autoencoders",
        "https://arxiv.org/abs/1312.5663",
    ),
    "denoising": Paper(
        "Vincent, Pascal and Larochelle, Hugo and Bengio, Yoshua and Manzagol, Pierre-Antoine",
        2008,
        "Extracting and Composing Robust Features with Denoising Autoencoders",
        "https://doi.org/10.1145/1390156.1390294",
    ),
    "contractive": Paper(
        "Rifai, Salah and Vincent, Pascal and Muller, Xavier and Glorot, Xavier and Bengio, Yoshua",
        2011,
        "Contractive Auto-Encoders: Explicit Invariance During Feature Extraction",
        "https://icml.cc/2011/papers/455_icmlpaper.pdf",
    ),
}
"""those before 2012 are at no arXiv"""


@dataclass(frozen=True)
class AutoencoderConfig(NetworkConfig):
    """Shape of an autoencoder and the idea it is trained with."""

    latent_dim: int = 32
    """dimensions of the code z"""
    variant: Variant = "plain"
    """what is added to the reconstruction error"""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ranges(self, latent_dim=4096)
        if self.variant not in get_args(Variant):
            raise ValueError(f"variant is {self.variant!r}; allowed: {', '.join(get_args(Variant))}")

    @property
    def active_units(self) -> int:
        """The most units of a code that `k_sparse` leaves above 0."""
        return max(1, self.latent_dim // 8)

    def describe(self) -> Description:
        conv = self.variant == "plain" and self.architecture == "conv"
        shape = ", ".join(map(str, self.image_shape))
        return Description(
            kind="autoencoder.conv" if conv else f"autoencoder.{self.variant}",
            about=ABOUT[self.variant],
            networks=f"{self.in_words}, latent_dim = {self.latent_dim}",
            usage=f"images = model(torch.rand(16, {shape}))  # (16, {shape}) in [0, 1]",
            samples="The same test images through training: the last snapshot",
            limits="Images are compared by pixel, so blur costs less than a shift.",
            paper=PAPERS[self.variant],
        )


class KLargest(nn.Module):
    """Keeps the `k` largest of the non-negative numbers of each row (B, D), and sets the others to 0."""

    def __init__(self, k: int) -> None:
        super().__init__()
        self.k = k

    def forward(self, z: Tensor) -> Tensor:
        least = z.topk(self.k, dim=1).values.amin(1, keepdim=True)  # (B, 1)
        return z * (z >= least).to(z)


class Autoencoder(
    nn.Module,
    PyTorchModelHubMixin,
    library_name="generative-lab",
    license="mit",
    pipeline_tag="image-feature-extraction",
    tags=["autoencoder", "representation-learning"],
):
    """Deterministic encoder and decoder."""

    def __init__(self, config: AutoencoderConfig) -> None:
        super().__init__()
        self.config = config
        # the denoising encoder also sees which pixels are strictly between 0 and 1: see `encode`
        in_channels = config.in_channels * (2 if config.variant == "denoising" else 1)
        self.encoder = build_encoder(config, config.latent_dim, in_channels)
        if config.variant == "k_sparse":
            # without it a few units win on every image, and the others never learn; its weights stay 1 and 0,
            # so that no unit can win by its scale
            self.encoder.append(nn.BatchNorm1d(config.latent_dim).requires_grad_(False))
        if config.variant in ("sparse", "k_sparse"):
            self.encoder.append(nn.ReLU())  # an inactive unit is exactly 0
        if config.variant == "k_sparse":
            self.encoder.append(KLargest(config.active_units))
        self.decoder = build_decoder(config, config.latent_dim)

    def encode(self, x: Tensor) -> Tensor:
        """Codes (B, latent_dim).

        Noise pushes pixels to exactly 0 or 1, so a value strictly between is likelier to be true. A linear
        layer cannot tell 0.99 from 1. So the denoising encoder sees that too, as further channels.
        """
        if self.config.variant == "denoising":
            x = torch.cat([x, ((x > 0) & (x < 1)).to(x)], 1)  # (B, 2 * C, H, W)
        return self.encoder(x)

    def code(self, x: Tensor) -> Tensor:
        """The one code that stands for an image, (B, latent_dim): z."""
        return self.encode(x)

    def decode_logits(self, z: Tensor) -> Tensor:
        """Images before the last sigmoid, (B, C, H, W)."""
        return self.decoder(z)

    def decode(self, z: Tensor) -> Tensor:
        """Images (B, C, H, W) in [0, 1]."""
        return torch.sigmoid(self.decode_logits(z))

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruction of x."""
        return self.decode(self.encode(x))


def jacobian_norm_squared(z: Tensor, x: Tensor, create_graph: bool = False) -> Tensor:
    """||dz/dx||_F^2 for each image, (B,), exact: one backward pass for each unit of the code, in one batch.

    `z` (B, D) must come from `x` (B, C, H, W, `requires_grad`) by a network in which no image depends on
    another (no BatchNorm in training mode). `create_graph` makes the result differentiable.
    """
    # row i of `unit` selects z[:, i] of every image; images do not mix, so one gradient holds for all of them
    unit = torch.eye(z.shape[1], device=z.device, dtype=z.dtype)[:, None].expand(-1, *z.shape)  # (D, B, D)
    (rows,) = torch.autograd.grad(z, x, unit, create_graph=create_graph, is_grads_batched=True)
    return rows.flatten(2).square().sum((0, 2))  # (D, B, C * H * W) -> (B,)


NoiseKind = Literal["gaussian", "masking", "salt_and_pepper", "coin_flip"]


def corrupt(x: Tensor, kind: NoiseKind, level: float | Tensor, uniform: Tensor, normal: Tensor) -> Tensor:
    """Images with noise, in [0, 1].

    All randomness comes in: `uniform` (U[0, 1)) and `normal` (N(0, 1)) have x's shape. `level` is a number or
    has shape (B, 1, 1, 1):

    - `gaussian`: x + level * normal, clipped;
    - `masking`: a share `level` of the pixels is set to 0;
    - `salt_and_pepper`: a share `level` of the pixels is set, half of them to 0 and half to 1;
    - `coin_flip`: x * b1 + b2, clipped, with b1 = 0 and b2 = 1 each with probability `level` / 2; at
      level 1, fair coins, it is the noise of https://github.com/hwalsuklee/tensorflow-mnist-VAE.
    """
    if kind == "gaussian":
        return (x + level * normal).clamp(0, 1)
    if kind == "masking":
        return x * (uniform >= level)
    if kind == "salt_and_pepper":
        return torch.where(uniform < level / 2, 0.0, torch.where(uniform < level, 1.0, x))
    if kind == "coin_flip":
        b1 = uniform >= level / 2
        b2 = normal < torch.special.ndtri(torch.as_tensor(level / 2, dtype=torch.float32, device=x.device))
        return (x * b1 + b2).clamp(0, 1)
    raise ValueError(f"noise kind is {kind!r}; allowed: {', '.join(get_args(NoiseKind))}")
