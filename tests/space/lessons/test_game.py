"""The game tab's texts and markup; what runs in the browser is tested there."""

import re

import gradio as gr

from space.lessons.game import tab as game


def test_every_text_that_the_game_uses_exists():
    used = set(re.findall(r'data-(?:text|label)="([\w.]+)"', game.MARKUP))
    used |= {
        key
        for call in re.findall(r"\btext\(([^)]*)\)", game.SCRIPT)
        for key in re.findall(r'"([\w.]+)"', call)
    }
    used |= {f"{name}.what" for name in game.PRESETS} | {f"{name}.remedy" for name in game.PRESETS[1:]}
    assert {"jsd.note", "pause", "run", "stands", "sgd", "applied"} <= used
    assert used <= game.WORDS["ko"].keys()


def test_markup_is_no_template():
    """Gradio would fill in `${...}` and `{{...}}`, and draw the canvases anew with each change."""
    assert "${" not in game.MARKUP and "{{" not in game.MARKUP


def test_the_tab_asks_nothing_of_the_server():
    with gr.Blocks() as demo, gr.Tabs():
        game.build()
    assert demo.fns == {}
    assert not re.search(r"\b(fetch|server|trigger|upload|XMLHttpRequest)\b *[(.]", game.SCRIPT)
