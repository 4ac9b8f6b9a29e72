"""Pushes a model folder to the Hub in one commit, and finds out beforehand whether that will work.

Files that the Hub has already are not sent. A card that somebody edited on the Hub stays.
"""

import hashlib
import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import Literal

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_token, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError
from huggingface_hub.hf_api import DatasetInfo, ModelInfo, SpaceInfo
from huggingface_hub.utils import (
    httpx,  # the client's own: httpx2 in huggingface_hub 2, httpx in 1
    validate_repo_id,
)

from space.weights import attempt
from space.weights.hub import content_hash, explain
from space.weights.model_folder import FILES, OPTIONAL
from training import graphs
from training.errors import TrainingError, one_line
from training.lock import is_locked

TIMEOUT_SECONDS = 30.0
ZERO_GPU = "zero-a10g"
"""what the Hub calls ZeroGPU, the hardware that a free account may have for its Spaces"""
WAS_NOT_PUSHED = "was not pushed"
STAMP = re.compile(r"\s*<!-- generated, sha256 ([0-9a-f]{64}) -->\s*\Z")


class PublishError(Exception):
    """Nothing was pushed; the message says why in one sentence."""


@dataclass(frozen=True)
class Plan:
    """What a push would change."""

    repo_id: str
    head: str | None
    """commit that the changes apply to; None if there is no repository yet"""
    add: dict[str, Path | bytes]
    """path in the repository -> file or content that is new or different"""
    delete: list[str]
    """files of an earlier push that are no longer here"""
    edited: list[str]
    """files that somebody edited on the Hub; an edited card is kept, an edited Space is not pushed to"""
    repo_type: Literal["model", "space", "dataset"] = "model"
    private: bool = False

    def __str__(self) -> str:
        lines = [f"{self.repo_id} ({'new' if self.head is None else f'at {self.head[:7]}'})"]
        lines += [f"  + {path}, {_size(content):,} bytes" for path, content in self.add.items()]
        lines += [f"  - {path}" for path in self.delete]
        if self.edited and self.repo_type == "model":
            lines.append(
                "  README.md was edited on the Hub and stays as it is there (--overwrite_card replaces it)"
            )
        elif self.edited:
            lines.append(f"  {edited_sentence(self)}")
        if not self.add and not self.delete:
            lines.append("  nothing to change")
        return "\n".join(lines)


