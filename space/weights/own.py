"""Models that are not in the lab's table: folders of this machine, and repositories that a visitor names.

`MODELS_DIR` names a folder of model folders, such as `runs`, or one model folder. A repository is anybody's:
its files are checked like those of the lab's own, the access token of this machine is not shown to it, and
its copy lies in a folder that goes with the process. What family a model is of, its config tells.
"""

import os
import re
import shutil
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from threading import Lock

from huggingface_hub import constants
from huggingface_hub.errors import HfHubHTTPError
from torch import nn

from space.text import why
from space.text.refusals import Problem, nearest
from space.weights.attempt import Attempt
from space.weights.hub import DEADLINE_SECONDS, REMEMBER_SECONDS, LoadedModel, download, explain
from space.weights.model_folder import REQUIRED, ModelUnavailable, family_in, load_folder

SECONDS = 120.0
"""how long a repository may take to arrive"""
KEPT = 4
"""models of visitors that are kept, in memory and on disk; the one that was opened first goes first"""
PART = r"[\w.-]+"
ADDRESS = re.compile(
    rf"(?:(?P<kind>datasets|spaces)/)?(?P<id>{PART}/{PART})(?:/(?:tree|blob|resolve)/(?P<at>[^/]+).*)?"
)
"""what follows the Hub's host in the address of a repository"""


@dataclass(frozen=True)
class _Kept:
    """A repository's model, and when it came."""

    loaded: LoadedModel
    since: float
    place: Path


_kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
_lock = Lock()


def models_dir() -> Path | None:
    """The folder that `MODELS_DIR` names; None if it names none."""
    named = os.environ.get("MODELS_DIR", "").strip()
    return Path(named).expanduser() if named else None


def folders() -> dict[str, Path]:
    """Name -> model folder of `MODELS_DIR`, as they are now: those that have weights, by their names."""
    root, found = models_dir(), []
    if root is not None:
        with suppress(OSError):
            found = [root, *sorted(root.iterdir())]
    named = {(path.resolve().name if path == root else path.name): path for path in found if _is_model(path)}
    return {name: path for name, path in named.items() if name.isprintable()}


def _is_model(folder: Path) -> bool:
    with suppress(OSError):
        return all((folder / name).is_file() for name in REQUIRED)
    return False


def open_model(name: str) -> LoadedModel:
    """The model of a folder of `MODELS_DIR`, or of a repository on the Hub by its id or its address.

    Raises `Problem` where `name` is neither, and `ModelUnavailable`.
    """
    key = read_name(name)
    if key in folders():
        return from_folder(key, folders()[key])
    kept = _kept.get(_key_of(key))
    if kept and time.monotonic() < kept.since + REMEMBER_SECONDS:
        return kept.loaded
    return _from_hub(*_key_of(key))


def opened(name: str) -> LoadedModel:
    """As `open_model`, but the Hub is not asked: a repository has to be one that was opened lately."""
    key = read_name(name)
    if key in folders():
        return from_folder(key, folders()[key])
    if kept := _kept.get(_key_of(key)):
        return kept.loaded
    raise Problem("not_open", model=name)


def is_id(name: object) -> bool:
    """Whether a name can only be that of a repository: no folder and no model of the lab has a slash."""
    return "/" in str(name)


def is_open(name: str) -> bool:
    """Whether `opened` has this repository."""
    return _key_of(read_name(name)) in _kept


def clear() -> None:
    """Forget all models, and delete the copies of repositories."""
    with _lock:
        for kept in _kept.values():
            shutil.rmtree(kept.place, ignore_errors=True)
        _kept.clear()
    _build.cache_clear()


def read_name(name: object) -> str:
    """The folder's name, `OWNER/NAME`, or `OWNER/NAME@REVISION` that a visitor means; raises `Problem`."""
    said = str(name or "").strip()
    here = folders()
    if said in here:
        return said
    hosts = "|".join(map(re.escape, {constants.ENDPOINT.split("://")[-1], "huggingface.co", "hf.co"}))
    path = re.sub(rf"^(?:https?://)?(?:www\.)?(?:{hosts})/|^models/", "", said, flags=re.IGNORECASE)
    path = re.split(r"[?#]", path)[0].strip("/")
    path, _, at = path.partition("@")
    found = ADDRESS.fullmatch(path)
    if not said:
        raise Problem("no_name")
    if found and found["kind"]:
        raise Problem("no_model_repository", model=said)
    if not found or not found["id"].isascii():
        raise Problem("no_own_model", model=said, allowed=nearest(said, here) or "–")
    at = at or found["at"]
    return f"{found['id']}@{at}" if at else found["id"]


def _key_of(key: str) -> tuple[str, str]:
    """Repository and revision."""
    repo_id, _, revision = key.partition("@")
    return repo_id, revision or "main"


def from_folder(name: str, folder: Path) -> LoadedModel:
    """The model of a folder of `MODELS_DIR`, as it is now; raises `ModelUnavailable`."""
    try:
        states = tuple(
            (state.st_mtime_ns, state.st_size) for state in ((folder / n).stat() for n in REQUIRED)
        )
        return LoadedModel(name, _build(folder, states), "folder", None, None, folder)
    except OSError as error:
        raise ModelUnavailable(name, explain(error, name)) from error


@lru_cache(maxsize=KEPT)
def _build(folder: Path, states: tuple[tuple[int, int], ...]) -> nn.Module:
    """The model of a folder whose files were last written like this: training may write it again."""
    return load_folder(family_in(folder), folder)


@cache
def _home() -> TemporaryDirectory:
    """Where the copies of repositories lie; it is deleted when the process ends."""
    return TemporaryDirectory(prefix="generative-lab-models-")


def _from_hub(repo_id: str, revision: str) -> LoadedModel:
    attempt = Attempt(repo_id, SECONDS, patience=DEADLINE_SECONDS)
    place = Path(mkdtemp(dir=_home().name))
    try:
        folder = attempt.run(_fetched, attempt, repo_id, revision, place)
        model = load_folder(family_in(folder), folder)
    except Exception as error:
        shutil.rmtree(place, ignore_errors=True)
        hidden = isinstance(error, HfHubHTTPError) and error.response.status_code == 401
        reason = why("gone", repo=repo_id) if hidden else explain(error, repo_id, revision)
        raise ModelUnavailable(repo_id, reason) from error
    loaded = LoadedModel(repo_id, model, "hub", folder.name, None, folder)
    with _lock:
        before = _kept.pop((repo_id, revision), None)
        _kept[repo_id, revision] = _Kept(loaded, time.monotonic(), place)
        gone = [before] if before else []
        while len(_kept) > KEPT:
            gone.append(_kept.popitem(last=False)[1])
    for one in gone:
        shutil.rmtree(one.place, ignore_errors=True)
    return loaded


def _fetched(attempt: Attempt, repo_id: str, revision: str, place: Path) -> Path:
    # not by this machine's token: whoever visits the page would see its owner's private repositories
    return download(attempt, repo_id, revision, token=False, cache_dir=place)
