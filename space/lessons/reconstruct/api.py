"""The endpoint /reconstruct."""

import math
from typing import Any

import gradio as gr
from PIL import Image

from space.lessons.reconstruct.view import error_map
from space.lessons.reconstruct.work import MODEL, NOISES, RECONSTRUCTORS, add_noise, psnr, reconstruct
from space.page.components import PictureFile, one_of
from space.page.handlers import FILES, friendly
from space.pictures.files import read_image
from space.pictures.inputs import to_digit
from space.pictures.outputs import to_pil


def reconstruct_api(
    image: str, model: str, noise: str = "none", level: float = 0.5, seed: int = 0
) -> tuple[Image.Image, Image.Image, Image.Image, Image.Image, dict[str, Any]]:
    """Squeeze a picture of a digit through an autoencoder and rebuild it; noise is added first where wanted.

    Args:
        image: picture of one handwritten digit, dark on light or light on dark (in MCP, a data URL); it is
            centred and scaled as MNIST's were
        model: the encoder and decoder
        noise: kind of noise
        level: strength of the noise, 0 to 1
        seed: of the noise, an integer from 0 (default) to 4294967295; the same seed gives the same noise

    Returns:
        four pictures of 28x28 pixels: the input x, x with noise, the reconstruction, and its error to x from
            black (0) to pale yellow (1)
        source and commit of the model, the latent vector, the mean squared error, and PSNR in dB of the
            reconstruction and of the noisy input
    """
    x = to_digit(read_image(image))
    result = reconstruct(x, add_noise(x, noise, level, seed), model)
    decibel = [psnr(mse) for mse in (result.mse, result.noisy_mse)]
    decibel = [value if math.isfinite(value) else None for value in decibel]  # JSON has no infinity
    numbers = {
        "model": model,
        "source": result.loaded.source,
        "commit": result.loaded.commit,
        "reason": result.loaded.reason,
        "latent": result.z,
        "sigma": result.sigma,
        "mse": result.mse,
        "psnr": decibel[0],
        "psnr_noisy": decibel[1],
        "bytes_image": x.numel(),
        "bytes_latent": 4 * len(result.z),
    }
    return to_pil(x), to_pil(result.noisy), to_pil(result.output), error_map(result), numbers


def build_api() -> None:
    """The endpoint's components, which are not on the page: they give it files in and out."""
    with gr.Row(visible=False):
        inputs = [
            PictureFile(type="filepath", label="image"),
            one_of("model", RECONSTRUCTORS, MODEL),
            one_of("noise", NOISES, "none"),
            gr.Number(0.5, label="level"),
            gr.Number(0, label="seed"),
        ]
        outputs = [
            *(gr.Image(format="png", label=name) for name in ("input", "noisy", "reconstruction", "error")),
            gr.JSON(label="numbers"),
        ]
        handler = friendly(reconstruct_api, "reconstruct")
        gr.Button().click(handler, inputs, outputs, api_name="reconstruct", **FILES)
