"""The tree tab: families of densities, each trained live on the same points in the plane.

`Tree` is the component. Its scripts show the lesson; the mathematics is in `space/browser/plane/`. A family
learns in a thread of its own in the visitor's browser. The lesson asks nothing of the server.
"""

import gradio as gr

from space.lessons.tree import work
from space.lessons.tree.settings import (
    BANDWIDTHS,
    COMPONENTS,
    DATA,
    EXTENT,
    FAMILIES,
    MAX_RESTARTS,
    MAX_STEPS,
    RATES,
    RULERS,
    SIDES,
)
from space.lessons.tree.view import MARKUP
from space.page import code_panels, link
from space.page.components import asset
from space.page.modules import module
from space.page.parts import hints
from space.page.words import LATEX, component_words, i18n
from space.text.limits import MAX_SEED

CSS = asset("page/lesson.css", "page/chips.css", "lessons/tree/tree.css")
WORDS = component_words("tree.play.")
BOUNDS = {
    "side": SIDES,
    "bandwidth": BANDWIDTHS,
    "components": COMPONENTS,
    "ruler": RULERS,
    "rate": RATES,
}
"""of the sliders"""
LINKED = {
    "family": link.one_of(*FAMILIES, default=FAMILIES[0]),
    "data": link.one_of(*(name for name in DATA if name != "drawn"), default=DATA[0]),
    "seed": link.number(0, MAX_SEED, whole=True, default=1),
    "steps": link.number(0, MAX_STEPS, whole=True),
    "side": link.number(*SIDES, whole=True, default=32),
    "bandwidth": link.number(*BANDWIDTHS, default=0.1),
    "components": link.number(*COMPONENTS, whole=True, default=8),
    "restarts": link.number(0, MAX_RESTARTS, whole=True, default=0),
    "ruler": link.number(*RULERS, default=0.1),
    "rate": link.number(*RATES, default=1),
    "at": link.numbers(2, 2, -EXTENT, EXTENT, default=[0.9, 1.3]),
}
"""What of the lesson can be linked: not a drawing. Without `steps`, a family learns as long as is enough."""


class Tree(gr.HTML):
    """The whole lesson; it takes no value and gives none."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            html_template=MARKUP,
            css_template=CSS,
            js_on_load=module("lessons/tree/tree.js", tab="tree", words=WORDS, bounds=BOUNDS),
            apply_default_css=False,
            **kwargs,
        )


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("tree.tab"), id="tree"):
        gr.Markdown(i18n("tree.intro"), latex_delimiters=LATEX, elem_classes="reading")
        tree = Tree(elem_id="tree")
        code_panels.source_panel(work, "tree")
        hints("tree.hint")
    return [link.Linked(tree, LINKED, own=True)]
