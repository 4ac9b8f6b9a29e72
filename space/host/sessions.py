"""What the server remembers of a visitor: a small session in place of Gradio's.

Gradio copies the configuration of the whole page, 600 kB, for each of 10,000 sessions, and each call of the
API is a session.
"""

from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio.state_holder import SessionState, StateHolder


class Session(SessionState):
    """The values of `gr.State` and the components that events have changed.

    Left out are the configuration of the page and the values shown on it, which `gr.DeepLinkButton` reads.
    """

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks=()))

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


class Sessions(StateHolder):
    """All `Session`s."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)


def use_small_sessions(app: Any) -> None:
    """Give a running Gradio app `Sessions`."""
    app.state_holder = Sessions()
    app.state_holder.set_blocks(app.get_blocks())
