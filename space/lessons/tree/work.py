"""Families of densities in the plane, in PyTorch: a loss, a way to draw and, where there is one, log p(x).

The browser computes the same in `space/browser/plane/`. Points are (n, 2); all likelihoods are in nats.
"""

from collections.abc import Callable
from itertools import pairwise
from math import log, pi

import torch
from torch import Tensor, nn

LOG_2_PI = log(2 * pi)


def mlp(inputs: int, width: int, outputs: int) -> nn.Sequential:
    """Two hidden layers of tanh, as every network of the page."""
    return nn.Sequential(
        *(nn.Linear(inputs, width), nn.Tanh(), nn.Linear(width, width), nn.Tanh(), nn.Linear(width, outputs))
    )


def log_normal(x: Tensor) -> Tensor:
    """log N(x; 0, I) of points."""
    return -0.5 * x.pow(2).sum(-1) - LOG_2_PI


def train(model: nn.Module, loss: Callable[[Tensor], Tensor], x: Tensor, steps: int, rate: float) -> None:
    """Adam on batches of 256 points."""
    adam = torch.optim.Adam(model.parameters(), rate)
    for _ in range(steps):
        batch = x[torch.randint(len(x), (256,))]
        adam.zero_grad()
        loss(batch).backward()
        adam.step()


def follow(rates: Callable[[Tensor, Tensor], Tensor], state: Tensor, times: Tensor) -> Tensor:
    """Along an ODE from the first of the times to the last, by Heun's method."""
    for now, after in pairwise(times):
        first = rates(state, now)
        second = rates(state + (after - now) * first, after)
        state = state + (after - now) * (first + second) / 2
    return state


class GaussianMixture:
    """p(x) = sum of w_k N(x; m_k, S_k), by expectation and maximisation. Exact."""

    def __init__(self, x: Tensor, components: int) -> None:
        self.weights = torch.full((components,), 1 / components)
        self.means = x[torch.randperm(len(x))[:components]]
        self.covariances = x.T.cov().expand(components, 2, 2)

    def log_terms(self, x: Tensor) -> Tensor:
        normals = torch.distributions.MultivariateNormal(self.means, self.covariances)
        return self.weights.log() + normals.log_prob(x[:, None])

    def step(self, x: Tensor) -> None:
        shares = self.log_terms(x).softmax(1)  # (n, components)
        counts = shares.sum(0)
        self.weights, self.means = counts / len(x), shares.T @ x / counts[:, None]
        away = x[:, None] - self.means
        self.covariances = torch.einsum("nk,nki,nkj->kij", shares, away, away) / counts[:, None, None]
        self.covariances = self.covariances + 1e-4 * torch.eye(2)

    def log_prob(self, x: Tensor) -> Tensor:
        return self.log_terms(x).logsumexp(1)


class Autoregressive(nn.Module):
    """p(x1) p(x2 | x1), each a mixture of Gaussians; a network makes the second of x1. Exact."""

    def __init__(self, components: int = 12) -> None:
        super().__init__()
        spread = torch.stack([torch.zeros(components), torch.linspace(-2, 2, components)])
        self.first = nn.Parameter(torch.cat([spread.flatten(), torch.full((components,), log(0.5))]))
        self.second = mlp(1, 32, 3 * components)

    @staticmethod
    def mixture(numbers: Tensor) -> torch.distributions.Distribution:
        logits, means, log_sigmas = numbers.chunk(3, -1)
        normals = torch.distributions.Normal(means, log_sigmas.exp())
        return torch.distributions.MixtureSameFamily(torch.distributions.Categorical(logits=logits), normals)

    def log_prob(self, x: Tensor) -> Tensor:
        first, second = self.mixture(self.first), self.mixture(self.second(x[:, :1]))
        return first.log_prob(x[:, 0]) + second.log_prob(x[:, 1])  # the loss is minus its mean

    def sample(self, n: int) -> Tensor:
        x1 = self.mixture(self.first).sample((n,))
        return torch.stack([x1, self.mixture(self.second(x1[:, None])).sample()], 1)


class Flow(nn.Module):
    """RealNVP: couplings from points to noise; the change of volume is the sum of their scales. Exact."""

    def __init__(self, couplings: int = 8) -> None:
        super().__init__()
        self.couplings = nn.ModuleList(mlp(1, 32, 2) for _ in range(couplings))

    def log_prob(self, x: Tensor) -> Tensor:
        halves, volume = list(x.unbind(1)), torch.zeros(len(x))
        for i, coupling in enumerate(self.couplings):
            kept, moved = i % 2, 1 - i % 2
            scale, shift = coupling(halves[kept][:, None]).unbind(1)
            scale = 2 * torch.tanh(scale / 2)
            halves[moved] = halves[moved] * scale.exp() + shift
            volume = volume + scale
        return log_normal(torch.stack(halves, 1)) + volume  # the loss is minus its mean

    def sample(self, n: int) -> Tensor:
        halves = list(torch.randn(2, n))
        for i, coupling in reversed(list(enumerate(self.couplings))):
            kept, moved = i % 2, 1 - i % 2
            scale, shift = coupling(halves[kept][:, None]).unbind(1)
            halves[moved] = (halves[moved] - shift) * (-2 * torch.tanh(scale / 2)).exp()
        return torch.stack(halves, 1)


