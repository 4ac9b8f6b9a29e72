"""The maths of the GAN game and the DCGAN."""

import math

import pytest
import torch

from space.models.dcgan import DCGAN, DCGANConfig
from space.models.gan import GAN, GANConfig, discriminator_loss, generator_loss, r1_penalty, value_function
from tests.space.models.test_models import game, rng


@game
def test_discriminator_gives_a_logit_an_image_and_both_networks_learn(build):
    torch.manual_seed(0)
    model = build()
    fake = model.decode(torch.randn(4, 3))
    logits = model.discriminate(fake)
    assert logits.shape == (4,)
    generator_loss(logits).backward()
    dead = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not dead


@game
def test_a_saved_game_is_the_same_for_both_players(build, tmp_path):
    torch.manual_seed(0)
    model = build()
    model.discriminate(model.decode(torch.randn(8, 3)))  # moves the running statistics
    model.eval().save_pretrained(tmp_path)
    again = type(model).from_pretrained(tmp_path, strict=True)
    z = torch.randn(2, 3)
    assert again.config == model.config and not again.training
    assert torch.equal(model.decode(z), again.decode(z))
    assert torch.equal(model.discriminate(model.decode(z)), again.discriminate(again.decode(z)))


@game
def test_an_image_is_judged_alone(build):
    torch.manual_seed(0)
    model = build().eval()
    x = model.sample(5, rng())
    alone = torch.cat([model.discriminate(image[None]) for image in x])
    assert torch.allclose(model.discriminate(x), alone, atol=1e-5)


@pytest.mark.parametrize("model", [GAN, DCGAN])
def test_spectral_norm_bounds_every_weight_of_the_discriminator(model):
    torch.manual_seed(0)
    config = GANConfig(spectral_norm=True) if model is GAN else DCGANConfig(spectral_norm=True)
    network = model(config).discriminator
    for _ in range(30):  # the power iteration converges
        network(torch.rand(2, 1, 28, 28))
    weights = [
        m.weight.flatten(1) for m in network.modules() if isinstance(m, torch.nn.Linear | torch.nn.Conv2d)
    ]
    assert len(weights) == 4
    for weight in weights:
        assert torch.linalg.matrix_norm(weight, 2).item() == pytest.approx(1, abs=0.05)


def test_dcgan_follows_the_papers_guidelines():
    torch.manual_seed(0)
    model = DCGAN(DCGANConfig(image_size=64, in_channels=3))
    kinds = {
        kind: [type(m).__name__ for m in getattr(model, kind).network]
        for kind in ("generator", "discriminator")
    }
    assert not {"Linear", "MaxPool2d", "AvgPool2d"} & {*kinds["generator"], *kinds["discriminator"]}
    assert kinds["generator"][-2:] == ["ConvTranspose2d", "Tanh"]
    assert kinds["discriminator"][:2] == ["Conv2d", "LeakyReLU"]
    convolutions = [m for m in model.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.ConvTranspose2d)]
    assert len(convolutions) == 10
    for layer in convolutions:
        assert layer.weight.std().item() == pytest.approx(0.02, rel=0.1)


def test_the_value_of_the_game_at_its_equilibrium_is_minus_log_4():
    assert value_function(torch.zeros(5), torch.zeros(7)).item() == pytest.approx(-math.log(4))


def test_losses_of_the_game_are_those_of_the_paper():
    real, fake = torch.randn(6, generator=rng()), torch.randn(6, generator=rng(1))
    p, q = torch.sigmoid(real), torch.sigmoid(fake)
    value = p.log().mean() + (1 - q).log().mean()
    assert torch.allclose(value_function(real, fake), value)
    assert torch.allclose(discriminator_loss(real, fake), -value)
    assert torch.allclose(generator_loss(fake), -q.log().mean())
    assert torch.allclose(generator_loss(fake, saturating=True), (1 - q).log().mean())
    smooth = -(0.9 * p.log() + 0.1 * (1 - p).log()).mean() - (1 - q).log().mean()
    assert torch.allclose(discriminator_loss(real, fake, 0.1), smooth)


def test_r1_penalty_is_half_the_squared_slope_and_differentiable():
    weight = torch.randn(1, 4, 4, generator=rng()).requires_grad_()
    x = torch.rand(3, 1, 4, 4, generator=rng(1), requires_grad=True)
    penalty = r1_penalty((x * weight).sum((1, 2, 3)), x)
    assert torch.allclose(penalty, 0.5 * weight.square().sum())
    penalty.backward()
    assert torch.allclose(weight.grad, weight)


def test_the_saturating_loss_has_no_slope_where_d_is_sure_and_the_other_has():
    for saturating, slope in ((True, 0.0), (False, 1.0)):
        logit = torch.tensor([-20.0], requires_grad=True)
        generator_loss(logit, saturating).backward()
        assert abs(logit.grad.item()) == pytest.approx(slope, abs=1e-6)
