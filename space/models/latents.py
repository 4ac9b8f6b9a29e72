"""Paths between latent vectors, and grids of them."""

import torch
import torch.nn.functional as F
from torch import Tensor


def slerp(start: Tensor, end: Tensor, t: Tensor) -> Tensor:
    """Spherical path (T, D) from `start` to `end`, both (D,), at the times `t` (T,) in [0, 1].

    Directions turn evenly along the great circle (White 2016, https://arxiv.org/abs/1609.04468); lengths
    change linearly. Between opposite directions there are many shortest paths; the choice is always the same.
    A zero vector has no direction and takes that of the other.
    """
    u, v = (F.normalize(z.double(), dim=0) for z in (start, end))
    u, v = (u if u.any() else v), (v if v.any() else u)
    across = v - (u @ v) * u
    angle = torch.atan2(across.norm(), u @ v)
    if across.norm() < 1e-6:  # parallel or opposite: any direction at a right angle
        axis = F.one_hot(u.abs().argmin(), len(u)).double()
        across = axis - (u @ axis) * u
    turn = t.double()[:, None] * angle  # (T, 1)
    length = torch.lerp(start.double().norm(), end.double().norm(), t.double())[:, None]
    return (length * (turn.cos() * u + turn.sin() * F.normalize(across, dim=0))).to(start)


def walk(stops: Tensor, num_frames: int) -> Tensor:
    """Path (S * num_frames, D) through all stops (S, D) and back to the first, by `slerp`."""
    t = torch.arange(num_frames) / num_frames
    return torch.cat([slerp(start, end, t) for start, end in zip(stops, stops.roll(-1, 0))])


def straight(start: Tensor, end: Tensor, steps: int) -> Tensor:
    """Codes (steps, D) on the straight line from `start` to `end`, both (1, D), the ends included."""
    return torch.lerp(start, end, torch.linspace(0, 1, steps)[:, None])


def evenly(count: int, low: float, high: float) -> Tensor:
    """The middles (count,) of `count` equal parts of [low, high]."""
    return low + (high - low) * ((torch.arange(count) + 0.5) / count)


def quantiles(count: int, mean: float = 0.0, deviation: float = 1.0) -> Tensor:
    """The middles (count,) of `count` equal shares of N(mean, deviation^2)."""
    return mean + deviation * torch.special.ndtri((torch.arange(count) + 0.5) / count)


def grid(z1: Tensor, z2: Tensor) -> Tensor:
    """All pairs of coordinates as codes (len(z2) * len(z1), 2), in rows: z1 to the right, z2 upwards."""
    return torch.cartesian_prod(z2.flip(0), z1).flip(1)
