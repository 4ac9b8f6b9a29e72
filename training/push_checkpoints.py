"""Checkpoints on the Hub, for jobs whose disk goes with them: pushed by a run, and fetched by the next one.

They lie in `checkpoints/` of the model's repository, one at a time. The push of the finished model deletes
it.
"""

import shutil
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, snapshot_download

from training.errors import TrainingError
from training.push import PublishError, look_up, one_sentence, with_owner

FOLDER = "checkpoints"
BESIDE = ("history.csv", "samples/*.png")
"""what a resumed run needs besides its checkpoint"""


def push_checkpoint(output_dir: Path, repo_id: str, step: int) -> None:
    """Push the checkpoint of a step in place of an earlier one, with history and pictures, in one commit.

    If that fails, a line says why, and the run goes on.
    """
    try:
        repo_id = with_owner(repo_id)
        patterns = (f"{FOLDER}/checkpoint-{step}/*", *BESIDE)
        files = [file for pattern in patterns for file in sorted(output_dir.glob(pattern)) if file.is_file()]
        with one_sentence(repo_id, f"did not get the checkpoint of step {step}"):
            info = look_up(repo_id, "model")
            there = [file.rfilename for file in info.siblings or []] if info else []
            now = {file.relative_to(output_dir).as_posix(): file for file in files}
            old = [path for path in there if path.startswith(f"{FOLDER}/") and path not in now]
            HfApi().create_commit(
                repo_id,
                [*(CommitOperationAdd(*one) for one in now.items()), *map(CommitOperationDelete, old)],
                commit_message=f"Checkpoint of step {step}",
            )
    except PublishError as error:
        print(f"{error} The run goes on.", flush=True)


def fetch_checkpoint(output_dir: Path, repo_id: str) -> None:
    """Fetch the checkpoint that `push_checkpoint` has pushed; raises `PublishError`, `TrainingError`."""
    repo_id = with_owner(repo_id, "has no checkpoint that can be fetched")
    with one_sentence(repo_id, "has no checkpoint that can be fetched"):
        snapshot_download(repo_id, allow_patterns=[f"{FOLDER}/*", *BESIDE], local_dir=output_dir)
    shutil.rmtree(output_dir / ".cache" / "huggingface", ignore_errors=True)
    if not [*output_dir.glob(f"{FOLDER}/checkpoint-*")]:
        raise TrainingError(
            f"{repo_id} holds no checkpoint; a run pushes them with --push_to_hub --push_every_checkpoint"
        )
