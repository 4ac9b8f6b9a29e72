"""The translate tab in a real Chromium: an emoji at once, both directions, drawing, uploading, the strip."""

import re
import struct
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from space.lessons.translate import tab, view, work
from space.lessons.translate.view import STRIP_FIRST
from space.lessons.translate.work import FIRST
from space.page.model_texts import DOMAINS
from space.pictures.sheets import PLAIN_EMOJI
from space.text import TEXT
from space.text.refusals import Problem
from space.weights import hub
from tests.pages import draw, switch_tab, until, until_quiet, visit_tab
from tests.pictures import PICTURES
from tests.space.lessons.translate.fakes import MODEL, SIDE, A, B, write_model

pytestmark = pytest.mark.browser
BACK = f"{B} → {A}"
CIRCLE, DETAILS, STRIP = "#translate-circle", "#translate-details", "#translate-run .strip"
AGREES = """(picture) => {
    const pixels = (image, side) => {
        if (!image?.naturalWidth) return "";
        const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
        const pen = canvas.getContext("2d");
        pen.imageSmoothingEnabled = false;
        pen.drawImage(image, 0, 0, side, side);
        return pen.getImageData(0, 0, side, side).data.join();
    };
    const slider = [...document.querySelectorAll("#translate-slider img")];
    const shown = [".x", ".output"].map((one) => picture.querySelector(`${one} img`));
    const wanted = shown.map((one) => pixels(one, one.naturalWidth)).sort().join();
    return wanted === slider.map((one) => pixels(one, shown[0].naturalWidth)).sort().join();
}"""
PLACE = "document.querySelector('#translate-slider .inner').getBoundingClientRect().x"


def open_circle(page: Page, url: str) -> None:
    """Go to the tab and wait until it shows a translation."""
    visit_tab(page, url, "translate")
    expect(page.locator(f"{CIRCLE} img")).to_have_count(4)


def open_tab(page: Page, url: str) -> None:
    """The same, with all cards."""
    open_circle(page, url)
    expect(page.locator(f"{DETAILS} img")).to_have_count(4)


def see_every_model(page: Page) -> None:
    """Scroll to the same picture by every model, which fetches their weights, and back."""
    beside = page.locator("#translate-beside")
    beside.scroll_into_view_if_needed()
    expect(beside.locator(".models .one")).to_have_count(len(work.NAMES))
    until_quiet(page)
    page.evaluate("scrollTo(0, 0)")


def source(picture: Locator) -> str:
    return picture.get_attribute("src")


def expect_new(page: Page, before: str) -> None:
    """Wait until the circle begins with another picture."""
    expect(page.locator(f"{CIRCLE} .x img")).not_to_have_attribute("src", before)
    expect(page.locator(f"{CIRCLE} img")).to_have_count(4)


def expect_shown(page: Page, case: str) -> None:
    """Wait until the files are named by this."""
    expect(page.locator(f"{CIRCLE} .shown")).to_have_attribute("data-shown", f"{MODEL}_{case}")


def numbers(page: Page) -> dict[str, float]:
    """The figures as the visitor can keep them."""
    table = page.locator(f"{DETAILS} button.csv").evaluate("one => one.offer()")
    return {name: float(value) for name, value in (row.split(",") for row in table.splitlines()[1:])}


def expect_the_servers(page: Page, index: int, direction: str) -> None:
    """Wait for an emoji; all that is shown of it is what the server makes, within a grey level."""
    loaded = work.load_model(MODEL)
    examples = work.examples_of(loaded)
    expect_shown(page, f"{direction}_emoji-{index + 1}_{examples.side}")
    source, target = (examples.of(index, domain) for domain in direction)
    with torch.inference_mode():
        result = work.translate(source, direction, MODEL)
        expected = view.shown(result, target if examples.sheet else None)
    assert numbers(page) == pytest.approx(expected["figures"], abs=1e-4)
    shown = "all => Object.fromEntries(all.filter((one) => one.checkVisibility()).map((one) => "
    shown += "[one.dataset.key, one.querySelector('img').src]))"
    found = page.locator(f"{CIRCLE} figure, {DETAILS} figure").evaluate_all(shown)
    wanted = expected["pictures"]
    assert found.keys() == wanted.keys()
    for key, url in wanted.items():
        assert np.abs(from_url(found[key]) - from_url(url)).max() <= 1, key


def from_url(url: str) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(b64decode(url.partition(",")[2]))).convert("RGB"), int)


def pick(page: Page, index: int) -> None:
    page.locator("#translate-emoji input").nth(index).check()


