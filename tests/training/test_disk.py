"""A disk that takes no more is called what it is, with its folder, whatever library met it first."""

import errno
import os
import random
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from tests.small_runs import assert_same_weights, history, train, vae_config
from training import command_line, durable, train_vae
from training.checkpoints import list_checkpoints
from training.data import DataError
from training.disk import disk_trouble
from training.errors import ProcessError


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


SAYS = {
    errno.ENOSPC: "the disk of {} is full",
    errno.EDQUOT: "your quota on the disk of {} is used up",
    errno.EFBIG: "{} takes no larger files",
    errno.EROFS: "{} is on a disk that can only be read",
}
NOT_OF_A_DISK = [
    FileNotFoundError(errno.ENOENT, "No such file", "x"),
    PermissionError(errno.EACCES, "Permission denied", "x"),
    ValueError("a full moon"),
    RuntimeError("CUDA out of memory"),
    RuntimeError(
        "[enforce fail at inline_container.cc:672] . unexpected pos 576 vs 534"
    ),  # the disk has room
]


@pytest.mark.parametrize("number", SAYS)
def test_a_disk_is_named_with_its_folder(tmp_path, number):
    words, file = os.strerror(number), tmp_path / "elsewhere" / "file"
    named = OSError(number, words, str(file))
    for error in (named, OSError(number, words, os.fsencode(file)), caused(DataError("unreadable"), named)):
        assert disk_trouble(error, [tmp_path]).startswith(SAYS[number].format(file.parent))
    unnamed = (
        OSError(number, words),
        RuntimeError(f"write(): fd 3 failed with {words}"),
        caused(
            ValueError("no"), Exception(f"Error while serializing: I/O error: {words} (os error {number})")
        ),
    )
    for error in unnamed:
        assert disk_trouble(error, [tmp_path]).startswith(SAYS[number].format(tmp_path))


@pytest.mark.parametrize("error", NOT_OF_A_DISK, ids=repr)
def test_other_errors_are_none_of_a_disk(tmp_path, error):
    assert disk_trouble(error, [tmp_path, tmp_path / "not" / "there"]) is None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A function that mounts a disk of a size."""
    folder = tmp_path / "small"

    def mount(size: str) -> Path:
        folder.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        if os.name == "nt" or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("needs to mount a small disk, as root can")
        return folder

    yield mount
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)


def fill_sqlite(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table a (b)")
        database.execute("insert into a values (?)", ("x" * 800_000,))
        database.commit()


NOISE = Image.frombytes("RGB", (800, 800), random.Random(0).randbytes(1_920_000))
WRITERS = {
    "text": lambda path: path.write_text("x" * 800_000),
    "safetensors": lambda path: save_file({"a": torch.zeros(200_000)}, path),
    "torch": lambda path: torch.save(torch.zeros(200_000), path),
    "pickle": lambda path: torch.save(torch.zeros(200_000), path, _use_new_zipfile_serialization=False),
    "png": lambda path: NOISE.save(path, format="png"),
    "sqlite": fill_sqlite,
}


def test_every_library_that_meets_a_full_disk(small_disk, tmp_path):
    full = small_disk("300k")
    for name, write in WRITERS.items():
        with pytest.raises(Exception) as raised:
            write(full / name)
        assert disk_trouble(raised.value, [tmp_path, full]) == f"the disk of {full} is full", name
        (full / name).unlink(missing_ok=True)


def test_a_run_on_a_disk_that_fills_up_goes_on_when_there_is_room(small_disk, tmp_path):
    folder = small_disk("900k") / "run"
    often = {"max_steps": 8, "checkpointing_steps": 2, "checkpoints_total_limit": 9}
    with pytest.raises(
        ProcessError, match=rf"the disk of {folder}\S* is full. What was saved before is whole"
    ):
        train("vae", vae_config(folder, **often))
    assert list_checkpoints(folder) and not (folder / "model.safetensors").exists()
    assert [path for path in folder.rglob("*") if "partial" in path.name] == []
    subprocess.run(["mount", "-o", "remount,size=20m", str(folder.parent)], check=True)
    train("vae", vae_config(folder, **often, resume_from_checkpoint="latest"))
    train("vae", vae_config(tmp_path / "straight", **often))
    assert_same_weights(folder, tmp_path / "straight")
    assert len(history(folder)) == len(history(tmp_path / "straight"))


@pytest.mark.parametrize("number", [errno.EDQUOT, errno.EROFS, errno.ENOSPC])
def test_wherever_a_run_writes(tmp_path, monkeypatch, number):
    """At random moments a file cannot be brought to the disk; a later part of the run goes on."""
    rng, sync, left = random.Random(number), durable._sync, [0]

    def fail_at_last(path: Path) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(number, os.strerror(number))
        sync(path)

    monkeypatch.setattr(durable, "_sync", fail_at_last)
    more: dict[str, str] = {}
    for _ in range(4):
        left[0] = rng.randrange(1, 30)
        try:
            train("vae", vae_config(tmp_path / "run", max_steps=2, checkpointing_steps=1, **more))
            break
        except ProcessError as error:
            words = SAYS[number].split("{}")[-1].strip()
            assert words in str(error) and str(tmp_path / "run") in str(error)
            assert str(error).endswith("What was saved before is whole")
        assert [path for path in tmp_path.rglob("*") if "partial" in path.name] == []
        more = {"resume_from_checkpoint": "latest"} if list_checkpoints(tmp_path / "run") else {}


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/cache/hub/x"), "the disk of /cache/hub is full"),
        (
            caused(DataError("x"), OSError(errno.EDQUOT, "", "/cache/x")),
            "your quota on the disk of /cache is",
        ),
        (RuntimeError("unable to write to file </torch_1>: No space left on device (28)"), " is full"),
        (sqlite3.OperationalError("database or disk is full"), " is full"),
        (OSError("Not enough disk space. Needed: 4 GiB (download: 2, generated: 2)"), " is full"),
    ],
    ids=repr,
)
def test_the_command_line_says_so(tmp_path, monkeypatch, capsys, error, says):
    def main(_: object) -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["train_vae", "--output_dir", str(tmp_path)])
    with pytest.raises(SystemExit):
        command_line.run(main, train_vae.TrainConfig)
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith("error: ") and says in sentence
    assert sentence.endswith("What was saved before is whole; make room and start again")
