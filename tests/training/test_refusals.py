"""A run that cannot start or go on says why in one sentence."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import tyro
from accelerate.state import AcceleratorState

from space.models.dcgan import DCGANConfig
from space.models.vae import VAEConfig
from tests.processes import ROOT
from tests.small_runs import gan_config, start_script, vae_config
from training import train_gan, train_vae
from training.card import training_command
from training.command_line import run
from training.data import DataError
from training.errors import ProcessError, TrainingError
from training.loop import LoopConfig, make_accelerator


def test_the_command_on_a_card_has_the_flags_as_they_are_typed(tmp_path, monkeypatch):
    judge = "my judge's; $HOME"
    shape = DCGANConfig(spectral_norm=True, base_channels=4)
    config = gan_config(tmp_path / "small one", dcgan=shape, classifier=judge)
    command = training_command(config)
    assert "--dcgan.spectral_norm" in command.split() and "--dataset fake" in command
    flags = shlex.split(command.split(" -m training.train_gan ")[1])
    again = tyro.cli(train_gan.TrainConfig, args=flags)
    assert again.dcgan == config.dcgan and again.dataset == "fake" and again.classifier == judge
    assert again.output_dir == Path("runs/small one")


def test_a_script_started_by_its_path_leaves_a_model_folder(tmp_path):
    flags = [
        "--output_dir",
        tmp_path / "run",
        "--dataset",
        "fake",
        "--max_steps",
        1,
        "--batch_size",
        64,
        "--cpu",
    ]
    command = [sys.executable, "training/train_classifier.py", *map(str, flags)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "ACCELERATE_USE_CPU": "true"}
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True, timeout=240)
    assert done.returncode == 0, done.stderr
    card = (tmp_path / "run" / "README.md").read_text()
    assert "accelerate launch -m training.train_classifier --output_dir runs/run --dataset fake" in card


def test_fp16_on_a_cpu_is_one_sentence(tmp_path):
    with pytest.raises(TrainingError, match="fp16 needs a GPU; on a CPU give bf16 or no"):
        train_vae.main(vae_config(tmp_path / "run", mixed_precision="fp16"))


def test_a_precision_that_only_the_launcher_is_told_is_one_sentence(tmp_path):
    """With accelerate's own launcher: what it tells the script is up to it."""
    launcher = ("-m", "accelerate.commands.launch", "--cpu", "--num_processes", "1", "--mixed_precision")
    flags = ("--output_dir", tmp_path / "run", "--dataset", "fake", "--max_steps", 1, "--cpu")
    process = start_script("train_classifier", *flags, launcher=(*launcher, "bf16", "-m"))
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 1 and not (tmp_path / "run").exists()
    (sentence,) = (line for line in errors.splitlines() if line.startswith("error: "))
    assert "the launcher is told mixed_precision bf16, the script no; give --mixed_precision bf16" in sentence


@pytest.mark.parametrize(("launched", "asked"), [("no", "bf16"), ("bf16", "bf16"), (None, "no")])
def test_a_precision_that_the_script_is_told_is_taken(tmp_path, monkeypatch, launched, asked):
    monkeypatch.delenv("ACCELERATE_MIXED_PRECISION", raising=False)
    if launched:
        monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", launched)
    assert make_accelerator(vae_config(tmp_path / "run", mixed_precision=asked)).mixed_precision == asked


def start_with_a_file(folder: Path) -> train_vae.TrainConfig:
    (folder / "file").write_text("")
    return vae_config(folder / "file")


def resume_from_nothing(folder: Path) -> train_vae.TrainConfig:
    return vae_config(folder / "empty", resume_from_checkpoint="latest")


def resume_from_elsewhere(folder: Path) -> train_vae.TrainConfig:
    return vae_config(folder / "run", resume_from_checkpoint=str(folder))


def run_again(folder: Path) -> train_vae.TrainConfig:
    train_vae.main(vae_config(folder / "run", max_steps=1))
    return vae_config(folder / "run", max_steps=2)


def resume_with_other_flags(folder: Path) -> train_vae.TrainConfig:
    train_vae.main(vae_config(folder / "run", max_steps=1))
    return vae_config(folder / "run", max_steps=1, learning_rate=0.5, resume_from_checkpoint="latest")


