"""One kind of error for what a visitor can put right."""

from typing import Any

from space.text import say


class Problem(ValueError):
    """Something a visitor can put right: `key` of `space.text.problems`, and the values in its sentence.

    `str()` is the English sentence; the tabs say it in the visitor's language.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = f"problem.{key}", values
        super().__init__(say(self.key, **values))


def check_number(name: str, value: Any, least: float, most: float) -> float:
    """`value` if it is a number in [least, most], else a `Problem`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Problem("number", name=name, value=str(value)[:40], least=least, most=most)
    return value
