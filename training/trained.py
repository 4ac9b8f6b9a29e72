"""The model in a folder that a run has left."""

import json
from pathlib import Path
from typing import Any

from torch import nn

from space.models import FAMILIES
from space.weights.hub import BUNDLED
from space.weights.model_folder import ModelUnavailable, load_folder
from training.errors import TrainingError


def folder_of(model: str) -> Path:
    """A model folder, by its path or by the name of one under space/pretrained/."""
    folder = Path(model) if Path(model).is_dir() else BUNDLED / model
    if not (folder / "training.json").exists():
        raise TrainingError(f"{folder} is no model folder: it has no training.json")
    return folder


def read_trained(folder: Path) -> tuple[nn.Module, dict[str, Any]]:
    """The model of a folder, and the content of its training.json; raises `TrainingError`."""
    facts = json.loads((folder / "training.json").read_text())
    families = {family.__name__: family for family in FAMILIES}
    if facts["family"] not in families:
        raise TrainingError(f"{folder} holds a {facts['family']}, which space.models.FAMILIES does not name")
    try:
        return load_folder(families[facts["family"]], folder), facts
    except ModelUnavailable as error:
        raise TrainingError(str(error)) from error
