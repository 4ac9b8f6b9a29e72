"""Push model folders to the Hub: `python -m training.publish --namespace NAME [--dry_run]`.

Each folder of `space/pretrained/` goes to the repository NAME/<folder> in one commit; where the Hub has it
already, nothing is sent. Needs a token with write access: `hf auth login`, or the variable HF_TOKEN.
"""

import hashlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import tyro
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_token, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError
from huggingface_hub.utils import httpx  # the client's own: httpx2 in huggingface_hub 2, httpx in 1

from space.hub import BUNDLED, FILES, OPTIONAL, content_hash, explain

TIMEOUT_SECONDS = 30.0
STAMP = re.compile(r"\s*<!-- generated, sha256 ([0-9a-f]{64}) -->\s*\Z")


class PublishError(Exception):
    """Why nothing was pushed, in one sentence."""


@dataclass(frozen=True)
class Plan:
    """What a push would change."""

    repo_id: str
    head: str | None
    """the commit that the changes apply to; None where there is no repository yet"""
    add: dict[str, Path]
    """path in the repository -> file that is new or different"""
    delete: list[str]
    """files of an earlier push that the folder no longer has"""
    keep_card: bool
    """the card was edited on the Hub: it stays as it is"""
    private: bool = False

    def __str__(self) -> str:
        lines = [f"{self.repo_id} ({'new' if self.head is None else f'at {self.head[:7]}'})"]
        lines += [f"  + {path}, {file.stat().st_size:,} bytes" for path, file in self.add.items()]
        lines += [f"  - {path}" for path in self.delete]
        if self.keep_card:
            lines.append(
                "  README.md was edited on the Hub and stays as it is there (--overwrite_card replaces it)"
            )
        if not self.add and not self.delete:
            lines.append("  nothing to change")
        return "\n".join(lines)


def push_folder(
    folder: str | Path,
    repo_id: str,
    private: bool | None = None,
    overwrite_card: bool = False,
    commit_message: str = "Upload model folder",
) -> str:
    """Push a complete model folder in one commit; the URL of the commit that has it.

    A `repo_id` without a namespace is one of the user that the access token belongs to.
    Checkpoints, logs and whatever else is no part of a model folder are not sent. A card that was edited on
    the Hub is left alone unless `overwrite_card`. Prints what it changes. Raises `PublishError`.
    """
    if get_token() is None:
        raise PublishError("There is no access token: run `hf auth login`, or set HF_TOKEN.")
    with _one_sentence(repo_id):
        if "/" not in repo_id:
            repo_id = f"{HfApi().whoami()['name']}/{repo_id}"
        settings = (Path(folder), repo_id, private, overwrite_card, commit_message)
        try:
            return _push_once(*settings)
        except (httpx.HTTPError, RuntimeError):
            # the commit may be there though its answer got lost: the second look at the head finds it
            return _push_once(*settings)


def _push_once(
    folder: Path, repo_id: str, private: bool | None, overwrite_card: bool, commit_message: str
) -> str:
    api = HfApi()
    plan = plan_push(folder, repo_id, overwrite_card)
    if plan.head is None:
        api.create_repo(repo_id, private=private, exist_ok=True)
        plan = plan_push(folder, repo_id, overwrite_card)
    if private and not plan.private:
        raise PublishError(f"{repo_id} is public already; make it private on its settings page first.")
    print(plan)
    if not plan.add and not plan.delete:
        return f"{api.endpoint}/{repo_id}/commit/{plan.head}"
    additions = [CommitOperationAdd(path, file) for path, file in plan.add.items()]
    deletions = [CommitOperationDelete(path) for path in plan.delete]
    # one commit, which upload_folder does not promise, and only on the head that was looked at
    return api.create_commit(
        repo_id, additions + deletions, commit_message=commit_message, parent_commit=plan.head
    ).commit_url


