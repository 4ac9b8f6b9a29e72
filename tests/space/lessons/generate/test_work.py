"""The generation lesson's computations: latent vectors, scores, arithmetic, selections, spread."""

import numpy as np
import pytest
import torch
from torch import nn

from space.lessons.generate import api, work
from space.models import MODELS, roles
from space.models.autoencoder import Autoencoder
from space.models.dcgan import DCGAN
from space.models.gan import GAN
from space.models.vae import VAE
from space.pictures.sheets import digit_sheet
from tests.space.lessons.generate.fakes import tiles


def test_every_model_that_decodes_can_generate() -> None:
    found = work.generators()
    assert set(found) == {name for name, family in MODELS.items() if hasattr(family, "decode")}
    assert {work.MODEL, work.OTHER} < set(found) and roles.DIGIT_JUDGE not in found
    families = [MODELS[name] for name in found]
    assert families.index(Autoencoder) > max(families.index(family) for family in (GAN, DCGAN, VAE))


def test_the_seed_chooses_and_the_scale_multiplies(dcgan: nn.Module) -> None:
    z, other = (work.draw_latents(dcgan, 4, seed, 1.0) for seed in (0, 1))
    assert not torch.isclose(z, other).any()
    assert torch.equal(work.draw_latents(dcgan, 4, 0, 1.5), 1.5 * z)
    picture, _ = api.generate(roles.DCGAN, 8, scale=0)
    assert np.ptp(tiles(picture, 8), 0).max() == 0


def test_three_exemplars_bring_the_result_back_to_the_usual_length() -> None:
    """What the page says: E|a - b + c|^2 is 3 d for single samples and d for means of three."""
    z = torch.randn(2000, 3, 3, 64, generator=torch.Generator().manual_seed(0))
    signs = torch.tensor([1.0, -1, 1])[:, None]
    single, mean = (signs * z[:, :, 0]).sum(1), (signs * z.mean(2)).sum(1)
    assert single.square().sum(1).mean().item() == pytest.approx(3 * 64, rel=0.02)
    assert mean.square().sum(1).mean().item() == pytest.approx(64, rel=0.02)


def test_a_selection_is_limited() -> None:
    selection = work.read_selection({slot: list(range(1000)) for slot in work.SLOTS}, 64)
    assert {slot: len(samples) for slot, samples in selection.items()} == work.SLOTS


def test_spread_is_the_mean_distance() -> None:
    images = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    pairs = [(images[i] - images[j]).norm().item() for i in range(5) for j in range(i)]
    assert work.spread(images) == pytest.approx(np.mean(pairs))
    digits = digit_sheet().flatten(0, 1)[:, None] / 255
    assert work.real_spread() == pytest.approx(work.spread(digits))
