"""The Python behind the classify tab: the figures of the page, from the same file of people."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from space.lessons.classify import work
from space.text import TEXT
from tests.node import run_in_node
from tests.processes import ROOT

PEOPLE = ROOT / "space" / "browser" / "people" / "ansur2.csv"
RESULTS = ROOT / "training" / "bench" / "results" / "crossing.csv"
SCRIPT = """
import { readFileSync } from "node:fs";
import { readPeople } from "./space/browser/people.js";
import { Redraws, RIVALS } from "./space/browser/redraws.js";
import { Survey } from "./space/lessons/classify/survey.js";
const ansur2 = readPeople(readFileSync("./space/browser/people/ansur2.csv", "utf8"));
const survey = new Survey({ ansur2 });
const found = ["lda", "qda", "naive", "naive_shared"].map((kind) => {
  survey.set({ features: "two", n: 400, kind, at: [175, 80] });
  const { logistic, normals, odds, seen } = survey;
  return { kind, logistic, normals, odds: odds.right, answer: survey.answer(),
    x: Array.from(seen.label, (_, i) => seen.columns.map((column) => column[i])),
    label: Array.from(seen.label) };
});
const redraws = new Redraws(survey.seen);
const draws = [[4, 1], [10, 7], [20, 2], [80, 3]].map(([n, number]) => {
  const { errors, separable } = redraws.draw(n, number);
  return { n, number, separable, errors: Object.fromEntries(RIVALS.map((rival, i) => [rival, errors[i]])) };
});
console.log(JSON.stringify({ found, draws }));
"""


def people() -> tuple[np.ndarray, np.ndarray]:
    """Height and weight, and 1 for men."""
    with PEOPLE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    x = np.array([[float(row["height_cm"]), float(row["weight_kg"])] for row in rows])
    return x, np.array([int(row["sex"] == "M") for row in rows])


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    return run_in_node(SCRIPT)


def test_python_gives_the_coefficients_and_the_answers_of_the_page(page: dict[str, Any]):
    for one in page["found"]:
        x, label, point = np.array(one["x"]), np.array(one["label"]), np.array([[175, 80]])
        odds, has_maximum = work.fit_logistic(x, label)
        assert has_maximum
        np.testing.assert_allclose(odds.linear, one["logistic"]["odds"]["linear"], rtol=0, atol=1e-9)
        np.testing.assert_allclose(odds.at(point)[0], one["answer"]["left"], rtol=0, atol=1e-9)
        fit = work.fit_normals(x, label, one["kind"])
        np.testing.assert_allclose(fit.mean, one["normals"]["mean"], rtol=1e-12)
        np.testing.assert_allclose(fit.covariance, one["normals"]["covariance"], rtol=1e-9, atol=1e-9)
        logs = work.log_densities(fit, point)[:, 0]
        np.testing.assert_allclose(logs, one["answer"]["logs"], rtol=0, atol=1e-9)
        of_normals = work.odds_of_normals(fit)
        np.testing.assert_allclose(of_normals.at(point)[0], logs[1] - logs[0], rtol=0, atol=1e-9)
        np.testing.assert_allclose(of_normals.linear, one["odds"]["linear"], rtol=1e-9)
        height = work.log_densities(work.keep(fit, [0]), point[:, :1])
        alone = work.log_densities(work.fit_normals(x[:, :1], label, one["kind"]), point[:, :1])
        np.testing.assert_allclose(height, alone, rtol=0, atol=1e-12)


def test_python_draws_the_samples_of_the_page(page: dict[str, Any]):
    x, label = (np.array(page["found"][0][name]) for name in ("x", "label"))
    separable = []
    for draw in page["draws"]:
        found = work.redraw(x, label, draw["n"], draw["number"])
        expected = {rival: np.nan if error is None else error for rival, error in draw["errors"].items()}
        assert found == pytest.approx(expected, abs=1e-12, nan_ok=True)
        separable.append(draw["separable"])
    assert set(separable) == {True, False}


def cells() -> dict[tuple[int, str], tuple[float, float]]:
    """(n, rival) -> mean error and its standard error, in %, as training.bench.crossing wrote them."""
    with RESULTS.open(encoding="utf-8") as file:
        return {
            (int(row["n"]), rival): (float(row[rival]), float(row[f"{rival}_standard_error"]))
            for row in csv.DictReader(file)
            for rival in ("gap", *work.RIVALS)
            if row[rival]
        }


def test_two_cells_of_the_crossing_come_out_again():
    """Small samples, where naive Bayes is ahead, and larger ones, where it is not any more: by NumPy."""
    x, label = people()
    measured = cells()
    for n in (20, 160):
        rivals = ("logistic", "naive_shared")
        errors = [work.redraw(x, label, n, number, rivals) for number in range(1, 201)]
        for rival in rivals:
            each = 100 * np.array([one[rival] for one in errors])
            assert measured[n, rival] == pytest.approx(
                (each.mean(), each.std(ddof=1) / np.sqrt(200)), abs=5.1e-4
            ), (n, rival)
    assert measured[20, "gap"][0] > 0 > measured[160, "gap"][0]


def test_the_page_and_the_docs_say_what_was_measured():
    measured = cells()
    said = TEXT["classify.play.race.measured"]
    docs = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")
    for sentence in said:
        for cell in ((4, "naive_shared"), (4, "logistic"), (4, "lda"), (4, "naive")):
            assert f"{measured[cell][0]:.1f} %" in sentence, cell
        even, ahead = measured[80, "gap"], measured[800, "gap"]
        assert f"{even[0]:.2f} ± {even[1]:.2f}" in sentence and abs(even[0]) < 2 * even[1]
        assert f"{-ahead[0]:.2f} ± {ahead[1]:.2f}" in sentence
    assert measured[40, "gap"][0] > 2 * measured[40, "gap"][1]
    assert measured[160, "gap"][0] < -2 * measured[160, "gap"][1]
    (table,) = re.findall(r"<!-- crossing -->\n\|.*\n\|---.*\n((?:\|.*\n)+)", docs)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    assert [int(row[0]) for row in rows] == sorted({n for n, _ in measured})
    for n, *shown, separable in rows:
        assert separable.isdigit()
        for rival, cell in zip((*work.RIVALS, "gap"), shown, strict=True):
            found = measured.get((int(n), rival))
            text = f"{found[0]:.2f} ± {found[1]:.2f}".replace("-", "−") if found else "–"
            assert cell == text, (n, rival)


def test_a_separable_sample_is_named():
    x = np.array([[1.0], [2.0], [3.0], [4.0]])
    odds, has_maximum = work.fit_logistic(x, np.array([0, 0, 1, 1]))
    assert not has_maximum and -odds.constant / odds.linear[0] == pytest.approx(2.5)
    assert json.dumps(odds.constant)
    assert Path(RESULTS).exists()
