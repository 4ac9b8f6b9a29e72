"""All that the app says, in Korean and English: one module a tab, each with a dict `TEXT`.

`TEXT` maps a key to (English, Korean). `space.tabs.i18n` hands it to Gradio, which translates what is on the
page in the visitor's browser; the text of an error is not translated there, so that `say` picks a language.
"""

from space.text import (
    app,
    game,
    generate,
    lecture,
    manifold,
    models,
    problems,
    reconstruct,
    timeline,
    translate,
)

TEXT = {
    **app.TEXT,
    **problems.TEXT,
    **lecture.TEXT,
    **reconstruct.TEXT,
    **manifold.TEXT,
    **generate.TEXT,
    **timeline.TEXT,
    **game.TEXT,
    **translate.TEXT,
    **models.TEXT,
}


def say(key: str, accept_language: str = "", **values: object) -> str:
    """The sentence `key` with `{name}` filled in from `values`.

    In Korean where `accept_language` (the request's header) asks for Korean first, else in English.
    """
    korean = accept_language.strip().lower().startswith("ko")
    return TEXT[key][korean].format(**values)
