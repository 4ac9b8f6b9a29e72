"""How browser tests come to a tab."""

from playwright.sync_api import Page

from space.text import TEXT


def visit_tab(page: Page, url: str, tab: str, language: int = 0) -> None:
    """Load the page and open the tab of the text `<tab>.tab`, in English (0) or Korean (1)."""
    page.goto(url)
    name = TEXT[f"{tab}.tab"][language]
    page.get_by_role("tab").first.wait_for()
    page.wait_for_timeout(1500)  # on a phone, tabs that do not fit move into a menu
    beside = page.get_by_role("tab", name=name, exact=True)
    if not beside.is_visible():
        page.locator(".overflow-menu > button").click()
        beside = page.locator(".overflow-menu").get_by_text(name, exact=True)
    beside.click()
