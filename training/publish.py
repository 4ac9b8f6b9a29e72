"""Push models and the lab itself to the Hub: `python -m training.publish --space NAME/lab [--dry_run]`.

Each folder of `space/pretrained/` goes to the repository NAME/<folder>. With `--space` the working tree goes
to the Space. Each push is one commit, and files that the Hub has already are not sent. `--namespace NAME`
alone pushes only the models. Needs a token with write access: `hf auth login`, or the variable HF_TOKEN.
"""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

import tyro
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, get_token, hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError
from huggingface_hub.hf_api import ModelInfo, SpaceInfo
from huggingface_hub.utils import httpx  # the client's own: httpx2 in huggingface_hub 2, httpx in 1

from space.weights.hub import BUNDLED, content_hash, explain
from space.weights.model_folder import FILES, OPTIONAL
from space.weights.proxies import ProxyError, use_proxies
from training.errors import one_line

TIMEOUT_SECONDS = 30.0
PROJECT = Path(__file__).parents[1]
NOT_IN_A_SPACE = (
    *("tests/*", ".ci/*", "training/bench/*.py"),
    *("package*.json", "biome.json", "tsconfig*.json"),
)
"""tracked files that a Space does not need; a commit with them would restart it for nothing, and its visitors
would lose their sessions"""
WITHOUT_GIT = (
    *("app.py", "requirements.txt", "README.md", "CONTRIBUTING.md", "LICENSE", "pyproject.toml"),
    *("docs/*", "space/*", "training/*"),
)
"""files of the project, if its folder is no git clone"""
MAX_FILE_BYTES = 10_000_000
"""a file above this size cannot be meant for a Space"""
MANIFEST = ".published.json"
"""file in a Space that lists the files sent, with both hashes of each, to recognise edits made on the Hub"""
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
    repo_type: Literal["model", "space"] = "model"
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
            lines.append(f"  {_edited_sentence(self)}")
        if not self.add and not self.delete:
            lines.append("  nothing to change")
        return "\n".join(lines)


