"""The endpoint /translate."""

from typing import Any

import gradio as gr
from PIL import Image

from space.lessons.translate.view import error_map
from space.lessons.translate.work import (
    AS_IT_IS,
    DIRECTIONS,
    NAMES,
    check_direction,
    check_size,
    load_model,
    translate,
)
from space.models import roles
from space.page.components import PictureFile, one_of
from space.page.handlers import HEAVY, friendly
from space.pictures.files import read_image
from space.pictures.inputs import to_square
from space.pictures.outputs import to_pil


def translate_api(
    image: str, direction: str = "ab", size: int = AS_IT_IS, model: str = roles.TRANSLATOR
) -> tuple[Image.Image, Image.Image, Image.Image, Image.Image, dict[str, Any]]:
    """Translate a picture between two domains by CycleGAN, and back: flat emoji (Twemoji) and rendered ones.

    Args:
        image: any picture (in MCP, a data URL); its middle is cut out square and scaled, transparency put on
            white
        direction: ab from domain A, as Twemoji, to domain B, as Fluent 3D; ba back
        size: pixels a side: 64, 128, 256, or 0 for that of the training
        model: name of a CycleGAN of the lab

    Returns:
        four pictures of size x size pixels: the input x, its translation, the way back, and the difference of
            that to x, from black (0) to pale yellow (0.25 and more)
        source and commit of the model, names of its domains; cycle_l1 and identity_l1: the mean difference a
            pixel, in [0, 1], of the way back to x, and of x to what the generator of that way makes of it;
            score_x and score_translation: what the discriminators of their domains say of both, near 1 real
            and near 0 generated
    """
    check_direction(direction)
    loaded = load_model(model)
    size, config = check_size(size, loaded), loaded.model.config
    result = translate(to_square(read_image(image), size, config.in_channels), direction, model)
    numbers = {
        "model": model,
        "domains": [config.domain_a, config.domain_b],
        "source": result.loaded.source,
        "commit": result.loaded.commit,
        "reason": result.loaded.reason,
        "direction": direction,
        "size": size,
        "cycle_l1": result.cycle_l1,
        "identity_l1": result.identity_l1,
        "score_x": result.scores_x.mean().item(),
        "score_translation": result.scores_output.mean().item(),
    }
    return to_pil(result.x), to_pil(result.output), to_pil(result.back), error_map(result), numbers


def build_api() -> None:
    """The endpoint, with components that are not on the page."""
    with gr.Row(visible=False):
        inputs = [
            PictureFile(type="filepath", label="image"),
            one_of("direction", DIRECTIONS, "ab"),
            gr.Number(AS_IT_IS, label="size"),
            one_of("model", NAMES, roles.TRANSLATOR),
        ]
        outputs = [
            *(gr.Image(format="png", label=name) for name in ("input", "translation", "back", "error")),
            gr.JSON(label="numbers"),
        ]
    handler = friendly(translate_api, "translate")
    gr.on([], handler, inputs, outputs, api_name="translate", **HEAVY)
