"""Weights: from the Hub, else from its cache on this machine, else from the folder bundled with the app.

All that reads from the Hub is here, and nobody waits long for it. The Hub is asked in a thread of its own:
the first visitor of a model waits `DEADLINE_SECONDS` and then gets the next best copy, later ones never wait,
and where the Hub was slow with one model nobody waits for another. The answer is good for `REMEMBER_SECONDS`,
then the Hub is asked again behind the visitors' backs.
Without `MODEL_NAMESPACE` it is not asked at all.
"""

import hashlib
import json
import logging
import os
import re
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Literal, TypeVar, get_type_hints

import torch
from huggingface_hub import HfApi, get_token, hf_hub_download, snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import httpx  # the client's own: httpx2 in huggingface_hub 2, httpx in 1
from safetensors import SafetensorError, safe_open
from safetensors.torch import load as safetensors_load
from safetensors.torch import save as safetensors_save
from torch import nn
from torch.overrides import TorchFunctionMode

from space.limits import MAX_CONFIG_BYTES, MAX_MODEL_BYTES, MAX_MODEL_FILES, MAX_SIDE_FILE_BYTES
from space.models import MODELS, models_that
from space.problems import Problem
from space.text import Reason, why

DEADLINE_SECONDS = 5.0
"""how long one visitor waits for the Hub"""
REMEMBER_SECONDS = 600.0
"""how long the Hub's answer, or its silence, is good for"""
BUNDLED = Path(__file__).parent / "pretrained"
REQUIRED = ["config.json", "model.safetensors"]
"""what a model is built from"""
OPTIONAL = ["latents.csv", "training.json"]
"""what a complete model folder may lack"""
FILES = [*REQUIRED, "README.md", "metrics.json", "history.csv", "samples/*.png", *OPTIONAL]
"""a model folder, as patterns; whatever else a repository or a folder has is left there"""

T = TypeVar("T")


class ModelUnavailable(Exception):
    """A model that cannot be loaded.

    `reason` says why: half a sentence of `space.text.why`, or, in English, what is wrong within a file.
    """

    def __init__(self, repo_id: str, reason: str) -> None:
        self.repo_id, self.reason = repo_id, reason
        super().__init__(f"{repo_id}: {reason}")


@dataclass(frozen=True)
class LoadedModel:
    """A model and where it comes from."""

    name: str
    model: nn.Module
    """in `eval()`, on the CPU, shared by all visitors"""
    source: Literal["hub", "cache", "bundled"]
    commit: str | None
    """commit of the repository; None for a bundled model"""
    reason: str | None
    """why the model does not come from the Hub; None where it does or where no Hub was asked for"""
    folder: Path
    """the complete model folder"""

    @property
    def repo_id(self) -> str | None:
        """Its repository on the Hub; None for a bundled model."""
        return None if self.source == "bundled" else f"{_namespace()}/{self.name}"


@dataclass
class _Question:
    """What the Hub was asked, when, and what visitors get until it answers."""

    asked: float
    answer: Future[LoadedModel]
    meanwhile: LoadedModel | None

    def is_stale(self) -> bool:
        return self.answer.done() and time.monotonic() > self.asked + REMEMBER_SECONDS


_Key = tuple[str, str, str]  # name, repository, revision
_questions: dict[_Key, _Question] = {}
_slow_until = 0.0
_lock = Lock()


def load(name: str, *able_to: str) -> LoadedModel:
    """The model `name` of `space.models.MODELS`, from the best place that has it.

    Raises `Problem` for an unknown name or a model that has none of the methods `able_to`, and
    `ModelUnavailable` where not even the bundled copy works.
    """
    able = models_that(*able_to) if able_to else list(MODELS)
    if name not in MODELS:
        raise Problem("unknown_model", model=name, allowed=", ".join(able))
    if name not in able:
        raise Problem("choice", name="model", value=name, allowed=", ".join(able))
    namespace = _namespace()
    if not namespace:
        return LoadedModel(name, _build(name, BUNDLED / name), "bundled", None, None, BUNDLED / name)
    key = (name, f"{namespace}/{name}", os.environ.get("MODEL_REVISION") or "main")
    question = _question(key)
    if question.meanwhile is None:
        _wait_for(question)
    if question.answer.done():
        return question.answer.result()
    if question.meanwhile is None:
        overdue = time.monotonic() >= question.asked + DEADLINE_SECONDS
        question.meanwhile = _fall_back(*key, _no_answer() if overdue else why("slow"))
    return question.meanwhile


def _namespace() -> str | None:
    """Whose models are loaded from the Hub, if anybody's."""
    return os.environ.get("MODEL_NAMESPACE", os.environ.get("SPACE_AUTHOR_NAME"))


def clear() -> None:
    """Forget what the Hub said and all models in memory."""
    global _slow_until
    with _lock:
        _questions.clear()
        _slow_until = 0.0
    _build.cache_clear()


