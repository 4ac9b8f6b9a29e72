"""How soon lessons react while the server is slow: `python -m tests.reactions [--delay 3]`.

Every answer of Gradio's queue comes `--delay` seconds late. The first column is the time from the last byte
of the weights that a lesson needs until it shows its first result; the second that from a visitor's hand
until the result changes. Medians and greatest of `--rounds` visits with an empty cache, in milliseconds.
"""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import tyro
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM
from tests.pages import new_page, until, until_quiet, until_started, visit_tab
from tests.processes import running_lab

SLOW = """
const ask = window.fetch;
window.fetch = async (...question) => {
    const answer = await ask(...question);
    if (String(question[0].url ?? question[0]).includes("/gradio_api/"))
        await new Promise((done) => setTimeout(done, DELAY_MS));
    return answer;
};
window.shownAt = {};
new MutationObserver((all) => {
    for (const { target } of all)
        for (let one = target; one; one = one.parentElement)
            if (one.id) shownAt[one.id] ??= performance.timeOrigin + performance.now();
}).observe(document, { subtree: true, attributeFilter: ["data-where"] });
"""
"""delays what the queue answers, and notes when an element first said where its result was computed"""
REACT = """async ([place, selector, index, value]) => {
    const looks = () => [...document.querySelectorAll(`${place} canvas, ${place} img`)]
        .map((one) => one.src ?? one.toDataURL()).join();
    const hand = document.querySelectorAll(selector)[index];
    const [before, begun] = [looks(), performance.now()];
    if (value === null) hand.click();
    else {
        hand.value = value;
        hand.dispatchEvent(new Event("input", { bubbles: true }));
    }
    while (looks() === before) {
        if (performance.now() > begun + 10_000) throw new Error(`${place} did not change`);
        await new Promise((done) => setTimeout(done));
    }
    return performance.now() - begun;
}"""


@dataclass(frozen=True)
class Lesson:
    """Where a lesson shows its result, and what a visitor changes."""

    place: str
    hand: str
    """CSS selector"""
    index: int = 0
    """which of those that it finds"""
    value: str | None = None
    """what it is set to; None: it is clicked"""
    weights: bool = True
    """whether it is computed from weights; else all of it comes from the server at once"""


LESSONS = {
    "generate": Lesson("generate-panel", "#generate-scale input[type=range]", value="0.5"),
    "reconstruct": Lesson("reconstruct-result", "#reconstruct-digits input", 33),
    "manifold": Lesson("manifold-deep", "#manifold-deep input[type=range]", value="2"),
    "translate": Lesson("translate-circle", "#translate-emoji input", 11),
    "timeline": Lesson("timeline-run", "#timeline-run .position", value="1", weights=False),
}
"""tab -> lesson"""


@dataclass(frozen=True)
class ReactionsConfig:
    """Measure how soon lessons react while the server is slow."""

    delay: float = 3.0
    """seconds that answers of the queue are late"""
    rounds: int = 5
    """visits to each lesson"""


def visit(page: Page, url: str, tab: str, lesson: Lesson) -> tuple[float, float]:
    """Milliseconds until the first result after the weights (nan: without weights), and until it changes."""
    weights: list[float] = []

    def note(request: object) -> None:
        if "/weights/" in request.url and not request.url.endswith(".json"):
            weights.append(request.timing["startTime"] + request.timing["responseEnd"])

    page.on("requestfinished", note)
    visit_tab(page, url, tab)
    first = float("nan")
    if lesson.weights:
        page.locator(f"#{lesson.place}").scroll_into_view_if_needed()
        until(page, lambda: page.evaluate(f"'{lesson.place}' in shownAt"))
        shown = page.evaluate(f"shownAt['{lesson.place}']")
        first = shown - max(at for at in weights if at <= shown)
    until_started(page)
    until_quiet(page)
    return first, page.evaluate(REACT, [f"#{lesson.place}", lesson.hand, lesson.index, lesson.value])


def measure(browser: Browser, url: str, tab: str, config: ReactionsConfig) -> list[str]:
    """Both columns of a lesson."""
    found = []
    for _ in range(config.rounds):
        with new_page(browser) as page:
            page.add_init_script(SLOW.replace("DELAY_MS", f"{1000 * config.delay:g}"))
            found.append(visit(page, url, tab, LESSONS[tab]))
    return [f"{statistics.median(column):.0f}, {max(column):.0f}" for column in zip(*found)]


def main(config: ReactionsConfig) -> None:
    """Print a row for each lesson."""
    print("| lesson | weights to first result, ms | hand to next result, ms |\n|---|---|---|")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_lab(Path(folder)) as lab,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for tab in LESSONS:
            print(f"| {tab} | {' | '.join(measure(browser, lab.url, tab, config))} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main(tyro.cli(ReactionsConfig))
