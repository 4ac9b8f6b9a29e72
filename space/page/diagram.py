"""What the diagrams of models are drawn from: the bundled configs, which come with the page, and words."""

import json
from collections.abc import Iterable
from typing import Any

from space.models import MODELS
from space.page.words import component_words
from space.weights.hub import BUNDLED

FIGURE = '<figure class="diagram" hidden></figure>'
"""where diagram.js draws"""


def drawn_from(names: Iterable[str]) -> dict[str, Any]:
    """For a script that draws the models `names`: `words`, and of each its `family` and `config`.

    A model that comes from the Hub is drawn again from its own config, once the browser has it.
    """
    models = {
        name: {
            "family": MODELS[name].__name__,
            "config": json.loads((BUNDLED / name / "config.json").read_bytes()),
        }
        for name in names
    }
    return {"words": component_words("diagram."), "models": models}
