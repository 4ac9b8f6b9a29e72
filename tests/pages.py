"""How browser tests come to a tab, and wait for what it does."""

import time
from collections.abc import Callable
from weakref import WeakKeyDictionary

from playwright.sync_api import Locator, Page, Request

from space.page.modules import SOURCES

QUIET_SECONDS = 1.0
MODULES = "http://modules.test"


class Traffic:
    """What a page has asked for and not got yet, and when it asked last."""

    def __init__(self, page: Page) -> None:
        self.latest, self.open = time.monotonic(), set[Request]()
        page.on("request", self._begin)
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self.open.discard(request))

    def _begin(self, request: Request) -> None:
        self.latest = time.monotonic()
        if "/heartbeat/" not in request.url:  # open as long as the page is
            self.open.add(request)

    def is_quiet(self) -> bool:
        return not self.open and time.monotonic() > self.latest + QUIET_SECONDS


_traffic: WeakKeyDictionary[Page, Traffic] = WeakKeyDictionary()


def watch(page: Page) -> None:
    """Note what a new page asks for, for `until_quiet`."""
    _traffic[page] = Traffic(page)


def until_quiet(page: Page) -> None:
    """Wait until the page has got all that it asked for, and asks for nothing more."""
    until(page, _traffic[page].is_quiet)


def import_modules(page: Page, *paths: str) -> None:
    """Put all that modules of `space/` export onto an empty page, as globals."""
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
    """Open the page at a tab by its link, so that no other one loads."""
    page.goto(f"{url}?tab={tab}")
    page.get_by_role("tabpanel").first.wait_for()


def stroke(canvas: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A straight stroke with the mouse, in ten moves, between two places on a canvas, [0, 1] each way."""
    canvas.scroll_into_view_if_needed()
    box, mouse = canvas.bounding_box(), canvas.page.mouse
    mouse.move(box["x"] + start[0] * box["width"], box["y"] + start[1] * box["height"])
    mouse.down()
    mouse.move(box["x"] + end[0] * box["width"], box["y"] + end[1] * box["height"], steps=10)
    mouse.up()


def until(page: Page, holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until `holds()` is true: a busy machine is slow, not wrong."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} seconds"
        page.wait_for_timeout(50)
