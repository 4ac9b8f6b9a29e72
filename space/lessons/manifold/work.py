"""What the lesson computes: where a map's axes and tiles lie, where a digit lies on it, the way between two.

A code is a latent vector: z of an autoencoder, mu of a VAE.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch import Tensor, nn

from space.models import roles
from space.models.latents import evenly, quantiles, straight
from space.text import why
from space.text.limits import MAX_LATENT, MAX_SIDE_ROWS
from space.text.refusals import Problem
from space.weights.hub import LoadedModel, ModelUnavailable
from space.weights.side_files import read_metrics, read_side_file

MAPS = (roles.VAE_MAP, roles.PLAIN_MAP)
DEEP = roles.VAE_DEEP
NUM_RESAMPLES = 8
Spacing = Literal["linear", "inverse_gaussian"]


def check_map(loaded: LoadedModel) -> None:
    """Raise `ModelUnavailable` unless the latent space has two dimensions."""
    if loaded.model.config.latent_dim != 2:
        raise ModelUnavailable(loaded.name, why("latent_dim", found=loaded.model.config.latent_dim))


def read_latents(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Codes (N, 2) and labels (N) in `latents.csv`, of test digits; N is 0 if it is missing or damaged."""
    nothing = np.empty((0, 3))
    try:
        lines = read_side_file(folder, "latents.csv").decode().splitlines()[1 : MAX_SIDE_ROWS + 1]
        rows = np.array([line.split(",") for line in lines], np.float64) if lines else nothing
    except ValueError:
        rows = nothing
    if (
        rows.shape[1] != 3
        or not (np.abs(rows) <= MAX_LATENT).all()
        or not np.isin(rows[:, 2], range(10)).all()
    ):
        rows = nothing
    return rows[:, :2], rows[:, 2]


def axes(loaded: LoadedModel) -> list[list[float]]:
    """[least, most] of z1 and of z2: room for 99 % of the test digits' codes, with a margin.

    The axes of a model with a prior (the VAE) are symmetric, since that is N(0, I). An autoencoder's codes
    lie wherever training left them.
    """
    codes, _ = read_latents(loaded.folder)
    if len(codes) == 0:
        return [[-3.0, 3.0], [-3.0, 3.0]]
    low, high = np.quantile(codes, [0.005, 0.995], axis=0)
    if has_prior(loaded):
        most = float(np.ceil(2 * np.abs([low, high]).max()) / 2)
        return [[-most, most], [-most, most]]
    margin = np.maximum(0.05 * (high - low), 1e-3)
    return np.stack([low - margin, high + margin], 1).tolist()


def gaussian(loaded: LoadedModel) -> tuple[list[float], list[float]]:
    """Means and deviations of z1 and z2, for tiles spaced by quantiles: the prior's, or fitted to codes."""
    codes, _ = read_latents(loaded.folder)
    if has_prior(loaded) or len(codes) < 2:
        return [0.0, 0.0], [1.0, 1.0]
    return codes.mean(0).tolist(), np.maximum(codes.std(0), 1e-3).tolist()


def has_prior(loaded: LoadedModel) -> bool:
    """Whether the model can draw a code without an image: a VAE can, an autoencoder cannot."""
    return hasattr(loaded.model, "sample")


def tile_places(spacing: str, loaded: LoadedModel) -> list[tuple[Callable[..., Tensor], list[float]]]:
    """For each axis a function that places tiles, and its arguments after their count."""
    if spacing == "linear":
        return [(evenly, bounds) for bounds in axes(loaded)]
    if spacing == "inverse_gaussian":
        return [(quantiles, list(mean_and_deviation)) for mean_and_deviation in zip(*gaussian(loaded))]
    raise Problem("not_one_of", name="spacing", value=str(spacing)[:40], allowed=", ".join(get_args(Spacing)))


def check_code(z: Any, loaded: LoadedModel) -> Tensor:
    """A visitor's code as a tensor (1, latent_dim); a `Problem` unless it is that many bounded numbers."""
    latent_dim = loaded.model.config.latent_dim
    sound = isinstance(z, list) and len(z) == latent_dim
    if not sound or not all(isinstance(value, int | float) and abs(value) <= MAX_LATENT for value in z):
        raise Problem("latent", model=loaded.name, latent_dim=latent_dim, most=MAX_LATENT, value=z)
    return torch.tensor([z], dtype=torch.float32)


def blend(model: nn.Module, start: Tensor, end: Tensor, steps: int) -> Tensor:
    """Images (steps, C, H, W) decoded on the straight line between the codes of two digits."""
    return model.decode(straight(model.code(start), model.code(end), steps))


def active_dimensions(loaded: LoadedModel) -> list[tuple[int, float | None]]:
    """(dimension, its KL in nats), most informative first; in order and with None if no KL was measured."""
    count = loaded.model.config.latent_dim
    kl = read_metrics(loaded.folder).get("kl_per_dimension", {}).get("value")
    if not isinstance(kl, list) or len(kl) != count:
        return [(dimension, None) for dimension in range(count)]
    return sorted(enumerate(kl), key=lambda pair: -pair[1])
