"""Twenty dimensions: one slider for each of the most informative ones."""

from typing import Any

import gradio as gr
import torch
from torch import Tensor

from space.lessons.manifold.digits import choose
from space.lessons.manifold.maps import LatentMap
from space.lessons.manifold.view import show_point, slider_label
from space.lessons.manifold.work import DEEP, NUM_SLIDERS, active_dimensions, move_code
from space.page import code_behind
from space.page.handlers import PRIVATE, friendly
from space.page.words import LATEX, i18n
from space.weights import hub

MOST = 4
"""how far a slider goes, each way"""


def build_sliders(trigger: LatentMap, chosen: list[gr.components.Component]) -> None:
    """The model DEEP, set up once `trigger` is ready; `chosen` are the inputs of `choose`."""
    gr.Markdown(i18n("manifold.deep"), latex_delimiters=LATEX)
    with gr.Row():
        with gr.Column(min_width=280):
            image = gr.HTML(elem_id="manifold-deep-image", min_height=320)
            with gr.Row():
                origin = gr.Button(i18n("manifold.from_origin"), size="sm", min_width=100)
                mean = gr.Button(i18n("manifold.from_digit"), size="sm", min_width=100)
        with gr.Column(min_width=300, scale=2), gr.Row():
            sliders = [
                gr.Slider(-MOST, MOST, 0, step=0.05, label=f"z{i + 1}", min_width=300)
                for i in range(NUM_SLIDERS)
            ]
    snippet = code_behind.snippet_panel("manifold-deep-code")

    base = gr.State(None)  # the code that the sliders started from
    outputs = [base, image, snippet, *sliders]
    trigger.ready(friendly(start_from_origin), None, outputs, **PRIVATE)
    origin.click(friendly(start_from_origin), None, outputs, **PRIVATE)
    mean.click(friendly(start_from_digit), chosen, outputs, **PRIVATE)

    def move(values: dict[gr.components.Component, Any]) -> tuple[str, str]:
        return decode_sliders(values[base], [values[slider] for slider in sliders])

    for slider in sliders:
        slider.input(
            friendly(move), {base, *sliders}, [image, snippet], trigger_mode="always_last", **PRIVATE
        )


def start_from_origin() -> list[Any]:
    """z = 0, its picture, and the sliders there."""
    return _start_from(torch.zeros(1, hub.load(DEEP).model.config.latent_dim))


def start_from_digit(drawn: Tensor | None, start: float) -> list[Any]:
    """mu of the drawn or else of the test digit `start`, its picture, and the sliders there."""
    return _start_from(hub.load(DEEP).model.code(choose(drawn, start)))


def _start_from(z: Tensor) -> list[Any]:
    """z (1, latent_dim) as a list, its picture, the snippet, and an update of each slider."""
    loaded = hub.load(DEEP)
    active = active_dimensions(loaded)[:NUM_SLIDERS]
    sliders = [
        gr.Slider(
            label=slider_label(dimension, kl),
            value=max(-MOST, min(MOST, round(z[0, dimension].item(), 2))),
        )
        for dimension, kl in active
    ]
    sliders += [gr.Slider(visible=False)] * (NUM_SLIDERS - len(active))
    return [z[0].tolist(), *show_point(loaded, z), *sliders]


def decode_sliders(base: list[float] | None, values: list[float]) -> tuple[str, str]:
    """The picture of `base` with its most active dimensions moved to `values`, and the snippet."""
    loaded = hub.load(DEEP)
    return show_point(loaded, move_code(loaded, base, values))
