"""Both ways to tell apart as the browser has them, against scikit-learn on the very same people."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from tests.node import run_in_node

PEOPLE = Path(__file__).parents[3] / "space" / "browser" / "people" / "ansur2.csv"
ASKED = np.array([[175, 80], [166, 62], [120, 170], [230, 30], [171.3, 79.9], [150, 150]])
"""near people, and where nobody is"""
SCRIPT = """
import { readFileSync } from "node:fs";
import * as classes from "./space/browser/classes.js";
const { sets, asked } = JSON.parse(readFileSync(0, "utf8"));
const found = sets.map(({ columns, label }) => {
  const data = { columns: columns.map((each) => Float64Array.from(each)), label: Uint8Array.from(label) };
  const at = (odds) => asked.map(([x, y]) => classes.valueAt(odds, x, y));
  const normals = Object.keys(classes.KINDS).map((kind) => {
    const fit = classes.fitNormals(data, kind);
    const kept = columns.map((_, j) => classes.logDensities(classes.keep(fit, [j]))
      .map((each) => asked.map((x) => classes.valueAt(each, x[j]))));
    return [kind, { fit, odds: at(classes.oddsOfNormals(fit)), kept,
      logs: classes.logDensities(fit).map(at) }];
  });
  const alone = columns.map((_, j) => Object.fromEntries(Object.keys(classes.KINDS).map((kind) => [kind,
    classes.logDensities(classes.fitNormals({ columns: [data.columns[j]], label: data.label }, kind))
      .map((each) => asked.map((x) => classes.valueAt(each, x[j])))])));
  const logistic = classes.fitLogistic(data);
  return { logistic, left: at(logistic.odds), normals: Object.fromEntries(normals), alone };
});
console.log(JSON.stringify(found));
"""


def people(features: int, rows: slice, unit: float = 1) -> tuple[np.ndarray, np.ndarray]:
    with PEOPLE.open(encoding="utf-8") as file:
        found = list(csv.DictReader(line for line in file if not line.startswith("#")))[rows]
    x = np.array([[float(row["height_cm"]), float(row["weight_kg"])] for row in found])[:, :features]
    return x * unit, np.array([int(row["sex"] == "M") for row in found])


SETS = {
    "all": people(2, slice(None)),
    "heights": people(1, slice(None)),
    "eighty": people(2, slice(100, 180)),
    "thirty": people(1, slice(500, 530)),
}


@pytest.fixture(scope="module")
def browser() -> dict[str, Any]:
    sets = [{"columns": x.T.tolist(), "label": label.tolist()} for x, label in SETS.values()]
    found = run_in_node(SCRIPT, json.dumps({"sets": sets, "asked": ASKED.tolist()}))
    return dict(zip(SETS, found, strict=True))


@pytest.mark.parametrize("name", SETS)
def test_logistic_regression_is_scikit_learns(browser: dict[str, Any], name: str):
    x, label = SETS[name]
    scale = x.std(0)  # lbfgs and its tolerance like numbers of size 1; without a penalty nothing else changes
    model = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-12, max_iter=200)
    model.fit((x - x.mean(0)) / scale, label)
    linear = model.coef_[0] / scale
    constant = model.intercept_[0] - linear @ x.mean(0)
    odds = browser[name]["logistic"]["odds"]
    assert browser[name]["logistic"]["problem"] == ""
    np.testing.assert_allclose(odds["linear"], linear, rtol=0, atol=1e-6)
    np.testing.assert_allclose(odds["constant"], constant, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", SETS)
def test_lda_qda_and_naive_bayes_are_scikit_learns(browser: dict[str, Any], name: str):
    x, label = SETS[name]
    asked = ASKED[:, : x.shape[1]]
    found = browser[name]["normals"]
    lda = LinearDiscriminantAnalysis(solver="lsqr").fit(x, label)  # variances divide by n
    np.testing.assert_allclose(found["lda"]["fit"]["covariance"][0], lda.covariance_, rtol=1e-9)
    np.testing.assert_allclose(found["lda"]["fit"]["mean"], lda.means_, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found["lda"]["odds"], lda.decision_function(asked), rtol=1e-9, atol=1e-9)
    logs = GaussianNB(var_smoothing=0).fit(x, label).predict_joint_log_proba(asked).T
    np.testing.assert_allclose(found["naive"]["logs"], logs, rtol=1e-9, atol=1e-9)
    qda = QuadraticDiscriminantAnalysis().fit(x, label)
    np.testing.assert_allclose(found["qda"]["odds"], qda.decision_function(asked), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_naive_bayes_with_one_spread_has_the_mean_of_the_variances(browser: dict[str, Any], name: str):
    x, label = SETS[name]
    each = [np.var(x[label == k], axis=0) for k in (0, 1)]
    shared = np.average(each, axis=0, weights=np.bincount(label))
    for covariance in browser[name]["normals"]["naive_shared"]["fit"]["covariance"]:
        np.testing.assert_allclose(covariance, np.diag(shared), rtol=1e-9)


@pytest.mark.parametrize("kind", ["lda", "qda", "naive", "naive_shared"])
def test_a_missing_measurement_is_integrated_out(browser: dict[str, Any], kind: str):
    """The marginal is the fit of the other measurement alone, and the integral over the missing one."""
    found = browser["eighty"]["normals"][kind]
    for j, alone in enumerate(browser["eighty"]["alone"]):
        np.testing.assert_allclose(found["kept"][j], alone[kind], rtol=1e-12, atol=1e-12)
    fit = found["fit"]
    weights = np.linspace(-800, 1000, 36_001)
    for k in (0, 1):
        normal = multivariate_normal(fit["mean"][k], fit["covariance"][k])
        for place, expected in zip(ASKED[:4, 0], found["kept"][0][k], strict=False):
            line = fit["share"][k] * normal.pdf(np.c_[np.full_like(weights, place), weights])
            assert line.sum() * 0.05 == pytest.approx(np.exp(expected), rel=1e-9)
