"""Densities on a line as the browser has them, against scipy and scikit-learn on the very same people."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import gaussian_kde, norm, uniform
from sklearn.mixture import GaussianMixture

from tests.node import run_in_node

PEOPLE = Path(__file__).parents[3] / "space" / "browser" / "people" / "ansur2.csv"
SCRIPT = """
import { readFileSync } from "node:fs";
import * as densities from "./space/browser/densities.js";
const { data, asked } = JSON.parse(readFileSync(0, "utf8"));
const seen = densities.tally(data);
const fits = {
  uniform: densities.fitUniform(seen), normal: densities.fitNormal(seen), mixture: densities.fitMixture(seen),
  histogram: densities.fitHistogram(seen, 2.5, 0.5), narrow: densities.fitKernels(seen, 0.3),
  kernels: densities.fitKernels(seen, 1.7),
};
const logs = (fit) => asked.map((x) => densities.logDensities(fit, densities.tally([x]))[0]);
const found = Object.fromEntries(Object.entries(fits).map(([name, fit]) => [name, logs(fit)]));
console.log(JSON.stringify({ ...found, parts: fits.mixture.parts }));
"""


@pytest.fixture(scope="module")
def people() -> np.ndarray:
    """Heights of 2,000 people, in cm."""
    with PEOPLE.open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return np.array([float(row["height_cm"]) for row in rows])[:2000]


@pytest.fixture(scope="module")
def asked() -> np.ndarray:
    """Places on the grid of tenths of the data and off it, near people and far from all."""
    return np.array([120, 149.95, 152.3, 160, 163.01, 171.23, 171.3, 185.5, 198, 230])


@pytest.fixture(scope="module")
def browser(people: np.ndarray, asked: np.ndarray) -> dict[str, Any]:
    found = run_in_node(SCRIPT, json.dumps({"data": people.tolist(), "asked": asked.tolist()}))
    return {key: value if key == "parts" else to_logs(value) for key, value in found.items()}


def to_logs(values: list[float | None]) -> np.ndarray:
    """JSON writes -Infinity as null."""
    return np.array([-np.inf if value is None else value for value in values])


def test_uniform_and_normal_are_scipys(browser: dict[str, Any], people: np.ndarray, asked: np.ndarray):
    low, high = people.min(), people.max()
    with np.errstate(divide="ignore"):
        expected = uniform.logpdf(asked, low, high - low)
    np.testing.assert_allclose(browser["uniform"], expected, rtol=0, atol=1e-9)
    expected = norm.logpdf(asked, people.mean(), people.std())
    np.testing.assert_allclose(browser["normal"], expected, rtol=0, atol=1e-9)


def test_the_histogram_is_numpys(browser: dict[str, Any], people: np.ndarray, asked: np.ndarray):
    edges = 0.5 + 2.5 * np.arange(0, 100)
    density, _ = np.histogram(people, edges, density=True)
    with np.errstate(divide="ignore"):
        expected = np.log(density[np.searchsorted(edges, asked, "right") - 1])
    np.testing.assert_allclose(browser["histogram"], expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("name", "bandwidth"), [("narrow", 0.3), ("kernels", 1.7)])
def test_kernels_are_scipys(
    browser: dict[str, Any], people: np.ndarray, asked: np.ndarray, name: str, bandwidth: float
):
    expected = gaussian_kde(people, bandwidth / people.std(ddof=1)).logpdf(asked)
    near = expected > -600  # scipy's density is 0 beyond
    np.testing.assert_allclose(browser[name][near], expected[near], rtol=0, atol=1e-9)
    nearest = np.abs(asked[:, None] - people).min(1)
    bound = norm.logpdf(nearest / bandwidth) - np.log(bandwidth)
    assert ((browser[name] <= bound + 1e-9) & (browser[name] >= bound - np.log(len(people)) - 1e-9)).all()


def test_two_normals_are_scikit_learns(browser: dict[str, Any], people: np.ndarray, asked: np.ndarray):
    """The density is exact. The fit is the one that scikit-learn's EM does not leave."""
    parts = browser["parts"]
    model = GaussianMixture(
        2,
        tol=1e-12,
        reg_covar=0,
        max_iter=50,
        weights_init=[part["weight"] for part in parts],
        means_init=[[part["mean"]] for part in parts],
        precisions_init=[[[part["sd"] ** -2]] for part in parts],
    ).fit(people[:, None])
    found = [[part["weight"], part["mean"], part["sd"]] for part in parts]
    expected = np.c_[model.weights_, model.means_, model.covariances_.ravel() ** 0.5]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    logs = np.logaddexp(*(np.log(w) + norm.logpdf(asked, m, s) for w, m, s in found))
    np.testing.assert_allclose(browser["mixture"], logs, rtol=0, atol=1e-9)
