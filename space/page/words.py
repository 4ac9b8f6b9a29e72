"""Texts on the page in the visitor's language: components by `i18n`, pieces of HTML by `words`."""

from html import escape

import gradio as gr

from space.text import TEXT, fill


def words(key: str, **values: object) -> str:
    """The text `key` in both languages; theme.css shows the page's one.

    Gradio translates a value only as a whole, so that text within markup has to bring both.
    """
    return "".join(
        f'<span lang="{language}">{escape(text)}</span>'
        for language, text in zip(("en", "ko"), fill(key, **values))
    )


def component_words(prefix: str) -> dict[str, dict[str, str]]:
    """The texts whose keys begin with `prefix`, for a component whose script picks the language.

    {"en": {key without the prefix: text}, "ko": ...}
    """
    found = {key.removeprefix(prefix): texts for key, texts in TEXT.items() if key.startswith(prefix)}
    return {
        language: {key: texts[index] for key, texts in found.items()}
        for index, language in enumerate(("en", "ko"))
    }


i18n = gr.I18n(
    en={key: english for key, (english, _) in TEXT.items()},
    ko={key: korean for key, (_, korean) in TEXT.items()},
)
"""`i18n(key)` as a label or value is translated in the visitor's browser."""
LATEX = [{"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]
