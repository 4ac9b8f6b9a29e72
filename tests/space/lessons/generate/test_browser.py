"""The generate tab in a real Chromium: its pictures, choosing, playing, and what needs no request."""

import re

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, Route, expect

from space.lessons.generate import work
from space.models.latents import walk
from space.page.modules import BASE
from space.pictures.sheets import digit_sheet
from space.pictures.training_digits import find_nearest
from space.text import TEXT
from space.weights import hub
from tests.pages import until, until_quiet, visit_tab

pytestmark = pytest.mark.browser
FIRST, SECOND = "#generate-panel", "#generate-other-panel"


def open_tab(page: Page, url: str) -> None:
    """Go to the tab and wait until both panels show their samples and walks."""
    visit_tab(page, url, "generate")
    for panel in (FIRST, SECOND):
        page.locator(f"{panel} [data-state=ready]").wait_for()
        expect(page.locator(f"{panel} .film")).to_be_visible()


def sample(page: Page, number: int, panel: str = FIRST) -> Locator:
    """A sample by its number, wherever it lies."""
    return page.locator(panel).get_by_role("button", name=re.compile(rf"^Sample {number}\b"))


def order(page: Page) -> list[int]:
    labels = page.locator(f"{FIRST} .sample").evaluate_all("all => all.map((one) => one.ariaLabel)")
    return [int(re.search(r"\d+", label)[0]) for label in labels]


def expect_frame(page: Page, expected: np.ndarray) -> None:
    """Wait until the player of the first panel shows the image (28, 28)."""
    canvas = f"document.querySelector('{FIRST} .player canvas').getContext('2d')"

    def shows_it() -> bool:
        pixels = page.evaluate(f"() => Array.from({canvas}.getImageData(0, 0, 28, 28).data)")
        return np.abs(np.array(pixels).reshape(28, 28, 4)[..., 0] - expected).max() <= 1

    until(page, shows_it)


def decoded(seed: int, number: int, scale: float = 1.0) -> np.ndarray:
    """Sample `number`, counted from 1, of the first model, (28, 28) as int."""
    with torch.inference_mode():
        model = hub.load(work.MODEL).model
        image = model.decode(work.draw_latents(model, number, seed, scale))[-1, 0]
    return (image * 255).round().numpy().astype(int)


DRAW = """async ([base, names, settings, selection]) => {
    const from = (path) => import(new URL(`${base}${path}`, location.origin));
    const { drawSamples, explore, spread } = await from("lessons/generate/samples.js");
    const { Model } = await from("browser/models.js");
    const numbers = ({ data }) => [...data];
    return Promise.all(names.map(async (name) => {
        const model = await Model.open(new URL(`/weights/${name}`, location.origin));
        await model.prepare("decode");
        if (model.methods.includes("discriminate")) await model.prepare("discriminate");
        const { z, images, scores } = await drawSamples(model, settings);
        const { walk, sum } = await explore(model, z, selection, 12);
        return {
            z: numbers(z), images: numbers(images), scores, spread: spread(images),
            walk: numbers(walk), sum: numbers(sum.images), lengths: sum.lengths,
        };
    }));
}"""


@torch.inference_mode()
def test_every_model_draws_what_pytorch_draws(page: Page, url: str) -> None:
    page.goto(f"{url}/robots.txt")
    names, settings = work.generators(), {"number": 6, "seed": 4294967295, "scale": 1.35}
    selection = {"walk": [4, 0, 9, 2], "a": [0], "b": [1, 2, 3], "c": [5, 4, 8]}  # there are no 8 and 9
    found = page.evaluate(DRAW, [f"/{BASE}", names, settings, selection])
    for name, drawn in zip(names, found, strict=True):
        loaded = hub.load(name)
        samples, decode = work.draw_samples(loaded, **settings), loaded.model.decode
        z = samples.z
        a, b, c = z[0], z[[1, 2, 3]].mean(0), z[[5, 4]].mean(0)
        terms = torch.stack([a, b, c, a - b + c])
        wanted = {
            "z": z,
            "images": samples.images,
            "walk": decode(walk(z[[4, 0, 2]], 12)),
            "sum": decode(terms),
            "lengths": terms.norm(dim=1),
            "spread": torch.tensor([work.spread(samples.images)]),
        }
        if samples.scores:
            wanted["scores"] = torch.tensor(samples.scores)
        for what, expected in wanted.items():
            numbers = torch.tensor(drawn[what]).flatten()
            most = 1e-4 if expected.dim() == 4 else 1e-4 * expected.abs().max()
            assert (numbers - expected.flatten()).abs().max() < most, (name, what)


