"""A small convolutional classifier after LeNet-5 (LeCun et al. 1998, http://yann.lecun.com/exdb/mnist/).

It judges what other models generate: `training.measure.samples` compares generated with real images by its
features, as the field does by Inception's for photographs.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from .description import Description, Paper
from .layers import ImageConfig, check_ranges, differences

Pooling = Literal["flatten", "mean"]
Input = Literal["pixels", "differences"]
PAPER = Paper(
    "LeCun, Yann and Bottou, Léon and Bengio, Yoshua and Haffner, Patrick",
    1998,
    "Gradient-Based Learning Applied to Document Recognition",
    "https://doi.org/10.1109/5.726791",
)


@dataclass(frozen=True)
class ClassifierConfig(ImageConfig):
    """Shape of a classifier."""

    num_classes: int = 10
    """number of classes"""
    input: Input = "pixels"
    """what the first convolution sees: 'pixels', or their 'differences' (`space.models.layers.differences`),
    which are of shades and edges, whatever the colours"""
    base_channels: int = 32
    """channels of the first convolution; each further one has twice as many as the one before"""
    num_convolutions: int = 2
    """convolutions, each followed by a halving of the size"""
    kernel_size: int = 5
    """pixels a side that a convolution sees, odd"""
    num_features: int = 128
    """width of the last hidden layer"""
    pooling: Pooling = "flatten"
    """what the hidden layer sees of the convolutions: 'flatten' all values, so that it knows where things
    are; 'mean' each channel's average over the image, so that it knows style alone and takes any size"""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ranges(
            self, num_classes=1000, base_channels=512, num_convolutions=6, kernel_size=15, num_features=4096
        )
        if self.kernel_size % 2 == 0:
            raise ValueError(f"kernel_size is {self.kernel_size}; allowed: odd numbers from 1 to 15")
        if self.image_size < 2**self.num_convolutions:
            raise ValueError(
                f"num_convolutions is {self.num_convolutions}; too many for {self.image_size} pixels"
            )
        for name, allowed in (("pooling", get_args(Pooling)), ("input", get_args(Input))):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is {getattr(self, name)!r}; allowed: {', '.join(allowed)}")

    @property
    def channels(self) -> list[int]:
        """Channels after each convolution."""
        return [self.base_channels * 2**i for i in range(self.num_convolutions)]

    def describe(self) -> Description:
        shape = ", ".join(map(str, self.image_shape))
        seen = "differences of neighbouring pixels, " if self.input == "differences" else ""
        averaged = "averages over the image, " if self.pooling == "mean" else ""
        return Description(
            kind="classifier.style" if self.num_classes == 2 else "classifier",  # of two sets of images
            about="A classifier after LeNet-5 (LeCun et al. 1998). Its features and classes measure the "
            "images that the generative models of this lab make.",
            networks=f"{seen}{self.num_convolutions} convolutions of {self.kernel_size}x{self.kernel_size} "
            f"with {' and '.join(map(str, self.channels))} channels, "
            f"max pooling, {averaged}{self.num_features} hidden units, {self.num_classes} classes",
            usage=f"logits = model(torch.rand(16, {shape}))  # (16, {self.num_classes}), images in [0, 1]",
            samples="The same test images through training: the last snapshot",
            limits="An image of none of its classes gets one all the same.",
            paper=PAPER,
        )


class Classifier(
    nn.Module,
    PyTorchModelHubMixin,
    library_name="generative-lab",
    license="mit",
    pipeline_tag="image-classification",
    tags=["lenet", "image-classification"],
):
    """Convolutions with pooling, a hidden layer, and one logit a class."""

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__()
        self.config = config
        kernel, size = config.kernel_size, config.image_size // 2**config.num_convolutions
        layers: list[nn.Module] = []
        seen = config.in_channels * (2 if config.input == "differences" else 1)
        for a, b in pairwise([seen, *config.channels]):
            layers += [nn.Conv2d(a, b, kernel, padding=kernel // 2), nn.ReLU(), nn.MaxPool2d(2)]
        width = config.channels[-1] * size * size  # (B, channels[-1], size, size)
        if config.pooling == "mean":
            layers, width = [*layers, nn.AdaptiveAvgPool2d(1)], config.channels[-1]
        layers += [nn.Flatten(), nn.Linear(width, config.num_features), nn.ReLU()]  # (B, num_features)
        self.trunk = nn.Sequential(*layers)
        self.head = nn.Linear(config.num_features, config.num_classes)

    def features(self, x: Tensor) -> Tensor:
        """The last hidden layer (B, num_features), each 0 or more, of images (B, C, H, W) in [0, 1]."""
        return self.trunk(differences(x) if self.config.input == "differences" else x)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (B, num_classes) of images (B, C, H, W) in [0, 1]."""
        return self.head(self.features(x))