def _question(key: _Key) -> _Question:
    """The question for a model that is under way or has a fresh answer; else a new one."""
    with _lock:
        question = _questions.get(key)
        if question is None or question.is_stale():
            known = question.answer.result() if question and not question.answer.exception() else None
            question = _questions[key] = _Question(time.monotonic(), _in_background(_ask, *key), known)
        return question


def _wait_for(question: _Question) -> None:
    """Give the Hub until the deadline, unless it has been slow lately."""
    global _slow_until
    started = time.monotonic()
    if started > _slow_until:
        wait([question.answer], timeout=max(question.asked + DEADLINE_SECONDS - started, 0))
        if time.monotonic() - started > DEADLINE_SECONDS / 2:
            _slow_until = time.monotonic() + REMEMBER_SECONDS


def _in_background(job: Callable[..., T], *arguments: object) -> Future[T]:
    """Do a job in a daemon thread: unlike a pool, it does not hold up the end of the program."""
    answer: Future[T] = Future()

    def work() -> None:
        try:
            answer.set_result(job(*arguments))
        except Exception as error:
            answer.set_exception(error)

    Thread(target=work, daemon=True).start()
    return answer


def _ask(name: str, repo_id: str, revision: str) -> LoadedModel:
    """The model from the Hub, or the next best copy with the reason."""
    try:
        folder = _download(repo_id, revision)
        try:
            model = _build(name, folder)
        except ModelUnavailable as error:
            raise ModelUnavailable(repo_id, why("unusable", reason=error.reason)) from error
    except Exception as error:
        reason = explain(error, repo_id, revision)
        logging.getLogger(__name__).warning("%s: %s (%r)", repo_id, reason, error)
        return _fall_back(name, repo_id, revision, reason)
    if folder.name != revision:
        # what the cache takes for `revision` when the Hub is gone: only ever a complete, sound snapshot
        reference = folder.parents[1] / "refs" / revision
        with suppress(OSError):
            reference.parent.mkdir(parents=True, exist_ok=True)
            reference.write_text(folder.name)
    return LoadedModel(name, model, "hub", folder.name, None, folder)


def _download(repo_id: str, revision: str) -> Path:
    """The snapshot of what `revision` is now, every file checked; only what the cache lacks is downloaded."""
    info = HfApi().model_info(repo_id, revision=revision, files_metadata=True, timeout=DEADLINE_SECONDS)
    sizes = {
        file.rfilename: file.size or 0
        for file in info.siblings or []
        if any(fnmatch(file.rfilename, pattern) for pattern in FILES)
    }
    for required in REQUIRED:
        if required not in sizes:
            raise ModelUnavailable(repo_id, why("no_file", repo=repo_id, file=required))
    if len(sizes) > MAX_MODEL_FILES:
        reason = why("too_many_files", repo=repo_id, count=len(sizes), most=MAX_MODEL_FILES)
        raise ModelUnavailable(repo_id, reason)
    if sum(sizes.values()) > MAX_MODEL_BYTES:
        size, most = sum(sizes.values()) / 1e6, MAX_MODEL_BYTES / 1e6
        raise ModelUnavailable(repo_id, why("too_large", repo=repo_id, size=size, most=most))
    paths = list(sizes)
    for _ in range(2):
        # eight at a time; snapshot_download would use a pool
        jobs = [_in_background(_fetch, repo_id, info.sha, paths[start::8]) for start in range(8)]
        places = [place for job in jobs for place in job.result()]
        (folder,) = (place.parent for place in places if place.name == "config.json")
        damaged = _remove_damaged(folder)
        if not damaged:
            return folder
    raise ModelUnavailable(repo_id, why("damaged", file=damaged[0]))


def _fetch(repo_id: str, commit: str, paths: list[str]) -> list[Path]:
    """Bring files into the cache, one after the other; their places."""
    return [
        Path(hf_hub_download(repo_id, path, revision=commit, etag_timeout=DEADLINE_SECONDS)) for path in paths
    ]


def content_hash(content: bytes, lfs: bool) -> str:
    """What the Hub and its cache call a file by: the SHA-256 of an LFS file, the git SHA-1 of another."""
    if lfs:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _remove_damaged(folder: Path) -> list[str]:
    """Take files whose content is not what the Hub announced out of the cache; their names.

    A file of a snapshot is a link to a blob named by its hash, but the client never compares the two. Where
    the cache cannot have links (Windows) there is nothing to compare with.
    """
    damaged = []
    for path in sorted(path for path in folder.rglob("*") if path.is_symlink()):
        blob = path.parent / path.readlink()
        if not (path.exists() and content_hash(path.read_bytes(), lfs=len(blob.name) == 64) == blob.name):
            damaged.append(path.relative_to(folder).as_posix())
            for file in (path.resolve(), blob, path):  # a blob may itself be a link into a store of its own
                file.unlink(missing_ok=True)
    return damaged


