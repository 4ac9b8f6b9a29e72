"""The translate tab: a picture into the other domain and back, and both discriminators' scores of it.

All pictures and numbers are computed from the picture chosen. Two things are not: the strip shows the
snapshots that training saved in `samples/`, and the metrics come from metrics.json.
"""

import json
from base64 import b64encode
from typing import Any, NamedTuple

import gradio as gr
from PIL import Image

from space.lessons.translate import board, view
from space.lessons.translate.api import build_api
from space.lessons.translate.emoji_picker import EmojiPicker
from space.lessons.translate.lambdas import lambda_card
from space.lessons.translate.work import (
    AS_IT_IS,
    DIRECTIONS,
    FIRST,
    MOST_EXAMPLES,
    NAMES,
    SIZES,
    SOURCES,
    browser_sides,
    choose_picture,
    examples_of,
    load_model,
    read_upload,
    translate,
)
from space.page import code_panels, link
from space.page.components import asset
from space.page.handlers import HEAVY, PRIVATE, friendly
from space.page.model_texts import DOMAINS
from space.page.modules import module
from space.page.parts import hints, part
from space.page.picture_source import PictureSource, build_picture_source, hint
from space.page.words import LATEX, component_words, i18n
from space.pictures.inputs import to_square
from space.text.refusals import Problem
from space.weights.hub import LoadedModel
from space.weights.model_folder import ModelUnavailable

PROBLEMS = ("problem.empty_drawing", "problem.no_image")
"""what the script says in place of a picture"""
WORDS = component_words("translate.", *PROBLEMS)
INTO_SLIDER = """({ slider }, source) => ({
    __type__: "update",
    visible: slider !== null || source === "draw",
    value: slider?.map((url) => ({ path: "x.bmp", url, meta: { _type: "gradio.FileData" } })) ?? null,
})"""
REFUSED = "({ question }) => ({ __type__: 'update', props: { refused: question } })"


class Part(gr.HTML):
    """A part of the lesson, which one script fills in: the circle, the cards below it (those of `beside` once
    they come into view), or the training.

    Events change these props of the circle: `settings`, the values of model, direction, source, emoji, size;
    `own`, the visitor's pictures (`pictures_of`); `large`, a translation that the server has computed
    (`show_large`); `refused`, the number of one that it could not compute; `unfolded`, whether the code is
    to be seen. Its `value` has the number of the
    last picture that was `asked` of the server, and the addresses of the pictures in the slider, which it
    tells by `drawn`. It asks for the code by `coded`.
    """

    def __init__(self, part: str = "circle", value: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value={"question": 0, "slider": None},
            html_template=view.PARTS[part],
            css_template=asset("lessons/translate/translate.css"),
            js_on_load=module(
                "lessons/translate/translate.js",
                *("ready", "asked", "drawn", "coded"),
                words=WORDS,
                part=part,
                models=NAMES,
            ),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def pictures_of(_: None, uploaded: Image.Image | None) -> dict[str, Any]:
    """The visitor's upload as an update of the circle: its bytes, or what is wrong."""
    upload = {"problem": "problem.no_image"} if uploaded is None else {"pixels": _bytes(uploaded)}
    return gr.update(own={"upload": upload})


def _bytes(square: Image.Image) -> dict[str, str]:
    """A picture (side, side, 3) at each side that the browser computes at, as base64."""
    found = {}
    for side in browser_sides():
        pixels = (to_square(square, side)[0] * 255).round().byte().permute(1, 2, 0)
        found[str(side)] = b64encode(pixels.numpy().tobytes()).decode()
    return found


def show_large(
    asked: dict[str, Any],
    source: str,
    emoji: float,
    drawing: Any,
    uploaded: Image.Image | None,
    name: str,
    direction: str,
    size: Any,
) -> dict[str, Any]:
    """A picture at a size that the browser does not compute, as an update of the circle.

    `asked` is the value of the circle; its number comes back, for the circle to know which picture it is.
    `drawing` is the value of the board.
    """
    if not isinstance(asked, dict) or not isinstance(asked.get("question"), int):
        raise Problem("request")
    loaded = load_model(name)
    chosen = loaded, source, emoji, board.read(drawing), uploaded
    x, counterpart = choose_picture(*chosen, direction, size), None
    if source == "emoji" and examples_of(loaded).sheet:
        counterpart = choose_picture(*chosen, direction[::-1], size)
    result = translate(x, direction, name)
    large = {**view.shown(result, counterpart), "question": asked["question"], "size": x.shape[-1]}
    return gr.update(large=large)


def show_code(
    source: str,
    emoji: float,
    drawing: Any,
    uploaded: Image.Image | None,
    name: str,
    direction: str,
    size: Any,
) -> str:
    """The snippet behind the pictures; "" where there are none."""
    try:
        loaded = load_model(name)
        choose_picture(loaded, source, emoji, board.read(drawing), uploaded, direction, size)
    except ModelUnavailable:  # the circle says so
        return ""
    except Problem as problem:
        hint(problem)
        return ""
    return view.snippet(loaded, source, emoji, direction, int(size))


def told(loaded: LoadedModel) -> dict[str, Any]:
    """Examples of a model; for each direction the strip of the training and the metrics."""
    load_model(loaded.name)  # a translator
    learned = {direction: view.learned(loaded, direction) for direction in DIRECTIONS}
    return {"examples": view.to_choose(loaded), "measured": view.measured(loaded), **learned}


class _Controls(NamedTuple):
    """What a visitor sets beside the picture; the order is that of the handlers' inputs."""

    model: gr.Radio
    direction: gr.Radio
    size: gr.Radio


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("translate.tab"), id="translate"):
        gr.Markdown(i18n("translate.intro"), latex_delimiters=LATEX, elem_classes="reading")
        with gr.Row(elem_classes="result-first"):
            with gr.Column(scale=2, min_width=300, elem_classes="sticky"):
                controls = _build_model(), _build_direction()
                pictures = build_picture_source(
                    "translate",
                    SOURCES,
                    _build_examples,
                    build_board=_build_board,
                    camera=True,
                    first="emoji",
                )
                controls = _Controls(*controls, _build_size())
            with gr.Column(scale=3, min_width=320):
                slider = _build_slider()
                circle = Part("circle", min_height=420, elem_id="translate-circle")
        with part("translate.judged"):
            Part("details", elem_id="translate-details", min_height=480)
        with part("translate.models"):
            Part("beside", elem_id="translate-beside", min_height=260)
        code = code_panels.folded_snippet("translate-code")
        with part("translate.strip"):
            Part("training", elem_id="translate-run", min_height=420)
        with part("translate.lambda"):
            gr.HTML(
                lambda_card(), css_template=asset("lessons/translate/lambdas.css"), elem_id="translate-lambda"
            )
        _build_theory()
        _bind(pictures, controls, circle, slider)
        _bind_code(pictures, controls, circle, *code)
        build_api()
    return _linked(pictures, controls)


