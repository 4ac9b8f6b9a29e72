"""The training scripts from flags to model folder, and one sentence when a run cannot go on."""

import json
import math
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import tyro
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from space.models.autoencoder import Autoencoder, AutoencoderConfig
from space.models.classifier import Classifier
from space.models.cyclegan import CycleGAN, CycleGANConfig
from space.models.dcgan import DCGAN, DCGANConfig
from space.models.gan import GAN, r1_penalty
from space.models.vae import VAE, VAEConfig
from space.weights.model_folder import load_folder
from tests.processes import ROOT
from tests.small_runs import (
    assert_same_weights,
    autoencoder_config,
    classifier_config,
    config_of,
    cyclegan_config,
    fresh_accelerate_state,  # noqa: F401  a fixture
    gan_config,
    history,
    train,
    vae_config,
    weights,
)
from training import (
    evaluate,
    one_objective,
    run_log,
    train_autoencoder,
    train_classifier,
    train_cyclegan,
    train_gan,
    train_vae,
)
from training.batches import Batch, Batches, BatchPlan, Noise, UnpairedBatches
from training.card import training_command
from training.checkpoints import list_checkpoints
from training.command_line import run
from training.data import DataError, Images, load_domains
from training.errors import ProcessError, TrainingError
from training.loop import LoopConfig, make_accelerator, snapshot_steps
from training.optimizers import linear_decay
from training.sync_batch_norm import SyncBatchNorm, synchronise_batch_norm

FILES = {"config.json", "model.safetensors", "README.md", "metrics.json", "training.json", "history.csv"}


@pytest.mark.parametrize("variant", ["plain", "sparse", "denoising", "contractive", "conv"])
def test_autoencoder_script_leaves_a_model_folder(tmp_path, variant):
    shape = {"architecture": "conv", "base_channels": 4} if variant == "conv" else {"variant": variant}
    config = autoencoder_config(
        tmp_path / "small", max_steps=2, model=AutoencoderConfig(hidden_dim=16, latent_dim=4, **shape)
    )
    train_autoencoder.main(config)
    names = {path.name for path in config.output_dir.iterdir()}
    assert names >= FILES | {"samples"}
    assert "latents.csv" not in names
    model = load_folder(Autoencoder, config.output_dir)
    assert model.config == config.model
    card = (config.output_dir / "README.md").read_text()
    assert "model-index" in card and "accelerate launch -m training.train_autoencoder" in card


def test_vae_script_leaves_a_model_folder(tmp_path):
    config = vae_config(tmp_path / "small", max_steps=2)
    train_vae.main(config)
    names = {path.name for path in config.output_dir.iterdir()}
    assert names >= FILES | {"samples", "latents.csv"}
    assert load_folder(VAE, config.output_dir).config == config.model
    assert [row["step"] for row in history(config.output_dir)] == ["0", "1", "2"]
    assert sorted(path.name for path in (config.output_dir / "samples").iterdir()) == [
        f"step-{step:06d}.png" for step in range(3)
    ]


@pytest.mark.parametrize("model", ["gan", "dcgan"])
@pytest.mark.parametrize(
    "more", [{}, {"loss": "saturating", "num_d_steps": 2, "label_smoothing": 0.1}], ids=str
)
def test_gan_script_leaves_a_model_folder(tmp_path, model, more):
    config = gan_config(tmp_path / "small", max_steps=2, logging_steps=1, model=model, **more)
    train_gan.main(config)
    assert {path.name for path in config.output_dir.iterdir()} >= FILES | {"samples"}
    game = load_folder(GAN if model == "gan" else DCGAN, config.output_dir)
    assert game.config == (config.gan if model == "gan" else config.dcgan)
    rows = history(config.output_dir)
    assert [row["step"] for row in rows] == ["0", "1", "2"]
    for row in rows[1:]:
        found = {
            key: float(row[key]) for key in ("loss_d", "loss_g", "d_real", "d_fake", "d_fake_after", "value")
        }
        assert all(0 < found[key] < 1 for key in ("d_real", "d_fake", "d_fake_after"))
        assert -10 < found["value"] < 0
        if not more:
            assert found["loss_d"] == pytest.approx(-found["value"], rel=1e-4)
            assert found["loss_g"] >= -math.log(found["d_fake_after"]) - 1e-4  # Jensen
        else:
            assert found["loss_g"] < 0
    metrics = json.loads((config.output_dir / "metrics.json").read_text())
    assert set(metrics) == {"d_real", "d_fake", "value"}  # no classifier of such images, no such figures
    card = (config.output_dir / "README.md").read_text()
    assert "accelerate launch -m training.train_gan --output_dir runs/small" in card


