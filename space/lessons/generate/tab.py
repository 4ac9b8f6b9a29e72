"""The generate tab: its layout, its events, and what of it is in the link.

Two `SamplePanel`s stand side by side. Selecting samples and playing a walk happen in the browser
(`generate.js`); the server makes the pictures.
"""

from typing import Any, NamedTuple

import gradio as gr

from space.lessons.generate import view
from space.lessons.generate.api import build_api
from space.lessons.generate.work import (
    FIRST_SELECTION,
    MODEL,
    NUM_FRAMES,
    OTHER,
    SLOTS,
    draw_latents,
    draw_samples,
    generators,
    read_selection,
)
from space.page import code_behind, link
from space.page.components import asset
from space.page.handlers import HEAVY, PRIVATE, friendly
from space.page.modules import module
from space.page.words import LATEX, i18n
from space.text.limits import MAX_SAMPLES, MAX_SCALE, MAX_SEED
from space.weights.hub import LoadedModel, load
from space.weights.model_folder import ModelUnavailable

NOTHING = "nothing"
"""in place of the second model's name: none"""


class SamplePanel(gr.HTML):
    """Samples of one model to select from.

    `value` is the visitor's `Selection`; `panel` is what `view.panel` returns, `journey` what `view.journey`
    returns.
    """

    def __init__(
        self, panel: dict[str, Any] | None = None, journey: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(
            html_template=view.MARKUP,
            css_template=asset("lessons/generate/generate.css"),
            # as props, words and slots would be lost where an update comes before the tab is open
            js_on_load=module(
                "lessons/generate/generate.js", "ready", "selected", words=view.WORDS, slots=SLOTS
            ),
            apply_default_css=False,
            panel=panel,
            journey=journey,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def show_panel(
    name: str, number: float, seed: float, scale: float, selection: Any
) -> tuple[dict[str, Any], str]:
    """All that the panel of one model shows, as an update of `SamplePanel`, and the snippet behind it."""
    try:
        loaded = load(name, "decode")
    except ModelUnavailable as error:  # the other panel goes on
        return gr.update(panel=view.empty_panel(name, error), journey=None), ""
    samples = draw_samples(loaded, number, seed, scale)
    selection = read_selection(selection, len(samples.z))
    case = case_of(name, number, seed, scale)
    update = gr.update(
        panel=view.panel(samples, case), journey=view.journey(loaded.model, samples.z, selection)
    )
    return update, _snippet(loaded, number, seed, scale, selection)


def case_of(name: str, number: float, seed: float, scale: float) -> str:
    """What names of files begin with: the model and the settings that made the samples."""
    return f"{name}_seed{int(seed)}_{int(number)}" + ("" if scale == 1 else f"_scale{scale:g}")


def _snippet(
    loaded: LoadedModel, number: float, seed: float, scale: float, selection: dict[str, list[int]]
) -> str:
    """The snippet of a panel; its arguments have been checked."""
    case = case_of(loaded.name, number, seed, scale)
    return code_behind.generate(
        loaded, case, int(number), int(seed), scale, selection, view.COLUMNS, NUM_FRAMES
    )


def show(
    model: str, other: str, number: float, seed: float, scale: float, selection: Any, other_selection: Any
) -> list[Any]:
    """Both panels, each with the snippet behind it, and whether there is a second one."""
    alone = other == NOTHING
    return [
        *show_panel(model, number, seed, scale, selection),
        *((gr.skip(), gr.skip()) if alone else show_panel(other, number, seed, scale, other_selection)),
        gr.update(visible="hidden" if alone else True),  # False would take it from the page, with its props
    ]


def explore(
    model: str, number: float, seed: float, scale: float, selection: Any
) -> tuple[dict[str, Any], str]:
    """Walk and arithmetic of a new selection as an update of `SamplePanel`, and the snippet of the panel."""
    loaded = load(model, "decode")
    z = draw_latents(loaded.model, number, seed, scale)
    selection = read_selection(selection, len(z))
    journey = view.journey(loaded.model, z, selection)
    return gr.update(journey=journey), _snippet(loaded, number, seed, scale, selection)


class _Controls(NamedTuple):
    """What a visitor sets above the panels."""

    model: gr.Dropdown
    other: gr.Dropdown
    number: gr.Slider
    seed: gr.Number
    scale: gr.Slider
    again: gr.Button


class _Panels(NamedTuple):
    """Both panels and the snippets behind them; the order is that of `show`'s outputs."""

    first: SamplePanel
    snippet: gr.Code
    other: SamplePanel
    other_snippet: gr.Code
    second: gr.Column
    """holds the other panel"""


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("generate.tab"), id="generate"):
        gr.Markdown(i18n("generate.intro"), latex_delimiters=LATEX, elem_classes="reading")
        controls, panels = _build_controls(), _build_panels()
        gr.Markdown(i18n("generate.hints"), latex_delimiters=LATEX, elem_classes="reading")
        _bind(controls, panels)
        build_api()
    return _linked(controls, panels)


def _build_controls() -> _Controls:
    names = [(i18n(f"model.{name}.full"), name) for name in generators()]
    with gr.Row():
        model = gr.Dropdown(
            names, value=MODEL, label=i18n("generate.model"), min_width=260, elem_id="generate-model"
        )
        other = gr.Dropdown(
            [*names, (i18n("generate.nothing"), NOTHING)],
            value=OTHER,
            label=i18n("generate.other"),
            min_width=260,
            elem_id="generate-other",
        )
    with gr.Row():
        scale = _build_slider("scale", 0, MAX_SCALE, 1, step=0.05)
        number = _build_slider("number", 1, MAX_SAMPLES, 32, step=1)
        with gr.Column(min_width=160):
            seed = gr.Number(0, label=i18n("generate.seed"), elem_id="generate-seed")
            again = gr.Button(i18n("generate.again"), size="sm")
    return _Controls(model, other, number, seed, scale, again)


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
            first = SamplePanel(value=FIRST_SELECTION, elem_id="generate-panel")
            snippet = code_behind.snippet_panel("generate-code")
        with gr.Column(min_width=320) as second:
            other = SamplePanel(value=FIRST_SELECTION, elem_id="generate-other-panel")
            other_snippet = code_behind.snippet_panel("generate-other-code")
    return _Panels(first, snippet, other, other_snippet, second)


def _bind(controls: _Controls, panels: _Panels) -> None:
    private: dict[str, Any] = {**PRIVATE, **HEAVY, "trigger_mode": "always_last"}
    model, other, *settings, again = controls
    refresh = {
        "fn": friendly(show),
        "inputs": [model, other, *settings, panels.first, panels.other],
        "outputs": list(panels),
        **private,
    }
    panels.first.ready(**refresh)  # when the tab is opened
    gr.on([control.change for control in (model, other, *settings)], **refresh)
    for name, panel, snippet in (
        (model, panels.first, panels.snippet),
        (other, panels.other, panels.other_snippet),
    ):
        panel.selected(friendly(explore), [name, *settings, panel], [panel, snippet], **private)
    again.click(
        None, None, controls.seed, js="() => Math.floor(Math.random() * 1e6)", api_visibility="private"
    )


def _linked(controls: _Controls, panels: _Panels) -> list[link.Linked]:
    selecting = {
        slot: link.numbers(0, most, 0, MAX_SAMPLES - 1, whole=True, default=FIRST_SELECTION[slot])
        for slot, most in SLOTS.items()
    }
    return [
        link.value("model", controls.model),
        link.value("other", controls.other),
        link.value("scale", controls.scale),
        link.value("number", controls.number),
        link.value("seed", controls.seed, link.number(0, MAX_SEED, whole=True)),
        link.Linked(panels.first, selecting, own=True),
        link.Linked(panels.other, selecting, own=True, prefix="other_"),
    ]
