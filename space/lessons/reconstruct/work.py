"""The reconstruction lesson's computations: one image, with or without noise, through one or all models.

The metrics computed here are of the one image shown; `measured` reads those of whole test sets. The equations
are in `space.text.reconstruct`.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import torch
from torch import Tensor

from space.models import code_and_sigma, roles
from space.models.autoencoder import NoiseKind, corrupt
from space.text.limits import MAX_SEED
from space.text.refusals import Problem, check_number
from space.weights.hub import LoadedModel
from space.weights.model_folder import ModelUnavailable
from space.weights.side_files import Metrics, read_metrics
from space.weights.table import load, load_each, models_that

FAMILY = "family"
"""in place of a model's name: all of them side by side"""
MODEL = roles.PLAIN
"""the model of a link that names none"""
FIRST_MODEL, FIRST_NOISE = roles.DENOISING, "gaussian"
"""what the page begins with: a digit that is brought back tells more than four equal ones"""
NOISES = ("none", *get_args(NoiseKind))
SHAPE = (1, 28, 28)
"""of the images that the lesson takes"""
RECONSTRUCTORS = models_that("encode", image_shape=SHAPE)
"""the lab's models, and those of its operator for such images"""
METRICS = (
    "reconstruction_psnr",
    "linear_probe_accuracy",
    "active_fraction",
    "units_ever_active",
    "jacobian_norm",
    "jacobian_norm_relative",
    *(f"denoised_psnr_{kind}" for kind in get_args(NoiseKind)),
)
"""columns of the table of measured metrics"""


@dataclass(frozen=True)
class Reconstruction:
    """One image x (1, 1, 28, 28) through a model, with and without noise."""

    loaded: LoadedModel
    x: Tensor
    noisy: Tensor
    output: Tensor
    z: list[float]
    """the latent vector; mu for a VAE"""
    sigma: list[float] | None
    """standard deviations of q(z|x), for a VAE"""

    @property
    def error(self) -> Tensor:
        """|x - x'| of each pixel, (28, 28)."""
        return (self.output - self.x).abs()[0, 0]

    @property
    def mse(self) -> float:
        """Of the reconstruction to the clean x."""
        return (self.output - self.x).square().mean().item()

    @property
    def noisy_mse(self) -> float:
        """Of the noisy input to the clean x."""
        return (self.noisy - self.x).square().mean().item()


def psnr(mse: float) -> float:
    """Peak signal-to-noise ratio in dB, peak 1; infinite without an error."""
    return -10 * math.log10(mse) if mse > 0 else math.inf


def check_noise(kind: str, level: float, seed: int) -> None:
    """Raises `Problem` unless there is such noise."""
    if kind not in NOISES:
        raise Problem("not_one_of", name="noise", value=kind, allowed=", ".join(NOISES))
    check_number("level", level, 0, 1)
    check_number("seed", seed, 0, MAX_SEED)


def add_noise(x: Tensor, kind: str, level: float, seed: int) -> Tensor:
    """`x` with noise. A seed always gives the same noise, scaled by the level."""
    check_noise(kind, level, seed)
    if kind == "none":
        return x
    rng = torch.Generator().manual_seed(int(seed))
    return corrupt(x, kind, level, torch.rand(x.shape, generator=rng), torch.randn(x.shape, generator=rng))


def load_model(name: str) -> LoadedModel:
    """A model of `RECONSTRUCTORS`; raises `Problem` or `ModelUnavailable`."""
    return _check_shape(load(name, "encode"))


def load_models() -> dict[str, LoadedModel | ModelUnavailable]:
    """Each of `RECONSTRUCTORS`, or why it cannot be used."""
    models = load_each(RECONSTRUCTORS)
    for name, found in models.items():
        if not isinstance(found, ModelUnavailable):
            try:
                _check_shape(found)
            except ModelUnavailable as error:
                models[name] = error
    return models


def _check_shape(loaded: LoadedModel) -> LoadedModel:
    if loaded.model.config.image_shape != SHAPE:
        wanted = "×".join(map(str, loaded.model.config.image_shape))
        raise ModelUnavailable(
            loaded.name, f"it takes images of {wanted}, not of {'×'.join(map(str, SHAPE))}"
        )
    return loaded


def reconstruct(x: Tensor, noisy: Tensor, name: str) -> Reconstruction:
    """`noisy` through the model `name`; raises `Problem` or `ModelUnavailable`."""
    loaded = load_model(name)
    z, sigma = code_and_sigma(loaded.model, noisy)
    spread = None if sigma is None else sigma[0].tolist()
    return Reconstruction(loaded, x, noisy, loaded.model.decode(z), z[0].tolist(), spread)


def measured(models: Mapping[str, LoadedModel | ModelUnavailable]) -> dict[str, Metrics]:
    """Each model's metrics that are one number; none where they or the model are missing."""
    found = {}
    for name, loaded in models.items():
        metrics = {} if isinstance(loaded, ModelUnavailable) else read_metrics(loaded.folder)
        found[name] = {key: one for key, one in metrics.items() if not isinstance(one["value"], list)}
    return found


def best_value(metrics: list[dict[str, Any]]) -> float | None:
    """The best value of one metric of several models; None if neither high nor low values are better."""
    better = metrics[0].get("better")
    if better not in ("higher", "lower"):
        return None
    return (max if better == "higher" else min)(metric["value"] for metric in metrics)
