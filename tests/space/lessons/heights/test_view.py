"""The heights tab's texts and markup; what runs in the browser is tested there."""

import re

from space.lessons.heights import settings, tab
from space.lessons.heights.view import MARKUP
from space.page.components import asset
from space.page.modules import SOURCES
from tests.node import run_in_node

SCRIPT = asset(*(path for path in SOURCES if path.startswith("lessons/heights/") and path.endswith(".js")))


def test_every_text_that_the_lesson_uses_exists():
    used = set(re.findall(r'data-(?:text|label)="([\w.]+)"', MARKUP))
    used |= {
        key for call in re.findall(r"\btext\(([^)]*)\)", SCRIPT) for key in re.findall(r'"([\w.]+)"', call)
    }
    used |= {f"{name}.what" for name in settings.MODELS} | {f"{name}.source" for name in settings.DATA}
    used |= {f"own.{problem}" for problem in ("few", "many", "equal", "text")}
    used |= {f"own.unit.{unit}" for unit in ("m", "ft", "in", "mm")}
    used |= {f"vote.{verdict}" for verdict in ("better", "unclear", "worse", "one_top", "two_tops")}
    used |= {f"{kind}.{form}" for kind in ("people", "cups", "numbers") for form in ("one", "many", "count")}
    used |= {f"{kind}.{who}" for kind in ("people", "cups") for who in settings.WHO}
    used = used - {"en"} | {"no_curve", "no_spread"}  # arguments of other calls
    assert {"seen_some", "impossible", "unit"} <= used
    assert used <= tab.WORDS["ko"].keys()
    spare = tab.WORDS["ko"].keys() - used - {"own.used", "own.convert"}
    assert spare == set(), "texts that nothing shows"


def test_markup_is_no_template():
    """Gradio would fill in `${...}` and `{{...}}`, and draw the canvases anew with each change."""
    assert "${" not in MARKUP and "{{" not in MARKUP


def test_page_and_link_know_the_same_settings():
    found = run_in_node(
        'import { DEFAULTS, MODELS, SCALES } from "./space/lessons/heights/crowd.js";'
        "console.log(JSON.stringify({ DEFAULTS, MODELS, SCALES }));"
    )
    assert found["MODELS"] == list(settings.MODELS)
    assert found["SCALES"] == {"width": list(settings.WIDTHS), "bandwidth": list(settings.BANDWIDTHS)}
    assert found["DEFAULTS"] == {name: rule["default"] for name, rule in tab.LINKED.items()}
