"""The GAN in the plane against torch and scipy, in Chromium; without a page it is tested in gan2d.test.js."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page
from scipy.spatial.distance import jensenshannon
from scipy.stats import norm
from torch import nn
from torch.nn import functional as F

from tests.pages import import_modules

pytestmark = pytest.mark.browser

SETTINGS = {
    "latentKind": "gaussian",
    "latentDim": 2,
    "width": 16,
    "start": "middle",
    "seed": 3,
    "learningRateD": 0.01,
    "learningRateG": 0.002,
    "optimizerG": "adam",
    "loss": "non_saturating",
    "instanceNoise": 0,
}


@pytest.fixture(scope="module")
def lab(browser: Browser) -> Iterator[Page]:
    """An empty page with nothing but the game's mathematics."""
    page = browser.new_page()
    modules = ("numbers", "networks", "mixtures", "gan2d", "meter")
    import_modules(page, *(f"browser/{name}.js" for name in modules))
    yield page
    page.close()


def to_torch(widths: list[int], parameters: list[float]) -> nn.Sequential:
    """The same network in torch, float64; parameters are each layer's weight and bias in turn."""
    layers = [nn.Linear(a, b, dtype=torch.float64) for a, b in pairwise(widths)]
    network = nn.Sequential(*[m for layer in layers for m in (layer, nn.Tanh())][:-1])
    nn.utils.vector_to_parameters(torch.tensor(parameters, dtype=torch.float64), network.parameters())
    return network


def flat(tensors: Any) -> np.ndarray:
    return torch.cat([t.detach().flatten() for t in tensors]).numpy()


