"""All models that a lesson can offer: those of the lab, and sound folders of `MODELS_DIR` as found at start.

A folder that bears a name which is taken is called `own-NAME`. A repository that a visitor has
opened has no place here, but its id is understood by `load_any`.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from torch import nn

from space.models import MODELS, config_class_of
from space.text.refusals import Problem
from space.weights import hub, own
from space.weights.hub import BUNDLED, LoadedModel
from space.weights.model_folder import ModelUnavailable, family_in, read_config

TAKEN = {*MODELS, "nothing", "family", "all", "velocity", "noise", "flow"}
"""names that a folder cannot have in the lessons: those of the lab's models, and what menus have besides"""


class Entry(NamedTuple):
    family: type[nn.Module]
    folder: Path


def _own_entries() -> dict[str, Entry]:
    """Name -> what is in each folder of `MODELS_DIR`; the log says why one of them is left out."""
    found = {}
    for folder_name, folder in own.folders().items():
        try:
            family = family_in(folder)
            read_config(config_class_of(family), folder / "config.json")
        except (ModelUnavailable, ValueError, OSError) as error:
            logging.getLogger(__name__).warning("%s is not offered in the lessons: %s", folder, error)
            continue
        found[f"own-{folder_name}" if folder_name in TAKEN else folder_name] = Entry(family, folder)
    return found


OWN = _own_entries()
"""folders of `MODELS_DIR` by the name that lessons have for them"""
TABLE = {name: Entry(family, BUNDLED / name) for name, family in MODELS.items()} | OWN
"""name -> entry of every model that a lesson may offer"""


def models_that(*methods: str, **config: Any) -> list[str]:
    """Names of the models whose class has one of `methods`; of the folders only those whose config has these
    values of `config`."""

    def fits(name: str) -> bool:
        known = config_of(name)
        return name not in OWN or all(getattr(known, key) == value for key, value in config.items())

    return [
        name
        for name, entry in TABLE.items()
        if any(hasattr(entry.family, method) for method in methods) and fits(name)
    ]


def config_of(name: str) -> Any:
    """The config in the folder of a model; without a sound one, the defaults of its family."""
    config_class = config_class_of(TABLE[name].family)
    try:
        return read_config(config_class, TABLE[name].folder / "config.json")
    except (OSError, ValueError):
        return config_class()


def load(name: str, *able_to: str) -> LoadedModel:
    """The model `name` of `TABLE`; raises what `hub.load` raises."""
    if name not in OWN:
        return hub.load(name, *able_to)
    return _able(own.from_folder(name, OWN[name].folder), able_to)


def load_any(name: str, *able_to: str) -> LoadedModel:
    """As `load`, but `name` may also be the id of a repository that was opened lately."""
    return _able(own.opened(name), able_to) if own.is_id(name) else load(name, *able_to)


def load_each(names: Sequence[str]) -> dict[str, LoadedModel | ModelUnavailable]:
    """Each model of `names`, or why it is unavailable, as `hub.load_each` has it."""
    ours = [name for name in names if name not in OWN]
    found = hub.load_each(ours) if ours else {}
    for name in names:
        if name in OWN:
            try:
                found[name] = load(name)
            except ModelUnavailable as error:
                found[name] = error
    return {name: found[name] for name in names}


def _able(loaded: LoadedModel, able_to: tuple[str, ...]) -> LoadedModel:
    if able_to and not any(hasattr(loaded.model, method) for method in able_to):
        raise Problem("not_able", model=loaded.name)
    return loaded
