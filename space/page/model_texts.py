"""What the page says of each model: its labels, and which texts of its family are about it.

Both follow from the config in its bundled folder, so that a model needs no text of its own.
"""

from space.models import MODELS, config_class_of
from space.text import families
from space.weights.hub import BUNDLED
from space.weights.model_folder import read_config


def _kind_and_size(name: str) -> tuple[str, int | None]:
    """The kind of texts and the latent size of a model; without a bundled config, those of its family."""
    config_class = config_class_of(MODELS[name])
    try:
        config = read_config(config_class, BUNDLED / name / "config.json")
    except (OSError, ValueError):
        return config_class().describe().kind, None
    return config.describe().kind, getattr(config, "latent_dim", None)


_KINDS = {name: _kind_and_size(name) for name in MODELS}
LABELS = {
    key: label
    for name, kind_and_size in _KINDS.items()
    for key, label in zip((f"model.{name}", f"model.{name}.full"), families.labels_of(*kind_and_size))
}
"""`model.<name>` is the label of a model within its family, `model.<name>.full` that beside other families"""


def text_about(name: str, topic: str) -> str:
    """The key of the text on a topic of `space.text.families` that is about the model `name`."""
    kind, latent_dim = _KINDS[name]
    return families.key_of(kind, topic, latent_dim)
