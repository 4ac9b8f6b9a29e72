"""Steps as CUDA graphs: when they are, and, where there is a GPU, that they compute what plain steps do."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import torch
from accelerate import Accelerator
from torch.optim.optimizer import register_optimizer_step_post_hook

from tests.small_runs import (
    SCRIPTS,
    config_of,
    fresh_accelerate_state,  # noqa: F401  a fixture
    history,
    train,
    weights,
)
from training import loop
from training.cuda_graph import can_capture, learning_rates_as_numbers

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
ON_GPU = {"cpu": False, "batch_size": 32, "logging_steps": 1, "num_snapshots": 2, "max_steps": 24}


@pytest.mark.parametrize(
    ("differs", "captures"),
    [
        ({}, True),
        ({"device": torch.device("cpu")}, False),
        ({"num_processes": 2}, False),
        ({"gradient_accumulation_steps": 2}, False),
        ({"scaler": object()}, False),
        ({"dynamo": "INDUCTOR"}, False),
    ],
)
def test_what_is_captured(monkeypatch, differs, captures):
    monkeypatch.setenv("ACCELERATE_DYNAMO_BACKEND", differs.pop("dynamo", "NO"))
    one_gpu = {"device": torch.device("cuda"), "num_processes": 1, "gradient_accumulation_steps": 1}
    state = Accelerator(cpu=True).state
    assert can_capture(SimpleNamespace(**{**one_gpu, "scaler": None, "state": state, **differs})) == captures


def test_after_a_captured_run_the_learning_rate_is_a_number_again():
    weight = torch.nn.Parameter(torch.ones(3))
    optimizer = torch.optim.AdamW([weight], lr=torch.tensor(0.25), capturable=True, fused=True)
    learning_rates_as_numbers([optimizer])
    (group,) = optimizer.param_groups
    assert group["lr"] == 0.25 and isinstance(group["lr"], float) and not group["capturable"]
    weight.sum().backward()
    optimizer.step()  # without `capturable` on a CPU
    assert weight.tolist() == pytest.approx([0.75 - 0.25 * 0.01] * 3)


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
    for captured, plain in zip(history(tmp_path / "captured"), history(tmp_path / "plain"), strict=True):
        for key in captured.keys() - {"images_per_second"}:
            if captured[key] or plain[key]:
                assert float(captured[key]) == pytest.approx(float(plain[key]), rel=tolerance, abs=0.02), key
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
    whole = {row["step"]: row for row in history(tmp_path / "whole")}
    resumed = history(tmp_path / "resumed")
    assert [int(row["step"]) for row in resumed] == list(range(13, 25))
    for row in resumed:
        for key, value in row.items():
            if value and key != "images_per_second":
                assert float(value) == pytest.approx(float(whole[row["step"]][key]), rel=0.01, abs=0.02), key


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
