"""The random numbers of the page's scripts, for the Python that gives the same figures."""

from collections.abc import Iterator


def random_uniform(seed: int) -> Iterator[float]:
    """Numbers in [0, 1): the mulberry32 of `space/browser/numbers.js`."""
    while True:
        seed = (seed + 0x6D2B79F5) & 0xFFFFFFFF
        t = (seed ^ seed >> 15) * (seed | 1) & 0xFFFFFFFF
        t = t + ((t ^ t >> 7) * (t | 61) & 0xFFFFFFFF) & 0xFFFFFFFF ^ t
        yield (t ^ t >> 14) / 2**32
