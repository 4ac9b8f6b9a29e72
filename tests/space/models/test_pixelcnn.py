"""The density of binary images, pixel by pixel: it is one, nothing in it looks ahead, and it draws."""

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from space.models.pixelcnn import PixelCNN, PixelCNNConfig
from tests.space.models.test_models import rng

LOCAL = {"hidden_dim": 8, "num_blocks": 1}


def tiny(**more: Any) -> PixelCNN:
    """A small model with random weights, also where an untrained one has zeros, of any size."""
    torch.manual_seed(0)
    size = more.pop("image_size", 28)
    config = PixelCNNConfig(**{**LOCAL, **more})
    object.__setattr__(config, "image_size", size)  # those that are allowed have too many images to sum over
    model = PixelCNN(config)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return model.eval().requires_grad_(False)


def binary(count: int, size: int = 28, seed: int = 0) -> Tensor:
    return (torch.rand(count, 1, size, size, generator=rng(seed)) < 0.3).float()


@pytest.mark.parametrize("context", [1, 2, 5])
def test_the_probabilities_of_all_images_of_nine_pixels_add_up_to_1(context):
    model = tiny(image_size=3, context=context, num_classes=3).double()
    images = ((torch.arange(512)[:, None] >> torch.arange(9)) & 1).double().view(512, 1, 3, 3)
    for label in range(4):  # 3: no class
        total = model.log_prob(images, torch.full((512,), label)).exp().sum().item()
        assert total == pytest.approx(1, abs=1e-6)
    assert model.log_prob(images).exp().sum().item() == pytest.approx(1, abs=1e-6)
    spread = model.log_prob(images, torch.zeros(512, dtype=torch.long))
    assert spread.std() > 0.5 and not torch.allclose(spread, model.log_prob(images))


