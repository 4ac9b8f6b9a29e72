"""What a visitor who touches every tab costs the server: `python -m tests.tour . [other trees]`.

For each tree an app is started as a process of its own, and visitors come with Chromium, a few at once: each
opens one tab after another, looks through it, and does what `DOINGS` says. Tabs that not all trees have are
left out. A call that the server has no room for is made again when the server says, as often as it takes, so
that nobody leaves without his answers. The figure is processor time of the app's process. One visitor who
comes before the others is not counted: models are loaded for him.
"""

import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import tyro
from playwright.sync_api import Locator, Page, sync_playwright

from tests.conftest import CHROMIUM
from tests.look import TABS
from tests.pages import look_through, until_quiet, until_started, watch
from tests.processes import Lab, running_lab

PATIENT = """
const ask = window.fetch;
window.fetch = async (...question) => {
    for (;;) {
        const answer = await ask(...question);
        if (answer.status !== 429 && answer.status !== 503) return answer;
        await new Promise((done) => setTimeout(done, 1000 * Number(answer.headers.get("retry-after") ?? 3)));
    }
};
"""
PAUSE = 0.3
"""seconds without a request after which all answers of a doing have come"""
Doing = Callable[[Page], object]
TABLE = "| tree | visitors | server's CPU, s a visitor | refused and asked again | computed for browsers |"


def slide(name: str, *values: str) -> list[Doing]:
    """Move a slider of Gradio's to each of these."""
    return [lambda page, v=value: page.locator(f"#{name} input[type=range]").fill(v) for value in values]


def pick(name: str, index: int) -> Doing:
    """Choose one of a group."""
    return lambda page: page.locator(f"#{name} input").nth(index).check(force=True)


def choose(name: str, index: int) -> Doing:
    """Choose from a menu."""

    def do(page: Page) -> None:
        page.locator(f"#{name} input").click()
        page.get_by_role("option").nth(index).click()

    return do


def write(name: str, value: str) -> Doing:
    """Give a number."""
    return lambda page: page.locator(f"#{name} input").fill(value)


def click(selector: str) -> Doing:
    return lambda page: page.locator(selector).first.click()


def drag(page: Page) -> None:
    """Across the first map, in twenty moves."""
    pointer: Locator = page.locator("[id^=map-] .pointer").first
    pointer.scroll_into_view_if_needed()
    box = pointer.bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.7 * box["height"], steps=20)
    page.mouse.up()


DOINGS: dict[str, list[Doing]] = {
    "heights": [click("#heights .make")],
    "classify": [click("#classify .make")],
    "tree": [click("#tree .run")],
    "pixels": [click("#pixels-play .again")],
    "reconstruct": [
        pick("reconstruct-digits", 33),
        pick("reconstruct-noise", 1),
        *slide("reconstruct-level", "0.3", "0.7"),
        choose("reconstruct-model", 3),
    ],
    "manifold": [drag, click("#manifold-resample")],
    "generate": [
        *slide("generate-scale", "0.9", "0.7", "0.5"),
        click("#generate-panel .sample:nth-child(5)"),
        write("generate-seed", "9"),
        choose("generate-model", 1),
    ],
    "timeline": [choose("timeline-model", 1)],
    "game": [click("#game .step-d")],
    "translate": [pick("translate-emoji", 11), pick("translate-direction", 1)],
    "diffusion": [click("#diffusion-way .again")],
    "models": [choose("models-choose", 3)],
}
"""tab -> what a visitor does there, and waits each time until all answers have come"""


@dataclass(frozen=True)
class TourConfig:
    """Measure the server's processor time a visitor."""

    trees: tyro.conf.Positional[tuple[Path, ...]] = (Path(),)
    """checkouts of the lab whose apps are compared"""
    visitors: int = 32
    """of each app, besides the first"""
    at_once: int = 6
    """browsers that are open at the same time"""
    tab: Annotated[tuple[str, ...], tyro.conf.arg(help_behavior_hint="(default: all)")] = ()
    """ids of the tabs to visit, as in the link, of those that all trees have"""


def processor_seconds(lab: Lab) -> float:
    """That the app's process has used so far."""
    fields = Path(f"/proc/{lab.process.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def tour(page: Page, url: str, tabs: list[str], counts: Counter[str]) -> None:
    """A visit to these tabs; counts what was refused, and what was computed for the browser."""

    def note(path: str, status: int) -> None:
        counts["refused"] += status in (429, 503)
        counts["computed"] += "/compute/" in path

    page.on("response", lambda answer: note(answer.url, answer.status))
    page.goto(url)
    until_started(page)
    until_quiet(page, PAUSE)
    for tab in tabs:
        page.locator(f"[role=tab][data-tab-id={tab}]").first.click()
        until_quiet(page, PAUSE)
        look_through(page)
        until_quiet(page, PAUSE)
        for do in DOINGS[tab]:
            do(page)
            until_quiet(page, PAUSE)


def visit(url: str, tabs: list[str], numbers: list[int]) -> Counter[str]:
    """Let visitors come one after the other, each with an empty cache and an address of his own."""
    counts: Counter[str] = Counter()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for number in numbers:
            context = browser.new_context(
                locale="en-US",
                viewport={"width": 1920, "height": 1000},
                extra_http_headers={"x-forwarded-for": f"192.0.2.{number}"},
            )
            context.add_init_script(PATIENT)
            page = context.new_page()
            watch(page)
            tour(page, url, tabs, counts)
            context.close()
        browser.close()
    return counts


def tabs_of(url: str) -> list[str]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(url)
        page.get_by_role("tab").first.wait_for()
        found = page.evaluate(TABS)
        browser.close()
    return found


def main(config: TourConfig) -> None:
    """Print a row for each tree."""
    with ExitStack() as stack:
        labs = []
        for tree in config.trees:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            labs.append(stack.enter_context(running_lab(folder, tree.resolve())))
        there = [tabs_of(lab.url) for lab in labs]
        tabs = [tab for tab in config.tab or there[-1] if all(tab in some for some in there)]
        print(f"{', '.join(tabs)}; {config.at_once} at once\n\n{TABLE}\n|{5 * '---|'}", flush=True)
        pool = stack.enter_context(ThreadPoolExecutor(config.at_once))
        for tree, lab in zip(config.trees, labs):
            pool.submit(visit, lab.url, tabs, [0]).result()
            begun, before = time.monotonic(), processor_seconds(lab)
            numbers = [list(range(1 + i, 1 + config.visitors, config.at_once)) for i in range(config.at_once)]
            counts = sum(pool.map(partial(visit, lab.url, tabs), filter(None, numbers)), Counter())
            used = (processor_seconds(lab) - before) / config.visitors
            print(
                f"| {tree} | {config.visitors} in {time.monotonic() - begun:.0f} s | {used:.2f} "
                f"| {counts['refused']} | {counts['computed']} |",
                flush=True,
            )


if __name__ == "__main__":
    main(tyro.cli(TourConfig))