def _fall_back(name: str, repo_id: str, revision: str, reason: str) -> LoadedModel:
    """The last good copy in the cache, else the bundled one."""
    with suppress(ModelUnavailable, OSError, ValueError):  # nothing, or nothing sound, in the cache
        folder = Path(
            snapshot_download(repo_id, revision=revision, allow_patterns=FILES, local_files_only=True)
        )
        if not _remove_damaged(folder):
            return LoadedModel(name, _build(name, folder), "cache", folder.name, reason, folder)
    folder = BUNDLED / name
    try:
        return LoadedModel(name, _build(name, folder), "bundled", None, reason, folder)
    except ModelUnavailable as error:
        raise ModelUnavailable(repo_id, why("nor_bundled", reason=reason, bundled=error.reason)) from error


def _no_answer() -> Reason:
    return why("no_answer", seconds=DEADLINE_SECONDS)


def explain(error: BaseException, repo_id: str, revision: str = "main") -> str:
    """Half a sentence for what the client, or this module, raised."""
    match error:
        case ModelUnavailable():
            return error.reason
        case LocalEntryNotFoundError(__cause__=BaseException() as cause):
            return explain(cause, repo_id, revision)
        case OfflineModeIsEnabled():
            return why("offline")
        case GatedRepoError():
            return why("gated", repo=repo_id)
        case RepositoryNotFoundError():
            return why("gone", repo=repo_id)
        case RevisionNotFoundError():
            return why("no_revision", repo=repo_id, revision=revision)
        case HFValidationError():
            return why("name", repo=repo_id)
        case HfHubHTTPError() if error.response.status_code == 401 and get_token():
            return why("token")
        case HfHubHTTPError() if error.response.status_code == 401:
            return why("gone", repo=repo_id)
        case HfHubHTTPError():
            return why("status", status=error.response.status_code)
        case httpx.TimeoutException():
            return _no_answer()
        case httpx.ConnectError():
            return why("unreachable")
        case httpx.TransportError():
            return why("broke_off")
        case OSError(errno=int()):
            return why("local_file", error=error.strerror)
        case _:
            return why("failed")


class _Unfilled(TorchFunctionMode):
    """Leaves new weights as they are: random ones on the meta device would import 150 MB of compilers."""

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        values = kwargs or {}
        fills = getattr(function, "__module__", None) == "torch.nn.init"
        return values["tensor"] if fills else function(*args, **values)


@lru_cache(maxsize=2 * len(MODELS))
def _build(name: str, folder: Path) -> nn.Module:
    """`load_folder`, once a folder; the path of a snapshot has its commit, so it stands for one content."""
    return load_folder(MODELS[name], folder)


def load_folder(model_class: type[nn.Module], folder: Path) -> nn.Module:
    """The model of a model folder, in `eval()` and without gradients of its weights.

    Raises `ModelUnavailable` where `config.json` and `model.safetensors` do not make up a `model_class`.
    Names and shapes are compared before any memory is spent on the weights.
    """
    try:
        for required in REQUIRED:
            if not (folder / required).is_file():
                raise ValueError(f"{required} is missing")
        config = _read_config(get_type_hints(model_class.__init__)["config"], folder / "config.json")
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


def read_side_file(folder: Path, name: str) -> bytes:
    """What else a model folder has, such as its card; empty where it is missing or too large."""
    try:
        path = folder / name
        return path.read_bytes() if path.stat().st_size <= MAX_SIDE_FILE_BYTES else b""
    except OSError:
        return b""


def frame_files(folder: Path) -> list[tuple[int, Path]]:
    """The files of `samples/` with their steps, in order, unread."""
    files = []
    for path in folder.glob("samples/step-*.png"):
        digits = path.stem.removeprefix("step-")
        if re.fullmatch(r"[0-9]{1,12}", digits) and path.is_file():
            files.append((int(digits), path))
    return sorted(files)


def _read_config(config_class: type, path: Path) -> object:
    """The config dataclass of a `config.json`; `ValueError` for what does not belong there."""
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


def is_unchanged(loaded: LoadedModel) -> bool:
    """Whether the file of the weights still holds those in memory; read again only when it was written."""
    path = loaded.folder / "model.safetensors"
    try:
        status = path.stat()
        return _holds(path, loaded.model, status.st_mtime_ns, status.st_size)
    except OSError:
        return False


@lru_cache(maxsize=2 * len(MODELS))
def _holds(path: Path, model: nn.Module, mtime_ns: int, size: int) -> bool:
    """Whether a file, as it was at a time, holds the weights of `model`."""
    try:
        found = safetensors_load(path.read_bytes())
    except SafetensorError:
        return False
    weights = model.state_dict()
    return found.keys() == weights.keys() and all(
        torch.equal(found[key].to(weights[key].dtype), weights[key]) for key in weights
    )


def packed_weights(model: nn.Module) -> bytes:
    """The weights in memory as a safetensors file."""
    return safetensors_save({key: value.contiguous() for key, value in model.state_dict().items()})
