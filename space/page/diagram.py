"""What diagrams of models are drawn from: configs of model folders, and words, which come with the page."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from space.page.words import component_words
from space.weights.table import TABLE, config_of

FIGURE = '<figure class="diagram" hidden></figure>'
"""where diagram.js draws"""


def drawn_from(names: Iterable[str]) -> dict[str, Any]:
    """For a script that draws the models `names`: `words`, and of each its `family` and `config`.

    A model that comes from the Hub is drawn again from its own config, once the browser has it.
    """
    models = {
        name: {
            "family": TABLE[name].family.__name__,
            "config": asdict(config_of(name)),
        }
        for name in names
    }
    return {"words": component_words("diagram."), "models": models}
