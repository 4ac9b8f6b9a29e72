"""Train an autoencoder: plain, sparse, denoising or contractive, fully connected or convolutional.

    accelerate launch -m training.train_autoencoder --output_dir runs/autoencoder
    accelerate launch -m training.train_autoencoder --output_dir runs/denoising \\
        --model.variant denoising

docs/training.md has the commands of the shipped models, docs/speed.md their times, docs/results.md their
results.
"""

import math
from dataclasses import dataclass, field
from typing import get_args

import torch
from torch import Tensor, nn

from space.models.autoencoder import Autoencoder, AutoencoderConfig, NoiseKind, corrupt, jacobian_norm_squared
from training.batches import Batch, Noise
from training.command_line import run
from training.loop import LoopConfig
from training.measure.codes import NOISE_LEVELS
from training.one_objective import train_one_objective


@dataclass(frozen=True)
class TrainConfig(LoopConfig):
    """Train an autoencoder; all times in steps are optimizer steps."""

    model: AutoencoderConfig = field(default_factory=AutoencoderConfig)
    """shape of the network and the variant"""
    num_epochs: int = 25
    """passes over the training images"""
    sparsity_weight: float = 0.04
    """weight of the code's L1 norm (`sparse`)"""
    contractive_weight: float = 0.1
    """weight of the squared Frobenius norm of dz/dx (`contractive`)"""
    contractive_every: int = 8
    """compute dz/dx for every n-th image of a batch only, because it takes `latent_dim` backward passes"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.contractive_every < 1:
            raise ValueError(f"contractive_every is {self.contractive_every}; allowed: 1 or more")
        if self.model.variant == "k_sparse" and self.batch_size < 2:
            raise ValueError("batch_size is 1; allowed with k_sparse: 2 or more, for its BatchNorm")
        if not (self.sparsity_weight >= 0 and self.contractive_weight >= 0):
            raise ValueError("sparsity_weight and contractive_weight must be 0 or more")


def denoising_task(x: Tensor, noise: Noise) -> Tensor:
    """Images (B, C, H, W) with noise: every fourth image gets the same kind.

    Half of the images get the level that is evaluated, the others a random one from 0 to 1.2 times that level
    (at most 1).
    """
    uniform, normal, levels = (
        noise.uniform_like(x),
        noise.normal_like(x),
        noise.uniform_like(x[:, :1, :1, :2]),  # (B, 1, 1, 2)
    )
    kinds, noisy = get_args(NoiseKind), []
    for i, kind in enumerate(kinds):
        rows = slice((i - noise.first_row(len(x))) % len(kinds), None, len(kinds))
        drawn = (levels[rows, ..., :1] * 1.2 * NOISE_LEVELS[kind]).clamp(max=1)  # (B / 4, 1, 1, 1)
        level = torch.where(levels[rows, ..., 1:] < 0.5, NOISE_LEVELS[kind], drawn)
        noisy.append((rows, corrupt(x[rows], kind, level, uniform[rows], normal[rows])))
    out = torch.empty_like(x)
    for rows, images in noisy:
        out[rows] = images
    return out


class Objective(nn.Module):
    """Squared error summed over pixels, averaged over the batch, plus the variant's term."""

    def __init__(self, model: Autoencoder, config: TrainConfig) -> None:
        super().__init__()
        self.model, self.config = model, config

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        x, variant = batch.x, self.config.model.variant
        z = self.model.encode(denoising_task(x, batch.noise) if variant == "denoising" else x)  # (B, D)
        y = torch.sigmoid(self.model.decode_logits(z).float())  # (B, C, H, W)
        recon = (y - x).square().flatten(1).sum(1).mean()
        if variant == "sparse":
            penalty = self.config.sparsity_weight * z.float().abs().sum(1).mean()
        elif variant == "contractive":
            every, noise = self.config.contractive_every, batch.noise
            some = x[-noise.first_row(len(x)) % every :: every].detach().requires_grad_()
            norm = jacobian_norm_squared(self.model.encode(some), some, create_graph=True)
            # processes may have unequal numbers of these images: each divides by the mean of the numbers, so
            # that the average over processes is the mean over all images
            share = math.ceil(len(x) * noise.num_processes / every) / noise.num_processes
            penalty = self.config.contractive_weight * norm.float().sum() / share
        else:
            return {"loss": recon, "recon": recon}
        return {"loss": recon + penalty, "recon": recon, "penalty": penalty}


def picture(model: Autoencoder, x: Tensor) -> Tensor:
    """A row of test images (noisy for the denoising variant) and a row of their reconstructions."""
    if model.config.variant == "denoising":
        x = denoising_task(x, Noise(torch.Generator(x.device).manual_seed(0)))
    return torch.cat([x, model(x)])


def main(config: TrainConfig) -> None:
    train_one_objective(config, Autoencoder, Objective, picture)


if __name__ == "__main__":
    run(main, TrainConfig)
