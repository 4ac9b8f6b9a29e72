"""A run of several processes."""

import signal
import time
from copy import deepcopy

import pytest
import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from space.models.dcgan import DCGAN, DCGANConfig
from space.models.gan import GAN, r1_penalty
from tests.small_runs import config_of, gan_config, history, start_script, train
from training.batches import Noise
from training.card import training_command
from training.checkpoints import list_checkpoints
from training.errors import TrainingError
from training.lock import lock
from training.sync_batch_norm import SyncBatchNorm, synchronise_batch_norm


def test_two_processes_of_a_launcher_are_one_run(tmp_path):
    """As docs/scale.md says; `test_exact.py` has the numbers of two processes, for every family."""
    config = config_of("vae", tmp_path / "one", max_steps=6, logging_steps=2)
    train("vae", config)
    flags = training_command(config).split(" -m training.train_vae --output_dir runs/one ")[1].split()
    two = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m")
    process = start_script("train_vae", "--output_dir", tmp_path / "two", *flags, "--cpu", launcher=two)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    random_states = list((tmp_path / "two" / "checkpoints" / "checkpoint-6").glob("random_states_*"))
    assert len(random_states) == 2  # two processes in one run, not two runs
    rows = [history(tmp_path / folder) for folder in ("one", "two")]
    assert [row["step"] for row in rows[0]] == [row["step"] for row in rows[1]]
    assert [float(row["loss"] or "nan") for row in rows[1]] == pytest.approx(
        [float(row["loss"] or "nan") for row in rows[0]], rel=1e-4, nan_ok=True
    )


@pytest.mark.parametrize(
    "launcher",
    [
        ("-m", "accelerate.commands.launch", "--cpu", "--num_processes", "1", "-m"),  # passes no signal on
        ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m"),
    ],
    ids=["accelerate", "torchrun"],
)
def test_a_launcher_that_is_ended_ends_its_run_in_order(tmp_path, launcher):
    flags = ["--dataset", "fake", "--batch_size", 64, "--max_steps", 100_000, "--model.hidden_dim", 16,
             "--checkpointing_steps", 100_000, "--cpu"]  # fmt: skip
    process = start_script("train_vae", "--output_dir", tmp_path / "run", *flags, launcher=launcher)
    deadline = time.monotonic() + 120
    while not (tmp_path / "run" / "samples" / "step-000003.png").exists():
        if time.monotonic() > deadline or process.poll() is not None:
            process.terminate()
            pytest.fail(process.communicate(timeout=120)[1])
        time.sleep(0.01)
    with pytest.raises(TrainingError, match="another process trains or measures in"):
        lock(tmp_path / "run")
    process.send_signal(signal.SIGTERM)
    errors = process.communicate(timeout=120)[1]  # until the run has ended, too
    assert errors.count("error: stopped at step") == 1 and "terminate called" not in errors
    (checkpoint,) = list_checkpoints(tmp_path / "run")
    ranks = 2 if "torch.distributed.run" in launcher else 1
    assert len(list(checkpoint.glob("random_states_*"))) == ranks
    assert not (tmp_path / "run" / ".lock").exists()


def test_noise_of_two_processes_is_that_of_one():
    x = torch.zeros(8, 3)
    whole = Noise(torch.Generator().manual_seed(3)).normal_like(x)
    halves = [Noise(torch.Generator().manual_seed(3), rank, 2).normal_like(x[:4]) for rank in (0, 1)]
    assert torch.equal(whole, torch.cat(halves))


@pytest.fixture
def a_group_of_one():
    torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


@pytest.mark.parametrize("kind", ["gan", "dcgan"])
def test_batch_norm_of_all_processes_has_the_slopes_of_r1_and_the_names(a_group_of_one, tmp_path, kind):
    config = gan_config(tmp_path, dcgan=DCGANConfig(base_channels=4, latent_dim=4, image_size=32))
    model = GAN(config.gan) if kind == "gan" else DCGAN(config.dcgan)
    synced = synchronise_batch_norm(deepcopy(model))
    kinds = [{type(m) for m in game.modules() if isinstance(m, _BatchNorm)} for game in (model, synced)]
    assert kinds[0] <= {nn.BatchNorm1d, nn.BatchNorm2d} and kinds[1] == {SyncBatchNorm}
    size, z = model.config.image_size, torch.randn(6, 4)
    slopes = []
    for game in (model, synced):
        real = torch.rand(6, 1, size, size, generator=torch.Generator().manual_seed(0)).requires_grad_()
        penalty = r1_penalty(game.discriminator(real), real)
        loss = game.generator(z).square().mean() + penalty
        slopes.append(torch.autograd.grad(loss, list(game.parameters()), allow_unused=True))
    for one, other in zip(*slopes):
        assert (one is None) == (other is None)
        if one is not None:
            torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)
    assert synced.state_dict().keys() == model.state_dict().keys()
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, synced.state_dict()[name])
