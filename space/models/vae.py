"""Variational autoencoder (Kingma & Welling 2014, https://arxiv.org/abs/1312.6114).

An encoder gives q(z|x) = N(mu, diag(exp(logvar))), a decoder gives p(x|z) with Bernoulli pixels, the
prior is N(0, I). Training maximises the evidence lower bound (ELBO, eq. 3 of the paper)

    log p(x) >= E_q[log p(x|z)] - KL(q(z|x) || p(z))

Codes `z` have shape (B, latent_dim); images are (B, C, H, W) in [0, 1].
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from .description import Description, Paper, sampling_line
from .layers import (
    NetworkConfig,
    build_decoder,
    build_encoder,
    check_ranges,
    standard_normal,
)

PAPER = Paper(
    "Kingma, Diederik P. and Welling, Max",
    2014,
    "Auto-Encoding Variational Bayes",
    "https://arxiv.org/abs/1312.6114",
)


@dataclass(frozen=True)
class VAEConfig(NetworkConfig):
    """Shape of a VAE; the default is the 784-500-500-2-500-500-784 of the lecture's manifold."""

    latent_dim: int = 2
    """dimensions of z"""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ranges(self, latent_dim=4096)

    def describe(self) -> Description:
        return Description(
            kind="vae",
            about="A variational autoencoder with a standard normal prior and Bernoulli pixels, trained on "
            "the evidence lower bound (Kingma & Welling 2014).",
            networks=f"{self.in_words}, latent_dim = {self.latent_dim}",
            usage=sampling_line(self.image_shape),
            samples="The same test images through training: the last snapshot",
            limits="Images are compared by pixel, so blur costs less than a shift.",
            paper=PAPER,
        )


class VAE(
    nn.Module,
    PyTorchModelHubMixin,
    library_name="generative-lab",
    license="mit",
    pipeline_tag="unconditional-image-generation",
    tags=["vae", "variational-autoencoder", "generative-models"],
    paper_url="https://arxiv.org/abs/1312.6114",
):
    """Encoder to mu and logvar, decoder to pixel probabilities."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = build_encoder(config, 2 * config.latent_dim, config.in_channels)
        self.decoder = build_decoder(config, config.latent_dim)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance of q(z|x), both (B, latent_dim)."""
        mu, logvar = self.encoder(x).chunk(2, dim=1)  # (B, 2 * latent_dim) -> (B, latent_dim) each
        return mu, logvar

    def code(self, x: Tensor) -> Tensor:
        """The one code that stands for an image, (B, latent_dim): mu."""
        return self.encode(x)[0]

    def posterior(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of q(z|x), both (B, latent_dim)."""
        mu, logvar = self.encode(x)
        return mu, torch.exp(0.5 * logvar)

    @staticmethod
    def reparameterize(mu: Tensor, logvar: Tensor, noise: Tensor) -> Tensor:
        """z = mu + sigma * noise (section 2.4 of the paper); `noise` is N(0, I) of mu's shape."""
        return mu + torch.exp(0.5 * logvar) * noise

    def decode_logits(self, z: Tensor) -> Tensor:
        """Logits of the Bernoulli pixels, (B, C, H, W)."""
        return self.decoder(z)

    def decode(self, z: Tensor) -> Tensor:
        """Mean images (B, C, H, W) in [0, 1]."""
        return torch.sigmoid(self.decode_logits(z))

    def forward(self, x: Tensor) -> Tensor:
        """Reconstruction through the mean of q(z|x)."""
        return self.decode(self.code(x))

    def sample(self, num_images: int, rng: torch.Generator) -> Tensor:
        """Images of z ~ N(0, I); the first k are the same at any `num_images`."""
        z = standard_normal(num_images, self.config.latent_dim, rng)  # (num_images, latent_dim)
        return self.decode(z.to(next(self.parameters())))


def kl_divergence(mu: Tensor, logvar: Tensor) -> Tensor:
    """KL(N(mu, sigma^2) || N(0, I)) in nats per dimension, (B, latent_dim) (appendix B of the paper)."""
    return 0.5 * (mu.square() + logvar.exp() - 1 - logvar)


def elbo_terms(logits: Tensor, x: Tensor, mu: Tensor, logvar: Tensor) -> tuple[Tensor, Tensor]:
    """`recon` = -log p(x|z) and `kl`, each (B,) in nats per image; their sum is -ELBO.

    `x` in [0, 1] is the target of a binary cross-entropy. That is exact for binary pixels and the field's
    usual approximation for grey ones.
    """
    recon = F.binary_cross_entropy_with_logits(logits, x, reduction="none").flatten(1).sum(1)  # (B,)
    return recon, kl_divergence(mu, logvar).sum(1)


@torch.no_grad()
def importance_weighted_nll(model: VAE, x: Tensor, num_samples: int, rng: torch.Generator) -> Tensor:
    """Upper bound of -log p(x), (B,) in nats (Burda et al. 2016, https://arxiv.org/abs/1509.00519, eq. 8).

    -log 1/k sum_i p(x|z_i) p(z_i) / q(z_i|x) with k = `num_samples`; tighter as k grows.
    """
    mu, logvar = model.encode(x)
    noise = torch.randn(num_samples, *mu.shape, generator=rng, device=rng.device).to(mu)  # (k, B, D)
    z = model.reparameterize(mu, logvar, noise)  # (k, B, D)
    logits = model.decode_logits(z.flatten(0, 1)).unflatten(0, (num_samples, len(x)))  # (k, B, C, H, W)
    # log p(x|z) = x * logits - softplus(logits), summed over pixels, without a copy of x for each sample
    log_likelihood = torch.einsum("kbp,bp->kb", logits.flatten(2), x.flatten(1))
    log_likelihood = log_likelihood - F.softplus(logits).flatten(2).sum(2)  # (k, B)
    log_prior = -0.5 * (z.square() + math.log(2 * math.pi)).sum(2)  # (k, B)
    log_posterior = -0.5 * (noise.square() + logvar + math.log(2 * math.pi)).sum(2)  # (k, B)
    log_weights = log_likelihood + log_prior - log_posterior  # (k, B)
    return math.log(num_samples) - torch.logsumexp(log_weights, 0)  # (B,)