@pytest.mark.parametrize("more", [{}, {"lambda_identity": 5.0, "pool_size": 0, "ema_decay": 0.0}], ids=str)
def test_cyclegan_script_leaves_a_model_folder(tmp_path, more):
    config = cyclegan_config(tmp_path / "small", max_steps=2, logging_steps=1, **more)
    train_cyclegan.main(config)
    assert {path.name for path in config.output_dir.iterdir()} >= FILES | {"samples"}
    assert load_folder(CycleGAN, config.output_dir).config == config.model
    rows = history(config.output_dir)
    assert [row["step"] for row in rows] == ["0", "1", "2"]
    for row in rows[1:]:
        for key in ("loss_d_a", "loss_d_b", "loss_g_ab", "loss_g_ba", "cycle_loss"):
            assert float(row[key]) > 0
        assert ("identity_loss" in row) == bool(more)
    metrics = json.loads((config.output_dir / "metrics.json").read_text())
    assert {"l1_ab", "ssim_ba", "l1_nothing", "l1_recoloured_ab", "cycle_l1_a", "identity_l1_b"} < set(
        metrics
    )
    card = (config.output_dir / "README.md").read_text()
    assert "accelerate launch -m training.train_cyclegan --output_dir runs/small" in card
    assert "domain A, 256 images; fake, train split, domain B" in card


def test_both_domains_have_an_order_of_their_own(tmp_path):
    """Nothing pairs by place or by name: who meets whom is chance, anew in each epoch."""
    names = tuple(map(str, range(40)))
    pixels = torch.arange(40, dtype=torch.uint8).view(40, 1, 1, 1).expand(40, 3, 16, 16)
    domain = Images(pixels, None, "", names)
    config = cyclegan_config(tmp_path, batch_size=8)
    batches = UnpairedBatches(domain, domain, config.batch_plan, Accelerator(cpu=True))
    assert batches.per_epoch == 5
    meetings = []
    for number in range(200 * batches.per_epoch):
        a, b = (255 * part.x[:, 0, 0, 0] for part in batches[number])
        meetings += zip(a.round().int().tolist(), b.round().int().tolist())
    epoch = [set(part) for part in zip(*meetings[:40])]
    assert epoch == [set(range(40))] * 2  # every image of both once
    namesakes = sum(a == b for a, b in meetings) / 200
    assert namesakes == pytest.approx(1, abs=0.3)  # one an epoch, as chance has it
    assert len({b for a, b in meetings if a == 0}) > 35


def test_the_larger_domain_makes_the_epoch(tmp_path):
    few, many = (Images(torch.zeros(n, 3, 16, 16, dtype=torch.uint8), None, "") for n in (16, 40))
    plan = cyclegan_config(tmp_path, batch_size=8).batch_plan
    batches = UnpairedBatches(few, many, plan, Accelerator(cpu=True))
    assert batches.per_epoch == 5 and batches.num_images == 40
    a, b = batches[12]
    assert len(a.x) == len(b.x) == 8


def test_the_zoom_is_how_much_larger_one_domain_draws():
    places = torch.arange(64) - 31.5
    distance = (places[:, None].square() + places[None].square()).sqrt()
    small, large = (
        torch.where(distance < radius, 30, 255).byte().expand(4, 3, 64, 64) for radius in (12, 24)
    )
    assert train_cyclegan.spread(large) / train_cyclegan.spread(small) == pytest.approx(2, rel=0.02)
    moved = small.roll((9, -5), (2, 3))
    assert train_cyclegan.spread(moved) == pytest.approx(train_cyclegan.spread(small), rel=1e-4)


