"""The translate tab: a picture into the other domain and back, and both discriminators' scores of it.

All pictures and numbers are computed from the picture chosen. Two things are not: the strip shows the
snapshots that training saved in `samples/`, and the metrics come from metrics.json.
"""

from base64 import b64encode
from typing import Any, NamedTuple

import gradio as gr
from PIL import Image

from space.lessons.translate import view
from space.lessons.translate.api import build_api
from space.lessons.translate.emoji_picker import EmojiPicker
from space.lessons.translate.work import (
    DIRECTIONS,
    SIZES,
    SOURCES,
    check_model,
    choose_picture,
    load_model,
    read_drawing,
    read_upload,
    translate,
)
from space.page import code_behind, link
from space.page.components import asset
from space.page.handlers import HEAVY, PRIVATE, friendly
from space.page.modules import module
from space.page.picture_source import PictureSource, build_picture_source, hint
from space.page.words import LATEX, component_words, i18n
from space.pictures.inputs import to_square
from space.pictures.sheets import EMOJI
from space.text.refusals import Problem
from space.weights.hub import LoadedModel
from space.weights.model_folder import ModelUnavailable

PROBLEMS = ("problem.empty_drawing", "problem.no_image")
"""what the script says in place of a picture"""
WORDS = component_words("translate.", *PROBLEMS)
INTO_SLIDER = """({ slider }) => ({
    __type__: "update",
    visible: slider !== null,
    value: slider?.map((url) => ({ path: "x.bmp", url, meta: { _type: "gradio.FileData" } })) ?? null,
})"""
REFUSED = "({ question }) => ({ __type__: 'update', props: { refused: question } })"
TWEMOJI_COLOURS = (
    *("#ffcc4d", "#f4900c", "#dd2e44", "#ea596e", "#aa8ed6", "#55acee", "#77b255", "#3e721d"),
    *("#c1694f", "#ccd6dd", "#66757f", "#292f33", "#ffffff"),
)


class Part(gr.HTML):
    """A part of the lesson, which one script fills in: the circle, the cards below it, or the training.

    Events change these props of the circle: `settings`, the values of direction, source, emoji and size;
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
                "lessons/translate/translate.js", "ready", "asked", "drawn", "coded", words=WORDS, part=part
            ),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def pictures_of(drawn: Image.Image | None, uploaded: Image.Image | None) -> dict[str, Any]:
    """The visitor's pictures as an update of the circle: each as base64 of its bytes, or what is wrong."""
    squares = {"draw": ("problem.empty_drawing", drawn), "upload": ("problem.no_image", uploaded)}
    own = {
        source: {"problem": missing} if square is None else {"pixels": _bytes(square)}
        for source, (missing, square) in squares.items()
    }
    return gr.update(own=own)


def _bytes(square: Image.Image) -> str:
    """A picture at the size of the training, (64, 64, 3)."""
    pixels = (to_square(square, SIZES[0])[0] * 255).round().byte().permute(1, 2, 0)
    return b64encode(pixels.numpy().tobytes()).decode()


def show_large(
    asked: dict[str, Any],
    source: str,
    emoji: float,
    drawn: Image.Image | None,
    uploaded: Image.Image | None,
    direction: str,
    size: Any,
) -> dict[str, Any]:
    """A picture larger than those of the training, as an update of the circle.

    `asked` is the value of the circle; its number comes back, for the circle to know which picture it is.
    """
    if not isinstance(asked, dict) or not isinstance(asked.get("question"), int):
        raise Problem("request")
    result = translate(choose_picture(source, emoji, drawn, uploaded, direction, size), direction)
    large = {**view.shown(result), "question": asked["question"], "size": result.x.shape[-1]}
    return gr.update(large=large)


def show_code(
    source: str,
    emoji: float,
    drawn: Image.Image | None,
    uploaded: Image.Image | None,
    direction: str,
    size: Any,
) -> str:
    """The snippet behind the pictures; "" where there are none."""
    try:
        choose_picture(source, emoji, drawn, uploaded, direction, size)
        loaded = load_model()
    except ModelUnavailable:  # the circle says so
        return ""
    except Problem as problem:
        hint(problem)
        return ""
    return view.snippet(loaded, source, emoji, direction, size)


def told(loaded: LoadedModel) -> dict[str, str]:
    """For each direction the strip of the training and the metrics."""
    check_model(loaded)
    return {direction: view.learned(loaded, direction) for direction in DIRECTIONS}


