"""The tab of the training run in a real Chromium: playing, pointing, keys, and folders with parts missing."""

import threading
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from space import app
from space.lessons.timeline import tab, work
from space.models.autoencoder import Autoencoder, AutoencoderConfig
from space.page import facts
from space.text import TEXT
from space.weights import hub
from tests.pages import new_page, until, until_quiet
from tests.processes import PATIENCE
from tests.space.lessons.timeline.fakes import BARE_NAME, GAN_NAME, STEPS, VAE_NAME, grid, write_models

pytestmark = pytest.mark.browser
STILL = {"reduced_motion": "reduce"}
HOSTILE = "<img src=x onerror='throw 1'>"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pretrained")
    write_models(root)
    history = root / VAE_NAME / "history.csv"
    history.write_text(history.read_text().replace("test_kl", HOSTILE).replace(",21\n", ",2100\n"))
    Autoencoder(AutoencoderConfig(hidden_dim=8)).save_pretrained(root / BARE_NAME)
    return root


@pytest.fixture(scope="module")
def url(root: Path) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, gr.Blocks() as demo:
        patch.setattr(hub, "BUNDLED", root)
        hub.clear()
        with gr.Tabs():
            with gr.Tab("First"):
                gr.Markdown("first")
            tab.build()
        yield app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")[1]
        demo.close()
    hub.clear()


