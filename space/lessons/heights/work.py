"""Models of numbers on a line, each scored on numbers that it has not seen: what the page computes, in NumPy.

The browser computes the same in `space/browser/densities.js`. Logarithms are natural: scores are in nats.
"""

from collections.abc import Callable, Sequence
from math import log, pi, sqrt
from typing import Any

import numpy as np

from space.page.random_numbers import random_uniform
from space.text.limits import MAX_NUMBERS
from space.text.refusals import Problem, check_number

SHARE_NEW = 0.3
"""of all numbers, kept for the score"""
Array = np.ndarray
LogDensity = Callable[[Array], Array]
"""(n,) numbers -> (n,) logarithms of a density, -inf where a number is impossible"""


def split(values: Sequence[float], seed: int) -> tuple[Array, Array]:
    """Numbers to fit models to, and new ones: the last 30 % of an order that the seed decides."""
    shuffled, uniform = list(values), random_uniform(seed)
    for i in range(len(shuffled) - 1, 0, -1):  # Fisher and Yates
        j = int(next(uniform) * (i + 1))
        shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
    num_new = max(1, int(SHARE_NEW * len(shuffled) + 0.5))
    return np.array(shuffled[:-num_new]), np.array(shuffled[-num_new:])


def log_normal(x: Array, mean: float, sd: float) -> Array:
    return -0.5 * ((x - mean) / sd) ** 2 - log(sd) - 0.5 * log(2 * pi)


def fit_uniform(data: Array) -> LogDensity:
    low, high = data.min(), data.max()
    return lambda x: np.where((x >= low) & (x <= high), -log(high - low), -np.inf)


def fit_normal(data: Array) -> LogDensity:
    return lambda x: log_normal(x, data.mean(), data.std())


def fit_histogram(data: Array, width: float) -> LogDensity:
    """Bins with an edge at 0; a number on an edge falls into the bin on its right."""
    bins = {}
    for k in np.floor(data / width + 1e-9):
        bins[k] = bins.get(k, 0) + 1
    density = {k: log(count / (len(data) * width)) for k, count in bins.items()}
    return lambda x: np.array([density.get(k, -np.inf) for k in np.floor(x / width + 1e-9)])


def fit_kernels(data: Array, bandwidth: float) -> LogDensity:
    """The mean of normals around all numbers seen."""
    places, counts = np.unique(data, return_counts=True)

    def log_density(x: Array) -> Array:
        logs = log_normal(x[:, None], places, bandwidth) + np.log(counts / len(data))  # (n, places)
        most = logs.max(1)
        return most + np.log(np.exp(logs - most[:, None]).sum(1))

    return log_density


def fit_mixture(data: Array) -> LogDensity:
    """Two normals of great likelihood: the better of two maxima; each at least 1/50 as wide as all."""
    mean, sd = data.mean(), data.std()
    starts = (
        [0, mean - 0.67 * sd, mean + 0.67 * sd, log(0.74 * sd), log(0.74 * sd)],  # one on each side
        [
            -1,
            mean - 0.2 * sd,
            mean + 0.1 * sd,
            log(0.5 * sd),
            log(1.2 * sd),
        ],  # a narrow one within a wide one
    )
    x, counts = np.unique(data, return_counts=True)
    tops = [climb(x, counts / len(data), np.array(start), log(sd / 50)) for start in starts]
    point, _ = max(tops, key=lambda top: top[1])
    return lambda x: np.logaddexp(*log_parts(x, point))


def log_parts(x: Array, point: Array) -> Array:
    """(2, n): the logarithm of weight times density of each part at each x.

    `point` is the logit of the first weight, both means, and the logarithms of both deviations.
    """
    logit, *means = point[:3]
    log_weights = -np.log1p(np.exp([-logit, logit]))
    sds = np.exp(point[3:])
    return np.stack([log_weights[k] + log_normal(x, means[k], sds[k]) for k in range(2)])


