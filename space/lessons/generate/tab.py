"""The generate tab: its layout, its events, and what of it is in the link.

Two `SamplePanel`s stand side by side. What they show is computed in the browser (`generate.js`); the server
adds figures of the models, and the snippets.
"""

from typing import Any, NamedTuple

import gradio as gr

from space.lessons.generate import view
from space.lessons.generate.api import build_api
from space.lessons.generate.work import (
    EXAMPLE,
    FIRST_SELECTION,
    MODEL,
    NUM_FRAMES,
    OTHER,
    SLOTS,
    Selection,
    check_settings,
    generators,
    read_selection,
)
from space.page import code_behind, code_panels, link
from space.page.components import as_trigger, asset
from space.page.diagram import drawn_from
from space.page.handlers import PRIVATE, friendly
from space.page.modules import module
from space.page.parts import hints, part
from space.page.words import LATEX, i18n
from space.text.limits import MAX_SAMPLES, MAX_SCALE, MAX_SEED
from space.weights.model_folder import ModelUnavailable
from space.weights.table import load_any

NOTHING = "nothing"
"""in place of the second model's name: none"""


class SamplePanel(gr.HTML):
    """Samples of one model to select from: of the one that the component called `named` names.

    `value` is the visitor's `Selection`, `told` what `view.told` returns.
    """

    def __init__(self, named: str, told: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(
            html_template=view.MARKUP,
            css_template=asset("lessons/generate/generate.css", "page/nearest.css"),
            # as props, these would be lost where an update comes before the tab is open
            js_on_load=module(
                "lessons/generate/generate.js",
                "asks",
                named=named,
                words=view.WORDS,
                slots=SLOTS,
                about={name: view.about(name) for name in generators()},
                most={"number": MAX_SAMPLES, "seed": MAX_SEED, "scale": MAX_SCALE},
                columns=view.COLUMNS,
                frames=NUM_FRAMES,
                digit=view.DIGIT,
                diagram=drawn_from(generators()),
            ),
            apply_default_css=False,
            named=named,
            told=told,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def tell(name: str, number: float, seed: float, scale: float, selection: Any) -> tuple[dict[str, Any], str]:
    """What the server adds to a panel, as an update of `SamplePanel`, and the snippet behind the panel."""
    try:
        loaded = load_any(name, "decode")
    except ModelUnavailable as error:
        return gr.update(told=view.told_unavailable(name, error)), ""
    number, seed, scale = check_settings(number, seed, scale)
    chosen, case = read_selection(selection, number), case_of(name, number, seed, scale)
    snippet = code_behind.generate(loaded, case, number, seed, scale, chosen, view.COLUMNS, NUM_FRAMES)
    return gr.update(told=view.told(loaded)), snippet


def case_of(name: str, number: int, seed: int, scale: float) -> str:
    """What names of files begin with: the model and the settings that made the samples."""
    name = name.replace("/", "_")  # of a repository
    return f"{name}_seed{seed}_{number}" + ("" if scale == 1 else f"_scale{scale:g}")


class _Controls(NamedTuple):
    """What a visitor sets above the panels."""

    model: gr.Dropdown
    other: gr.Dropdown
    number: gr.Slider
    seed: gr.Number
    scale: gr.Slider
    again: gr.Button


class _Panels(NamedTuple):
    """Both panels and the snippets behind them, each with its fold."""

    first: SamplePanel
    snippet: tuple[gr.Accordion, gr.Code]
    other: SamplePanel
    other_snippet: tuple[gr.Accordion, gr.Code]
    second: gr.Column
    """holds the other panel"""


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("generate.tab"), id="generate"):
        gr.Markdown(i18n("generate.intro"), latex_delimiters=LATEX, elem_classes="reading")
        controls, panels = _build_controls(), _build_panels()
        hints("generate.hints")
        _bind(controls, panels)
        build_api()
    return _linked(controls, panels)


def _build_controls() -> _Controls:
    names = [(i18n(f"model.{name}.full"), name) for name in generators()]
    with gr.Row():
        model = _build_menu("model", names, MODEL)
        other = _build_menu("other", [*names, (i18n("generate.nothing"), NOTHING)], OTHER)
    with gr.Row():
        scale = _build_slider("scale", 0, MAX_SCALE, 1, step=0.05)
        number = _build_slider("number", 1, MAX_SAMPLES, 32, step=1)
        with gr.Column(min_width=160):
            seed = gr.Number(0, label=i18n("generate.seed"), elem_id="generate-seed")
            again = gr.Button(i18n("generate.again"), size="sm")
    return _Controls(model, other, number, seed, scale, again)


def _build_menu(name: str, choices: list[tuple[str, str]], value: str) -> gr.Dropdown:
    return gr.Dropdown(
        choices,
        value=value,
        allow_custom_value=True,
        label=i18n(f"generate.{name}"),
        info=i18n("generate.model.info"),
        min_width=260,
        elem_id=f"generate-{name}",
    )


def _build_slider(name: str, least: float, most: float, value: float, step: float) -> gr.Slider:
    return gr.Slider(
        least,
        most,
        value,
        step=step,
        scale=3,
        min_width=260,
        label=i18n(f"generate.{name}"),
        info=i18n(f"generate.{name}.info"),
        elem_id=f"generate-{name}",
    )


def _build_panels() -> _Panels:
    with gr.Row():
        with gr.Column(min_width=320):
            first = SamplePanel("model", value=EXAMPLE, elem_id="generate-panel")
            snippet = code_panels.folded_snippet("generate-code")
        with part("generate.other", min_width=320) as second:
            other = SamplePanel("other", value=FIRST_SELECTION, elem_id="generate-other-panel")
            other_snippet = code_panels.folded_snippet("generate-other-code")
    return _Panels(first, snippet, other, other_snippet, second)


def _bind(controls: _Controls, panels: _Panels) -> None:
    model, other, *settings, again = controls
    for name, panel, (fold, snippet) in (
        (model, panels.first, panels.snippet),
        (other, panels.other, panels.other_snippet),
    ):
        gr.on(  # one event for both: otherwise an older answer could take the place of a newer one
            [as_trigger(panel.asks), fold.expand],
            friendly(tell),
            [name, *settings, panel],
            [panel, snippet],
            trigger_mode="always_last",
            **PRIVATE,
        )
    other.change(
        None,
        other,
        panels.second,
        # not false, which would take it from the page, with its props
        js=f"(other) => ({{ __type__: 'update', visible: other === '{NOTHING}' ? 'hidden' : true }})",
        **PRIVATE,
    )
    again.click(
        None, None, controls.seed, js="() => Math.floor(Math.random() * 1e6)", api_visibility="private"
    )


def _linked(controls: _Controls, panels: _Panels) -> list[link.Linked]:
    def selecting(begun: Selection) -> dict[str, link.Rule]:
        return {
            slot: link.numbers(0, most, 0, MAX_SAMPLES - 1, whole=True, default=begun[slot])
            for slot, most in SLOTS.items()
        }

    return [
        link.value("model", controls.model, link.model_of(controls.model)),
        link.value("other", controls.other, link.model_of(controls.other)),
        link.value("scale", controls.scale),
        link.value("number", controls.number),
        link.value("seed", controls.seed, link.number(0, MAX_SEED, whole=True)),
        link.Linked(panels.first, selecting(EXAMPLE), own=True),
        link.Linked(panels.other, selecting(FIRST_SELECTION), own=True, prefix="other_"),
    ]
