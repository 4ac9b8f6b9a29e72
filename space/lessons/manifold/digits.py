"""Two digits on the maps: where the encoders put them, and what lies between."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import gradio as gr
from torch import Tensor

from space.lessons.manifold.maps import LatentMap
from space.lessons.manifold.view import show_two
from space.page import code_behind, link
from space.page.components import Drawing, as_trigger, paper
from space.page.digits import LAST_DIGIT, DigitPicker, choose_digit
from space.page.handlers import FILES, PRIVATE, friendly
from space.page.words import LATEX, i18n
from space.pictures.inputs import sketch_to_digit
from space.text.limits import MAX_SEED
from space.text.refusals import Problem, check_number

FIRST_DIGITS = 40, 122
"""a 2 and a 6: on the way from one to the other the two maps differ most plainly"""


@dataclass(frozen=True)
class DigitPanel:
    """The components of this part of the tab."""

    start: DigitPicker
    sketch: Drawing
    end: DigitPicker
    seed: gr.Number
    again: gr.Button
    steps: gr.Slider
    pictures: list[gr.components.Component]
    """what `show_digits` fills first: the digit as seen, its re-samples, its numbers, a strip for each map"""
    snippet: gr.Code

    def linked(self) -> list[link.Linked]:
        """What the link says of these."""
        return [
            link.value("start", self.start, link.number(0, LAST_DIGIT, whole=True)),
            link.value("end", self.end, link.number(0, LAST_DIGIT, whole=True)),
            link.value("seed", self.seed, link.number(0, MAX_SEED, whole=True)),
            link.value("steps", self.steps),
        ]


def build_digits() -> DigitPanel:
    """Where a digit lies on the maps, and what lies between two."""
    gr.Markdown(i18n("manifold.digit"), latex_delimiters=LATEX)
    with gr.Row():
        with gr.Column(min_width=300):
            start = _build_picker("manifold.start_sheet", FIRST_DIGITS[0], "manifold-start-sheet")
            # closed, for the drawing board takes as long to set up as all the rest of the tab
            with gr.Accordion(i18n("manifold.sketch"), open=False, elem_id="manifold-draw"):
                sketch = paper(fixed_canvas=True, label=i18n("manifold.sketch"), show_label=False, height=340)
        with gr.Column(min_width=300, scale=2):
            with gr.Row():
                with gr.Column(min_width=110):
                    seen = gr.HTML(elem_id="manifold-seen")
                with gr.Column(min_width=240, scale=3):
                    resampled = gr.HTML(elem_id="manifold-resampled")
                    with gr.Row(elem_id="manifold-resample"):
                        seed, again = _build_seed()
            found = gr.Markdown(elem_id="manifold-found", latex_delimiters=LATEX)
    gr.Markdown(i18n("manifold.between"), elem_id="manifold-between")
    with gr.Row():
        with gr.Column(min_width=300):
            end = _build_picker("manifold.end_sheet", FIRST_DIGITS[1], "manifold-end-sheet")
            steps = gr.Slider(3, 16, 10, step=1, label=i18n("manifold.steps"), elem_id="manifold-steps")
        with gr.Column(min_width=300, scale=2, elem_id="manifold-strips"):
            strips = [gr.HTML(elem_id="manifold-strip-vae"), gr.HTML(elem_id="manifold-strip-autoencoder")]
    snippet = code_behind.snippet_panel("manifold-code")
    return DigitPanel(start, sketch, end, seed, again, steps, [seen, resampled, found, *strips], snippet)


def _build_picker(caption: str, first: int, elem_id: str) -> DigitPicker:
    """Test digits to choose from, under their caption."""
    gr.Markdown(i18n(caption))
    return DigitPicker(first, name=elem_id, elem_id=elem_id)


def _build_seed() -> tuple[gr.Number, gr.Button]:
    """The seed of the re-samples, and a button that takes the next one."""
    seed = gr.Number(0, precision=0, min_width=110, label=i18n("manifold.seed"), elem_id="manifold-seed")
    return seed, gr.Button(i18n("manifold.again"), size="sm", min_width=110, scale=2)


def bind_digits(panel: DigitPanel, maps: Sequence[LatentMap]) -> list[gr.components.Component]:
    """Bind the events; returns the inputs of `choose`, which say what the first digit is."""
    drawn = gr.State(None)
    panel.sketch.input(
        friendly(from_sketch), [panel.sketch, drawn], drawn, trigger_mode="always_last", **FILES, **PRIVATE
    )
    panel.start.pick(lambda: None, None, drawn, queue=False, **PRIVATE)
    panel.again.click(None, panel.seed, panel.seed, js="seed => seed + 1", **PRIVATE)
    changes = [as_trigger(panel.start.ready), as_trigger(panel.start.pick), drawn.change]
    gr.on(  # one event for all: otherwise an early question's late answer would replace a newer one
        [*changes, panel.end.change, panel.seed.change, panel.steps.release],
        friendly(show_digits),
        [drawn, panel.start, panel.end, panel.seed, panel.steps],
        [*panel.pictures, *maps, panel.snippet],
        trigger_mode="always_last",
        **PRIVATE,
    )
    return [drawn, panel.start]


def choose(drawn: Tensor | None, index: float | None) -> Tensor:
    """The digit (1, 1, 28, 28) that was drawn, or else the test digit of that index."""
    return choose_digit("digit", index, None, None) if drawn is None else drawn


def from_sketch(drawing: str | BinaryIO | None, digit: Tensor | None) -> Tensor | None:
    """The digit (1, 1, 28, 28) drawn; `digit` if the paper is blank, as when the page has just opened."""
    try:
        return sketch_to_digit(drawing)
    except Problem:
        return digit


def show_digits(drawn: Tensor | None, start: float, end: float, seed: float | None, steps: int) -> list[Any]:
    """What `show_two` says of the drawn or else the test digit `start`, and of the test digit `end`.

    Pictures in the order of `DigitPanel.pictures`, an update for each map, and the snippet.
    """
    seed = int(check_number("seed", seed, 0, MAX_SEED))
    x, y = choose(drawn, start), choose(None, end)
    shown = show_two(x, y, seed, steps, index=int(start) if drawn is None else None)
    updates = [gr.update(overlay=overlay) for overlay in shown.overlays]
    return [shown.seen, shown.resampled, shown.found, *shown.strips, *updates, shown.snippet]
