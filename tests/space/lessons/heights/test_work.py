"""The Python behind the heights tab: the figures of the page, and hostile numbers."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from space.lessons.heights import api, work
from space.text.refusals import Problem
from tests.node import run_in_node

PEOPLE = Path(__file__).parents[4] / "space" / "browser" / "people" / "ansur2.csv"
SCRIPT = """
import { readFileSync } from "node:fs";
import { readPeople } from "./space/browser/people.js";
import { Crowd } from "./space/lessons/heights/crowd.js";
const crowd = new Crowd({ ansur2: readPeople(readFileSync("./space/browser/people/ansur2.csv", "utf8")) });
const found = {};
for (const [who, seed, width] of [["F", 1, 4], ["both", 3, 2]]) {
  crowd.set({ who, seed, width, n: 1e9 });
  const scores = crowd.ranking().filter(({ score }) => score).map(({ model, score }) => [model, score]);
  found[who] = { seen: crowd.n, new: crowd.fresh.n, models: Object.fromEntries(scores) };
}
console.log(JSON.stringify(found));
"""


def heights(sex: str) -> list[float]:
    with PEOPLE.open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return [float(row["height_cm"]) for row in rows if sex in (row["sex"], "both")]


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """What the browser finds for women, and for all."""
    return run_in_node(SCRIPT)


@pytest.mark.parametrize(("who", "seed", "width"), [("F", 1, 4.0), ("both", 3, 2.0)])
def test_python_gives_the_scores_of_the_page(page: dict[str, Any], who: str, seed: int, width: float):
    """Same split, same models: so the score that a visitor reads can be had from the file of people."""
    known, new = work.split(heights(who), seed)
    assert (len(known), len(new)) == (page[who]["seen"], page[who]["new"])
    for name, fit in {
        "uniform": work.fit_uniform(known),
        "normal": work.fit_normal(known),
        "histogram": work.fit_histogram(known, width),
        "kernels": work.fit_kernels(known, 1.5),
        "mixture": work.fit_mixture(known),
    }.items():
        found, expected = work.score(fit, new), page[who]["models"][name]
        assert found["impossible"] == expected["impossible"], name
        if found["impossible"]:
            assert found["nats"] is None and expected["mean"] is None  # JSON knows no -Infinity
            continue
        within = 1e-7 if name == "mixture" else 1e-9  # where its climb ends
        assert found["nats"] == pytest.approx(expected["mean"], abs=within), name
        assert found["error"] == pytest.approx(expected["error"], abs=within), name


def test_the_endpoint_scores_all_models():
    found = api.heights(heights("M")[:300], width=3)
    assert (found["seen"], found["new"]) == (210, 90)
    assert list(found["models"]) == ["uniform", "normal", "histogram", "kernels", "mixture"]
    assert found["models"]["normal"]["nats"] == pytest.approx(-3.4, abs=0.15)
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, 3],
        [],
        None,
        "170 165 180",
        {"a": 1},
        [170] * 10,
        [1, 2, 3, "4"],
        [1, 2, 3, None],
        [1, 2, 3, True],
        [1, 2, 3, float("nan")],
        [1, 2, 3, float("inf")],
        [1, 2, 3, 10**400],
        [[1], 2, 3, 4],
        list(range(5001)),
        [1.0] + [0.0] * 9,  # with this seed the 1 is among the new, and what the models see is equal
    ],
)
def test_numbers_that_no_model_fits_are_refused(values: Any):
    with pytest.raises(Problem):
        api.heights(values)


@pytest.mark.parametrize("wrong", [{"width": 0}, {"bandwidth": float("nan")}, {"seed": -1}, {"width": None}])
def test_settings_out_of_range_are_refused(wrong: dict[str, Any]):
    with pytest.raises(Problem):
        api.heights(list(range(40)), **wrong)


def test_the_spread_of_a_tiny_or_heaped_sample_is_finite():
    for values in ([0, 0, 0, 1], [1, 1, 1, 1, 1, 2, 2, 2], np.linspace(-1e6, 1e6, 50).tolist()):
        known, new = work.split(values, 1)
        if known.min() < known.max():
            for fit in (work.fit_normal(known), work.fit_mixture(known), work.fit_kernels(known, 0.5)):
                assert np.isfinite(fit(new)).all()
