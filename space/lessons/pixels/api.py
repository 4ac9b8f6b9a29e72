"""The endpoint /complete."""

from typing import Any

import gradio as gr
from PIL import Image

from space.lessons.pixels.work import FIRST_ROWS, MODEL, NAMES, Asked, binarised, complete, rows_known
from space.page.components import PictureFile, one_of
from space.page.handlers import HEAVY, friendly
from space.pictures.files import read_image
from space.pictures.inputs import to_digit, to_mask
from space.pictures.outputs import to_grid
from space.text.refusals import Problem, check_whole
from space.weights.hub import load

COLUMNS = 4


def complete_api(
    image: str | None = None,
    model: str = MODEL,
    rows: int | None = None,
    mask: str | None = None,
    digit: int | None = None,
    count: int = 4,
    seed: int = 0,
    temperature: float = 1.0,
    guidance: float = 1.0,
) -> tuple[Image.Image, dict[str, Any]]:
    """Completions of a digit, drawn pixel by pixel from a density that is known exactly; or whole digits.

    Args:
        image: picture of one handwritten digit (in MCP, a data URL), which is made black and white; none: all
            of it is drawn
        model: the density
        rows: rows of the picture that stay, from the top, an integer from 0 to 28; none: 14 of an image
            without a mask
        mask: picture of 28x28 pixels, white where the digit, as the model sees it, is to be drawn; in place
            of rows
        digit: the class to draw, an integer from 0 to 9; none: no class is asked for
        count: completions, an integer from 1 to 16; each is the same at any count
        seed: of the random numbers, an integer from 0 (default) to 4294967295
        temperature: 0.1 to 2; below 1 likely pixels become likelier. Draws from the model are those at 1
        guidance: weight of the digit asked for, 0 to 5; above 1 it is surer, and the pictures lie farther
            from real ones. Draws from the model are those at 1

    Returns:
        the completions, at most four in a row, 28x28 pixels each, without gaps
        source and commit of the model, all settings, log_prob: log p of each completion in nats, and exact:
            whether they are draws from p(rest | what stays). They are where what stays comes before the
            rest in reading order, and temperature and guidance are 1
    """
    loaded = load(model, "complete")
    if image is None and (rows is not None or mask is not None):
        raise Problem("no_image")
    if rows is not None and mask is not None:
        raise Problem("rows_or_mask")
    x = known = None
    if image is not None:
        x = binarised(to_digit(read_image(image)))
        if mask is None:
            rows = check_whole("rows", FIRST_ROWS if rows is None else rows, 0, x.shape[2])
            known = rows_known(rows)
        else:
            known = 1 - to_mask(read_image(mask))
    made = complete(loaded, Asked(count, seed, digit, temperature, guidance), x, known)
    numbers = {
        **{"model": model, "source": loaded.source, "commit": loaded.commit, "reason": loaded.reason},
        **{"rows": rows, "digit": digit, "count": len(made.images), "seed": int(seed)},
        **{"temperature": temperature, "guidance": guidance},
        **{"log_prob": made.log_probs, "exact": made.exact},
    }
    return to_grid(made.images, min(COLUMNS, len(made.images)), padding=0), numbers


def build_api() -> None:
    """The endpoint's components, which are not on the page."""
    with gr.Row(visible=False):
        image, mask = (PictureFile(type="filepath", label=label) for label in ("image", "mask"))
        rows, digit, count, seed, *weights = (
            gr.Number(value, label=name)
            for name, value in (
                *(("rows", None), ("digit", None), ("count", 4), ("seed", 0)),
                *(("temperature", 1.0), ("guidance", 1.0)),
            )
        )
        inputs = [image, one_of("model", NAMES, MODEL), rows, mask, digit, count, seed, *weights]
        outputs = [gr.Image(format="png", type="pil", label="completions"), gr.JSON(label="numbers")]
    gr.on([], friendly(complete_api, "complete"), inputs, outputs, api_name="complete", **HEAVY)
