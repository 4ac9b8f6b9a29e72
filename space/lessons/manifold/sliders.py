"""Twenty dimensions: one slider for each, the most informative first; computed in the browser."""

from typing import Any

import gradio as gr

from space.lessons.manifold import view
from space.lessons.manifold.work import DEEP, check_code
from space.page import code_behind, code_panels
from space.page.components import asset
from space.page.handlers import PRIVATE, friendly
from space.page.modules import module
from space.page.parts import part
from space.page.words import LATEX, i18n
from space.text.refusals import Problem
from space.weights import hub

MOST = 4
"""how far a slider goes, each way"""


class Sliders(gr.HTML):
    """The picture of a point z of DEEP, which is the `value`, and a slider for each dimension.

    `unfolded` says whether the code is to be seen, which it asks for by `coded`.
    """

    def __init__(self, value: Any = None, **kwargs: Any) -> None:
        super().__init__(
            value={"z": []},
            html_template=view.DEEP_MARKUP,
            css_template=asset("page/lesson.css", "lessons/manifold/digits.css"),
            js_on_load=module(
                "lessons/manifold/sliders.js",
                "coded",
                model=DEEP,
                words=view.DIGIT_WORDS,
                most=MOST,
                side=28 * view.PICTURE_SCALE,
            ),
            apply_default_css=False,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def build_sliders() -> None:
    """The sliders, and the snippet of their point."""
    with part("manifold.deep"):
        gr.Markdown(i18n("manifold.deep"), latex_delimiters=LATEX)
        sliders = Sliders(elem_id="manifold-deep", min_height=400)
        fold, snippet = code_panels.folded_snippet("manifold-deep-code")
        code_panels.tell_unfolded(fold, sliders)
        sliders.coded(friendly(show_code), sliders, snippet, trigger_mode="always_last", **PRIVATE)


def show_code(point: dict[str, Any]) -> str:
    """The snippet of a point, which is the value of `Sliders`."""
    if not isinstance(point, dict):
        raise Problem("request")
    loaded = hub.load(DEEP)
    (z,) = check_code(point.get("z"), loaded).tolist()
    return code_behind.point(loaded, z, view.PICTURE_SCALE, f"{DEEP}_point")
