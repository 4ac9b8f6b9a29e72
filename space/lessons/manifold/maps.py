"""The two maps: the component `LatentMap`, which decodes in the visitor's browser, and their snippets."""

from collections.abc import Callable
from typing import Any, get_args

import gradio as gr

from space.lessons.manifold.view import MAP_MARKUP, MAP_WORDS
from space.lessons.manifold.work import Spacing, check_code, tile_places
from space.models import roles
from space.page import code_behind, code_panels, link
from space.page.components import asset
from space.page.handlers import PRIVATE, friendly
from space.page.modules import module
from space.page.words import i18n
from space.text.limits import MAX_LATENT
from space.text.refusals import Problem, check_number
from space.weights import hub

MAX_TILES = 1000
"""the most pictures along each axis that the snippet of a map may ask for"""
LINKED = {
    "z": link.numbers(2, 2, -MAX_LATENT, MAX_LATENT),
    "spacing": link.one_of(*get_args(Spacing), default="linear"),
    "grid": link.one_of("off"),
    "codes": link.one_of("off"),
    "sure": link.one_of("on"),
    "class": link.number(0, 9, whole=True),
}
"""What the link says of a `LatentMap`."""


class LatentMap(gr.HTML):
    """A map of the model `name` that a visitor drags on; two_digits.js tells it of the digits to mark."""

    def __init__(self, name: str = "", **kwargs: Any) -> None:
        super().__init__(
            html_template=MAP_MARKUP,
            css_template=asset("lessons/manifold/manifold.css"),
            js_on_load=module(
                "lessons/manifold/manifold.js", "moved", model=name, judge=roles.DIGIT_JUDGE, words=MAP_WORDS
            ),
            apply_default_css=False,
            name=name,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def build_map(name: str, title: str) -> LatentMap:
    """One map under its title, with its snippet."""
    gr.Markdown(i18n(title))
    latent_map = LatentMap(name, elem_id=f"map-{name}")
    fold, snippet = code_panels.folded_snippet(f"code-{name}")
    # read when the call is made: of several moves Gradio makes one call, without the data of the moves
    place = f"document.querySelector('#map-{name} [data-map]').latentMap.place"
    for event in (latent_map.moved, fold.expand):
        event(
            friendly(_bind_snippet(name)),
            gr.JSON(visible=False),
            snippet,
            js=f"() => [{place}]",
            trigger_mode="always_last",
            **PRIVATE,
        )
    return latent_map


def _bind_snippet(name: str) -> Callable[[dict[str, Any]], str]:
    """`map_snippet` of one model, as a handler."""

    def show_snippet(place: dict[str, Any]) -> str:
        if not isinstance(place, dict) or place.keys() != {"z", "spacing", "tiles"}:
            raise Problem("request")
        return map_snippet(name, **place)

    return show_snippet


def map_snippet(name: str, z: list[float], spacing: str, tiles: float) -> str:
    """The snippet of a map that stands at the point `z` and shows tiles x tiles pictures."""
    loaded = hub.load(name)
    (point,) = check_code(z, loaded).tolist()
    tiles, places = int(check_number("tiles", tiles, 1, MAX_TILES)), tile_places(spacing, loaded)
    axes = [f"{function.__name__}({', '.join(map(repr, (tiles, *numbers)))})" for function, numbers in places]
    return code_behind.latent_map(loaded, point, axes, f"{name}_point", f"{name}_{spacing}_{tiles}")
