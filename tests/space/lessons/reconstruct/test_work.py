"""The reconstruction lesson's computations: noise, reconstructions, their errors."""

import math

import pytest
import torch

from space.lessons.reconstruct import work
from space.models import Autoencoder, roles
from space.models.autoencoder import AutoencoderConfig
from space.text.refusals import Problem
from space.weights import hub
from space.weights.model_folder import ModelUnavailable


@pytest.mark.parametrize("kind", work.NOISES[1:])
def test_a_seed_gives_the_same_noise_at_any_time(x, kind):
    first = work.add_noise(x, kind, 0.5, 7)
    torch.rand(13)  # what else goes on has no say
    assert torch.equal(work.add_noise(x, kind, 0.5, 7), first)
    assert not torch.equal(work.add_noise(x, kind, 0.5, 8), first)
    assert not torch.equal(first, x) and first.min() >= 0 and first.max() <= 1
    assert torch.equal(work.add_noise(x, kind, 0, 7), x)  # a level of nothing is no noise


@pytest.mark.parametrize(
    ("kind", "level", "seed"),
    [
        ("fog", 0.5, 0),
        ("gaussian", math.nan, 0),
        ("gaussian", 1.01, 0),
        ("none", -1, 0),
        ("gaussian", "0.5", 0),
        ("gaussian", None, 0),
        ("gaussian", 0.5, -1),
        ("gaussian", 0.5, 2**32),
        ("gaussian", 0.5, math.inf),
        ("gaussian", 0.5, True),
    ],
)
def test_noise_that_cannot_be_is_one_sentence(x, kind, level, seed):
    with pytest.raises(Problem) as problem:
        work.add_noise(x, kind, level, seed)
    assert problem.value.key in ("problem.not_one_of", "problem.number")


def test_a_reconstruction_is_the_models(bundled, x):
    noisy = work.add_noise(x, "gaussian", 0.3, 1)
    result = work.reconstruct(x, noisy, roles.PLAIN)
    model = hub.load(roles.PLAIN).model
    assert torch.equal(result.output, model(noisy)) and result.sigma is None
    assert result.z == model.encode(noisy)[0].tolist()
    assert result.mse == pytest.approx((model(noisy) - x).square().mean().item())  # to the clean one


def test_of_a_vae_the_mean_is_decoded_and_sigma_told(bundled, x):
    result = work.reconstruct(x, x, roles.VAE_MAP)
    mu, logvar = hub.load(roles.VAE_MAP).model.encode(x)
    assert result.z == mu[0].tolist()
    assert result.sigma == pytest.approx(logvar[0].div(2).exp().tolist())


def test_psnr_is_the_usual_one():
    assert work.psnr(0.01) == pytest.approx(20) and work.psnr(0) == math.inf


def test_a_model_for_other_images_is_named_in_one_sentence(bundled, x):
    Autoencoder(AutoencoderConfig(image_size=32, hidden_dim=8)).save_pretrained(bundled / roles.PLAIN)
    hub.clear()
    with pytest.raises(ModelUnavailable, match="32×32"):
        work.reconstruct(x, x, roles.PLAIN)
