"""How browser tests come to a tab, and wait for what it does."""

import time
from collections.abc import Callable

from playwright.sync_api import Page


def visit_tab(page: Page, url: str, tab: str) -> None:
    """Open the page at a tab by its link, so that no other one loads."""
    page.goto(f"{url}?tab={tab}")
    page.get_by_role("tabpanel").first.wait_for()


def until(page: Page, holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until `holds()` is true: a busy machine is slow, not wrong."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} seconds"
        page.wait_for_timeout(50)