@pytest.mark.parametrize("loss", ["non_saturating", "saturating"])
@pytest.mark.parametrize("latent_dim", [1, 2, 4])
def test_both_steps_are_those_of_torch(lab: Page, loss: str, latent_dim: int) -> None:
    """Three rounds on the batches that the game drew: gradients, Adam's steps and the weights after them."""
    settings = SETTINGS | {"loss": loss, "latentDim": latent_dim, "width": 10}  # no whole blocks of four
    told = lab.evaluate(
        """settings => {
          const game = new Game(DISTRIBUTIONS.ring(), settings), list = (array) => Array.from(array);
          const weights = () => [list(game.generator.parameters), list(game.discriminator.parameters)];
          const start = weights(), rounds = [];
          for (let i = 0; i < 3; i++) {
            game.stepD();
            const dBatch = list(game.points), dLatents = list(game.latents);
            const dGradients = list(game.discriminator.gradients);
            game.stepG();
            rounds.push({ dBatch, dLatents, dGradients, gLatents: list(game.latents),
              gGradients: list(game.generator.gradients), weights: weights() });
          }
          return { start, rounds, widths: [game.generator.widths, game.discriminator.widths] };
        }""",
        settings,
    )
    generator, discriminator = map(to_torch, told["widths"], told["start"])
    adam_g, adam_d = (
        torch.optim.Adam(network.parameters(), settings[rate], betas=(0.5, 0.999))
        for network, rate in ((generator, "learningRateG"), (discriminator, "learningRateD"))
    )
    for one in told["rounds"]:
        real = torch.tensor(one["dBatch"], dtype=torch.float64).view(-1, 2)[: len(one["dBatch"]) // 4]
        fake = generator(torch.tensor(one["dLatents"], dtype=torch.float64).view(-1, latent_dim)).detach()
        adam_d.zero_grad()
        (-F.logsigmoid(discriminator(real)).mean() - F.logsigmoid(-discriminator(fake)).mean()).backward()
        np.testing.assert_allclose(
            one["dGradients"], flat(p.grad for p in discriminator.parameters()), atol=1e-10
        )
        adam_d.step()

        adam_g.zero_grad()
        logits = discriminator(
            generator(torch.tensor(one["gLatents"], dtype=torch.float64).view(-1, latent_dim))
        )
        (F.logsigmoid(-logits) if loss == "saturating" else -F.logsigmoid(logits)).mean().backward()
        np.testing.assert_allclose(
            one["gGradients"], flat(p.grad for p in generator.parameters()), atol=1e-10
        )
        adam_g.step()
        for mine, network in zip(one["weights"], (generator, discriminator)):
            np.testing.assert_allclose(mine, flat(network.parameters()), atol=1e-6)


@pytest.mark.parametrize("loss", ["non_saturating", "saturating"])
def test_arrows_and_values_are_those_of_torch(lab: Page, loss: str) -> None:
    told = lab.evaluate(
        """settings => {
          const game = new Game(DISTRIBUTIONS.moons(), settings), list = (array) => Array.from(array);
          for (let i = 0; i < 20; i++) { game.stepD(); game.stepG(); }
          const real = new Float64Array(100), latents = new Float64Array(100);
          game.drawLatents(latents, new Random(5));
          game.distribution.sample(real, 50, new Random(6));
          const view = game.observe(real, latents, 50);
          return { ...view, fake: list(view.fake), push: list(view.push),
            real: list(real), latents: list(latents),
            d: list(game.discriminator.parameters), g: list(game.generator.parameters) };
        }""",
        SETTINGS | {"loss": loss},
    )
    generator, discriminator = to_torch([2, 16, 16, 2], told["g"]), to_torch([2, 16, 16, 1], told["d"])
    real, latents = (torch.tensor(told[key], dtype=torch.float64).view(-1, 2) for key in ("real", "latents"))
    fake = generator(latents).detach().requires_grad_()
    on_real, on_fake = discriminator(real), discriminator(fake)
    loss_g = F.logsigmoid(-on_fake) if loss == "saturating" else -F.logsigmoid(on_fake)
    loss_g.sum().backward()
    value = F.logsigmoid(on_real).mean() + F.logsigmoid(-on_fake).mean()
    np.testing.assert_allclose(told["fake"], flat([fake]), atol=1e-9)
    np.testing.assert_allclose(told["push"], flat([-fake.grad]), atol=1e-9)
    for mine, expected in (
        ("value", value),
        ("lossD", -value),
        ("lossG", loss_g.mean()),
        ("dReal", torch.sigmoid(on_real).mean()),
        ("dFake", torch.sigmoid(on_fake).mean()),
        ("gradient", fake.grad.norm(dim=1).mean()),
    ):
        assert told[mine] == pytest.approx(expected.item(), abs=1e-9), mine


def divergence(p: np.ndarray, q: np.ndarray) -> float:
    """Jensen-Shannon, in nats, by scipy; the last cell is all that lies outside."""
    return jensenshannon(np.append(p, 1 - p.sum()), np.append(q, 1 - q.sum())) ** 2


def masses(side: int, components: list[tuple[float, float, float]]) -> np.ndarray:
    """Exact masses, (side^2), of an even mixture of Gaussians (x, y, sigma) on the cells of [-3, 3]^2."""
    edges = np.linspace(-3, 3, side + 1)
    one = [np.outer(*(np.diff(norm.cdf(edges, at, s)) for at in (y, x))) for x, y, s in components]
    return np.mean(one, 0).ravel()


RING = [(2 * np.cos(k * np.pi / 4), 2 * np.sin(k * np.pi / 4), 0.2) for k in range(8)]


def linear_generator(page: Page, x: float, y: float, scale: float, kind: str = "gaussian") -> dict[str, Any]:
    """The reading, on the ring, of a generator that is z -> (x, y) + scale * z."""
    return page.evaluate(
        """([settings, x, y, scale]) => {
          const game = new Game(DISTRIBUTIONS.ring(), settings);
          const { layers, parameters, widths } = game.generator;
          const small = 1e-4; // where tanh is the identity
          parameters.fill(0);
          for (const axis of [0, 1]) {
            layers[0].weight[axis * 2 + axis] = small;
            layers[1].weight[axis * widths[1] + axis] = 1;
            layers[2].weight[axis * widths[2] + axis] = scale / small;
            layers[2].bias[axis] = axis ? y : x;
          }
          return measureNow(game, game.distribution);
        }""",
        [SETTINGS | {"latentKind": kind}, x, y, scale],
    )


def test_a_collapsed_generator_reads_its_true_divergence(lab: Page) -> None:
    """Against masses computed by scipy, on the meter's grid and on one four times as fine."""
    reading = linear_generator(lab, 2, 0, 0.2)
    for side in (64, 256):
        expected = divergence(masses(side, RING), masses(side, RING[:1]))
        assert reading["jsd"] == pytest.approx(expected, abs=0.005)
    assert expected == pytest.approx(  # of which seven modes are missed, and one has eight times its share
        0.5 * (np.log(2) * 7 / 8 + np.log((1 / 8) / (9 / 16)) / 8) + 0.5 * np.log(16 / 9), abs=1e-3
    )
    assert reading["covered"] == [True] + [False] * 7
    assert reading["quality"] == pytest.approx(
        1 - np.exp(-4.5), abs=0.002
    )  # of a round Gaussian within 3 sigma


def test_a_generator_of_another_shape_reads_its_true_divergence(lab: Page) -> None:
    """One broad Gaussian over the whole ring: neither near 0 nor near ln 2."""
    reading = linear_generator(lab, 0, 0, 1.4)
    expected = divergence(masses(64, RING), masses(64, [(0, 0, 1.4)]))
    assert 0.3 < expected < 0.6
    assert reading["jsd"] == pytest.approx(expected, abs=0.01)