def resume_with_another_shape(folder: Path) -> train_vae.TrainConfig:
    train_vae.main(vae_config(folder / "run", max_steps=1))
    shape = VAEConfig(hidden_dim=16, latent_dim=3)
    return vae_config(folder / "run", max_steps=1, model=shape, resume_from_checkpoint="latest")


def resume_with_an_average(folder: Path) -> train_vae.TrainConfig:
    """There is more to load, so that its progress has another place."""
    train_vae.main(vae_config(folder / "run", max_steps=1))
    return vae_config(folder / "run", max_steps=1, ema_decay=0.9, resume_from_checkpoint="latest")


def resume_from_a_damaged_checkpoint(folder: Path) -> train_vae.TrainConfig:
    train_vae.main(vae_config(folder / "run", max_steps=1))
    damaged = folder / "run" / "checkpoints" / "checkpoint-1" / "model.safetensors"
    damaged.write_bytes(damaged.read_bytes()[:100])
    return vae_config(folder / "run", max_steps=1, resume_from_checkpoint="latest")


def too_large_a_batch(folder: Path) -> train_vae.TrainConfig:
    return vae_config(folder / "run", batch_size=10_000)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (start_with_a_file, "is a file; give a folder"),
        (resume_from_nothing, "holds no checkpoint to resume from"),
        (resume_from_elsewhere, "is not a checkpoint"),
        (run_again, "holds a run already"),
        (resume_with_other_flags, r"other values of learning_rate \(0.001, now 0.5\)"),
        (resume_with_another_shape, r"other values of model.latent_dim \(2, now 3\); resume with the same"),
        (resume_with_an_average, r"other values of ema_decay \(0.0, now 0.9\); resume with the same ones"),
        (resume_from_a_damaged_checkpoint, "cannot be read"),
        (too_large_a_batch, "more than the 512 training images"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_run_that_cannot_start_says_why(tmp_path, make, says):
    config = make(tmp_path)
    AcceleratorState._reset_state(True)
    with pytest.raises(TrainingError, match=says):
        train_vae.main(config)


def test_errors_reach_the_command_line_as_one_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(sys, "argv", ["train_vae", "--output_dir", str(tmp_path / "file")])
    with pytest.raises(SystemExit) as exit_:
        run(train_vae.main, train_vae.TrainConfig)
    assert exit_.value.code == 1
    assert capsys.readouterr().err == f"error: --output_dir {tmp_path / 'file'} is a file; give a folder\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (TrainingError("all stop"), {0, 8}),  # once a machine
        (ProcessError("its reader ended"), {0, 1, 8}),
        (DataError("no such folder"), {0, 1, 8}),
        (OSError("no space left"), {0, 1, 8}),
    ],
    ids=repr,
)
def test_of_several_processes_one_a_machine_says_what_all_know_and_each_what_it_alone_knows(
    tmp_path, monkeypatch, capsys, error, said
):
    def main(_: object) -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["train_vae", "--output_dir", str(tmp_path)])
    for rank in (0, 1, 8):
        for name, value in {"RANK": rank, "LOCAL_RANK": rank % 8, "WORLD_SIZE": 16}.items():
            monkeypatch.setenv(name, str(value))
        with pytest.raises(SystemExit):
            run(main, train_vae.TrainConfig)
        assert capsys.readouterr().err == (f"[rank {rank}] error: {error}\n" if rank in said else "")


@pytest.mark.parametrize("wrong", [{"batch_size": 0}, {"learning_rate": -1.0}, {"ema_decay": 1.0}])
def test_a_wrong_flag_is_named(tmp_path, wrong):
    (name, value), *_ = wrong.items()
    with pytest.raises(ValueError, match=f"{name} is {value}"):
        LoopConfig(output_dir=tmp_path, **wrong)


def test_a_torchvision_that_does_not_fit_torch_is_one_sentence(tmp_path):
    (tmp_path / "torchvision.py").write_text('raise RuntimeError("operator torchvision::nms does not exist")')
    code = "import sys; sys.path.insert(0, sys.argv[1]); import training"
    done = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Install the two together: pip install --upgrade torch torchvision" in done.stderr.splitlines()[-1]
