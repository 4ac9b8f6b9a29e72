"""Small, quick runs of every training script, and helpers that compare what the runs write."""

import csv
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from accelerate.state import AcceleratorState
from safetensors.torch import load_file

from space.models.autoencoder import AutoencoderConfig
from space.models.classifier import ClassifierConfig
from space.models.cyclegan import CycleGANConfig
from space.models.dcgan import DCGANConfig
from space.models.ddpm import DDPMConfig
from space.models.gan import GANConfig
from space.models.pixelcnn import PixelCNNConfig
from space.models.vae import VAEConfig
from tests.processes import ROOT
from training import (
    train_autoencoder,
    train_classifier,
    train_cyclegan,
    train_ddpm,
    train_gan,
    train_pixelcnn,
    train_vae,
)
from training.loop import LoopConfig
from training.signals import ENDING


@pytest.fixture(autouse=True)
def fresh_accelerate_state():
    AcceleratorState._reset_state(True)
    handlers = {number: signal.getsignal(number) for number in ENDING}
    yield
    AcceleratorState._reset_state(True)
    for number, handler in handlers.items():  # a script's command line sets its own
        signal.signal(number, handler)


TINY = {
    "dataset": "fake",
    "batch_size": 64,
    "cpu": True,
    "warmup_steps": 2,
    "logging_steps": 4,
    "validation_share": 1.0,  # with every picture, however slow the machine
}


def vae_config(folder: Path, **more) -> train_vae.TrainConfig:
    model = more.pop("model", VAEConfig(hidden_dim=16))
    return train_vae.TrainConfig(output_dir=folder, model=model, iw_samples=10, **{**TINY, **more})


def autoencoder_config(folder: Path, **more) -> train_autoencoder.TrainConfig:
    model = more.pop("model", AutoencoderConfig(hidden_dim=16, latent_dim=4))
    return train_autoencoder.TrainConfig(output_dir=folder, model=model, **{**TINY, **more})


def gan_config(folder: Path, **more) -> train_gan.TrainConfig:
    small = {
        "gan": GANConfig(hidden_dim=16, latent_dim=4, num_layers=1),
        "dcgan": DCGANConfig(base_channels=4, latent_dim=4),
        "num_snapshots": 4,
    }
    return train_gan.TrainConfig(output_dir=folder, **{**TINY, **small, **more})


def classifier_config(folder: Path, **more) -> train_classifier.TrainConfig:
    model = ClassifierConfig(base_channels=4, num_features=16)
    return train_classifier.TrainConfig(output_dir=folder, model=model, **{**TINY, **more})


def ddpm_config(folder: Path, **more) -> train_ddpm.TrainConfig:
    model = {"base_channels": 4, "num_blocks": 1, "num_inference_steps": 1, **more.pop("model", {})}
    return train_ddpm.TrainConfig(output_dir=folder, model=DDPMConfig(**model), **{**TINY, **more})


def pixelcnn_config(folder: Path, **more) -> train_pixelcnn.TrainConfig:
    model = PixelCNNConfig(**{"context": 2, "hidden_dim": 8, "num_blocks": 1, **more.pop("model", {})})
    small = {"num_positions": 4, "num_snapshots": 4}
    return train_pixelcnn.TrainConfig(output_dir=folder, model=model, **{**TINY, **small, **more})


SMALL_CYCLEGAN = CycleGANConfig(
    image_size=16, base_channels=4, num_blocks=1, discriminator_channels=4, discriminator_layers=1
)


def cyclegan_config(folder: Path, **more) -> train_cyclegan.TrainConfig:
    small = {
        "model": SMALL_CYCLEGAN,
        "batch_size": 32,
        "pool_size": 48,
        "num_snapshots": 4,
    }
    return train_cyclegan.TrainConfig(output_dir=folder, **{**TINY, **small, **more})


def _autoencoder(**model: Any) -> tuple:
    shape = AutoencoderConfig(**{"hidden_dim": 16, "latent_dim": 4, **model})
    return train_autoencoder, autoencoder_config, {"model": shape}