def test_pictures_need_no_answer_of_the_server(page: Page, url: str) -> None:
    """The server answers no call; what it adds to the pictures comes when it does."""
    held: list[Route] = []
    page.route("**/gradio_api/queue/join*", lambda route: held.append(route))
    open_tab(page, url)
    page.locator(f"{FIRST} .position").fill("12")
    expect_frame(page, decoded(0, 2))
    page.locator("#generate-scale input[type=range]").fill("0.5")
    page.locator("#generate-seed input").fill("9")
    sample(page, 6).click()
    page.locator(f"{FIRST} .position").fill("36")
    expect_frame(page, decoded(9, 6, 0.5))
    for panel in (FIRST, SECOND):
        assert page.locator(f"{panel} .computed").get_attribute("data-where") == "browser"
        assert page.locator(f"{panel} .measured").inner_text() == ""
    page.route("**/gradio_api/queue/join*", lambda route: route.continue_())
    for route in held:
        route.continue_()
    expect(page.locator(f"{FIRST} .source")).to_contain_text(work.MODEL)


def test_the_server_draws_the_same_where_weights_do_not_arrive(page: Page, url: str) -> None:
    page.route(f"**/weights/{work.MODEL}", lambda route: route.abort())
    open_tab(page, url)
    expect(page.locator(f"{FIRST} .computed [data-where=missing]")).to_be_visible()
    expect(page.locator(f"{SECOND} .computed [data-where=browser]")).to_be_visible()
    page.locator(f"{FIRST} .position").fill("12")
    expect_frame(page, decoded(0, 2))
    expect(page.locator(f"{FIRST} .score").first).to_be_visible()


def test_the_page_begins_with_two_models_and_a_walk(page: Page, url: str) -> None:
    open_tab(page, url)
    expect(page.locator(f"{FIRST} .sample")).to_have_count(32)
    expect(page.locator(f"{FIRST} .score").first).to_be_visible()
    expect(page.locator(f"{SECOND} .score").first).not_to_be_visible()  # a VAE has no discriminator
    expect(page.locator(f"{SECOND} .diagram [data-net]")).to_have_count(1)
    model = hub.load(work.MODEL).model
    with torch.inference_mode():
        real = model.discriminate(digit_sheet()[7, :1, None] / 255).sigmoid().item()
    expect(page.locator(f"{FIRST} .diagram .column-of-scores .number").first).to_have_text(f"{real:.2f}")
    page.locator(f"{FIRST} .position").fill("12")
    expect_frame(page, decoded(0, 2))  # the second stop is sample 2
    expect(sample(page, 2)).to_have_attribute("aria-pressed", "true")


def test_what_a_visitor_does_with_samples_asks_the_server_nothing(page: Page, url: str) -> None:
    open_tab(page, url)
    until_quiet(page)
    page.locator(f"{FIRST} .player canvas").scroll_into_view_if_needed()
    requests: list[str] = []
    page.on("request", lambda request: request.url.startswith("data:") or requests.append(request.url))
    sort = page.get_by_label(TEXT["generate.panel.order"][0]).first
    sort.uncheck()
    assert order(page) == list(range(1, 33))
    sort.check()
    scores = page.locator(f"{FIRST} .score").all_text_contents()
    assert scores == sorted(scores, reverse=True) and len(set(scores)) > 4
    size = f"document.querySelector('{FIRST} .samples').getBoundingClientRect().height"
    before, number = page.evaluate(size), page.locator(f"{FIRST} .score").first
    assert number.bounding_box()["height"] < 8  # the bar alone
    page.locator(f"{FIRST} .raw input").check()
    assert number.bounding_box()["height"] > 16 and page.evaluate(size) == before
    page.locator(f"{FIRST} .raw input").uncheck()
    assert sorted(order(page)) == list(range(1, 33)) != order(page)
    seen: set[str] = set()

    def plays() -> bool:
        """It plays only where it is seen, and what comes above it may move it."""
        page.locator(f"{FIRST} .player canvas").scroll_into_view_if_needed()
        seen.add(page.locator(f"{FIRST} .position").input_value())
        return len(seen) >= 4

    until(page, plays)
    page.locator(f"{FIRST} .play").click()
    stopped = page.locator(f"{FIRST} .position").input_value()
    page.wait_for_timeout(400)
    assert page.locator(f"{FIRST} .position").input_value() == stopped
    page.locator(f"{FIRST} .position").fill("12")
    for scale in ("0.2", "1.7", "0.6"):
        page.locator("#generate-scale input[type=range]").fill(scale)
        expect_frame(page, decoded(0, 2, float(scale)))
    page.locator("#generate-number input[type=range]").fill("64")
    expect(page.locator(f"{SECOND} .sample")).to_have_count(64)
    page.get_by_role("button", name=TEXT["generate.again"][0]).click()
    sample(page, 5).click()
    page.locator(f"{FIRST} .slots .a").click()
    sample(page, 3).click()
    expect(page.locator(f"{FIRST} .terms .chosen .picture")).to_have_count(4)  # the example's, and this one
    assert [one for one in requests if "/nearest/" not in one] == []  # but for the training digits


