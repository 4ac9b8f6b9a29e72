"""The figures of generated images: right on cases that can be worked out, and telling on a collapse."""

import math
from urllib.error import URLError

import pytest
import torch

from space.models import roles
from space.models.gan import GAN, GANConfig
from space.pictures.sheets import digit_sheet
from space.weights.hub import BUNDLED
from training.data import Images
from training.errors import TrainingError
from training.measure import samples
from training.measure.samples import (
    compare,
    covered,
    entropy,
    evaluate_samples,
    find_classifier,
    frechet_distance,
    generate,
    inception_distance,
    kernel_distance,
)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_frechet_distance_of_gaussians_is_the_closed_form():
    a = torch.randn(20_000, 3, generator=rng(), dtype=torch.float64)
    a = (a - a.mean(0)) / a.std(0)
    shift, scale = torch.tensor([1.0, -2.0, 0.5]), torch.tensor([1.0, 2.0, 3.0])
    # |mean difference|^2 + sum (sigma_1 - sigma_2)^2 for axis-aligned Gaussians
    expected = shift.square().sum() + (scale - 1).square().sum()
    assert frechet_distance(a, a * scale + shift) == pytest.approx(expected.item(), rel=0.01)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6)


def test_kernel_distance_is_zero_for_one_distribution_and_grows_with_the_shift():
    a, b = torch.rand(1500, 8, generator=rng()), torch.rand(1500, 8, generator=rng(1))
    assert abs(kernel_distance(a, b, seed=0)) < 1e-3
    shifted = [kernel_distance(a, b + shift, seed=0) for shift in (0.0, 0.5, 1.0)]
    assert shifted == sorted(shifted) and shifted[2] > 0.1
    assert kernel_distance(a, b, seed=3) == kernel_distance(a, b, seed=3)


def test_precision_and_recall_by_hand():
    # neighbours at distance 1: with k = 3 the balls of the inner points have radius 2, of the outer ones 3
    line = torch.arange(8.0)[:, None]
    assert covered(line, line) == 1
    assert covered(torch.tensor([[-2.9], [-3.1], [3.5], [20.0]]), line) == 0.5
    # one spot covers what is within its (tiny) reach: precision 1, recall 1/8
    spot = 3 + 1e-3 * torch.arange(8.0)[:, None]
    assert covered(spot, line) == 1 and covered(line, spot) == 1 / 8


def test_entropy():
    assert entropy(torch.full((10,), 0.1)) == pytest.approx(math.log(10))
    assert entropy(torch.tensor([1.0, 0.0])) == 0


def digits() -> tuple[Images, Images]:
    """Two hundred real digits in two halves, ten of each class in both."""
    sheet = digit_sheet()[:, :, None]
    first, second = sheet[:, :10].flatten(0, 1), sheet[:, 10:].flatten(0, 1)
    return Images(first, None, "some digits"), Images(second, None, "other digits")


@pytest.fixture(scope="module")
def figures():
    """Figures of several 'generators' against real digits, by the shipped classifier."""
    classifier = find_classifier("", "mnist", (1, 28))
    train, test = digits()
    one = train.pixels[:1].expand(100, -1, -1, -1)
    noise = torch.randint(-8, 9, one.shape, generator=rng())
    samples = {
        "real": train.pixels,
        "collapsed": (one.short() + noise).clamp(0, 255).byte(),
        "three classes": train.pixels[:30].repeat(4, 1, 1, 1)[:100],
        "snow": torch.randint(256, one.shape, generator=rng(), dtype=torch.uint8),
    }
    found = {name: compare(x, train, test, classifier, 0, name) for name, x in samples.items()}
    return {name: {key: m["value"] for key, m in metrics.items()} for name, metrics in found.items()}


def test_real_images_look_perfect(figures):
    real = figures["real"]
    assert real["lenet_fid"] == real["lenet_fid_floor"]
    assert real["precision"] > 0.8 and real["recall"] > 0.8
    assert real["class_entropy"] > 2.29 and real["classifier_confidence"] > 95


