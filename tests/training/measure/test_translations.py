"""Figures of a translation: nothing done, a perfect one, and one that only recolours read as they should."""

from pathlib import Path

import pytest
import torch
from torch import nn

from space.models.cyclegan import CycleGAN, CycleGANConfig
from space.models.layers import scale_about_centre
from training.data import Images, load_domains, to_float
from training.measure.drawings import drawings
from training.measure.translations import (
    evaluate_translation,
    flat_share,
    recolour,
    ssim,
    translation_losses,
)

SIZE = 32


class Stub(nn.Module):
    """A generator that does what it is told."""

    def __init__(self, work) -> None:
        super().__init__()
        self.work, self.weight = work, nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.work(x)


class Redness(nn.Module):
    """A domain classifier that takes what is more red than blue for A."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))

    def features(self, x):
        return x.mean((2, 3))

    def head(self, features):
        return torch.stack([features[:, 0], features[:, 2]], 1)


def swap(x):
    return x.flip(1)


@pytest.fixture(scope="module")
def domains():
    """Pictures, and the same with red and blue swapped: A is red, B is blue."""
    x = torch.rand(40, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    x[:, 2] *= 0.5
    a = (255 * x).round().byte()
    names = tuple(map(str, range(40)))
    return [
        Images(a[rows], None, f"domain A, {split}", names[rows])
        if domain == "a"
        else Images(a[rows].flip(1), None, f"domain B, {split}", names[rows])
        for split, rows in (("train", slice(20)), ("test", slice(20, 40)))
        for domain in "ab"
    ]


def model_of(ab, ba, **more) -> CycleGAN:
    model = CycleGAN(CycleGANConfig(base_channels=4, num_blocks=1, discriminator_channels=4, **more))
    model.generator_ab, model.generator_ba = Stub(ab), Stub(ba)
    return model


def evaluate(domains, ab, ba) -> dict[str, float]:
    train_a, train_b, test_a, test_b = domains
    found = evaluate_translation(model_of(ab, ba), (train_a, train_b), (test_a, test_b), Redness())
    assert all(entry["protocol"] for entry in found.values())
    return {key: entry["value"] for key, entry in found.items()}


def test_doing_nothing_reads_as_nothing_done(domains):
    found = evaluate(domains, lambda x: x, lambda x: x)
    for way in ("ab", "ba"):
        for figure in ("l1", "psnr", "ssim"):
            assert found[f"{figure}_{way}"] == pytest.approx(found[f"{figure}_nothing"], rel=1e-5)
        assert found[f"cycle_l1_{way[0]}"] == found[f"identity_l1_{way[0]}"] == 0
        assert found[f"domain_accuracy_{way}"] == 0
    x, y = (to_float(images.pixels) for images in domains[2:])
    assert found["l1_nothing"] == pytest.approx((x - y).abs().mean().item(), rel=1e-5)
    assert found["domain_accuracy_real"] == 100


def test_a_perfect_translation_reads_as_one(domains):
    found = evaluate(domains, swap, swap)
    for way in ("ab", "ba"):
        assert found[f"l1_{way}"] == 0 and found[f"ssim_{way}"] == pytest.approx(1)
        assert found[f"domain_accuracy_{way}"] == 100 and found[f"cycle_l1_{way[0]}"] == 0
        assert abs(found[f"domain_fid_{way}"]) < 1e-4
        assert found[f"identity_l1_{way[0]}"] > 0.1  # it changes what needs no change


def test_a_way_that_does_not_lead_back_shows_in_the_cycle(domains):
    found = evaluate(domains, swap, lambda x: torch.zeros_like(x))
    x = to_float(domains[2].pixels)
    assert found["cycle_l1_a"] == pytest.approx(x.mean().item(), rel=1e-4)
    assert found["domain_accuracy_ab"] == 100


def test_scaling_alone_is_measured_beside_a_model_that_scales(domains):
    train_a, train_b, test_a, test_b = domains
    found = evaluate_translation(
        model_of(swap, swap, zoom=0.5), (train_a, train_b), (test_a, test_b), Redness()
    )
    a, b = (to_float(images.pixels) for images in (test_a, test_b))
    smaller = scale_about_centre(a, 0.5)
    assert found["l1_scaled_ab"]["value"] == pytest.approx((smaller - b).abs().mean().item(), rel=1e-4)
    assert found["ssim_scaled_ab"]["value"] == pytest.approx(ssim(smaller, b), rel=1e-4)
    assert found["domain_accuracy_scaled_ab"]["value"] == 0  # colours decide, and they stay
    assert found["domain_accuracy_ab"]["value"] == 100
    assert not any("scaled" in key for key in evaluate(domains, swap, swap))


def test_flat_is_what_stays_near_the_mean_of_its_window():
    x = torch.full((1, 3, 20, 20), 0.5)
    assert flat_share(x) == 1
    x[..., 10:] = 0.7  # an edge: the two columns on either side have both colours in their window
    assert flat_share(x) == pytest.approx(16 / 20)
    x[..., 10:] = 1.0  # white is no part of the picture
    assert flat_share(x) == pytest.approx(8 / 10)
    ramp = torch.linspace(0, 0.9, 20).expand(1, 3, 20, 20)
    assert flat_share(ramp) == pytest.approx(16 / 20)  # a window's mean is its middle, but at the ends
    noise = 0.5 + 0.1 * torch.randn(1, 3, 20, 20, generator=torch.Generator().manual_seed(0))
    assert flat_share(noise) < 0.01


def test_a_judge_of_style_is_asked_of_recoloured_images_and_of_those_that_differ(domains):
    train_a, train_b, test_a, test_b = domains
    pixels = test_b.pixels.clone()
    pixels[:5] = test_a.pixels[:5]  # five pairs are one picture, which no judge can put right twice
    same = Images(pixels, None, test_b.description, test_b.names)
    found = evaluate_translation(model_of(swap, swap), (train_a, train_b), (test_a, same), Redness())
    assert found["domain_accuracy_real"]["value"] == pytest.approx(100 * 35 / 40)
    assert found["domain_accuracy_unlike"]["value"] == 100
    assert "of the 15 a domain" in found["domain_accuracy_unlike"]["protocol"]
    assert found["domain_accuracy_recoloured_ab"]["value"] == 100  # this judge goes by colour alone


@pytest.mark.parametrize(("domain_b", "channels"), [("Fluent 3D", 3), ("B", 3)])
def test_drawings_are_judged_where_b_is_rendered(domains, domain_b, channels):
    model = model_of(
        lambda x: x[:, [2, 1, 0]] * 0 + torch.tensor([0.0, 0, 1]).view(3, 1, 1), swap, domain_b=domain_b
    )
    found = evaluate_translation(model, tuple(domains[:2]), tuple(domains[2:]), Redness())
    if domain_b == "B":
        assert not any("drawings" in key for key in found)
    else:
        before = found["domain_accuracy_drawings_nothing"]["value"]
        assert 0 < before < 100 == found["domain_accuracy_drawings"]["value"]


def test_drawings_are_thirty_different_pictures_of_flat_colours_on_white():
    x = drawings(64)
    assert x.shape == (30, 3, 64, 64) and x.min() >= 0 and x.max() == 1
    assert torch.equal(x, drawings(64))
    assert (x[:, :, 0, 0] == 1).all() and 0.4 < flat_share(x) < 0.95
    assert all((x[i] - x[j]).abs().mean() > 0.01 for i in range(30) for j in range(i))


def test_recolouring_moves_mean_and_deviation_of_each_channel():
    rng = torch.Generator().manual_seed(0)
    source = 0.4 + 0.05 * torch.randn(30, 3, 8, 8, generator=rng)
    target = 0.6 + 0.1 * torch.randn(30, 3, 8, 8, generator=rng)
    moved = recolour(source, source, target)
    for statistic in (torch.Tensor.mean, torch.Tensor.std):
        assert torch.allclose(statistic(moved, (0, 2, 3)), statistic(target, (0, 2, 3)), atol=5e-3)
    assert recolour(10 * source, source, target).max() == 1  # stays an image


def test_recolouring_is_measured_with_what_training_images_show(domains):
    found = evaluate(domains, lambda x: x, lambda x: x)
    assert 0 < found["l1_recoloured_ab"] < found["l1_nothing"]  # half as bright a channel: colours alone help


def test_ssim_is_one_for_the_same_and_falls_with_noise():
    x = torch.rand(3, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(1))
    values = [ssim((x + level * noise).clamp(0, 1), x) for level in (0, 0.1, 0.5)]
    assert values[0] == pytest.approx(1) and values == sorted(values, reverse=True) and values[2] < 0.6


def test_without_counterparts_nothing_is_compared_with_them(domains):
    train_a, train_b, test_a, test_b = domains
    other = Images(test_b.pixels, None, test_b.description, tuple(f"{name}x" for name in test_b.names))
    found = evaluate_translation(model_of(swap, swap), (train_a, train_b), (test_a, other), None)
    assert set(found) == {
        *("cycle_l1_a", "cycle_l1_b", "identity_l1_a", "identity_l1_b"),
        *(f"flat_share_{name}" for name in ("a", "b", "ab", "ba")),
    }
    losses = translation_losses(Stub(swap), Stub(swap), test_a, other, None)
    assert set(losses) == {"cycle_l1_a", "cycle_l1_b"}


def test_what_is_watched_is_what_is_measured(domains):
    found = evaluate(domains, swap, lambda x: x)
    losses = translation_losses(Stub(swap), Stub(lambda x: x), *domains[2:], Redness())
    for key in ("cycle_l1_a", "cycle_l1_b", "l1_ab", "l1_ba", "ssim_ab", "ssim_ba"):
        assert losses[key] == pytest.approx(found[key], rel=1e-4)
    assert 100 * losses["domain_ab"] == found["domain_accuracy_ab"] == 100
    assert 100 * losses["domain_ba"] == found["domain_accuracy_ba"] == 0


def test_the_fake_domains_can_be_measured():
    model = CycleGAN(CycleGANConfig(image_size=SIZE, base_channels=4, num_blocks=1, discriminator_channels=4))
    train, test = (load_domains("fake", Path("unused"), split, 3, SIZE) for split in ("train", "test"))
    found = evaluate_translation(model, train, test, None)
    assert found["l1_ab"]["value"] == pytest.approx(found["l1_nothing"]["value"], abs=0.05)  # it starts there


def test_counterparts_are_the_names_that_both_have(domains):
    """B lacks half of the names, has others besides, and another order: figures are of the common ones."""
    train, (a, b) = domains[:2], domains[2:]
    rows = torch.arange(19, -1, -2)  # the last first
    names = ("only in b", *(b.names[i] for i in rows))
    some = Images(torch.cat([b.pixels[:1].flip(3), b.pixels[rows]]), None, "domain B, some", names)
    model = CycleGAN(CycleGANConfig(image_size=SIZE))
    model.generator_ab = model.generator_ba = Stub(swap)
    known = train[0], train[1]
    metrics = evaluate_translation(model, known, (a, some), None)
    for way in ("ab", "ba"):
        assert metrics[f"l1_{way}"]["value"] == 0 and metrics[f"ssim_{way}"]["value"] == 1
        assert metrics[f"l1_{way}"]["protocol"].endswith("; on the 10 counterparts")
        assert "counterparts" not in metrics[f"cycle_l1_{way[0]}"]["protocol"]
    losses = translation_losses(Stub(swap), Stub(swap), a, some, None)
    assert losses["l1_ab"] == losses["l1_ba"] == 0 and losses["ssim_ab"] == pytest.approx(1)
    whole = evaluate_translation(model, known, (a, b), None)
    assert "; on the" not in whole["l1_ab"]["protocol"]
    none = Images(some.pixels[:1], None, "domain B, one", names[:1])
    assert "l1_ab" not in evaluate_translation(model, known, (a, none), None)
