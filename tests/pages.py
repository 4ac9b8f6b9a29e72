"""How browser tests come to a tab."""

from playwright.sync_api import Page


def visit_tab(page: Page, url: str, tab: str) -> None:
    """Open the page at a tab by its link, so that no other one loads."""
    page.goto(f"{url}?tab={tab}")
    page.get_by_role("tabpanel").first.wait_for()
