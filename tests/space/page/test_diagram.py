"""Styles of diagrams: a lesson's own do not reach into them."""

import re

import pytest

from space.page.components import asset
from tests.processes import ROOT

CLASS = re.compile(r"\.([a-z][a-z-]+)")
STYLES = [
    path
    for name in ("generate", "manifold", "reconstruct", "game", "pixels", "diffusion")
    for path in sorted((ROOT / "space" / "lessons" / name).glob("*.css"))
]
"""of lessons that show a diagram of diagram.js"""


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_no_rule_of_a_lesson_begins_with_a_class_of_a_diagram(path):
    """A lesson's styles hold for all within it, diagrams too."""
    ours = set(CLASS.findall(re.sub(r"/\*.*?\*/", "", asset("page/diagram.css")))) - {"diagram"}
    assert {"loss-line", "term", "layer", "meant"} <= ours
    selectors = re.findall(r"([^{};]+)\{", re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL))
    first = [CLASS.match(one.strip()) for selector in selectors for one in selector.split(",")]
    assert ours.isdisjoint(found[1] for found in first if found)
