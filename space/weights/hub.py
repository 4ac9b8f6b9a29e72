"""Weights: from the Hub, else from its cache on this machine, else from the folder bundled with the app.

No visitor waits long for the Hub. Each question goes to it in a thread of its own. The first visitor of a
model waits for up to `DEADLINE_SECONDS` and then gets the next best copy; later visitors never wait. After
one slow answer nobody waits for any model. An answer is kept for `REMEMBER_SECONDS`; then the Hub is asked
again while visitors go on with the model they have. No attempt takes longer than that. So the weights are
back at most two such periods after the Hub is well. Without `MODEL_NAMESPACE` the Hub is never asked.
"""

import hashlib
import logging
import os
import ssl
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import torch
from huggingface_hub import HfApi, get_token, hf_hub_download, snapshot_download, try_to_load_from_cache
from huggingface_hub.errors import (
    EntryNotFoundError,
    FileMetadataError,
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
from space.text import why
from space.text.limits import MAX_MODEL_BYTES, MAX_MODEL_FILES
from space.text.refusals import Problem, nearest
from space.weights.attempt import COMMIT, HASH, Attempt, RequestFailed, check_settings, in_background
from space.weights.model_folder import FILES, REQUIRED, ModelUnavailable, load_folder

DEADLINE_SECONDS = 5.0
"""how long one visitor waits for the Hub"""
REMEMBER_SECONDS = 600.0
"""how long the Hub's answer, or its silence, is good for, and how long a download may take"""
BUNDLED = Path(__file__).parents[1] / "pretrained"


@dataclass(frozen=True)
class LoadedModel:
    """A model and where it comes from."""

    name: str
    model: nn.Module
    """in `eval()`, on the CPU, shared by all visitors"""
    source: Literal["hub", "cache", "bundled", "folder"]
    """`folder`: one of `MODELS_DIR` (space.weights.own)"""
    commit: str | None
    """commit of the repository; None where the weights are of this machine"""
    reason: str | None
    """why the model does not come from the Hub; None where it does or where no Hub was asked for"""
    folder: Path
    """the complete model folder"""

    @property
    def repo_id(self) -> str | None:
        """Its repository on the Hub; None where the weights are of this machine."""
        if self.source in ("bundled", "folder"):
            return None
        return self.name if "/" in self.name else f"{_namespace()}/{self.name}"


@dataclass
class _Question:
    """A question to the Hub about one model: when it was asked, and what visitors get until the answer."""

    asked: float
    attempt: Attempt
    answer: Future[LoadedModel]
    meanwhile: LoadedModel | None
    is_known: bool
    """whether `meanwhile` is from an earlier question"""

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
        raise Problem("unknown_model", model=name, allowed=nearest(name, able))
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
    if question.is_known:
        return question.meanwhile
    overdue = time.monotonic() >= question.asked + DEADLINE_SECONDS
    reason = question.attempt.too_long() if overdue else why("slow")
    if question.meanwhile is None:
        question.meanwhile = _fall_back(*key, reason)
    return replace(question.meanwhile, reason=reason)


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
            attempt = Attempt(key[1], max(DEADLINE_SECONDS, REMEMBER_SECONDS), patience=DEADLINE_SECONDS)
            answer = in_background(_ask, attempt, *key)
            question = _Question(time.monotonic(), attempt, answer, known, known is not None)
            _questions[key] = question
        return question


def _wait_for(question: _Question) -> None:
    """Wait for the answer until the deadline; do not wait at all if the Hub has been slow lately."""
    global _slow_until
    started = time.monotonic()
    if started > _slow_until:
        wait([question.answer], timeout=max(question.asked + DEADLINE_SECONDS - started, 0))
        if time.monotonic() - started > DEADLINE_SECONDS / 2:
            _slow_until = time.monotonic() + REMEMBER_SECONDS


def _ask(attempt: Attempt, name: str, repo_id: str, revision: str) -> LoadedModel:
    """The model from the Hub, or the next best copy with the reason."""
    try:
        folder = attempt.run(download, attempt, repo_id, revision)
        try:
            model = _build(name, folder)
        except ModelUnavailable as error:
            raise ModelUnavailable(repo_id, why("unusable", reason=error.reason)) from error
    except Exception as error:
        reason = explain(error, repo_id, revision)
        logging.getLogger(__name__).warning("%s: %s (%r)", repo_id, reason, error.__cause__ or error)
        return _fall_back(name, repo_id, revision, reason)
    if folder.name != revision:
        # when the Hub is gone, the cache looks up `revision` here; so it names only complete, sound snapshots
        reference = folder.parents[1] / "refs" / revision
        with suppress(OSError):
            reference.parent.mkdir(parents=True, exist_ok=True)
            reference.write_text(folder.name)
    return LoadedModel(name, model, "hub", folder.name, None, folder)


def download(attempt: Attempt, repo_id: str, revision: str, **where: Any) -> Path:
    """The folder of the commit that `revision` is now, each file checked; files in the cache are kept.

    `where` are `token` and `cache_dir`, as the Hub's client takes them.
    """
    for _ in range(2):
        commit, paths = _list_files(repo_id, revision, where.get("token"))
        there = [
            try_to_load_from_cache(repo_id, path, where.get("cache_dir"), revision=commit) for path in paths
        ]
        kept = sum(Path(file).stat().st_size for file in there if isinstance(file, str))
        attempt.download(commit, MAX_MODEL_BYTES, kept)  # the list may lack sizes, or lie
        # eight files at a time, in daemon threads; snapshot_download would use a pool
        jobs = [in_background(_fetch, repo_id, commit, paths[start::8], where) for start in range(8)]
        done, _ = wait(jobs, return_when=FIRST_EXCEPTION)
        error = next((error for job in done if (error := job.exception())), None)
        if isinstance(error, RevisionNotFoundError):
            reason = why("moved", repo=repo_id)  # somebody rewrote the branch: list it again
            continue
        if error:
            raise error
        places = [place for job in jobs for place in job.result()]
        (folder,) = (place.parent for place in places if place.name == "config.json")
        damaged = _remove_damaged(folder)
        if not damaged:
            return folder
        reason = why("damaged", file=damaged[0])
    raise ModelUnavailable(repo_id, reason)


def _list_files(repo_id: str, revision: str, token: bool | None) -> tuple[str, list[str]]:
    """The commit that `revision` is now, and those of its files that belong to a model folder."""
    try:
        check_settings()
    except (ValueError, ImportError) as error:
        raise ModelUnavailable(repo_id, why("proxy")) from error
    try:
        info = HfApi().model_info(repo_id, revision=revision, files_metadata=True, token=token)
        everything = {file.rfilename: file.size for file in info.siblings or []}
        sizes = {
            name: size
            for name, size in everything.items()
            if any(fnmatch(name, pattern) for pattern in FILES)
        }
        odd = [name for name in everything if _is_odd(name, strictly=name in sizes)]
        commit = str(info.sha)
    except HFValidationError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ModelUnavailable(repo_id, why("not_hub")) from error
    if odd or not COMMIT.fullmatch(commit):
        raise ModelUnavailable(repo_id, why("odd_name", name=ascii(odd[0] if odd else commit)[:60]))
    for required in REQUIRED:
        if required not in sizes:
            raise ModelUnavailable(repo_id, why("no_file", repo=repo_id, file=required))
    if len(sizes) > MAX_MODEL_FILES:
        reason = why("too_many_files", repo=repo_id, count=len(sizes), most=MAX_MODEL_FILES)
        raise ModelUnavailable(repo_id, reason)
    total = sum(min(size, 10**15) for size in sizes.values() if isinstance(size, int) and size > 0)
    if total > MAX_MODEL_BYTES:
        reason = why("too_large", repo=repo_id, size=total / 1e6, most=MAX_MODEL_BYTES / 1e6)
        raise ModelUnavailable(repo_id, reason)
    return commit, list(sizes)


def _is_odd(name: str, strictly: bool) -> bool:
    """Whether a listed name can be no file's in a repository or, `strictly`, should be none's here."""
    parts = name.split("/")
    if "\0" in name or not {"", ".", ".."}.isdisjoint(parts):
        return True
    fits = name.isprintable() and not {"\\", ":"} & set(name) and max(len(p.encode()) for p in parts) <= 200
    return strictly and not fits


def _fetch(repo_id: str, commit: str, paths: list[str], where: dict[str, Any]) -> list[Path]:
    """Download files into the cache, one after the other; returns their paths there."""
    places = []
    for path in paths:
        try:
            places.append(Path(hf_hub_download(repo_id, path, revision=commit, **where)))
        except LocalEntryNotFoundError:
            raise
        except EntryNotFoundError as error:
            raise ModelUnavailable(repo_id, why("no_file", repo=repo_id, file=path)) from error
        except OSError as error:
            if error.errno is not None or isinstance(error, HfHubHTTPError):
                raise
            # the client counts bytes, and says in English what it found
            raise ModelUnavailable(repo_id, why("damaged", file=path)) from error
    return places


def content_hash(content: bytes, lfs: bool) -> str:
    """The hash that names a file on the Hub and in its cache: SHA-256 for an LFS file, else git's SHA-1."""
    if lfs:
        return hashlib.sha256(content).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _remove_damaged(folder: Path) -> list[str]:
    """Delete files from the cache whose content has another hash than the Hub announced; returns their names.

    A file of a snapshot is a link to a blob that is named by its hash, but the client never compares the two.
    Where the cache cannot have links (Windows) there is nothing to compare with. Of a link that leads out of
    the cache only the link is deleted.
    """
    damaged, cache = [], folder.parents[2].resolve()
    for path in sorted(path for path in folder.rglob("*") if path.is_symlink()):
        blob, target = path.parent / path.readlink(), Path(os.path.realpath(path))
        is_blob = HASH.fullmatch(blob.name) and target.is_file()
        if is_blob and content_hash(target.read_bytes(), lfs=len(blob.name) == 64) == blob.name:
            continue
        damaged.append(path.relative_to(folder).as_posix())
        path.unlink()
        for file in (target, blob):  # a blob may itself be a link into a store of its own
            if file.parent.resolve().is_relative_to(cache) and not file.is_dir():
                file.unlink(missing_ok=True)
    return damaged


def _fall_back(name: str, repo_id: str, revision: str, reason: str) -> LoadedModel:
    """The last good copy in the cache, else the bundled one."""
    with suppress(ModelUnavailable, OSError, ValueError):  # nothing, or nothing sound, in the cache
        folder = Path(
            snapshot_download(repo_id, revision=revision, allow_patterns=FILES, local_files_only=True)
        )
        is_snapshot = COMMIT.fullmatch(folder.name) and folder.parent.name == "snapshots"
        if is_snapshot and not _remove_damaged(folder):
            return LoadedModel(name, _build(name, folder), "cache", folder.name, reason, folder)
    folder = BUNDLED / name
    try:
        return LoadedModel(name, _build(name, folder), "bundled", None, reason, folder)
    except ModelUnavailable as error:
        raise ModelUnavailable(repo_id, why("nor_bundled", reason=reason, bundled=error.reason)) from error


def explain(error: BaseException, repo_id: str, revision: str = "main", seconds: float | None = None) -> str:
    """The reason, half a sentence, for an error that the client or this module raised.

    `seconds` is how long the Hub had for an answer; default: `DEADLINE_SECONDS`.
    """
    match error:
        case ModelUnavailable():
            return error.reason
        case LocalEntryNotFoundError(__cause__=cause) | RequestFailed(__cause__=cause) if cause:
            return explain(cause, repo_id, revision, seconds)
        case FileMetadataError():
            return why("not_hub")
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
            return why("no_answer", seconds=seconds or DEADLINE_SECONDS)
        case httpx.ConnectError() if tls := _tls_error(error):
            return why("certificate", error=tls)
        case httpx.ConnectError():
            return why("unreachable")
        case httpx.ProxyError():
            return why("proxy")
        case httpx.TooManyRedirects():
            return why("circle")
        case httpx.UnsupportedProtocol() | httpx.InvalidURL():
            return why("address")
        case httpx.TransportError():
            return why("broke_off")
        case OSError(errno=int()):
            return why("local_file", error=error.strerror)
        case _:
            return why("failed")


def _tls_error(error: BaseException | None) -> str:
    """What is wrong with a secure connection, in the words of OpenSSL; '' for an error of another kind."""
    while error and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return "" if error is None else getattr(error, "verify_message", "") or str(error.reason)


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


def check_digits(loaded: LoadedModel) -> None:
    """Raise `ModelUnavailable` unless the model makes pictures as MNIST has them."""
    channels, side, _ = loaded.model.config.image_shape
    if (channels, side) != (1, 28):
        raise ModelUnavailable(loaded.name, why("picture_shape", side=side, channels=channels))
