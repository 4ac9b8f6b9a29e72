"""All that the app says, in Korean and English: one module a tab, each with a dict `TEXT`.

`TEXT` maps a key to (English, Korean). What is on the page when it loads is given as `i18n(key)` and is
translated in the visitor's browser; Gradio translates components' values and labels so, but not the text of
an error, so that `say` picks the language of the request there.
"""

import gradio as gr

from space.text import app, manifold, models, problems, reconstruct

TEXT = {**app.TEXT, **problems.TEXT, **reconstruct.TEXT, **manifold.TEXT, **models.TEXT}

i18n = gr.I18n(
    en={key: english for key, (english, _) in TEXT.items()},
    ko={key: korean for key, (_, korean) in TEXT.items()},
)


def language(request: gr.Request | None) -> str:
    """'ko' where the browser asks for Korean first, else 'en'."""
    accepted = request.headers.get("accept-language", "") if request else ""
    return "ko" if accepted.strip().lower().startswith("ko") else "en"


def say(key: str, request: gr.Request | None = None, **values: object) -> str:
    """The sentence `key` in the visitor's language, with `{name}` filled in from `values`."""
    return TEXT[key][language(request) == "ko"].format(**values)
