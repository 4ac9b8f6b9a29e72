"""Helpers of browser tests: open a tab, draw on a canvas, wait until a page is quiet."""

import time
from collections.abc import Callable
from weakref import WeakKeyDictionary

from playwright.sync_api import Locator, Page, Request

from space.page.modules import SOURCES

QUIET_SECONDS = 1.0
MODULES = "http://modules.test"


class Traffic:
    """The requests of a page that are not finished yet, and the time of the latest one."""

    def __init__(self, page: Page) -> None:
        self.latest, self.open = time.monotonic(), set[Request]()
        page.on("request", self._begin)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self.open.discard(request))

    def _begin(self, request: Request) -> None:
        self.latest = time.monotonic()
        if "/heartbeat/" not in request.url:  # it ends only when the page is closed
            self.open.add(request)

    def is_quiet(self) -> bool:
        return not self.open and time.monotonic() > self.latest + QUIET_SECONDS


_traffic: WeakKeyDictionary[Page, Traffic] = WeakKeyDictionary()


def watch(page: Page) -> None:
    """Note the requests of a new page, for `until_quiet`."""
    _traffic[page] = Traffic(page)


def until_quiet(page: Page) -> None:
    """Wait until all requests of the page are finished and no new one comes for a second."""
    until(page, _traffic[page].is_quiet)


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


def visit_tab(page: Page, url: str, tab: str) -> None:
    """Open the link of a tab, so that no other tab loads."""
    page.goto(f"{url}?tab={tab}")
    page.get_by_role("tabpanel").first.wait_for()


def stroke(canvas: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a straight line on a canvas with the mouse, in ten moves; points are (x, y) in [0, 1]."""
    canvas.scroll_into_view_if_needed()
    box, mouse = canvas.bounding_box(), canvas.page.mouse
    mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    mouse.down()
    mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=10)
    mouse.up()


def until(page: Page, holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until `holds()` is true; fails after `seconds`, which leave time for a busy machine."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} seconds"
        page.wait_for_timeout(50)
