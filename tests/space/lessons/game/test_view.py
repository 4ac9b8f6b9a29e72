"""The game tab's texts and markup; what runs in the browser is tested there."""

import re

import gradio as gr

from space.lessons.game import tab
from space.lessons.game.settings import PRESETS
from space.lessons.game.view import MARKUP
from space.page.components import asset
from space.page.modules import SOURCES

SCRIPT = asset(
    *(f"browser/{name}.js" for name in ("gan2d", "meter", "mixtures", "networks", "numbers")),
    *(path for path in SOURCES if path.startswith("lessons/game/")),
)


def test_every_text_that_the_game_uses_exists():
    used = set(re.findall(r'data-(?:text|label)="([\w.]+)"', MARKUP))
    used |= {
        key for call in re.findall(r"\btext\(([^)]*)\)", SCRIPT) for key in re.findall(r'"([\w.]+)"', call)
    }
    used |= {f"{name}.what" for name in PRESETS} | {f"{name}.remedy" for name in PRESETS[1:]}
    assert {"jsd.note", "pause", "run", "stands", "sgd", "applied"} <= used
    assert used <= tab.WORDS["ko"].keys()


def test_markup_is_no_template():
    """Gradio would fill in `${...}` and `{{...}}`, and draw the canvases anew with each change."""
    assert "${" not in MARKUP and "{{" not in MARKUP


def test_the_tab_asks_nothing_of_the_server():
    with gr.Blocks() as demo, gr.Tabs():
        tab.build()
    assert demo.fns == {}
    assert not re.search(r"\b(fetch|server|trigger|upload|XMLHttpRequest)\b *[(.]", SCRIPT)
