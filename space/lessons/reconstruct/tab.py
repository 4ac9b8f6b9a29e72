"""The reconstruction tab: its layout, its events, and what of it is in the link."""

import json
from typing import Any, NamedTuple

import gradio as gr
from torch import Tensor

from space.lessons.reconstruct import view
from space.lessons.reconstruct.api import build_api
from space.lessons.reconstruct.work import (
    FAMILY,
    FIRST_MODEL,
    FIRST_NOISE,
    MODEL,
    NOISES,
    RECONSTRUCTORS,
    check_noise,
    load_model,
    load_models,
    measured,
)
from space.page import code_behind, code_panels, diagram, link
from space.page.components import asset
from space.page.digits import LAST_DIGIT, SOURCES, DigitPicker, choose_digit, pictures_of, read_drawing
from space.page.found_digit import Upload, read_upload
from space.page.handlers import PRIVATE, friendly
from space.page.markup import source_badge, unavailable
from space.page.model_texts import text_about
from space.page.modules import module
from space.page.picture_source import PictureSource, build_picture_source, hint
from space.page.words import LATEX, component_words, i18n
from space.pictures.sheets import digit_sheet
from space.text.limits import MAX_SEED
from space.text.refusals import Problem, nearest
from space.weights.model_folder import ModelUnavailable

WORDS = component_words("reconstruct.", *view.PROBLEMS)


class Result(gr.HTML):
    """What the chosen digit becomes: computed and drawn by the visitor's browser.

    Events change these props: `settings`, the values of the source, the examples and the `_Controls`; `own`,
    the visitor's pictures (`pictures_of`); `about`, what is known of each model (`about_models`); `unfolded`,
    whether the code behind is to be seen, which is made when `coded` asks for it.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=view.MARKUP,
            css_template=asset("lessons/reconstruct/reconstruct.css"),
            js_on_load=module(
                "lessons/reconstruct/reconstruct.js",
                *("ready", "coded"),
                words=WORDS,
                models=RECONSTRUCTORS,
                diagram=diagram.drawn_from(RECONSTRUCTORS),
            ),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "string"}


def show_code(
    source: str,
    digit: float,
    drawn: Tensor | None,
    uploaded: Upload | None,
    model: str,
    noise: str,
    level: float,
    seed: float,
) -> str:
    """The snippet behind the pictures; "" where there are none."""
    try:
        x = choose_digit(source, digit, drawn, uploaded)
    except Problem as problem:
        hint(problem)
        return ""
    check_noise(noise, level, seed)
    if source == "upload":
        name, x_snippet = "upload", code_behind.upload(uploaded.box)
    else:
        name, x_snippet = code_behind.digit(x)
    if model == FAMILY:
        models = [one for one in load_models().values() if not isinstance(one, ModelUnavailable)]
    else:
        models = [load_model(model)]
    if not models:
        return ""
    case = name if noise == "none" else f"{name}_{noise}-{level:g}_seed{int(seed)}"
    return code_behind.reconstruct(models, x_snippet, case, noise, level, int(seed), view.SCALE)


def about_models() -> tuple[str, dict[str, Any]]:
    """The table of measured metrics, and what `Result` is told of each model: where its weights come from, or
    why it cannot be used."""
    models = load_models()
    about = {
        name: {"problem": unavailable(found)}
        if isinstance(found, ModelUnavailable)
        else {"badge": source_badge(found)}
        for name, found in models.items()
    }
    return view.measured_table(measured(models)), gr.update(about=about)


def objective_of(model: str) -> Any:
    """The text about a model's objective."""
    if model not in RECONSTRUCTORS and model != FAMILY:
        raise Problem("unknown_model", model=model, allowed=nearest(model, RECONSTRUCTORS))
    return i18n("reconstruct.objective.family" if model == FAMILY else text_about(model, "objective"))


