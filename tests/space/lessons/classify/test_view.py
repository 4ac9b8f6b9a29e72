"""The classify tab's texts and markup; what runs in the browser is tested there."""

import re

from space.lessons.classify import settings, tab
from space.lessons.classify.view import MARKUP
from space.page.components import asset
from space.page.modules import SOURCES
from space.text import TEXT
from tests.node import run_in_node

SCRIPT = asset(*(path for path in SOURCES if path.startswith("lessons/classify/") and path.endswith(".js")))


def test_every_text_that_the_lesson_uses_exists():
    used = set(re.findall(r'data-(?:text|label)="([\w.]+)"', MARKUP))
    used |= {
        key for call in re.findall(r"\btext\(([^)]*)\)", SCRIPT) for key in re.findall(r'"([\w.]+)"', call)
    }
    used |= {f"{name}.source" for name in settings.DATA} | {"logistic", *settings.KINDS}
    used |= {f"{kind}.what" for kind in settings.KINDS} | {"lda.line", "qda.line"}
    used |= {"one_kind", "separable", "left.flat", "right.flat", "left.hidden", *settings.FEATURES}
    used |= set(settings.HIDDEN)
    nouns = {key.partition(".")[2] for key in tab.WORDS["en"] if key.startswith("cups.")} - {"source"}
    assert nouns == {key.partition(".")[2] for key in tab.WORDS["en"] if key.startswith("people.")}
    named = set(re.findall(r"nouns\}\.(\w+)", SCRIPT)) | set(
        re.findall(r'"(never|rarer|person|point)"', SCRIPT)
    )
    named |= {f"{kind}{form}" for kind in ("zero", "one") for form in ("", "_word")}
    assert named == nouns, "words for people and cups"
    used |= {f"{noun}.{name}" for noun in ("people", "cups") for name in nouns}
    used = used & tab.WORDS["ko"].keys() | {key for key in used if "." in key}
    assert used <= tab.WORDS["ko"].keys()
    assert tab.WORDS["ko"].keys() - used == set(), "texts that nothing shows"


def test_markup_is_no_template():
    """Gradio would fill in `${...}` and `{{...}}`, and draw the canvases anew with each change."""
    assert "${" not in MARKUP and "{{" not in MARKUP


def test_page_and_link_know_the_same_settings():
    found = run_in_node(
        'import { DEFAULTS, UNITS } from "./space/lessons/classify/survey.js";'
        'import { KINDS } from "./space/browser/classes.js";'
        "console.log(JSON.stringify({ DEFAULTS, DATA: Object.keys(UNITS), KINDS: Object.keys(KINDS) }));"
    )
    assert set(found["DATA"]) == set(settings.DATA) and found["KINDS"] == list(settings.KINDS)
    assert found["DEFAULTS"] == {name: rule["default"] for name, rule in tab.LINKED.items()}


def test_it_is_said_that_a_discriminator_makes_no_discriminative_model():
    english, korean = TEXT["classify.hint"]
    assert "not a discriminative model because it has a discriminator" in english
    assert "판별자가 있다고 해서 GAN이 판별 모델인 것은 아닙니다" in korean
