"""The maths of the autoencoders and of noise."""

import pytest
import torch

from space.models import autoencoder
from space.models.autoencoder import Autoencoder, AutoencoderConfig, corrupt, jacobian_norm_squared
from tests.space.models.test_models import SMALL, architecture, rng


@architecture
def test_jacobian_norm_is_exact_and_differentiable(architecture):
    torch.manual_seed(0)
    model = Autoencoder(AutoencoderConfig(architecture=architecture, **SMALL))
    x = torch.rand(3, 1, 28, 28, requires_grad=True)
    norms = jacobian_norm_squared(model.encode(x), x, create_graph=True)
    for image, norm in zip(x, norms):
        full = torch.autograd.functional.jacobian(lambda one: model.encode(one[None])[0], image)
        assert torch.allclose(norm, full.square().sum(), rtol=1e-4)
    norms.sum().backward()
    assert model.encoder[1 if architecture == "mlp" else 0].weight.grad.abs().sum() > 0


def test_sparse_codes_are_zero_or_positive():
    torch.manual_seed(0)
    z = Autoencoder(AutoencoderConfig(variant="sparse", **SMALL)).encode(torch.rand(64, 1, 28, 28))
    assert (z >= 0).all() and (z == 0).any() and (z > 0).any()


def test_of_k_sparse_codes_the_largest_eighth_stays():
    torch.manual_seed(0)
    model = Autoencoder(AutoencoderConfig(variant="k_sparse", **SMALL | {"latent_dim": 24})).eval()
    x = torch.rand(64, 1, 28, 28)
    before, z = model.encoder[:-1](x), model.encode(x)  # (64, 24)
    assert (before > 0).sum(1).max() > 3  # or there would be nothing to choose from
    assert (z > 0).sum(1).max() == 3
    for all_units, left in zip(before, z, strict=True):
        assert torch.equal(left.sort(descending=True).values[:3], all_units.sort(descending=True).values[:3])
        assert torch.equal(left[left > 0], all_units[left > 0])
    train = Autoencoder(AutoencoderConfig(variant="k_sparse", **SMALL | {"latent_dim": 24}))
    with torch.no_grad():  # a unit that is always far ahead, and one that is always far behind
        train.encoder[-4].bias[:2] = torch.tensor([50.0, -50.0])
    often = (train.encode(torch.rand(512, 1, 28, 28)) > 0).float().mean(0)
    assert often.max() < 0.5 and often.min() > 0.005  # in training, too, the units take turns


def noise_for(x):
    return torch.rand(x.shape, generator=rng()), torch.randn(x.shape, generator=rng(1))


@pytest.mark.parametrize("kind", autoencoder.get_args(autoencoder.NoiseKind))
def test_noise_stays_in_range_grows_with_its_level_and_is_none_at_zero(kind):
    x = torch.rand(20, 1, 28, 28, generator=rng(2))
    errors = [(corrupt(x, kind, level, *noise_for(x)) - x).square().mean() for level in (0.0, 0.2, 0.6, 1.0)]
    assert errors[0] == 0 and errors == sorted(errors) and errors[1] > 0
    noisy = corrupt(x, kind, 1.0, *noise_for(x))
    assert noisy.min() >= 0 and noisy.max() <= 1
    mixed = corrupt(x, kind, torch.linspace(0, 1, 20).view(20, 1, 1, 1), *noise_for(x))
    assert torch.equal(mixed[0], x[0]) and torch.equal(mixed[-1], noisy[-1])


def test_noise_shares():
    grey = torch.full((100, 1, 28, 28), 0.5)
    masked = corrupt(grey, "masking", 0.3, *noise_for(grey))
    assert abs((masked == 0).float().mean() - 0.3) < 0.01
    peppered = corrupt(grey, "salt_and_pepper", 0.4, *noise_for(grey))
    assert abs((peppered == 0).float().mean() - 0.2) < 0.01
    assert abs((peppered == 1).float().mean() - 0.2) < 0.01
    # fair coins b1 and b2: x * b1 + b2 is 1 with b2 = 1, else x or 0 by halves
    coins = corrupt(grey, "coin_flip", 1.0, *noise_for(grey))
    for value, share in ((1.0, 0.5), (0.5, 0.25), (0.0, 0.25)):
        assert abs((coins == value).float().mean() - share) < 0.01


def test_unknown_noise_is_named():
    with pytest.raises(ValueError, match="'fog'"):
        corrupt(torch.zeros(1, 1, 8, 8), "fog", 0.1, torch.zeros(1, 1, 8, 8), torch.zeros(1, 1, 8, 8))