def _size(content: Path | bytes) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _read(content: Path | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def edited_sentence(plan: Plan) -> str:
    names = ", ".join(plan.edited[:5]) + (f" and {len(plan.edited) - 5} more" if plan.edited[5:] else "")
    return f"{names} changed on the Hub, not by this command: nothing is sent (--overwrite_space replaces it)"


def push_folder(
    folder: str | Path,
    repo_id: str,
    private: bool | None = None,
    overwrite_card: bool = False,
    commit_message: str = "Upload model folder",
    space: str = "",
) -> str:
    """Push a complete model folder in one commit; returns the URL of the commit that has it.

    A `repo_id` without a namespace gets that of the access token's user. Checkpoints, logs and other files
    that are no part of a model folder are not sent. A card that was edited on the Hub stays, unless
    `overwrite_card`. A card that we made names its repository there and, if it is known, the `space` that
    shows the model. Prints what it changes. Raises `PublishError`.
    """
    repo_id = with_owner(repo_id)
    plan = partial(plan_push, Path(folder), repo_id, overwrite_card, space)
    return push(repo_id, plan, private, commit_message)


def prepare_push(repo_id: str, private: bool | None = None) -> None:
    """Find out whether `push_folder` will be able to push: check the id, make the repository, try to write.

    Nothing is committed. Raises `PublishError`.
    """
    check_token()
    try:
        validate_repo_id(repo_id)
    except ValueError as error:
        reason = f"{repo_id!r} cannot be the name of a repository: {one_line(error)}"
        raise PublishError(f"{reason} Give --hub_model_id NAMESPACE/NAME.") from error
    failed = "cannot be pushed to"
    repo_id = with_owner(repo_id, failed)
    with one_sentence(repo_id, failed):
        api = HfApi()
        info = look_up(repo_id, "model")
        if info is None:
            api.create_repo(repo_id, private=private, exist_ok=True)
        elif private and not info.private:
            raise PublishError(_is_public(repo_id))
        # the Hub is asked what it would do with such a file, which it answers to those who may write
        api.preupload_lfs_files(repo_id, [CommitOperationAdd("config.json", b"{}")])


def push_command(folder: Path, repo_id: str, private: bool, overwrite_card: bool) -> str:
    """The command that pushes a model folder which is complete already."""
    flags = ["--private"] * private + ["--overwrite_card"] * overwrite_card
    words = ["python", "-m", "training.publish", "--folder", str(folder), "--hub_model_id", repo_id, *flags]
    return shlex.join(words)


def with_owner(repo_id: str, failed: str = WAS_NOT_PUSHED) -> str:
    """`repo_id`, with the user's name as its namespace if it has none."""
    if "/" in repo_id:
        return repo_id
    check_token()
    with one_sentence(repo_id, failed):
        return f"{HfApi().whoami()['name']}/{repo_id}"


def check_token() -> None:
    if get_token() is None:
        raise PublishError("There is no access token: run `hf auth login`, or set HF_TOKEN.")


def push(repo_id: str, make_plan: Callable[[], Plan], private: bool | None, commit_message: str) -> str:
    check_token()
    with one_sentence(repo_id):
        try:
            return _push_once(repo_id, make_plan, private, commit_message)
        except (httpx.HTTPError, RuntimeError):
            # the commit may have been made although its answer was lost: a new plan then has nothing to send
            return _push_once(repo_id, make_plan, private, commit_message)


def _is_public(repo_id: str) -> str:
    return f"{repo_id} is public already; make it private on its settings page first."


def _push_once(repo_id: str, make_plan: Callable[[], Plan], private: bool | None, commit_message: str) -> str:
    api = HfApi()
    plan = make_plan()
    repo_type = plan.repo_type
    if plan.head is None:
        sdk = "gradio" if repo_type == "space" else None
        for hardware in (None, ZERO_GPU) if repo_type == "space" else (None,):
            try:
                how = {"space_sdk": sdk, "space_hardware": hardware, "private": private, "exist_ok": True}
                api.create_repo(repo_id, repo_type=repo_type, **how)
                break
            except HfHubHTTPError as error:
                if error.response.status_code != 402 or hardware or repo_type != "space":
                    raise
                print(
                    f"{repo_id}: the Hub gives no CPU without a paid plan; asking for ZeroGPU, which is free"
                )
        plan = make_plan()
    if private and not plan.private:
        raise PublishError(_is_public(repo_id))
    print(plan)
    if not plan.add and not plan.delete:
        prefix = "" if repo_type == "model" else f"{repo_type}s/"
        return f"{api.endpoint}/{prefix}{repo_id}/commit/{plan.head}"
    additions = [CommitOperationAdd(path, content) for path, content in plan.add.items()]
    deletions = [CommitOperationDelete(path) for path in plan.delete]
    # one commit, which upload_folder does not promise, on the same head that the plan was made for
    return api.create_commit(
        repo_id,
        additions + deletions,
        repo_type=repo_type,
        commit_message=commit_message,
        parent_commit=plan.head,
    ).commit_url


def plan_push(folder: Path, repo_id: str, overwrite_card: bool = False, space: str = "") -> Plan:
    """Compare a complete model folder with its repository; only reads. Raises `PublishError`."""
    files: dict[str, Path | bytes] = {**check_folder(folder)}
    card = files["README.md"].read_text(encoding="utf-8", errors="replace")
    if is_untouched(card) and (named := name_places(card, repo_id, space)) != card:
        files["README.md"] = named.encode()
    with one_sentence(repo_id):
        info = look_up(repo_id, "model")
        if info is None:
            return Plan(repo_id, None, dict(files), [], [])
        there = hashes_there(info)
        add: dict[str, Path | bytes] = {
            path: file for path, file in files.items() if there.get(path) not in hashes_of(file)
        }
        edited = []
        if "README.md" in add and "README.md" in there and not overwrite_card:
            card = Path(hf_hub_download(repo_id, "README.md", revision=info.sha))
            if not is_untouched(card.read_text(encoding="utf-8", errors="replace")):
                edited.append("README.md")
                del add["README.md"]
        ours = [*FILES, *graphs.FILES, "checkpoints/*"]
        delete = [path for path in there if path not in files and any(fnmatch(path, p) for p in ours)]
        return Plan(repo_id, info.sha, add, delete, edited, private=bool(info.private))


def look_up(
    repo_id: str, repo_type: Literal["model", "space", "dataset"]
) -> ModelInfo | SpaceInfo | DatasetInfo | None:
    """The Hub's description of a repository and its files; None if there is none that we may see."""
    try:
        return HfApi().repo_info(repo_id, repo_type=repo_type, files_metadata=True, timeout=TIMEOUT_SECONDS)
    except HfHubHTTPError as error:
        unknown = isinstance(error, RepositoryNotFoundError)
        if not unknown and (error.response.status_code != 401 or get_token()):
            raise
        return None


def hashes_there(info: ModelInfo | SpaceInfo | DatasetInfo) -> dict[str, str | None]:
    """Path in the repository -> the Hub's hash of the file."""
    return {file.rfilename: file.lfs.sha256 if file.lfs else file.blob_id for file in info.siblings or []}


def hashes_of(content: Path | bytes) -> list[str]:
    """Both hashes that a file can have on the Hub: as a git blob, and in LFS. The Hub decides which it is."""
    data = _read(content)
    return [content_hash(data, lfs=False), content_hash(data, lfs=True)]


def check_folder(folder: Path) -> dict[str, Path]:
    """Path in a repository -> file of a model folder; raises `PublishError` if a file is missing."""
    if is_locked(folder):
        raise PublishError(f"{folder} is not complete: a run writes to it. Push it when that has ended.")
    files = {}
    for pattern in (*FILES, *graphs.FILES):
        found = sorted(file for file in folder.glob(pattern) if file.is_file())
        if not found and pattern not in (*OPTIONAL, *graphs.FILES):
            raise PublishError(f"{folder} is not a complete model folder: {pattern} is missing.")
        files |= {file.relative_to(folder).as_posix(): file for file in found}
    try:
        graphs.check_graphs(folder)
    except TrainingError as error:
        raise PublishError(f"{folder} was not pushed: {error}.") from error
    return files


def stamp_card(text: str) -> str:
    """A model card, with a comment at its end that lets `is_untouched` recognise it."""
    text = STAMP.sub("", text).rstrip()
    return f"{text}\n\n<!-- generated, sha256 {_digest(text)} -->\n"


def name_places(card: str, repo_id: str, space: str) -> str:
    """A card of ours with a repository, and a Space if one is known, in place of NAMESPACE."""
    card = re.sub(r'"NAMESPACE/[\w.-]+"', f'"{repo_id}"', card)
    return stamp_card(card.replace("spaces/NAMESPACE/lab", f"spaces/{space}") if space else card)


def is_untouched(text: str) -> bool:
    """Whether nobody has edited a card since `stamp_card`."""
    stamp = STAMP.search(text)
    return stamp is not None and stamp[1] == _digest(text[: stamp.start()])


def _digest(text: str) -> str:
    lines = [line.rstrip() for line in text.strip().splitlines()]  # changed line ends are no edit
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@contextmanager
def one_sentence(repo_id: str, failed: str = WAS_NOT_PUSHED) -> Iterator[None]:
    """Make an error of the Hub's client a `PublishError` that says what of `repo_id` `failed`, and why."""
    try:
        yield
    except HfHubHTTPError as error:
        if error.response.status_code == 403:
            raise PublishError(f"The access token may not write to {repo_id}.") from error
        if error.response.status_code == 402:  # the Space needs a paid plan
            says = " ".join((error.server_message or "").split())
            raise PublishError(
                f"{repo_id} {failed}: the Hub asks for payment: {says}. A Gradio Space on a CPU needs a paid "
                "plan (PRO or Team); a free account in good standing may have two on ZeroGPU"
            ) from error
        raise PublishError(f"{repo_id} {failed}: {explain(error, repo_id)}.") from error
    except (httpx.HTTPError, OSError) as error:
        reason = explain(error, repo_id, seconds=attempt.SILENCE_SECONDS)
        raise PublishError(f"{repo_id} {failed}: {reason}.") from error
    except (RuntimeError, ValueError) as error:  # an upload failed, or the Hub refuses the card or the name
        raise PublishError(f"{repo_id} {failed}: {one_line(error)}") from error
