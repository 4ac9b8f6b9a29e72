"""One kind of error for what a visitor can put right."""

from collections.abc import Callable
from functools import wraps


class Problem(ValueError):
    """Something a visitor can put right: a key of `space.text.problems` and the values for its sentence."""

    def __init__(self, key: str, **values: object) -> None:
        from space.text.problems import TEXT

        self.key = f"problem.{key}"
        self.values = values
        super().__init__(TEXT[self.key][0].format(**values))
