"""Train a LeNet-like classifier, to measure generated images by its features.

    accelerate launch -m training.train_classifier --output_dir runs/classifier

docs/training.md has the commands of the shipped models, docs/speed.md their times, docs/results.md their
results.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from space.models.classifier import Classifier, ClassifierConfig
from space.models.layers import scale_about_centre
from training.batches import Batch
from training.command_line import run
from training.data import DataError, Images, load_images
from training.errors import TrainingError
from training.loop import LoopConfig
from training.one_objective import train_one_objective


@dataclass(frozen=True)
class TrainConfig(LoopConfig):
    """Train a classifier on images with labels."""

    model: ClassifierConfig = field(default_factory=ClassifierConfig)
    """shape of the network"""
    num_epochs: int = 12
    """passes over the training images"""
    weight_decay: float = 0.05
    """decoupled weight decay of AdamW"""
    random_scale: float = 0.0
    """scale images up or down by up to this share, on white, so that size does not tell the class"""
    random_noise: float = 0.0
    """add normal noise to images, of a standard deviation from 0 to this, pixels being in [0, 1]: so what is
    left of a picture file's compression does not tell the class"""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.random_scale < 1:
            raise ValueError(f"random_scale is {self.random_scale}; allowed: 0 up to, but not, 1")
        if not 0 <= self.random_noise <= 1:
            raise ValueError(f"random_noise is {self.random_noise}; allowed: 0 to 1")


class CrossEntropy(nn.Module):
    """Cross-entropy in nats and the share of errors in %, averaged over the batch."""

    def __init__(self, model: Classifier, config: TrainConfig) -> None:
        super().__init__()
        self.model, self.config = model, config

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        x = batch.x
        if self.training and self.config.random_scale:
            chance = batch.noise.uniform_like(x[:, :1, :1, :1])
            x = scale_about_centre(x, (1 + self.config.random_scale) ** (2 * chance - 1))
        if self.training and self.config.random_noise:
            deviation = self.config.random_noise * batch.noise.uniform_like(x[:, :1, :1, :1])
            x = (x + deviation * batch.noise.normal_like(x)).clamp(0, 1)
        logits = self.model(x).float()  # (B, num_classes)
        wrong = (logits.argmax(1) != batch.labels).float()
        return {"loss": F.cross_entropy(logits, batch.labels), "error": 100 * wrong.mean()}


def picture(model: Classifier, x: Tensor) -> Tensor:
    """A row of test images, and a row of how strongly each pixel moves the likeliest class's logit."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(model(x).amax(1).sum(), x)
    slope = slope.abs()
    return torch.cat([x.detach(), slope / slope.amax((1, 2, 3), keepdim=True).clamp_min(1e-12)])


def check_labels(images: Images, num_classes: int) -> None:
    """Raise `DataError` if labels are missing, and `TrainingError` if they have too many classes."""
    if images.labels is None:
        raise DataError(
            f"a classifier needs a label for every image; some are missing in {images.description}"
        )
    if images.num_classes > num_classes:
        raise TrainingError(
            f"{images.description} has {images.num_classes} classes, the model tells {num_classes} apart; "
            f"give --model.num_classes {images.num_classes}"
        )


def main(config: TrainConfig) -> None:
    def load(*what: Any) -> Images:
        images = load_images(*what)
        check_labels(images, config.model.num_classes)
        return images

    train_one_objective(config, Classifier, CrossEntropy, picture, load=load)


if __name__ == "__main__":
    run(main, TrainConfig)
