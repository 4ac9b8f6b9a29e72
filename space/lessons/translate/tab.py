"""The translate tab: a picture into the other domain and back, and both discriminators' scores of it.

All pictures and numbers are computed from the picture chosen. Two things are not: the strip shows the
snapshots that training saved in `samples/`, and the metrics come from metrics.json.
"""

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
    choose_picture,
    counterpart_of,
    read_drawing,
    read_upload,
    translate,
)
from space.page import code_behind, link
from space.page.components import as_trigger, asset
from space.page.handlers import HEAVY, PRIVATE, friendly
from space.page.markup import notice, unavailable
from space.page.picture_source import PictureSource, build_picture_source, hint
from space.page.words import LATEX, i18n
from space.pictures.sheets import EMOJI
from space.text.refusals import Problem
from space.weights.model_folder import ModelUnavailable

TWEMOJI_COLOURS = (
    *("#ffcc4d", "#f4900c", "#dd2e44", "#ea596e", "#aa8ed6", "#55acee", "#77b255", "#3e721d"),
    *("#c1694f", "#ccd6dd", "#66757f", "#292f33", "#ffffff"),
)


def show(
    source: str,
    emoji: float,
    drawn: Image.Image | None,
    uploaded: Image.Image | None,
    direction: str,
    size: Any,
) -> tuple[str, Any, str, str]:
    """The circle, the slider's pictures, the cards and the snippet of the picture chosen."""
    try:
        result = translate(choose_picture(source, emoji, drawn, uploaded, direction, size), direction)
    except Problem as problem:
        return hint(problem), gr.update(visible=False), "", ""
    except ModelUnavailable as error:  # there is no other model to choose
        return notice(unavailable(error)), gr.update(visible=False), "", ""
    case = view.case_of(result, source, emoji)
    return (
        view.circle(result, case),
        gr.update(value=view.before_and_after(result), visible=True),
        view.details(result, counterpart_of(source, emoji, result.direction), case),
        view.snippet(result, source, emoji, size, case),
    )


class _Controls(NamedTuple):
    """What a visitor sets beside the picture; the order is that of `show`'s inputs."""

    direction: gr.Radio
    size: gr.Radio


class _Outputs(NamedTuple):
    """The order is that of `show`'s outputs."""

    circle: gr.HTML
    slider: gr.ImageSlider
    details: gr.HTML
    snippet: gr.Code


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    styled: dict[str, Any] = {
        "css_template": asset("lessons/translate/translate.css"),
        "apply_default_css": False,
    }
    with gr.Tab(i18n("translate.tab"), id="translate"):
        gr.Markdown(i18n("translate.intro"), latex_delimiters=LATEX, elem_classes="reading")
        with gr.Row():
            with gr.Column(scale=2, min_width=300, elem_classes="sticky"):
                direction = _build_direction()
                pictures = build_picture_source("translate", SOURCES, _build_examples, **_coloured())
                controls = _Controls(direction, _build_size())
            with gr.Column(scale=3, min_width=320):
                circle = gr.HTML(**styled, min_height=420, elem_id="translate-circle")
        with gr.Row():
            with gr.Column(scale=2, min_width=300):
                slider = _build_slider()
            with gr.Column(scale=3, min_width=320):
                details = gr.HTML(**styled, elem_id="translate-details")
        outputs = _Outputs(circle, slider, details, code_behind.snippet_panel("translate-code"))
        training = gr.HTML(**styled, elem_id="translate-run")
        _build_theory()
        _bind(pictures, controls, outputs, training)
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


def _bind(pictures: PictureSource, controls: _Controls, outputs: _Outputs, training: gr.HTML) -> None:
    direction, size = controls
    source, emoji = pictures.source, pictures.examples
    source.change(lambda name: gr.update(visible=name != "emoji"), source, size, queue=False, **PRIVATE)
    direction.change(lambda way: gr.update(direction=way), direction, emoji, queue=False, **PRIVATE)
    pictures.bind(read_drawing, read_upload)
    inputs = [*pictures.chosen, *controls]
    refresh: dict[str, Any] = {
        "fn": friendly(show),
        "inputs": inputs,
        "outputs": list(outputs),
        "trigger_mode": "always_last",
        **HEAVY,
        **PRIVATE,
    }
    emoji.ready(**refresh)  # when the tab is opened
    gr.on([component.change for component in inputs], **refresh)
    gr.on(
        [as_trigger(emoji.ready), direction.change],
        friendly(view.learned),
        direction,
        training,
        trigger_mode="always_last",
        **PRIVATE,
    )


def _linked(pictures: PictureSource, controls: _Controls) -> list[link.Linked]:
    return [
        link.value("direction", controls.direction),
        link.value("source", pictures.source),
        link.value("emoji", pictures.examples, link.number(0, len(EMOJI) - 1, whole=True)),
        link.value("size", controls.size),
    ]