def test_a_size_that_cannot_be_matched_is_one_sentence():
    white, dot = torch.full((2, 2, 3, 64, 64), 255, dtype=torch.uint8)
    dot[..., 31:33, 31:33] = 0
    large = torch.zeros_like(dot)
    for pixels in (white, large):
        with pytest.raises(TrainingError, match="finds no sensible factor"):
            train_cyclegan.relative_size(Images(dot, None, ""), Images(pixels, None, ""))


def test_match_size_sets_the_zoom(tmp_path):
    config = cyclegan_config(tmp_path / "small", max_steps=1, match_size=True)
    train_cyclegan.main(config)
    zoom = load_folder(CycleGAN, config.output_dir).config.zoom
    a, b = load_domains("fake", Path("unused"), "train", 3, 16)
    expected = train_cyclegan.spread(b.pixels) / train_cyclegan.spread(a.pixels)
    assert zoom == pytest.approx(expected, abs=1e-3) and zoom != 1
    assert "--match_size" in (config.output_dir / "README.md").read_text()


def test_augmented_images_are_the_same_mirrored_and_moved():
    x = torch.rand(64, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    noise = Noise(torch.Generator().manual_seed(0))
    assert torch.equal(train_cyclegan.augment(x, noise, False, 0), x)
    mirrored = train_cyclegan.augment(x, noise, True, 0)
    as_it_was = (mirrored == x).flatten(1).all(1)
    assert torch.equal(mirrored[~as_it_was], x[~as_it_was].flip(3)) and 16 < as_it_was.sum() < 48
    moved = train_cyclegan.augment(x, noise, False, 2)
    places = set()
    for before, after in zip(x, moved):
        middle = after[:, 2:-2, 2:-2]  # of the moved image: wholly from within the image
        (place,) = [
            (i, j)
            for i in range(5)
            for j in range(5)
            if torch.equal(before[:, i : i + 12, j : j + 12], middle)
        ]
        places.add(place)
    assert len(places) > 15  # of 25


def test_the_replay_buffer_gives_back_half_and_remembers_the_rest():
    pool, rng = train_cyclegan.ReplayBuffer(50), torch.Generator().manual_seed(0)
    image = iter(range(10**6))

    def fresh(count: int) -> torch.Tensor:
        return torch.tensor([float(next(image)) for _ in range(count)]).view(count, 1, 1, 1)

    for _ in range(6):
        fake = fresh(8)
        assert torch.equal(pool.exchange(fake, rng), fake)  # while it fills, images are shown as they come
    pool.exchange(fresh(8), rng)  # two find room
    assert len(pool.images) == 50
    old, seen, shown = 0, 0, []
    for _ in range(200):
        fake, before = fresh(8), set(pool.images.flatten().tolist())
        mixed = pool.exchange(fake, rng)
        assert len(mixed) == 8 and len(pool.images) == 50
        remembered = [value for value in mixed.flatten().tolist() if value not in fake]
        assert set(remembered) <= before  # each was in the pool, and leaves it
        assert not set(remembered) & set(pool.images.flatten().tolist())
        old, seen, shown = old + len(remembered), seen + 8, shown + mixed.flatten().tolist()
    assert old / seen == pytest.approx(0.5, abs=0.05)
    assert len(set(shown)) == len(shown)  # no image is shown twice
    again = train_cyclegan.ReplayBuffer(50)
    again.load_state_dict(pool.state_dict())
    fake = fresh(8)
    same = [p.exchange(fake, torch.Generator().manual_seed(1)) for p in (pool, again)]
    assert torch.equal(*same) and torch.equal(pool.images, again.images)


def test_generators_learn_on_their_step_and_discriminators_on_theirs(tmp_path):
    torch.manual_seed(0)
    config = cyclegan_config(tmp_path, lambda_identity=1.0)
    accelerator, model = Accelerator(cpu=True), CycleGAN(config.model)
    seen: dict[str, set[str]] = {}
    optimizers = []
    for player in ("generator", "discriminator"):
        named = {name: p for name, p in model.named_parameters() if name.startswith(player)}
        optimizers.append(train_cyclegan.adamw(iter(named.values()), config.learning_rate))

        def note(*_, player=player):
            seen[player] = {name for name, p in model.named_parameters() if p.grad is not None}

        optimizers[-1].register_step_pre_hook(note)
    pools = train_cyclegan.ReplayBuffer(48), train_cyclegan.ReplayBuffer(48)
    step = train_cyclegan.Games(config, accelerator, model, tuple(optimizers), pools)
    step(
        tuple(
            Batch(torch.rand(4, 3, 16, 16), None, Noise(torch.Generator().manual_seed(seed)))
            for seed in (0, 1)
        )
    )
    for player in ("generator", "discriminator"):
        assert seen[player] == {name for name, _ in model.named_parameters() if name.startswith(player)}
    assert all(p.requires_grad for p in model.parameters())
    assert all(len(pool.images) == 4 for pool in pools)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"pool_size": 3}, "pool_size is 3; allowed: 0, or the batch_size 32 or more"),
        ({"lambda_cycle": -1.0}, "lambda_cycle is -1.0"),
        ({"random_crop": 16}, "random_crop is 16"),
        ({"match_size": True, "model": CycleGANConfig(zoom=0.9)}, "cannot both be given"),
        ({"adam_beta1": 1.0}, "adam_beta1 is 1.0"),
    ],
    ids=str,
)
def test_a_wrong_flag_of_cyclegan_is_named(tmp_path, wrong, says):
    with pytest.raises(ValueError, match=says):
        cyclegan_config(tmp_path, **wrong)


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


