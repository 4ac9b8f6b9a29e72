"""The endpoint /denoise."""

from typing import Any

import gradio as gr
import torch
from PIL import Image

from space.lessons.diffusion.view import PICTURE_SIDE, frames, strip
from space.lessons.diffusion.work import MODEL, NAMES, OWN_START, SAMPLERS, Asked, denoise
from space.models.samplers import SamplerName
from space.page.components import MadeFile, PictureFile, one_of
from space.page.handlers import HEAVY, friendly
from space.pictures.files import read_image
from space.pictures.inputs import to_digit, to_mask
from space.pictures.outputs import to_gif, to_pil
from space.weights.table import load


def denoise_api(
    image: str | None = None,
    model: str = MODEL,
    digit: int | None = None,
    seed: int = 0,
    steps: int | None = None,
    start: float | None = None,
    guidance: float | None = None,
    sampler: SamplerName = "dpm_solver",
    mask: str | None = None,
    resamplings: int = 4,
    guidance_low: float | None = None,
    guidance_high: float | None = None,
) -> tuple[Image.Image, Image.Image, tuple[str, bytes], dict[str, Any]]:
    """A trajectory of a diffusion model, from noise or a noised picture to a digit, step by step.

    Args:
        image: picture of one handwritten digit (in MCP, a data URL), which is noised as far as `start`; none:
            the way begins in noise
        model: the diffusion model
        digit: the digit to make, an integer from 0 to 9; none: the seed decides, and with an image nothing is
            asked for
        seed: of the noise, an integer from 0 (default) to 4294967295; alone it gives the sample that
            /generate makes of it
        steps: from noise on, an integer from 1 to 64; each asks the network once, where guidance acts twice;
            none: as the model was measured
        start: where the way begins, from 0.01 (hardly any noise) to 1 (noise alone); none: 1, and 0.5 with an
            image of which nothing is erased
        guidance: weight of the digit asked for, 0 to 5; none: as the model was measured
        sampler: dpm_solver (looks back one step), ddim (without chance, too), ddpm (fresh noise in each step)
            or euler; with a mask it is ddpm
        mask: picture of 28x28 pixels, white where the digit, as the model sees it, is to be filled in
        resamplings: times that each step is done where something is filled in, an integer from 1 to 10
        guidance_low: where a guidance above 1 begins to act, from 0 (the image) to 1 (noise alone); none: as
            the model was measured
        guidance_high: where it ceases to act, from `guidance_low` to 1; none: as the model was measured

    Returns:
        the picture made, each of its 28x28 pixels drawn as 10x10
        three strips, a column a step: x_t, the x_0 predicted in it, and the noise predicted in it
        the same as an animated GIF
        source and commit of the model, all settings, and t, a_t and sigma_t of each step
    """
    loaded = load(model, "denoise")
    picture = None if image is None else to_digit(read_image(image))
    erased = None if mask is None else to_mask(read_image(mask))
    if start is None:
        start = OWN_START if picture is not None and erased is None else 1.0
    known = None if erased is None else 1 - erased
    way = (digit, seed, steps, start, guidance, sampler)
    asked = Asked(*way, picture, known, resamplings, guidance_low, guidance_high)
    made = denoise(loaded, asked)
    a, sigma = loaded.model.levels[:, torch.tensor(made.times) + 1].tolist()
    settings = {k: v for k, v in vars(made.asked).items() if k not in ("picture", "known")}
    facts = {"model": model, "source": loaded.source, "commit": loaded.commit, "reason": loaded.reason}
    numbers = facts | settings | {"t": made.times, "a": a, "sigma": sigma}
    return (
        to_pil(made.image, max(1, PICTURE_SIDE // loaded.model.config.image_size)),
        strip(made),
        (f"{model}.gif", to_gif(frames(made))),
        numbers,
    )


def build_api() -> None:
    """The endpoint's components, which are not on the page."""
    with gr.Row(visible=False):
        image, mask = (PictureFile(type="filepath", label=label) for label in ("image", "mask"))
        numbers = {
            name: gr.Number(value, label=name)
            for name, value in (
                *(("digit", None), ("seed", 0), ("steps", None), ("start", None), ("guidance", None)),
                *(("resamplings", 4), ("guidance_low", None), ("guidance_high", None)),
            )
        }
        *middle, resamplings, low, high = numbers.values()
        inputs = [
            image,
            one_of("model", NAMES, MODEL),
            *middle,
            one_of("sampler", SAMPLERS, "dpm_solver"),
            mask,
            *(resamplings, low, high),
        ]
        outputs = [
            *(gr.Image(format="png", type="pil", label=label) for label in ("picture", "strips")),
            MadeFile(label="animation"),
            gr.JSON(label="numbers"),
        ]
    gr.on([], friendly(denoise_api, "denoise"), inputs, outputs, api_name="denoise", **HEAVY)
