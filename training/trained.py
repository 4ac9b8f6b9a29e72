"""The model in a folder that a run has left, read again, or as the start of another run."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import nn

from space.models import FAMILIES, load
from space.weights.hub import BUNDLED
from space.weights.model_folder import ModelUnavailable, load_folder
from training.errors import TrainingError, one_line


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


def start_weights(config: Any, model: nn.Module) -> None:
    """Give `model` the weights that the `LoopConfig` names, unless a checkpoint goes on with the run.

    Raises `TrainingError` if there are none, or if they are of another family or other shapes.
    """
    if config.pretrained_model_name_or_path and not config.resume_from_checkpoint:
        mix_weights(model, 0.0, config.pretrained_model_name_or_path)


def mix_weights(
    model: nn.Module, share: float, name: str, flag: str = "pretrained_model_name_or_path"
) -> None:
    """Keep this `share` of the weights of `model`, the rest from the model `name`, which a `flag` gave.

    Raises `TrainingError` as `start_weights` does.
    """
    try:
        start = load(name)
        if type(start) is not type(model):
            raise ValueError(f"it holds {type(start).__name__}, the run trains {type(model).__name__}")
        before = start.state_dict()
        if share:
            now = model.state_dict()
            before = {key: torch.lerp(old.to(now[key]), now[key], share) for key, old in before.items()}
        model.load_state_dict(before)
    except (ValueError, TypeError, OSError, RuntimeError, SafetensorError) as error:
        raise TrainingError(f"--{flag} {name}: {one_line(error)}") from error