def _build_model() -> gr.Radio:
    return gr.Radio(
        [(" ↔ ".join(DOMAINS[name]), name) for name in NAMES],
        value=NAMES[0],
        visible=len(NAMES) > 1,
        label=i18n("translate.model"),
        elem_id="translate-model",
    )


def ways_of(name: str) -> list[tuple[str, str]]:
    """The directions of a model, as choices of a radio."""
    a, b = DOMAINS[name]
    return [(f"{a} → {b}", "ab"), (f"{b} → {a}", "ba")]


def _build_direction() -> gr.Radio:
    return gr.Radio(
        ways_of(NAMES[0]),
        value="ab",
        label=i18n("translate.direction"),
        elem_id="translate-direction",
    )


def _build_examples() -> EmojiPicker:
    return EmojiPicker(FIRST, NAMES[0], elem_id="translate-emoji")


def _build_board() -> board.Board:
    return board.Board(elem_id="translate-sketch")


def _build_size() -> gr.Radio:
    return gr.Radio(
        [(i18n("translate.size.own"), AS_IT_IS), *((f"{side} × {side}", side) for side in SIZES)],
        value=AS_IT_IS,
        label=i18n("translate.size"),
        info=i18n("translate.size.info"),
        elem_id="translate-size",
    )


def _build_slider() -> gr.ImageSlider:
    return gr.ImageSlider(
        format="png",
        interactive=False,
        buttons=["fullscreen"],
        max_height=460,
        label=i18n("translate.slider"),
        elem_id="translate-slider",
    )


def _build_theory() -> None:
    hints("translate.theory", elem_id="translate-theory")
    gr.Markdown(i18n("translate.credit"), elem_id="translate-credit")


def _bind(pictures: PictureSource, controls: _Controls, circle: Part, slider: gr.ImageSlider) -> None:
    model, direction, size = controls
    source, emoji = pictures.source, pictures.examples
    ways = {name: ways_of(name) for name in NAMES}
    js = f"(name) => ({{ __type__: 'update', choices: {json.dumps(ways)}[name] }})"
    model.change(None, model, direction, js=js, **PRIVATE)
    js = "(model, direction) => ({ __type__: 'update', props: { model, direction } })"
    gr.on([model.change, direction.change], None, [model, direction], emoji, js=js, **PRIVATE)
    pictures.bind(None, read_upload)
    pictures.give(circle, pictures_of, [model, direction, source, emoji, size])
    asked = circle.asked(
        friendly(show_large),
        [circle, *pictures.chosen, *controls],
        circle,
        trigger_mode="always_last",
        **HEAVY,
        **PRIVATE,
    )
    asked.failure(None, circle, circle, js=REFUSED, **PRIVATE)
    circle.drawn(None, [circle, source], slider, js=INTO_SLIDER, **PRIVATE)


def _bind_code(
    pictures: PictureSource, controls: _Controls, circle: Part, fold: gr.Accordion, snippet: gr.Code
) -> None:
    code_panels.tell_unfolded(fold, circle)
    inputs = [*pictures.chosen, *controls]
    circle.coded(friendly(show_code), inputs, snippet, trigger_mode="always_last", **PRIVATE)


def _linked(pictures: PictureSource, controls: _Controls) -> list[link.Linked]:
    return [
        link.value("model", controls.model),
        link.value("direction", controls.direction),
        link.value("source", pictures.source),
        link.value("emoji", pictures.examples, link.number(0, MOST_EXAMPLES - 1, whole=True)),
        link.value("size", controls.size),
    ]
