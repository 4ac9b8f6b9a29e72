"""Checkpoints: write them, delete old ones, resume a run from one.

`OUTPUT_DIR/checkpoints/checkpoint-<step>/` holds weights, optimizers, schedules, averages and the `Progress`.
"""

import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from accelerate import Accelerator
from safetensors import SafetensorError

from space.weights.side_files import frame_files
from training.cuda_graph import learning_rates_as_numbers
from training.durable import put_in_place, remove_folder, writing
from training.errors import TrainingError, one_line


@dataclass
class Progress:
    """How far a run is; part of each checkpoint."""

    flags: dict[str, Any]
    """flags that decide the weights; a run must be resumed with the same values"""
    defaults: dict[str, Any] = field(default_factory=dict)
    """values of flags that a checkpoint of an earlier version does not know"""
    step: int = 0
    """optimizer steps made"""
    logged: int = 0
    """step of the latest row of losses"""
    seconds: float = 0.0
    """seconds of training, in all parts of the run"""
    validation_seconds: float = 0.0
    """of these, seconds that test losses took"""
    sums: dict[str, float] = field(default_factory=dict)
    """sum of each loss over the steps since the latest row"""

    def state_dict(self) -> dict[str, Any]:
        return asdict(self)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        before = self.defaults | (state["flags"] if "flags" in state else state["maths"])  # its name in 0.1
        changed = [k for k in self.flags if self.flags[k] != before.get(k)]
        if changed:
            raise TrainingError(
                "the checkpoint was made with other values of "
                + ", ".join(f"{k} ({before.get(k)}, now {self.flags[k]})" for k in changed)
                + "; resume with the same ones"
            )
        for name in ("step", "logged", "seconds", "sums"):
            setattr(self, name, state[name])
        self.validation_seconds = state.get("validation_seconds", 0.0)  # not in checkpoints of 0.1


def list_checkpoints(output_dir: Path) -> list[Path]:
    """Complete checkpoints of a run, oldest first."""
    found = output_dir.glob("checkpoints/checkpoint-*")
    return sorted((path for path in found if path.name[11:].isdecimal()), key=_step_of)


def _step_of(checkpoint: Path) -> int:
    return int(checkpoint.name[11:])


def remove_later(output_dir: Path, step: int) -> None:
    """Delete checkpoints and pictures later than `step`, where this run starts; it will write its own."""
    for checkpoint in list_checkpoints(output_dir):
        if _step_of(checkpoint) > step:
            remove_folder(checkpoint)
    for later, picture in frame_files(output_dir):
        if later > step:
            picture.unlink()


def remove_old_checkpoints(output_dir: Path, keep: int) -> None:
    """Delete all but the latest `keep`, and partial ones that a killed run has left."""
    for left in (output_dir / "checkpoints").glob("partial-*"):
        shutil.rmtree(left)
    for old in list_checkpoints(output_dir)[:-keep]:
        remove_folder(old)


def save_checkpoint(accelerator: Accelerator, output_dir: Path, step: int, keep: int) -> None:
    """Write a checkpoint, complete or not at all, and delete all but the latest `keep`."""
    final = output_dir / "checkpoints" / f"checkpoint-{step}"
    partial = final.with_name(f"partial-{step}")
    if accelerator.is_main_process:
        partial.mkdir(parents=True)
    accelerator.wait_for_everyone()
    with writing(f"the checkpoint of step {step}", partial):
        accelerator.save_state(str(partial), safe_serialization=True)
        accelerator.wait_for_everyone()
        if accelerator.is_main_process:
            put_in_place(partial, final)
            remove_old_checkpoints(output_dir, keep)
    accelerator.wait_for_everyone()


def load_checkpoint(accelerator: Accelerator, output_dir: Path, which: str, progress: Progress) -> None:
    """Restore weights, optimizers, schedules, averages and `progress`, which was registered last.

    `which` is 'latest', a checkpoint's folder, or 'hub': the latest, which has been fetched from there.
    """
    folder = _folder_of(output_dir, which)
    try:
        parts = [f"custom_checkpoint_{i}.pkl" for i in range(len([*folder.glob("custom_checkpoint_*.pkl")]))]
        # accelerate would run code that these pickles hold; `weights_only` refuses it
        states = [torch.load(folder / part, map_location="cpu", weights_only=True) for part in parts]
        progress.load_state_dict(states[-1])  # first, so that changed flags are not reported as damage
        accelerator.load_state(str(folder))
        learning_rates_as_numbers(accelerator._optimizers)
    except (SafetensorError, UnpicklingError, RuntimeError, OSError, EOFError, LookupError) as error:
        raise TrainingError(
            f"{folder} cannot be read: {one_line(error)}; "
            "give --resume_from_checkpoint the folder of an earlier one"
        ) from error


def _folder_of(output_dir: Path, which: str) -> Path:
    """The checkpoint to resume from."""
    if which in ("latest", "hub"):
        checkpoints = list_checkpoints(output_dir)
        if not checkpoints:
            raise TrainingError(
                f"{output_dir} holds no checkpoint to resume from; start without --resume_from_checkpoint"
            )
        return checkpoints[-1]
    folder = Path(which)
    if not (folder / "random_states_0.pkl").exists():
        raise TrainingError(f"{folder} is not a checkpoint; give 'latest' or a checkpoint-<step> folder")
    return folder
