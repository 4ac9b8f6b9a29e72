"""A small convolutional classifier after LeNet-5 (LeCun et al. 1998, http://yann.lecun.com/exdb/mnist/).

It judges what other models generate: `training.measure.samples` compares generated with real images by its
features, as the field does by Inception's for photographs.
"""

from dataclasses import dataclass

from huggingface_hub import PyTorchModelHubMixin
from torch import Tensor, nn

from .description import Description, Paper
from .layers import ImageConfig, check_ranges

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
    base_channels: int = 32
    """channels of the first convolution; the second has twice as many"""
    num_features: int = 128
    """width of the last hidden layer"""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_ranges(self, num_classes=1000, base_channels=512, num_features=4096)

    def describe(self) -> Description:
        shape = ", ".join(map(str, self.image_shape))
        return Description(
            kind="classifier.style" if self.num_classes == 2 else "classifier",  # of two sets of images
            about="A classifier after LeNet-5 (LeCun et al. 1998). Its features and classes measure the "
            "images that the generative models of this lab make.",
            networks=f"two 5x5 convolutions of {self.base_channels} and {2 * self.base_channels} channels, "
            f"max pooling, {self.num_features} hidden units, {self.num_classes} classes",
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
    """Two convolutions with pooling, a hidden layer, and one logit a class."""

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__()
        self.config = config
        channels, size = config.base_channels, config.image_size // 4
        self.trunk = nn.Sequential(
            nn.Conv2d(config.in_channels, channels, kernel_size=5, padding=2),  # (B, channels, H, W)
            nn.ReLU(),
            nn.MaxPool2d(2),  # (B, channels, H/2, W/2)
            nn.Conv2d(channels, 2 * channels, kernel_size=5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),  # (B, 2 * channels, H/4, W/4)
            nn.Flatten(),
            nn.Linear(2 * channels * size * size, config.num_features),  # (B, num_features)
            nn.ReLU(),
        )
        self.head = nn.Linear(config.num_features, config.num_classes)

    def features(self, x: Tensor) -> Tensor:
        """The last hidden layer (B, num_features), each 0 or more, of images (B, C, H, W) in [0, 1]."""
        return self.trunk(x)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (B, num_classes) of images (B, C, H, W) in [0, 1]."""
        return self.head(self.features(x))
