"""The twenty dimensions, without a browser."""

import json
from pathlib import Path

import pytest
from PIL import ImageChops

from space.lessons.manifold import api, sliders, work
from space.weights import hub
from tests.space.lessons.manifold.fakes import index, shown

pytestmark = pytest.mark.usefixtures("models")


def test_sliders_are_sorted_by_information_and_decode_along_it(models: Path) -> None:
    kl = json.loads((models / work.DEEP / "metrics.json").read_text())["kl_per_dimension"]["value"]
    active = work.active_dimensions(hub.load(work.DEEP))
    assert [value for _, value in active] == sorted(kl, reverse=True)
    base, image, _, *updates = sliders.start_from_digit(None, index(4))
    assert len(updates) == work.NUM_SLIDERS and updates[0].label.startswith(f"z{active[0][0] + 1} ")
    unmoved = sliders.decode_sliders(base, [base[dimension] for dimension, _ in active[: len(updates)]])
    assert unmoved[0] == image
    moved = sliders.decode_sliders(
        base, [3.0] + [base[dimension] for dimension, _ in active[1 : len(updates)]]
    )
    expected = list(base)
    expected[active[0][0]] = 3.0
    difference = ImageChops.difference(shown(moved[0]), api.decode(expected, work.DEEP))
    assert difference.getbbox() is None