CONV = {"architecture": "conv", "base_channels": 4}
SCRIPTS = {  # every family and variant -> its script, its config, and what else to set
    "vae": (train_vae, vae_config, {"input_dropout": 0.1, "kl_warmup_steps": 9}),
    "vae-conv": (train_vae, vae_config, {"model": VAEConfig(hidden_dim=16, **CONV)}),
    "autoencoder": _autoencoder(),
    "autoencoder-sparse": _autoencoder(variant="sparse"),
    "autoencoder-k-sparse": _autoencoder(variant="k_sparse", latent_dim=16),
    "autoencoder-denoising": _autoencoder(variant="denoising"),
    "autoencoder-contractive": _autoencoder(variant="contractive"),
    "autoencoder-conv": _autoencoder(**CONV),
    "gan": (train_gan, gan_config, {"model": "gan", "r1_weight": 0.1}),
    "gan-two-d-steps": (train_gan, gan_config, {"model": "gan", "num_d_steps": 2, "label_smoothing": 0.1}),
    "dcgan": (train_gan, gan_config, {"r1_weight": 0.1}),
    "dcgan-spectral": (
        train_gan,
        gan_config,
        {"dcgan": DCGANConfig(base_channels=4, latent_dim=4, spectral_norm=True), "loss": "saturating"},
    ),
    "classifier": (train_classifier, classifier_config, {"random_scale": 0.2}),
    "ddpm": (train_ddpm, ddpm_config, {}),
    "pixelcnn": (train_pixelcnn, pixelcnn_config, {}),
    "cyclegan": (train_cyclegan, cyclegan_config, {"lambda_identity": 1.0}),
    "cyclegan-match-size": (
        train_cyclegan,
        cyclegan_config,
        {
            "match_size": True,
            "model": replace(SMALL_CYCLEGAN, image_size=20, skip="mask"),
            "crop_size": 18,
            "gradient_game": True,
            "coarse_size": 16,
            "coarse_steps": 9,
        },
    ),
}


def config_of(family: str, folder: Path, **more) -> LoopConfig:
    """The config of a small run of a family or variant of `SCRIPTS`."""
    _, make, its_own = SCRIPTS[family]
    if "num_d_steps" in its_own:
        more.pop("gradient_accumulation_steps", None)  # the script refuses both together
    return make(folder, **{**its_own, **more})


def script_of(family: str) -> ModuleType:
    return SCRIPTS[family][0]


def train(family: str, config: LoopConfig) -> None:
    """Train in this process, from start to end."""
    AcceleratorState._reset_state(True)
    script_of(family).main(config)


def become_one_of_two(rank: int, port: int) -> None:
    """Set the variables that a launcher sets for process `rank` of two, which connect at the `port`."""
    place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2}
    place |= {"RANK": rank, "LOCAL_RANK": rank}
    os.environ.update({key: str(value) for key, value in place.items()})


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def assert_same_weights(a: Path, b: Path) -> None:
    left, right = weights(a), weights(b)
    assert left.keys() == right.keys()
    assert [name for name in left if not torch.equal(left[name], right[name])] == []


def history(folder: Path) -> list[dict[str, str]]:
    with (folder / "history.csv").open() as file:
        return list(csv.DictReader(file))


def without_speed(row: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in row.items() if key != "images_per_second"}


MODEL_FILES = {
    "config.json",
    "model.safetensors",
    "README.md",
    "metrics.json",
    "training.json",
    "history.csv",
}
"""files that each run writes"""


def start_script(name: str, *flags: object, launcher: tuple[str, ...] = (), **more: Any) -> subprocess.Popen:
    """Start the training script `name` as a process of its own; `more` goes to `Popen`."""
    env = {**os.environ, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true", "TQDM_DISABLE": "1"}
    command = [sys.executable, *(launcher or ("-m",)), f"training.{name}", *map(str, flags)]
    return subprocess.Popen(command, cwd=ROOT, env=env, text=True, stderr=subprocess.PIPE, **more)
