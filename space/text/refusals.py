"""One kind of error for what a visitor can put right."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

from space.text import say
from space.text.limits import MAX_SAID

MOST_NAMED = 8
"""models that a sentence names"""


class Problem(ValueError):
    """Something a visitor can put right: `key` of `space.text.problems`, and the values in its sentence.

    `str()` is the English sentence, `said` that in the visitor's language. The values may be a visitor's:
    they are cut and made printable, but for `allowed`, which is ours.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key = f"problem.{key}"
        self.values = {
            name: value if name == "allowed" else printable(value) for name, value in values.items()
        }
        super().__init__(self.said())

    def said(self, accept_language: str = "") -> str:
        """Its sentence in the language that a request's header asks for."""
        return say(self.key, accept_language, **self.values)


def nearest(name: object, names: Iterable[str]) -> str:
    """The names that are most like `name`, as many as a sentence has room for, and whether there are more."""
    alike = sorted(names, key=lambda other: -SequenceMatcher(None, str(name)[:MAX_SAID], other).ratio())
    return ", ".join(alike[:MOST_NAMED]) + (", …" if len(alike) > MOST_NAMED else "")


def printable(value: object) -> object:
    """A number of usual length, or the beginning of any other value as text, without what could break a
    line, its encoding or its direction."""
    if isinstance(value, int | float) and abs(value) < 1e18:
        return value
    text = str(value)
    text = text if len(text) <= MAX_SAID else text[:MAX_SAID] + "…"
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def check_number(name: str, value: Any, least: float, most: float) -> float:
    """`value` if it is a number in [least, most], else a `Problem`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Problem("number", name=name, value=value, least=least, most=most)
    return value


def check_whole(name: str, value: Any, least: int, most: int) -> int:
    """`value` if it is a whole number in [least, most], else a `Problem`."""
    if check_number(name, value, least, most) != int(value):
        raise Problem("number", name=name, value=value, least=least, most=most)
    return int(value)
