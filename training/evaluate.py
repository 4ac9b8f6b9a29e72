"""Measure a model folder again: recompute its metrics.json, latents.csv and card from its weights.

    python -m training.evaluate --model vae-mnist-2d --data_dir data

`--model` is a folder, or the name of one under space/pretrained/.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch

from space.hub import BUNDLED, ModelUnavailable, load_folder
from space.models import autoencoder, vae
from training.data import load_images
from training.loop import TrainingError, run
from training.metrics import evaluate
from training.model_folder import write_model_folder

FAMILIES = {"Autoencoder": autoencoder.Autoencoder, "VAE": vae.VAE}


@dataclass(frozen=True)
class EvaluateConfig:
    """Measure a model folder again."""

    model: str
    """a folder, or the name of one under space/pretrained/"""
    data_dir: Path = Path("data")
    """where built-in data lies or is downloaded to"""
    iw_samples: int = 1000
    """samples of z an image in a VAE's importance-weighted NLL"""
    cpu_threads: int = 0
    """threads of CPU arithmetic; 0: torch's choice"""


def main(config: EvaluateConfig) -> None:
    if config.cpu_threads:
        torch.set_num_threads(config.cpu_threads)
    folder = Path(config.model) if Path(config.model).is_dir() else BUNDLED / config.model
    if not (folder / "training.json").exists():
        raise TrainingError(f"{folder} is no model folder: it has no training.json")
    facts = json.loads((folder / "training.json").read_text())
    try:
        model = load_folder(FAMILIES[facts["family"]], folder)
    except ModelUnavailable as error:
        raise TrainingError(str(error)) from error
    shape = model.config.in_channels, model.config.image_size
    train, test = (
        load_images(facts["dataset"], config.data_dir, split, *shape) for split in ("train", "test")
    )
    metrics = evaluate(model, train, test, facts["seed"], config.iw_samples)
    write_model_folder(folder, model, metrics, facts, test)
    for key, metric in metrics.items():
        print(f"{key:28} {metric['value']} {metric['unit']}")


if __name__ == "__main__":
    run(main, EvaluateConfig)
