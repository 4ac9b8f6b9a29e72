"""Small untrained generators, and pictures of samples as arrays."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn

from space.lessons.generate import work
from space.models import MODELS
from space.models.autoencoder import Autoencoder, AutoencoderConfig
from space.models.dcgan import DCGAN, DCGANConfig
from space.models.ddpm import DDPM, DDPMConfig
from space.models.gan import GAN, GANConfig
from space.models.pixelcnn import PixelCNN, PixelCNNConfig
from space.models.vae import VAE, VAEConfig

SMALL: dict[type[nn.Module], Any] = {
    DCGAN: DCGANConfig(base_channels=8, latent_dim=16),
    DDPM: DDPMConfig(base_channels=4, num_blocks=1, num_inference_steps=2),
    PixelCNN: PixelCNNConfig(context=2, hidden_dim=8, num_blocks=1),
    GAN: GANConfig(hidden_dim=32, latent_dim=16),
    VAE: VAEConfig(hidden_dim=32, latent_dim=16),
    Autoencoder: AutoencoderConfig(hidden_dim=32, latent_dim=16),
}


@torch.no_grad()
def write_models(root: Path) -> None:
    """Every generator of the lab, small and untrained, with weights that tell latent vectors apart."""
    torch.manual_seed(0)
    for name in work.generators():
        model = MODELS[name](SMALL[MODELS[name]])
        for module in model.modules():
            if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                nn.init.normal_(module.weight, 0, 3 / module.weight[0].numel() ** 0.5)
        if hasattr(model, "discriminator"):
            model.discriminator.network[-2].weight *= 0.2  # scores that are neither 0 nor 1
        model.save_pretrained(root / name)


def tiles(picture: Image.Image, columns: int, size: int = 28) -> np.ndarray:
    """The images of a grid without gaps, (rows * columns, size, size), as int."""
    pixels = np.asarray(picture, int)
    rows = pixels.shape[0] // size
    return pixels.reshape(rows, size, columns, size).swapaxes(1, 2).reshape(-1, size, size)
