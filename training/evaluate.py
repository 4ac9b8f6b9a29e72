"""Measure a model folder again: recompute its metrics.json, latents.csv and card from its weights.

    python -m training.evaluate --model NAME --data_dir data

`--model` is a folder, or the name of one under space/pretrained/. With `--check` nothing is written: the
command compares the new metrics with metrics.json. The training scripts call `measure`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from space.models.classifier import Classifier
from training.card import card, in_digits
from training.command_line import run
from training.data import MAX_RESIDENT_GB, Images, load_domains, load_images
from training.durable import replacing
from training.errors import TrainingError
from training.lock import lock
from training.measure.classifier import evaluate_classifier
from training.measure.codes import evaluate_codes
from training.measure.diffusion import evaluate_diffusion
from training.measure.metric import Metrics
from training.measure.pixels import evaluate_pixels
from training.measure.samples import evaluate_samples, find_classifier
from training.measure.translations import evaluate_translation
from training.model_folder import write_model_folder
from training.trained import folder_of, read_trained


@dataclass(frozen=True)
class EvaluateConfig:
    """Measure a model folder again."""

    model: str
    """a folder, or the name of one under space/pretrained/"""
    data_dir: Path = Path("data")
    """where built-in data lies or is downloaded to"""
    max_resident_gb: float = MAX_RESIDENT_GB
    """the value that the model was trained with; a larger training split is measured by a sample"""
    streaming: bool = False
    """whether the model was trained with `streaming`; the first images of the stream are then measured"""
    iw_samples: int = 1000
    """samples of z an image in a VAE's importance-weighted NLL"""
    figures: Literal["all", "samples", "none"] = "all"
    """metrics to measure: all, only those of generated images, or none; the others keep their values, and
    with `none` the card alone is made again"""
    classifier: str = ""
    """folder of the classifier whose features measure samples; '': the shipped one if it was trained on this
    data set, else no metrics of it"""
    inception_fid: bool = False
    """measure with Inception's features too; needs torch-fidelity and downloads weights"""
    check: bool = False
    """write nothing: print each metric beside its value in metrics.json, and fail if a shown digit differs"""
    cpu_threads: int = 0
    """threads of CPU arithmetic; 0: torch's default"""


def measure(
    model: nn.Module,
    train: Images | tuple[Images, Images],
    test: Images | tuple[Images, Images],
    classifier: Classifier | None,
    seed: int,
    iw_samples: int = 1000,
    inception_fid: bool = False,
) -> Metrics:
    """All metrics that suit the model, by the methods that it has; `classifier` is from `find_classifier`.

    For a model that translates, `train` and `test` are two domains each.
    """
    metrics: Metrics = {}
    if hasattr(model, "translate"):
        metrics |= evaluate_translation(model, train, test, classifier)
    if hasattr(model, "features"):
        metrics |= evaluate_classifier(model, test)
    if hasattr(model, "code"):
        metrics |= evaluate_codes(model, train, test, seed, iw_samples)
    if hasattr(model, "decode"):
        metrics |= measure_samples(model, train, test, classifier, seed, inception_fid)
    return metrics


def measure_samples(model: nn.Module, train: Images, test: Images, *how: Any) -> Metrics:
    """Metrics of generated images; `how` is a classifier or None, a seed, and whether to use Inception."""
    evaluate = evaluate_samples
    if hasattr(model, "q_sample"):
        evaluate = evaluate_diffusion
    elif hasattr(model, "class_log_probs"):
        evaluate = evaluate_pixels
    return evaluate(model, train, test, *how)


def shown(key: str, value: float | list[float]) -> tuple[str, ...]:
    """A metric's value as the card shows it, and as the tables in docs/ do, with three digits for errors in
    [0, 1]."""
    digits = 3 if key.startswith(("l1_", "cycle_l1_", "ssim_")) else 2
    return in_digits(value), *(f"{v:.{digits}f}" for v in (value if isinstance(value, list) else [value]))


def compare(folder: Path, standing: Metrics, metrics: Metrics) -> None:
    """Print both; raises `TrainingError` if a shown digit differs or one lacks a metric of the other."""
    other = []
    for key in standing | metrics:
        before, now = (found[key]["value"] if key in found else None for found in (standing, metrics))
        print(f"{key:28} {before} {now}")
        if key.startswith("iw_nll_") and None in (before, now):  # its name holds the number of samples
            continue
        if before is None or now is None or shown(key, before) != shown(key, now):
            other.append(key)
    if other:
        raise TrainingError(f"measured again, {folder} has other figures than it shows: {', '.join(other)}")


def rewrite_card(folder: Path, model: nn.Module, facts: dict[str, Any]) -> None:
    """The card again, out of the figures that are there."""
    metrics = json.loads((folder / "metrics.json").read_text())
    with replacing(folder / "README.md") as fresh:
        fresh.write_text(card(folder, model, metrics, facts), encoding="utf-8")


def main(config: EvaluateConfig) -> None:
    if config.cpu_threads:
        torch.set_num_threads(config.cpu_threads)
    folder = folder_of(config.model)
    if not config.check:
        lock(folder)
    model, facts = read_trained(folder)
    if config.figures == "none":
        return rewrite_card(folder, model, facts)
    shape = model.config.in_channels, model.config.image_size
    read = load_domains if hasattr(model, "translate") else load_images
    how = config.max_resident_gb, config.streaming
    train, test = (
        read(facts["dataset"], config.data_dir, split, *shape, *how) for split in ("train", "test")
    )
    classifier = find_classifier(config.classifier, facts["dataset"], shape)
    if config.figures == "all" or not hasattr(model, "decode"):
        metrics = measure(
            model, train, test, classifier, facts["seed"], config.iw_samples, config.inception_fid
        )
    else:
        metrics = json.loads((folder / "metrics.json").read_text())
        metrics |= measure_samples(model, train, test, classifier, facts["seed"], config.inception_fid)
    if config.check:
        return compare(folder, json.loads((folder / "metrics.json").read_text()), metrics)
    write_model_folder(folder, model, metrics, facts, test)
    for key, metric in metrics.items():
        print(f"{key:28} {metric['value']} {metric['unit']}")


if __name__ == "__main__":
    run(main, EvaluateConfig)
