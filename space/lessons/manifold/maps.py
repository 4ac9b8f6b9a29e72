"""The two maps: the component `LatentMap`, which decodes in the visitor's browser, and its handlers."""

import base64
from collections.abc import Callable
from threading import Lock
from typing import Any, get_args

import gradio as gr
import torch

from space.lessons.manifold.view import MAP_MARKUP, chart
from space.lessons.manifold.work import MAPS, Spacing, check_code, decode_bytes, tile_places
from space.page import code_behind, link
from space.page.components import asset
from space.page.handlers import PRIVATE, friendly
from space.page.modules import module
from space.page.words import i18n
from space.text.limits import MAX_CODES, MAX_LATENT
from space.text.refusals import Problem, check_number
from space.weights import hub

MAX_TILES = 1000
"""the most pictures along each axis that the snippet of a map may ask for"""
LINKED = {
    "z": link.numbers(2, 2, -MAX_LATENT, MAX_LATENT),
    "spacing": link.one_of(*get_args(Spacing), default="linear"),
    "grid": link.one_of("off"),
    "codes": link.one_of("off"),
    "class": link.number(0, 9, whole=True),
}
"""What the link says of a `LatentMap`."""


class LatentMap(gr.HTML):
    """A map that a visitor drags on.

    `value` is what `chart` returns. `overlay` marks a digit on it: None, or a dict with `mu` and `end` (the
    code of the second digit). A VAE adds `sigma` and `samples` (a list of codes), a test digit its index as
    `digit`.
    """

    def __init__(self, overlay: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(
            html_template=MAP_MARKUP,
            css_template=asset("lessons/manifold/manifold.css"),
            js_on_load=module("lessons/manifold/manifold.js", "ready", "moved"),
            apply_default_css=False,
            server_functions=[decode_pixels],
            overlay=overlay,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


_decoding = Lock()


def decode_pixels(request: dict[str, Any]) -> str:
    """For a browser that cannot fetch the weights: codes `z` (N, 2) of `model` to base64 of uint8 (N, H * W).

    Gradio calls this past its queue, hence the lock: one call at a time.
    """
    try:
        name, codes = request["model"], request["z"]
        if name not in MAPS or not 1 <= len(codes) <= MAX_CODES:
            raise ValueError
        loaded = hub.load(name)
        z = torch.cat([check_code(code, loaded) for code in codes])  # (N, 2)
    except (KeyError, TypeError, ValueError) as error:
        raise gr.Error(
            f"expected a model of {MAPS} and 1 to {MAX_CODES} codes", print_exception=False
        ) from error
    with _decoding, torch.inference_mode():
        return base64.b64encode(decode_bytes(loaded.model, z)).decode()


def build_map(name: str, title: str) -> LatentMap:
    """One map under its title, with its snippet."""
    gr.Markdown(i18n(title))
    latent_map = LatentMap(elem_id=f"map-{name}")
    latent_map.ready(friendly(_bind_chart(name)), outputs=latent_map, **PRIVATE)
    fold, snippet = code_behind.folded_snippet(f"code-{name}")
    # read when the call is made: of several moves Gradio makes one call, without the data of the moves
    place = f"document.querySelector('#map-{name} [data-decoder]').latentMap.place"
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


def _bind_chart(name: str) -> Callable[[], dict[str, Any]]:
    """`chart` of one model, as a handler without inputs."""

    def show_chart() -> dict[str, Any]:
        return chart(hub.load(name))

    return show_chart


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
