"""Texts of the page: one notation for networks of two domains."""

import re

import pytest

from space.page.words import INDEXED, SUBSCRIPT, TEXTS, i18n, words
from space.text import TEXT

NAMES = r"[A-Z]+(_[A-Z]+)+|generative_lab"
"""names of environment variables, and of the package"""


@pytest.mark.parametrize("key", TEXTS)
def test_an_index_is_written_below_the_line(key: str) -> None:
    """Formulas, code, placeholders and names aside, no underscore reaches a visitor."""
    for text in TEXTS[key]:
        shown = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`|\{\w+\}", "", text, flags=re.DOTALL)
        assert "_" not in re.sub(NAMES, "", INDEXED.sub(SUBSCRIPT, shown))


@pytest.mark.parametrize("key", TEXTS)
def test_no_line_ends_behind_the_bar_of_a_condition(key: str) -> None:
    """KaTeX lets a line end behind a relation such as `\\mid`."""
    assert all("\\mid" not in text for text in TEXTS[key])


def test_a_formula_and_its_particle_stay_on_one_line():
    i18n("lecture.vae")
    text = i18n.translations["ko"]["lecture.vae"]
    assert "$\\sigma$\u2060입니다." in text and "\u2060" not in text.split("$$")[1]
    assert text.replace("\u2060", "") == TEXT["lecture.vae"][1]
    i18n("translate.intro")
    assert "\\approx a$\u2060)" in i18n.translations["ko"]["translate.intro"]


def test_names_of_networks_are_written_as_in_formulas():
    assert "<i>G</i><sub>AB</sub> and F = <i>G</i><sub>BA</sub>." in words("translate.notation")
    assert words("note.cyclegan.question").count("<i>D</i><sub>B</sub>") == 2
    assert "D_B" in TEXT["note.cyclegan.question"][0]  # the text itself stays plain
