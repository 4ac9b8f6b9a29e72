"""Helpers of browser tests: open a tab, draw on a canvas, wait until a page is quiet."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, Locator, Page, Request, Worker

from space.page.modules import SOURCES
from tests.processes import PATIENCE

QUIET_SECONDS = 1.0
SHOWN = "[...document.querySelectorAll('.computed')].filter((one) => one.checkVisibility())"
COMPUTED = f"{SHOWN}.every((one) => one.dataset.where)"
IDLE = "() => new Promise((done) => requestIdleCallback(() => done(true), { timeout: 10_000 }))"
"""true once the page has nothing left to do: it had what came, and has asked for what it needs next"""
MODULES = "http://modules.test"
UNFOLD = """new MutationObserver(() => {
    for (const fold of document.querySelectorAll(".part > .fold details:not([open])")) fold.open = true;
}).observe(document, { childList: true, subtree: true });"""
"""what a visitor of a phone does who wants to see all of a lesson"""


class Traffic:
    """The requests of a page that are not finished yet, and the time of the latest one."""

    def __init__(self, page: Page) -> None:
        self.latest, self.open = time.monotonic(), set[Request]()
        page.on("request", self._begin)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self.open.discard(request))
        page.on("worker", lambda worker: worker.on("close", self._forget_weights))

    def _begin(self, request: Request) -> None:
        self.latest = time.monotonic()
        if "/heartbeat/" not in request.url:  # it ends only when the page is closed
            self.open.add(request)

    def _forget_weights(self, _: Worker) -> None:
        """A worker that ends takes its requests along, and nobody says so. It alone asks for weights."""
        self.open = {request for request in self.open if "/weights/" not in request.url}

    def is_quiet(self, seconds: float) -> bool:
        return not self.open and time.monotonic() > self.latest + seconds


_traffic: WeakKeyDictionary[Page, Traffic] = WeakKeyDictionary()


@contextmanager
def new_page(browser: Browser, folded: bool = False, **options: Any) -> Iterator[Page]:
    """A page in a context of its own. No script of it may fail, and it may do nothing that its content
    security policy forbids. On a phone, parts of lessons are unfolded as they come, unless `folded`."""
    context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 900}} | options)
    if not folded and options.get("viewport", {}).get("width", 1280) <= 700:
        context.add_init_script(UNFOLD)
    page = context.new_page()
    watch(page)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: "Content Security Policy" in said.text and errors.append(said.text))
    try:
        yield page
    finally:
        context.close()
    assert errors == []


def watch(page: Page) -> None:
    """Note the requests of a new page, for `until_quiet`; whatever waits on it is patient."""
    page.set_default_timeout(1000 * PATIENCE)
    _traffic[page] = Traffic(page)


def until_quiet(page: Page, seconds: float = QUIET_SECONDS) -> None:
    """Wait until all requests are finished, no new one comes for some seconds, and the page is idle."""
    traffic = _traffic[page]
    until(
        page,
        lambda: traffic.is_quiet(seconds) and page.evaluate(IDLE) and traffic.is_quiet(seconds),
        lambda: [request.url for request in traffic.open],
    )


def import_modules(page: Page, *paths: str) -> None:
    """Open an empty page and make the exports of modules of `space/` global variables on it."""
    page.route(
        f"{MODULES}/**",
        lambda route: route.fulfill(
            body=SOURCES.get(route.request.url.removeprefix(f"{MODULES}/"), b"<!doctype html>"),
            content_type="text/javascript" if route.request.url.endswith(".js") else "text/html",
        ),
    )
    page.goto(f"{MODULES}/")
    addresses = [f"{MODULES}/{path}" for path in paths]
    page.evaluate(
        "(all) => Promise.all(all.map((one) => import(one))).then((all) => Object.assign(window, ...all))",
        addresses,
    )


def until_started(page: Page) -> None:
    """Wait until the page has followed its link: before that nobody hears a click, or the link undoes it."""
    page.get_by_role("tabpanel").first.wait_for()
    page.wait_for_function("window.labLink")
    page.evaluate(IDLE)


def visit_tab(page: Page, url: str, tab: str) -> None:
    """Open the link of a tab, so that no other tab loads."""
    page.goto(f"{url}?tab={tab}")
    until_started(page)


def switch_tab(page: Page, name: str) -> None:
    """The row of tabs is scrolled to it where there is no room for all."""
    page.get_by_role("tab", name=name, exact=True).click()


def look_through(page: Page) -> None:
    """Scroll down the page, as a visitor does: what lies far down is computed once it is nearly in view."""
    page.evaluate(
        """async () => {
            for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
                scrollTo(0, y);
                await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            }
        }"""
    )


def until_computed(page: Page) -> None:
    """Wait until all is there that the browser computes by itself where somebody looks at all of a tab."""

    def is_computed() -> bool:
        look_through(page)
        return page.evaluate(COMPUTED)

    until(page, is_computed)


def stroke(canvas: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a straight line on a canvas with the mouse, in ten moves; points are (x, y) in [0, 1]."""
    canvas.scroll_into_view_if_needed()
    box, mouse = canvas.bounding_box(), canvas.page.mouse
    mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    mouse.down()
    mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=10)
    mouse.up()


def draw(
    canvas: Locator, start: tuple[float, float], end: tuple[float, float], seen: Callable[[], bool]
) -> None:
    """Draw a line on a board of Gradio's until it is `seen`.

    A board takes strokes once it has set up its tools, and does not say when that is.
    """
    again = 0.0

    def comes() -> bool:
        nonlocal again
        if seen():
            return True
        if time.monotonic() > again:
            stroke(canvas, start, end)
            again = time.monotonic() + 10
        return False

    until(canvas.page, comes)


def until(page: Page, holds: Callable[[], bool], instead: Callable[[], object] = str) -> None:
    """Wait until `holds()` is true; where it never is, the failure says what `instead()` returns."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not within {PATIENCE} seconds: {instead()}"
        page.wait_for_timeout(50)
