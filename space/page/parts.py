"""Parts of a lesson: on a phone each is folded until its title is touched, so that a lesson has few screens.

On a wider screen nothing is folded, and the titles that unfold are not there. theme.css does it all.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

import gradio as gr

from space.page.words import LATEX, i18n
from space.text import TEXT


@contextmanager
def part(key: str, **column: Any) -> Iterator[gr.Column]:
    """A part under the title of the text `key`; `column` goes to the `gr.Column` around it."""
    with gr.Column(elem_classes="part", **column) as whole:
        gr.HTML(_fold(key), elem_classes="fold", padding=False)
        yield whole


def part_of_html(key: str, content: str) -> str:
    """The same for a piece of HTML, which begins with its heading."""
    return f'<section class="part"><div class="fold">{_fold(key)}</div>{content}</section>'


def _fold(key: str) -> str:
    titles = "".join(
        f'<span lang="{language}">{escape(_title(text))}</span>'
        for language, text in zip(("en", "ko"), TEXT[key])
    )
    return f"<details><summary><h2>{titles}</h2></summary></details>"


def hints(key: str, **markdown: Any) -> gr.Markdown:
    """The text `key` as a part of its own: what is read after the lesson."""
    with part(key):
        return gr.Markdown(i18n(key), latex_delimiters=LATEX, elem_classes="reading", **markdown)


def _title(text: str) -> str:
    """A text's heading, or what it begins with in bold."""
    found = re.match(r"#+ (.+)|\*\*(.+?)\.?\*\*", text)
    return (found[1] or found[2]) if found else text
