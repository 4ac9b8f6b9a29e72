"""Weights that a run starts from: those of a folder, and a sentence where they do not fit."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from space.models.autoencoder import Autoencoder
from space.models.vae import VAE
from tests.small_models import small
from training.errors import TrainingError
from training.loop import LoopConfig
from training.trained import start_weights


def test_a_run_starts_from_the_weights_of_a_folder(tmp_path: Path):
    start = small(VAE)
    for value in start.parameters():
        torch.nn.init.normal_(value)
    start.save_pretrained(tmp_path)
    model = small(VAE)
    start_weights(LoopConfig(output_dir=tmp_path), model)
    gone = {"pretrained_model_name_or_path": "gone", "resume_from_checkpoint": "latest"}
    start_weights(LoopConfig(output_dir=tmp_path, **gone), model)  # a checkpoint holds the weights
    assert not torch.equal(*(next(one.parameters()) for one in (model, start)))
    start_weights(LoopConfig(output_dir=tmp_path, pretrained_model_name_or_path=str(tmp_path)), model)
    assert all(torch.equal(value, start.state_dict()[key]) for key, value in model.state_dict().items())


def test_weights_that_do_not_fit_are_refused(tmp_path: Path):
    small(VAE).save_pretrained(tmp_path)
    config = small(VAE).config
    cases = {
        str(tmp_path): (small(Autoencoder), "it holds VAE, the run trains Autoencoder"),
        f"{tmp_path}/": (VAE(replace(config, latent_dim=config.latent_dim + 1)), "size mismatch"),
        str(tmp_path / "missing"): (small(VAE), "missing"),
    }
    for name, (model, reason) in cases.items():
        with pytest.raises(TrainingError, match=f"--pretrained_model_name_or_path {name}: .*{reason}"):
            start_weights(LoopConfig(output_dir=tmp_path, pretrained_model_name_or_path=name), model)
