"""Two digits on the maps: where the encoders put them, and what lies between, computed in the browser."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
from torch import Tensor

from space.lessons.manifold import view
from space.lessons.manifold.work import MAPS, NUM_RESAMPLES
from space.page import code_behind, code_panels, link
from space.page.components import Drawing, as_trigger, asset, paper
from space.page.diagram import drawn_from
from space.page.digits import LAST_DIGIT, DigitPicker, choose_digit, read_drawing
from space.page.handlers import FILES, PRIVATE, friendly
from space.page.modules import module
from space.page.parts import part
from space.page.words import LATEX, i18n
from space.pictures.outputs import to_base64
from space.text.limits import MAX_SEED
from space.text.refusals import Problem, check_number
from space.weights import hub

FIRST_DIGITS = 40, 122
"""a 2 and a 6: on the way from one to the other the two maps differ most plainly"""


class TwoDigits(gr.HTML):
    """A part of what the page shows of two digits, which one script fills in: the first one, or the way.

    Events change these props of the first part: `settings`, the values of both pickers, the seed and the
    steps; `source`, whether the first digit was picked or drawn; `own`, the drawn one; `unfolded`, whether
    the code is to be seen, which it asks for by `coded`. Its `value` says whether a drawn digit is shown.
    """

    def __init__(self, part: str = "first", value: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value={"drawn": False},
            html_template=view.FIRST if part == "first" else view.WAY,
            css_template=asset("page/lesson.css", "lessons/manifold/digits.css"),
            js_on_load=module(
                "lessons/manifold/two_digits.js",
                *("ready", "coded"),
                part=part,
                words=view.DIGIT_WORDS,
                models=MAPS,
                samples=NUM_RESAMPLES,
                most=MAX_SEED,
                diagram=drawn_from(MAPS),
            ),
            apply_default_css=False,
            part=part,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


@dataclass(frozen=True)
class DigitPanel:
    """The components of this part of the tab."""

    start: DigitPicker
    sketch: Drawing
    end: DigitPicker
    seed: gr.Number
    again: gr.Button
    steps: gr.Slider
    first: TwoDigits
    fold: gr.Accordion
    snippet: gr.Code

    @property
    def settings(self) -> list[gr.components.Component]:
        return [self.start, self.end, self.seed, self.steps]

    def linked(self) -> list[link.Linked]:
        """What the link says of these."""
        return [
            link.value("start", self.start, link.number(0, LAST_DIGIT, whole=True)),
            link.value("end", self.end, link.number(0, LAST_DIGIT, whole=True)),
            link.value("seed", self.seed, link.number(0, MAX_SEED, whole=True)),
            link.value("steps", self.steps),
        ]


def build_digits() -> DigitPanel:
    """Where a digit lies on the maps, and what lies between two."""
    with part("manifold.digit"):
        gr.Markdown(i18n("manifold.digit"), latex_delimiters=LATEX)
        with gr.Row():
            with gr.Column(min_width=300):
                start = _build_picker("manifold.start_sheet", FIRST_DIGITS[0], "manifold-start-sheet")
                # closed, for the drawing board takes as long to set up as all the rest of the tab
                with gr.Accordion(i18n("manifold.sketch"), open=False, elem_id="manifold-draw"):
                    sketch = paper(
                        fixed_canvas=True, label=i18n("manifold.sketch"), show_label=False, height=340
                    )
            with gr.Column(min_width=300, scale=2):
                first = TwoDigits("first", elem_id="manifold-first", min_height=300)
                with gr.Row(elem_id="manifold-resample"):
                    seed, again = _build_seed()
    with part("manifold.between"):
        gr.Markdown(i18n("manifold.between"), elem_id="manifold-between")
        with gr.Row():
            with gr.Column(min_width=300):
                end = _build_picker("manifold.end_sheet", FIRST_DIGITS[1], "manifold-end-sheet")
                steps = gr.Slider(3, 16, 10, step=1, label=i18n("manifold.steps"), elem_id="manifold-steps")
            with gr.Column(min_width=300, scale=2):
                TwoDigits("way", elem_id="manifold-strips", min_height=200)
        fold, snippet = code_panels.folded_snippet("manifold-code")
    return DigitPanel(start, sketch, end, seed, again, steps, first, fold, snippet)


def _build_picker(caption: str, first: int, elem_id: str) -> DigitPicker:
    """Test digits to choose from, under their caption."""
    gr.Markdown(i18n(caption))
    return DigitPicker(first, name=elem_id, elem_id=elem_id)


def _build_seed() -> tuple[gr.Number, gr.Button]:
    """The seed of the re-samples, and a button that takes the next one."""
    seed = gr.Number(0, precision=0, min_width=110, label=i18n("manifold.seed"), elem_id="manifold-seed")
    return seed, gr.Button(i18n("manifold.again"), size="sm", min_width=110, scale=2)


def bind_digits(panel: DigitPanel) -> None:
    """Bind the events."""
    drawn = gr.State(None)
    first, settings = panel.first, panel.settings
    changes = [setting.change for setting in settings[1:]]
    _tell(first, [as_trigger(first.ready), *changes], settings, "")
    _tell(first, [as_trigger(panel.start.pick)], settings, "source: 'digit', ")
    _tell(first, [panel.sketch.input], settings, "source: 'draw', ")
    panel.sketch.input(
        friendly(read_drawing), panel.sketch, drawn, trigger_mode="always_last", **FILES, **PRIVATE
    )
    drawn.change(friendly(own), drawn, first, trigger_mode="always_last", **PRIVATE)
    panel.again.click(None, panel.seed, panel.seed, js="seed => seed + 1", **PRIVATE)
    code_panels.tell_unfolded(panel.fold, first)
    inputs = [first, drawn, *settings]
    first.coded(friendly(show_code), inputs, panel.snippet, trigger_mode="always_last", **PRIVATE)


def _tell(first: TwoDigits, changes: list[Any], settings: list[gr.components.Component], more: str) -> None:
    """Tell the script of the settings when one changes, and `more`."""
    js = f"(...settings) => ({{ __type__: 'update', props: {{ {more}settings }} }})"
    gr.on(changes, None, settings, first, js=js, **PRIVATE)


def own(drawn: Tensor | None) -> dict[str, Any]:
    """The drawn digit as an update of `TwoDigits`: base64 of float32, or None while the paper is blank."""
    return gr.update(own=None if drawn is None else to_base64(drawn))


def show_code(
    shown: dict[str, Any], drawn: Tensor | None, start: float, end: float, seed: float | None, steps: int
) -> str:
    """The snippet behind the pictures; `shown` is the value of `TwoDigits`."""
    if not isinstance(shown, dict):
        raise Problem("request")
    seed = int(check_number("seed", seed, 0, MAX_SEED))
    is_drawn = bool(shown.get("drawn")) and drawn is not None
    x, y = choose_digit("draw" if is_drawn else "digit", start, drawn, None), choose(end)
    found = hub.load_each(MAPS).values()
    models = [one for one in found if isinstance(one, hub.LoadedModel)]  # the map of another one says why
    return code_behind.between(models, x, y, seed, steps, NUM_RESAMPLES, view.PICTURE_SCALE)


def choose(index: float) -> Tensor:
    """A test digit (1, 1, 28, 28)."""
    return choose_digit("digit", index, None, None)
