"""The heights tab in a real browser: models, draws, scores, a visitor's curve and numbers, and its link."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.pages import stroke, until_quiet, visit_tab
from tests.processes import Lab

pytestmark = pytest.mark.browser
LESSON = "document.querySelector('#heights .stage').parentElement.heightsLesson"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def choose(page: Page, value: str) -> None:
    page.locator(f'#heights .chips input[value="{value}"] + span').click()


def open_lesson(page: Page, lab: Lab, query: str = "") -> None:
    page.goto(f"{lab.url}?tab=heights{query}")
    expect(page.locator("#heights .ranking tbody tr").first).to_be_visible()


def test_a_visitor_finds_a_distribution(page: Page, lab: Lab):
    """From the range alone to kernels, without one request once the page is there."""
    open_lesson(page, lab)
    until_quiet(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    score, gain = page.locator("#heights .value output"), page.locator("#heights tr.chosen td").nth(1)
    expect(score).to_have_text("−∞")
    page.locator("#heights .why summary").click()
    expect(page.locator("#heights .why p")).to_contain_text("of 596 new people")
    page.locator("#heights .reserve input").check()
    expect(score).to_have_text(re.compile(r"−3\.\d{3}"))

    choose(page, "normal")
    expect(score).to_have_text(re.compile(r"−3\.2\d\d"))
    choose(page, "kernels")
    expect(gain).to_have_text(re.compile(r"[+−]\d\.\d{4} ± \d\.\d{4}"))
    narrow = page.locator('#heights [data-setting="bandwidth"]')
    before = score.inner_text()
    narrow.fill("0.1")
    expect(score).not_to_have_text(before)
    expect(page.locator("#heights .curve figcaption")).to_contain_text("the best is at")
    made = page.evaluate(f"{LESSON}.crowd.made")
    page.get_by_role("button", name="Make 60 people").click()
    others = page.evaluate(f"{LESSON}.crowd.made")
    assert len(made) == len(others) == 60 and made != others

    choose(page, "both")
    page.get_by_role("button", name="One hump").click()
    expect(page.locator("#heights .answer")).to_contain_text("standard errors")
    assert [url for url in asked if "/heartbeat/" not in url] == []


def test_a_drawn_curve_is_scored_by_mouse_and_by_keyboard(page: Page, lab: Lab):
    open_lesson(page, lab, "&model=drawn")
    score, line = page.locator("#heights .value output"), page.locator("#heights canvas.line")
    expect(score).to_have_text("–")
    stroke(line, (0.4, 0.3), (0.6, 0.3))
    expect(score).to_have_text("−∞")  # not from end to end
    page.locator("#heights .clear").click()
    expect(score).to_have_text("–")
    line.focus()
    line.press("ArrowUp")
    for _ in range(10):
        line.press("ArrowRight")
    heights = page.evaluate(f"Array.from({LESSON}.crowd.curveDrawn).filter((height) => height > 0)")
    assert len(heights) > 10


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_numbers_of_a_visitor_stay_on_the_phone(page: Page, lab: Lab):
    open_lesson(page, lab)
    choose(page, "own")
    field, reply = page.locator("#heights textarea"), page.locator("#heights .reply")
    use = page.get_by_role("button", name="Use these numbers")
    for text, said in (
        ("1 2 3", "At least 4"),
        ("1 2 3 four", "“four” is not a number"),
        ("7 7 7 7", "equal"),
    ):
        field.fill(text)
        use.tap()
        expect(reply).to_contain_text(said)
    field.fill("1.62 1.80 1.75 1.58 1.71 1.66")
    until_quiet(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    use.tap()
    expect(reply).to_contain_text("metres")
    page.get_by_role("button", name="Convert to centimetres").tap()
    expect(field).to_have_value("162 180 175 158 171 166")
    expect(page.locator("#heights .legend .seen")).to_have_text("4 numbers seen")
    page.wait_for_timeout(500)  # the address follows
    assert [url for url in asked if "/heartbeat/" not in url] == [] and "1.62" not in page.url


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_touch_and_result_share_the_screen_of_a_phone(page: Page, lab: Lab):
    """The model's chips and slider, the picture, and the score, each within one screen."""
    open_lesson(page, lab, "&model=kernels")
    box = page.locator("#heights .frame").bounding_box()
    touched = page.locator("#heights .slider.bandwidth").bounding_box()
    assert touched["y"] + touched["height"] - box["y"] < PHONE["viewport"]["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


def test_a_link_brings_the_same_people_and_the_same_score(page: Page, lab: Lab):
    query = "&data=korea&who=both&n=500&model=histogram&width=3&origin=0.5&reserve=0.01&seed=7"
    open_lesson(page, lab, query)
    state = f"(({{ crowd }}) => [crowd.settings, crowd.score.mean, crowd.made])({LESSON})"
    settings, score, made = page.evaluate(state)
    assert settings == {
        **{"data": "korea", "who": "both", "n": 500, "model": "histogram", "width": 3},
        **{"origin": 0.5, "bandwidth": 1.5, "reserve": 0.01, "seed": 7},
    }
    page.evaluate(f"{LESSON}.set({{ n: 501 }})")
    page.wait_for_function("location.search.includes('n=501')")
    page.evaluate(f"{LESSON}.set({{ n: 500 }})")
    page.wait_for_function("location.search.includes('n=500')")
    address = page.url
    visit_tab(page, lab.url, "models")
    page.goto(address)
    expect(page.locator("#heights .ranking tbody tr").first).to_be_visible()
    assert page.evaluate(state) == [settings, score, made]


def test_without_its_data_the_lesson_says_so(page: Page, lab: Lab):
    page.route("**/people/*.csv", lambda route: route.abort())
    visit_tab(page, lab.url, "heights")
    expect(page.locator("#heights .source")).to_contain_text("did not arrive")
