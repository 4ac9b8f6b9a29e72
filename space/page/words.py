"""Texts on the page in the visitor's language: components by `i18n`, pieces of HTML by `words`."""

import re
from html import escape
from typing import Any

import gradio as gr

from space.page.model_texts import LABELS
from space.text import TEXT, filled

INDEXED = re.compile(r"([GD])_(AB|BA|A|B)(?![A-Za-z])")
"""a network of two domains, in a text; dom.js has the same"""
SUBSCRIPT = r"<i>\1</i><sub>\2</sub>"
FORMULA = re.compile(r"(?<![$\\])(\$[^$\n]+\$)(?=[가-힣.,:;?!)])")
"""a formula in a line, and what belongs to it: a line could end between them"""
WORD_JOINER = "\u2060"
TEXTS = TEXT | LABELS
"""key -> (English, Korean): all that the page says"""


def words(key: str, **values: object) -> str:
    """The text `key` in both languages; theme.css shows the page's one.

    Gradio translates a value only as a whole, so that text within markup has to bring both.
    """
    return "".join(
        f'<span lang="{language}">{INDEXED.sub(SUBSCRIPT, escape(text))}</span>'
        for language, text in zip(("en", "ko"), filled(TEXTS[key], **values))
    )


def component_words(prefix: str, *others: str) -> dict[str, dict[str, str]]:
    """The texts whose keys begin with `prefix`, for a component whose script picks the language.

    `others` are whole keys of more texts, which keep them.

    {"en": {key without the prefix: text}, "ko": ...}
    """
    found = {key.removeprefix(prefix): texts for key, texts in TEXT.items() if key.startswith(prefix)}
    found |= {key: TEXT[key] for key in others}
    return {
        language: {key: texts[index] for key, texts in found.items()}
        for index, language in enumerate(("en", "ko"))
    }


class _PageTexts(gr.I18n):
    """Refuses an unknown key at once: Gradio would show the key to the visitor.

    The page is sent the texts that components name while it is built, a seventh of all. What a handler names
    later has to be among them.
    """

    def __call__(self, key: str) -> Any:
        for language, text in zip(("en", "ko"), TEXTS[key]):
            self.translations[language][key] = FORMULA.sub(rf"\1{WORD_JOINER}", text)
        return super().__call__(key)


i18n = _PageTexts(en={}, ko={})
"""`i18n(key)` as a label or value is translated in the visitor's browser."""
LATEX = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]
