"""The endpoints /generate and /nearest."""

from typing import Any

import gradio as gr
from PIL import Image

from space.lessons.generate.view import COLUMNS
from space.lessons.generate.work import MODEL, draw_samples, generators
from space.page.components import PictureFile, one_of
from space.page.handlers import HEAVY, friendly
from space.pictures.files import read_image
from space.pictures.inputs import to_digit
from space.pictures.outputs import to_grid, to_pil
from space.pictures.training_digits import find_nearest
from space.weights.table import load


def generate(
    model: str,
    number: int = 16,
    seed: int = 0,
    scale: float = 1.0,
    digit: int | None = None,
    guidance: float | None = None,
) -> tuple[Image.Image, dict[str, Any]]:
    """Pictures of digits made from noise, and how real the model's discriminator takes each of them for.

    Args:
        model: the generator or decoder; a plain autoencoder was not made for this, and its samples show it
        number: samples, an integer from 1 to 64
        seed: of the noise, an integer from 0 (default) to 4294967295; a sample is the same at any number
        scale: factor of the noise z ~ N(0, I), 0 to 2; below 1 samples are cleaner and more alike
        digit: the class of all samples, an integer from 0 to 9, of a model that was trained with classes;
            none: each sample has one of its own, by chance
        guidance: weight of the class of such a model, 0 to 5; above 1 it is surer, and samples are more
            alike; none: as the model was measured

    Returns:
        the samples row by row, at most eight in a row, 28x28 pixels each, without gaps
        source and commit of the model, the settings, and scores: D(G(z)) in [0, 1] of each sample, null for
            a model without a discriminator
    """
    loaded = load(model, "decode")
    samples = draw_samples(loaded, number, seed, scale, digit, guidance)
    columns = min(len(samples.images), COLUMNS)
    numbers = {
        "model": model,
        "source": loaded.source,
        "commit": loaded.commit,
        "reason": loaded.reason,
        "number": len(samples.images),
        "seed": int(seed),
        "scale": scale,
        "digit": digit,
        "guidance": guidance,
        "columns": columns,
        "image_size": loaded.model.config.image_size,
        "scores": samples.scores,
    }
    return to_grid(samples.images, columns, padding=0), numbers


def nearest(image: str) -> tuple[Image.Image, dict[str, Any]]:
    """The training digit of MNIST that is nearest to a picture, by Euclidean distance, of all 60,000.

    Args:
        image: picture of one handwritten digit (in MCP, a data URL); one of 28x28 pixels on black is taken
            as it is

    Returns:
        the training digit, 28x28 pixels, in eight grey levels
        number: its place in the training set, from 1; distance: over pixels in [0, 1]; among: digits searched
    """
    found = find_nearest(to_digit(read_image(image))[0])
    numbers = {"number": found.number, "distance": found.distance, "among": found.among}
    return to_pil(found.digit), numbers


def build_api() -> None:
    """The endpoints' components, which are not on the page."""
    with gr.Row(visible=False):
        inputs = [
            one_of("model", generators(), MODEL),
            gr.Number(16, label="number"),
            gr.Number(0, label="seed"),
            gr.Number(1.0, label="scale"),
            gr.Number(None, label="digit"),
            gr.Number(None, label="guidance"),
        ]
        outputs = [gr.Image(format="png", type="pil", label="samples"), gr.JSON(label="numbers")]
        picture = PictureFile(type="filepath", label="image")
        found = [gr.Image(format="png", type="pil", label="digit"), gr.JSON(label="numbers")]
    gr.on([], friendly(generate), inputs, outputs, api_name="generate", **HEAVY)
    gr.on([], friendly(nearest), picture, found, api_name="nearest", **HEAVY)
