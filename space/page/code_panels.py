"""Where a tab shows the code behind its pictures: folds with snippets (code_behind.py) or with a module."""

import inspect
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import gradio as gr

from space.page.handlers import PRIVATE, friendly
from space.page.words import LATEX, i18n


def source_panel(module: ModuleType, lesson: str) -> None:
    """A lesson's mathematics in Python, folded: the source of its module, below the text `LESSON.code`."""
    with gr.Accordion(i18n("code.title"), open=False, elem_id=f"{lesson}-code"):
        gr.Markdown(i18n(f"{lesson}.code"), latex_delimiters=LATEX)
        gr.Code(inspect.getsource(module), language="python", interactive=False, show_label=False)


def folded_snippet(elem_id: str) -> tuple[gr.Accordion, gr.Code]:
    """Where a tab shows the snippet behind its pictures: the accordion, and the code in it."""
    with gr.Accordion(i18n("code.title"), open=False, elem_id=elem_id) as fold:
        gr.Markdown(i18n("code.hint"))
        snippet = gr.Code(
            language="python",
            interactive=False,
            container=False,
            label=i18n("code.title"),
            show_label=False,
            show_line_numbers=False,
        )
    return fold, snippet


def follow_place(
    shown: gr.HTML,
    fold: gr.Accordion,
    snippet: gr.Code,
    function: Callable[..., str],
    selector: str,
    chosen: Sequence[Any] = (),
) -> None:
    """The snippet, by `function`, follows what the script of `shown` says that it shows: `place()` of the
    parent of what `selector` finds, null while that is nothing; then the values of `chosen`.

    Read when the call is made: of several moves Gradio makes one call, without the data of the moves.
    """
    place = f"document.querySelector('{selector}').parentElement.place?.() ?? null"
    js, inputs = f"(_, ...chosen) => [{place}, ...chosen]", [gr.JSON(visible=False), *chosen]
    for event in (shown.moved, fold.expand):
        event(friendly(function), inputs, snippet, js=js, trigger_mode="always_last", **PRIVATE)


def tell_unfolded(fold: gr.Accordion, component: gr.HTML) -> None:
    """Keep the prop `unfolded` of a component true while the accordion is open."""
    for event, state in ((fold.expand, "true"), (fold.collapse, "false")):
        js = f"() => ({{ __type__: 'update', props: {{ unfolded: {state} }} }})"
        event(None, None, component, js=js, **PRIVATE)
