"""kill -9 in the middle of a training run: whatever is there is whole, and going on gives the same weights.

A process that has its imports done forks the runs, so that a start costs nothing.
"""

import csv
import json
import multiprocessing
import os
import pty
import random
import resource
import shutil
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
import torch

from space.models.vae import VAE, VAEConfig
from space.weights.model_folder import load_folder
from training import command_line, evaluate, train_vae
from training.checkpoints import list_checkpoints
from training.push import PublishError, check_folder, is_untouched

KILLS = 20
STOPS = 10
MODEL_FOLDER = {"config.json", "README.md", "metrics.json", "training.json", "latents.csv"}


def make_config(folder: Path, **more) -> train_vae.TrainConfig:
    """A run that mostly writes: a checkpoint and a row of history every step."""
    tiny = {"dataset": "fake", "batch_size": 64, "cpu": True, "warmup_steps": 2, "max_steps": 10}
    often = {"logging_steps": 1, "checkpointing_steps": 1, "num_snapshots": 6, "iw_samples": 2}
    often |= {"validation_share": 1.0}  # with every picture, however slow the machine
    return train_vae.TrainConfig(
        output_dir=folder, model=VAEConfig(hidden_dim=16), **{**tiny, **often, **more}
    )


# ---- in the warm process


def train_here(config: Any, main: Callable[[Any], None] = train_vae.main) -> NoReturn:
    """As the command line does it, in this process, which ends."""
    try:
        sys.argv = ["train_vae", "--output_dir", str(getattr(config, "output_dir", "unused"))]
        command_line.run(lambda _: main(config), train_vae.TrainConfig)
        os._exit(0)
    except BaseException as error:
        os._exit(error.code if isinstance(error, SystemExit) else 2)


def start(
    config: Any, limit: int = 0, deadly: bool = True, main: Callable[[Any], None] = train_vae.main
) -> tuple[int, int]:
    """The run in a child -> its id, and a pipe with its stderr.

    With a `limit`, no file grows larger: the kernel kills the run there, in the middle of a write, or, if
    that is not `deadly`, refuses to write more, as a full disk does.
    """
    reader, writer = os.pipe()
    if child := os.fork():
        os.close(writer)
        return child, reader
    os.dup2(writer, 2)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if deadly else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    train_here(config, main)


def finish(child: int, reader: int) -> tuple[int, str]:
    """Wait for a child -> its exit code (of a killed one: minus the signal), and its stderr."""
    with os.fdopen(reader, errors="replace") as pipe:
        errors = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), errors


def run_once(config: train_vae.TrainConfig, limit: int = 0, deadly: bool = True) -> tuple[int, str, float]:
    """Exit code, stderr, seconds."""
    began = time.monotonic()
    return *finish(*start(config, limit, deadly)), time.monotonic() - began


def run_and_signal(config: train_vae.TrainConfig, seconds: float, number: int) -> tuple[int, str]:
    """Exit code and stderr of a run that gets a signal after some seconds; 0 if it was done by then."""
    child, reader = start(config)
    deadline = time.monotonic() + seconds
    while (
        time.monotonic() < deadline
        and os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    ):
        time.sleep(0.002)
    os.kill(child, number)
    return finish(child, reader)


def run_on_a_terminal(config: train_vae.TrainConfig, ignore: bool) -> int:
    """Exit code of a run whose terminal is closed at step 17; with `ignore` it was started by nohup."""
    child, terminal = pty.fork()
    if not child:
        if ignore:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            for number in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)
        train_here(config)
    termios.tcsetwinsize(terminal, (24, 80))  # room for the bar
    while not (config.output_dir / "samples" / "step-000017.png").exists():
        time.sleep(0.01)
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run_beside(config: train_vae.TrainConfig) -> tuple[dict[str, tuple[int, str]], dict[str, str]]:
    """What others say while a run is on (exit code and stderr), and after it was killed."""
    child, reader = start(replace(config, max_steps=10**6, num_snapshots=2))
    while not list_checkpoints(config.output_dir):
        time.sleep(0.01)
    (config.output_dir / "training.json").write_text("{}")
    try:
        said = {
            "train": run_once(config)[:2],
            "resume": run_once(replace(config, resume_from_checkpoint="latest"))[:2],
            "measure": finish(
                *start(evaluate.EvaluateConfig(model=str(config.output_dir)), main=evaluate.main)
            ),
            "publish": refusal_of(check_folder, config.output_dir),
        }
    finally:
        os.kill(child, signal.SIGKILL)
        finish(child, reader)
    left = {"lock": str((config.output_dir / ".lock").exists())}
    return said, left | {"publish": refusal_of(check_folder, config.output_dir)}


