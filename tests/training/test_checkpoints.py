"""Checkpoints: stopping, going on, and files that are damaged."""

import json
import os
import shutil
import signal
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from accelerate.state import AcceleratorState
from safetensors.torch import load_file

from space.models.vae import VAEConfig
from tests.small_runs import assert_same_weights, history, start_script, vae_config
from training import evaluate, run_log, train_vae
from training.batches import Batch, Batches
from training.checkpoints import Progress, list_checkpoints
from training.errors import TrainingError
from training.loop import snapshot_steps
from training.run_log import Stopwatch


def test_control_c_saves_a_checkpoint_and_resuming_gives_the_same_weights(tmp_path):
    flags = ["--dataset", "fake", "--batch_size", "64", "--max_steps", "400", "--model.hidden_dim", "64",
             "--iw_samples", "2", "--logging_steps", "10", "--cpu"]  # fmt: skip
    process = start_script("train_vae", "--output_dir", tmp_path / "stopped", *flags)
    deadline = time.monotonic() + 120
    while not (tmp_path / "stopped" / "samples" / "step-000002.png").exists():
        assert time.monotonic() < deadline and process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "--resume_from_checkpoint latest" in errors and "Traceback" not in errors
    (checkpoint,) = (tmp_path / "stopped" / "checkpoints").iterdir()
    assert 0 < int(checkpoint.name.removeprefix("checkpoint-")) < 400

    common = vae_config(
        tmp_path / "stopped",
        max_steps=400,
        model=VAEConfig(hidden_dim=64),
        warmup_steps=200,
        logging_steps=10,
    )
    config = replace(common, iw_samples=2, resume_from_checkpoint="latest")
    train_vae.main(config)
    AcceleratorState._reset_state(True)
    train_vae.main(replace(config, output_dir=tmp_path / "straight", resume_from_checkpoint=""))
    assert_same_weights(tmp_path / "stopped", tmp_path / "straight")


def test_a_checkpoint_of_an_earlier_version_goes_on():
    """Its flags had another name, and a flag that came later has its default."""
    now = Progress({"beta": 2.0, "kl_warmup_steps": 0}, {"beta": 1.0, "kl_warmup_steps": 0})
    state = {"maths": {"beta": 2.0}, "step": 7, "logged": 5, "seconds": 1.5, "sums": {"loss": 3.0}}
    now.load_state_dict(state)
    assert (now.step, now.logged, now.seconds, now.sums) == (7, 5, 1.5, {"loss": 3.0})
    later = Progress({"beta": 2.0, "kl_warmup_steps": 9}, {"beta": 1.0, "kl_warmup_steps": 0})
    with pytest.raises(TrainingError, match=r"kl_warmup_steps \(0, now 9\)"):
        later.load_state_dict(state)


def test_checkpoints_are_limited(tmp_path):
    config = vae_config(tmp_path / "run", max_steps=10, checkpointing_steps=2, checkpoints_total_limit=2)
    train_vae.main(config)
    names = {path.name for path in (config.output_dir / "checkpoints").iterdir()}
    assert names == {"checkpoint-8", "checkpoint-10"}


def test_a_run_resumed_from_an_earlier_checkpoint_saves_the_later_ones_again(tmp_path):
    config = vae_config(tmp_path / "run", max_steps=8, checkpointing_steps=2, checkpoints_total_limit=9)
    train_vae.main(config)
    first, *later = list_checkpoints(config.output_dir)
    good = {path: (path / "model.safetensors").read_bytes() for path in later}
    for path in later:
        (path / "model.safetensors").write_bytes(b"damaged")
    shutil.copytree(later[0], config.output_dir / "checkpoints" / "checkpoint-10")  # of a longer run
    AcceleratorState._reset_state(True)
    with pytest.raises(TrainingError, match="checkpoint-10 cannot be read"):
        train_vae.main(replace(config, resume_from_checkpoint="latest"))
    assert len(list_checkpoints(config.output_dir)) == 5  # a failed load removes nothing
    AcceleratorState._reset_state(True)
    train_vae.main(replace(config, resume_from_checkpoint=str(first)))
    assert list_checkpoints(config.output_dir) == [first, *later]
    assert {path: (path / "model.safetensors").read_bytes() for path in later} == good


def test_images_per_second_of_a_resumed_run_are_of_the_time_since_it_goes_on(tmp_path, monkeypatch):
    seconds, batch_of = [0.0], Batches.__getitem__

    def second_by_second(self: Batches, number: int) -> Batch:
        seconds[0] += 1
        return batch_of(self, number)

    monkeypatch.setattr(Batches, "__getitem__", second_by_second)
    monkeypatch.setattr(run_log, "time", SimpleNamespace(perf_counter=lambda: seconds[0]))
    often = {"checkpointing_steps": 4, "logging_steps": 5, "num_snapshots": 2}
    config = vae_config(tmp_path / "run", max_steps=10, checkpoints_total_limit=9, **often)
    train_vae.main(config)
    speeds = [row["images_per_second"] for row in history(config.output_dir)]
    assert speeds == ["", "64", "64"]
    AcceleratorState._reset_state(True)
    train_vae.main(replace(config, resume_from_checkpoint=str(list_checkpoints(config.output_dir)[0])))
    assert [row["images_per_second"] for row in history(config.output_dir)] == speeds


