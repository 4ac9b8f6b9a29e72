"""kill -9 in the middle of a training run: whatever is there is whole, and going on gives the same weights.

A process that has its imports done forks the runs, so that a start costs nothing.
"""

import csv
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from space.models.vae import VAE, VAEConfig
from space.weights.model_folder import load_folder
from training import command_line, train_vae
from training.checkpoints import list_checkpoints
from training.push import check_folder, is_untouched

KILLS = 20
MODEL_FOLDER = {"config.json", "README.md", "metrics.json", "training.json", "latents.csv"}


def make_config(folder: Path, **more) -> train_vae.TrainConfig:
    """A run that mostly writes: a checkpoint and a row of history every step."""
    tiny = {"dataset": "fake", "batch_size": 64, "cpu": True, "warmup_steps": 2, "max_steps": 10}
    often = {"logging_steps": 1, "checkpointing_steps": 1, "num_snapshots": 6, "iw_samples": 2}
    return train_vae.TrainConfig(
        output_dir=folder, model=VAEConfig(hidden_dim=16), **{**tiny, **often, **more}
    )


# ---- in the warm process


def start(config: train_vae.TrainConfig, limit: int = 0, deadly: bool = True) -> tuple[int, int]:
    """The run in a child -> its id, and a pipe with its stderr.

    With a `limit`, no file grows larger: the kernel kills the run there, in the middle of a write, or, if
    that is not `deadly`, refuses to write more, as a full disk does.
    """
    reader, writer = os.pipe()
    if child := os.fork():
        os.close(writer)
        return child, reader
    try:
        os.dup2(writer, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if limit:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL if deadly else signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        sys.argv = ["train_vae", "--output_dir", str(config.output_dir)]
        command_line.run(lambda _: train_vae.main(config), train_vae.TrainConfig)
        os._exit(0)
    except BaseException as error:
        os._exit(error.code if isinstance(error, SystemExit) else 2)


def finish(child: int, reader: int) -> tuple[int, str]:
    """Wait for a child -> its exit code (of a killed one: minus the signal), and its stderr."""
    with os.fdopen(reader, errors="replace") as pipe:
        errors = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), errors


def run_once(config: train_vae.TrainConfig, limit: int = 0, deadly: bool = True) -> tuple[int, str, float]:
    """Exit code, stderr, seconds."""
    began = time.monotonic()
    return *finish(*start(config, limit, deadly)), time.monotonic() - began


def run_and_kill(config: train_vae.TrainConfig, seconds: float) -> int:
    """Exit code of a run that is killed after some seconds: -9, or 0 if it was done by then."""
    child, reader = start(config)
    deadline = time.monotonic() + seconds
    while (
        time.monotonic() < deadline
        and os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    ):
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    return finish(child, reader)[0]


# ---- the tests


@pytest.fixture(scope="module")
def machine() -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as machine:
        yield machine


@pytest.fixture(scope="module")
def straight(machine: ProcessPoolExecutor, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """An uninterrupted run with all its checkpoints, and how long it takes."""
    config = make_config(tmp_path_factory.mktemp("straight") / "tiny", checkpoints_total_limit=100)
    code, errors, seconds = machine.submit(run_once, config).result(timeout=120)
    assert code == 0, errors
    return config.output_dir, seconds


def go_on(config: train_vae.TrainConfig) -> train_vae.TrainConfig:
    return replace(config, resume_from_checkpoint="latest" if list_checkpoints(config.output_dir) else "")


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "history.csv").open(newline="") as file:
        return [{k: v for k, v in row.items() if k != "images_per_second"} for row in csv.DictReader(file)]


def assert_whole(folder: Path, straight: Path) -> None:
    """What has the name of something complete is byte by byte that of the uninterrupted run."""
    for checkpoint in folder.glob("checkpoints/checkpoint-*"):
        expected = straight / "checkpoints" / checkpoint.name
        assert {path.name for path in checkpoint.iterdir()} == {path.name for path in expected.iterdir()}
        for path in checkpoint.iterdir():
            if path.suffix == ".pkl":  # holds times and file names
                torch.load(path, weights_only=False)
            else:
                assert path.read_bytes() == (expected / path.name).read_bytes(), path
    for path in folder.glob("samples/*.png"):
        assert path.read_bytes() == (straight / "samples" / path.name).read_bytes(), path
    if (folder / "history.csv").exists():
        found, expected = rows(folder), rows(straight)[: len(rows(folder))]
        assert [row["step"] for row in found] == [row["step"] for row in expected]
        for one, other in zip(found[:-1], expected):  # the last may still get its picture's losses
            assert {k: v for k, v in one.items() if v} == {k: v for k, v in other.items() if v}
    for name in ("config.json", "metrics.json", "training.json"):
        if (folder / name).exists():
            json.loads((folder / name).read_text())
    if (folder / "README.md").exists():
        assert is_untouched((folder / "README.md").read_text())
    if (folder / "model.safetensors").exists():
        assert (folder / "model.safetensors").read_bytes() == (straight / "model.safetensors").read_bytes()
        assert check_folder(folder).keys() >= MODEL_FOLDER
        load_folder(VAE, folder)


