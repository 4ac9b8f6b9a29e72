"""One step of each family of densities in the plane, against the same maths in PyTorch on the same points."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal, Normal
from torch.distributions import kl_divergence as kl
from torch.nn import functional as F

from tests.node import run_in_node
from tests.space.browser.test_gan2d import flat, to_torch

SCRIPT = """
import { DATA, Plane } from "./space/browser/plane/data.js";
import { FAMILIES } from "./space/browser/plane/families.js";
const list = (array) => Array.from(array ?? []);
const told = {};
const plane = new Plane(DATA.moons(), 3, 400);
for (const [name, { make, defaults }] of Object.entries(FAMILIES)) {
  const family = make(plane, { ...defaults, seed: 5, ...(name === "energy" ? { side: 12 } : {}) });
  if (!family.adams && name !== "gaussians") continue;
  const networks = family.adams?.map(({ network }) => network) ?? [family];
  const parts = () => networks.map(({ parameters }) => list(parameters));
  const one = { start: parts(), widths: networks.map(({ widths }) => widths ?? null), steps: [],
    learningRate: family.learningRate, points: list(plane.points) };
  for (let i = 0; i < 2; i++) {
    const loss = family.step();
    one.steps.push({ loss, batch: list(family.batch), noise: list(family.noise), times: list(family.times),
      grid: list(family.grid), gradients: networks.map(({ gradients }) => list(gradients)), parts: parts() });
  }
  told[name] = one;
}
console.log(JSON.stringify(told));
"""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What each family did in two steps."""
    return run_in_node(SCRIPT)


def tensor(numbers: list[float]) -> Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


def mixtures(numbers: Tensor) -> MixtureSameFamily:
    """Of logits, means and log sigmas, (n, 3 * K)."""
    logits, means, logs = numbers.chunk(3, -1)
    return MixtureSameFamily(Categorical(logits=logits), Normal(means, logs.exp()))


def autoregressive(parts: list[Any], x: Tensor, _: dict[str, Any]) -> Tensor:
    first, second = parts
    return -(mixtures(first).log_prob(x[:, 0]) + mixtures(second(x[:, :1])).log_prob(x[:, 1])).mean()


def flow(parts: list[Any], x: Tensor, _: dict[str, Any]) -> Tensor:
    log_scales = 0
    for i, network in enumerate(parts):
        kept, moved = x[:, i % 2], x[:, 1 - i % 2]
        scale, shift = network(kept[:, None]).unbind(-1)
        scale = 2 * torch.tanh(scale / 2)
        moved = moved * scale.exp() + shift
        x = torch.stack([kept, moved] if i % 2 == 0 else [moved, kept], -1)
        log_scales = log_scales + scale
    return -(Normal(0, 1).log_prob(x).sum(-1) + log_scales).mean()


def vae(parts: list[Any], x: Tensor, step: dict[str, Any]) -> Tensor:
    encoder, decoder, log_sigma = parts
    mu, log_sigmas = encoder(x).chunk(2, -1)
    z = mu + log_sigmas.exp() * tensor(step["noise"]).view(-1, 2)
    recon = -Normal(decoder(z), log_sigma.exp()).log_prob(x).sum(-1)
    prior = Normal(torch.zeros_like(mu), torch.ones_like(mu))
    return (recon + kl(Normal(mu, log_sigmas.exp()), prior).sum(-1)).mean()


def energy(parts: list[Any], x: Tensor, step: dict[str, Any]) -> Tensor:
    grid = tensor(step["grid"]).view(-1, 2)
    width = grid[1, 0] - grid[0, 0]
    return parts[0](x).mean() + torch.logsumexp(-parts[0](grid).flatten(), 0) + 2 * width.log()


def told_of(network: nn.Module, x: Tensor, noise_share: Tensor, spread: Tensor, clock: Tensor) -> Tensor:
    """What a field's network is asked, and its answer."""
    u = x / spread
    left = {wave: (-0.5 * (wave * noise_share / spread) ** 2).exp() for wave in (2, 4)}
    waves = [left[wave] * f(wave * u) for wave in left for f in (torch.sin, torch.cos)]
    return network(torch.cat([u, clock, noise_share / spread, *waves], -1))


