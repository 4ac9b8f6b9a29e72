"""What the page says of each model: its labels, and which texts of its family are about it.

Both follow from the config in its folder, so that a model needs no text of its own. The label of an
operator's own model begins with the name of its folder.
"""

from typing import Any

from space.text import families
from space.weights.table import OWN, TABLE, config_of, models_that

_CONFIGS = {name: config_of(name) for name in TABLE}
DOMAINS = {name: (_CONFIGS[name].domain_a, _CONFIGS[name].domain_b) for name in models_that("translate")}
"""the names of the domains of each model that translates"""


def _kind_and_size(config: Any) -> tuple[str, int | None]:
    return config.describe().kind, getattr(config, "latent_dim", None)


def _labels(name: str) -> tuple[tuple[str, str], ...]:
    """The two pairs of `LABELS`."""
    pairs = families.labels_of(*_kind_and_size(_CONFIGS[name]), DOMAINS.get(name))
    return tuple(tuple(f"{name} · {label}" for label in pair) for pair in pairs) if name in OWN else pairs


LABELS = {
    key: label for name in TABLE for key, label in zip((f"model.{name}", f"model.{name}.full"), _labels(name))
}
"""`model.<name>` is the label of a model within its family, `model.<name>.full` that beside other families"""


def text_about(name: str, topic: str) -> str:
    """The key of the text on a topic of `space.text.families` that is about the model `name`."""
    return text_for(_CONFIGS[name], topic)


def text_for(config: Any, topic: str) -> str:
    """The same about any model with this config."""
    kind, latent_dim = _kind_and_size(config)
    return families.key_of(kind, topic, latent_dim)