def plan_push(folder: Path, repo_id: str, overwrite_card: bool = False) -> Plan:
    """Compare a complete model folder with its repository; only reads. Raises `PublishError`."""
    files = check_folder(folder)
    with _one_sentence(repo_id):
        try:
            info = HfApi().model_info(repo_id, files_metadata=True, timeout=TIMEOUT_SECONDS)
        except HfHubHTTPError as error:
            unknown = isinstance(error, RepositoryNotFoundError)
            if not unknown and (error.response.status_code != 401 or get_token()):
                raise
            return Plan(repo_id, None, files, [], keep_card=False)
        there = {file.rfilename: file for file in info.siblings or []}
        add = {}
        for path, file in files.items():
            remote = there.get(path)
            known = remote and (remote.lfs.sha256 if remote.lfs else remote.blob_id)
            if not remote or known != content_hash(file.read_bytes(), lfs=bool(remote.lfs)):
                add[path] = file
        keep_card = False
        if "README.md" in add and "README.md" in there and not overwrite_card:
            card = Path(hf_hub_download(repo_id, "README.md", revision=info.sha))
            keep_card = not is_untouched(card.read_text(encoding="utf-8", errors="replace"))
            if keep_card:
                del add["README.md"]
        delete = [path for path in there if path not in files and any(fnmatch(path, p) for p in FILES)]
        return Plan(repo_id, info.sha, add, delete, keep_card, bool(info.private))


def check_folder(folder: Path) -> dict[str, Path]:
    """Path in a repository -> file, for a complete model folder; `PublishError` for one that is not."""
    files = {}
    for pattern in FILES:
        found = sorted(file for file in folder.glob(pattern) if file.is_file())
        if not found and pattern not in OPTIONAL:
            raise PublishError(f"{folder} is not a complete model folder: {pattern} is missing.")
        files |= {file.relative_to(folder).as_posix(): file for file in found}
    return files


def stamp_card(text: str) -> str:
    """A model card with a comment at its end by which `is_untouched` knows it again."""
    text = STAMP.sub("", text).rstrip()
    return f"{text}\n\n<!-- generated, sha256 {_digest(text)} -->\n"


def is_untouched(text: str) -> bool:
    """Whether nobody has edited a card since `stamp_card`."""
    stamp = STAMP.search(text)
    return stamp is not None and stamp[1] == _digest(text[: stamp.start()])


def _digest(text: str) -> str:
    lines = [line.rstrip() for line in text.strip().splitlines()]  # other line ends are no edit
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@contextmanager
def _one_sentence(repo_id: str) -> Iterator[None]:
    try:
        yield
    except HfHubHTTPError as error:
        if error.response.status_code == 403:
            raise PublishError(f"The access token may not write to {repo_id}.") from error
        raise PublishError(f"{repo_id} was not pushed: {explain(error, repo_id)}.") from error
    except (httpx.HTTPError, OSError) as error:
        raise PublishError(f"{repo_id} was not pushed: {explain(error, repo_id)}.") from error
    except (
        RuntimeError,
        ValueError,
    ) as error:  # a failed upload of a file; a card or a name that the Hub refuses
        raise PublishError(f"{repo_id} was not pushed: {' '.join(str(error).split())}") from error


@dataclass(frozen=True)
class PublishConfig:
    """Push the bundled models to the Hub, a repository each."""

    namespace: str
    """user or organisation on the Hub"""
    models: tuple[str, ...] = ()
    """names of folders; all by default"""
    pretrained_dir: Path = BUNDLED
    """where the model folders lie"""
    private: bool = False
    """make new repositories private"""
    overwrite_card: bool = False
    """replace model cards that were edited on the Hub"""
    dry_run: bool = False
    """show what would change and send nothing"""


def publish(config: PublishConfig) -> None:
    """Push the folders that `config` names. Raises `PublishError`, for a bad one before anything is sent."""
    here = sorted(path.name for path in config.pretrained_dir.glob("*") if path.is_dir())
    if not here:
        raise PublishError(f"{config.pretrained_dir} holds no model folders.")
    if unknown := set(config.models) - set(here):
        raise PublishError(f"There is no model {min(unknown)}; choose from: {', '.join(here)}.")
    folders = [config.pretrained_dir / name for name in config.models or here]
    for folder in folders:
        check_folder(folder)
    for folder in folders:
        repo_id = f"{config.namespace}/{folder.name}"
        if config.dry_run:
            print(plan_push(folder, repo_id, config.overwrite_card))
        else:
            print(push_folder(folder, repo_id, config.private or None, config.overwrite_card))


if __name__ == "__main__":
    try:
        publish(tyro.cli(PublishConfig, description=__doc__))
    except PublishError as error:
        sys.exit(str(error))
