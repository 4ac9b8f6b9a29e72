"""The models: `VAE`, `GAN` and the other families, the table of the lab's models, and what all of them share.

`pip install` gives this folder the name `generative_lab`:

    from generative_lab import VAE, load

    VAE.from_pretrained("NAMESPACE/vae-mnist-2d", strict=True)  # a folder, or a repository of the Hub
    load("NAMESPACE/vae-mnist-2d")  # the same; finds the family by itself

Images are float tensors (B, C, H, W) in [0, 1] at every model's border: `encode`, `decode`, `sample` and
`forward` take and return nothing else. Only `space.pictures` turns them into uint8 or PIL.

It may import no other room.
"""

import json
from collections.abc import Set
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

from huggingface_hub import hf_hub_download
from torch import Tensor, nn

from . import roles
from .autoencoder import Autoencoder
from .classifier import Classifier
from .cyclegan import CycleGAN
from .dcgan import DCGAN
from .ddpm import DDPM
from .gan import GAN
from .pixelcnn import PixelCNN
from .vae import VAE

FAMILIES = (Autoencoder, VAE, GAN, DCGAN, CycleGAN, DDPM, PixelCNN, Classifier)
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
    roles.DIFFUSION: DDPM,
    roles.DIFFUSION_NOISE: DDPM,
    roles.FLOW: DDPM,
    roles.PIXELS: PixelCNN,
    roles.LIGHT: CycleGAN,
    roles.TRANSLATOR: CycleGAN,
    roles.DIGIT_JUDGE: Classifier,
    roles.EMOJI_JUDGE: Classifier,
    roles.STYLE_JUDGE: Classifier,
}
"""Every model of the lab: its name -> its family. A model that plays no role has its name only here."""


def models_that(*methods: str) -> list[str]:
    """Names of the models whose class has one of `methods`: 'encode', 'decode', 'discriminate', ..."""
    return [name for name, family in MODELS.items() if any(hasattr(family, method) for method in methods)]


def load(model_id: str | Path, revision: str | None = None) -> nn.Module:
    """The model of a folder or of a repository of the Hub, whichever family it is of, in `eval()`.

    `revision` is a commit, branch or tag of the repository, the main branch without one. Its files are kept
    in the Hub's cache. Raises `ValueError` where `config.json` is of no family, and whatever
    `from_pretrained` raises.
    """
    file = Path(model_id, "config.json")
    if not file.parent.is_dir():
        file = Path(hf_hub_download(str(model_id), "config.json", revision=revision))
    try:
        keys = json.loads(file.read_bytes()).keys()
    except (ValueError, AttributeError) as error:
        raise ValueError(f"config.json of {model_id} is not a JSON object") from error
    if family := family_of(keys):
        return family.from_pretrained(model_id, revision=revision, strict=True)
    names = ", ".join(family.__name__ for family in FAMILIES)
    raise ValueError(f"config.json of {model_id} is that of no family of the lab ({names})")


def family_of(keys: Set[str]) -> type[nn.Module] | None:
    """The family whose config has these fields, one of an earlier version among them; None if none has."""
    missing = {  # family -> its fields that the file does not know
        family: len(known - keys)
        for family in FAMILIES
        if keys <= (known := {field.name for field in fields(config_class_of(family))})
    }
    nearest = min(missing, key=missing.__getitem__, default=None)
    return nearest if nearest and missing[nearest] < len(keys) else None


def config_class_of(family: type[nn.Module]) -> type:
    """The dataclass that a family is built from."""
    return get_type_hints(family.__init__)["config"]


def code_and_sigma(model: nn.Module, x: Tensor) -> tuple[Tensor, Tensor | None]:
    """Codes of images and the standard deviations of q(z|x), both (B, latent_dim).

    The second is None where an encoder gives a single code, not a distribution.
    """
    return model.posterior(x) if hasattr(model, "posterior") else (model.code(x), None)
