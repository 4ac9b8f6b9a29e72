"""live.js in a real Chromium: where it computes, what it drops, and when it gives memory back."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from playwright.sync_api import Page, Route

from space.models import roles
from space.page.markup import computed
from space.page.modules import BASE
from space.weights.hub import load
from tests.pages import until
from tests.processes import Lab

pytestmark = pytest.mark.browser

START = """async ([base, computed]) => {
    const from = (path) => import(new URL(`${base}${path}`, location.origin));
    document.body.innerHTML = `<div id="own">${computed}</div>`
        + '<div id="link"><button class="copy"></button><input class="address"></div>';
    const link = await from("page/link.js");
    const element = document.querySelector("#link");
    link.start({ element, props: { tabs: { first: [], second: [] } }, trigger: () => {} });
    const { Live } = await from("page/live.js");
    const { tensor } = await from("browser/nn.js");
    window.shown = [];
    const live = (window.live = new Live(document.querySelector("#own"), "first"));
    // pictures of the latent vectors (n, 20) whose numbers are all `value`
    window.draw = (value, n = 1, name = "dcgan-mnist") =>
        live.update(
            async (open) => {
                const model = await open(name, ["decode", "discriminate"]);
                const z = tensor([n, 20], new Float32Array(20 * n).fill(value));
                const images = await model.run("decode", z);
                const result = { value, images: [...images.data], shape: images.shape };
                if (model.methods.includes("discriminate"))
                    result.scores = [...(await model.run("discriminate", images)).data];
                return result;
            },
            (result) => shown.push(result),
        );
    window.open_tab = (name) => labEvents.push(["open", name]);
}"""


@pytest.fixture
def live(page: Page, lab: Lab) -> Page:
    page.goto(f"{lab.url}/robots.txt")
    page.evaluate(START, [f"/{BASE}", computed()])
    return page


def shown(page: Page, count: int, where: str) -> list[dict[str, Any]]:
    """What was shown, once it is so many results, and the page says where the last one was computed."""
    until(page, lambda: page.evaluate("shown.length") >= count)
    until(page, lambda: page.evaluate("document.querySelector('.computed').dataset.where") == where)
    visible = "all => all.filter((one) => !one.hidden).map((one) => one.dataset.where)"
    assert page.locator(".computed > *").evaluate_all(visible) == [where]
    return page.evaluate("shown")


def expect_picture(result: dict[str, Any], name: str = roles.DCGAN) -> None:
    n = result["shape"][0]
    with torch.inference_mode():
        model = load(name).model
        images = model.decode(torch.full((n, 20), float(result["value"])))
        assert (torch.tensor(result["images"]) - images.movedim(1, -1).flatten()).abs().max() < 1e-4
        if "scores" in result:
            assert (torch.tensor(result["scores"]) - model.discriminate(images)).abs().max() < 1e-3


WEIGHTS = f"**/weights/{roles.DCGAN}"


def damaged(route: Route) -> None:
    answer = route.fetch()
    body = answer.body()
    route.fulfill(response=answer, body=body[: len(body) - 1000])


@pytest.mark.parametrize(
    ("answer", "where"),
    [
        (None, "browser"),
        (lambda route: route.abort(), "missing"),
        (lambda route: route.fulfill(status=503, body="busy"), "missing"),
        (damaged, "useless"),
    ],
)
def test_the_page_says_who_computed_the_same_pictures(
    live: Page, answer: Callable[[Route], None] | None, where: str
) -> None:
    if answer:
        live.route(WEIGHTS, answer)
    asked: list[str] = []
    live.on("request", lambda request: asked.append(request.url.partition("/weights/")[2] or request.url))
    live.evaluate("draw(0.5, 48)")  # more pictures than a question to the server can hold
    (result,) = shown(live, 1, where)
    expect_picture(result)
    if where == "browser":
        weights = {roles.DCGAN, f"{roles.DCGAN}/config.json"}
        assert weights <= set(asked) and not [url for url in asked if "/compute/" in url]
    live.evaluate("draw(1, 2, 'vae-mnist-20d')")  # of another model the weights come
    expect_picture(shown(live, 2, "browser")[1], roles.VAE_DEEP)


def test_weights_that_come_late_are_used_then(live: Page) -> None:
    waiting: list[Route] = []
    live.route(WEIGHTS, lambda route: waiting.append(route))
    live.clock.install()
    live.evaluate("draw(0.5)")
    until(live, lambda: bool(waiting))
    live.clock.fast_forward(20_000)
    expect_picture(shown(live, 1, "late")[0])
    live.evaluate("draw(0.25)")  # without another wait
    expect_picture(shown(live, 2, "late")[1])
    live.route(WEIGHTS, lambda route: route.continue_())  # asked before the one above
    for route in waiting:
        route.continue_()

    def computes_here() -> bool:
        live.evaluate("draw(1)")
        return live.evaluate("document.querySelector('.computed').dataset.where") == "browser"

    until(live, computes_here)


def test_an_older_answer_never_follows_a_newer_one(live: Page) -> None:
    """On the server each question has its time; in the browser a question is one of many of a slider."""
    live.route(WEIGHTS, lambda route: route.abort())
    held: list[Route] = []
    live.route("**/compute/*/decode", lambda route: held.append(route))
    live.evaluate("draw(1)")
    until(live, lambda: len(held) == 1)
    live.evaluate("draw(2)")  # asked at once
    until(live, lambda: len(held) == 2)
    held[1].continue_()
    assert [result["value"] for result in shown(live, 1, "missing")] == [2]
    held[0].continue_()
    live.evaluate("draw(3, 1, 'vae-mnist-20d')")
    shown(live, 2, "browser")
    live.evaluate("for (let i = 4; i < 40; i++) draw(i, 8, 'vae-mnist-20d')")
    until(live, lambda: live.evaluate("shown.at(-1).value") == 39)
    values = live.evaluate("shown.map(({ value }) => value)")
    assert values[:2] == [2, 3] and values == sorted(values) and len(values) < 10


def test_memory_is_given_back_with_the_tab(live: Page) -> None:
    live.evaluate("draw(1)")
    shown(live, 1, "browser")
    assert len(live.workers) == 1
    live.evaluate("open_tab('second')")
    until(live, lambda: not live.workers)
    live.evaluate("draw(2)")  # not seen: it waits
    live.wait_for_timeout(200)
    assert not live.workers and live.evaluate("shown.length") == 1
    live.evaluate("open_tab('first')")
    assert [result["value"] for result in shown(live, 2, "browser")] == [1, 2]
    live.evaluate("open_tab('second')")
    until(live, lambda: not live.workers)
    live.evaluate("open_tab('first')")  # the models come before they are asked for
    until(live, lambda: len(live.workers) == 1)
    asked: list[str] = []
    live.on("request", lambda request: asked.append(request.url))
    live.evaluate("draw(3); open_tab('second'); open_tab('first')")  # left while it computes
    assert shown(live, 3, "browser")[-1]["value"] == 3
    live.evaluate("draw(4)")
    live.wait_for_timeout(500)  # what was left would ask the server by now
    assert [result["value"] for result in shown(live, 4, "browser")] == [1, 2, 3, 4]
    assert not [url for url in asked if "/compute/" in url]


SIGNS = """() => {
    window.signs = 0;
    const own = document.querySelector("#own");
    new MutationObserver(() => { signs += own.hasAttribute("data-waiting"); }).observe(
        own, { attributeFilter: ["data-waiting"] }
    );
}"""
"""counts how often the element says that it waits"""


def test_what_waits_says_so_after_a_moment_and_no_longer_than_it_waits(live: Page) -> None:
    live.route(WEIGHTS, lambda route: None)
    live.evaluate(SIGNS)
    live.evaluate("draw(0.5)")
    live.locator("#own[data-waiting]").wait_for(state="attached")
    live.unroute(WEIGHTS)  # those that are held go on
    shown(live, 1, "browser")
    assert live.locator("#own[data-waiting]").count() == 0
    assert live.evaluate("signs") == 1


def test_what_comes_at_once_makes_no_sign(live: Page) -> None:
    live.evaluate("draw(0.5)")
    shown(live, 1, "browser")  # the weights are there
    live.clock.install()
    live.clock.pause_at(live.evaluate("Date.now() + 1000"))  # 300 ms never pass
    live.evaluate(SIGNS)
    live.evaluate("draw(0.25)")
    until(live, lambda: live.evaluate("shown.length") == 2)
    live.clock.run_for(1000)
    assert live.evaluate("signs") == 0
    live.clock.resume()


def test_a_tab_that_is_left_waits_no_longer(live: Page) -> None:
    live.route(WEIGHTS, lambda route: None)
    live.evaluate("draw(0.5)")
    live.locator("#own[data-waiting]").wait_for(state="attached")
    live.evaluate("open_tab('second')")
    live.locator("#own:not([data-waiting])").wait_for(state="attached")


def test_what_fails_waits_no_longer(live: Page) -> None:
    """Also where a lesson waits for facts, before there is anything to compute."""
    live.evaluate("window.live.waiting.begin()")
    live.locator("#own[data-waiting]").wait_for(state="attached")
    live.evaluate("window.live.say('failed')")
    live.locator("#own:not([data-waiting])").wait_for(state="attached")


AFTER = "getComputedStyle(document.querySelector('#models-overview .prose'), '::after')"


@pytest.mark.parametrize("page", [{"reduced_motion": "reduce"}, {}], indirect=True)
def test_what_the_server_is_to_fill_says_that_it_waits(page: Page, lab: Lab) -> None:
    page.route("**/queue/join**", lambda route: None)
    page.goto(f"{lab.url}?tab=models")
    page.locator("#models-overview .prose:empty").wait_for(state="attached")
    until(page, lambda: page.evaluate(f"{AFTER}.visibility") == "visible")
    moves = page.evaluate(f"{AFTER}.animationName") != "a-moment"
    assert moves == page.evaluate("!matchMedia('(prefers-reduced-motion: reduce)').matches")
    page.unroute("**/queue/join**")
    page.locator("#models-overview table").wait_for()
    assert page.evaluate(f"{AFTER}.content") == "none"
