"""Train a denoising diffusion model (Ho et al. 2020, algorithm 1), on labelled images or without labels.

    accelerate launch -m training.train_ddpm --output_dir runs/ddpm --mixed_precision bf16
    accelerate launch -m training.train_ddpm --output_dir runs/flow --model.prediction flow
    accelerate launch -m training.train_ddpm --output_dir runs/photos --dataset PHOTOS \\
        --model.num_classes 0 --model.in_channels 3 --model.image_size 64

docs/training.md has the commands of the shipped models, docs/speed.md their times, docs/results.md their
results.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from space.models.classifier import Classifier
from space.models.ddpm import DDPM, DDPMConfig
from space.models.layers import standard_normal
from space.models.samplers import inference_times
from training.batches import Batch
from training.command_line import run
from training.data import Images, load_images
from training.errors import TrainingError
from training.loop import LoopConfig
from training.measure.samples import frechet_distance, generate, look
from training.one_objective import train_one_objective
from training.optimizers import linear_decay

QUARTERS = 4
NUM_PICTURED = 60
NUM_MEASURED = 1000
"""samples for the Fréchet distance during training; with fewer samples it is higher"""


@dataclass(frozen=True)
class TrainConfig(LoopConfig):
    """Train a diffusion model; all times in steps are optimizer steps."""

    model: DDPMConfig = field(default_factory=DDPMConfig)
    """shape of the network, the path into noise, what the network puts out, how it is sampled"""
    label_dropout: float = 0.1
    """share of images that are trained without their label, which classifier-free guidance needs"""
    num_epochs: int = 40
    """passes over the training images"""
    batch_size: int = 64
    """images a forward pass, over all processes together"""
    learning_rate: float = 2e-3
    """learning rate of AdamW: linear warm-up, constant up to decay_start, then linear down to 0"""
    decay_start: float = 0.6
    """share of the steps after which the learning rate begins to fall"""
    max_grad_norm: float = 1.0
    """clip gradients to this norm; 0: never"""
    ema_decay: float = 0.999
    """decay a step of the moving average of the weights; the average is saved; 0: no average"""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("label_dropout", "decay_start"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: 0 to 1")


def random_times(batch: Batch, num_timesteps: int) -> Tensor:
    """Times (B,), uniform over 0 to num_timesteps - 1: every fourth image has one of the same quarter.

    So all quarters are in every batch alike, and the loss varies less from batch to batch.
    """
    rows = torch.arange(len(batch.x), device=batch.x.device) + batch.noise.first_row(len(batch.x))
    within = batch.noise.uniform_like(batch.x[:, 0, 0, 0])
    times = (rows % QUARTERS + within) / QUARTERS * num_timesteps
    return times.long().clamp(max=num_timesteps - 1)  # within / 4 may be rounded up


class Denoising(nn.Module):
    """Squared error of what the network puts out, averaged over pixels and the batch."""

    def __init__(self, model: DDPM, config: TrainConfig) -> None:
        super().__init__()
        self.model, self.label_dropout = model, config.label_dropout

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """`loss`, and its mean over each quarter of t: from hardly any noise to hardly anything else."""
        model, num_timesteps = self.model, self.model.config.num_timesteps
        x_start, t = 2 * batch.x - 1, random_times(batch, num_timesteps)
        noise = batch.noise.normal_like(x_start)
        output = model.unet(model.q_sample(x_start, t, noise), t, self.labels(batch)).float()
        errors = (output - model.target(x_start, t, noise)).square().flatten(1).mean(1)  # (B,)
        quarters = t * QUARTERS // num_timesteps
        terms = {"loss": errors.mean()}
        for quarter in range(QUARTERS):  # a process with few images may have none of a quarter: no division
            share = (errors * (quarters == quarter)).mean()
            terms[f"loss_quarter_{quarter + 1}"] = QUARTERS * share
        return terms

    def labels(self, batch: Batch) -> Tensor:
        """The classes (B,), a share of them replaced by the null label."""
        nothing = torch.full(batch.x.shape[:1], self.model.null_label, device=batch.x.device)
        if not self.model.config.num_classes:
            return nothing
        if not self.training:
            return batch.labels
        chance = batch.noise.uniform_like(batch.x[:, 0, 0, 0])
        return torch.where(chance < self.label_dropout, nothing, batch.labels)


def picture(model: DDPM, x: Tensor) -> Tensor:
    """Samples of fixed noise; each column has a class, as far as there are any."""
    config = model.config
    noise = standard_normal(NUM_PICTURED, x[0].numel(), torch.Generator().manual_seed(0))
    labels = torch.arange(NUM_PICTURED, device=x.device) % len(x) % max(1, config.num_classes)
    return model.denoise(noise.to(x).unflatten(1, config.image_shape), labels)


@torch.no_grad()
def watch(model: DDPM, test: Images, classifier: Classifier) -> dict[str, float]:
    """The Fréchet distance of a few samples in half the usual steps, the same noise each time."""
    config = model.config
    latents = standard_normal(NUM_MEASURED, config.latent_dim, torch.Generator().manual_seed(0))
    times = inference_times(model.levels, max(1, config.num_inference_steps // 2))
    samples = generate(lambda z: model.denoise(*model.read_latents(z), times=times), latents.to(model.levels))
    features, _ = look(classifier, samples)
    return {"lenet_fid": frechet_distance(look(classifier, test.pixels)[0], features)}


def check_classes(images: Images, num_classes: int) -> None:
    """Raise `TrainingError` if the labels are not of as many classes as the model makes."""
    if num_classes and images.labels is None:
        raise TrainingError(
            f"{images.description} has no label for every image; give --model.num_classes 0 to train without"
        )
    if num_classes and images.num_classes != num_classes:
        raise TrainingError(
            f"{images.description} has {images.num_classes} classes, the model is to make {num_classes}; "
            f"give --model.num_classes {images.num_classes}, or 0 to train without labels"
        )


def main(config: TrainConfig) -> None:
    def load(*what: Any) -> Images:
        images = load_images(*what)
        if what[2] == "train":  # the test split may lack a class
            check_classes(images, config.model.num_classes)
        return images

    schedule = partial(linear_decay, start=config.decay_start)
    train_one_objective(config, DDPM, Denoising, picture, load=load, schedule=schedule, watch=watch)


if __name__ == "__main__":
    run(main, TrainConfig)
