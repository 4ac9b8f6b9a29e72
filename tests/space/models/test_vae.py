"""The maths of the VAE."""

import math

import torch
import torch.nn.functional as F
from torch.distributions import Normal, kl_divergence

from space.models import code_and_sigma, vae
from space.models.vae import VAE, VAEConfig, elbo_terms, importance_weighted_nll
from tests.space.models.test_models import SMALL, rng


def test_kl_is_that_of_torch_distributions():
    mu, logvar = torch.randn(5, 4, generator=rng()), torch.randn(5, 4, generator=rng(1))
    expected = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(0.0, 1.0))
    assert torch.allclose(vae.kl_divergence(mu, logvar), expected, atol=1e-5)
    assert vae.kl_divergence(torch.zeros(1, 2), torch.zeros(1, 2)).abs().max() == 0


def test_elbo_terms_are_sums_over_pixels_and_dimensions():
    logits, x = torch.randn(2, 1, 8, 8, generator=rng()), torch.rand(2, 1, 8, 8, generator=rng(1))
    mu, logvar = torch.ones(2, 3), torch.zeros(2, 3)
    recon, kl = elbo_terms(logits, x, mu, logvar)
    p = torch.sigmoid(logits)
    by_hand = -(x * p.log() + (1 - x) * (1 - p).log()).flatten(1).sum(1)
    assert torch.allclose(recon, by_hand, atol=1e-3)
    assert torch.allclose(kl, torch.full((2,), 1.5))


def test_the_code_of_a_vae_is_mu_and_its_posterior_has_the_deviations_of_logvar():
    torch.manual_seed(0)
    model, x = VAE(VAEConfig(**SMALL)), torch.rand(2, 1, 28, 28)
    mu, logvar = model.encode(x)
    assert torch.equal(model.code(x), mu)
    assert all(map(torch.equal, code_and_sigma(model, x), (mu, (logvar / 2).exp())))


def test_reparameterize_is_mu_plus_sigma_noise():
    mu, logvar = torch.tensor([[1.0, 2.0]]), torch.tensor([[0.0, math.log(4.0)]])
    assert torch.allclose(
        VAE.reparameterize(mu, logvar, torch.tensor([[1.0, -1.0]])), torch.tensor([[2.0, 0.0]])
    )


class LinearGaussian(torch.nn.Module):
    """A VAE with one latent and one pixel, small enough to integrate on a grid."""

    def encode(self, x):
        return x.flatten(1) - 0.5, torch.full((len(x), 1), math.log(0.7))

    def decode_logits(self, z):
        return (2 * z).view(-1, 1, 1, 1)

    reparameterize = staticmethod(VAE.reparameterize)


def test_importance_weighted_nll_converges_to_the_integral_and_bounds_the_elbo():
    model, x = LinearGaussian(), torch.tensor([0.0, 1.0]).view(2, 1, 1, 1)
    z = torch.linspace(-8, 8, 4001, dtype=torch.float64)
    for image in (0, 1):
        likelihood = torch.sigmoid(2 * z) if image else torch.sigmoid(-2 * z)
        exact = -torch.trapezoid(likelihood * Normal(0.0, 1.0).log_prob(z).exp(), z).log()
        assert abs(importance_weighted_nll(model, x, 20_000, rng())[image].item() - exact.item()) < 0.01
    one = torch.stack([importance_weighted_nll(model, x, 1, rng(i)) for i in range(300)]).mean(0)
    many = torch.stack([importance_weighted_nll(model, x, 50, rng(i)) for i in range(300)]).mean(0)
    assert (many < one).all()


def test_elbo_of_perfect_binary_reconstruction_is_zero():
    x = (torch.rand(2, 1, 8, 8, generator=rng()) > 0.5).float()
    recon, _ = elbo_terms((2 * x - 1) * 50, x, torch.zeros(2, 1), torch.zeros(2, 1))
    assert torch.allclose(recon, F.binary_cross_entropy(x, x, reduction="sum").expand(2) * 0, atol=1e-6)
