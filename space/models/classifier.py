"""A small convolutional classifier after LeNet-5 (LeCun et al. 1998, http://yann.lecun.com/exdb/mnist/).

It judges what other models generate: `training.measure.samples` compares generated with real images by its
features, as the field does by Inception's for photographs.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from .description import Description
from .layers import ImageConfig, check_ranges

Pooling = Literal["flatten", "mean"]


@dataclass(frozen=True)
class ClassifierConfig(ImageConfig):
    """Shape of a classifier."""

    num_classes: int = 10
    """number of classes"""
    base_channels: int = 32
    """channels of the first convolution; the second has twice as many"""
    num_features: int = 128
    """width of the last hidden layer"""
    pooling: Pooling = "flatten"
    """what the hidden layer sees of the convolutions: 'flatten' all values, so that it knows where things
    are; 'mean' each channel's average over the image, so that it knows style alone and takes any size"""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ranges(self, num_classes=1000, base_channels=512, num_features=4096)
        if self.pooling not in get_args(Pooling):
            raise ValueError(f"pooling is {self.pooling!r}; allowed: {', '.join(get_args(Pooling))}")

    def describe(self) -> Description:
        shape = ", ".join(map(str, self.image_shape))
        averaged = "averages over the image, " if self.pooling == "mean" else ""
        return Description(
            kind="classifier.style" if self.num_classes == 2 else "classifier",  # of two sets of images
            about="A classifier after LeNet-5 (LeCun et al. 1998). Its features and classes measure the "
            "images that the generative models of this lab make.",
            networks=f"two 5x5 convolutions of {self.base_channels} and {2 * self.base_channels} channels, "
            f"max pooling, {averaged}{self.num_features} hidden units, {self.num_classes} classes",
            usage=f"logits = model(torch.rand(16, {shape}))  # (16, {self.num_classes}), images in [0, 1]",
            samples="The same test images through training: the last snapshot",
            limits="An image of none of its classes gets one all the same.",
        )


class Classifier(
    nn.Module,
    PyTorchModelHubMixin,
    library_name="generative-lab",
    license="mit",
    pipeline_tag="image-classification",
    tags=["lenet", "image-classification"],
):
    """Two convolutions with pooling, a hidden layer, and one logit a class."""

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__()
        self.config = config
        channels, size = config.base_channels, config.image_size // 4
        pooled, width = [], 2 * channels * size * size
        if config.pooling == "mean":
            pooled, width = [nn.AdaptiveAvgPool2d(1)], 2 * channels  # (B, 2 * channels, 1, 1)
        self.trunk = nn.Sequential(
            nn.Conv2d(config.in_channels, channels, kernel_size=5, padding=2),  # (B, channels, H, W)
            nn.ReLU(),
            nn.MaxPool2d(2),  # (B, channels, H/2, W/2)
            nn.Conv2d(channels, 2 * channels, kernel_size=5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (B, 2 * channels, H/4, W/4)
            *pooled,
            nn.Flatten(),
            nn.Linear(width, config.num_features),  # (B, num_features)
            nn.ReLU(),
        )
        self.head = nn.Linear(config.num_features, config.num_classes)

    def features(self, x: Tensor) -> Tensor:
        """The last hidden layer (B, num_features), each 0 or more, of images (B, C, H, W) in [0, 1]."""
        return self.trunk(x)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (B, num_classes) of images (B, C, H, W) in [0, 1]."""
        return self.head(self.features(x))
