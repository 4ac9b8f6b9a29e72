"""The game tab: a GAN in the plane, trained live in the visitor's browser.

`GanGame` is the component. Its scripts show the game; the mathematics is in `space/browser`. A running game
asks nothing of the server, so that any number of visitors can play at once.

Why networks of our own: the game is two perceptrons of some thousand weights with Adam, 150 lines in all.
TensorFlow.js would bring a bundle of more than a megabyte, whose latest release, 4.22, is of 2024. Each of
its operations costs more to dispatch than to compute where nets are this small.
"""

import gradio as gr

from space.lessons.game.settings import (
    DISTRIBUTIONS,
    LATENT_DIMS,
    LATENT_KINDS,
    LEARNING_RATES,
    LOSSES,
    MAX_MOVES,
    MAX_STEPS_D,
    OPTIMIZERS,
    PRESETS,
    STARTS,
    WIDTHS,
)
from space.lessons.game.view import MARKUP
from space.page import link
from space.page.components import asset
from space.page.modules import module
from space.page.parts import hints
from space.page.words import LATEX, component_words, i18n
from space.text.limits import MAX_SEED

CSS = asset("page/lesson.css", "lessons/game/game.css")
WORDS = component_words("game.play.")
DIAGRAM_WORDS = component_words("diagram.")
LINKED = {
    "preset": link.one_of(*PRESETS, default=PRESETS[0]),
    "distribution": link.one_of(*DISTRIBUTIONS),
    "learningRateD": link.number(*LEARNING_RATES),
    "learningRateG": link.number(*LEARNING_RATES),
    "stepsD": link.number(1, MAX_STEPS_D, whole=True),
    "instanceNoise": link.number(0, 1),
    "loss": link.one_of(*LOSSES),
    "optimizerG": link.one_of(*OPTIMIZERS),
    "latentKind": link.one_of(*LATENT_KINDS),
    "latentDim": link.one_of(*LATENT_DIMS),
    "start": link.one_of(*STARTS),
    "width": link.one_of(*WIDTHS),
    "seed": link.number(0, MAX_SEED, whole=True, default=1),
    "moves": link.number(1, MAX_MOVES, whole=True),
}
"""What of a `GanGame` can be linked."""


class GanGame(gr.HTML):
    """The whole game; it takes no value and gives none."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            html_template=MARKUP,
            css_template=CSS,
            js_on_load=module("lessons/game/game.js", words=WORDS, maxMoves=MAX_MOVES, diagram=DIAGRAM_WORDS),
            apply_default_css=False,
            **kwargs,
        )


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("game.tab"), id="game"):
        gr.Markdown(i18n("game.intro"), latex_delimiters=LATEX, elem_classes="reading")
        game = GanGame(elem_id="game")
        with gr.Accordion(i18n("code.title"), open=False, elem_id="game-code"):
            gr.Markdown(i18n("game.code"))
        hints("game.hint")
    return [link.Linked(game, LINKED, own=True)]