def test_no_pixel_looks_at_itself_or_at_a_later_one():
    model = tiny()
    gradient = torch.autograd.functional.jacobian(
        lambda x: model.logits(x).flatten(), binary(1), vectorize=True
    ).view(784, 784)
    assert (gradient.triu() == 0).all()  # row: the pixel asked about; column: the one that was changed
    edge = model.config.context
    for i in (0, 1, 28, 300, 783):
        row, column = divmod(i, 28)
        rows, columns = (torch.arange(784) // 28 - row).abs(), (torch.arange(784) % 28 - column).abs()
        seen = (torch.arange(784) < i) & (rows <= edge) & (columns <= edge)
        assert torch.equal(gradient[i] != 0, seen)


def test_all_pixels_at_once_are_each_pixel_alone():
    model, x = tiny(), binary(3)
    labels = torch.tensor([0, 7, 10])
    pixels = torch.randint(784, (3, 20), generator=rng())
    at = model.logits(x, labels).flatten(1).gather(1, pixels)
    assert torch.allclose(at, model.logits_at(x, pixels, labels), atol=1e-5)
    assert torch.equal(model(x, labels), model.logits(x, labels))


def test_log_p_is_that_of_its_factors_whatever_is_asked_together():
    model, x = tiny(), binary(205)  # more than go through the network at once
    labels = torch.arange(205) % 11
    p = model.logits(x, labels).sigmoid()
    expected = torch.where(x == 1, p, 1 - p).log().flatten(1).sum(1)
    found = model.log_prob(x, labels)
    assert torch.allclose(found, expected, rtol=1e-5)
    assert torch.allclose(model.log_prob(x[200:], labels[200:]), found[200:], rtol=1e-6)
    by_class = model.class_log_probs(x)
    assert by_class.shape == (205, 10)
    for label in (0, 9):
        assert torch.allclose(by_class[:, label], model.log_prob(x, torch.full((205,), label)), rtol=1e-6)
    assert torch.equal(model.log_prob(x), model.log_prob(x, torch.full((205,), model.null_label)))


def test_a_seed_gives_the_same_image_at_any_count():
    model = tiny()
    many = model.sample(5, rng(3))
    assert many.shape == (5, 1, 28, 28) and set(many.unique().tolist()) == {0, 1}
    for count in (1, 2):
        assert torch.equal(model.sample(count, rng(3)), many[:count])
    assert not torch.equal(model.sample(5, rng(4)), many)
    labels = torch.full((5,), 2)
    asked = model.sample(5, rng(3), labels)
    assert torch.equal(model.sample(2, rng(3), labels[:2]), asked[:2]) and not torch.equal(asked, many)


def test_what_is_drawn_follows_the_probabilities():
    """2 x 2 pixels: the shares of 20,000 samples are those that log p says, for a class and for none."""
    model = tiny(image_size=2, context=1, num_classes=2)
    images = ((torch.arange(16)[:, None] >> torch.arange(4)) & 1).float().view(16, 1, 2, 2)
    for label in (0, 1, 2):
        labels = torch.full((20_000,), label)
        drawn = model.sample(20_000, rng(), labels).flatten(1).long() @ (1 << torch.arange(4))
        shares = drawn.bincount(minlength=16) / 20_000
        expected = model.log_prob(images, labels[:16]).exp()
        assert (shares - expected).abs().max() < 0.015
        assert expected.max() - expected.min() > 0.1


def test_each_pixel_is_white_where_its_number_is_below_its_probability():
    model = tiny()
    uniforms, labels = torch.rand(2, 784, generator=rng(), dtype=torch.float64), torch.tensor([4, 10])
    x = model.draw(uniforms, labels)
    p = model.logits(x, labels).flatten(1).sigmoid()
    sure = (uniforms - p).abs() > 1e-5
    assert sure.float().mean() > 0.99
    assert torch.equal((uniforms < p)[sure], (x.flatten(1) == 1)[sure])


def test_guidance_moves_the_log_odds_away_from_those_without_a_class():
    model = tiny()
    uniforms, labels = torch.rand(2, 784, generator=rng(), dtype=torch.float64), torch.tensor([4, 7])
    nothing = torch.full((2,), model.null_label)
    for guidance, temperature in ((0.0, 1.0), (1.0, 1.0), (1.5, 1.0), (3.0, 0.7)):
        x = model.draw(uniforms, labels, temperature=temperature, guidance=guidance)
        own, none = (model.logits(x, some).flatten(1).double() for some in (labels, nothing))
        p = ((none + guidance * (own - none)) / temperature).sigmoid()
        sure = (uniforms - p).abs() > 1e-4
        assert sure.float().mean() > 0.99
        assert torch.equal((uniforms < p)[sure], (x.flatten(1) == 1)[sure])
    assert torch.equal(model.draw(uniforms, labels, guidance=0.0), model.draw(uniforms, nothing))
    assert torch.equal(model.draw(uniforms, nothing, guidance=9.0), model.draw(uniforms, nothing))
    guided = model.sample(2, rng(), labels, guidance=2.0)
    black = torch.zeros_like(guided)
    assert torch.equal(guided, model.complete(black, black, rng(), labels, guidance=2.0))
    assert not torch.equal(guided, model.sample(2, rng(), labels))
    for wrong in (-0.1, 101, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"guidance is {wrong}; allowed: 0 to 100"):
            model.draw(uniforms, labels, guidance=wrong)


@pytest.mark.parametrize("kind", ["above", "middle", "nothing", "everything"])
def test_what_is_known_stays_and_the_rest_is_drawn(kind):
    model, x = tiny(), binary(4)
    known = torch.zeros(4, 1, 28, 28)
    known[:, :, {"above": slice(14), "middle": slice(10, 20)}.get(kind, slice(0))] = 1
    if kind == "everything":
        known[:] = 1
    found = model.complete(x, known, rng(), labels := torch.tensor([0, 3, 3, 10]))
    assert torch.equal(found[known == 1], x[known == 1])
    assert set(found.unique().tolist()) <= {0, 1}
    assert torch.equal(model.complete(x[:2], known[:2], rng(), labels[:2]), found[:2])
    if kind == "nothing":  # as any sample of that class
        assert torch.equal(found, model.sample(4, rng(), labels))
    if kind == "everything":
        assert torch.equal(found, x)
    if kind == "above":  # exact: what was drawn has the probabilities that follow what was known
        assert not torch.equal(found[0, 0, 14:], found[1, 0, 14:])


def test_z_names_a_number_a_pixel_and_a_class():
    model = tiny()
    z = torch.randn(3000, model.config.latent_dim, generator=rng())
    uniforms, labels = model.read_latents(z)
    assert uniforms.shape == (3000, 784) and ((uniforms >= 0) & (uniforms <= 1)).all()
    assert uniforms.mean().item() == pytest.approx(0.5, abs=0.002)
    assert uniforms.var().item() == pytest.approx(1 / 12, abs=0.001)
    shares = labels.bincount(minlength=10) / 3000
    assert len(shares) == 10 and (shares - 0.1).abs().max() < 0.03
    assert torch.equal(model.decode(z[:3]), model.draw(uniforms[:3], labels[:3]))
    without = tiny(num_classes=0)
    assert without.config.latent_dim == 784
    assert without.read_latents(z[:, :784])[1].unique().tolist() == [0] == [without.null_label]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"in_channels": 3}, "in_channels is 3; allowed: 1"),
        ({"num_classes": -1}, "num_classes is -1; allowed: 0 to 1000"),
        ({"num_classes": 1001}, "num_classes is 1001; allowed: 0 to 1000"),
        ({"context": 0}, "context"),
        ({"context": 65}, "context"),
        ({"hidden_dim": 0}, "hidden_dim"),
        ({"num_blocks": 0}, "num_blocks"),
    ],
    ids=str,
)
def test_a_shape_that_cannot_be_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        PixelCNNConfig(**wrong)
