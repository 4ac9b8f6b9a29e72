"""The endpoint /translate."""

from typing import Any

import gradio as gr
from PIL import Image

from space.lessons.translate.view import error_map
from space.lessons.translate.work import DIRECTIONS, MODEL, check_direction, check_size, translate
from space.page.components import PictureFile, one_of
from space.page.handlers import HEAVY, friendly
from space.pictures.files import read_image
from space.pictures.inputs import to_square
from space.pictures.outputs import to_pil


def translate_api(
    image: str, direction: str = "ab", size: int = 64
) -> tuple[Image.Image, Image.Image, Image.Image, Image.Image, dict[str, Any]]:
    """Translate a picture between flat emoji (Twemoji) and rendered ones (Fluent 3D) by CycleGAN, and back.

    Args:
        image: any picture (in MCP, a data URL); its middle is cut out square and scaled, transparency put on
            white
        direction: ab from Twemoji to Fluent 3D, ba from Fluent 3D to Twemoji
        size: pixels a side, 64 (as trained), 128 or 256

    Returns:
        four pictures of size x size pixels: the input x, its translation G(x), the way back F(G(x)), and the
            error |x - F(G(x))| from black (0) to pale yellow (0.25 and more)
        source and commit of the model; cycle_l1 and identity_l1: the mean difference a pixel, in [0, 1], of
            F(G(x)) and of F(x) to x; score_x and score_translation: what the discriminators of their domains
            say of x and of G(x), near 1 real and near 0 generated
    """
    check_direction(direction)
    size = check_size(size)
    result = translate(to_square(read_image(image), size), direction)
    numbers = {
        "model": MODEL,
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
            gr.Number(64, label="size"),
        ]
        outputs = [
            *(gr.Image(format="png", label=name) for name in ("input", "translation", "back", "error")),
            gr.JSON(label="numbers"),
        ]
    handler = friendly(translate_api, "translate")
    gr.on([], handler, inputs, outputs, api_name="translate", **HEAVY)
