"""Steps as CUDA graphs: when they are, and that they compute what plain steps do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from accelerate import Accelerator
from torch import Tensor
from torch.optim.optimizer import register_optimizer_step_post_hook

from tests.small_runs import (
    SCRIPTS,
    config_of,
    history,
    train,
    weights,
)
from training import loop
from training.cuda_graph import CapturedStep, can_capture, learning_rates_as_numbers
from training.replay_buffer import ReplayBuffer

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
STEPS = {"batch_size": 32, "logging_steps": 1, "num_snapshots": 2, "max_steps": 16}
ON_GPU = {**STEPS, "cpu": False, "max_steps": 24}


@pytest.mark.parametrize(
    ("differs", "captures"),
    [
        ({}, True),
        ({"device": torch.device("cpu")}, False),
        ({"num_processes": 2}, False),
        ({"gradient_accumulation_steps": 2}, False),
        ({"scaler": object()}, False),
        ("compiled", False),
    ],
)
def test_what_is_captured(monkeypatch, differs, captures):
    monkeypatch.setenv("ACCELERATE_DYNAMO_BACKEND", "INDUCTOR" if differs == "compiled" else "NO")
    one_gpu = {"device": torch.device("cuda"), "num_processes": 1, "gradient_accumulation_steps": 1}
    one_gpu |= {"scaler": None, "state": Accelerator(cpu=True).state}
    other = {} if differs == "compiled" else differs
    assert can_capture(SimpleNamespace(**{**one_gpu, **other})) == captures


def test_after_a_captured_run_the_learning_rate_is_a_number_again():
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = torch.optim.AdamW([weight], lr=torch.tensor(0.25), capturable=True, fused=True)
    learning_rates_as_numbers([optimizer])
    (group,) = optimizer.param_groups
    assert group["lr"] == 0.25 and isinstance(group["lr"], float) and not group["capturable"]
    weight.sum().backward()
    optimizer.step()
    assert weight.tolist() == pytest.approx([0.75 - 0.25 * 0.01] * 3)


class Rehearsal(CapturedStep):
    """A captured step without a GPU: what would be recorded is computed again by each replay."""

    def _beside(self, batch: Any) -> dict[str, Tensor]:
        return self.step(batch)

    def _record(self) -> tuple[Any, dict[str, Tensor]]:
        terms: dict[str, Tensor] = {}

        def replay() -> None:
            for name, value in self.step(self.batch).items():
                terms.setdefault(name, torch.empty_like(value)).copy_(value.detach())

        return SimpleNamespace(replay=replay), terms


@contextmanager
def rehearsed() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "CapturedStep", Rehearsal)
        patch.setattr(loop, "can_capture", lambda _: True)
        yield


def assert_same_history(found: Path, expected: Path, rel: float, abs: float) -> None:
    wanted = {row["step"]: row for row in history(expected)}
    rows = history(found)
    assert len(rows) >= 8 and rows[-1]["step"] in wanted
    for row in rows:
        for key in row.keys() - {"images_per_second"}:
            if row[key] or wanted[row["step"]][key]:
                value, known = float(row[key]), float(wanted[row["step"]][key])
                where = f"{key} of step {row['step']}"
                if key == "learning_rate":
                    assert value == pytest.approx(known, rel=1e-5), where
                else:
                    assert value == pytest.approx(known, rel=rel, abs=abs), where


@pytest.mark.parametrize("family", ["vae", "classifier", "dcgan", "cyclegan"])
def test_a_replayed_step_sees_each_batch_its_noise_and_its_learning_rate(tmp_path, family):
    options = {**STEPS, "ema_decay": 0.9, "checkpointing_steps": 8, "cpu": True}
    train(family, config_of(family, tmp_path / "plain", **options))
    with rehearsed():
        train(family, config_of(family, tmp_path / "captured", **options))
    assert_same_history(tmp_path / "captured", tmp_path / "plain", rel=1e-4, abs=1e-6)

    checkpoint = tmp_path / "captured" / "checkpoints" / "checkpoint-8"
    (group,) = torch.load(checkpoint / "optimizer.bin", weights_only=True)["param_groups"]
    assert isinstance(group["lr"], Tensor) and group["capturable"]
    again = {"resume_from_checkpoint": str(checkpoint)}
    train(family, config_of(family, tmp_path / "resumed", **options, **again))  # not captured any more
    assert_same_history(tmp_path / "resumed", tmp_path / "plain", rel=1e-4, abs=1e-6)
    checkpoint = tmp_path / "resumed" / "checkpoints" / "checkpoint-16"
    (group,) = torch.load(checkpoint / "optimizer.bin", weights_only=True)["param_groups"]
    assert isinstance(group["lr"], float) and not group["capturable"]


def test_a_full_replay_buffer_stays_in_its_place():
    pool, rng = ReplayBuffer(6), torch.Generator().manual_seed(0)
    for _ in range(2):
        pool.exchange(torch.rand(4, 3, 2, 2), rng)
    place, before = pool.images.data_ptr(), pool.images.clone()
    pool.exchange(torch.rand(4, 3, 2, 2), rng)
    assert pool.images.data_ptr() == place and not torch.equal(pool.images, before)


@contextmanager
def optimizer_steps_heard() -> Iterator[list[int]]:
    """How many steps torch's own hooks hear of: of a graph's none but those that were recorded."""
    heard = [0]

    def count(*_: object) -> None:
        heard[0] += 1

    hook = register_optimizer_step_post_hook(count)
    try:
        yield heard
    finally:
        hook.remove()


@needs_gpu
@pytest.mark.parametrize("precision", ["no", "bf16"])
@pytest.mark.parametrize("family", SCRIPTS)
def test_a_captured_run_learns_what_a_plain_one_does(tmp_path, family, precision):
    options = {**ON_GPU, "mixed_precision": precision, "ema_decay": 0.9, "max_grad_norm": 1.0}
    found = {}
    for name, on in (("captured", True), ("plain", False)):
        with optimizer_steps_heard() as heard:
            train(family, config_of(family, tmp_path / name, cuda_graph=on, **options))
        found[name] = heard[0]
    assert found["captured"] < found["plain"] / 2
    tolerance = {"no": 0.01, "bf16": 0.1}[precision]
    assert_same_history(tmp_path / "captured", tmp_path / "plain", rel=tolerance, abs=tolerance / 10)
    captured, plain = weights(tmp_path / "captured"), weights(tmp_path / "plain")
    for name, weight in plain.items():
        weight = weight.double()  # a count of batches too
        assert (captured[name] - weight).norm() <= tolerance * weight.norm() + 0.02, name


@needs_gpu
@pytest.mark.parametrize("family", ["vae", "dcgan", "cyclegan"])
def test_a_captured_run_goes_on_after_a_stop(tmp_path, family):
    options = {**ON_GPU, "checkpointing_steps": 12, "ema_decay": 0.9}
    train(family, config_of(family, tmp_path / "whole", **options))
    again = {"resume_from_checkpoint": str(tmp_path / "whole" / "checkpoints" / "checkpoint-12")}
    train(family, config_of(family, tmp_path / "resumed", **options, **again))
    assert [int(row["step"]) for row in history(tmp_path / "resumed")] == list(range(13, 25))
    assert_same_history(tmp_path / "resumed", tmp_path / "whole", rel=0.01, abs=0.001)


@needs_gpu
@pytest.mark.parametrize("family", SCRIPTS)
def test_between_rows_of_losses_nothing_waits_for_the_gpu(tmp_path, family, monkeypatch):
    steps = iter(range(1, 100))

    def forbid_waiting() -> None:
        step = next(steps)
        torch.cuda.set_sync_debug_mode("error" if 10 <= step < 20 else "default")

    monkeypatch.setattr(loop, "AFTER_STEP", [forbid_waiting])
    try:
        train(family, config_of(family, tmp_path, **{**ON_GPU, "logging_steps": 24, "ema_decay": 0.9}))
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert next(steps) == 25
