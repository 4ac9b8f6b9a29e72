"""Two kinds told apart by a boundary, and by a normal of each kind: what the page computes, in NumPy.

The browser computes the same in `space/browser/classes.js` and `redraws.js`. Logarithms are natural. `x` is
(n, d), of one or two measurements; `label` is (n,), 0 or 1.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from space.page.random_numbers import random_uniform

Array = np.ndarray
RIVALS = ("logistic", "naive_shared", "naive", "lda", "qda")
MOST_STEPS = 60
SEPARATED = 1e-3
"""nats a person: where all are on their sides, the steps stop here"""


class Odds(NamedTuple):
    """Log odds of kind 1: constant + linear x + x quadratic x. The boundary is where they are 0."""

    constant: float
    linear: Array
    quadratic: Array

    def at(self, x: Array) -> Array:
        return self.constant + x @ self.linear + ((x @ self.quadratic) * x).sum(1)


class Normals(NamedTuple):
    """Of each kind: its share, means (d,) and covariance (d, d)."""

    share: Array
    mean: Array
    covariance: Array


def fit_logistic(x: Array, label: Array) -> tuple[Odds, bool]:
    """P(Y | X) by Newton's steps to the greatest likelihood, without a penalty.

    Returns the log odds, and whether the likelihood has a maximum: where a boundary separates the kinds it
    has none, and the odds are those at which the steps were stopped.
    """
    mean, sd, sign = x.mean(0), x.std(0), 2 * label - 1.0
    z = np.c_[np.ones(len(x)), (x - mean) / sd]  # (n, 1 + d)
    weights, steps_end = np.zeros(z.shape[1]), False

    def loss(weights: Array) -> float:
        return float(np.logaddexp(0, -sign * (z @ weights)).mean())

    for _ in range(MOST_STEPS):
        logit = z @ weights
        if (sign * logit > 0).all() and loss(weights) < SEPARATED:
            break
        wrong = np.exp(-np.logaddexp(0, sign * logit))  # the probability of the other kind
        slope = z.T @ (sign * wrong)
        curvature = (z.T * (wrong * (1 - wrong))) @ z
        try:
            step = np.linalg.solve(curvature, slope)
        except np.linalg.LinAlgError:
            break
        length = 1.0
        while not loss(weights + length * step) <= loss(weights) + 1e-13 and length > 1e-6:
            length /= 2
        size = np.abs(weights).max()
        weights = weights + length * step
        if np.abs(step).max() < 1e-8 * (1 + size):
            steps_end = True
            break
    linear = weights[1:] / sd
    return Odds(float(weights[0] - linear @ mean), linear, np.zeros((len(mean), len(mean)))), steps_end


def fit_normals(x: Array, label: Array, kind: str) -> Normals:
    """P(X | Y) and P(Y) of greatest likelihood: variances divide by n.

    Both kinds share their covariance in "lda" and "naive_shared"; the measurements of a kind are independent
    in "naive" and "naive_shared".
    """
    parts = [x[label == k] for k in (0, 1)]
    share = np.array([len(part) / len(x) for part in parts])
    mean = np.stack([part.mean(0) for part in parts])
    covariance = np.stack([np.atleast_2d(np.cov(part.T, bias=True)) for part in parts])
    if kind in ("lda", "naive_shared"):
        covariance = np.stack([np.tensordot(share, covariance, 1)] * 2)
    if kind in ("naive", "naive_shared"):
        covariance = covariance * np.eye(x.shape[1])
    return Normals(share, mean, covariance)


def keep(fit: Normals, features: list[int]) -> Normals:
    """The fit of some measurements: of a normal, the others are integrated out by leaving them away."""
    return Normals(fit.share, fit.mean[:, features], fit.covariance[:, features][:, :, features])


def log_densities(fit: Normals, x: Array) -> Array:
    """(2, n): log P(Y = k) p(x | Y = k)."""
    logs = []
    for share, mean, covariance in zip(*fit, strict=True):
        away = x - mean
        square = np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away)
        logs.append(np.log(share) - 0.5 * (square + np.linalg.slogdet(2 * np.pi * covariance)[1]))
    return np.stack(logs)


def odds_of_normals(fit: Normals) -> Odds:
    """What Bayes makes of two normals: log P(Y = 1 | x) - log P(Y = 0 | x)."""
    inverse = np.linalg.inv(fit.covariance)
    linear = np.einsum("kij,kj->ki", inverse, fit.mean)
    square = np.einsum("ki,ki->k", linear, fit.mean)
    constant = np.log(fit.share) - 0.5 * (square + np.linalg.slogdet(fit.covariance)[1])
    return Odds(float(constant[1] - constant[0]), linear[1] - linear[0], 0.5 * (inverse[0] - inverse[1]))


def redraw(x: Array, label: Array, n: int, number: int, rivals: Sequence[str] = RIVALS) -> dict[str, float]:
    """The error of each rival that learns from n people, half of each kind, on all who are not among them.

    It is the mean of both kinds' shares told wrong; even odds are half an error. `number` decides the sample.
    A rival that cannot answer has NaN.
    """
    uniform = random_uniform((n * 1_000_003 + number * 7919) & 0xFFFFFFFF)
    known, others = [], []
    for kind in (0, 1):
        order = np.flatnonzero(label == kind)
        for i in range(n // 2):
            j = i + int(next(uniform) * (len(order) - i))
            order[i], order[j] = order[j], order[i]
        known.append(order[: n // 2])
        others.append(order[n // 2 :])
    sample = np.concatenate(known)
    errors = {}
    for rival in rivals:
        odds = _odds(x[sample], label[sample], rival)
        wrong = [
            np.mean((1 + np.sign(odds.at(x[part])) * (1 - 2 * kind)) / 2) if odds else np.nan
            for kind, part in enumerate(others)
        ]
        errors[rival] = float(np.mean(wrong))
    return errors


def _odds(x: Array, label: Array, rival: str) -> Odds | None:
    if rival == "logistic":
        return fit_logistic(x, label)[0]
    fit = fit_normals(x, label, rival)
    spread = np.diagonal(fit.covariance, axis1=1, axis2=2).prod(1)
    if (np.linalg.det(fit.covariance) <= 1e-10 * spread).any():
        return None  # a normal without width
    return odds_of_normals(fit)
