"""A density of binary images by counting: a histogram of each pixel, given the pixels nearest to it.

The bridge from a histogram to a network: both learn p(x_i | pixels before). A table has an entry for each
pattern of neighbours and knows nothing of those it never saw, so an entry leans on the one for fewer
neighbours, with some counts (a Dirichlet prior whose mean is the shorter pattern's share).
"""

from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

NUM_NEIGHBOURS = 16
"""with 12 a test digit costs 1 nat more, with 20 about as much as with 16: most patterns are then new"""
NUM_AT_PLACE = 10
"""neighbours of the tables that each place has of its own; with 12 a test digit costs the same, with 8 2 nats
more"""
PRIOR = 1.0
PRIOR_AT_PLACE = 30.0
"""counts that the shorter pattern's share weighs"""
REACH = 4
"""rows above, and columns to either side, that hold the neighbours"""
AT_ONCE = 2000
"""images whose patterns are in memory at a time"""
SHARED_UNIT, PLACE_UNIT = 1000, 16
"""log-odds are whole numbers of thousandths and of sixteenths: the rounding costs less than 0.01 nats"""


def offsets(count: int = NUM_NEIGHBOURS) -> list[tuple[int, int]]:
    """Rows and columns from a pixel to the nearest of those before it in reading order, the nearest first."""
    before = [(r, c) for r in range(-REACH, 1) for c in range(-REACH, REACH + 1) if (r, c) < (0, 0)]
    return sorted(before, key=lambda at: (at[0] ** 2 + at[1] ** 2, at))[:count]


def patterns(x: Tensor) -> Tensor:
    """The neighbours of each pixel of binary images (B, 1, H, W) as bits of an integer, (B, H * W), the
    nearest one in bit 0; outside the image it is 0."""
    height, width = x.shape[2:]
    padded = F.pad(x[:, 0].long(), (REACH, REACH, REACH, 0))
    found = torch.zeros_like(x[:, 0], dtype=torch.int64)
    for bit, (row, column) in enumerate(offsets()):
        top, left = REACH + row, REACH + column
        found |= padded[:, top : top + height, left : left + width] << bit
    return found.flatten(1)


@dataclass(frozen=True)
class Counting:
    """Log-odds of a pixel being white, out of counts in training images."""

    log_odds: Tensor
    """given its 16 neighbours, anywhere: (65536,), int16, thousandths"""
    place: Tensor
    """what its place adds, given its 10 nearest neighbours: (H * W, 1024), int8, sixteenths"""

    @classmethod
    def fit(cls, x: Tensor) -> "Counting":
        """Count in binary images (N, 1, H, W)."""
        places = x[0].numel()
        shared = torch.zeros(2, 1 << NUM_NEIGHBOURS, dtype=torch.float64)  # black, white
        at_place = torch.zeros(2, places << NUM_AT_PLACE, dtype=torch.float64)
        for part in x.split(AT_ONCE):
            seen, white = patterns(part), part.flatten(1).long()
            keys = _keys(seen)
            for value in (0, 1):
                chosen = white == value
                shared[value] += seen[chosen].bincount(minlength=shared.shape[1])
                at_place[value] += keys[chosen].bincount(minlength=at_place.shape[1])
        shares = [torch.tensor([0.5], dtype=torch.float64)]
        for count in range(NUM_NEIGHBOURS + 1):
            black, white = shared.view(2, -1, 1 << count).sum(1)  # the farther neighbours do not count
            prior = shares[-1][torch.arange(1 << count) % len(shares[-1])]
            shares.append((white + PRIOR * prior) / (black + white + PRIOR))
        anywhere = shares[NUM_AT_PLACE + 1]
        black, white = at_place.view(2, places, -1)
        here = (white + PRIOR_AT_PLACE * anywhere) / (black + white + PRIOR_AT_PLACE)
        added = (PLACE_UNIT * (here.logit() - anywhere.logit())).round().clamp(-127, 127)
        return cls((SHARED_UNIT * shares[-1].logit()).round().to(torch.int16), added.to(torch.int8))

    def log_prob(self, x: Tensor, by_place: bool = True) -> Tensor:
        """log p(x), (B,) in nats, of binary images (B, 1, H, W); not `by_place`: without what places add."""
        return torch.cat([self._log_prob(part, by_place) for part in x.split(AT_ONCE)])

    def _log_prob(self, x: Tensor, by_place: bool) -> Tensor:
        seen = patterns(x)
        odds = self.log_odds[seen].double() / SHARED_UNIT
        if by_place:
            odds += self.place.flatten()[_keys(seen)].double() / PLACE_UNIT
        return F.logsigmoid(torch.where(x.flatten(1) == 1, odds, -odds)).sum(1)

    def save(self, path: Path) -> None:
        """Write `counting.safetensors` of a model folder."""
        tables = {"log_odds": self.log_odds, "place": self.place, "offsets": torch.tensor(offsets())}
        save_file(tables, path)


def _keys(seen: Tensor) -> Tensor:
    """A number for each place and the pattern of its nearest neighbours, of `patterns` (B, H * W)."""
    nearest = seen % (1 << NUM_AT_PLACE)
    return (torch.arange(seen.shape[1]) << NUM_AT_PLACE) + nearest
