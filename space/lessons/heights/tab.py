"""The heights tab: from data to a distribution, from the distribution to people, and a score.

`Heights` is the component. Its scripts show the lesson; the mathematics is in `space/browser/densities.js`.
Once its data are there it asks nothing of the server.
"""

import gradio as gr

from space.lessons.heights import work
from space.lessons.heights.api import build_api
from space.lessons.heights.settings import BANDWIDTHS, DATA, MODELS, MOST_PEOPLE, RESERVE, WHO, WIDTHS
from space.lessons.heights.view import MARKUP
from space.page import code_panels, link
from space.page.components import asset
from space.page.modules import module
from space.page.parts import hints
from space.page.words import LATEX, component_words, i18n
from space.text.limits import MAX_SEED

CSS = asset("page/lesson.css", "page/chips.css", "lessons/heights/heights.css")
WORDS = component_words("heights.play.")
LINKED = {
    "data": link.one_of(*(name for name in DATA if name != "own"), default=DATA[0]),
    "who": link.one_of(*WHO, default=WHO[0]),
    "n": link.number(3, MOST_PEOPLE, whole=True, default=60),
    "model": link.one_of(*MODELS, default=MODELS[0]),
    "width": link.number(*WIDTHS, default=2),
    "origin": link.number(0, 1, default=0),
    "bandwidth": link.number(*BANDWIDTHS, default=1.5),
    "reserve": link.number(0, RESERVE, default=0),
    "seed": link.number(0, MAX_SEED, whole=True, default=1),
}
"""What of the lesson can be linked: neither a drawn curve nor a visitor's own numbers."""


class Heights(gr.HTML):
    """The whole lesson; it takes no value and gives none."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            html_template=MARKUP,
            css_template=CSS,
            js_on_load=module("lessons/heights/heights.js", tab="heights", words=WORDS),
            apply_default_css=False,
            **kwargs,
        )


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("heights.tab"), id="heights"):
        gr.Markdown(i18n("heights.intro"), latex_delimiters=LATEX, elem_classes="reading")
        heights = Heights(elem_id="heights")
        code_panels.source_panel(work, "heights")
        build_api()
        hints("heights.hint")
    return [link.Linked(heights, LINKED, own=True)]
