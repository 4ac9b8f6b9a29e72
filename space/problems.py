"""One kind of error for what a visitor can put right."""

from space.text import say


class Problem(ValueError):
    """Something a visitor can put right: `key` of `space.text.problems`, and the values in its sentence.

    `str()` is the English sentence; the tabs say it in the visitor's language.
    """

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = f"problem.{key}", values
        super().__init__(say(self.key, **values))
