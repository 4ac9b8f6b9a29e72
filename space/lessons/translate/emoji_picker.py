"""The picker of examples: test pictures of a model."""

from typing import Any

from space.models.cyclegan import Direction
from space.page.picker import Picker


class EmojiPicker(Picker):
    """The examples of the domain that is translated; its value is an index into those of the `model`.

    Its script makes the buttons, once the server has told what the examples of the model are.
    """

    def __init__(self, value: int = 0, model: str = "", direction: Direction = "ab", **kwargs: Any) -> None:
        super().__init__(
            value,
            "test-emoji",
            [],
            "emoji-picker",
            script="lessons/translate/emoji_picker.js",
            model=model,
            direction=direction,
            **kwargs,
        )
