"""Full-sized untrained models of the maps, test digits, and pictures on the page."""

import base64
import json
import re
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from space.lessons.manifold import work
from space.models.autoencoder import Autoencoder, AutoencoderConfig
from space.models.vae import VAE, VAEConfig
from space.pictures.sheets import digit_sheet

VAE_2D, AUTOENCODER_2D = work.MAPS


def write_models(root: Path) -> None:
    """The three models of the tab, untrained but full-sized, with weights that tell codes apart."""
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    for name, model in {
        VAE_2D: VAE(VAEConfig(latent_dim=2)),
        AUTOENCODER_2D: Autoencoder(AutoencoderConfig(latent_dim=2)),
        work.DEEP: VAE(VAEConfig(latent_dim=20, architecture="conv", base_channels=8, hidden_dim=64)),
    }.items():
        for module in model.decoder.modules():
            if isinstance(module, nn.Linear):
                module.weight.data *= 3
        model.save_pretrained(root / name)
        kl = rng.permutation(model.config.latent_dim).tolist()
        (root / name / "metrics.json").write_text(json.dumps({"kl_per_dimension": {"value": kl}}))
        if model.config.latent_dim == 2:
            codes = (
                rng.normal([3, -5], [2, 4], (500, 2))
                if name == AUTOENCODER_2D
                else rng.normal(0, 1, (500, 2))
            )
            rows = np.c_[codes, rng.integers(0, 10, 500)]
            np.savetxt(root / name / "latents.csv", rows, "%.5g", ",", header="z1,z2,label", comments="")


def digit(label: int) -> torch.Tensor:
    return digit_sheet()[label, 0][None, None] / 255


def index(label: int) -> int:
    """Of the same digit, as `DigitPicker` counts."""
    return label * digit_sheet().shape[1]


def shown(page: str) -> Image.Image:
    """The picture within a piece of the page."""
    (data,) = re.findall(r"data:image/png;base64,([\w+/=]+)", page)
    return Image.open(BytesIO(base64.b64decode(data)))
