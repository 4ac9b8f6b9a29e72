"""The reconstruction tab: its layout, its events, and what of it is in the link."""

from typing import Any, NamedTuple

import gradio as gr
from torch import Tensor

from space.lessons.reconstruct import view
from space.lessons.reconstruct.api import build_api
from space.lessons.reconstruct.work import (
    FAMILY,
    MODEL,
    NOISES,
    RECONSTRUCTORS,
    Reconstruction,
    add_noise,
    measured,
    reconstruct,
    reconstruct_by_all,
)
from space.page import code_behind, link
from space.page.digits import LAST_DIGIT, SOURCES, DigitPicker, choose_digit, read_drawing
from space.page.found_digit import Upload, read_upload
from space.page.handlers import PRIVATE, friendly
from space.page.model_texts import text_about
from space.page.picture_source import PictureSource, build_picture_source, hint
from space.page.words import LATEX, i18n
from space.pictures.sheets import digit_sheet
from space.text.limits import MAX_SEED
from space.text.refusals import Problem


def show(
    source: str,
    digit: float,
    drawn: Tensor | None,
    uploaded: Upload | None,
    model: str,
    noise: str,
    level: float,
    seed: float,
) -> tuple[str, str]:
    """The result as HTML, of one model large or of all side by side; and the snippet behind it."""
    try:
        x = choose_digit(source, digit, drawn, uploaded)
    except Problem as problem:
        return hint(problem), ""
    noisy = add_noise(x, noise, level, seed)
    if source == "upload":
        box = f", {uploaded.box}" if uploaded.box else ""
        name, x_snippet = "upload", f"to_digit(read_image({code_behind.UPLOAD}){box})"
    else:
        name, x_snippet = code_behind.digit(x)
    case = name if noise == "none" else f"{name}_{noise}-{level:g}_seed{int(seed)}"
    if model == FAMILY:
        results = reconstruct_by_all(x, noisy)
        models = [result.loaded for result in results.values() if isinstance(result, Reconstruction)]
        page = view.all_models(x, noisy, results, case)
    else:
        result = reconstruct(x, noisy, model)
        models, page = [result.loaded], view.one_model(result, case)
    if not models:
        return page, ""
    return page, code_behind.reconstruct(models, x_snippet, case, noise, level, int(seed), view.SCALE)


def show_measured() -> str:
    """The table of measured metrics."""
    return view.measured_table(measured())


def objective_of(model: str) -> Any:
    """The text about a model's objective."""
    if model not in RECONSTRUCTORS and model != FAMILY:
        raise Problem("unknown_model", model=model, allowed=", ".join(RECONSTRUCTORS))
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
                result = gr.HTML(elem_id="reconstruct-result", min_height=420)
                snippet = code_behind.snippet_panel("reconstruct-code")
        table = gr.HTML(elem_id="reconstruct-measured")
        _bind(pictures, controls, objective, [result, snippet], table)
        build_api()
    return _linked(pictures, controls)


def _build_examples() -> DigitPicker:
    return DigitPicker(7 * digit_sheet().shape[1], elem_id="reconstruct-digits")


def _build_model() -> tuple[gr.Dropdown, gr.Markdown]:
    """The menu of models, and the chosen one's objective below it."""
    names = [(i18n(f"model.{name}"), name) for name in RECONSTRUCTORS]
    model = gr.Dropdown(
        [(i18n("reconstruct.family"), FAMILY), *names],
        value=MODEL,
        label=i18n("reconstruct.model"),
        filterable=False,
        elem_id="reconstruct-model",
    )
    objective = gr.Markdown(
        objective_of(MODEL),
        latex_delimiters=LATEX,
        elem_id="reconstruct-objective",
    )
    return model, objective


def _build_noise() -> tuple[gr.Radio, gr.Slider, gr.Number]:
    """Kind, level and seed of the noise."""
    noise = gr.Radio(
        [(i18n(f"reconstruct.noise.{kind}"), kind) for kind in NOISES],
        value="none",
        label=i18n("reconstruct.noise"),
        elem_id="reconstruct-noise",
    )
    with gr.Row():
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
    pictures: PictureSource, controls: _Controls, objective: gr.Markdown, shown: list[Any], table: gr.HTML
) -> None:
    chosen = pictures.bind(read_drawing, read_upload)
    gr.on(  # when the page loads, and whenever a value changes
        fn=friendly(show),
        inputs=[*chosen, *controls],
        outputs=shown,
        trigger_mode="always_last",
        **PRIVATE,
    )
    # after `show`: the page makes the calls of an event one after the other
    controls.model.change(friendly(objective_of), controls.model, objective, **PRIVATE)
    gr.on(fn=friendly(show_measured), inputs=[], outputs=table, **PRIVATE)


def _linked(pictures: PictureSource, controls: _Controls) -> list[link.Linked]:
    return [
        link.value("source", pictures.source),
        link.value("digit", pictures.examples, link.number(0, LAST_DIGIT, whole=True)),
        link.value("model", controls.model),
        link.value("noise", controls.noise),
        link.value("level", controls.level),
        link.value("seed", controls.seed, link.number(0, MAX_SEED, whole=True)),
    ]
