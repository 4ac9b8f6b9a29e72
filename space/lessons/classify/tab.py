"""The classify tab: the same people told apart by a boundary, and by a distribution of each kind.

`Classify` is the component. Its scripts show the lesson; the mathematics is in `space/browser/classes.js` and
`redraws.js`. Once its data are there it asks nothing of the server.
"""

import gradio as gr

from space.lessons.classify import work
from space.lessons.classify.settings import (
    DATA,
    FEATURES,
    FEWEST_PEOPLE,
    HIDDEN,
    KINDS,
    MOST_PEOPLE,
)
from space.lessons.classify.view import MARKUP
from space.page import code_panels, link
from space.page.components import asset
from space.page.modules import module
from space.page.parts import hints
from space.page.words import LATEX, component_words, i18n
from space.text.limits import MAX_SEED

CSS = asset("page/lesson.css", "page/chips.css", "lessons/classify/classify.css")
WORDS = component_words("classify.play.")
LINKED = {
    "data": link.one_of(*DATA, default=DATA[0]),
    "features": link.one_of(*FEATURES, default=FEATURES[0]),
    "kind": link.one_of(*KINDS, default=KINDS[0]),
    "n": link.number(FEWEST_PEOPLE, MOST_PEOPLE, whole=True, default=60),
    "hidden": link.one_of(*HIDDEN, default=HIDDEN[0]),
    "at": link.numbers(1, 2, 0, 1000),
    "person": link.numbers(1, 2, 0, 1000),
    "seed": link.number(0, MAX_SEED, whole=True, default=1),
}
"""What of the lesson can be linked."""


class Classify(gr.HTML):
    """The whole lesson; it takes no value and gives none."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            html_template=MARKUP,
            css_template=CSS,
            js_on_load=module("lessons/classify/classify.js", tab="classify", words=WORDS),
            apply_default_css=False,
            **kwargs,
        )


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("classify.tab"), id="classify"):
        gr.Markdown(i18n("classify.intro"), latex_delimiters=LATEX, elem_classes="reading")
        classify = Classify(elem_id="classify")
        code_panels.source_panel(work, "classify")
        hints("classify.hint")
    return [link.Linked(classify, LINKED, own=True)]
