"""What a Space gets of this project, compared with what it has, and pushed in one commit."""

import json
import re
import subprocess
from fnmatch import fnmatch
from pathlib import Path

from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.hf_api import SpaceInfo

from training.push import (
    Plan,
    PublishError,
    edited_sentence,
    hashes_of,
    hashes_there,
    look_up,
    one_sentence,
    push,
)

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
FIRST = "pre-requirements.txt"
"""file in a Space of what it installs before requirements.txt"""
CPU_WHEELS = (
    "# PyTorch without CUDA, for a Space on a CPU. On a GPU this file goes.\n"
    "--extra-index-url https://download.pytorch.org/whl/cpu\n"
)
"""what that file begins with"""
MANIFEST = ".published.json"
"""file in a Space that lists the files sent, with both hashes of each, to recognise edits made on the Hub"""


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
            raise PublishError(f"{repo_id} was not pushed: {edited_sentence(plan)}.")
        return plan

    return push(repo_id, plan, private, "Upload the lab")


def plan_space(project: Path, repo_id: str, models: list[str]) -> Plan:
    """Compare a working tree with its Space; only reads. Raises `PublishError`.

    The manifest in the Space holds the hashes of the files sent by this command. A file with another hash was
    edited by somebody else. Files that the command never sent stay.
    """
    content: dict[str, Path | bytes] = {**space_files(project)}
    content["README.md"] = stamp_header(content["README.md"].read_text(encoding="utf-8"), models).encode()
    with one_sentence(repo_id):
        info = look_up(repo_id, "space")
        if runs_on_cpu(info):
            needs = content["requirements.txt"].read_text(encoding="utf-8").splitlines(keepends=True)
            content[FIRST] = "".join(
                [CPU_WHEELS, *(one for one in needs if one.startswith("torch"))]
            ).encode()
        sent = {path: hashes_of(file) for path, file in content.items()}
        content[MANIFEST] = json.dumps(sent, indent=0).encode()
        hashes = sent | {MANIFEST: hashes_of(content[MANIFEST])}
        if info is None:
            return Plan(repo_id, None, content, [], [], "space")
        there = hashes_there(info)
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


def runs_on_cpu(info: SpaceInfo | None) -> bool:
    """Whether a Space has no GPU, or will have none: one that is not there yet is asked for on a CPU."""
    if info is None:
        return True
    hardware = info.runtime and (info.runtime.requested_hardware or info.runtime.hardware)
    return str(hardware).startswith("cpu-")


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
    tracked = git_files(project)
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


def git_files(project: Path, *options: str) -> list[str]:
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


def set_variable(space: str, key: str, value: str) -> None:
    """Set a variable of a Space, unless it has that value already: a change restarts the Space."""
    with one_sentence(space):
        known = HfApi().get_space_variables(space).get(key)
        if known is None or known.value != value:
            HfApi().add_space_variable(space, key, value)
