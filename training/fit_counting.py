"""Writes `counting.safetensors` of a PixelCNN: how often a pixel of its training images is white after its
neighbours. The lesson Pixel by pixel shows it beside the network. It takes some seconds.

    python -m training.fit_counting --model pixelcnn-mnist --data_dir data

`--model` is a folder, or the name of one under space/pretrained/. The images, and the seed that makes them
binary, are those of the model's `nll_counting`.
"""

from dataclasses import dataclass
from pathlib import Path

from space.models.pixelcnn import PixelCNN
from training.command_line import run
from training.data import load_images
from training.durable import replacing
from training.errors import TrainingError
from training.measure.counting import Counting
from training.measure.pixels import counted
from training.trained import folder_of, read_trained


@dataclass(frozen=True)
class CountingConfig:
    """Count in the training images of a model."""

    model: str
    """a folder, or the name of one under space/pretrained/"""
    data_dir: Path = Path("data")
    """where built-in data lies or is downloaded to"""


def main(config: CountingConfig) -> None:
    folder = folder_of(config.model)
    model, facts = read_trained(folder)
    if not isinstance(model, PixelCNN):
        raise TrainingError(f"{folder} holds a {facts['family']}; counts stand beside a PixelCNN")
    shape = model.config.in_channels, model.config.image_size
    images = load_images(facts["dataset"], config.data_dir, "train", *shape)
    with replacing(folder / "counting.safetensors") as path:
        Counting.fit(counted(images.pixels, facts["seed"])).save(path)


if __name__ == "__main__":
    run(main, CountingConfig)
