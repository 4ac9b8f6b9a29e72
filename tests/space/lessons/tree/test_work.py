"""The families in PyTorch, as the page shows them: losses, densities that hold one unit, ways to draw."""

from itertools import pairwise

import pytest
import torch

from space.lessons.tree.work import (
    GAN,
    VAE,
    Autoregressive,
    Diffusion,
    Energy,
    Flow,
    FlowMatching,
    GaussianMixture,
    train,
)

TWO = torch.cat(
    [torch.randn(300, 2, generator=torch.Generator().manual_seed(i)) * 0.4 + i - 1 for i in (0, 2)]
)
AXIS = (torch.arange(160) + 0.5) / 20 - 4
GRID, CELL = torch.cartesian_prod(AXIS, AXIS), 1 / 400


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("make", [Autoregressive, Flow, Energy])
def test_a_density_that_can_be_asked_holds_one_unit_and_learns(make):
    model = make()
    before = model.log_prob(TWO).mean()
    train(model, lambda x: -model.log_prob(x).mean(), TWO, steps=60, rate=1e-2)
    with torch.no_grad():
        assert model.log_prob(TWO).mean() > before
        assert model.log_prob(GRID).exp().sum() * CELL == pytest.approx(1, abs=0.02)
        if hasattr(model, "sample"):
            assert model.sample(7).shape == (7, 2)


def test_a_flow_undoes_what_it_does():
    flow = Flow()
    train(flow, lambda x: -flow.log_prob(x).mean(), TWO, steps=60, rate=1e-2)
    made = flow.sample(2000).detach()
    assert made.mean(0) == pytest.approx(TWO.mean(0), abs=0.4)
    assert flow.log_prob(made).mean() > flow.log_prob(2.5 * torch.randn(2000, 2)).mean()


def test_each_step_of_the_mixture_is_no_worse():
    mixture = GaussianMixture(TWO, 3)
    scores = []
    for _ in range(8):
        scores.append(mixture.log_prob(TWO).mean().item())
        mixture.step(TWO)
    assert all(after > before - 1e-3 for before, after in pairwise(scores))
    assert mixture.log_prob(GRID).exp().sum() * CELL == pytest.approx(1, abs=0.01)


def test_more_codes_lift_the_bound_of_the_vae():
    vae = VAE()
    train(vae, lambda x: -vae.bound(x).mean(), TWO, steps=60, rate=1e-2)
    with torch.no_grad():
        few, many = vae.bound(TWO).mean(), vae.bound(TWO, 64).mean()
        assert few < many and vae.sample(5).shape == (5, 2)


def test_flow_matching_learns_a_field_whose_density_holds_one_unit():
    matching = FlowMatching()
    before = torch.stack([matching.loss(TWO) for _ in range(20)]).mean()
    log_before = matching.log_prob(TWO).mean()
    train(matching, matching.loss, TWO, steps=60, rate=1e-2)
    assert torch.stack([matching.loss(TWO) for _ in range(20)]).mean() < before
    assert matching.log_prob(TWO).mean() > log_before
    coarse = (torch.arange(40) + 0.5) / 5 - 4
    grid = torch.cartesian_prod(coarse, coarse)
    assert matching.log_prob(grid, steps=20).exp().sum() / 25 == pytest.approx(1, abs=0.02)
    assert matching.sample(5).isfinite().all()


def test_a_diffusion_learns_to_tell_noise_and_a_gan_to_draw():
    diffusion, gan = Diffusion(), GAN()
    before = torch.stack([diffusion.loss(TWO) for _ in range(20)]).mean()
    train(diffusion, diffusion.loss, TWO, steps=60, rate=1e-2)
    assert torch.stack([diffusion.loss(TWO) for _ in range(20)]).mean() < before
    with torch.no_grad():
        assert diffusion.sample(5).isfinite().all() and gan.sample(5).shape == (5, 2)
    loss_d, loss_g = gan.losses(TWO)
    loss_d.backward()
    assert gan.generator[0].weight.grad is None and loss_g > 0