def test_the_browser_makes_the_pictures_of_the_server_and_asks_it_nothing(page: Page, url: str) -> None:
    open_tab(page, url)
    expect_the_servers(page, FIRST, "ab")
    page.locator(f"{STRIP} .steps figure").first.wait_for()
    until_quiet(page)  # the other model beside it has come, too
    asked: list[str] = []
    page.on(
        "request", lambda request: request.url.startswith(("data:", "blob:")) or asked.append(request.url)
    )
    pick(page, 11)
    expect_the_servers(page, 11, "ab")
    assert asked == []
    page.locator("#translate-direction").get_by_text(BACK, exact=True).click()
    expect_the_servers(page, 11, "ba")
    expect(page.locator(f"{CIRCLE} .computed")).to_have_attribute("data-where", "browser")
    assert len(page.workers) == 1
    switch_tab(page, TEXT["game.tab"][0])
    until(page, lambda: not page.workers)  # its memory is given back


def test_results_need_no_answer_of_the_server(page: Page, url: str) -> None:
    page.route("**/gradio_api/queue/**", lambda route: None)  # no answer ever comes
    page.route("**/gradio_api/run/**", lambda route: None)
    open_tab(page, url)
    expect(page.locator("#translate-slider img")).to_have_count(2)
    pick(page, 3)
    expect_the_servers(page, 3, "ab")
    page.locator("#translate-direction").get_by_text(BACK, exact=True).click()
    expect_the_servers(page, 3, "ba")
    assert page.locator("#translate-emoji .emoji-picker").get_attribute("data-direction") == "ba"
    page.locator("#translate-source").get_by_text(TEXT["translate.source.draw"][0]).click()
    expect(page.locator(f"{CIRCLE} .notice")).to_contain_text("The drawing is empty")
    expect(page.locator("#translate-size")).to_be_visible()
    page.locator("#translate-sketch canvas").first.wait_for()


def cut_short(route: Route) -> None:
    route.fulfill(body=route.fetch(headers={}).body()[:-1000])


def not_finite(route: Route) -> None:
    """The last weight of the file is no number."""
    route.fulfill(body=route.fetch(headers={}).body()[:-4] + struct.pack("<f", float("nan")))


def test_bad_weights_take_the_servers_path_with_a_sentence(page: Page, url: str) -> None:
    answers: list[tuple[Callable[[Route], None], str]] = [
        (cut_short, "useless"),
        (not_finite, "useless"),
        (lambda route: route.fulfill(status=404, body="no"), "missing"),
    ]
    page.route(f"**/weights/{MODEL}", lambda route: answers[0][0](route))
    open_tab(page, url)
    for index in (FIRST, 5, 6):
        pick(page, index)
        expect_the_servers(page, index, "ab")
        expect(page.locator(f"{CIRCLE} .computed")).to_have_attribute("data-where", answers.pop(0)[1])
        expect(page.locator(f"{CIRCLE} .computed")).to_contain_text("on the server")
        if answers:  # what failed is tried again once the tab has been left
            switch_tab(page, TEXT["game.tab"][0])
            switch_tab(page, TEXT["translate.tab"][0])


def test_the_slider_between_the_pictures_moves_by_keys(page: Page, url: str) -> None:
    open_tab(page, url)
    handle = page.get_by_role("slider", name=TEXT["translate.slider"][0])
    expect(handle).to_have_attribute("aria-valuenow", "50")
    handle.scroll_into_view_if_needed()
    loaded = "[...document.querySelectorAll('#translate-slider img')].every((one) => one.clientHeight > 99)"
    page.wait_for_function(loaded)  # it cannot move before
    middle = page.evaluate(PLACE)
    for key, share in (("ArrowRight", "5[4-9]"), ("ArrowLeft", "49|50|51"), ("Home", "0"), ("End", "100")):
        handle.press(key)
        expect(handle).to_have_attribute("aria-valuenow", re.compile(f"^({share})$"))
        assert (page.evaluate(PLACE) < middle - 100) == (key == "Home")


def test_the_page_begins_with_an_emoji_and_a_click_shows_another(page: Page, url: str) -> None:
    open_tab(page, url)
    x = page.locator(f"{CIRCLE} .x img")
    before = source(x)
    expect(page.get_by_role("radio", name=PLAIN_EMOJI[FIRST])).to_be_checked()
    expect(page.locator("#translate-slider img")).to_have_count(2)
    expect(page.locator(DETAILS)).to_contain_text(TEXT["translate.counterpart"][0])
    slider = source(page.locator("#translate-slider img").first)
    page.get_by_role("radio", name="🍕").check()
    expect_new(page, before)
    expect(page.locator("#translate-slider img").first).not_to_have_attribute("src", slider)
    shape = "image => [image.naturalWidth, getComputedStyle(image).imageRendering]"
    assert x.evaluate(shape) == [SIDE, "pixelated"]
    after = source(x)
    page.keyboard.press("ArrowRight")
    expect_new(page, after)


