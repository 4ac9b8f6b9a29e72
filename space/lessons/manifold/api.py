"""The lesson's endpoints: /encode, /decode, /manifold and /interpolate."""

from typing import get_args

import gradio as gr
from PIL import Image

from space.lessons.manifold.view import PICTURE_SCALE, STRIP_SCALE
from space.lessons.manifold.work import MAPS, Spacing, blend, check_code, tile_places
from space.models import MODELS, code_and_sigma, models_that
from space.models.latents import evenly, grid
from space.page.components import Latent, PictureFile, one_of
from space.page.handlers import FILES, HEAVY, LIGHT, friendly
from space.pictures.files import read_image
from space.pictures.inputs import to_digit
from space.pictures.outputs import to_grid, to_pil
from space.text.limits import MAX_LATENT, MAX_ROWS, MAX_STEPS
from space.text.refusals import Problem, check_number
from space.weights import hub


def build_api() -> None:
    """Endpoints without a place on the page."""
    with gr.Row(visible=False):
        image, other = (PictureFile(type="filepath", label=label) for label in ("image", "other"))
        encoder, decoder, mapped = (
            one_of("model", names, MAPS[0]) for names in (models_that("encode"), models_that("decode"), MAPS)
        )
        rows, steps = gr.Number(20, label="rows"), gr.Number(10, label="steps")
        spacing, limit = one_of("spacing", get_args(Spacing), "linear"), gr.Number(None, label="limit")
        z, code = Latent(label="z"), gr.JSON(label="code")
        result = gr.Image(format="png", type="pil", label="result")
    for handler, inputs, output, group in (
        (encode, [image, encoder], code, FILES),
        (decode, [z, decoder], result, LIGHT),
        (manifold, [mapped, rows, spacing, limit], result, HEAVY),
        (interpolate, [image, other, encoder, steps], result, FILES),
    ):
        gr.on([], friendly(handler), inputs, output, api_name=handler.__name__, **group)


def encode(image: str, model: str) -> dict[str, list[float]]:
    """Where an encoder puts a picture of a digit in its latent space.

    Args:
        image: picture of one handwritten digit, dark on light or light on dark (in MCP, a data URL); it is
            centred and scaled as MNIST's were
        model: the encoder

    Returns:
        {"mu": [...], "sigma": [...]} of a VAE's q(z|x) = N(mu, sigma^2), {"z": [...]} of an autoencoder
    """
    network, digit = hub.load(model, "encode").model, to_digit(read_image(image))
    code, sigma = code_and_sigma(network, digit)  # (1, latent_dim) each
    if sigma is None:
        return {"z": code[0].tolist()}
    return {"mu": code[0].tolist(), "sigma": sigma[0].tolist()}


def decode(z: list[float], model: str) -> Image.Image:
    """The picture that a decoder or generator makes of a point of its latent space.

    Args:
        z: as many numbers as the model's latent_dim (`/models` lists it), each from -10000 to 10000; samples
            lie mostly within 3 of 0
        model: the decoder

    Returns:
        the picture, each of its 28x28 pixels drawn as 10x10
    """
    loaded = hub.load(model, "decode")
    return to_pil(loaded.model.decode(check_code(z, loaded)), PICTURE_SCALE)


def manifold(
    model: str, rows: int = 20, spacing: Spacing = "linear", limit: float | None = None
) -> Image.Image:
    """The grid of pictures that a two-dimensional latent space decodes to: z1 to the right, z2 upwards.

    Args:
        model: the decoder
        rows: pictures along each axis, an integer from 2 to 40
        spacing: linear, or inverse_gaussian for equal shares of the prior N(0, I), as in figure 4 of Kingma &
            Welling (2014); for the autoencoder, of a Gaussian fitted to the codes of the test digits
        limit: a linear grid covers [-limit, limit] on both axes, 0.01 to 10000; without it, the range of the
            codes of the test digits

    Returns:
        rows x rows pictures of 28x28 pixels, without gaps
    """
    if model in MODELS and model not in MAPS:
        raise Problem("not_one_of", name="model", value=model, allowed=", ".join(MAPS))
    loaded, rows = hub.load(model, "decode"), int(check_number("rows", rows, 2, MAX_ROWS))
    places = tile_places(spacing, loaded)
    if spacing == "linear" and limit is not None:
        limit = check_number("limit", limit, 0.01, MAX_LATENT)
        places = [(evenly, [-limit, limit])] * 2
    z1, z2 = (function(rows, *bounds) for function, bounds in places)
    return to_grid(loaded.model.decode(grid(z1, z2)), columns=rows, padding=0)


def interpolate(image: str, other: str, model: str, steps: int = 10) -> Image.Image:
    """Pictures on the straight line between the codes (for a VAE the means) of two digits.

    Args:
        image: picture of the first digit, dark on light or light on dark (in MCP, a data URL)
        other: picture of the last digit, in the same way
        model: the encoder and decoder
        steps: pictures, both ends included, an integer from 2 to 32

    Returns:
        one row of pictures, each of their 28x28 pixels drawn as 4x4
    """
    network, steps = hub.load(model, "encode").model, int(check_number("steps", steps, 2, MAX_STEPS))
    start, end = to_digit(read_image(image)), to_digit(read_image(other))
    return to_grid(blend(network, start, end, steps), columns=steps, scale=STRIP_SCALE)
