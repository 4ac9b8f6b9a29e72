"""The manifold tab: maps of two-dimensional latent spaces, and a 20-dimensional one by its sliders."""

import gradio as gr

from space.lessons.manifold.api import build_api
from space.lessons.manifold.digits import bind_digits, build_digits
from space.lessons.manifold.maps import LINKED, build_map
from space.lessons.manifold.sliders import build_sliders
from space.lessons.manifold.view import told as told
from space.lessons.manifold.work import MAPS
from space.page import link
from space.page.parts import hints, part
from space.page.words import LATEX, i18n


def build() -> list[link.Linked]:
    """The tab, inside a `gr.Blocks`, and what the link says of it."""
    with gr.Tab(i18n("manifold.tab"), id="manifold"):
        gr.Markdown(i18n("manifold.intro"), latex_delimiters=LATEX, elem_classes="reading")
        maps = []
        with gr.Row():
            with gr.Column(min_width=330):
                maps.append(build_map(MAPS[0], "manifold.vae"))
            with part("manifold.autoencoder", min_width=330):
                maps.append(build_map(MAPS[1], "manifold.autoencoder"))
        hints("manifold.hint")
        digits = build_digits()
        bind_digits(digits)
        build_sliders()
        build_api()
    linked_maps = [
        link.Linked(one, LINKED, own=True, prefix=prefix) for one, prefix in zip(maps, ("", "ae_"))
    ]
    return [*linked_maps, *digits.linked()]