def test_the_other_direction_begins_with_what_was_the_counterpart(page: Page, url: str) -> None:
    open_tab(page, url)
    counterpart = source(page.locator(f"{DETAILS} .card").nth(1).locator("img"))
    row = "label => getComputedStyle(label).backgroundPositionY"
    label = page.locator("#translate-emoji label").first
    assert label.evaluate(row) in ("0px", "0%")
    inputs = page.locator(f"{STRIP} .columns").get_attribute("style")
    see_every_model(page)
    asked: list[str] = []
    page.on(
        "request", lambda request: request.url.startswith(("data:", "blob:")) or asked.append(request.url)
    )
    page.locator("#translate-direction").get_by_text(BACK, exact=True).click()
    expect(page.locator(f"{CIRCLE} .x img")).to_have_attribute("src", counterpart)
    expect(page.locator(f"{STRIP} .columns")).not_to_have_attribute("style", inputs)
    assert label.evaluate(row) == "100%"
    expect(page.locator(f"{CIRCLE} .key")).to_contain_text(BACK)
    assert asked == []


def test_a_column_of_the_strip_is_chosen_without_a_request(page: Page, url: str) -> None:
    open_tab(page, url)
    see_every_model(page)
    place = "one => getComputedStyle(one).backgroundPositionX"
    tile = page.locator(f"{STRIP} .steps i").last
    tile.scroll_into_view_if_needed()
    assert float(tile.evaluate(place).rstrip("%")) == pytest.approx(100 * STRIP_FIRST / 7, abs=0.01)
    requests: list[str] = []
    page.on("request", lambda request: request.url.startswith("data:") or requests.append(request.url))
    page.locator(f"{STRIP} .columns label").nth(7).click()
    assert float(tile.evaluate(place).rstrip("%")) == 100
    page.keyboard.press("ArrowLeft")
    assert float(tile.evaluate(place).rstrip("%")) == pytest.approx(600 / 7, abs=0.01)
    assert requests == []


def expect_in_slider(page: Page) -> None:
    """Wait until the slider has the two pictures of the circle."""
    until(page, lambda: page.locator(CIRCLE).evaluate(AGREES))


def choose_size(page: Page, size: int) -> None:
    page.locator("#translate-size").get_by_text(f"{size} × {size}").click()


def draw_line(page: Page) -> None:
    page.locator("#translate-source").get_by_text(TEXT["translate.source.draw"][0]).click()
    expect(page.locator(f"{CIRCLE} .notice")).to_contain_text("The drawing is empty")
    expect(page.locator("#translate-size")).to_be_visible()
    canvas = page.locator("#translate-sketch canvas").first
    canvas.wait_for()
    pictures = page.locator(f"{CIRCLE} img")
    draw(canvas, (1 / 3, 0.5), (1 / 3 + 0.3, 0.5), lambda: pictures.count() == 4)


def test_the_slider_has_what_the_server_computed_before_the_browser(page: Page, url: str) -> None:
    held: list[Route] = []
    page.route(f"**/weights/{MODEL}", lambda route: held.append(route))
    visit_tab(page, url, "translate")
    choose_size(page, 256)
    draw_line(page)
    expect_shown(page, "ab_drawing_256")
    expect_in_slider(page)
    for route in held:
        route.continue_()
    computed = page.locator(f"{CIRCLE} .computed")
    until(page, lambda: computed.get_attribute("data-where"))
    expect_shown(page, "ab_drawing_256")
    expect_in_slider(page)


