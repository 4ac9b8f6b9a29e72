"""The tab: a density of digits pixel by pixel, in the visitor's browser.

`Play` draws a digit, `Own` completes and judges the visitor's, `Likely` asks what is likely. Their scripts
compute with the weights that training wrote; the server reads pictures, tells figures and writes snippets.
"""

from typing import Any

import gradio as gr
from torch import Tensor

from space.lessons.pixels.api import build_api
from space.lessons.pixels.settings import CARDS, MOST_LATENTS, NUM_COMPLETIONS, OWN, PLAY
from space.lessons.pixels.view import LIKELY_MARKUP, OWN_MARKUP, PLAY_MARKUP, measured
from space.lessons.pixels.work import MODEL, Asked, check
from space.lessons.pixels.work import told as told
from space.models import roles
from space.page import code_behind, code_panels, link
from space.page.components import asset
from space.page.diagram import drawn_from
from space.page.digits import (
    LAST_DIGIT,
    PROBLEMS,
    SOURCES,
    DigitPicker,
    choose_digit,
    pictures_of,
    read_drawing,
)
from space.page.found_digit import Upload, read_upload
from space.page.handlers import PRIVATE, friendly
from space.page.modules import module
from space.page.parts import hints, part
from space.page.picture_source import build_picture_source
from space.page.words import LATEX, component_words, i18n
from space.pictures.sheets import digit_sheet
from space.text.refusals import Problem, check_whole
from space.weights.hub import load

CSS = asset("page/lesson.css", "page/chips.css", "page/nearest.css", "lessons/pixels/pixels.css")
WORDS = component_words("pixels.play.")
OWN_WORDS = component_words("pixels.play.", *PROBLEMS)
NAMES = {"model": MODEL, "vae": roles.VAE_DEEP, "judge": roles.DIGIT_JUDGE}
EIGHT, ONE = 8 * digit_sheet().shape[1], digit_sheet().shape[1]
"""test digits on the cards"""


class _Part(gr.HTML):
    """One of the three components."""

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class Play(_Part):
    """A digit, drawn pixel by pixel."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=PLAY_MARKUP,
            css_template=CSS,
            js_on_load=module(
                "lessons/pixels/play.js",
                *("ready", "moved"),
                tab="pixels",
                words=WORDS,
                names=NAMES,
                diagram=drawn_from([MODEL]),
            ),
            apply_default_css=False,
            **kwargs,
        )


class Own(_Part):
    """The visitor's digit.

    Events change these props: `settings`, the source and the number of the test digit; `own`, the visitor's
    pictures (`pictures_of`).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=OWN_MARKUP,
            css_template=CSS,
            js_on_load=module(
                "lessons/pixels/own.js",
                "ready",
                "moved",
                tab="pixels",
                words=OWN_WORDS,
                names=NAMES,
                completions=NUM_COMPLETIONS,
                latents=MOST_LATENTS,
            ),
            apply_default_css=False,
            **kwargs,
        )


class Likely(_Part):
    """Five cards to sort."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=LIKELY_MARKUP,
            css_template=CSS,
            js_on_load=module(
                "lessons/pixels/likely.js",
                tab="pixels",
                words=WORDS,
                names=NAMES,
                cards=CARDS,
                digits={"one": ONE, "eight": EIGHT},
                latents=MOST_LATENTS,
            ),
            apply_default_css=False,
            **kwargs,
        )


def figures() -> str:
    """What was measured of the model."""
    return measured(load(MODEL, "complete"))


def play_snippet(place: dict[str, Any] | None) -> str:
    """The code behind the digit that plays; `place` is from its script."""
    if place is None:
        return ""
    _check_place(place, "digit", "seed", "temperature", "guidance")
    loaded = load(MODEL, "complete")
    return code_behind.draw_pixels(loaded, vars(check(Asked(1, **place), loaded)))


def own_snippet(
    place: dict[str, Any] | None, source: str, digit: float, drawn: Tensor | None, uploaded: Upload | None
) -> str:
    """The code behind the completions of the visitor's digit, and its log p."""
    if place is None:
        return ""
    _check_place(place, "digit", "seed", "seam")
    seam = place.pop("seam")
    rows = None if seam is None else check_whole("seam", seam, 0, 28)
    loaded = load(MODEL, "complete")
    x = choose_digit(source, digit, drawn, uploaded)
    name, expression = code_behind.digit(x)
    if source == "upload":
        name, expression = "upload", code_behind.upload(uploaded.box)
    return code_behind.complete(loaded, name, expression, rows, vars(check(Asked(**place), loaded)))


def _check_place(place: Any, *keys: str) -> None:
    if not isinstance(place, dict) or place.keys() != set(keys):
        raise Problem("request")


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("pixels.tab"), id="pixels"):
        gr.Markdown(i18n("pixels.intro"), latex_delimiters=LATEX, elem_classes="reading")
        play = Play(elem_id="pixels-play")
        play_fold, play_code = code_panels.folded_snippet("pixels-code")
        with part("pixels.own"):
            gr.Markdown(i18n("pixels.own"), latex_delimiters=LATEX, elem_classes="reading")
            with gr.Row():
                with gr.Column(scale=2, min_width=300, elem_classes="sticky"):
                    pictures = build_picture_source(
                        "pixels",
                        SOURCES,
                        lambda: DigitPicker(EIGHT, name="pixels-digit", elem_id="pixels-digits"),
                        boxed=True,
                    )
                with gr.Column(scale=3, min_width=320):
                    own = Own(elem_id="pixels-digit")
                    own_fold, own_code = code_panels.folded_snippet("pixels-own-code")
        with part("pixels.likely.intro"):
            gr.Markdown(i18n("pixels.likely.intro"), latex_delimiters=LATEX, elem_classes="reading")
            Likely(elem_id="pixels-cards")
            shown = gr.HTML(elem_id="pixels-measured", elem_classes="fills")
        hints("pixels.hint")
        play.ready(friendly(figures), None, shown, **PRIVATE)
        code_panels.follow_place(play, play_fold, play_code, play_snippet, "#pixels-play .stage")
        pictures.bind(read_drawing, read_upload)
        pictures.give(own, pictures_of, [pictures.source, pictures.examples])
        code_panels.follow_place(
            own, own_fold, own_code, own_snippet, "#pixels-digit .completing", pictures.chosen
        )
        build_api()
    return [
        link.Linked(play, PLAY, own=True),
        link.Linked(own, OWN, own=True),
        link.value("source", pictures.source),
        link.value("own", pictures.examples, link.number(0, LAST_DIGIT, whole=True)),
    ]