def open_run(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("tab", name="How it learned").or_(page.get_by_role("tab", name="학습 과정")).click()
    page.locator(f"#timeline-run [data-model={GAN_NAME}]").wait_for()


def choose_model(page: Page, name: str) -> None:
    page.locator("#timeline-model input").click()
    page.get_by_role("option").nth(work.NAMES.index(name)).click()
    page.locator(f"#timeline-run [data-model={name}]").wait_for()


def slow_down(page: Page) -> None:
    """So that what plays is still playing when a busy machine looks at it."""
    page.locator("#timeline-run .speed").select_option("0.5")


@pytest.fixture(scope="module")
def still_page(browser: Browser, url: str) -> Iterator[Page]:
    with new_page(browser, **STILL) as page:
        open_run(page, url)
        until_quiet(page)
        yield page


@pytest.fixture
def still(still_page: Page) -> Page:
    """One page for many tests, each of which finds the GAN's last picture with no pointer on it."""
    if not still_page.locator(f"#timeline-run [data-model={GAN_NAME}]").count():
        choose_model(still_page, GAN_NAME)
    still_page.locator("#timeline-run .position").fill(str(len(STEPS) - 1))
    still_page.mouse.move(5, 5)
    still_page.evaluate("scrollTo(0, 0)")
    return still_page


def state(page: Page, name: str) -> object:
    return page.evaluate(
        f"() => document.querySelector('#timeline-run [data-model]').trainingRun.{name}"  # its handle
    )


def pixels(page: Page, selector: str) -> np.ndarray:
    """What a canvas of the component shows, uint8 (H, W)."""
    canvas = f"document.querySelector('#timeline-run {selector}')"
    width, height, data = page.evaluate(
        f"() => [{canvas}.width, {canvas}.height, "
        f"Array.from({canvas}.getContext('2d').getImageData(0, 0, {canvas}.width, {canvas}.height).data)]"
    )
    return np.array(data, np.uint8).reshape(height, width, 4)[..., 0]


def cell_of(step: int, column: int, row: int, rows: int = 6) -> np.ndarray:
    picture = np.asarray(grid(step, rows=rows))[..., 0]
    return picture[1 + 29 * row : 29 * (row + 1), 1 + 29 * column : 29 * (column + 1)]


def point_at(page: Page, column: int, row: int) -> tuple[float, float]:
    """Page coordinates of the middle of a cell."""
    box = page.locator("#timeline-run .frame").bounding_box()
    return box["x"] + (column + 0.5) / 10 * box["width"], box["y"] + (row + 0.5) / 6 * box["height"]


def marker_x(page: Page) -> float:
    line = page.locator("#timeline-run .now-line").first
    return float(line.get_attribute("d").split()[0].removeprefix("M"))


def test_it_plays_to_the_end_without_asking_the_server(page: Page, url: str) -> None:
    open_run(page, url)
    assert state(page, "playing")
    page.locator("#timeline-run .speed").select_option("4")
    page.locator("#timeline-hints").get_by_text("tug of war").wait_for()
    until_quiet(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.wait_for_function("() => !document.querySelector('#timeline-run [data-model]').trainingRun.playing")
    assert state(page, "index") == len(STEPS) - 1
    slow_down(page)
    page.get_by_role("button", name="Play").click()  # once more, from the start
    assert state(page, "index") < len(STEPS) - 1
    page.get_by_role("button", name="Pause").click()
    page.locator("#timeline-run .position").fill("3")
    page.mouse.move(*point_at(page, 4, 2))
    assert requests == []


@pytest.mark.parametrize("page", [STILL], indirect=True)
def test_it_stands_still_where_motion_is_unwelcome(page: Page, url: str) -> None:
    open_run(page, url)
    page.wait_for_timeout(600)
    assert not state(page, "playing") and state(page, "index") == len(STEPS) - 1
    assert np.array_equal(pixels(page, ".frame"), np.asarray(grid(400))[..., 0])


def test_slider_picture_curves_and_words_go_together(still: Page) -> None:
    page = still
    slider, where = page.locator("#timeline-run .position"), page.locator("#timeline-run .where")
    last = marker_x(page)
    slider.fill("7")
    assert where.inner_text() == "step 86 · epoch 0.9"
    assert slider.get_attribute("aria-valuetext") == "step 86, epoch 0.9"
    assert np.array_equal(pixels(page, ".frame"), np.asarray(grid(86))[..., 0])
    assert marker_x(page) < last
    legend = page.locator("#timeline-run .panel").first.locator("li")
    assert legend.locator("output").all_inner_texts() == ["0.75", "0.25", "0.20"]
    assert page.locator("#timeline-run output:not([aria-live=off])").count() == 0  # else all is read out
    slider.fill("2")  # before anything was logged
    assert legend.first.inner_text().endswith("–")
    assert page.locator("#timeline-run .panel").first.locator("circle[visibility=visible]").count() == 0


def test_the_equilibrium_lies_where_it_belongs(still: Page) -> None:
    page = still
    lines = page.locator("#timeline-run .equilibrium")
    assert lines.count() == 2
    assert "equilibrium −log 4 ≈ −1.386" in page.locator("#timeline-run .charts").inner_text()
    # in the chart of opinions, whose scale is [0, 1], half-way between the rules of 0 and 1
    half = float(lines.first.get_attribute("d").split()[1].split("H")[0])
    rules = page.locator("#timeline-run .panel").first.locator(".rule")
    levels = [float(rule.get_attribute("d").split()[1].split("H")[0]) for rule in rules.all()]
    assert half == pytest.approx((min(levels) + max(levels)) / 2, abs=0.2)


def test_keys(still: Page) -> None:
    page = still
    slow_down(page)
    page.locator("#timeline-run .position").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert state(page, "index") == 2
    scroll = page.evaluate("scrollY")
    page.keyboard.press("Space")
    assert state(page, "playing")
    page.keyboard.press("Space")
    assert not state(page, "playing") and page.evaluate("scrollY") == scroll
    page.locator("#timeline-run .frame").focus()
    before = state(page, "cell")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert state(page, "cell") == {"column": before["column"] + 1, "row": before["row"] - 1}


def test_pointing_enlarges_one_picture_through_time(still: Page) -> None:
    page = still
    page.mouse.move(*point_at(page, 7, 3))
    assert np.array_equal(pixels(page, ".now"), cell_of(400, 7, 3))
    stills = page.locator("#timeline-run .still")
    assert [int(step) for step in stills.all_inner_texts()] == STEPS
    assert np.array_equal(pixels(page, ".still:nth-child(4) canvas"), cell_of(4, 7, 3))
    page.mouse.click(*point_at(page, 2, 1))
    page.mouse.move(*point_at(page, 9, 5))
    assert state(page, "cell") == {"column": 9, "row": 5}
    page.mouse.move(5, 5)  # back to what was clicked
    assert state(page, "cell") == {"column": 2, "row": 1}
    stills.nth(5).click()
    assert state(page, "index") == 5 and stills.nth(5).get_attribute("aria-pressed") == "true"
    assert np.array_equal(pixels(page, ".now"), cell_of(STEPS[5], 2, 1))


def test_a_drag_on_the_curves_moves_through_the_run(still: Page) -> None:
    page = still
    chart = page.locator("#timeline-run .panel svg").nth(1)
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 55, box["y"] + 30)
    assert state(page, "index") == 0
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 30)
    page.mouse.up()
    index = state(page, "index")
    assert 0 < index < len(STEPS) - 1
    assert abs(marker_x(page) - 0.6 * box["width"]) < 0.15 * box["width"]


def test_another_model_and_names_from_its_files_as_text(still: Page) -> None:
    page = still
    choose_model(page, VAE_NAME)
    assert np.array_equal(pixels(page, ".frame"), np.asarray(grid(STEPS[8], rows=5))[..., 0])
    assert page.locator("#timeline-run .panel").count() == 3
    assert HOSTILE in page.locator("#timeline-run .charts").inner_text()
    assert page.locator("#timeline-run .charts img").count() == 0
    assert page.locator("#timeline-run .equilibrium").count() == 0
    page.locator("#timeline-source").get_by_text(VAE_NAME).wait_for()
    expect(page.locator("#timeline-hints")).not_to_contain_text("tug of war")