def test_a_visitor_draws_with_colours(page: Page, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    open_tab(page, url)
    draw_line(page)
    expect(page.locator(f"{CIRCLE} img")).to_have_count(4)
    expect(page.locator(f"{DETAILS} img:visible")).to_have_count(3)  # nobody drew a counterpart
    expect_shown(page, "ab_drawing_64")  # as trained
    for size in (128, 64):
        choose_size(page, size)
        expect_shown(page, f"ab_drawing_{size}")
        expect(page.locator(f"{CIRCLE} .computed")).to_have_attribute("data-where", "browser")
        expect(page.locator(f"{CIRCLE} .large")).to_be_hidden()
        expect_in_slider(page)
    before = source(page.locator(f"{CIRCLE} .x img"))
    choose_size(page, 256)
    expect_new(page, before)
    expect_shown(page, "ab_drawing_256")  # after 64, which the browser has computed
    expect(page.locator(f"{CIRCLE} .large")).to_contain_text("on the server, at 256")
    expect(page.locator(f"{CIRCLE} .computed")).to_be_hidden()
    expect_in_slider(page)
    choose_size(page, 64)
    expect_shown(page, "ab_drawing_64")
    expect(page.locator(f"{CIRCLE} .computed")).to_be_visible()

    def busy(*_: object) -> None:
        raise Problem("busy")

    monkeypatch.setattr(tab, "translate", busy)
    choose_size(page, 256)
    expect(page.locator(f"{CIRCLE} .large")).to_contain_text("could not compute 256")
    expect_in_slider(page)


def test_a_visitor_uploads_pictures_good_and_bad(page: Page, url: str, tmp_path: Path) -> None:
    open_tab(page, url)
    page.locator("#translate-source").get_by_text(TEXT["translate.source.upload"][0]).click()
    expect(page.locator(f"{CIRCLE} .notice")).to_contain_text("no picture yet")
    upload = page.locator("#translate-upload input[type=file]")
    (tmp_path / "good.png").write_bytes(PICTURES["transparent palette"][0])
    upload.set_input_files(tmp_path / "good.png")
    expect(page.locator(f"{CIRCLE} img")).to_have_count(4)
    page.locator("#translate-upload").get_by_role("button", name=re.compile("Clear|Remove")).click()
    expect(page.locator(f"{CIRCLE} .notice")).to_contain_text("no picture yet")
    Image.new("1", (10_000, 6_000)).save(tmp_path / "large.png")
    page.locator("#translate-upload input[type=file]").set_input_files(tmp_path / "large.png")
    expect(page.locator(".toast-body")).to_contain_text("60 megapixels")


def test_a_grey_cyclegan_of_another_size_brings_its_own_pictures(
    page: Page, url: str, other_model: Path
) -> None:
    write_model(other_model, 32, in_channels=1, domain_a="Gothic", domain_b="Brush")
    hub.clear()
    open_circle(page, url)
    expect_the_servers(page, FIRST, "ab")
    expect(page.locator("#translate-emoji input")).to_have_count(8)
    page.locator("#translate-direction input").nth(1).check()
    pick(page, 5)
    expect_the_servers(page, 5, "ba")
    expect(page.locator(f"{CIRCLE} .key")).to_contain_text("Brush → Gothic")
    choose_size(page, 64)  # of an example, which the server computes
    expect_shown(page, "ba_emoji-6_64")
    expect(page.locator(f"{CIRCLE} .large")).to_contain_text("on the server, at 64")


def test_another_model_translates_its_own_emoji_and_a_link_restores_it(page: Page, url: str) -> None:
    open_tab(page, url)
    other = work.NAMES[1]
    a, b = DOMAINS[other]
    page.locator("#translate-model").get_by_text(f"{a} ↔ {b}").click()
    expect(page.locator("#translate-direction")).to_contain_text(f"{b} → {a}")
    page.locator("#translate-direction").get_by_text(f"{b} → {a}").click()
    pick(page, 11)
    side = work.examples_of(work.load_model(other)).side
    expect(page.locator(f"{CIRCLE} .shown")).to_have_attribute("data-shown", f"{other}_ba_emoji-12_{side}")
    expect(page.locator(f"{CIRCLE} .key")).to_contain_text(f"{b} → {a}")
    page.wait_for_url(re.compile(f"model={other}&direction=ba&emoji=11"))
    page.goto(page.url)
    expect(page.locator(f"{CIRCLE} .shown")).to_have_attribute("data-shown", f"{other}_ba_emoji-12_{side}")
    expect(page.locator("#translate-direction")).to_contain_text(f"{b} → {a}")
    expect(page.locator("#translate-emoji input").nth(11)).to_be_checked()


@pytest.mark.parametrize("page", [{"reduced_motion": "reduce"}], indirect=True)
def test_nothing_moves_by_itself_for_those_who_ask_for_that(page: Page, url: str) -> None:
    open_tab(page, url)
    assert page.locator(f"{CIRCLE} .error").evaluate("one => getComputedStyle(one).animationName") == "none"


@pytest.mark.parametrize(
    "page",
    [{"locale": "ko-KR", "viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"}],
    indirect=True,
)
def test_a_phone_in_korean(page: Page, url: str) -> None:
    open_tab(page, url)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (390, 360):
            page.set_viewport_size({"width": width, "height": 844})
            expect_a_phones_layout(page)


def expect_a_phones_layout(page: Page) -> None:
    """Nothing is wider than the screen, a heading stands once, and the four pictures are two by two."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for key in ("translate.judged", "translate.strip"):
        expect(page.get_by_role("heading", name=TEXT[key][1], exact=True)).to_have_count(1)
    places = {
        name: page.locator(f"{CIRCLE} .{name}").bounding_box() for name in ("x", "output", "again", "error")
    }
    assert places["x"]["y"] == places["output"]["y"] < places["again"]["y"] == places["error"]["y"]
    assert places["x"]["x"] == places["error"]["x"] < places["again"]["x"] == places["output"]["x"]
    assert min(place["width"] for place in places.values()) > 110
    cell = page.locator("#translate-emoji label").first.bounding_box()
    assert min(cell["width"], cell["height"]) > 30  # a finger can hit it
