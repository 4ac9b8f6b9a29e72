"""The tab of how a model learned: the same latents through training, beside the curves of the run.

Everything comes from the model folder (`samples/` and `history.csv`) and goes to the page in one call;
`TrainingRun` shows it, and timeline.js moves through it. A folder may come from the Hub: the readers in
`space.page.training_run` and `space.weights.side_files` bound what they read and leave out damaged parts.
"""

from typing import Any

import gradio as gr

from space.lessons.timeline.api import build_api
from space.lessons.timeline.view import MARKUP, training_run
from space.lessons.timeline.work import NAMES, WATCHED, kind_of
from space.page import code_behind, code_panels, link
from space.page.components import as_trigger, asset
from space.page.handlers import friendly
from space.page.markup import source_badge
from space.page.modules import module
from space.page.words import LATEX, component_words, i18n
from space.text.limits import MAX_FRAME_PIXELS
from space.weights.hub import load
from space.weights.side_files import MAX_STEP

LINKED = {
    "step": link.number(0, MAX_STEP, whole=True),
    "cell": link.numbers(2, 2, 0, MAX_FRAME_PIXELS, whole=True),
}
"""What the link says of a `TrainingRun`."""


class TrainingRun(gr.HTML):
    """A training run that a visitor plays. `value` is what `training_run` returns."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=MARKUP,
            css_template=asset("lessons/timeline/timeline.css"),
            js_on_load=module("lessons/timeline/timeline.js", "ready"),
            apply_default_css=False,
            text=component_words("timeline.run."),
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what the link says of it."""
    with gr.Tab(i18n("timeline.tab"), id="timeline"):
        gr.Markdown(i18n("timeline.intro"), elem_classes="reading")
        model = gr.Dropdown(
            [(i18n(f"model.{name}"), name) for name in NAMES],
            value=NAMES[0],
            label=i18n("timeline.model"),
            elem_id="timeline-model",
        )
        run = TrainingRun(elem_id="timeline-run", min_height=460)
        snippet = code_panels.snippet_panel("timeline-code")
        source = gr.HTML(elem_id="timeline-source")
        hints = gr.Markdown(elem_id="timeline-hints", latex_delimiters=LATEX, elem_classes="reading")
        gr.on(  # one event for both: otherwise an early question's late answer would replace a newer one
            [as_trigger(run.ready), model.change],
            friendly(show),
            model,
            [run, source, hints, snippet],
            trigger_mode="always_last",
            show_progress_on=run,  # a megabyte of pictures may take a moment
            api_visibility="private",
        )
        for name in NAMES:
            i18n(f"timeline.{kind_of(name)}")  # the page has to know what `show` may say
        build_api()
    return [link.value("model", model), link.Linked(run, LINKED, own=True)]


def show(model: str) -> tuple[dict[str, Any], str, Any, str]:
    """A model's run for `TrainingRun`, the source of its weights, hints, and the snippet."""
    loaded = load(model, *WATCHED)
    hints = i18n(f"timeline.{kind_of(model)}")
    return training_run(loaded), source_badge(loaded), hints, code_behind.timeline(loaded)