def diffusion(parts: list[Any], x: Tensor, step: dict[str, Any]) -> Tensor:
    noise, sigma = tensor(step["noise"]).view(-1, 2), tensor(step["times"])[:, None]
    noisy = x + sigma * noise
    spread = (sigma**2 + 1.5**2).sqrt()
    output = told_of(parts[0], noisy, sigma, spread, sigma.log() / 2)
    share = 1.5 / spread * sigma / (sigma**2 + 0.15**2).sqrt()
    pred_noise = sigma * noisy / spread**2 + share * output
    return 0.5 * F.mse_loss(pred_noise, noise, reduction="none").sum(-1).mean()


def matching(parts: list[Any], x: Tensor, step: dict[str, Any]) -> Tensor:
    noise, t = tensor(step["noise"]).view(-1, 2), tensor(step["times"])[:, None]
    x_t = (1 - t) * noise + t * x
    spread = ((1 - t) ** 2 + (1.5 * t) ** 2).sqrt()
    output = told_of(parts[0], x_t, 1 - t, spread, 2 * t - 1)
    share = 1.5 / spread * (1 - t) / ((1 - t) ** 2 + (0.15 * t) ** 2).sqrt()
    velocity = (1.5**2 * t - (1 - t)) / spread**2 * x_t + share * output
    return 0.5 * F.mse_loss(velocity, x - noise, reduction="none").sum(-1).mean()


@pytest.mark.parametrize("loss_of", [autoregressive, flow, vae, energy, diffusion, matching])
def test_two_steps_are_those_of_torch(told: dict[str, Any], loss_of: Callable[..., Tensor]) -> None:
    family = told[loss_of.__name__]
    parts = [
        to_torch(widths, start) if widths else nn.Parameter(tensor(start))
        for widths, start in zip(family["widths"], family["start"])
    ]
    lists = [list(part.parameters()) if isinstance(part, nn.Module) else [part] for part in parts]
    adam = torch.optim.Adam([p for some in lists for p in some], family["learningRate"], betas=(0.9, 0.999))
    for step in family["steps"]:
        adam.zero_grad()
        loss = loss_of(parts, tensor(step["batch"]).view(-1, 2), step)
        loss.backward()
        assert step["loss"] == pytest.approx(loss.item(), abs=1e-9)
        for mine, some in zip(step["gradients"], lists):
            np.testing.assert_allclose(mine, flat(p.grad for p in some), atol=1e-10)
        adam.step()
        for mine, some in zip(step["parts"], lists):
            np.testing.assert_allclose(mine, flat(some), atol=1e-7)


def test_em_is_that_of_torch(told: dict[str, Any]) -> None:
    family = told["gaussians"]
    x = tensor(family["points"]).view(-1, 2)
    before = tensor(family["start"][0]).view(-1, 6)
    for step in family["steps"]:
        log_weights, means = before[:, 0], before[:, 1:3]
        a, b, c = before[:, 3:].unbind(-1)
        factors = torch.stack([a, torch.zeros_like(a), b, c], -1).view(-1, 2, 2)
        normals = MultivariateNormal(means, scale_tril=factors)
        logs = log_weights + normals.log_prob(x[:, None])  # (n, K)
        assert step["loss"] == pytest.approx(-torch.logsumexp(logs, 1).mean().item(), abs=1e-9)
        shares = torch.softmax(logs, 1)
        totals = shares.sum(0)
        means = shares.T @ x / totals[:, None]
        gaps = x[:, None] - means  # (n, K, 2)
        covariances = torch.einsum("nk,nki,nkj->kij", shares, gaps, gaps) / totals[:, None, None]
        factors = torch.linalg.cholesky(covariances + 1e-4 * torch.eye(2, dtype=torch.float64))
        before = tensor(step["parts"][0]).view(-1, 6)
        weights = (totals / len(x)).log()
        expected = [weights, *means.T, factors[:, 0, 0], factors[:, 1, 0], factors[:, 1, 1]]
        np.testing.assert_allclose(before, torch.stack(expected, -1), atol=1e-7)