def assert_complete(folder: Path, straight: Path) -> None:
    assert_whole(folder, straight)
    assert (folder / "model.safetensors").exists() and rows(folder) == rows(straight)
    assert {p.name for p in folder.glob("samples/*")} == {p.name for p in straight.glob("samples/*")}
    assert (folder / "latents.csv").read_bytes() == (straight / "latents.csv").read_bytes()
    assert (folder / "metrics.json").read_bytes() == (straight / "metrics.json").read_bytes()
    assert [path for path in folder.rglob("*") if "partial" in path.name] == []


def test_killed_twenty_times_at_random_moments(machine, straight, tmp_path):
    expected, seconds = straight
    rng, config, kills = random.Random(0), make_config(tmp_path / "tiny"), 0
    while kills < KILLS:
        code = machine.submit(run_and_kill, go_on(config), rng.uniform(0, seconds)).result(timeout=120)
        assert code in (0, -signal.SIGKILL)
        assert_whole(config.output_dir, expected)
        if code == 0:
            assert_complete(config.output_dir, expected)
            shutil.rmtree(config.output_dir)
        else:
            kills += 1
    code, errors, _ = machine.submit(run_once, go_on(config)).result(timeout=120)
    assert code == 0, errors
    assert_complete(config.output_dir, expected)


@pytest.fixture(scope="module")
def half(machine, straight, tmp_path_factory) -> Path:
    """A run that has all its checkpoints' files but no model folder yet."""
    folder = tmp_path_factory.mktemp("half") / "tiny"
    shutil.copytree(straight[0], folder)
    for name in (*MODEL_FOLDER, "model.safetensors"):
        (folder / name).unlink()
    return folder


def test_what_a_kill_left_of_checkpoints_goes(machine, straight, half, tmp_path):
    """Of one that was being written, and of one that was being removed after the last had been saved."""
    expected, _ = straight
    config = make_config(tmp_path / "tiny")
    shutil.copytree(half, config.output_dir)
    steps = [int(path.name[11:]) for path in list_checkpoints(config.output_dir)]
    assert len(steps) > config.checkpoints_total_limit
    for left in ("partial-3", f"partial-checkpoint-{steps[0]}"):
        (config.output_dir / "checkpoints" / left).mkdir()
        (config.output_dir / "checkpoints" / left / "optimizer.bin").write_bytes(b"half")
    code, errors, _ = machine.submit(run_once, go_on(config)).result(timeout=120)
    assert code == 0, errors
    assert_complete(config.output_dir, expected)
    assert len(list_checkpoints(config.output_dir)) == config.checkpoints_total_limit


@pytest.mark.parametrize("deadly", [True, False], ids=["killed", "full disk"])
@pytest.mark.parametrize(
    ("begun", "limit", "what"),
    [
        (False, 300, "samples/step-000000.png"),
        (False, 50_000, "the checkpoint of step 1 "),  # in its weights
        (False, 150_000, "the checkpoint of step 1 "),  # in its optimizer
        (True, 50_000, "the model folder "),
    ],
)
def test_stopped_in_the_middle_of_a_file(machine, straight, half, tmp_path, begun, limit, what, deadly):
    expected, _ = straight
    config = make_config(tmp_path / "tiny")
    if begun:
        shutil.copytree(half, config.output_dir)
    code, errors, _ = machine.submit(run_once, go_on(config), limit, deadly).result(timeout=120)
    assert code == (-signal.SIGXFSZ if deadly else 1), errors
    sentence = errors.splitlines()[-1] if errors else ""
    assert deadly or (sentence.startswith("error: ") and what in sentence and "Traceback" not in errors)
    assert_whole(config.output_dir, expected)
    partial = [path.name for path in config.output_dir.rglob("*") if "partial" in path.name]
    assert bool(partial) == deadly  # where the run can still say so, it clears the disk
    assert not (config.output_dir / "model.safetensors").exists()
    code, errors, _ = machine.submit(run_once, go_on(config)).result(timeout=120)
    assert code == 0, errors
    assert_complete(config.output_dir, expected)
