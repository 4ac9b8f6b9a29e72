"""In Windows' high contrast, what is chosen and what colours mean can be told on every tab."""

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from space.text import TEXT
from tests.pages import new_page, switch_tab, until_computed, until_quiet, until_started
from tests.processes import Lab

pytestmark = pytest.mark.browser

CHOSEN = ":is(:has(:checked), [aria-pressed=true], [aria-selected=true])"
CHOICES = {
    "heights": (".chips.model label", ".chips.who label"),
    "classify": (".chips.features label", ".chips.data label"),
    "tree": ("button.leaf", ".chips.data label"),
    "reconstruct": ("[role=tab]", "#reconstruct-noise label", ".digit-picker label"),
    "generate": (".slots label",),
    "timeline": (".still",),
    "game": (".presets button", ".distributions label"),
    "translate": (".emoji-picker label", ".columns label"),
    "pixels": (".chips label",),
    "diffusion": (".chips label",),
}
"""tab -> groups of which one is chosen"""
TOGGLES = {"generate": (".sample",), "manifold": (".legend button",), "game": (".freeze-d",)}
SLIDER = "[data-testid=range-input]"
COLOURS = {
    "heights": (".legend .seen i", ".legend .model i"),
    "classify": (".legend .zero i", ".legend .right i", ".handle.person"),
    "tree": (".scale i", ".planes .truth .frame"),
    "reconstruct": (".scale b",),
    "generate": (".marks b", ".scored .score"),
    "manifold": (".legend button",),
    "timeline": (".legend li",),
    "game": (".scale i", ".layers .real i", ".layers .fake i", ".layers .heat i", ".plots li.real"),
    "translate": (".opinion b", ".scale b"),
    "pixels": (".coin b",),  # the rest of the coin is white and black
    "diffusion": (".legend .a i", ".legend .sigma i"),
    "models": (".legend .train", ".legend .test"),
}
"""tab -> what tells something by its colour"""


@pytest.fixture(scope="module", params=["dark", "light"])
def forced(browser: Browser, lab: Lab, request: pytest.FixtureRequest) -> Iterator[Page]:
    """One page for all tabs, which leave one another alone. Nothing plays: what is chosen stays chosen."""
    with new_page(
        browser, forced_colors="active", color_scheme=request.param, reduced_motion="reduce"
    ) as page:
        page.goto(lab.url)
        until_started(page)
        yield page


def picture(element: Locator) -> np.ndarray:
    """What is on the screen at an element and a little around it, with neither focus nor pointer on it."""
    page = element.page
    element.evaluate("e => { e.scrollIntoView({ block: 'center' }); document.activeElement.blur() }")
    page.mouse.move(0, 0)
    box = element.bounding_box()
    clip = {"x": box["x"] - 5, "y": box["y"] - 5, "width": box["width"] + 10, "height": box["height"] + 10}
    shot = page.screenshot(clip=clip, animations="disabled")
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), np.int16)


def differ(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether at least sixty pixels differ clearly: a frame, a filled button, a moved thumb."""
    return one.shape != other.shape or (np.abs(one - other).max(2) > 60).sum() >= 60


@pytest.mark.parametrize("tab", COLOURS)
def test_what_is_chosen_and_what_colours_mean_can_be_told(forced: Page, tab: str):
    page = forced
    switch_tab(page, TEXT[f"{tab}.tab"][0])
    until_quiet(page)
    until_computed(page)
    told: dict[str, Any] = {}
    for group in CHOICES.get(tab, ()):
        choices = page.locator(f"{group}:visible")
        choices.and_(page.locator(CHOSEN)).first.wait_for()  # its script has started
        place = choices.evaluate_all("(all, chosen) => all.findIndex((e) => e.matches(chosen))", CHOSEN)
        this, other = choices.nth(place), choices.nth(place - 1 if place else 1)
        before = picture(this)
        other.click()
        told[group] = differ(before, picture(this))
        this.click()
    for toggle in TOGGLES.get(tab, ()):
        this = page.locator(f"{toggle}:visible").last
        before = picture(this)
        this.click()
        told[toggle] = differ(before, picture(this))
        this.click()
    if tab in ("reconstruct", "generate", "manifold"):
        slider = page.locator(f"{SLIDER}:visible").first
        before = picture(slider)
        slider.press("Home")
        told[SLIDER] = differ(before, picture(slider))
    if tab == "game":
        page.locator("#game .run.running").click()  # the presets run, and a page that computes is never idle
    until_quiet(page)  # what was changed above is drawn anew
    for coloured in COLOURS[tab]:
        seen = picture(page.locator(f"{coloured}:visible").first)
        told[coloured] = (np.ptp(seen, axis=2) > 60).sum() >= 10
    assert {name for name, can_be in told.items() if not can_be} == set()
