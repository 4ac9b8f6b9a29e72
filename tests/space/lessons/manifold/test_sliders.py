"""The twenty dimensions, without a browser."""

import json
from pathlib import Path

import pytest

from space.lessons.manifold import sliders, view, work
from space.text.refusals import Problem
from space.weights import hub

pytestmark = pytest.mark.usefixtures("models")


def test_sliders_are_sorted_by_information(models: Path) -> None:
    kl = json.loads((models / work.DEEP / "metrics.json").read_text())["kl_per_dimension"]["value"]
    told = view.told(hub.load(work.DEEP))
    assert [value for _, value in told["dimensions"]] == sorted(kl, reverse=True)
    assert told["latent_dim"] == len(told["dimensions"]) == view.MOST_SLIDERS
    assert work.DEEP in told["badge"]


@pytest.mark.parametrize("point", [None, [], {}, {"z": None}, {"z": [0.0] * 19}, {"z": ["0"] * 20}, "z"])
def test_a_point_that_is_none_is_refused(point: object) -> None:
    with pytest.raises(Problem):
        sliders.show_code(point)
