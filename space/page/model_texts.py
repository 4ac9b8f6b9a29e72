"""What the page says of each model: its labels, and which texts of its family are about it.

Both follow from the config in its bundled folder, so that a model needs no text of its own.
"""

from typing import Any

from space.models import MODELS, config_class_of, models_that
from space.text import families
from space.weights.hub import BUNDLED
from space.weights.model_folder import read_config


def _config(name: str) -> Any:
    """The config in the bundled folder of a model; without one, the defaults of its family."""
    config_class = config_class_of(MODELS[name])
    try:
        return read_config(config_class, BUNDLED / name / "config.json")
    except (OSError, ValueError):
        return config_class()


_CONFIGS = {name: _config(name) for name in MODELS}
DOMAINS = {name: (_CONFIGS[name].domain_a, _CONFIGS[name].domain_b) for name in models_that("translate")}
"""the names of the domains of each model that translates"""


def _kind_and_size(name: str) -> tuple[str, int | None]:
    return _CONFIGS[name].describe().kind, getattr(_CONFIGS[name], "latent_dim", None)


LABELS = {
    key: label
    for name in MODELS
    for key, label in zip(
        (f"model.{name}", f"model.{name}.full"), families.labels_of(*_kind_and_size(name), DOMAINS.get(name))
    )
}
"""`model.<name>` is the label of a model within its family, `model.<name>.full` that beside other families"""


def text_about(name: str, topic: str) -> str:
    """The key of the text on a topic of `space.text.families` that is about the model `name`."""
    kind, latent_dim = _kind_and_size(name)
    return families.key_of(kind, topic, latent_dim)