def refusal_of(function: Callable, *arguments: object) -> str:
    try:
        return repr(function(*arguments))
    except PublishError as error:
        return str(error)


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
        moment = rng.uniform(0, seconds)
        code, _ = machine.submit(run_and_signal, go_on(config), moment, signal.SIGKILL).result(timeout=120)
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


def test_ended_at_random_moments(machine, straight, tmp_path):
    """While it reads, trains, measures or writes: one sentence, nothing half written, and it goes on."""
    expected, seconds = straight
    rng, config, stops = random.Random(1), make_config(tmp_path / "tiny"), 0
    codes = {signal.SIGTERM: 143, signal.SIGHUP: 129}
    while stops < STOPS:
        number = rng.choice([*codes])
        moment = rng.uniform(0.05, seconds)
        code, errors = machine.submit(run_and_signal, go_on(config), moment, number).result(timeout=120)
        assert code in (0, codes[number], -number), errors  # the last before the script has begun
        assert_whole(config.output_dir, expected)
        if code == 0:
            assert_complete(config.output_dir, expected)
            shutil.rmtree(config.output_dir)
        elif code > 0:
            stops += 1
            (sentence,) = [line for line in errors.splitlines() if line.startswith("error: ")]
            assert sentence.startswith("error: stopped "), sentence
            assert "Traceback" not in errors and "terminate" not in errors
            assert [path for path in config.output_dir.rglob("*") if "partial" in path.name] == []
            assert ("--resume_from_checkpoint latest" in sentence) == bool(
                list_checkpoints(config.output_dir)
            )
    code, errors, _ = machine.submit(run_once, go_on(config)).result(timeout=120)
    assert code == 0, errors
    assert_complete(config.output_dir, expected)


@pytest.mark.parametrize("ignore", [False, True], ids=["closed", "nohup"])
def test_a_terminal_that_is_closed(machine, tmp_path, ignore):
    """The run saves what it has, though nothing can be written to the terminal; with nohup it goes on."""
    config = make_config(tmp_path / "tiny", max_steps=300, checkpointing_steps=1000, num_snapshots=4)
    code = machine.submit(run_on_a_terminal, config, ignore).result(timeout=120)
    assert code == (0 if ignore else 129)
    (checkpoint,) = list_checkpoints(config.output_dir)
    assert (int(checkpoint.name[11:]) == 300) == ignore == (config.output_dir / "model.safetensors").exists()


def test_the_second_of_two_runs_in_a_folder_is_refused(machine, half, tmp_path):
    config = make_config(tmp_path / "tiny", checkpoints_total_limit=2)
    said, killed = machine.submit(run_beside, config).result(timeout=120)
    for who in ("train", "resume", "measure"):
        code, errors = said[who]
        (sentence,) = errors.splitlines()
        assert code == 1 and sentence.startswith(f"error: another process trains or measures in {tmp_path}")
    assert "a run writes to it" in said["publish"]
    # what a killed run leaves is no obstacle, and goes with the next
    assert killed["lock"] == "True" and "is missing" in killed["publish"]
    shutil.rmtree(config.output_dir)
    shutil.copytree(half, config.output_dir)
    (config.output_dir / ".lock").touch()
    code, errors, _ = machine.submit(run_once, go_on(config)).result(timeout=120)
    assert code == 0, errors
    assert ".lock" not in check_folder(config.output_dir) and not (config.output_dir / ".lock").exists()


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
