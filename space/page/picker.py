"""A group of radio buttons, each a picture."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import gradio as gr

from space.page.modules import module


class Option(NamedTuple):
    number: int
    label: str
    """name of the button for screen readers"""
    style: str
    """CSS that says where the sprite has the button's picture"""


class Picker(gr.HTML):
    """Its value is the number on the checked button; `picker.js` is its script, or part of it.

    Each picker on the page needs a `name` of its own: its radio buttons are a group by it.
    """

    def __init__(
        self,
        value: int,
        name: str,
        options: Iterable[Option],
        css_class: str,
        script: str = "page/picker.js",
        **kwargs: Any,
    ) -> None:
        # native radio buttons: one tab stop, arrow keys, and names for screen readers
        buttons = "".join(
            f'<label style="{style}"><input type="radio" name="{name}" value="{number}" '
            f'aria-label="{label}"{" checked" if number == value else ""}></label>'
            for number, label, style in options
        )
        super().__init__(
            value=value,
            html_template=f'<div class="{css_class}" role="radiogroup">{buttons}</div>',
            js_on_load=module(script, "ready", "pick"),
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        """A number, where `gr.HTML` holds a string."""
        return {"type": "integer"}