def test_a_change_asks_once_for_the_code_that_is_unfolded(page: Page, url: str) -> None:
    open_tab(page, url)
    page.locator("#generate-code").get_by_role("button", name=TEXT["code.title"][0]).click()
    code = page.locator("#generate-code .cm-content")
    expect(code).not_to_be_empty()
    until_quiet(page)
    asked: list[str] = []
    page.on("request", lambda request: "/queue/join" in request.url and asked.append(request.url))
    page.locator("#generate-scale input[type=range]").fill("0.35")
    expect(code).to_contain_text("0.35")
    until_quiet(page)
    assert len(asked) == 1


def test_the_arithmetic_begins_with_an_example(page: Page, url: str) -> None:
    open_tab(page, url)
    expect(page.locator(f"{FIRST} .terms .chosen .picture")).to_have_count(3)
    with torch.inference_mode():
        model = hub.load(work.MODEL).model
        a, b, c = (work.draw_latents(model, 32, 0, 1.0)[work.EXAMPLE[slot][0]] for slot in "abc")
        expected = (model.decode((a - b + c)[None])[0, 0] * 255).round().numpy()
    canvas = page.locator(f"{FIRST} .terms figure > .picture").last
    shown = canvas.evaluate("one => [...one.getContext('2d').getImageData(0, 0, 28, 28).data]")
    assert np.abs(np.array(shown).reshape(28, 28, 4)[..., 0] - expected).max() <= 1


def test_clicks_choose_a_walk_and_a_sum(page: Page, url: str) -> None:
    open_tab(page, url)
    page.locator(FIRST).get_by_text(TEXT["generate.panel.clear"][0]).click()
    expect(page.locator(f"{FIRST} .film")).not_to_be_visible()
    for number in (5, 9):
        sample(page, number).click()
    expect(page.locator(f"{FIRST} .film")).to_be_visible()
    page.locator(f"{FIRST} .position").fill("12")
    expect_frame(page, decoded(0, 9))
    for slot, numbers in (("a", (1, 2)), ("b", (3,)), ("c", (4,))):
        page.locator(f"{FIRST} .slots .{slot}").click()
        page.locator(FIRST).get_by_text(TEXT["generate.panel.clear"][0]).click()
        for number in numbers:
            sample(page, number).click()
    expect(page.locator(f"{FIRST} .length")).to_contain_text("Length of a − b + c")
    expect(page.locator(f"{FIRST} .terms .chosen .picture")).to_have_count(4)
    expect(sample(page, 2)).to_have_attribute("aria-label", re.compile("a$"))
    page.locator(f"{FIRST} .slots .b").click()
    sample(page, 3).click()  # a second click takes it away
    expect(page.locator(f"{FIRST} .length")).not_to_be_visible()
    expect(page.locator(f"{SECOND} .terms .chosen .picture")).to_have_count(0)


def test_keys_reach_every_sample(page: Page, url: str) -> None:
    open_tab(page, url)
    there = order(page)
    sample(page, there[0]).focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    expect(sample(page, there[9])).to_be_focused()
    page.keyboard.press("Enter")
    expect(sample(page, there[9])).to_have_attribute("aria-pressed", "true")
    score = sample(page, there[9]).locator(".score").text_content()  # the diagram follows the focus
    expect(page.locator(f"{FIRST} .diagram .column-of-scores .number").last).to_have_text(score)
    page.keyboard.press("End")
    expect(sample(page, there[31])).to_be_focused()
    assert page.locator(f"{FIRST} .sample[tabindex='0']").count() == 1


def test_a_new_seed_shows_other_samples_and_keeps_the_choice(page: Page, url: str) -> None:
    open_tab(page, url)
    page.locator(f"{FIRST} .position").fill("0")
    page.locator("#generate-seed input").fill("7")
    expect_frame(page, decoded(7, 1))
    page.get_by_role("button", name=TEXT["generate.again"][0]).click()
    expect(page.locator("#generate-seed input")).not_to_have_value("7")
    expect(sample(page, 1)).to_have_attribute("aria-label", re.compile("walk 1$"))


