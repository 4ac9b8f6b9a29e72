"""The classify tab in a real browser: drags, a hidden value, a person drawn, the race, its link."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages import until_quiet, visit_tab
from tests.processes import Lab

pytestmark = pytest.mark.browser
LESSON = "[...document.querySelectorAll('#classify *')].find((one) => one.classifyLesson).classifyLesson"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
CHANCE = re.compile(r"0\.\d{3}")


def open_lesson(page: Page, lab: Lab, query: str = "") -> None:
    page.goto(f"{lab.url}?tab=classify{query}")
    expect(page.locator("#classify .way.right .edge dd")).to_contain_text(re.compile(r"\d"))


def choose(page: Page, value: str) -> None:
    page.locator(f'#classify .chips input[value="{value}"] + span').click()


def way(page: Page, side: str, part: str) -> Locator:
    return page.locator(f"#classify .way.{side} {part}")


def drag(page: Page, handle: str, right: float, down: float) -> None:
    page.locator("#classify .frame").scroll_into_view_if_needed()
    box = page.locator(f"#classify .handle.{handle}").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=5)
    page.mouse.up()


def test_a_visitor_tells_apart_and_makes(page: Page, lab: Lab):
    """Drags, hides, draws, asks where nobody is, without one request once the page is there."""
    open_lesson(page, lab)
    until_quiet(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    expect(way(page, "left", "output")).to_have_text(CHANCE)
    expect(page.locator("#classify .formulas .right")).to_contain_text("p(x | M) P(M) / p(x) =")
    before = way(page, "left", "output").inner_text()
    drag(page, "point", -80, 0)
    expect(way(page, "left", "output")).not_to_have_text(before)

    drag(page, "person", 150, 0)
    expect(way(page, "right", ".moved dd")).to_have_text(re.compile(r"[+−][1-9]*\d\.\d\d cm"))
    moved = page.evaluate(f"{LESSON}.survey.moved")
    assert abs(moved["right"]) > 0.2 and abs(moved["left"]) < 0.05
    page.get_by_role("button", name="Put the person back").click()
    expect(way(page, "right", ".moved")).to_be_hidden()

    choose(page, "two")
    choose(page, "second")
    expect(way(page, "left", "output")).to_have_text("–")
    expect(way(page, "left", ".problem")).to_contain_text("no answer")
    expect(way(page, "right", "output")).to_have_text(CHANCE)
    choose(page, "none")
    expect(way(page, "left", "output")).to_have_text(CHANCE)
    page.get_by_role("button", name="Ask where nobody is").click()
    expect(page.locator("#classify .board > .seen")).to_contain_text("nobody like this was ever seen")
    page.get_by_role("button", name="Draw a person").click()
    expect(page.locator("#classify .drawn")).to_have_text(
        re.compile(r"Drawn by .*: a (wo)?man, \d+\.\d cm, \d+\.\d kg\.")
    )
    assert [url for url in asked if "/heartbeat/" not in url] == []


def test_few_people_are_no_obstacle(page: Page, lab: Lab):
    """Four people: sentences instead of numbers, and no error on the console, which the fixture forbids."""
    open_lesson(page, lab, "&n=60&features=two")
    said, separable = set(), 0
    for seed in range(1, 9):
        page.evaluate(f"{LESSON}.set({{ n: 4, kind: 'qda', seed: {seed} }})")
        said |= {way(page, side, ".problem").inner_text()[:14] for side in ("left", "right")}
        if way(page, "left", ".problem").inner_text().startswith("A boundary sep"):
            separable = seed
    assert {"A boundary sep", "One kind has t"} <= said, said
    page.evaluate(f"{LESSON}.set({{ seed: {separable}, hidden: 'second' }})")
    expect(way(page, "left", "output")).to_have_text("–")
    expect(way(page, "left", ".problem")).to_contain_text("no answer")  # not: where the steps were stopped


def test_the_race_runs_on_the_page_and_finds_the_crossing(page: Page, lab: Lab):
    open_lesson(page, lab, "&features=two")
    two = "race.sizes = race.sizes.filter(({ n }) => n === 40 || n === 160)"  # of the nine, to be quick
    page.evaluate(f"(({{ race }}) => {{ {two} }})({LESSON})")
    page.locator("#classify .run").click()
    expect(page.locator("#classify .race .progress")).to_have_text("200 of 200")
    expect(page.locator("#classify .verdict")).to_contain_text(
        "naive Bayes with one spread is ahead up to n = 40, logistic regression from n = 160 on"
    )
    expect(page.locator("#classify .race tbody tr").first).to_contain_text("17.1 ± 0.1")
    choose(page, "galton")  # other people, another race
    expect(page.locator("#classify .race table")).to_be_hidden()


def test_the_race_of_one_measurement_names_a_rival_that_runs_and_draws_others_once_more(page: Page, lab: Lab):
    open_lesson(page, lab)
    found = []
    quick = "race.find('.run').click(); race.sizes = race.sizes.slice(0, 1)"  # one size of the nine
    for before in (0, 200):
        page.evaluate(f"(({{ race }}) => {{ {quick} }})({LESSON})")
        page.wait_for_function(
            f"(({{ race }}) => race.before === {before} && race.draws === 200 && !race.running)({LESSON})"
        )
        expect(page.locator("#classify .verdict")).to_have_text(re.compile(r"more errors than LDA\.$"))
        found.append(page.evaluate(f"{LESSON}.race.sizes[0].means.map(({{ mean }}) => mean)"))
    (first, naive, _, lda, _), again = found
    assert naive == pytest.approx(lda, abs=1e-12) and first != again[0]


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_touch_and_result_share_the_screen_of_a_phone(page: Page, lab: Lab):
    """What is dragged, the boundary and both answers; then the chips and the picture."""
    open_lesson(page, lab, "&features=two&kind=naive")
    frame = page.locator("#classify .frame").bounding_box()
    for part in (".formulas", ".chips.kind"):
        below = page.locator(f"#classify {part}").bounding_box()
        assert below["y"] + below["height"] - frame["y"] < PHONE["viewport"]["height"], part
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    page.locator("#classify .frame").scroll_into_view_if_needed()
    before = page.evaluate(f"{LESSON}.survey.at")
    page.locator("#classify canvas.line").tap(position={"x": 60, "y": 60})
    page.wait_for_function(f"String({LESSON}.survey.at) !== '{before[0]},{before[1]}'")


def test_handles_move_by_the_arrow_keys(page: Page, lab: Lab):
    open_lesson(page, lab, "&features=two&at=170,80")
    handle = page.locator("#classify .handle.point")
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowUp"):
        handle.press(key)
    page.wait_for_function("location.search.includes('at=')")
    first, second = page.evaluate(f"{LESSON}.survey.at")
    assert first > 170 and second > 80
    expect(handle).to_have_attribute("aria-label", re.compile(rf"{first:.1f} cm, {second:.1f} kg"))


def test_a_drag_fits_and_shows_both_ways_at_all_people_within_a_frame(page: Page, lab: Lab):
    """4,248 people are fitted, 1,820 scored; in time of the page's own thread, on however busy a machine."""
    open_lesson(page, lab, "&features=two&kind=qda")
    page.evaluate(f"{LESSON}.set({{ n: 1e9 }})")
    assert page.evaluate(f"{LESSON}.survey.n") == 4248
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    moves = f"(({{ drag }}) => {{ for (let i = 0; i < 40; i++) drag([170 + i, 60 + i]) }})({LESSON})"
    page.evaluate(moves)  # until it is compiled
    before = script_seconds(session)
    page.evaluate(moves)
    assert 1000 * (script_seconds(session) - before) / 40 < 16


def script_seconds(session) -> float:
    found = session.send("Performance.getMetrics")["metrics"]
    return sum(one["value"] for one in found if one["name"] == "ScriptDuration")


def test_without_its_data_the_lesson_says_so(page: Page, lab: Lab):
    page.route("**/people/*.csv", lambda route: route.abort())
    visit_tab(page, lab.url, "classify")
    expect(page.locator("#classify .source")).to_contain_text("did not arrive")
