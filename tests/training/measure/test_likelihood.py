"""Likelihood by the ODE: right where it is known, and a bound on what discrete images cost."""

import math

import pytest
import torch
from torch import Tensor
from torch.distributions import Normal

from space.models.ddpm import DDPM, DDPMConfig, path_levels
from training.data import Images
from training.measure import likelihood
from training.measure.likelihood import bits_per_dim, bound, log_likelihood, log_read_back, path_times


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(
    "path", [{"schedule": "cosine"}, {"schedule": "linear"}, {"prediction": "flow"}], ids=str
)
@pytest.mark.parametrize("missed", [0.0, 0.0005])
def test_the_likelihood_of_gaussian_data_is_that_of_the_gaussian(path, missed):
    """With a perfect network, and with one that puts out eps and misses a little of it in much noise.

    Data are N(0.3, 0.2^2), so that x_t is N(0.3 a, (0.2 a)^2 + sigma^2).
    """
    levels = path_levels(DDPMConfig(**path))

    def split(x: Tensor, t: int) -> tuple[Tensor, Tensor]:
        a, sigma = levels[:, t + 1].to(x)
        x_start = 0.3 + 0.04 * a / (0.04 * a**2 + sigma**2) * (x - 0.3 * a)
        noise = (1 - missed * (a < 0.14)) * (x - a * x_start) / sigma
        return (x - sigma * noise) / a, noise

    times = path_times(levels, 48)
    a, sigma = levels[:, times[0] + 1]
    exact = Normal(0.3 * a, ((0.2 * a) ** 2 + sigma**2).sqrt())
    x = exact.mean + exact.stddev * torch.randn(6, 1, 3, 3, generator=rng(1), dtype=torch.float64)
    x[0] += 0.5  # far out
    found = log_likelihood(split, levels, x, times, torch.randn(x.shape, generator=rng()).sign())
    expected = exact.log_prob(x).flatten(1).sum(1)
    assert found.tolist() == pytest.approx(expected.tolist(), rel=0.02, abs=0.15)


def test_times_are_dense_where_there_is_little_noise():
    levels = path_levels(DDPMConfig())
    times = path_times(levels, 48)
    assert times[:3] == [0, 1, 2] and times[-1] == 982 and 30 < len(times) <= 48
    assert times == sorted(set(times)) and times[-1] - times[-2] > 50
    a, sigma = levels[:, [983, 984]]
    assert sigma[0] < 40 * a[0] and sigma[1] > 40 * a[1]  # the last that is not noise alone
    for config, expected in (
        (DDPMConfig(num_timesteps=1, num_inference_steps=1), [0]),
        (DDPMConfig(num_timesteps=5, num_inference_steps=1), [0, 1, 2, 3]),
        (DDPMConfig(num_timesteps=1, num_inference_steps=1, prediction="flow"), [0]),
    ):
        assert path_times(path_levels(config), 48) == expected


def test_grey_values_are_read_back_out_of_little_noise_but_not_of_much():
    pixels = torch.randint(256, (4, 1, 5, 5), generator=rng(), dtype=torch.uint8)
    clean, even, one = pixels.double() / 127.5 - 1, torch.zeros(256).double(), torch.ones(()).double()
    for sigma, low, high in ((1e-4, -1e-6, 0), (0.5, -math.log(256) * 25, -math.log(64) * 25)):
        found = log_read_back(clean, pixels, even, one, sigma * one)
        assert ((found >= low) & (found <= high)).all()


def test_an_untrained_network_needs_about_the_bits_of_noise_and_the_figure_repeats(monkeypatch):
    """With v = 0 the best guess is a shrunk x_t; a bound can be above the 8 bits of a uniform grey value."""
    monkeypatch.setattr(likelihood, "NUM_TIMES", 20)
    monkeypatch.setattr(likelihood, "ONE_IN", 2)
    pixels = torch.randint(256, (8, 1, 8, 8), generator=rng(), dtype=torch.uint8)
    test = Images(pixels, torch.arange(8), "noise")
    model = DDPM(DDPMConfig(image_size=8, base_channels=4, num_blocks=1, num_inference_steps=2)).eval()
    found = bits_per_dim(model, test, test, 3)
    assert found == bits_per_dim(model, test, test, 3)
    assert 7.9 < found["bits_per_dim"]["value"] < 10
    assert "4 images given their classes, seed 3" in found["bits_per_dim"]["protocol"]
    assert all(p.grad is None for p in model.parameters())


def test_what_the_network_takes_for_likely_costs_less():
    """With the exact network of black images, these cost nearly nothing, and white ones very much."""
    model = DDPM(DDPMConfig(base_channels=4, num_blocks=1)).eval()

    def velocity(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        a, sigma = model.levels_at(t)
        return a * (x + a) / sigma + sigma  # x_0 = -1, eps = (x + a) / sigma

    model.unet.forward = velocity
    times, (noise, probe) = path_times(model.levels, 48), torch.randn(2, 2, 1, 28, 28, generator=rng())
    pixels = torch.tensor([0, 255], dtype=torch.uint8).view(2, 1, 1, 1).expand(2, 1, 28, 28)
    greys = torch.zeros(256).double()
    greys[0] = 5.0  # most pixels are black
    nats = bound(model, pixels, torch.zeros(2).long(), greys, times, noise, probe.sign())
    black, white = nats / (784 * math.log(2))
    assert 0 < black < 0.1 < 100 < white
