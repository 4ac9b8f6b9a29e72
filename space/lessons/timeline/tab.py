"""The tab of how a model learned: the same latents through training, beside the curves of the run.

Everything comes from the model folder (`samples/` and `history.csv`), as one file that is made once for all
visitors (`told`). `TrainingRun` shows it, and timeline.js moves through it. A folder may come from the Hub:
the readers in `space.page.training_run` and `space.weights.side_files` bound what they read and leave out
damaged parts.
"""

import json
from typing import Any

import gradio as gr

from space.lessons.timeline.api import build_api
from space.lessons.timeline.view import MARKUP, training_run
from space.lessons.timeline.work import NAMES, WATCHED, kind_of
from space.page import code_behind, code_panels, link
from space.page.components import asset
from space.page.handlers import PRIVATE, friendly
from space.page.markup import source_badge
from space.page.modules import module
from space.page.words import LATEX, component_words, i18n
from space.text.limits import MAX_FRAME_PIXELS
from space.weights.hub import LoadedModel, load
from space.weights.side_files import MAX_STEP

LINKED = {
    "step": link.number(0, MAX_STEP, whole=True),
    "cell": link.numbers(2, 2, 0, MAX_FRAME_PIXELS, whole=True),
}
"""What the link says of a `TrainingRun`."""


WORDS = component_words("timeline.run.")


class TrainingRun(gr.HTML):
    """A training run that a visitor plays: of `model`; `unfolded`, whether the code behind it is open."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=MARKUP,
            css_template=asset("lessons/timeline/timeline.css"),
            js_on_load=module("lessons/timeline/timeline.js", "coded", words=WORDS),
            apply_default_css=False,
            model=NAMES[0],
            unfolded=False,
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
        fold, snippet = code_panels.folded_snippet("timeline-code")
        code_panels.tell_unfolded(fold, run)
        run.coded(friendly(show_code), model, snippet, trigger_mode="always_last", **PRIVATE)
        hints = gr.Markdown(
            hints_of(NAMES[0]), elem_id="timeline-hints", latex_delimiters=LATEX, elem_classes="reading"
        )
        texts = json.dumps({name: str(hints_of(name)) for name in NAMES})
        js = f"(model) => [{{ __type__: 'update', props: {{ model }} }}, ({texts})[model]]"
        model.change(None, model, [run, hints], js=js, **PRIVATE)
        build_api()
    return [link.value("model", model), link.Linked(run, LINKED, own=True)]


def hints_of(model: str) -> Any:
    """What to look at while this model learns."""
    return i18n(f"timeline.{kind_of(model)}")


def told(loaded: LoadedModel) -> dict[str, Any]:
    """A model's run for `TrainingRun`, and the source of its weights."""
    load(loaded.name, *WATCHED)  # refuses what makes no pictures
    return {"run": training_run(loaded), "badge": source_badge(loaded)}


def show_code(model: str) -> str:
    """The snippet."""
    return code_behind.timeline(load(model, *WATCHED))
