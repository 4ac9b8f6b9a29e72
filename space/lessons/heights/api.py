"""The endpoint /heights."""

from typing import Any

import gradio as gr

from space.lessons.heights.work import score_models
from space.page.components import Latent
from space.page.handlers import HEAVY, friendly
from space.text.limits import MAX_SEED
from space.text.refusals import check_number


def heights(values: list[float], width: float = 2, bandwidth: float = 1.5, seed: int = 1) -> dict[str, Any]:
    """Five models of numbers on a line, such as heights, each scored on numbers that it has not seen.

    Args:
        values: 4 to 5000 numbers, not all equal
        width: of the histogram's bins, in the unit of the values, 0.001 to 1000000
        bandwidth: standard deviation of the kernels, in the unit of the values, 0.001 to 1000000
        seed: decides which 30 % of the values are new to the models, an integer from 0 to 4294967295

    Returns:
        how many values were seen and how many new, and for each model the mean log-likelihood of the new ones
            in nats, its standard error, and how many of them it finds impossible (nats is null then)
    """
    width, bandwidth = (
        check_number(name, size, 1e-3, 1e6) for name, size in (("width", width), ("bandwidth", bandwidth))
    )
    return score_models(values, width, bandwidth, int(check_number("seed", seed, 0, MAX_SEED)))


def build_api() -> None:
    """An endpoint without a place on the page."""
    with gr.Row(visible=False):
        values, result = Latent(label="values"), gr.JSON(label="scores")
        width, bandwidth = gr.Number(2, label="width"), gr.Number(1.5, label="bandwidth")
        seed = gr.Number(1, label="seed")
    gr.on([], friendly(heights), [values, width, bandwidth, seed], result, api_name="heights", **HEAVY)
