"""The tree tab in a real browser: families learn, are scored and kept; a link brings back their numbers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pages import stroke, until_quiet
from tests.processes import Lab

pytestmark = pytest.mark.browser
PATIENCE_MS = 120_000
"""a busy machine is slow, not wrong; nothing waits longer than it has to"""
LESSON = "[...document.querySelectorAll('#tree *')].find((one) => one.treeLesson)"
FOUND = f"""(family) => {{
  const {{ bench, frame }} = {LESSON}?.treeLesson ?? {{}};
  return frame?.family === family && frame.result && !frame.busy && bench.answer && !bench.asking
    && [frame.steps, frame.result.kl, frame.result.logP, frame.result.quality, bench.answer.log];
}}"""


def found(page: Page, family: str) -> list[float]:
    """What the page has found of a family, once it is scored."""
    return page.wait_for_function(FOUND, arg=family, timeout=PATIENCE_MS).json_value()


def choose(page: Page, family: str) -> None:
    page.locator(f"#tree button.leaf[data-family={family}]").click()


def test_families_learn_from_the_same_points_and_a_link_brings_back_their_numbers(page: Page, lab: Lab):
    page.goto(f"{lab.url}?tab=tree&data=moons&family=autoregressive&steps=40")
    learned = found(page, "autoregressive")
    assert learned[0] == 40 and learned[1] > 0
    until_quiet(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    choose(page, "gaussians")
    found(page, "gaussians")
    choose(page, "histogram")
    found(page, "histogram")
    expect(page.locator("#tree .meter output")).to_have_text("KL ∞")
    expect(page.locator("#tree .questions .wrong .now")).to_contain_text("new points have density 0")
    rows = page.locator("#tree .results tbody th")
    assert rows.all_inner_texts() == ["Gaussian mixture", "Autoregressive", "Histogram"]  # the best first

    choose(page, "autoregressive")
    assert found(page, "autoregressive") == learned  # it was kept
    page.wait_for_function("location.search.includes('steps=40')")
    assert [url for url in asked if "/heartbeat/" not in url] == []
    link = page.url
    page.goto("about:blank")
    page.goto(link)
    assert found(page, "autoregressive") == learned


def test_a_gan_is_not_asked(page: Page, lab: Lab):
    page.goto(f"{lab.url}?tab=tree&family=gan&steps=5&seed=2&at=nonsense&side=1e9")
    assert found(page, "gan")[1:3] == [None, None]
    expect(page.locator("#tree .meter output")).to_have_text("cannot be asked")
    expect(page.locator("#tree .point .said-of b")).to_have_text("cannot be asked")
    note = page.locator("#tree .meter .note")
    expect(note).to_have_text(re.compile(r"A ruler of width 0\.10 .* says KL \d"), timeout=PATIENCE_MS)
    page.locator("#tree .slider.ruler input").press("End")
    expect(note).to_have_text(re.compile(r"A ruler of width 0\.60 .* says KL \d"), timeout=PATIENCE_MS)


@pytest.mark.parametrize("page", [{"locale": "ko-KR"}], indirect=True)
def test_what_breaks_is_told_and_what_is_drawn_is_learned(page: Page, lab: Lab):
    page.goto(f"{lab.url}?tab=tree&family=autoregressive&rate=1000")
    problem = page.locator("#tree .problem")
    expect(problem).to_contain_text("NaN", timeout=PATIENCE_MS)
    problem.get_by_role("button").click()
    assert found(page, "autoregressive")[1] is not None
    expect(problem).to_be_hidden()

    page.locator("#tree .chips input[value=drawn] + span").click()
    expect(page.locator("#tree .draw-here")).to_be_visible()
    expect(page.locator("#tree .run")).to_be_disabled()
    choose(page, "gaussians")
    stroke(page.locator("#tree .truth canvas"), (0.5, 0.5), (0.5, 0.5))  # a dot
    assert found(page, "gaussians")[3] > 0.5
    expect(page.locator("#tree .results h2")).to_contain_text("직접 그리기")
