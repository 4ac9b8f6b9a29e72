"""The models tab: where every model comes from, what was measured, and how it learned."""

import gradio as gr

from space.lessons.models import view
from space.lessons.models.api import build_api
from space.lessons.models.own import build_own
from space.lessons.models.snapshots import Snapshots
from space.models import MODELS
from space.page import link
from space.page.components import as_trigger
from space.page.handlers import PRIVATE, friendly
from space.page.words import i18n
from space.text.refusals import Problem, nearest
from space.weights.hub import load, load_each


def show_overview() -> str:
    """All models as a table."""
    return view.overview(load_each(list(MODELS)))


def show_details(name: str) -> str:
    """All that one model folder holds."""
    if name not in MODELS:
        raise Problem("unknown_model", model=name, allowed=nearest(name, MODELS))
    return view.details(load(name))


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("models.tab"), id="models", elem_id="models-tab"):
        gr.Markdown(i18n("models.intro"), elem_id="models-intro")
        table = gr.HTML(elem_id="models-overview", elem_classes="fills")
        name = gr.Dropdown(
            [(i18n(f"model.{name}"), name) for name in MODELS],
            value=next(iter(MODELS)),
            label=i18n("models.choose"),
            elem_id="models-choose",
        )
        result = Snapshots(elem_id="models-details", elem_classes="fills")
        result.ready(friendly(show_overview), None, table, **PRIVATE)
        gr.on(  # one event for both: otherwise an older answer could take the place of a newer one
            [as_trigger(result.ready), name.change],
            friendly(show_details),
            name,
            result,
            trigger_mode="always_last",
            **PRIVATE,
        )
        build_own()
        build_api()
    return [link.value("model", name)]