def test_a_run_that_is_good_enough_is_ended_early_with_a_model(tmp_path):
    long = vae_config(tmp_path / "run", max_steps=6, checkpointing_steps=2, ema_decay=0.5, logging_steps=2)
    train_vae.main(long)
    checkpoint = list_checkpoints(long.output_dir)[0]
    step = int(checkpoint.name.split("-")[1])
    AcceleratorState._reset_state(True)
    with pytest.raises(ValueError, match="finish_now needs resume_from_checkpoint"):
        replace(long, finish_now=True)
    train_vae.main(replace(long, resume_from_checkpoint=str(checkpoint), finish_now=True))
    facts = json.loads((long.output_dir / "training.json").read_text())
    assert facts["steps"] == step < 6
    assert (
        f"{step} optimizer steps, where `--finish_now` ended the run"
        in (long.output_dir / "README.md").read_text()
    )
    last = history(long.output_dir)[-1]
    assert int(last["step"]) == step and float(last["test_loss"]) > 0
    assert (long.output_dir / "samples" / f"step-{step:06d}.png").exists()
    averaged = torch.load(checkpoint / "custom_checkpoint_1.pkl", weights_only=True)
    kept = load_file(long.output_dir / "model.safetensors")
    assert all(torch.equal(kept[name], averaged[f"module.{name}"]) for name in kept)
    AcceleratorState._reset_state(True)  # and the run can still be gone on with
    train_vae.main(replace(long, resume_from_checkpoint="latest"))
    assert json.loads((long.output_dir / "training.json").read_text())["steps"] == 6
    assert "finish_now" not in (long.output_dir / "README.md").read_text()


def test_validation_takes_no_more_than_its_share_of_the_time(tmp_path, monkeypatch):
    """A step takes a second, a validation five: the pictures are all taken, most without test losses."""
    seconds, batch_of = [0.0], Batches.__getitem__
    validate_of = Stopwatch.validate

    def second_by_second(self: Batches, number: int) -> Batch:
        seconds[0] += 1
        return batch_of(self, number)

    def slowly(self: Stopwatch, validate):
        def five_seconds():
            seconds[0] += 5
            return validate()

        return validate_of(self, five_seconds)

    monkeypatch.setattr(Batches, "__getitem__", second_by_second)
    monkeypatch.setattr(Stopwatch, "validate", slowly)
    monkeypatch.setattr(run_log, "time", SimpleNamespace(perf_counter=lambda: seconds[0]))
    tested = {}
    for share in (0.0, 0.5, 1.0):
        AcceleratorState._reset_state(True)
        folder = tmp_path / str(share)
        seconds[0] = 0
        config = vae_config(folder, max_steps=40, num_snapshots=20, logging_steps=40, validation_share=share)
        train_vae.main(config)
        rows = history(folder)
        pictured = {int(path.stem[5:]) for path in (folder / "samples").iterdir()}
        assert pictured == snapshot_steps(40, 20)
        tested[share] = [int(row["step"]) for row in rows if row["test_loss"]]
    assert tested[0.0] == [0, 40]
    assert set(tested[1.0]) == snapshot_steps(40, 20)
    on_the_way = tested[0.5][:-1]
    assert 3 <= len(on_the_way) < len(tested[1.0])
    for number, step in enumerate(on_the_way[1:], start=2):
        assert 5 * number <= 0.5 * (step + 5 * number)
    with pytest.raises(ValueError, match=r"validation_share is 1\.5; allowed: 0 to 1"):
        replace(config, validation_share=1.5)


def test_pictures_are_of_this_run_alone(tmp_path):
    config = vae_config(tmp_path / "run", max_steps=4, checkpointing_steps=2)
    samples = config.output_dir / "samples"
    samples.mkdir(parents=True)

    def leave_others() -> None:
        for name in ("step-000003.png", "step-000900.png", "step-1000000.png", "mine.png"):
            (samples / name).write_bytes(b"of another run")

    leave_others()
    train_vae.main(config)
    pictures = {path.name: path.read_bytes() for path in samples.iterdir()}
    assert pictures.keys() == {"mine.png", *(f"step-{step:06d}.png" for step in (0, 1, 2, 3, 4))}
    leave_others()
    AcceleratorState._reset_state(True)
    first = str(list_checkpoints(config.output_dir)[0])
    train_vae.main(replace(config, resume_from_checkpoint=first))
    assert {path.name: path.read_bytes() for path in samples.iterdir()} == pictures


def test_the_last_picture_on_a_card_is_that_of_the_last_step(tmp_path):
    config = vae_config(tmp_path / "run", max_steps=1)
    train_vae.main(config)
    for step in (999_999, 1_000_000):
        (config.output_dir / "samples" / f"step-{step:06d}.png").touch()
    evaluate.main(evaluate.EvaluateConfig(model=str(config.output_dir), iw_samples=0))
    assert "(samples/step-1000000.png)" in (config.output_dir / "README.md").read_text()


class Code:
    """Once it is read as any pickle is, there is a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("name", ["custom_checkpoint_0.pkl", "custom_checkpoint_1.pkl", "optimizer.bin"])
@pytest.mark.parametrize("content", [b"", b"not a pickle", b"PK half of one", "code", "gone"], ids=repr)
def test_a_damaged_part_of_a_checkpoint_is_one_sentence(tmp_path, name, content):
    config = vae_config(tmp_path / "run", max_steps=1)
    train_vae.main(config)
    path = config.output_dir / "checkpoints" / "checkpoint-1" / name
    if content == "code":
        torch.save({"flags": Code(tmp_path / "ran")}, path)
    elif content == "gone":
        path.unlink()
    else:
        path.write_bytes(content)
    AcceleratorState._reset_state(True)
    with pytest.raises(
        TrainingError, match=r"checkpoint-1 cannot be read: .+; give --resume_from_checkpoint"
    ):
        train_vae.main(replace(config, resume_from_checkpoint="latest"))
    assert not (tmp_path / "ran").exists()