def test_what_is_missing_gets_a_sentence(still: Page, url: str, root: Path) -> None:
    page = still
    choose_model(page, BARE_NAME)
    run = page.locator("#timeline-run")
    expect(run.get_by_text("No pictures of its training")).to_be_visible()
    expect(run.get_by_text("No curves come with")).to_be_visible()
    for gone in (".frame", ".controls", ".magnifier", ".panel"):
        assert run.locator(gone).locator("visible=true").count() == 0
    (root / BARE_NAME / "history.csv").write_text("step,loss\n0,9\n10,5\n100,1\n")
    facts._packed.cache_clear()
    open_run(page, url)
    expect(run.locator(".frame")).to_be_visible()
    choose_model(page, BARE_NAME)
    expect(run.get_by_text("No pictures of its training")).to_be_visible()
    run.locator(".position").fill("1")
    assert run.locator(".where").inner_text() == "step 10"
    assert run.locator(".panel output").inner_text() == "5.00"


@pytest.mark.parametrize("page", [STILL], indirect=True)
def test_a_slow_answer_does_not_take_the_place_of_a_newer_one(
    page: Page, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on, load = threading.Event(), threading.Event(), facts.load

    def slowly(name: str) -> hub.LoadedModel:
        if name == GAN_NAME:
            asked.set()
            go_on.wait(PATIENCE)
        return load(name)

    monkeypatch.setattr(facts, "load", slowly)
    page.goto(url)
    page.get_by_role("tab", name="How it learned").click()
    until(page, asked.is_set)
    waiting = page.locator("#timeline-run [data-waiting]")
    expect(waiting).to_have_count(1)
    page.locator("#timeline-model input").click()
    page.get_by_role("option").nth(work.NAMES.index(VAE_NAME)).click()
    page.wait_for_timeout(1000)
    go_on.set()
    page.locator(f"#timeline-run [data-model={VAE_NAME}]").wait_for()
    page.wait_for_timeout(1000)
    assert page.locator(f"#timeline-run [data-model={VAE_NAME}]").count() == 1
    expect(page.locator("#timeline-source")).to_contain_text(VAE_NAME)
    expect(waiting).to_have_count(0)


def test_a_run_that_does_not_come_is_not_taken_for_another(page: Page, url: str) -> None:
    open_run(page, url)
    page.clock.install()  # it is asked for three times, seconds apart
    page.route("**/facts/**", lambda route: route.abort())
    page.locator("#timeline-model input").click()
    page.get_by_role("option").nth(work.NAMES.index(VAE_NAME)).click()
    failed = page.locator("#timeline-source .notice")
    until(page, lambda: page.clock.run_for(1000) or failed.count() == 1)
    expect(failed).to_have_text(TEXT["timeline.failed"][0], use_inner_text=True)
    expect(page.locator("#timeline-run .frame")).to_be_hidden()
    page.unroute("**/facts/**")
    choose_model(page, BARE_NAME)
    expect(failed).to_have_count(0)


def test_a_run_that_is_not_shown_is_not_kept(still: Page) -> None:
    """It is in the browser's cache."""
    choose_model(still, VAE_NAME)
    with still.expect_request(f"**/facts/timeline/{GAN_NAME}"):
        choose_model(still, GAN_NAME)


def test_another_tab_stops_it(page: Page, url: str) -> None:
    open_run(page, url)
    page.get_by_role("tab", name="First").click()
    until(page, lambda: not state(page, "playing"))
    page.get_by_role("tab", name="How it learned").click()
    page.locator("#timeline-run .frame").wait_for()
    assert not state(page, "playing")
    slow_down(page)
    page.get_by_role("button", name="Play").click()
    assert state(page, "playing")


@pytest.mark.parametrize(
    "page",
    [STILL | {"locale": "ko-KR", "has_touch": True, "viewport": {"width": 320, "height": 844}}],
    indirect=True,
)
def test_widths_in_korean(page: Page, url: str) -> None:
    open_run(page, url)
    assert "균형점 1/2" in page.locator("#timeline-run .charts").inner_text()
    assert page.locator("#timeline-run .where").inner_text() == "스텝 400 · 에포크 4.0"
    for column, width in enumerate((320, 390, 800, 1280)):
        page.set_viewport_size({"width": width, "height": 844})
        until(page, lambda: fills_the_width(page))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        page.locator("#timeline-run .frame").scroll_into_view_if_needed()
        page.touchscreen.tap(*point_at(page, column, 2))
        assert state(page, "cell") == {"column": column, "row": 2}, width


def fills_the_width(page: Page) -> bool:
    """Whether the charts are as wide as their place."""
    return page.evaluate(
        """() => {
            const place = (one) => document.querySelector(`#timeline-run ${one}`).getBoundingClientRect();
            return Math.abs(place(".panel svg").width - place(".charts").width) <= 1;
        }"""
    )