def test_a_random_scale_makes_size_tell_nothing(tmp_path):
    config = classifier_config(tmp_path, random_scale=0.5)
    x = torch.rand(6, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    seen = []
    model = Classifier(config.model)
    model.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    objective = train_classifier.CrossEntropy(model, config)
    labels = torch.zeros(6).long()
    objective(Batch(x, labels, Noise(torch.Generator().manual_seed(0))))
    objective.eval()(Batch(x, labels, Noise(torch.Generator().manual_seed(0))))
    assert not any(torch.equal(before, after) for before, after in zip(x, seen[0]))
    assert torch.equal(seen[1], x)  # what is measured is the images as they are
    with pytest.raises(ValueError, match="random_scale is 1"):
        classifier_config(tmp_path, random_scale=1.0)


def test_a_gan_is_measured_with_a_classifier_of_its_images(tmp_path):
    judge = classifier_config(tmp_path / "judge", max_steps=60, learning_rate=3e-3)
    train_classifier.main(judge)
    assert load_folder(Classifier, judge.output_dir).config == judge.model
    accuracy = json.loads((judge.output_dir / "metrics.json").read_text())["accuracy"]["value"]
    assert accuracy > 60
    AcceleratorState._reset_state(True)
    config = gan_config(tmp_path / "small", max_steps=2, classifier=str(judge.output_dir))
    train_gan.main(config)
    metrics = json.loads((config.output_dir / "metrics.json").read_text())
    assert {"lenet_fid", "lenet_fid_floor", "lenet_kid", "precision", "recall", "class_entropy"} < set(
        metrics
    )
    assert metrics["lenet_fid"]["value"] > 10 * metrics["lenet_fid_floor"]["value"]  # two steps: noise
    assert all(float(row["test_lenet_fid"]) > 0 for row in history(config.output_dir))
    AcceleratorState._reset_state(True)
    other = gan_config(tmp_path / "other", classifier=str(judge.output_dir), dcgan=DCGANConfig(image_size=32))
    with pytest.raises(
        TrainingError, match=r"takes images of 1 channels and 28 pixels, the model makes 1 and 32"
    ):
        train_gan.main(other)


def test_the_average_of_the_generator_is_what_is_saved(tmp_path):
    for decay, folder in ((0.9, "averaged"), (0.0, "plain")):
        AcceleratorState._reset_state(True)
        train_gan.main(gan_config(tmp_path / folder, max_steps=6, ema_decay=decay))
    averaged, plain = weights(tmp_path / "averaged"), weights(tmp_path / "plain")
    different = {name.split(".")[0] for name in plain if not torch.equal(averaged[name], plain[name])}
    assert different == {"generator"}  # the game itself is the same


def test_g_learns_nothing_on_ds_step_and_d_nothing_on_gs(tmp_path):
    torch.manual_seed(0)
    config = gan_config(tmp_path, model="gan")
    accelerator, model = Accelerator(cpu=True), GAN(config.gan)
    optimizers = train_gan.make_optimizers(config, model)
    seen: dict[str, set[str]] = {}
    for player, optimizer in zip(("G", "D"), optimizers):

        def note(*_, player=player):
            seen[player] = {name for name, p in model.named_parameters() if p.grad is not None}

        optimizer.register_step_pre_hook(note)
    step = train_gan.Game(config, accelerator, model, optimizers)
    step(Batch(torch.rand(64, 1, 28, 28), None, Noise(torch.Generator().manual_seed(0))))
    assert seen["D"] and all(name.startswith("discriminator") for name in seen["D"])
    assert seen["G"] and all(name.startswith("generator") for name in seen["G"])
    assert all(p.requires_grad for p in model.parameters())


@pytest.mark.parametrize("family", ["vae", "dcgan", "cyclegan"])
def test_evaluating_again_gives_the_same_figures(tmp_path, capsys, family):
    config = config_of(family, tmp_path / "small", max_steps=2, mixed_precision="bf16")
    train(family, config)
    names = ("metrics.json", "latents.csv", "README.md")
    files = [config.output_dir / name for name in names if (config.output_dir / name).exists()]
    before = [file.read_text() for file in files]
    files[0].write_text("{}")
    evaluate.main(evaluate.EvaluateConfig(model=str(config.output_dir), iw_samples=10))
    assert [file.read_text() for file in files] == before
    assert {"vae": "neg_elbo_1", "dcgan": "d_fake", "cyclegan": "l1_ab"}[family] in capsys.readouterr().out


def test_a_check_of_figures_writes_nothing_and_names_those_that_differ(tmp_path, capsys):
    config = gan_config(tmp_path / "small", max_steps=2)
    train_gan.main(config)
    again = evaluate.EvaluateConfig(model=str(config.output_dir), check=True)
    before = {path.name: path.read_bytes() for path in config.output_dir.glob("*.*")}
    evaluate.main(again)
    assert {path.name: path.read_bytes() for path in config.output_dir.glob("*.*")} == before
    figures = config.output_dir / "metrics.json"
    metrics = json.loads(before[figures.name])
    shown = metrics["d_real"]["value"]
    assert f"{'d_real':28} {shown} {shown}\n" in capsys.readouterr().out
    metrics["d_real"]["value"] = shown * (1 + 1e-6)  # what rounding hides
    figures.write_text(json.dumps(metrics))
    evaluate.main(again)
    metrics["d_real"]["value"] = shown * 1.01
    figures.write_text(json.dumps(metrics | {"recall": metrics["d_real"]}))
    with pytest.raises(TrainingError, match=r"has other figures than it shows: d_real, recall$"):
        evaluate.main(again)


def test_a_check_of_a_vae_may_take_any_number_of_importance_samples(tmp_path, capsys):
    config = vae_config(tmp_path / "small", max_steps=2)  # with 10
    train_vae.main(config)
    again = evaluate.EvaluateConfig(model=str(config.output_dir), check=True)
    for iw_samples, line in (
        (0, r"iw_nll_10 +\S+ None"),
        (10, r"iw_nll_10 +(\S+) \1"),
        (5, r"iw_nll_5 +None \d"),
    ):
        evaluate.main(replace(again, iw_samples=iw_samples))
        assert re.search(line, capsys.readouterr().out)
    figures = config.output_dir / "metrics.json"
    metrics = json.loads(figures.read_text())
    metrics["iw_nll_10"]["value"] *= 1.01
    figures.write_text(json.dumps(metrics))
    with pytest.raises(TrainingError, match=r"has other figures than it shows: iw_nll_10$"):
        evaluate.main(replace(again, iw_samples=10))


def test_fp16_on_a_cpu_is_one_sentence(tmp_path):
    with pytest.raises(TrainingError, match="fp16 needs a GPU; on a CPU give bf16 or no"):
        train_vae.main(vae_config(tmp_path / "run", mixed_precision="fp16"))


def test_a_precision_that_only_the_launcher_is_told_is_one_sentence(tmp_path):
    """With accelerate's own launcher: what it tells the script is up to it."""
    launcher = ("-m", "accelerate.commands.launch", "--cpu", "--num_processes", "1", "--mixed_precision")
    flags = ("--output_dir", tmp_path / "run", "--dataset", "fake", "--max_steps", 1, "--cpu")
    process = script("train_classifier", *flags, launcher=(*launcher, "bf16", "-m"))
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


def test_figures_of_samples_are_added_to_those_that_stand(tmp_path):
    config = vae_config(tmp_path / "small", max_steps=2)
    train_vae.main(config)
    AcceleratorState._reset_state(True)
    judge = classifier_config(tmp_path / "judge", max_steps=2)
    train_classifier.main(judge)
    before = json.loads((config.output_dir / "metrics.json").read_text())
    evaluate.main(
        evaluate.EvaluateConfig(
            model=str(config.output_dir), figures="samples", classifier=str(judge.output_dir)
        )
    )
    after = json.loads((config.output_dir / "metrics.json").read_text())
    assert after.items() > before.items() and "lenet_fid" in after.keys() - before.keys()


def test_a_batch_knows_the_optimizer_step_it_is_for():
    images = Images(torch.zeros(20, 3, 4, 4, dtype=torch.uint8), torch.zeros(20).long(), "")
    for rank in (0, 1):
        place = SimpleNamespace(device=torch.device("cpu"), process_index=rank, num_processes=2)
        plan = BatchPlan(batch_size=4, accumulation=2)
        batches, pairs = Batches(images, plan, place), UnpairedBatches(images, images, plan, place)
        assert [batches[number].step.item() for number in (0, 1, 2, 13, 5)] == [0, 0, 1, 6, 2]
        assert [part.step.item() for part in pairs[13]] == [6, 6]


def test_the_weight_of_kl_grows_linearly_to_beta_over_its_warm_up(tmp_path):
    """The weight is what is left of the loss without the reconstruction, in kl's."""
    warm = {"beta": 1000.0, "kl_warmup_steps": 4, "gradient_accumulation_steps": 2}
    config = vae_config(tmp_path / "run", max_steps=7, logging_steps=1, checkpointing_steps=3, **warm)
    train_vae.main(config)
    rows = history(config.output_dir)

    def weights_of(prefix: str) -> list[float]:
        terms = [[row[f"{prefix}{key}"] for key in ("loss", "recon", "kl")] for row in rows]
        found = [tuple(map(float, values)) for values in terms if "" not in values]
        return [(loss - recon) / kl for loss, recon, kl in found]

    assert weights_of("") == pytest.approx(
        [0, 250, 500, 750, 1000, 1000, 1000], rel=2e-3
    )  # 6 digits are kept
    tested = weights_of("test_")
    assert len(tested) >= 5 and tested == pytest.approx([1000] * len(tested), rel=2e-3)

    objective = train_vae.NegativeELBO(VAE(config.model), config)
    batch = Batch(torch.rand(4, 1, 28, 28), None, Noise(torch.Generator().manual_seed(0)))
    for step, weight in ((0, 0), (1, 250), (9, 1000)):
        assert objective.kl_weight(replace(batch, step=torch.tensor(step))) == weight
    assert objective.eval().kl_weight(batch) == 1000  # of test images, which belong to no step
    assert train_vae.NegativeELBO(VAE(config.model), vae_config(tmp_path)).kl_weight(batch) == 1
    with pytest.raises(ValueError, match="kl_warmup_steps is -1"):
        vae_config(tmp_path, kl_warmup_steps=-1)


def test_training_learns(tmp_path):
    config = vae_config(tmp_path / "run", num_epochs=8, learning_rate=3e-3)
    train_vae.main(config)
    losses = [float(row["test_loss"]) for row in history(config.output_dir) if row["test_loss"]]
    assert losses[-1] < 0.6 * losses[0]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (0.0, [1, 0.75, 0.5, 0.25, 0]),
        (0.5, [1, 1, 1, 0.5, 0]),
        (1.0, [1, 1, 1, 1, 1]),
    ],
)
def test_the_learning_rate_falls_from_its_start_to_the_end(start, expected):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = linear_decay(optimizer, 0, 4, start)
    rates = []
    for _ in expected:
        rates += scheduler.get_last_lr()
        optimizer.step()
        scheduler.step()
    assert rates == expected


