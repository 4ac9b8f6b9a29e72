"""A phone held upright: what is touched and what it changes share the screen, and no lesson is long."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from space.models import roles
from space.text import TEXT
from tests.pages import new_page, stroke, switch_tab, until, until_quiet, until_started
from tests.processes import Lab

pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 390, 844
MOST_SCREENS = 4
LEAST_TARGET, LEAST_TEXT = 40, 12
"""px, of what is touched and of what is read"""
MAP = f"#map-{roles.VAE_MAP}"
TOUCHED = {
    "heights": ("#heights canvas.line", "#heights .chips label", "#heights input[type=range]"),
    "classify": ("#classify canvas.line", "#classify .chips label", "#classify .handle"),
    "tree": ("#tree .frame canvas", "#tree .leaf", "#tree .chips label"),
    "pixels": ("#pixels-play .pair", "#pixels-play .chips label", "#pixels-play .position"),
    "reconstruct": (
        "#reconstruct-result .row-of-pixels",
        *("#reconstruct-digits .digit-picker", "#reconstruct-noise", "#reconstruct-model"),
    ),
    "manifold": (f"{MAP} canvas.digit", f"{MAP} canvas.pointer", f"{MAP} .z1"),
    "generate": (
        "#generate-panel .samples",
        *("#generate-scale input[type=range]", "#generate-number input[type=range]", "#generate-seed"),
    ),
    "timeline": ("#timeline-run canvas.frame", "#timeline-run .position", "#timeline-run .play"),
    "game": ("#game canvas.plane", "#game [data-preset]", "#game .run", "#game .step-d"),
    "translate": (
        "#translate-slider",
        *("#translate-direction", "#translate-emoji .emoji-picker", "#translate-size"),
    ),
    "diffusion": ("#diffusion-way .pictures", "#diffusion-way .chips label", "#diffusion-way .position"),
    "models": ("#models-details .snapshots img", "#models-choose"),
}
"""tab -> what is changed, and what is touched for it"""
SHARE = """([changed, touched]) => {
    const find = (selector) => [...document.querySelectorAll(selector)].find((one) => one.checkVisibility());
    const [result, control] = [find(changed), find(touched)];
    const place = (element) => element.getBoundingClientRect();
    const above = place(control).top <= place(result).top;
    scrollBy(0, above ? place(control).top : place(control).bottom - innerHeight);
    const [{ top, bottom }, { top: over, bottom: under, height }] = [place(control), place(result)];
    const whole = bottom - top > innerHeight || (top > -1 && bottom < innerHeight + 1);
    return whole ? (Math.min(under, innerHeight) - Math.max(over, 0)) / height : 0;
}"""
"""the share of the height of what is changed that is on the screen with what is touched"""
PANEL = "[...document.querySelectorAll('[role=tabpanel]')].find((one) => one.checkVisibility())"
SMALL = f"""([leastTarget, leastText]) => {{
    const panel = {PANEL};
    const seen = (one) => one.checkVisibility({{ visibilityProperty: true, opacityProperty: true }});
    const small = [];
    const said = (one) => one.outerHTML.slice(0, 120);
    for (const one of panel.querySelectorAll("a[href], button, input, select, textarea, summary")) {{
        if (!seen(one) || one.disabled) continue;
        const label = one.closest("label");
        const around = label && ["radio", "checkbox"].includes(one.type) ? label : one;
        const {{ width, height }} = around.getBoundingClientRect();
        const behind = getComputedStyle(one, "::after");
        // a handle is touched on a larger disc
        const larger = behind.position === "absolute" ?
            [behind.width, behind.height].map(parseFloat) : [0, 0];
        const least = Math.min(Math.max(width, larger[0]), Math.max(height, larger[1]));
        if (width && least < leastTarget - 0.5) small.push([least, said(one)]);
    }}
    const texts = document.createTreeWalker(panel, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {{
        const parent = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !seen(parent) || parent.closest(".katex")) continue;
        const size = parseFloat(getComputedStyle(parent).fontSize);
        const matrix = parent instanceof SVGElement ? parent.getScreenCTM() : null;
        const shown = matrix ? size * Math.hypot(matrix.a, matrix.b) : size;
        if (shown && shown < leastText - 0.1) small.push([shown, said(parent)]);
    }}
    return small;
}}"""
"""targets and texts that are too small; formulas have subscripts of their own size"""

UNSEEN = f"""() => {{
    const still = document.createElement("style");
    still.textContent = "*, ::before, ::after {{ transition: none !important; }}";
    document.head.append(still);
    const parts = [null, "::before", "::after"];
    const look = (nodes) => nodes.flatMap((one) => parts.map((part) => {{
        const style = getComputedStyle(one, part);
        const line = style.outlineStyle === "none" ? "" : style.outline;
        return [line, style.boxShadow, style.borderColor, style.stroke, style.fill, style.opacity].join();
    }})).join();
    const unseen = [];
    const controls = "a[href], button, input, select, textarea, summary, [tabindex='0']";
    for (const one of {PANEL}.querySelectorAll(controls)) {{
        if (!one.checkVisibility() || one.disabled || one.tabIndex < 0) continue;
        const around = [one.parentElement, one.closest("label"), one.closest(".block")].filter(Boolean);
        const nodes = [one, ...one.querySelectorAll("*"), ...around];
        one.focus({{ preventScroll: true }});
        if (document.activeElement !== one) continue;
        const focused = look(nodes);
        one.blur();
        if (look(nodes) === focused) unseen.push(one.outerHTML.slice(0, 120));
    }}
    still.remove();
    return unseen;
}}"""
"""controls that look the same whether or not they have the focus"""


@pytest.fixture(scope="module")
def phone(browser: Browser, lab: Lab) -> Iterator[Page]:
    """One page for all tabs."""
    with new_page(browser, folded=True, viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True) as page:
        page.goto(lab.url)
        until_started(page)
        yield page


@pytest.mark.parametrize("tab", TOUCHED)
def test_a_lesson_fits_a_phone(phone: Page, tab: str) -> None:
    """A control shares the screen with half of what it changes; four screens; large enough; focus is seen."""
    switch_tab(phone, TEXT[f"{tab}.tab"][0])
    changed, *touched = TOUCHED[tab]
    for one in TOUCHED[tab]:
        phone.locator(f"{one}:visible").first.wait_for()
    size = f"document.querySelectorAll('{changed}').length && {PANEL}.getBoundingClientRect().height"
    heights: list[float] = []

    def settled() -> bool:
        phone.wait_for_timeout(100)  # a lesson grows and shrinks while it starts
        heights.append(phone.evaluate(size))
        return len(heights) > 9 and len(set(heights[-10:])) == 1

    until(phone, settled)
    shares = {one: round(phone.evaluate(SHARE, [changed, one]), 2) for one in touched}
    assert min(shares.values()) >= 0.5, shares
    assert phone.evaluate("document.documentElement.scrollHeight") <= MOST_SCREENS * HEIGHT
    assert phone.evaluate("document.documentElement.scrollWidth") <= WIDTH
    assert phone.evaluate(SMALL, [LEAST_TARGET, LEAST_TEXT]) == []
    phone.keyboard.press("Shift")  # from here on the focus is one of keys
    assert phone.evaluate(UNSEEN) == []


def test_a_drawing_and_its_translation_share_the_screen(phone: Page) -> None:
    """The translation stays above the board, and the board stays where it is when the first one comes."""
    switch_tab(phone, TEXT["translate.tab"][0])
    slider = phone.locator("#translate-slider")
    slider.locator("img").first.wait_for()
    phone.locator("#translate-source").get_by_text(TEXT["translate.source.draw"][0]).tap()
    board = phone.locator("#translate-sketch canvas").first
    until(phone, lambda: slider.locator("img").count() == 0)
    until_quiet(phone)

    def places() -> list[dict[str, float]]:
        return [one.bounding_box() for one in (slider, board)]

    board.evaluate("(board) => scrollBy(0, board.getBoundingClientRect().bottom - innerHeight)")
    before = places()
    stroke(board, (0.3, 0.3), (0.7, 0.7))
    until(phone, lambda: slider.locator("img").count() == 2)
    until_quiet(phone)
    assert places() == before
    result, drawn = before
    assert result["y"] >= 0 and result["y"] + result["height"] <= drawn["y"]
    assert drawn["y"] + drawn["height"] <= HEIGHT + 1
    picture = slider.locator("img").first.bounding_box()
    assert picture["height"] <= result["height"] and picture["width"] == pytest.approx(
        picture["height"], abs=2
    )
    phone.locator("#translate-source").get_by_text(TEXT["translate.source.emoji"][0]).tap()


def test_a_part_is_folded_until_its_title_is_touched(phone: Page) -> None:
    switch_tab(phone, TEXT["manifold.tab"][0])
    title = phone.get_by_text("Twenty dimensions", exact=True).locator("visible=true")
    sliders = phone.locator("#manifold-deep")
    title.wait_for()
    assert not sliders.is_visible()
    title.tap()
    sliders.wait_for()
    title.tap()
    until(phone, lambda: not sliders.is_visible())


def test_all_tabs_are_reached_by_swiping_their_row(phone: Page) -> None:
    row = phone.get_by_role("tablist").first
    assert row.get_by_role("tab").count() == len(TOUCHED)
    assert row.evaluate("(one) => one.scrollWidth > one.clientWidth")
    assert row.evaluate("(one) => getComputedStyle(one).overflowX") == "auto"
    assert phone.locator(".overflow-menu").count() == 0