def climb(x: Array, shares: Array, point: Array, least: float) -> tuple[Array, float]:
    """Newton's steps to a maximum of the likelihood, damped where they would go down (Levenberg, Marquardt).

    `shares` are those of each x among the data. Returns the point and its mean log-likelihood.
    """
    value, gradient, hessian = likelihood(x, shares, point)
    damping = 1.0
    for _ in range(200):
        weights, precisions = 1 / (1 + np.exp([-point[0], point[0]])), np.exp(-2 * point[3:])
        scale = np.r_[
            weights.prod(), weights * precisions, 2 * weights
        ]  # the curvature if the parts were known
        step = np.linalg.solve(damping * np.diag(scale) - hessian, gradient)
        following = np.r_[point[:3] + step[:3], np.maximum(least, point[3:] + step[3:])]
        found = likelihood(x, shares, following)
        if found[0] > value:
            gain, damping = found[0] - value, damping / 5
            point, (value, gradient, hessian) = following, found
            if gain < 1e-14:
                break
        elif (damping := damping * 4) > 1e12:
            break
    return point, value


def likelihood(x: Array, shares: Array, point: Array) -> tuple[float, Array, Array]:
    """Mean log-likelihood of two normals at `point`, its gradient (5,) and its Hessian (5, 5)."""
    logs = log_parts(x, point)
    total = np.logaddexp(*logs)
    of_part = np.exp(logs - total) * shares  # (2, n)
    (a, b), sds = 1 / (1 + np.exp([-point[0], point[0]])), np.exp(point[3:])
    z = (x - point[1:3, None]) / sds[:, None]  # (2, n)
    zero = np.zeros_like(x)
    by_part = np.stack(
        [
            [zero + b, z[0] / sds[0], zero, z[0] ** 2 - 1, zero],
            [zero - a, zero, z[1] / sds[1], zero, z[1] ** 2 - 1],
        ]
    )  # (2, 5, n): gradients of the two logs
    gap = by_part[0] - by_part[1]
    hessian = (gap * of_part[0] * of_part[1] / shares) @ gap.T - np.diag(
        np.r_[a * b * shares.sum(), of_part.sum(1) / sds**2, 2 * (of_part * z**2).sum(1)]
    )
    for k in range(2):
        mixed = 2 * (of_part[k] * z[k]).sum() / sds[k]
        hessian[1 + k, 3 + k] -= mixed
        hessian[3 + k, 1 + k] -= mixed
    return float(shares @ total), np.einsum("kn,kjn->j", of_part, by_part), hessian


def score(log_density: LogDensity, new: Array) -> dict[str, float | int | None]:
    """Mean log-likelihood of new numbers and its standard error; None where some are impossible."""
    logs = log_density(new)
    impossible = int(np.isneginf(logs).sum())
    if impossible:
        return {"nats": None, "error": None, "impossible": impossible}
    error = float(logs.std(ddof=1) / sqrt(len(new))) if len(new) > 1 else None
    return {"nats": float(logs.mean()), "error": error, "impossible": 0}


def score_models(values: Sequence[float], width: float, bandwidth: float, seed: int) -> dict[str, Any]:
    """All models fitted to 70 % of `values` and scored on the rest."""
    known, new = split(check_values(values), seed)
    if known.min() == known.max():
        raise Problem("equal_numbers")
    fitted = {
        "uniform": fit_uniform(known),
        "normal": fit_normal(known),
        "histogram": fit_histogram(known, width),
        "kernels": fit_kernels(known, bandwidth),
        "mixture": fit_mixture(known),
    }
    return {
        "seen": len(known),
        "new": len(new),
        "models": {name: score(log_density, new) for name, log_density in fitted.items()},
    }


def check_values(values: Any) -> list[float]:
    """A caller's numbers: 4 to `MAX_NUMBERS`, not all equal; else a `Problem`."""
    if not isinstance(values, list) or not 4 <= len(values) <= MAX_NUMBERS:
        raise Problem("numbers", most=MAX_NUMBERS)
    numbers = [float(check_number("values", value, -1e6, 1e6)) for value in values]
    if min(numbers) == max(numbers):
        raise Problem("equal_numbers")
    return numbers
