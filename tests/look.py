"""Screenshots of every tab, to look at: both languages, a laptop and a phone, with what went wrong.

    python app.py                                       # in one terminal
    python -m tests.look http://127.0.0.1:7860 looks    # in another: PNG files in looks/

`--tab manifold game` takes only these, `--throttle 4` slows the page's CPU four times, `--dark` asks for dark
colours.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro
from playwright.sync_api import Browser, sync_playwright

from tests.pages import look_through, until_quiet, visit_tab, watch

TABS = "() => gradio_config.components.filter(c => c.type === 'tabitem').map(c => c.props.id)"
SIZES = {"laptop": (1280, 800), "phone": (390, 844)}


@dataclass(frozen=True)
class LookConfig:
    """Take screenshots of the running lab."""

    url: tyro.conf.Positional[str]
    """where the lab runs"""
    folder: tyro.conf.Positional[Path]
    """where the pictures go"""
    tab: Annotated[tuple[str, ...], tyro.conf.arg(help_behavior_hint="(default: all)")] = ()
    """ids of tabs, as in the link"""
    throttle: float = 1.0
    """times that the page's CPU is slowed down"""
    dark: bool = False
    """ask for dark colours"""


def look(browser: Browser, config: LookConfig, language: str, device: str) -> None:
    """The tabs in one language on one device: first screen and whole page, errors printed."""
    width, height = SIZES[device]
    context = browser.new_context(
        locale=language,
        viewport={"width": width, "height": height},
        has_touch=device == "phone",
        color_scheme="dark" if config.dark else "light",
    )
    page = context.new_page()
    watch(page)
    page.set_default_timeout(120_000)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": config.throttle})
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(config.url)
    page.get_by_role("tab").first.wait_for()
    for tab in config.tab or page.evaluate(TABS):
        page.goto("about:blank")  # the page before ends here, with errors of its own
        errors.clear()
        visit_tab(page, f"{config.url.rstrip('/')}/", tab)
        until_quiet(page)
        look_through(page)
        until_quiet(page)
        page.evaluate("scrollTo(0, 0)")
        name = f"{tab}-{language[:2]}-{device}"
        page.screenshot(path=config.folder / f"{name}-first.png")
        page.screenshot(path=config.folder / f"{name}.png", full_page=True)
        sideways = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        print(name, "scrolls sideways" if sideways else "", *errors, flush=True)
    context.close()


def main(config: LookConfig) -> None:
    config.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for language in ("en-US", "ko-KR"):
            for device in SIZES:
                look(browser, config, language, device)
        browser.close()


if __name__ == "__main__":
    main(tyro.cli(LookConfig))
