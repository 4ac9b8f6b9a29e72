"""The script of the PixelCNN: its loss from some pixels is that of all, and it learns."""

import csv
from pathlib import Path

import pytest
import torch
from PIL import Image

from space.models.pixelcnn import PixelCNN
from space.pictures.sheets import digit_sheet
from space.weights.model_folder import load_folder
from tests.small_runs import MODEL_FILES, fresh_accelerate_state, pixelcnn_config, train  # noqa: F401
from training import one_objective
from training.batches import Batch, Noise
from training.train_pixelcnn import NegativeLogLikelihood, chances


def batch(count: int, seed: int = 0) -> Batch:
    rng, sheet = torch.Generator().manual_seed(seed), digit_sheet().flatten(0, 1)[:, None] / 255
    places = torch.arange(count) % len(sheet)
    return Batch(sheet[places], places // 20, Noise(rng, 0, 1))


def objective(tmp_path: Path, **more) -> NegativeLogLikelihood:
    config = pixelcnn_config(tmp_path, **more)
    torch.manual_seed(0)
    model = PixelCNN(config.model)
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    return NegativeLogLikelihood(model, config, chances(digit_sheet().flatten(0, 1)[:, None]))


def test_pixels_that_vary_are_looked_at_more_often_and_none_never():
    chance = chances(digit_sheet().flatten(0, 1)[:, None])
    assert chance.sum().item() == pytest.approx(1, abs=1e-5) and chance.min() > 0
    assert chance[0] == chance.min() and chance.view(28, 28)[14, 14] > 5 * chance[0]


@torch.no_grad()
def test_the_loss_of_some_pixels_is_that_of_all_in_the_mean(tmp_path):
    part = objective(tmp_path, num_positions=500, label_dropout=0.0)
    losses = torch.stack([part(batch(20, seed))["loss"] for seed in range(40)])
    wanted = torch.stack([part.eval()(batch(20, seed))["loss"] for seed in range(40)])
    error = (losses - wanted).std() / 40**0.5
    assert abs(losses.mean() - wanted.mean()) < 4 * error < 0.02 * wanted.mean()


@torch.no_grad()
def test_guidance_is_learned_from_the_start_weights(tmp_path):
    """The aim is the guided log-odds of the teacher, and without a class its own."""
    torch.manual_seed(0)
    start = PixelCNN(pixelcnn_config(tmp_path).model)
    for weight in start.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    start.save_pretrained(tmp_path / "start")
    more = {"pretrained_model_name_or_path": str(tmp_path / "start"), "guidance": 2.0}
    part, some = objective(tmp_path, **more), batch(20)
    x, pixels = (
        (some.x > 0.5).float(),
        torch.randint(784, (20, 9), generator=torch.Generator().manual_seed(0)),
    )
    own, nothing = (start.logits_at(x, pixels, y) for y in (some.labels, None))
    torch.testing.assert_close(part.target(x, pixels, some.labels), (2 * own - nothing).sigmoid())
    torch.testing.assert_close(part.target(x, pixels, torch.full((20,), 10)), nothing.sigmoid())
    assert not any(name.startswith("teacher") for name, _ in part.named_parameters())
    there = part.to("meta").target(*(one.to("meta") for one in (x, pixels, some.labels)))
    assert there.is_meta and there.shape == (20, 9)  # as on a GPU
    for wrong in ({"guidance": 2.0}, more | {"model": {"num_classes": 0}}):
        with pytest.raises(ValueError, match=r"guidance is 2\.0; it needs pretrained_model_name_or_path"):
            pixelcnn_config(tmp_path, **wrong)


def test_a_share_of_the_labels_is_left_out_in_training_alone(tmp_path):
    for share in (0.0, 0.2, 1.0):
        part = objective(tmp_path, label_dropout=share)
        labels, given = part.labels(batch(4000)), batch(4000).labels
        assert (labels == 10).float().mean().item() == pytest.approx(share, abs=0.02)
        assert torch.equal(labels[labels != 10], given[labels != 10])
        assert torch.equal(part.eval().labels(batch(40)), batch(40).labels)
    assert objective(tmp_path, model={"num_classes": 0}).labels(batch(40)) is None
    for name in ("label_dropout", "decay_start"):
        for wrong in (-0.1, 1.1, float("nan")):
            with pytest.raises(ValueError, match=f"{name} is {wrong}; allowed: 0 to 1"):
                pixelcnn_config(tmp_path, **{name: wrong})
    with pytest.raises(ValueError, match="num_positions is 0; allowed: 1 or more"):
        pixelcnn_config(tmp_path, num_positions=0)


@pytest.mark.parametrize("classes", [(), ("circle", "stripe")])
def test_it_learns_on_a_folder_of_ones_own(tmp_path, monkeypatch, classes):
    """With sub-folders for classes or without; a picture in the middle of black."""
    monkeypatch.setattr(one_objective, "measure", lambda *_: {})
    rng = torch.Generator().manual_seed(0)
    for split, count in (("train", 24), ("test", 6)):
        for number in range(count):
            place = tmp_path / "own" / split / (classes[number % 2] if classes else "")
            place.mkdir(parents=True, exist_ok=True)
            pixels = torch.zeros(28, 28, dtype=torch.uint8)
            pixels[8:20, 8:20] = torch.randint(256, (12, 12), generator=rng)
            Image.fromarray(pixels.numpy()).save(place / f"{number}.png")
    config = pixelcnn_config(
        tmp_path / "run",
        dataset=str(tmp_path / "own"),
        model={"num_classes": len(classes)},
        num_positions=64,
        max_steps=30,
        batch_size=12,
        learning_rate=1e-2,
        ema_decay=0.5,
        logging_steps=10,
        num_snapshots=2,
    )
    train("pixelcnn", config)
    assert {path.name for path in config.output_dir.iterdir()} >= MODEL_FILES | {"log_odds.onnx"}
    with (config.output_dir / "history.csv").open() as file:
        losses = [float(row["test_loss"]) for row in csv.DictReader(file) if row["test_loss"]]
    assert losses[-1] < 0.5 * losses[0], losses
    made = load_folder(PixelCNN, config.output_dir).sample(2, torch.Generator().manual_seed(0))
    assert made.shape == (2, 1, 28, 28) and set(made.unique().tolist()) <= {0, 1}
