"""How soon lessons react while the server is slow: `python -m tests.reactions [--delay 3]`.

Every answer of Gradio's queue comes `--delay` seconds late. The first two columns are the time from the last
byte that a lesson needs, of its weights or (the timeline) of its training run, until the first picture that
they make is there, and until all of the first result is; the third is that from a visitor's hand until the
result begins to change. Medians and greatest of `--rounds` visits with an empty cache, in milliseconds. One
visit that comes before is not counted.
"""

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import tyro
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.conftest import CHROMIUM
from tests.pages import new_page, until, until_quiet, until_started
from tests.processes import running_lab

SLOW = """
const ask = window.fetch;
window.fetch = async (...question) => {
    const answer = await ask(...question);
    if (String(question[0].url ?? question[0]).includes("/gradio_api/"))
        await new Promise((done) => setTimeout(done, DELAY_MS));
    return answer;
};
window.now = () => performance.timeOrigin + performance.now();
window.shownAt = {};
window.drawnAt = {};
window.drawn = {};
function note(times, element) {
    for (let one = element; one; one = one.parentElement) if (one.id) times[one.id] = now();
}
function keep(times) {
    Object.assign(drawnAt, times);
    for (const [id, at] of Object.entries(times)) (drawn[id] ??= []).push(at);
}
for (const name of ["putImageData", "drawImage"]) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...what) {
        draw.apply(this, what);
        const times = {};
        note(times, this.canvas);
        keep(times);
    };
}
new MutationObserver((all) => {
    for (const { target, attributeName, addedNodes } of all) {
        const pictures = (one) => one.matches?.("canvas, img") || one.querySelector?.("canvas, img");
        if (!attributeName && ![...addedNodes].some(pictures)) continue;
        const times = {};
        note(times, target);
        if (attributeName === "data-where") shownAt = { ...times, ...shownAt };
        else keep(times);
    }
}).observe(document, { subtree: true, childList: true, attributeFilter: ["data-where", "src"] });
"""
"""delays what the queue answers; notes when an element first said where its result was computed, and when
something was drawn in it"""
REACT = """async ([place, selector, index, value]) => {
    const hand = document.querySelectorAll(selector)[index];
    const begun = now();
    if (value === null) hand.click();
    else {
        hand.value = value;
        hand.dispatchEvent(new Event("input", { bubbles: true }));
    }
    while (!(drawnAt[place] > begun)) {
        if (now() > begun + 10_000) throw new Error(`${place} did not change`);
        await new Promise((done) => setTimeout(done));
    }
    return drawnAt[place] - begun;
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
    needs: str = "/weights/"
    """in the addresses of what it needs"""
    shown: str = "shownAt"
    """where it is noted when it was there"""
    begins: str = ""
    """which part of the result is there first, and changes first; empty: all of it at once"""


LESSONS = {
    "generate": Lesson("generate-panel", "#generate-scale input[type=range]", value="0.5"),
    "reconstruct": Lesson("reconstruct-result", "#reconstruct-digits input", 33),
    "manifold": Lesson("manifold-deep", "#manifold-deep input[type=range]", value="2"),
    "translate": Lesson("translate-circle", "#translate-emoji input", 11, begins="translate-slider"),
    "timeline": Lesson(
        "timeline-run", "#timeline-run .position", value="1", needs="/facts/", shown="drawnAt"
    ),
}
"""tab -> lesson"""


@dataclass(frozen=True)
class ReactionsConfig:
    """Measure how soon lessons react while the server is slow."""

    delay: float = 3.0
    """seconds that answers of the queue are late"""
    rounds: int = 5
    """visits to each lesson"""


def visit(page: Page, url: str, tab: str, lesson: Lesson) -> tuple[float, float, float]:
    """Milliseconds from what it needs to the first picture, to all of the result, and from hand to change."""
    came: list[float] = []

    def note(request: Request) -> None:
        if lesson.needs in request.url and not request.url.endswith(".json"):
            came.append(request.timing["startTime"] + request.timing["responseEnd"])

    page.on("requestfinished", note)
    page.goto(f"{url}?tab={tab}")
    page.locator(f"#{lesson.place}").scroll_into_view_if_needed()
    shown = f"{lesson.shown}['{lesson.place}'] ?? 0"
    until(page, lambda: came and page.evaluate(shown) > came[0])
    shown = page.evaluate(shown)
    until_quiet(page)  # what came is told late
    needed = max(at for at in came if at <= shown)
    begins = lesson.begins or lesson.place
    first = min(at for at in page.evaluate("id => drawn[id]", begins) if at > needed)
    until_started(page)
    changed = page.evaluate(REACT, [begins, lesson.hand, lesson.index, lesson.value])
    return first - needed, shown - needed, changed


def measure(browser: Browser, url: str, tab: str, config: ReactionsConfig) -> list[str]:
    """The columns of a lesson."""
    found = []
    for _ in range(1 + config.rounds):
        with new_page(browser) as page:
            page.add_init_script(SLOW.replace("DELAY_MS", f"{1000 * config.delay:g}"))
            found.append(visit(page, url, tab, LESSONS[tab]))
    return [f"{statistics.median(column):.0f}, {max(column):.0f}" for column in zip(*found[1:])]


def main(config: ReactionsConfig) -> None:
    """Print a row for each lesson."""
    print(f"| lesson | to the first picture, ms | to all, ms | hand to next, ms |\n|{4 * '---|'}")
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