def script(name: str, *flags: object, launcher: tuple[str, ...] = (), **more) -> subprocess.Popen:
    env = {**os.environ, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true", "TQDM_DISABLE": "1"}
    command = [sys.executable, *(launcher or ("-m",)), f"training.{name}", *map(str, flags)]
    return subprocess.Popen(command, cwd=ROOT, env=env, text=True, stderr=subprocess.PIPE, **more)


def test_control_c_saves_a_checkpoint_and_resuming_gives_the_same_weights(tmp_path):
    flags = ["--dataset", "fake", "--batch_size", "64", "--max_steps", "400", "--model.hidden_dim", "64",
             "--iw_samples", "2", "--logging_steps", "10", "--cpu"]  # fmt: skip
    process = script("train_vae", "--output_dir", tmp_path / "stopped", *flags)
    deadline = time.monotonic() + 120
    while not (tmp_path / "stopped" / "samples" / "step-000002.png").exists():
        assert time.monotonic() < deadline and process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "--resume_from_checkpoint latest" in errors and "Traceback" not in errors
    (checkpoint,) = (tmp_path / "stopped" / "checkpoints").iterdir()
    assert 0 < int(checkpoint.name.removeprefix("checkpoint-")) < 400

    common = vae_config(
        tmp_path / "stopped",
        max_steps=400,
        model=VAEConfig(hidden_dim=64),
        warmup_steps=200,
        logging_steps=10,
    )
    config = replace(common, iw_samples=2, resume_from_checkpoint="latest")
    train_vae.main(config)
    AcceleratorState._reset_state(True)
    train_vae.main(replace(config, output_dir=tmp_path / "straight", resume_from_checkpoint=""))
    assert_same_weights(tmp_path / "stopped", tmp_path / "straight")


def test_two_processes_of_a_launcher_are_one_run(tmp_path):
    """As README says; `test_exact.py` has the numbers of two processes, for every family."""
    config = config_of("vae", tmp_path / "one", max_steps=6, logging_steps=2)
    train("vae", config)
    flags = training_command(config).split(" -m training.train_vae --output_dir runs/one ")[1].split()
    two = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m")
    process = script("train_vae", "--output_dir", tmp_path / "two", *flags, "--cpu", launcher=two)
    _, errors = process.communicate(timeout=240)
    assert process.returncode == 0, errors
    random_states = list((tmp_path / "two" / "checkpoints" / "checkpoint-6").glob("random_states_*"))
    assert len(random_states) == 2  # two processes in one run, not two runs
    rows = [history(tmp_path / folder) for folder in ("one", "two")]
    assert [row["step"] for row in rows[0]] == [row["step"] for row in rows[1]]
    assert [float(row["loss"] or "nan") for row in rows[1]] == pytest.approx(
        [float(row["loss"] or "nan") for row in rows[0]], rel=1e-4, nan_ok=True
    )


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


def test_checkpoints_are_limited(tmp_path):
    config = vae_config(tmp_path / "run", max_steps=10, checkpointing_steps=2, checkpoints_total_limit=2)
    train_vae.main(config)
    names = {path.name for path in (config.output_dir / "checkpoints").iterdir()}
    assert names == {"checkpoint-8", "checkpoint-10"}


def test_a_run_resumed_from_an_earlier_checkpoint_saves_the_later_ones_again(tmp_path):
    config = vae_config(tmp_path / "run", max_steps=8, checkpointing_steps=2, checkpoints_total_limit=9)
    train_vae.main(config)
    first, *later = list_checkpoints(config.output_dir)
    good = {path: (path / "model.safetensors").read_bytes() for path in later}
    for path in later:
        (path / "model.safetensors").write_bytes(b"damaged")
    shutil.copytree(later[0], config.output_dir / "checkpoints" / "checkpoint-10")  # of a longer run
    AcceleratorState._reset_state(True)
    with pytest.raises(TrainingError, match="checkpoint-10 cannot be read"):
        train_vae.main(replace(config, resume_from_checkpoint="latest"))
    assert len(list_checkpoints(config.output_dir)) == 5  # a failed load removes nothing
    AcceleratorState._reset_state(True)
    train_vae.main(replace(config, resume_from_checkpoint=str(first)))
    assert list_checkpoints(config.output_dir) == [first, *later]
    assert {path: (path / "model.safetensors").read_bytes() for path in later} == good


def test_images_per_second_of_a_resumed_run_are_of_the_time_since_it_goes_on(tmp_path, monkeypatch):
    seconds, batch_of = [0.0], Batches.__getitem__

    def second_by_second(self: Batches, number: int) -> Batch:
        seconds[0] += 1
        return batch_of(self, number)

    monkeypatch.setattr(Batches, "__getitem__", second_by_second)
    monkeypatch.setattr(run_log, "time", SimpleNamespace(perf_counter=lambda: seconds[0]))
    often = {"checkpointing_steps": 4, "logging_steps": 5, "num_snapshots": 2}
    config = vae_config(tmp_path / "run", max_steps=10, checkpoints_total_limit=9, **often)
    train_vae.main(config)
    speeds = [row["images_per_second"] for row in history(config.output_dir)]
    assert speeds == ["", "64", "64"]
    AcceleratorState._reset_state(True)
    train_vae.main(replace(config, resume_from_checkpoint=str(list_checkpoints(config.output_dir)[0])))
    assert [row["images_per_second"] for row in history(config.output_dir)] == speeds


def test_pictures_are_of_this_run_alone(tmp_path):
    config = vae_config(tmp_path / "run", max_steps=4, checkpointing_steps=2)
    samples = config.output_dir / "samples"
    samples.mkdir(parents=True)

    def leave_others() -> None:
        for name in ("step-000003.png", "step-000900.png", "step-1000000.png", "mine.png"):
            (samples / name).write_bytes(b"of another run")

    leave_others()
    train_vae.main(config)
    pictures = {path.name: path.read_bytes() for path in samples.iterdir()}
    assert pictures.keys() == {"mine.png", *(f"step-{step:06d}.png" for step in (0, 1, 2, 3, 4))}
    leave_others()
    AcceleratorState._reset_state(True)
    first = str(list_checkpoints(config.output_dir)[0])
    train_vae.main(replace(config, resume_from_checkpoint=first))
    assert {path.name: path.read_bytes() for path in samples.iterdir()} == pictures


def test_the_last_picture_on_a_card_is_that_of_the_last_step(tmp_path):
    config = vae_config(tmp_path / "run", max_steps=1)
    train_vae.main(config)
    for step in (999_999, 1_000_000):
        (config.output_dir / "samples" / f"step-{step:06d}.png").touch()
    evaluate.main(evaluate.EvaluateConfig(model=str(config.output_dir), iw_samples=0))
    assert "(samples/step-1000000.png)" in (config.output_dir / "README.md").read_text()


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


class Code:
    """Once it is read as any pickle is, there is a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("name", ["custom_checkpoint_0.pkl", "custom_checkpoint_1.pkl", "optimizer.bin"])
@pytest.mark.parametrize("content", [b"", b"not a pickle", b"PK half of one", "code", "gone"], ids=repr)
def test_a_damaged_part_of_a_checkpoint_is_one_sentence(tmp_path, name, content):
    config = vae_config(tmp_path / "run", max_steps=1)
    train_vae.main(config)
    path = config.output_dir / "checkpoints" / "checkpoint-1" / name
    if content == "code":
        torch.save({"flags": Code(tmp_path / "ran")}, path)
    elif content == "gone":
        path.unlink()
    else:
        path.write_bytes(content)
    AcceleratorState._reset_state(True)
    with pytest.raises(
        TrainingError, match=r"checkpoint-1 cannot be read: .+; give --resume_from_checkpoint"
    ):
        train_vae.main(replace(config, resume_from_checkpoint="latest"))
    assert not (tmp_path / "ran").exists()


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


def test_a_torchvision_that_does_not_fit_torch_is_one_sentence(tmp_path):
    (tmp_path / "torchvision.py").write_text('raise RuntimeError("operator torchvision::nms does not exist")')
    code = "import sys; sys.path.insert(0, sys.argv[1]); import training"
    done = subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Install the two together: pip install --upgrade torch torchvision" in done.stderr.splitlines()[-1]
