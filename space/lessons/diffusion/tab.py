"""The diffusion tab: from noise to a digit and back, in the visitor's browser.

`Way` shows a trajectory, `Own` what becomes of the visitor's digit. Their scripts compute with the weights
that training wrote (`denoising.js`); the server reads pictures and writes snippets.
"""

import hashlib
from typing import Any

import gradio as gr
from torch import Tensor

from space.lessons.diffusion.api import build_api
from space.lessons.diffusion.settings import NETWORKS, OWN, OWN_NETWORKS, WAY
from space.lessons.diffusion.view import OWN_MARKUP, WAY_MARKUP, measured
from space.lessons.diffusion.work import Asked, case_of, check
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
from space.text import TEXT, why
from space.text.refusals import Problem
from space.weights import own
from space.weights.hub import LoadedModel, is_unchanged
from space.weights.model_folder import ModelUnavailable, packed_weights
from space.weights.table import load_any

CSS = asset("page/lesson.css", "page/chips.css", "page/nearest.css", "lessons/diffusion/diffusion.css")
WORDS = component_words("diffusion.play.")
OWN_WORDS = component_words("diffusion.play.", *PROBLEMS)
FIRST_DIGIT = 3 * digit_sheet().shape[1]
"""a 3, of which guidance makes an 8"""
NAMES = {"networks": NETWORKS | OWN_NETWORKS, "own": list(OWN_NETWORKS), "judge": roles.DIGIT_JUDGE}


class Way(gr.HTML):
    """A trajectory, with all that is set; `value` is what `facts` returns."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=WAY_MARKUP,
            css_template=CSS,
            js_on_load=module(
                "lessons/diffusion/diffusion.js",
                "ready",
                "moved",
                tab="diffusion",
                words=WORDS,
                names=NAMES,
                diagram=drawn_from(NETWORKS.values()),
            ),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


class Own(gr.HTML):
    """The visitor's digit.

    Events change these props: `settings`, the source and the number of the test digit; `own`, the visitor's
    pictures (`pictures_of`).
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=OWN_MARKUP,
            css_template=CSS,
            js_on_load=module(
                "lessons/diffusion/own.js", "ready", "moved", tab="diffusion", words=OWN_WORDS, names=NAMES
            ),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def facts(network: str) -> tuple[dict[str, Any], str]:
    """The weights that the server holds, for the check of the page; and the model's figures."""
    loaded = _load(network)
    path = loaded.folder / "model.safetensors"
    content = path.read_bytes() if is_unchanged(loaded) else packed_weights(loaded.model)
    commit = f" {loaded.commit[:7]}" if loaded.commit else ""
    where = {language: text + commit for language, text in zip(("en", "ko"), TEXT[f"source.{loaded.source}"])}
    known = {"network": network, "sha256": hashlib.sha256(content).hexdigest(), "where": where}
    return known, measured(loaded)


def way_snippet(place: dict[str, Any] | None) -> str:
    """The code behind the trajectory that the page shows; `place` is from its script."""
    if place is None:
        return ""
    loaded, asked = _read_place(place, "sampler")
    return code_behind.denoise(loaded, case_of(loaded.name, asked), vars(asked))


def own_snippet(
    place: dict[str, Any] | None,
    source: str,
    digit: float,
    drawn: Tensor | None,
    uploaded: Upload | None,
) -> str:
    """The code behind the visitor's digit, noised and brought back."""
    if place is None:
        return ""
    loaded, asked = _read_place(place, "start")
    x = choose_digit(source, digit, drawn, uploaded)
    name, expression = code_behind.digit(x)
    if source == "upload":
        name, expression = "upload", code_behind.upload(uploaded.box)
    return code_behind.bring_back(loaded, f"{loaded.name}_{name}", expression, vars(asked))


def _read_place(place: Any, *more: str) -> tuple[LoadedModel, Asked]:
    """What a script says of what it shows, but for a picture."""
    named = {"digit", "seed", "steps", "guidance", "guidance_low", "guidance_high", "network", *more}
    if not isinstance(place, dict) or place.keys() != named:
        raise Problem("request")
    loaded = _load(place["network"])
    return loaded, check(Asked(**{name: value for name, value in place.items() if name != "network"}), loaded)


def _load(network: Any) -> LoadedModel:
    names = NETWORKS | OWN_NETWORKS
    if not isinstance(network, str) or not (network in names or own.is_id(network)):
        raise Problem("request")
    loaded = load_any(names.get(network, network), "denoise")
    if network in NETWORKS and (found := loaded.model.config.prediction) != network:
        raise ModelUnavailable(loaded.name, why("prediction", found=found, needed=network))
    return loaded


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("diffusion.tab"), id="diffusion"):
        gr.Markdown(i18n("diffusion.intro"), latex_delimiters=LATEX, elem_classes="reading")
        way = Way(elem_id="diffusion-way")
        fold, snippet = code_panels.folded_snippet("diffusion-code")
        with part("diffusion.own"):
            gr.Markdown(i18n("diffusion.own"), latex_delimiters=LATEX, elem_classes="reading")
            with gr.Row():
                with gr.Column(scale=2, min_width=300, elem_classes="sticky"):
                    pictures = build_picture_source("diffusion", SOURCES, _build_examples, boxed=True)
                with gr.Column(scale=3, min_width=320):
                    own = Own(elem_id="diffusion-digit")
                    own_fold, own_code = code_panels.folded_snippet("diffusion-own-code")
        with part("diffusion.measured"):
            figures = gr.HTML(elem_id="diffusion-measured", elem_classes="fills")
        hints("diffusion.hint")
        network = "() => [document.querySelector('#diffusion-way .stage').parentElement.network()]"
        way.ready(
            friendly(facts),
            gr.JSON(visible=False),
            [way, figures],
            js=network,
            trigger_mode="always_last",
            **PRIVATE,
        )
        code_panels.follow_place(way, fold, snippet, way_snippet, "#diffusion-way .stage")
        pictures.bind(read_drawing, read_upload)
        pictures.give(own, pictures_of, [pictures.source, pictures.examples])
        code_panels.follow_place(
            own, own_fold, own_code, own_snippet, "#diffusion-digit .back", pictures.chosen
        )
        build_api()
    return [
        link.Linked(way, WAY, own=True),
        link.Linked(own, OWN, own=True),
        link.value("source", pictures.source),
        link.value("own", pictures.examples, link.number(0, LAST_DIGIT, whole=True)),
    ]


def _build_examples() -> DigitPicker:
    return DigitPicker(FIRST_DIGIT, name="diffusion-digit", elem_id="diffusion-digits")
