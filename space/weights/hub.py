"""Weights: from the Hub, else from its cache on this machine, else from the folder bundled with the app.

This module alone reads from the Hub, and no visitor waits long for it. Each question goes to the Hub in a
thread of its own. The first visitor of a model waits for up to `DEADLINE_SECONDS` and then gets the next best
copy; later visitors never wait. After one slow answer nobody waits for any model. An answer is kept for
`REMEMBER_SECONDS`; then the Hub is asked again while visitors go on with the model they have.
Without `MODEL_NAMESPACE` the Hub is never asked.
"""

import hashlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from threading import Lock, Thread
from typing import Literal, TypeVar

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
from safetensors import SafetensorError
from safetensors.torch import load as safetensors_load
from torch import nn

from space.models import MODELS, models_that
from space.text import Reason, why
from space.text.limits import MAX_MODEL_BYTES, MAX_MODEL_FILES
from space.text.refusals import Problem
from space.weights.model_folder import FILES, REQUIRED, ModelUnavailable, load_folder

DEADLINE_SECONDS = 5.0
"""how long one visitor waits for the Hub"""
REMEMBER_SECONDS = 600.0
"""how long the Hub's answer, or its silence, is good for"""
BUNDLED = Path(__file__).parents[1] / "pretrained"

T = TypeVar("T")


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
    """A question to the Hub about one model: when it was asked, and what visitors get until the answer."""

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
        raise Problem("not_one_of", name="model", value=name, allowed=", ".join(able))
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


def load_each(names: Sequence[str]) -> dict[str, LoadedModel | ModelUnavailable]:
    """Each model of `names`, or why it is unavailable. In threads, so that a hanging Hub costs one wait."""

    def attempt(name: str) -> LoadedModel | ModelUnavailable:
        try:
            return load(name)
        except ModelUnavailable as error:
            return error

    with ThreadPoolExecutor(len(names)) as pool:
        return dict(zip(names, pool.map(attempt, names)))


def _namespace() -> str | None:
    """The owner on the Hub whose models are loaded; None without one."""
    return os.environ.get("MODEL_NAMESPACE", os.environ.get("SPACE_AUTHOR_NAME"))


def clear() -> None:
    """Forget what the Hub said and all models in memory."""
    global _slow_until
    with _lock:
        _questions.clear()
        _slow_until = 0.0
    _build.cache_clear()


def _question(key: _Key) -> _Question:
    """The question about a model: one without an answer yet or with a fresh one, else a new one."""
    with _lock:
        question = _questions.get(key)
        if question is None or question.is_stale():
            known = question.answer.result() if question and not question.answer.exception() else None
            question = _questions[key] = _Question(time.monotonic(), _in_background(_ask, *key), known)
        return question


def _wait_for(question: _Question) -> None:
    """Wait for the answer until the deadline; do not wait at all if the Hub has been slow lately."""
    global _slow_until
    started = time.monotonic()
    if started > _slow_until:
        wait([question.answer], timeout=max(question.asked + DEADLINE_SECONDS - started, 0))
        if time.monotonic() - started > DEADLINE_SECONDS / 2:
            _slow_until = time.monotonic() + REMEMBER_SECONDS


def _in_background(job: Callable[..., T], *arguments: object) -> Future[T]:
    """Do a job in a daemon thread; unlike a pool's threads it does not delay the end of the program."""
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
        # when the Hub is gone, the cache looks up `revision` here; so it names only complete, sound snapshots
        reference = folder.parents[1] / "refs" / revision
        with suppress(OSError):
            reference.parent.mkdir(parents=True, exist_ok=True)
            reference.write_text(folder.name)
    return LoadedModel(name, model, "hub", folder.name, None, folder)


def _download(repo_id: str, revision: str) -> Path:
    """The folder of the commit that `revision` is now, each file checked; files in the cache are kept."""
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
        # eight files at a time, in daemon threads; snapshot_download would use a pool
        jobs = [_in_background(_fetch, repo_id, info.sha, paths[start::8]) for start in range(8)]
        places = [place for job in jobs for place in job.result()]
        (folder,) = (place.parent for place in places if place.name == "config.json")
        damaged = _remove_damaged(folder)
        if not damaged:
            return folder
    raise ModelUnavailable(repo_id, why("damaged", file=damaged[0]))


def _fetch(repo_id: str, commit: str, paths: list[str]) -> list[Path]:
    """Download files into the cache, one after the other; returns their paths there."""
    return [
        Path(hf_hub_download(repo_id, path, revision=commit, etag_timeout=DEADLINE_SECONDS)) for path in paths
    ]


def content_hash(content: bytes, lfs: bool) -> str:
    """The hash that names a file on the Hub and in its cache: SHA-256 for an LFS file, else git's SHA-1."""
    if lfs:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _remove_damaged(folder: Path) -> list[str]:
    """Delete files from the cache whose content has another hash than the Hub announced; returns their names.

    A file of a snapshot is a link to a blob that is named by its hash, but the client never compares the two.
    Where the cache cannot have links (Windows) there is nothing to compare with.
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
    """The reason, half a sentence, for an error that the client or this module raised."""
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


@lru_cache(maxsize=2 * len(MODELS))
def _build(name: str, folder: Path) -> nn.Module:
    """`load_folder`, once for each folder. A snapshot's path holds its commit, so its content is fixed."""
    return load_folder(MODELS[name], folder)


def is_unchanged(loaded: LoadedModel) -> bool:
    """Whether model.safetensors still holds the weights in memory; read again only after it was written."""
    path = loaded.folder / "model.safetensors"
    try:
        status = path.stat()
        return _holds(path, loaded.model, status.st_mtime_ns, status.st_size)
    except OSError:
        return False


@lru_cache(maxsize=2 * len(MODELS))
def _holds(path: Path, model: nn.Module, mtime_ns: int, size: int) -> bool:
    """Whether a file with this time of writing and this size holds the weights of `model`."""
    try:
        found = safetensors_load(path.read_bytes())
    except SafetensorError:
        return False
    weights = model.state_dict()
    return found.keys() == weights.keys() and all(
        torch.equal(found[key].to(weights[key].dtype), weights[key]) for key in weights
    )
