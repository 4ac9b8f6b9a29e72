"""The table of models, and what all of them share.

Images are float tensors (B, C, H, W) in [0, 1] at every model's border: `encode`, `decode`, `sample` and
`forward` take and return nothing else. Only `space.pictures` turns them into uint8 or PIL.

It may import no other room.
"""

from torch import Tensor, nn

from . import roles
from .autoencoder import Autoencoder
from .classifier import Classifier
from .cyclegan import CycleGAN
from .dcgan import DCGAN
from .gan import GAN
from .vae import VAE

MODELS = {
    roles.PLAIN: Autoencoder,
    roles.PLAIN_MAP: Autoencoder,
    roles.SPARSE: Autoencoder,
    roles.DENOISING: Autoencoder,
    roles.CONTRACTIVE: Autoencoder,
    roles.CONVOLUTIONAL: Autoencoder,
    roles.VAE_MAP: VAE,
    roles.VAE_DEEP: VAE,
    roles.GAN: GAN,
    roles.DCGAN: DCGAN,
    roles.TRANSLATOR: CycleGAN,
    roles.DIGIT_JUDGE: Classifier,
    roles.EMOJI_JUDGE: Classifier,
}
"""Every model of the lab: its name -> its family. A model that plays no role has its name only here."""


def models_that(*methods: str) -> list[str]:
    """Names of the models whose class has one of `methods`: 'encode', 'decode', 'discriminate', ..."""
    return [name for name, family in MODELS.items() if any(hasattr(family, method) for method in methods)]


def code_and_sigma(model: nn.Module, x: Tensor) -> tuple[Tensor, Tensor | None]:
    """Codes of images and the standard deviations of q(z|x), both (B, latent_dim).

    The second is None where an encoder gives a single code, not a distribution.
    """
    return model.posterior(x) if hasattr(model, "posterior") else (model.code(x), None)
