"""The textbook's loops, and the benchmark that compares ours with them."""

import json
import math
from itertools import islice
from statistics import fmean

import pytest
import torch

from space.models.autoencoder import AutoencoderConfig
from space.models.cyclegan import CycleGANConfig
from space.models.dcgan import DCGANConfig
from space.models.gan import GANConfig
from space.models.vae import VAEConfig
from training.bench import benchmark, loss_curves
from training.bench.benchmark import FAMILIES, BenchmarkConfig, textbook_loop, verdict
from training.errors import TrainingError

SMALL = {
    "autoencoder": {"model": AutoencoderConfig(hidden_dim=32)},
    "vae": {"model": VAEConfig(hidden_dim=32)},
    "vae-conv": {"model": VAEConfig(architecture="conv", base_channels=4, hidden_dim=16)},
    "gan": {"gan": GANConfig(hidden_dim=32, num_layers=1)},
    "dcgan": {"dcgan": DCGANConfig(base_channels=4)},
    "dcgan-64": {"dcgan": DCGANConfig(image_size=64, base_channels=4)},
    "cyclegan": {
        "model": CycleGANConfig(image_size=16, base_channels=4, num_blocks=1, discriminator_layers=1)
    },
}


@pytest.mark.parametrize("name", FAMILIES)
def test_the_textbook_learns_what_we_do(tmp_path, name):
    torch.manual_seed(0)
    config = FAMILIES[name].config(
        output_dir=tmp_path, dataset="fake", batch_size=16, learning_rate=2e-3, **SMALL[name]
    )
    losses = list(islice(textbook_loop(name, config), 40))
    found = [step[loss_curves.LOSSES[name][0]] for step in losses]  # of a game, D's: it falls at first
    assert min(fmean(found[i : i + 5]) for i in range(0, 40, 5)) < 0.8 * found[0]
    assert all(math.isfinite(value) for step in losses for value in step.values())


def test_the_benchmark_lets_the_loops_take_turns(tmp_path, capfd):
    report = tmp_path / "report.json"
    benchmark.main(
        BenchmarkConfig(
            family=("autoencoder",),
            dataset="fake",
            batch_size=16,
            mixed_precision=("no",),
            num_rounds=2,
            window_seconds=0.05,
            neighbour=True,
            json=report,
        )
    )
    printed = capfd.readouterr().out
    assert "× textbook" in printed and "the bar is 2.5 x" in printed and "beside a busy process" in printed
    theirs, ours = json.loads(report.read_text())["rows"]
    assert (theirs["loop"], ours["loop"]) == ("textbook", "ours, float32")
    assert theirs["ratio"] == 1 and ours["ratio"] > 0 and ours["slower_beside_neighbour"] > 0
    # 784-500-500-32-500-500-784: two operations a weight forwards, four backwards, two fewer for the input
    weights = 784 * 500 + 500 * 500 + 500 * 32
    flops = 2 * (3 * 2 * weights) - 2 * 784 * 500
    assert ours["gflop_per_image"] == theirs["gflop_per_image"] == pytest.approx(flops / 1e9)
    assert 0 < ours["share_of_peak"] < 2 and ours["memory_mb"] > 100


def test_a_loop_that_cannot_start_is_one_sentence(tmp_path):
    with pytest.raises(TrainingError, match="batch_size 100000 is more than"):
        benchmark.main(
            BenchmarkConfig(
                family=("autoencoder",), dataset="fake", batch_size=100_000, mixed_precision=("no",)
            )
        )


def test_the_verdict_names_the_best_of_our_loops():
    def row(family: str, loop: str, ratio: float, images: float) -> dict:
        return {"family": family, "loop": loop, "ratio": ratio, "images_per_second": images}

    lines = verdict(
        [
            row("dcgan", "textbook", 1.0, 300),
            row("dcgan", "ours, float32", 1.5, 450),
            row("dcgan", "ours, bf16", 2.0, 600),
            row("dcgan-64", "textbook", 1.0, 50),
            row("dcgan-64", "ours, bf16", 1.8, 90),
        ]
    )
    assert (
        lines[0].startswith("dcgan: 2.00 x") and "(ours, bf16)" in lines[0] and lines[0].endswith(", reached")
    )
    assert lines[1].startswith("dcgan-64: 1.80 x") and lines[1].endswith("not reached")
    assert "12.0 x the images a second" in lines[2] and lines[2].endswith(", reached")


def test_both_loops_have_the_same_loss_curve(tmp_path):
    config = loss_curves.CurvesConfig(
        dataset="fake", mixed_precision="no", num_seeds=1, num_steps=8, window=4, output_dir=tmp_path
    )
    found = loss_curves.learn("autoencoder", config)
    (theirs,), (ours,) = found["textbook"], found["ours"]
    assert [window["loss"] for window in ours] == pytest.approx(
        [window["loss"] for window in theirs], rel=0.02
    )
    assert theirs[1]["loss"] < 0.9 * theirs[0]["loss"]
