"""The script of the diffusion model, and its metrics."""

import csv
from collections import Counter
from pathlib import Path

import pytest
import torch
from PIL import Image

from space.models import roles
from space.models.classifier import Classifier
from space.models.ddpm import DDPM, DDPMConfig
from space.pictures.sheets import digit_sheet
from space.weights.hub import BUNDLED
from space.weights.model_folder import load_folder
from tests.small_runs import MODEL_FILES, ddpm_config, fresh_accelerate_state, train, weights  # noqa: F401
from training import one_objective, train_ddpm
from training.batches import Batch, Noise
from training.data import Images
from training.errors import TrainingError
from training.measure import diffusion
from training.measure.diffusion import evaluate_diffusion, step_counts, weighted
from training.measure.samples import copies, nearest


def batch(count: int, seed: int = 0, rank: int = 0, processes: int = 1) -> Batch:
    rng = torch.Generator().manual_seed(seed)
    x, labels = torch.rand(count, 1, 28, 28, generator=rng), torch.arange(count) % 10
    return Batch(x, labels, Noise(rng, rank, processes))


@pytest.mark.parametrize("num_timesteps", [1, 3, 1000])
def test_times_are_uniform_and_every_quarter_has_its_share_of_each_batch(num_timesteps):
    times = torch.cat([train_ddpm.random_times(batch(400, seed), num_timesteps) for seed in range(50)])
    shares = times.bincount(minlength=num_timesteps) / len(times)
    assert len(shares) == num_timesteps
    assert shares.view(-1, 100 if num_timesteps == 1000 else 1).sum(1) == pytest.approx(
        1 / min(num_timesteps, 10), abs=0.01
    )
    quarters = train_ddpm.random_times(batch(40), 1000) * 4 // 1000
    assert quarters.tolist() == [0, 1, 2, 3] * 10
    # also over two processes, whose halves are no whole number of fours
    of_both = [train_ddpm.random_times(batch(30, rank=rank, processes=2), 1000) for rank in (0, 1)]
    assert Counter((torch.cat(of_both) * 4 // 1000).tolist()) == dict.fromkeys(range(4), 15)


def objective(tmp_path: Path, **more) -> train_ddpm.Denoising:
    config = ddpm_config(tmp_path, **more)
    torch.manual_seed(0)
    model = DDPM(config.model)
    torch.nn.init.normal_(model.unet.head.weight, std=0.1)
    return train_ddpm.Denoising(model, config)


def test_the_loss_is_the_mean_of_its_quarters_and_1_where_nothing_is_predicted(tmp_path):
    terms = objective(tmp_path)(batch(40))
    of_quarters = [terms[f"loss_quarter_{i}"].item() for i in (1, 2, 3, 4)]
    assert sum(of_quarters) / 4 == pytest.approx(terms["loss"].item(), rel=1e-5)
    config = ddpm_config(tmp_path, model={"prediction": "noise"})
    untrained = train_ddpm.Denoising(DDPM(config.model), config)
    for value in untrained(batch(400)).values():
        assert value.item() == pytest.approx(1.0, abs=0.02)  # of N(0, 1)


def test_a_share_of_the_labels_is_left_out_in_training_alone(tmp_path):
    for share in (0.0, 0.1, 1.0):
        part = objective(tmp_path, label_dropout=share)
        labels = part.labels(batch(4000))
        assert (labels == 10).float().mean().item() == pytest.approx(share, abs=0.02)
        kept = labels != 10
        assert torch.equal(labels[kept], (torch.arange(4000) % 10)[kept])
        assert torch.equal(part.eval().labels(batch(40)), torch.arange(40) % 10)
    assert not objective(tmp_path, model={"num_classes": 0}).labels(batch(40)).any()
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=f"label_dropout is {wrong}; allowed: 0 to 1"):
            ddpm_config(tmp_path, label_dropout=wrong)


def images(num_classes: int | None) -> Images:
    labels = None if num_classes is None else torch.arange(30) % num_classes
    return Images(torch.zeros(30, 1, 28, 28, dtype=torch.uint8), labels, "my pictures")


def test_classes_that_do_not_fit_are_named_with_the_flag_that_helps():
    train_ddpm.check_classes(images(10), 10)
    train_ddpm.check_classes(images(3), 0)
    train_ddpm.check_classes(images(None), 0)
    for found, wanted in ((3, 10), (10, 3), (10, 1)):
        with pytest.raises(
            TrainingError, match=rf"has {found} classes.* give --model.num_classes {found}, or 0"
        ):
            train_ddpm.check_classes(images(found), wanted)
    with pytest.raises(TrainingError, match=r"no label for every image; give --model.num_classes 0"):
        train_ddpm.check_classes(images(None), 10)


@pytest.mark.parametrize(
    ("in_channels", "image_size", "classes"), [(1, 28, ()), (3, 32, ("circle", "stripe")), (3, 64, ())]
)
def test_it_trains_on_a_folder_of_ones_own(tmp_path, in_channels, image_size, classes):
    """Grey or in colour, with sub-folders for classes or without, at any of the usual sizes."""
    rng = torch.Generator().manual_seed(0)
    for split in ("train", "test"):
        for number in range(6):
            place = tmp_path / "own" / split / (classes[number % 2] if classes else "")
            place.mkdir(parents=True, exist_ok=True)
            pixels = torch.randint(256, (40, 40, 3), generator=rng, dtype=torch.uint8).numpy()
            Image.fromarray(pixels).save(place / f"{number}.png")
    model = {"in_channels": in_channels, "image_size": image_size, "num_classes": len(classes)}
    config = ddpm_config(
        tmp_path / "run",
        dataset=str(tmp_path / "own"),
        model=model,
        max_steps=2,
        batch_size=4,
        mixed_precision="bf16",
        num_snapshots=2,
    )
    train("ddpm", config)
    assert {path.name for path in config.output_dir.iterdir()} >= MODEL_FILES | {"denoise.onnx"}
    trained = load_folder(DDPM, config.output_dir)
    found = trained.sample(2, torch.Generator().manual_seed(0))
    assert found.shape == (2, in_channels, image_size, image_size)
    with Image.open(config.output_dir / "samples" / "step-000002.png") as picture:
        assert picture.width == 10 * (image_size + 1) + 1 or not classes


def test_training_helps_with_every_prediction(tmp_path, monkeypatch):
    """Pictures would take minutes; but the loss falls within a few steps."""
    monkeypatch.setattr(one_objective, "measure", lambda *_: {})
    falls = {}
    for prediction in ("noise", "x_start", "flow"):  # the small runs have velocity
        config = ddpm_config(
            tmp_path / prediction,
            model={"prediction": prediction},
            batch_size=32,
            max_steps=12,
            learning_rate=1e-2,
            ema_decay=0.5,
            logging_steps=4,
            num_snapshots=2,
        )
        train("ddpm", config)
        rows = (config.output_dir / "history.csv").read_text().splitlines()
        names, first, last = rows[0].split(","), rows[1].split(","), rows[-1].split(",")
        falls[prediction] = float(last[names.index("test_loss")]) / float(first[names.index("test_loss")])
        assert {f"loss_quarter_{i}" for i in (1, 2, 3, 4)} < set(names)
    assert max(falls.values()) < 0.9, falls


def test_the_quality_of_samples_is_watched_through_training(tmp_path, monkeypatch):
    """Where a classifier knows the images; the same noise each time, of the averaged weights."""
    monkeypatch.setattr(train_ddpm, "NUM_MEASURED", 40)
    judge = load_folder(Classifier, BUNDLED / roles.DIGIT_JUDGE)
    monkeypatch.setattr(one_objective, "find_classifier", lambda *_: judge)
    monkeypatch.setattr(one_objective, "measure", lambda *_: {})
    train("ddpm", ddpm_config(tmp_path, max_steps=2, num_snapshots=2))
    with (tmp_path / "history.csv").open() as file:
        found = [float(row["test_lenet_fid"]) for row in csv.DictReader(file) if row["test_lenet_fid"]]
    assert len(found) == 2 and all(value > 100 for value in found) and found[0] != found[1]


# ---- metrics


def test_the_curve_goes_from_a_quarter_of_the_steps_to_four_times_as_many():
    assert step_counts(16, 1000) == [4, 8, 16, 32, 64]
    assert step_counts(1, 1000) == [1, 2, 4] and step_counts(500, 1000) == [125, 250, 500, 1000]


def test_a_copied_training_image_is_found():
    rng = torch.Generator().manual_seed(0)
    train_pixels, test_pixels = torch.randint(256, (2, 300, 1, 8, 8), generator=rng, dtype=torch.uint8)
    train_set, test_set = (Images(pixels, None, "noise") for pixels in (train_pixels, test_pixels))
    mixed = torch.cat([train_pixels[:75], torch.randint(256, (225, 1, 8, 8), generator=rng).byte()])
    found = copies(mixed, train_set, test_set, "")
    assert found["copies"]["value"] == pytest.approx(25, abs=2)
    assert copies(test_pixels, train_set, test_set, "")["copies"]["value"] == pytest.approx(1, abs=0.5)
    by_hand = (test_pixels[0].float() - train_pixels.float()).square().sum((1, 2, 3)).sqrt().min() / 255
    assert nearest(test_pixels[:1], train_pixels).item() == pytest.approx(by_hand.item(), rel=1e-4)


class Digits(DDPM):
    """Draws real digits of the class that it is asked for, as many steps and whatever guidance."""

    def denoise(self, x, labels, times=None, guidance=None, **_):
        sheet = digit_sheet()[:, :, None] / 255  # (10, 20, 1, 28, 28)
        rows = (x.flatten(1)[:, 0].abs() * 1000).long() % 20
        wrong = labels.new_full(labels.shape, 1) if guidance == 0 else labels
        return sheet[wrong, rows]


def test_a_protocol_says_where_guidance_acts():
    held = DDPMConfig(guidance=1.25, guidance_low=0.3, guidance_high=0.8)
    assert weighted(held) == "guidance 1.25 from t = 300 to 800"
    assert weighted(held, [0, 1, 1.5]) == "guidance 0, 1, 1.5, above 1 from t = 300 to 800"
    assert weighted(held, [0, 1]) == "guidance 0, 1"
    assert weighted(DDPMConfig(guidance=2.0)) == "guidance 2"


def test_what_is_measured_of_samples(monkeypatch):
    monkeypatch.setattr(diffusion, "NUM_CURVE", 50)
    sheet = digit_sheet()[:, :, None].flatten(0, 1)
    test = Images(sheet, torch.arange(200) // 20, "two hundred digits")
    judge = load_folder(Classifier, BUNDLED / roles.DIGIT_JUDGE)
    model = Digits(DDPMConfig(base_channels=4, num_blocks=1, num_inference_steps=4))
    found = evaluate_diffusion(model, test, test, judge, 0)
    value = {key: entry["value"] for key, entry in found.items()}
    assert value["class_accuracy"] > 95 and value["precision"] > 0.95
    assert value["half_steps_ratio"] == pytest.approx(1, abs=1e-5)  # here steps change nothing
    assert len(set(value["lenet_fid_by_steps"])) == 1 and len(value["lenet_fid_by_steps"]) == 5
    accuracies = value["class_accuracy_by_guidance"]
    assert accuracies[0] < 30 and min(accuracies[1:]) > 90
    assert value["lenet_fid_by_guidance"][0] > value["lenet_fid_by_guidance"][1]
    how = "200 samples, noise N(0, I), seed 0, 4 steps of DPM-Solver++, guidance 1"
    assert how in found["lenet_fid"]["protocol"]
    how = "guidance 0, 1, 1.25, 1.5, 2, 3; 4 steps of DPM-Solver++"
    assert how in found["recall_by_guidance"]["protocol"]
    assert value["curve_steps"] == [1, 2, 4, 8, 16] and value["curve_guidance"] == [0, 1, 1.25, 1.5, 2, 3]
    assert value["nearest_train"] < 0.1  # they are training images
    assert set(evaluate_diffusion(model, test, test, None, 0)) == {
        "nearest_train",
        "nearest_train_of_test",
        "copies",
        "bits_per_dim",
    }