class VAE(nn.Module):
    """z is N(0, I), x is N(decoder(z), sigma^2 I). A bound; with many z it tightens (IW)."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.decoder = mlp(2, 32, 4), mlp(2, 32, 2)
        self.log_sigma = nn.Parameter(torch.zeros(()))

    def log_weights(self, x: Tensor, k: int) -> Tensor:
        """log p(x, z) / q(z | x) of k codes for each point: (k, n)."""
        mu, log_s = self.encoder(x).chunk(2, 1)
        noise = torch.randn(k, *mu.shape)
        z = mu + log_s.exp() * noise
        log_x = log_normal((x - self.decoder(z)) / self.log_sigma.exp()) - 2 * self.log_sigma
        return log_x + log_normal(z) - (log_normal(noise) - log_s.sum(1))

    def bound(self, x: Tensor, k: int = 1) -> Tensor:
        """The ELBO where k is 1, else IW_k; the page trains on minus the mean of the first."""
        return self.log_weights(x, k).logsumexp(0) - log(k)

    def sample(self, n: int) -> Tensor:
        x = self.decoder(torch.randn(n, 2))
        return x + self.log_sigma.exp() * torch.randn_like(x)


class Energy(nn.Module):
    """p(x) = exp(-E(x)) / Z, where Z is a sum over a grid of the plane, and only of a plane."""

    def __init__(self, side: int = 64, reach: float = 3.6) -> None:
        super().__init__()
        self.energy = mlp(2, 48, 1)
        axis = (torch.arange(side) + 0.5) * (2 * reach / side) - reach
        self.grid, self.log_cell = torch.cartesian_prod(axis, axis), 2 * log(2 * reach / side)

    def log_prob(self, x: Tensor) -> Tensor:
        log_z = (-self.energy(self.grid)).logsumexp(0) + self.log_cell
        return (-self.energy(x) - log_z).squeeze(1)


class Diffusion(nn.Module):
    """Tells the noise in x + sigma noise; points follow dx/dsigma = noise(x, sigma) to the data."""

    DATA = 1.5
    """spread of the data, to scale by"""

    def __init__(self) -> None:
        super().__init__()
        self.network = mlp(4, 64, 2)

    def noise_in(self, x: Tensor, sigma: Tensor) -> Tensor:
        """What the point itself tells (where sigma is large, it is the noise), and what the network adds."""
        scale = (sigma**2 + self.DATA**2).rsqrt()
        told = torch.cat([scale * x, sigma.log() / 2, scale * sigma], 1)
        return scale**2 * sigma * x + self.DATA * scale * self.network(told)

    def loss(self, x: Tensor) -> Tensor:
        sigma = 0.03 * (5 / 0.03) ** torch.rand(len(x), 1)
        noise = torch.randn_like(x)
        error = self.noise_in(x + sigma * noise, sigma) - noise
        return (0.5 * (1 + (sigma / self.DATA) ** 2) * error**2).sum(1).mean()

    def sample(self, n: int, steps: int = 40) -> Tensor:
        sigmas = torch.linspace(5 ** (1 / 7), 0.03 ** (1 / 7), steps + 1) ** 7
        x = (25 + self.DATA**2) ** 0.5 * torch.randn(n, 2)
        return follow(lambda x, sigma: self.noise_in(x, sigma.expand(n, 1)), x, sigmas)


class FlowMatching(nn.Module):
    """The mean velocity of straight paths from noise to data, at each place and time. Exact, by its ODE."""

    def __init__(self) -> None:
        super().__init__()
        self.network = mlp(3, 64, 2)

    def velocity(self, x: Tensor, t: Tensor) -> Tensor:
        return self.network(torch.cat([x, t.expand(len(x), 1)], 1))

    def loss(self, x: Tensor) -> Tensor:
        noise, t = torch.randn_like(x), torch.rand(len(x), 1)
        error = self.velocity((1 - t) * noise + t * x, t) - (x - noise)
        return (0.5 * error**2).sum(1).mean()

    def sample(self, n: int, steps: int = 40) -> Tensor:
        return follow(self.velocity, torch.randn(n, 2), torch.linspace(0, 1, steps + 1))

    def rates(self, state: Tensor, t: Tensor) -> Tensor:
        """Of points and their log volumes, (n, 3): the velocity, and its divergence."""
        x = state[:, :2].detach().requires_grad_()
        velocity = self.velocity(x, t)
        slopes = [torch.autograd.grad(velocity[:, d].sum(), x, retain_graph=True)[0][:, d] for d in (0, 1)]
        return torch.cat([velocity.detach(), sum(slopes)[:, None]], 1)

    def log_prob(self, x: Tensor, steps: int = 40) -> Tensor:
        """The way of `sample` back."""
        state = torch.cat([x, torch.zeros(len(x), 1)], 1)
        state = follow(self.rates, state, torch.linspace(1, 0, steps + 1))
        return log_normal(state[:, :2]) + state[:, 2]


class GAN(nn.Module):
    """A way to draw, and nothing that could be asked."""

    def __init__(self) -> None:
        super().__init__()
        self.generator, self.discriminator = mlp(2, 32, 2), mlp(2, 32, 1)

    def losses(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Of D, with G frozen, and of G."""
        fake, softplus = self.sample(len(x)), nn.functional.softplus
        loss_d = softplus(-self.discriminator(x)).mean() + softplus(self.discriminator(fake.detach())).mean()
        return loss_d, softplus(-self.discriminator(fake)).mean()

    def sample(self, n: int) -> Tensor:
        return self.generator(torch.randn(n, 2))