class _Controls(NamedTuple):
    """What a visitor sets beside the picture; the order is that of `show`'s inputs."""

    model: gr.Dropdown
    noise: gr.Radio
    level: gr.Slider
    seed: gr.Number


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("reconstruct.tab"), id="reconstruct", elem_id="reconstruct-tab"):
        gr.Markdown(
            i18n("reconstruct.intro"),
            latex_delimiters=LATEX,
            elem_id="reconstruct-intro",
            elem_classes="reading",
        )
        with gr.Row():
            with gr.Column(scale=2, min_width=300, elem_classes="sticky"):
                pictures = build_picture_source("reconstruct", SOURCES, _build_examples, boxed=True)
                model, objective = _build_model()
            with gr.Column(scale=3, min_width=320):
                controls = _Controls(model, *_build_noise())
                result = Result(elem_id="reconstruct-result", min_height=420)
                code = code_panels.folded_snippet("reconstruct-code")
        table = gr.HTML(elem_id="reconstruct-measured")
        _bind(pictures, controls, objective, result, table)
        _bind_code(pictures, controls, result, *code)
        build_api()
    return _linked(pictures, controls)


def _build_examples() -> DigitPicker:
    return DigitPicker(7 * digit_sheet().shape[1], elem_id="reconstruct-digits")


def _build_model() -> tuple[gr.Dropdown, gr.Markdown]:
    """The menu of models, and the chosen one's objective below it."""
    names = [(i18n(f"model.{name}"), name) for name in RECONSTRUCTORS]
    model = gr.Dropdown(
        [(i18n("reconstruct.family"), FAMILY), *names],
        value=FIRST_MODEL,
        label=i18n("reconstruct.model"),
        filterable=False,
        elem_id="reconstruct-model",
    )
    objective = gr.Markdown(
        objective_of(FIRST_MODEL),
        latex_delimiters=LATEX,
        elem_id="reconstruct-objective",
    )
    return model, objective


def _build_noise() -> tuple[gr.Radio, gr.Slider, gr.Number]:
    """Kind, level and seed of the noise."""
    noise = gr.Radio(
        [(i18n(f"reconstruct.noise.{kind}"), kind) for kind in NOISES],
        value=FIRST_NOISE,
        label=i18n("reconstruct.noise"),
        elem_id="reconstruct-noise",
    )
    with gr.Row(elem_id="reconstruct-strength"):
        level = gr.Slider(
            0,
            1,
            0.5,
            step=0.05,
            scale=3,
            min_width=260,
            buttons=[],
            label=i18n("reconstruct.level"),
            info=i18n("reconstruct.level.info"),
            elem_id="reconstruct-level",
        )
        seed = gr.Number(
            0,
            precision=0,
            scale=1,
            min_width=120,
            label=i18n("reconstruct.seed"),
            info=i18n("reconstruct.seed.info"),
            elem_id="reconstruct-seed",
        )
    return noise, level, seed


def _bind(
    pictures: PictureSource, controls: _Controls, objective: gr.Markdown, result: Result, table: gr.HTML
) -> None:
    pictures.bind(read_drawing, read_upload)
    pictures.give(result, pictures_of, [pictures.source, pictures.examples, *controls])
    texts = {name: str(objective_of(name)) for name in (*RECONSTRUCTORS, FAMILY)}
    controls.model.change(
        None, controls.model, objective, js=f"(name) => ({json.dumps(texts)})[name]", **PRIVATE
    )
    result.ready(friendly(about_models), None, [table, result], **PRIVATE)


def _bind_code(
    pictures: PictureSource, controls: _Controls, result: Result, fold: gr.Accordion, snippet: gr.Code
) -> None:
    code_panels.tell_unfolded(fold, result)
    inputs = [*pictures.chosen, *controls]
    result.coded(friendly(show_code), inputs, snippet, trigger_mode="always_last", **PRIVATE)


def _linked(pictures: PictureSource, controls: _Controls) -> list[link.Linked]:
    return [
        link.value("source", pictures.source),
        link.value("digit", pictures.examples, link.number(0, LAST_DIGIT, whole=True)),
        link.value("model", controls.model, default=MODEL),
        link.value("noise", controls.noise, default="none"),
        link.value("level", controls.level),
        link.value("seed", controls.seed, link.number(0, MAX_SEED, whole=True)),
    ]
