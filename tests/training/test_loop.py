"""The training loop: losses, rows of the history, pictures, learning rates, what is not finite."""

import math
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch
from accelerate.state import AcceleratorState

from space.models.autoencoder import AutoencoderConfig
from tests.small_runs import assert_same_weights, autoencoder_config, gan_config, history, vae_config
from training import one_objective, train_autoencoder, train_gan, train_vae
from training.batches import Batches, BatchPlan, UnpairedBatches
from training.data import Images
from training.errors import TrainingError
from training.loop import snapshot_steps
from training.optimizers import linear_decay


def test_a_batch_knows_the_optimizer_step_it_is_for():
    images = Images(torch.zeros(20, 3, 4, 4, dtype=torch.uint8), torch.zeros(20).long(), "")
    for rank in (0, 1):
        place = SimpleNamespace(device=torch.device("cpu"), process_index=rank, num_processes=2)
        plan = BatchPlan(batch_size=4, accumulation=2)
        batches, pairs = Batches(images, plan, place), UnpairedBatches(images, images, plan, place)
        assert [batches[number].step.item() for number in (0, 1, 2, 13, 5)] == [0, 0, 1, 6, 2]
        assert [part.step.item() for part in pairs[13]] == [6, 6]


@pytest.mark.parametrize(
    ("start", "drop", "expected"),
    [
        (0.0, (), [1, 0.75, 0.5, 0.25, 0]),
        (0.5, (), [1, 1, 1, 0.5, 0]),
        (1.0, (), [1, 1, 1, 1, 1]),
        (0.5, (1, 0.5), [1, 0.5, 0.5, 0.25, 0]),
    ],
)
def test_the_learning_rate_falls_from_its_start_to_the_end(start, drop, expected):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = linear_decay(optimizer, 0, 4, start, *drop)
    rates = []
    for _ in expected:
        rates += scheduler.get_last_lr()
        optimizer.step()
        scheduler.step()
    assert rates == expected


def test_trackers_get_the_losses(tmp_path, monkeypatch):
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    config = vae_config(tmp_path / "run", max_steps=4, report_to=("tensorboard", "trackio"))
    train_vae.main(config)
    assert list((config.output_dir / "logs").rglob("events.out.tfevents*"))
    assert list((tmp_path / "trackio").glob("*.db"))


@pytest.mark.parametrize("bad", [math.nan, math.inf], ids=str)
def test_a_loss_that_is_not_finite_stops_the_run_before_it_is_saved(tmp_path, monkeypatch, bad):
    model = AutoencoderConfig(hidden_dim=16, latent_dim=4, variant="sparse")
    config = autoencoder_config(
        tmp_path / "run", model=model, max_steps=21, checkpointing_steps=5, logging_steps=20, num_snapshots=2
    )
    objective, steps = train_autoencoder.Objective.forward, []

    def forward(self, batch):
        terms = objective(self, batch)
        steps.extend([1] * self.training)
        return {**terms, "penalty": terms["penalty"] * (bad if len(steps) == 13 else 1)}

    with monkeypatch.context() as patch:
        patch.setattr(train_autoencoder.Objective, "forward", forward)
        with pytest.raises(TrainingError, match=f"^penalty is {bad} at step 13; the last checkpoint is from"):
            train_autoencoder.main(config)
    checkpoints = sorted(path.name for path in (config.output_dir / "checkpoints").iterdir())
    assert checkpoints == ["checkpoint-10", "checkpoint-5"]
    AcceleratorState._reset_state(True)
    train_autoencoder.main(replace(config, resume_from_checkpoint="latest"))
    AcceleratorState._reset_state(True)
    train_autoencoder.main(replace(config, output_dir=tmp_path / "straight"))
    assert_same_weights(config.output_dir, tmp_path / "straight")


def test_weights_that_are_not_finite_are_not_saved(tmp_path, monkeypatch):
    def update(accelerator, optimizer, loss, *networks, max_grad_norm):
        optimizer.step()
        for parameter in networks[0].parameters():
            parameter.data.fill_(math.nan)

    monkeypatch.setattr(one_objective, "update", update)
    config = autoencoder_config(tmp_path / "run", max_steps=4, checkpointing_steps=1)
    with pytest.raises(TrainingError, match=r"model\.\S+ is not finite after step 1; "):
        train_autoencoder.main(config)
    assert not (config.output_dir / "checkpoints").exists()


def test_a_run_that_explodes_keeps_its_last_good_checkpoint(tmp_path):
    config = vae_config(tmp_path / "run", max_steps=40, learning_rate=1e30, logging_steps=4)
    with pytest.raises(TrainingError, match=r"(loss|recon|kl) is (nan|inf) at step 2;"):
        train_vae.main(config)
    assert not (config.output_dir / "model.safetensors").exists()
    assert not (config.output_dir / "checkpoints").exists()


def test_every_picture_has_its_losses_and_rows_are_means_since_the_last(tmp_path):
    fine = gan_config(tmp_path / "fine", model="gan", max_steps=9, logging_steps=1)
    coarse = gan_config(tmp_path / "coarse", model="gan", max_steps=9, logging_steps=4, num_snapshots=4)
    train_gan.main(fine)
    AcceleratorState._reset_state(True)
    train_gan.main(coarse)
    every = {int(row["step"]): float(row["value"]) for row in history(fine.output_dir) if row["value"]}
    rows = [(int(row["step"]), row["value"]) for row in history(coarse.output_dir)]
    assert {4, 8} | snapshot_steps(9, 4) == {step for step, _ in rows}
    for (before, _), (step, value) in pairwise(rows):
        mean = sum(every[i] for i in range(before + 1, step + 1)) / (step - before)
        assert float(value) == pytest.approx(mean, rel=1e-4)


@pytest.mark.parametrize(
    ("total", "num_snapshots", "steps"),
    [
        (10_000, 14, [0, 2, 5, 10, 22, 46, 100, 215, 464, 1000, 2154, 4642, 10_000]),
        (4, 14, [0, 1, 2, 3, 4]),
        (10_000, 4, [0, 100, 10_000]),
        (10_000, 3, [0, 10_000]),
        (10_000, 2, [0, 10_000]),
    ],
)
def test_snapshots_are_dense_at_first(total, num_snapshots, steps):
    assert sorted(snapshot_steps(total, num_snapshots)) == steps
