"""One model folder: which files it has, and a model built from it after every part was checked."""

import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as safetensors_save
from torch import nn
from torch.overrides import TorchFunctionMode

from space.models import FAMILIES, config_class_of, family_of
from space.text import why
from space.text.limits import MAX_CONFIG_BYTES

REQUIRED = ["config.json", "model.safetensors"]
"""what a model is built from"""
OPTIONAL = ["latents.csv", "training.json", "counting.safetensors"]
"""what a complete model folder may lack"""
FILES = [*REQUIRED, "README.md", "metrics.json", "history.csv", "samples/*.png", *OPTIONAL]
"""a model folder, as patterns; whatever else a repository or a folder has is left there"""


class ModelUnavailable(Exception):
    """A model that cannot be loaded.

    `reason` says why: half a sentence of `space.text.why`, or, in English, what is wrong within a file.
    """

    def __init__(self, repo_id: str, reason: str) -> None:
        self.repo_id, self.reason = repo_id, reason
        super().__init__(f"{repo_id}: {reason}")


class _Unfilled(TorchFunctionMode):
    """Leaves new weights as they are: random ones on the meta device would import 150 MB of compilers."""

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        values = kwargs or {}
        fills = getattr(function, "__module__", None) == "torch.nn.init"
        return values["tensor"] if fills else function(*args, **values)


def load_folder(model_class: type[nn.Module], folder: Path) -> nn.Module:
    """The model of a model folder, in `eval()` and without gradients of its weights.

    Raises `ModelUnavailable` where `config.json` and `model.safetensors` do not make up a `model_class`.
    Names and shapes are compared before any memory is spent on the weights.
    """
    try:
        for required in REQUIRED:
            if not (folder / required).is_file():
                raise ValueError(f"{required} is missing")
        config = read_config(config_class_of(model_class), folder / "config.json")
        with torch.device("meta"), _Unfilled():
            wanted = {key: list(value.shape) for key, value in model_class(config).state_dict().items()}
        with safe_open(folder / "model.safetensors", framework="pt") as file:
            found = {key: file.get_slice(key).get_shape() for key in sorted(file.keys())}
        if missing := wanted.keys() - found.keys():
            raise ValueError(f"model.safetensors lacks {min(missing)}")
        if unknown := found.keys() - wanted.keys():
            raise ValueError(f"model.safetensors has {min(unknown)[:40]!r}, which is no part of the model")
        for key, shape in wanted.items():
            if found[key] != shape:
                raise ValueError(
                    f"{key} in model.safetensors is {found[key]!s:.60}, by config.json it is {shape}"
                )
        with torch.inference_mode(False):  # a visitor's handler runs in it, and the weights would inherit it
            model = model_class.from_pretrained(folder, strict=True).eval().requires_grad_(False)
        if not all(value.isfinite().all() for value in model.state_dict().values()):
            raise ValueError("model.safetensors holds numbers that are not finite")
    except SafetensorError as error:
        reason = f"model.safetensors is cut off or damaged ({error!s:.160})"
        raise ModelUnavailable(folder.name, reason) from error
    except ValueError as error:
        raise ModelUnavailable(folder.name, str(error)) from error
    return model


class _Duplicate(ValueError):
    """A key that a JSON object has twice."""


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of `config.json`: readers differ in which of two values with one key they take."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise _Duplicate("config.json has a key twice")
    return values


def _read_values(path: Path) -> dict[str, object]:
    """The fields in a `config.json`, whosever they are; `ValueError` if it holds none."""
    if path.stat().st_size > MAX_CONFIG_BYTES:
        raise ValueError(f"config.json has {path.stat().st_size} bytes; at most {MAX_CONFIG_BYTES} are read")
    try:
        values = json.loads(path.read_bytes(), object_pairs_hook=_no_duplicates)
    except _Duplicate:
        raise
    except (ValueError, RecursionError) as error:
        raise ValueError(f"config.json is not JSON ({error})") from error
    if not isinstance(values, dict):
        raise ValueError("config.json is not a JSON object")
    return values


def family_in(folder: Path) -> type[nn.Module]:
    """The family of a model folder, by the fields of its config; raises `ModelUnavailable` if it has none."""
    try:
        family = family_of(_read_values(folder / "config.json").keys())
    except OSError as error:
        raise ModelUnavailable(folder.name, "config.json is missing") from error
    except ValueError as error:
        raise ModelUnavailable(folder.name, str(error)) from error
    if family is None:
        names = ", ".join(family.__name__ for family in FAMILIES)
        raise ModelUnavailable(folder.name, why("no_family", names=names))
    return family


def read_config(config_class: type, path: Path) -> object:
    """The config dataclass of a `config.json`; `ValueError` for what does not belong there."""
    values = _read_values(path)
    known = {field.name: field for field in fields(config_class)}
    for key, value in values.items():
        if key not in known:
            raise ValueError(f"config.json has the unknown key {key[:40]!r}")
        default = known[key].default
        if default is not MISSING and type(value) is not type(default):
            raise ValueError(
                f"in config.json {key} is {value!r:.60}; its type must be {type(default).__name__}"
            )
    try:
        return config_class(**values)
    except ValueError as error:
        raise ValueError(f"in config.json {error!s:.160}") from error


def packed_weights(model: nn.Module) -> bytes:
    """The weights in memory as a safetensors file."""
    return safetensors_save({key: value.contiguous() for key, value in model.state_dict().items()})
