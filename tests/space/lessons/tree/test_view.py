"""The tree tab's texts and markup; what runs in the browser is tested there."""

import re

from space.lessons.tree import settings, tab
from space.lessons.tree.view import FIGURES, MARKUP, QUESTIONS
from space.page.components import asset
from space.page.modules import SOURCES
from tests.node import run_in_node

SCRIPT = asset(*(path for path in SOURCES if path.startswith("lessons/tree/") and path.endswith(".js")))


def test_every_text_that_the_lesson_uses_exists():
    used = set(re.findall(r'data-(?:text|label)="([\w.]+)"', MARKUP))
    for call in re.findall(r"\btext\(([^)]*)\)", SCRIPT):
        used |= set(re.findall(r'"([\w.]+)"', call))
    used |= {f"{question}.{family}" for question in QUESTIONS for family in settings.FAMILIES}
    used |= {f"answers.{family}" for family in settings.FAMILIES} | {f"figure.{name}" for name in FIGURES}
    used |= {f"point.{family}" for family in settings.FAMILIES} | {f"data.{name}" for name in settings.DATA}
    used |= {
        "found.bridge",
        "found.blur",
        "found.stray",
        "layer.mesh",
        "layer.ellipses",
        "broken",
        "film.sigma",
        "film.t",
    }
    used |= {"plane.model.ruler", "plane.model.caption", "problem.outside", "problem.thread", "problem.full"}
    used |= {"state.empty", "state.waiting", "state.counted", "state.steps", "state.beyond", "state.most"}
    used &= tab.WORDS["ko"].keys() | {key for key in used if "." in key}
    assert used <= tab.WORDS["ko"].keys(), "texts that are missing"
    assert tab.WORDS["ko"].keys() - used == set(), "texts that nothing shows"


def test_markup_is_no_template():
    """Gradio would fill in `${...}` and `{{...}}`, and draw the canvases anew with each change."""
    assert "${" not in MARKUP and "{{" not in MARKUP


def test_page_and_link_know_the_same_settings():
    found = run_in_node(
        'import { DEFAULTS, MOST } from "./space/lessons/tree/bench.js";'
        'import { DATA } from "./space/browser/plane/data.js";'
        'import { FAMILIES } from "./space/browser/plane/families.js";'
        'import { EXTENT } from "./space/browser/mixtures.js";'
        "console.log(JSON.stringify({ DEFAULTS, EXTENT, MOST, DATA: Object.keys(DATA), "
        "FAMILIES: Object.keys(FAMILIES) }));"
    )
    assert set(found["DATA"]) == set(settings.DATA) and set(found["FAMILIES"]) == set(settings.FAMILIES)
    assert found["EXTENT"] == settings.EXTENT
    assert found["MOST"] == {"steps": settings.MAX_STEPS, "restarts": settings.MAX_RESTARTS}
    assert found["DEFAULTS"] == {
        name: rule["default"] for name, rule in tab.LINKED.items() if name != "steps"
    }


def test_each_family_is_a_leaf_of_the_tree_once():
    assert sorted(re.findall(r'data-family="(\w+)"', MARKUP)) == sorted(settings.FAMILIES)
    nodes, above = re.findall(r'data-node="(\w+)"', MARKUP), re.findall(r'data-under="(\w+)"', MARKUP)
    assert len(nodes) == len(set(nodes)) and set(above) < set(nodes)
    assert len(above) == len(nodes) - 1  # all but the root