def test_one_model_alone_and_beside_another_again(page: Page, url: str) -> None:
    open_tab(page, url)
    sample(page, 4, SECOND).click()
    choose = page.locator("#generate-other input")
    choose.click()
    page.get_by_role("option", name=TEXT["generate.nothing"][0]).click()
    expect(page.locator(SECOND)).not_to_be_visible()
    choose.click()
    page.get_by_role("option", name="GAN, ").last.click()
    expect(page.locator(f"{SECOND} h2")).to_contain_text("GAN")
    expect(page.locator(f"{SECOND} .score").first).to_be_visible()
    expect(sample(page, 4, SECOND)).to_have_attribute("aria-pressed", "true")
    sample(page, 6, SECOND).click()
    expect(sample(page, 6, SECOND)).to_have_attribute("aria-pressed", "true")

    held: list[Route] = []
    page.route("**/gradio_api/queue/join*", lambda route: held.append(route))
    choose.click()
    page.get_by_role("option", name="VAE, ").last.click()
    expect(page.locator(f"{SECOND} h2")).to_contain_text("VAE")
    until(page, lambda: held)
    choose.click()
    page.get_by_role("option", name=TEXT["generate.nothing"][0]).click()
    expect(page.locator(SECOND)).not_to_be_visible()
    page.route("**/gradio_api/queue/join*", lambda route: route.continue_())
    for route in held:
        route.continue_()
    until_quiet(page)
    expect(page.locator(f"{SECOND} .about")).to_contain_text("VAE")  # an answer that comes too late


@pytest.mark.parametrize("page", [{"reduced_motion": "reduce"}], indirect=True)
def test_nothing_moves_by_itself_for_those_who_ask_for_that(page: Page, url: str) -> None:
    open_tab(page, url)
    page.locator(f"{FIRST} .player canvas").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    assert page.locator(f"{FIRST} .position").input_value() == "0"
    expect(page.locator(f"{FIRST} .play")).to_have_text(TEXT["generate.panel.play"][0])


@pytest.mark.parametrize(
    "page", [{"locale": "ko-KR", "viewport": {"width": 360, "height": 780}}], indirect=True
)
def test_a_phone_in_korean(page: Page, url: str) -> None:
    open_tab(page, url)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator(f"{FIRST} .play")).to_have_text(TEXT["generate.panel.pause"][1])
    expect(page.locator(f"{FIRST} .walk h3")).to_have_text(TEXT["generate.panel.walk"][1])
    first, second = (page.locator(panel).bounding_box() for panel in (FIRST, SECOND))
    assert second["y"] >= first["y"] + first["height"]  # one above the other
    cell = page.locator(f"{FIRST} .sample").first.bounding_box()
    assert min(cell["width"], cell["height"]) > 30  # a finger can hit it


def test_the_nearest_training_digit_stands_under_a_sample_that_is_clicked(page: Page, url: str) -> None:
    asked = []
    page.on("request", lambda request: "/nearest/" in request.url and asked.append(request.url))
    open_tab(page, url)
    place = page.locator(f"{FIRST} .nearest-digit")
    expect(place).to_be_hidden()
    assert asked == []  # nobody has chosen a sample
    sample(page, 3).click()
    expect(place.locator("img")).to_have_count(2)
    found = find_nearest(torch.from_numpy(decoded(0, 3) / 255).float()[None])
    expect(place).to_contain_text(f"no. {found.number:,} of 60,000")
    shown = re.search(r"Distance ([\d.]+)\.", place.inner_text())
    assert float(shown[1]) == pytest.approx(found.distance, abs=0.02)  # the page's pixels are not rounded
    assert len(asked) == 1 and asked[0].endswith(f"/nearest/{work.MODEL}")
    page.get_by_label("Seed").fill("5")
    expect(place).to_be_hidden()  # other samples
    page.route("**/nearest/**", lambda route: route.abort())
    sample(page, 4).click()
    expect(place).to_have_text(TEXT["nearest.failed"][0], use_inner_text=True)
    page.unroute("**/nearest/**")
    page.route(
        "**/nearest/**", lambda route: route.fulfill(status=503, body="busy", content_type="text/plain")
    )
    sample(page, 5).click()
    expect(place).to_have_text("busy", use_inner_text=True)
