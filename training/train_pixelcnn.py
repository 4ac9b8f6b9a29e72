"""Train a PixelCNN on -log p(x | y) of binary images.

    accelerate launch -m training.train_pixelcnn --output_dir runs/pixelcnn --mixed_precision bf16

docs/training.md has the command of the shipped model, docs/speed.md its time, docs/results.md its results.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from space.models import load
from space.models.layers import check_guidance, standard_normal
from space.models.pixelcnn import PixelCNN, PixelCNNConfig
from training.batches import Batch
from training.command_line import run
from training.data import Images, load_images, to_float
from training.loop import LoopConfig
from training.one_objective import train_one_objective
from training.optimizers import linear_decay
from training.train_ddpm import check_classes

NUM_PICTURED = 60
LEAST_CHANCE = 0.01
"""added to a pixel's standard deviation: so pixels that never vary are learned too"""
NUM_OF_MEAN = 10_000
"""training images whose mean says where pixels vary"""


@dataclass(frozen=True)
class TrainConfig(LoopConfig):
    """Train a PixelCNN; all times in steps are optimizer steps."""

    model: PixelCNNConfig = field(default_factory=PixelCNNConfig)
    """shape of the network"""
    label_dropout: float = 0.2
    """share of images that are trained without their label, for p(x)"""
    guidance: float = 1.0
    """not 1: learn the density that the start weights have with this weight of classifier-free guidance, so
    that samples are guided without two calls a pixel (distillation, Meng et al. 2023,
    https://arxiv.org/abs/2210.03142)"""
    num_positions: int = 32
    """pixels of an image that a step learns from, more often where pixels vary, weighted so that the loss is
    that of all in the mean"""
    num_epochs: int = 60
    """passes over the training images"""
    learning_rate: float = 1e-3
    """learning rate of AdamW: linear warm-up, constant up to decay_start, then linear down to 0"""
    decay_start: float = 0.5
    """share of the steps after which the learning rate begins to fall"""
    weight_decay: float = 1e-4
    """decoupled weight decay of AdamW"""
    max_grad_norm: float = 200.0
    """clip gradients to this norm; 0: never. The loss is a sum over all pixels"""
    ema_decay: float = 0.998
    """decay a step of the moving average of the weights; the average is saved; 0: no average"""

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("label_dropout", "decay_start"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}; allowed: 0 to 1")
        check_guidance(self.guidance)
        if self.guidance != 1 and not (self.pretrained_model_name_or_path and self.model.num_classes):
            raise ValueError(
                f"guidance is {self.guidance}; it needs pretrained_model_name_or_path, the weights to learn "
                "from, and classes"
            )
        if self.num_positions < 1:
            raise ValueError(f"num_positions is {self.num_positions}; allowed: 1 or more")


def teacher_of(config: TrainConfig) -> PixelCNN:
    """The model that a run starts from, as it was; its shape has been checked with its weights."""
    return load(config.pretrained_model_name_or_path).eval().requires_grad_(False)


def chances(pixels: Tensor) -> Tensor:
    """How often a step looks at each pixel, a distribution (H * W,), by how much it varies in images."""
    mean = to_float(pixels[:NUM_OF_MEAN]).mean(0).flatten()
    return F.normalize((mean * (1 - mean)).sqrt() + LEAST_CHANCE, p=1, dim=0)


class NegativeLogLikelihood(nn.Module):
    """-log p(x | y) in nats an image, averaged over the batch: in training an estimate from some pixels."""

    def __init__(self, model: PixelCNN, config: TrainConfig, chance: Tensor) -> None:
        super().__init__()
        self.model, self.config = model, config
        self.register_buffer("chance", chance, persistent=False)
        self.teacher = [teacher_of(config)] if config.guidance != 1 else []  # no part of it

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        x = (batch.noise.uniform_like(batch.x) < batch.x).float()
        labels = self.labels(batch)
        if not self.training:
            with torch.no_grad():  # features of all pixels would be kept
                return {"loss": -self.model.log_prob(x, labels).mean()}
        numbers = batch.noise.uniform_like(x.new_empty(len(x), self.config.num_positions))
        edges = self.chance.cumsum(0)
        pixels = torch.searchsorted(edges, numbers * edges[-1]).clamp(max=len(edges) - 1)  # (B, K)
        logits = self.model.logits_at(x, pixels, labels).float()
        target = self.target(x, pixels, labels)
        nats = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
        return {"loss": (nats / self.chance[pixels]).mean()}

    @torch.no_grad()
    def target(self, x: Tensor, pixels: Tensor, labels: Tensor | None) -> Tensor:
        """What the probability of pixels (B, K) should become: what they are, or what the teacher says."""
        for teacher in self.teacher:
            teacher.to(x.device)  # which `accelerate` moves the rest to
            nothing, own = (teacher.logits_at(x, pixels, y).float() for y in (None, labels))
            return nothing.lerp(own, self.config.guidance).sigmoid()
        return x.flatten(1).gather(1, pixels)

    def labels(self, batch: Batch) -> Tensor | None:
        """The classes (B,), in training a share of them replaced by the null label."""
        if not self.model.config.num_classes:
            return None
        if not self.training:
            return batch.labels
        nothing = torch.full_like(batch.labels, self.model.null_label)
        drop = batch.noise.uniform_like(batch.x[:, 0, 0, 0]) < self.config.label_dropout
        return torch.where(drop, nothing, batch.labels)


def picture(model: PixelCNN, x: Tensor) -> Tensor:
    """Samples of fixed random numbers; each column has a class, as far as there are any."""
    z = standard_normal(NUM_PICTURED, model.config.num_pixels, torch.Generator().manual_seed(0))
    labels = torch.arange(NUM_PICTURED, device=x.device) % len(x) % max(1, model.config.num_classes)
    return model.draw(torch.special.ndtr(z.to(x).double()), labels)


def main(config: TrainConfig) -> None:
    found: list[Tensor] = []

    def load_checked(*what: Any) -> Images:
        images = load_images(*what)
        if what[2] == "train":  # the test split may lack a class
            check_classes(images, config.model.num_classes)
            found.append(chances(images.pixels))
        return images

    def objective(model: PixelCNN, config: TrainConfig) -> NegativeLogLikelihood:
        return NegativeLogLikelihood(model, config, found[0].to(model.head.weight.device))

    schedule = partial(linear_decay, start=config.decay_start)
    train_one_objective(config, PixelCNN, objective, picture, load=load_checked, schedule=schedule)


if __name__ == "__main__":
    run(main, TrainConfig)
