"""What a first visit weighs: bytes and requests until the page is quiet, with an empty cache."""

import pytest
from playwright.sync_api import Browser

from tests.pages import new_page, until_quiet, until_started
from tests.processes import Lab

pytestmark = pytest.mark.browser

MOST_BYTES, MOST_REQUESTS = 700_000, 70
"""as they are sent, brotli; the page has no more to do then, and its first picture is long there"""
DRAWN = "#heights .ranking tbody tr"
"""the first lesson's table, which its picture is drawn with"""


@pytest.mark.parametrize("locale", ["ko-KR", "en-US"])
def test_a_first_visit_is_light(browser: Browser, lab: Lab, locale: str) -> None:
    with new_page(browser, locale=locale, viewport={"width": 390, "height": 844}) as page:
        sizes: dict[str, float] = {}
        addresses: dict[str, str] = {}
        client = page.context.new_cdp_session(page)
        client.send("Network.enable")
        client.on("Network.requestWillBeSent", lambda event: add(event["requestId"], event["request"]["url"]))
        client.on(
            "Network.loadingFinished", lambda event: weigh(event["requestId"], event["encodedDataLength"])
        )

        def add(request: str, address: str) -> None:
            if not address.startswith(("data:", "blob:")):
                addresses[request], sizes[request] = address, 0

        def weigh(request: str, size: float) -> None:
            if request in sizes:
                sizes[request] = size

        page.goto(lab.url)
        until_started(page)
        page.locator(DRAWN).first.wait_for()
        until_quiet(page)
        asked = list(addresses.values())
        assert len(asked) <= MOST_REQUESTS, asked
        assert len(set(asked)) == len(asked)
        assert 0 < sum(sizes.values()) <= MOST_BYTES, {addresses[one]: size for one, size in sizes.items()}
        assert not [address for address in asked if "CanvasTextSystem" in address]  # of the drawing board