class _Controls(NamedTuple):
    """What a visitor sets beside the picture; the order is that of `show`'s inputs."""

    direction: gr.Radio
    size: gr.Radio


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("translate.tab"), id="translate"):
        gr.Markdown(i18n("translate.intro"), latex_delimiters=LATEX, elem_classes="reading")
        with gr.Row():
            with gr.Column(scale=2, min_width=300, elem_classes="sticky"):
                direction = _build_direction()
                pictures = build_picture_source("translate", SOURCES, _build_examples, **_coloured())
                controls = _Controls(direction, _build_size())
            with gr.Column(scale=3, min_width=320):
                circle = Part("circle", min_height=420, elem_id="translate-circle")
        with gr.Row():
            with gr.Column(scale=2, min_width=300):
                slider = _build_slider()
            with gr.Column(scale=3, min_width=320):
                Part("details", elem_id="translate-details")
        code = code_behind.folded_snippet("translate-code")
        Part("training", elem_id="translate-run", min_height=420)
        _build_theory()
        _bind(pictures, controls, circle, slider)
        _bind_code(pictures, controls, circle, *code)
        build_api()
    return _linked(pictures, controls)


def _build_direction() -> gr.Radio:
    return gr.Radio(
        [(i18n(f"translate.direction.{name}"), name) for name in DIRECTIONS],
        value="ab",
        label=i18n("translate.direction"),
        elem_id="translate-direction",
    )


def _build_examples() -> EmojiPicker:
    return EmojiPicker(elem_id="translate-emoji")


def _coloured() -> dict[str, Any]:
    """Settings of the paper: a pen of Twemoji's colours."""
    return {"image_mode": "RGB", "brush": gr.Brush(default_size=18, colors=list(TWEMOJI_COLOURS))}


def _build_size() -> gr.Radio:
    """Hidden at first: the emoji have one size."""
    return gr.Radio(
        [(f"{side} × {side}", side) for side in SIZES],
        value=128,
        visible=False,
        label=i18n("translate.size"),
        info=i18n("translate.size.info"),
        elem_id="translate-size",
    )


def _build_slider() -> gr.ImageSlider:
    return gr.ImageSlider(
        format="png",
        interactive=False,
        buttons=["fullscreen"],
        max_height=380,
        label=i18n("translate.slider"),
        elem_id="translate-slider",
    )


def _build_theory() -> None:
    gr.Markdown(
        i18n("translate.theory"),
        latex_delimiters=LATEX,
        elem_id="translate-theory",
        elem_classes="reading",
    )
    gr.Markdown(i18n("translate.credit"), elem_id="translate-credit")


def _bind(pictures: PictureSource, controls: _Controls, circle: Part, slider: gr.ImageSlider) -> None:
    direction, size = controls
    source, emoji = pictures.source, pictures.examples
    js = "(name) => ({ __type__: 'update', visible: name !== 'emoji' })"
    source.change(None, source, size, js=js, **PRIVATE)
    js = "(direction) => ({ __type__: 'update', props: { direction } })"
    direction.change(None, direction, emoji, js=js, **PRIVATE)
    pictures.bind(read_drawing, read_upload)
    pictures.give(circle, pictures_of, [direction, source, emoji, size])
    asked = circle.asked(
        friendly(show_large),
        [circle, *pictures.chosen, *controls],
        circle,
        trigger_mode="always_last",
        **HEAVY,
        **PRIVATE,
    )
    asked.failure(None, circle, circle, js=REFUSED, **PRIVATE)
    circle.drawn(None, circle, slider, js=INTO_SLIDER, **PRIVATE)


def _bind_code(
    pictures: PictureSource, controls: _Controls, circle: Part, fold: gr.Accordion, snippet: gr.Code
) -> None:
    code_behind.tell_unfolded(fold, circle)
    inputs = [*pictures.chosen, *controls]
    circle.coded(friendly(show_code), inputs, snippet, trigger_mode="always_last", **PRIVATE)


def _linked(pictures: PictureSource, controls: _Controls) -> list[link.Linked]:
    return [
        link.value("direction", controls.direction),
        link.value("source", pictures.source),
        link.value("emoji", pictures.examples, link.number(0, len(EMOJI) - 1, whole=True)),
        link.value("size", controls.size),
    ]
