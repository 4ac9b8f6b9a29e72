"""All that the app says, in Korean and English: one module a tab, each with a dict `TEXT`.

`TEXT` maps a key to (English, Korean). `space.page.words.i18n` hands it to Gradio, which translates what is
on the page in the visitor's browser; the text of an error is not translated there, so that `say` picks
a language.

It may import no other room.
"""

from space.text import (
    classify,
    diffusion,
    ending,
    families,
    game,
    generate,
    heights,
    lecture,
    lecture_notes,
    manifold,
    models,
    page,
    pixels,
    problems,
    reconstruct,
    timeline,
    translate,
    tree,
    tree_families,
)

TEXT = {
    **page.TEXT,
    **families.TEXT,
    **problems.TEXT,
    **lecture.TEXT,
    **lecture_notes.TEXT,
    **ending.TEXT,
    **heights.TEXT,
    **classify.TEXT,
    **tree.TEXT,
    **tree_families.TEXT,
    **pixels.TEXT,
    **reconstruct.TEXT,
    **manifold.TEXT,
    **generate.TEXT,
    **timeline.TEXT,
    **game.TEXT,
    **translate.TEXT,
    **diffusion.TEXT,
    **models.TEXT,
}


class Reason(str):
    """Why something cannot be had, half a sentence: in English, for logs and endpoints, and in Korean."""

    korean: str


def why(key: str, **values: object) -> Reason:
    """The half sentence `reason.<key>` with `{name}` filled in from `values`."""
    english, korean = fill(f"reason.{key}", **values)
    reason = Reason(english)
    reason.korean = korean
    return reason


def fill(key: str, **values: object) -> tuple[str, str]:
    """The text `key` with `{name}` filled in from `values`, in English and in Korean."""
    return filled(TEXT[key], **values)


def filled(texts: tuple[str, str], **values: object) -> tuple[str, str]:
    """English and Korean with `{name}` filled in from `values`."""
    english, korean = texts
    in_korean = {name: getattr(value, "korean", value) for name, value in values.items()}
    return english.format(**values), korean.format(**in_korean)


def say(key: str, accept_language: str = "", **values: object) -> str:
    """The sentence `key` with `{name}` filled in from `values`.

    In Korean where `accept_language` (the request's header) asks for Korean first, else in English.
    """
    korean = accept_language.strip().lower().startswith("ko")
    return fill(key, **values)[korean]