def test_a_collapse_shows(figures):
    real, collapsed, three = figures["real"], figures["collapsed"], figures["three classes"]
    assert collapsed["lenet_fid"] > 5 * real["lenet_fid"]
    assert collapsed["lenet_kid"] > 5 * abs(real["lenet_kid"])
    assert collapsed["class_entropy"] == 0 and max(collapsed["class_histogram"]) == 100
    assert collapsed["recall"] < 0.05
    # fidelity alone is blind to it: the one image is a fine digit
    assert collapsed["classifier_confidence"] > 95
    assert three["class_entropy"] == pytest.approx(math.log(3), abs=0.1)
    assert three["recall"] < 0.5 < three["precision"]
    assert real["lenet_fid"] < three["lenet_fid"] < collapsed["lenet_fid"]


def test_noise_is_no_digit(figures):
    snow, real = figures["snow"], figures["real"]
    assert snow["lenet_fid"] > 5 * real["lenet_fid"] and snow["recall"] < 0.05 < 0.8 < real["recall"]
    assert snow["classifier_confidence"] < real["classifier_confidence"] - 10


def test_samples_are_the_same_for_the_same_seed_and_figures_name_their_protocol():
    torch.manual_seed(0)
    model, (train, test) = GAN(GANConfig(hidden_dim=16)), digits()
    classifier = find_classifier("", "mnist", (1, 28))
    first, again = (evaluate_samples(model, train, test, classifier, seed=3) for _ in range(2))
    assert first == again != evaluate_samples(model, train, test, classifier, seed=4)
    without = {"d_real", "d_fake", "value", "nearest_train", "nearest_train_of_test", "copies"}
    assert set(evaluate_samples(model, train, test, None, seed=3)) == without
    assert 0 < first["d_fake"]["value"] < 1 and first["value"]["value"] < 0
    assert "100 samples, z ~ N(0, I), seed 3, against other digits" in first["lenet_fid"]["protocol"]


def test_the_floor_is_of_images_from_all_over_a_data_set():
    classifier = find_classifier("", "mnist", (1, 28))
    train, test = digits()
    longer = Images(train.pixels.repeat_interleave(5, 0), None, "each digit five times, sorted by class")
    found = compare(test.pixels, longer, test, classifier, 0, "")
    one_class = compare(longer.pixels[:100], longer, test, classifier, 0, "")
    assert found["lenet_fid_floor"] == one_class["lenet_fid_floor"]
    assert found["lenet_fid_floor"]["value"] < one_class["lenet_fid"]["value"] / 5
    assert found["lenet_fid_floor"]["protocol"].endswith("100 training images drawn at random, seed 0")
    assert "mean of 100 subsets of 100, " in found["lenet_kid"]["protocol"]


def test_generated_pixels_are_rounded_as_in_a_file():
    pixels = generate(lambda z: z.view(-1, 1, 1, 2), torch.tensor([[0.0, 0.5], [1.0, 0.001]]))
    assert pixels.dtype == torch.uint8 and pixels.flatten().tolist() == [0, 128, 255, 0]


def test_the_shipped_classifier_is_used_for_its_own_data_only(tmp_path):
    assert find_classifier("", "fashion-mnist", (1, 28)) is None
    assert find_classifier("", "mnist", (1, 32)) is None
    with pytest.raises(TrainingError, match=r"config\.json is missing"):
        find_classifier(str(tmp_path), "mnist", (1, 28))
    with pytest.raises(TrainingError, match="takes images of 1 channels and 28 pixels"):
        find_classifier(str(BUNDLED / roles.DIGIT_JUDGE), "mnist", (3, 64))


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (URLError("no route"), r"Inception's weights, and they cannot be had: .*no route"),
        (ModuleNotFoundError("torch_fidelity"), "pip install torch-fidelity"),
    ],
    ids=["network", "package"],
)
def test_inception_that_cannot_be_had_is_one_sentence(monkeypatch, error, says):
    def unavailable(**_):
        raise error

    monkeypatch.setattr(samples, "FrechetInceptionDistance", unavailable)
    pixels = torch.zeros(4, 1, 28, 28, dtype=torch.uint8)
    with pytest.raises(TrainingError, match=says):
        inception_distance(pixels, pixels)