def _size(content: Path | bytes) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _read(content: Path | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def _edited_sentence(plan: Plan) -> str:
    names = ", ".join(plan.edited[:5]) + (f" and {len(plan.edited) - 5} more" if plan.edited[5:] else "")
    return f"{names} changed on the Hub, not by this command: nothing is sent (--overwrite_space replaces it)"


def push_folder(
    folder: str | Path,
    repo_id: str,
    private: bool | None = None,
    overwrite_card: bool = False,
    commit_message: str = "Upload model folder",
) -> str:
    """Push a complete model folder in one commit; returns the URL of the commit that has it.

    A `repo_id` without a namespace gets that of the access token's user. Checkpoints, logs and other files
    that are no part of a model folder are not sent. A card that was edited on the Hub stays, unless
    `overwrite_card`. Prints what it changes. Raises `PublishError`.
    """
    repo_id = _with_owner(repo_id)
    return _push(repo_id, lambda: plan_push(Path(folder), repo_id, overwrite_card), private, commit_message)


def push_space(
    project: Path, repo_id: str, models: list[str], private: bool | None = None, overwrite: bool = False
) -> str:
    """Create or update a Space from a working tree in one commit; returns the URL of the commit that has it.

    `models` are the repositories that the Space's README names. A Space that was edited on the Hub is not
    changed, unless `overwrite`. Prints what it changes. Raises `PublishError`.
    """

    def plan() -> Plan:
        plan = plan_space(project, repo_id, models)
        if plan.edited and not overwrite:
            raise PublishError(f"{repo_id} was not pushed: {_edited_sentence(plan)}.")
        return plan

    return _push(repo_id, plan, private, "Upload the lab")


def _with_owner(repo_id: str) -> str:
    """`repo_id`, with the user's name as its namespace if it has none."""
    if "/" in repo_id:
        return repo_id
    _check_token()
    with _one_sentence(repo_id):
        return f"{HfApi().whoami()['name']}/{repo_id}"


def _check_token() -> None:
    if get_token() is None:
        raise PublishError("There is no access token: run `hf auth login`, or set HF_TOKEN.")


def _push(repo_id: str, make_plan: Callable[[], Plan], private: bool | None, commit_message: str) -> str:
    _check_token()
    with _one_sentence(repo_id):
        try:
            return _push_once(repo_id, make_plan, private, commit_message)
        except (httpx.HTTPError, RuntimeError):
            # the commit may have been made although its answer was lost: a new plan then has nothing to send
            return _push_once(repo_id, make_plan, private, commit_message)


def _push_once(repo_id: str, make_plan: Callable[[], Plan], private: bool | None, commit_message: str) -> str:
    api = HfApi()
    plan = make_plan()
    repo_type = plan.repo_type
    if plan.head is None:
        sdk = "gradio" if repo_type == "space" else None
        api.create_repo(repo_id, repo_type=repo_type, space_sdk=sdk, private=private, exist_ok=True)
        plan = make_plan()
    if private and not plan.private:
        raise PublishError(f"{repo_id} is public already; make it private on its settings page first.")
    print(plan)
    if not plan.add and not plan.delete:
        prefix = "spaces/" if repo_type == "space" else ""
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


def plan_push(folder: Path, repo_id: str, overwrite_card: bool = False) -> Plan:
    """Compare a complete model folder with its repository; only reads. Raises `PublishError`."""
    files = check_folder(folder)
    with _one_sentence(repo_id):
        info = _look_up(repo_id, "model")
        if info is None:
            return Plan(repo_id, None, dict(files), [], [])
        there = _hashes_there(info)
        add: dict[str, Path | bytes] = {
            path: file for path, file in files.items() if there.get(path) not in _hashes(file)
        }
        edited = []
        if "README.md" in add and "README.md" in there and not overwrite_card:
            card = Path(hf_hub_download(repo_id, "README.md", revision=info.sha))
            if not is_untouched(card.read_text(encoding="utf-8", errors="replace")):
                edited.append("README.md")
                del add["README.md"]
        delete = [path for path in there if path not in files and any(fnmatch(path, p) for p in FILES)]
        return Plan(repo_id, info.sha, add, delete, edited, private=bool(info.private))


def plan_space(project: Path, repo_id: str, models: list[str]) -> Plan:
    """Compare a working tree with its Space; only reads. Raises `PublishError`.

    The manifest in the Space holds the hashes of the files sent by this command. A file with another hash was
    edited by somebody else. Files that the command never sent stay.
    """
    content: dict[str, Path | bytes] = {**space_files(project)}
    content["README.md"] = stamp_header(content["README.md"].read_text(encoding="utf-8"), models).encode()
    sent = {path: _hashes(file) for path, file in content.items()}
    content[MANIFEST] = json.dumps(sent, indent=0).encode()
    hashes = sent | {MANIFEST: _hashes(content[MANIFEST])}
    with _one_sentence(repo_id):
        info = _look_up(repo_id, "space")
        if info is None:
            return Plan(repo_id, None, content, [], [], "space")
        there = _hashes_there(info)
        before = _read_manifest(repo_id, info.sha) if MANIFEST in there else {}
        as_created = there.keys() <= {".gitattributes", "README.md"}  # a new Space, as the Hub creates it
        add, delete, edited = {}, [], []
        for path in dict.fromkeys((*content, *before)):
            if there.get(path) in hashes.get(path, [None]):
                continue
            if path in content:
                add[path] = content[path]
            else:
                delete.append(path)
            if path != MANIFEST and not as_created and there.get(path) not in before.get(path, [None]):
                edited.append(path)
        return Plan(repo_id, info.sha, add, delete, edited, "space", bool(info.private))


def _look_up(repo_id: str, repo_type: Literal["model", "space"]) -> ModelInfo | SpaceInfo | None:
    """The Hub's description of a repository and its files; None if there is none that we may see."""
    try:
        return HfApi().repo_info(repo_id, repo_type=repo_type, files_metadata=True, timeout=TIMEOUT_SECONDS)
    except HfHubHTTPError as error:
        unknown = isinstance(error, RepositoryNotFoundError)
        if not unknown and (error.response.status_code != 401 or get_token()):
            raise
        return None


def _hashes_there(info: ModelInfo | SpaceInfo) -> dict[str, str | None]:
    """Path in the repository -> the Hub's hash of the file."""
    return {file.rfilename: file.lfs.sha256 if file.lfs else file.blob_id for file in info.siblings or []}


def _hashes(content: Path | bytes) -> list[str]:
    """Both hashes that a file can have on the Hub: as a git blob, and in LFS. The Hub decides which it is."""
    data = _read(content)
    return [content_hash(data, lfs=False), content_hash(data, lfs=True)]


def _read_manifest(repo_id: str, commit: str | None) -> dict[str, list[str]]:
    """Path -> hashes of the files of the last push; empty if the manifest cannot be read."""
    text = Path(hf_hub_download(repo_id, MANIFEST, repo_type="space", revision=commit)).read_text()
    try:
        return {path: [str(value) for value in values] for path, values in json.loads(text).items()}
    except (ValueError, AttributeError, TypeError):
        return {}


def space_files(project: Path) -> dict[str, Path]:
    """Path in a Space -> file of the working tree. Raises `PublishError`.

    What git tracks, as it lies here, less `NOT_IN_A_SPACE`; without git, what `WITHOUT_GIT` names.
    """
    tracked = _git_files(project)
    if "app.py" not in tracked:  # not a clone, or one of something around it
        tracked = [
            path
            for path in sorted(file.relative_to(project).as_posix() for file in project.rglob("*"))
            if any(fnmatch(path, pattern) for pattern in WITHOUT_GIT)
            and not any(part.startswith(".") or part == "__pycache__" for part in Path(path).parts)
        ]
    files = {
        path: project / path
        for path in tracked
        if not any(fnmatch(path, pattern) for pattern in NOT_IN_A_SPACE)
        and (project / path).is_file()
        and not (project / path).is_symlink()
    }
    for needed in ("app.py", "README.md", "requirements.txt"):
        if needed not in files:
            raise PublishError(f"{project} is not the lab: {needed} is missing.")
    for path, file in files.items():
        if (size := file.stat().st_size) > MAX_FILE_BYTES:
            most = MAX_FILE_BYTES / 1e6
            raise PublishError(f"{path} has {size / 1e6:.1f} MB; a Space takes files up to {most:.0f} MB.")
    return files


def _git_files(project: Path, *options: str) -> list[str]:
    """Paths below `project` by `git ls-files`; none where there is no git or no repository."""
    command = ["git", "-C", project, "ls-files", "-z", *options]
    try:
        done = subprocess.run(command, capture_output=True, check=True, text=True, encoding="utf-8")
    except (OSError, subprocess.CalledProcessError):
        return []
    return done.stdout.split("\0")[:-1]


def stamp_header(readme: str, models: list[str]) -> str:
    """A Space's README.md whose YAML header names the `models`, unless it names some already.

    The README in our git repository does not name them, because their owner is known only when they are
    pushed. `preload_from_hub` is not used: a Space that somebody duplicates must build without our
    repositories.
    """
    header = re.match(r"---\n(.*?\n)---\n", readme, re.DOTALL)
    if not header:
        raise PublishError("README.md does not begin with the YAML header of a Space.")
    if re.search("^models:", header[1], re.MULTILINE):
        return readme
    listed = "models:\n" + "".join(f"  - {repo_id}\n" for repo_id in models)
    return readme[: header.end(1)] + listed + readme[header.end(1) :]


def check_folder(folder: Path) -> dict[str, Path]:
    """Path in a repository -> file of a model folder; raises `PublishError` if a file is missing."""
    files = {}
    for pattern in FILES:
        found = sorted(file for file in folder.glob(pattern) if file.is_file())
        if not found and pattern not in OPTIONAL:
            raise PublishError(f"{folder} is not a complete model folder: {pattern} is missing.")
        files |= {file.relative_to(folder).as_posix(): file for file in found}
    return files


def stamp_card(text: str) -> str:
    """A model card, with a comment at its end that lets `is_untouched` recognise it."""
    text = STAMP.sub("", text).rstrip()
    return f"{text}\n\n<!-- generated, sha256 {_digest(text)} -->\n"


def is_untouched(text: str) -> bool:
    """Whether nobody has edited a card since `stamp_card`."""
    stamp = STAMP.search(text)
    return stamp is not None and stamp[1] == _digest(text[: stamp.start()])


def _digest(text: str) -> str:
    lines = [line.rstrip() for line in text.strip().splitlines()]  # changed line ends are no edit
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@contextmanager
def _one_sentence(repo_id: str) -> Iterator[None]:
    try:
        yield
    except HfHubHTTPError as error:
        if error.response.status_code == 403:
            raise PublishError(f"The access token may not write to {repo_id}.") from error
        if error.response.status_code == 402:  # the Space needs a paid plan
            says = " ".join((error.server_message or "").split())
            raise PublishError(f"{repo_id} was not pushed: the Hub asks for payment: {says}") from error
        raise PublishError(f"{repo_id} was not pushed: {explain(error, repo_id)}.") from error
    except (httpx.HTTPError, OSError) as error:
        raise PublishError(f"{repo_id} was not pushed: {explain(error, repo_id)}.") from error
    except (
        RuntimeError,
        ValueError,
    ) as error:  # an upload failed, or the Hub refuses the card or the name
        raise PublishError(f"{repo_id} was not pushed: {one_line(error)}") from error


@dataclass(frozen=True)
class PublishConfig:
    """Push the shipped models to the Hub, a repository each, and the lab to a Space."""

    space: str = ""
    """OWNER/NAME of the Space to create or update; '': push no Space"""
    namespace: str = ""
    """user or organisation that the models are pushed to; '': the owner of the Space"""
    models: tuple[str, ...] = ()
    """names of the model folders to push; default: all"""
    pretrained_dir: Path = BUNDLED
    """folder that holds the model folders"""
    project_dir: Path = PROJECT
    """working tree that becomes the Space"""
    private: bool = False
    """make new repositories private"""
    overwrite_card: bool = False
    """replace model cards that were edited on the Hub"""
    overwrite_space: bool = False
    """replace files of the Space that were edited on the Hub"""
    dry_run: bool = False
    """show what would change and send nothing"""


def publish(config: PublishConfig) -> None:
    """Push the models and the Space of `config`. Checks all folders first. Raises `PublishError`."""
    if not config.space and not config.namespace:
        raise PublishError("Nothing to do: give --space OWNER/NAME, --namespace NAME, or both.")
    here = sorted(path.name for path in config.pretrained_dir.glob("*") if path.is_dir())
    if not here:
        raise PublishError(f"{config.pretrained_dir} holds no model folders.")
    if unknown := set(config.models) - set(here):
        raise PublishError(f"There is no model {min(unknown)}; choose from: {', '.join(here)}.")
    folders = [config.pretrained_dir / name for name in config.models or here]
    for folder in folders:
        check_folder(folder)
    space = _with_owner(config.space) if config.space else ""
    owner = space.split("/")[0]
    namespace, private = config.namespace or owner, config.private or None
    repo_ids = [f"{namespace}/{name}" for name in here]
    plan = plan_space(config.project_dir, space, repo_ids) if space else None
    if plan and plan.edited and not config.overwrite_space and not config.dry_run:
        raise PublishError(f"{space} was not pushed: {_edited_sentence(plan)}.")
    for folder in folders:
        repo_id = f"{namespace}/{folder.name}"
        if config.dry_run:
            print(plan_push(folder, repo_id, config.overwrite_card))
        else:
            print(push_folder(folder, repo_id, private, config.overwrite_card))
    if not plan:
        return
    for path in _git_files(config.project_dir, "--others", "--exclude-standard"):
        print(f"git does not track {path}: the Space does not get it")
    if config.dry_run:
        print(plan)
    else:
        print(push_space(config.project_dir, space, repo_ids, private, config.overwrite_space))
    if namespace != owner:  # without the variable a Space loads models of its owner
        print(f"{space}: MODEL_NAMESPACE = {namespace}")
        if not config.dry_run:
            _set_variable(space, "MODEL_NAMESPACE", namespace)


def _set_variable(space: str, key: str, value: str) -> None:
    """Set a variable of a Space, unless it has that value already: a change restarts the Space."""
    with _one_sentence(space):
        known = HfApi().get_space_variables(space).get(key)
        if known is None or known.value != value:
            HfApi().add_space_variable(space, key, value)


if __name__ == "__main__":
    try:
        use_proxies()
        publish(tyro.cli(PublishConfig, description=__doc__))
    except (PublishError, ProxyError) as error:
        sys.exit(str(error))
