"""Ways through a latent space: on the sphere, and from stop to stop."""

from typing import Any

import pytest
import torch
from torch import Tensor

from space.models.latents import slerp, walk

T = torch.linspace(0, 1, 9)


def random_pair() -> tuple[Tensor, Tensor]:
    rng = torch.Generator().manual_seed(0)
    return 2 * torch.randn(16, generator=rng), torch.randn(16, generator=rng)


def test_slerp_is_that_of_the_paper() -> None:
    start, end = random_pair()
    u, v = start / start.norm(), end / end.norm()
    angle = torch.acos(u @ v)
    t = T[:, None]
    direction = (torch.sin((1 - t) * angle) * u + torch.sin(t * angle) * v) / torch.sin(angle)
    length = (1 - t) * start.norm() + t * end.norm()
    torch.testing.assert_close(slerp(start, end, T), length * direction)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        random_pair(),
        ([3.0, 0, 0], [1.0, 0, 0]),  # the same direction
        ([1.0, 2, 3], [-2.0, -4, -6]),  # opposite directions
        ([1.0, 2, 3], [1.0, 2, 3]),
        ([0.0, 0, 0], [0.0, 3, 4]),
        ([0.0, 3, 4], [0.0, 0, 0]),
        ([0.0, 0, 0], [0.0, 0, 0]),
        ([1e-6, 0, 0], [0.0, 1e-6, 0]),
        ([2.0], [5.0]),
    ],
)
def test_a_way_on_the_sphere_turns_evenly_and_its_length_changes_evenly(start: Any, end: Any) -> None:
    start, end = torch.as_tensor(start), torch.as_tensor(end)
    way = slerp(start, end, T)
    torch.testing.assert_close(way[[0, -1]], torch.stack([start, end]), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(way.norm(dim=1), torch.lerp(start.norm(), end.norm(), T))
    inner = way[1:-1] / way[1:-1].norm(dim=1, keepdim=True).clamp_min(1e-12)
    cosines = (inner[1:] * inner[:-1]).sum(1)
    torch.testing.assert_close(cosines, cosines[:1].expand_as(cosines), rtol=0, atol=1e-5)


def test_one_dimension_has_no_sphere_but_a_way() -> None:
    way = slerp(torch.tensor([2.0]), torch.tensor([-2.0]), T)
    assert way.isfinite().all() and way[0] == 2 and way[-1] == -2


def test_a_walk_visits_its_stops_and_comes_back() -> None:
    stops = torch.randn(4, 16, generator=torch.Generator().manual_seed(1))
    way = walk(stops, 12)
    assert way.shape == (4 * 12, 16)
    torch.testing.assert_close(way[::12], stops)
    back = slerp(stops[3], stops[0], torch.arange(13) / 12)
    torch.testing.assert_close(way[-12:], back[:-1])
