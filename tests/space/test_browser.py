"""The whole page with the bundled models in a real Chromium: both languages, a laptop and a phone.

The app runs as a process of its own, without a network.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from space.models import DCGAN, MODELS, roles
from space.page.words import TEXTS
from space.pictures.sheets import digit_sheet
from space.text import TEXT
from tests.pages import (
    draw,
    new_page,
    switch_tab,
    until,
    until_computed,
    until_quiet,
    until_started,
    visit_tab,
)
from tests.processes import Lab
from tests.small_models import small

pytestmark = pytest.mark.browser

AXE = Axe()
"""axe-core: rules of accessibility, https://github.com/dequelabs/axe-core"""
ONLY_VIOLATIONS = {"resultTypes": ["violations"]}
"""all rules are tried, but what passed is not listed, which takes as long"""
SHOWN = {"exclude": [["[role=tabpanel][style*='none']"]]}
"""all but the tabs that are hidden, which have had their turn"""
SCREENS = {"laptop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
VISITORS = [
    pytest.param({"locale": locale, "viewport": size}, id=f"{locale}-{screen}")
    for locale in ("ko-KR", "en-US")
    for screen, size in SCREENS.items()
]


@pytest.fixture
def url(lab: Lab) -> str:
    return lab.url


@pytest.mark.parametrize("page", VISITORS, indirect=True)
def test_every_tab_tells_its_story(page: Page, lab: Lab):
    """Opens all tabs: content, the visitor's language, no sideways scroll, nothing from elsewhere.

    Languages differ in words, screens in layout, and axe takes half of the time. So it sees each language and
    each screen once: the Korean laptop and the English phone.
    """
    url = lab.url
    korean = page.evaluate("navigator.language").startswith("ko")
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda request: request.url.startswith((url, "data:", "blob:")) or elsewhere.append(request.url),
    )
    page.goto(url)
    until_started(page)

    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile("생성 모델" if korean else "Generative")
    )
    expect(page.locator("#heights .ranking tbody tr").first).to_be_visible()
    check(page, "heights", korean)

    switch_tab(page, TEXT["classify.tab"][korean])
    expect(page.locator("#classify .way.right output")).to_have_text(re.compile(r"0\.\d{3}"))
    check(page, "classify", korean)

    switch_tab(page, TEXT["tree.tab"][korean])
    expect(page.locator("#tree .results tbody tr")).to_have_count(1, timeout=120_000)
    check(page, "tree", korean)

    switch_tab(page, TEXT["pixels.tab"][korean])
    for part in ("pixels-play .fell", "pixels-digit .network b", "pixels-digit .verdict"):
        page.locator(f"#{part}").scroll_into_view_if_needed()
        expect(page.locator(f"#{part}")).not_to_be_empty()
    check(page, "pixels", korean)

    switch_tab(page, TEXT["reconstruct.tab"][korean])
    result = page.locator("#reconstruct-result")
    expect(result.locator("img")).to_have_count(5)
    check(page, "reconstruct", korean)

    switch_tab(page, TEXT["manifold.tab"][korean])
    for part in (f"map-{roles.VAE_MAP}", f"map-{roles.PLAIN_MAP}", "manifold-first", "manifold-deep"):
        page.locator(f"#{part}").scroll_into_view_if_needed()
        page.locator(f"#{part} .computed[data-where=browser]").wait_for()
    expect(page.locator("#manifold-first .found")).to_contain_text("VAE")
    check(page, "manifold", korean)

    switch_tab(page, TEXT["generate.tab"][korean])
    expect(page.locator("#generate-panel .samples > *")).to_have_count(32)
    check(page, "generate", korean)

    switch_tab(page, TEXT["timeline.tab"][korean])
    expect(page.locator("#timeline-run .where")).not_to_be_empty()
    check(page, "timeline", korean)

    switch_tab(page, TEXT["game.tab"][korean])
    expect(page.locator("#game .count")).not_to_be_empty()
    check(page, "game", korean)

    switch_tab(page, TEXT["translate.tab"][korean])
    expect(page.locator("#translate-circle img")).to_have_count(4)
    expect(page.locator("#translate-slider img").first).to_be_visible()
    expect(page.locator("#translate-run .steps figure").first).to_be_visible()
    check(page, "translate", korean)

    switch_tab(page, TEXT["diffusion.tab"][korean])
    expect(page.locator("#diffusion-way .decided")).not_to_be_empty()
    expect(page.locator("#diffusion-digit .flip")).not_to_be_empty()
    check(page, "diffusion", korean)

    switch_tab(page, TEXT["models.tab"][korean])
    expect(page.locator("#models-overview tbody tr")).to_have_count(len(MODELS))
    expect(page.locator("#models-details svg")).to_be_visible()
    check(page, "models", korean)
    assert elsewhere == [] and lab.calls() == []


def check(page: Page, tab: str, korean: bool) -> None:
    """No sideways scroll, no key instead of a text, no toast, the visitor's language, and what axe finds."""
    expect(page.locator(".pending")).to_have_count(0)  # pale while something new comes
    page.wait_for_function(
        """document.getAnimations().every(
            one => one.playState === "finished" || one.effect.getComputedTiming().iterations === Infinity)"""
    )
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = page.locator("body").inner_text()
    runs = re.findall(r"[\w./-]+", text)  # of what a key may consist of; a sentence may end behind it
    begun = {run[:end] for run in runs for end, after in enumerate(f"{run}.") if after == "."}
    assert begun & TEXTS.keys() == set() and "__i18n__" not in text
    assert page.locator(".toast-body").count() == 0, page.locator(".toast-body").all_inner_texts()
    assert bool(re.search("[가-힣]{3}", page.get_by_role("tabpanel").first.inner_text())) == korean, tab
    if korean == (width < 600):
        return
    found = AXE.run(page, context=SHOWN, options=ONLY_VIOLATIONS).response["violations"]
    assert [
        (rule["id"], [(node["html"][:300], node["failureSummary"]) for node in rule["nodes"]])
        for rule in found
        if rule["impact"] in ("serious", "critical") or rule["id"] == "heading-order"
    ] == [], tab


@pytest.fixture(scope="module")
def any_tab(browser: Browser, lab: Lab) -> Iterator[Page]:
    """One page for all tabs, which leave one another alone."""
    with new_page(browser) as page:
        page.goto(lab.url)
        until_started(page)
        yield page


FOCUSABLE = ":is(a[href], button, input, select, textarea, summary, [tabindex])"
UNREACHED = """focusable => [...document.querySelectorAll("[role=tabpanel] " + focusable)]
    .filter(e => e.tabIndex >= 0 && !e.disabled && e.checkVisibility() && e.getClientRects().length)
    .filter(e => e.type !== "radio" || e.checked)  // one stop a group; arrow keys do the rest
    .filter(e => !("reached" in e.dataset))
    .map(e => e.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize(
    "tab",
    [
        *(
            "heights",
            "classify",
            "tree",
            "pixels",
            "reconstruct",
            "manifold",
            "generate",
            "timeline",
            "game",
            "translate",
        ),
        *("diffusion", "models"),
    ],
)
def test_everything_is_reachable_by_keyboard(any_tab: Page, tab: str):
    page = any_tab
    switch_tab(page, TEXT[f"{tab}.tab"][0])
    until_computed(page)  # results have buttons
    until_quiet(page)
    page.get_by_role("tab").first.focus()
    footer = False
    for _ in range(300):
        page.keyboard.press("Tab")
        footer = page.evaluate(
            "() => { const e = document.activeElement; e.dataset.reached = ''; return !!e.closest('footer') }"
        )
        if footer:
            break
    assert footer, "the focus is caught"
    assert page.evaluate(UNREACHED, FOCUSABLE) == []


def test_controls_stay_beside_what_they_change(any_tab: Page):
    """Half way down a lesson that is longer than its controls they are still on the screen."""
    page = any_tab
    switch_tab(page, TEXT["translate.tab"][0])
    until_computed(page)
    until_quiet(page)
    place = """(column) => {
        const { top, height } = column.parentElement.getBoundingClientRect();
        scrollBy(0, top + (height - column.offsetHeight) / 2);
        return [height - column.offsetHeight, column.getBoundingClientRect().top];
    }"""
    room, top = page.locator(".sticky:visible").first.evaluate(place)
    assert room > 100 and top == pytest.approx(12, abs=1)


def test_the_korean_font_has_the_syllables_of_all_texts(page: Page, url: str):
    """For systems that have none; it holds the 2,350 of KS X 1001."""
    page.goto(url)
    page.get_by_role("heading", level=1).wait_for()
    needed = "".join(sorted(set(re.findall("[가-힣]", "".join(korean for _, korean in TEXTS.values())))))
    faces = page.evaluate(
        "text => document.fonts.load('16px \"Lab Hangul\"', text).then(f => f.length)", needed
    )
    assert faces == 1
    assert all(len(syllable.encode("euc_kr")) == 2 for syllable in needed)


def test_a_visitor_reconstructs_with_noise_and_compares_the_family(page: Page, url: str):
    page.goto(url)
    switch_tab(page, TEXT["reconstruct.tab"][0])
    result, shown = page.locator("#reconstruct-result"), page.locator("#reconstruct-result .shown")
    strength = page.locator("#reconstruct-strength")
    # the tab begins with a digit that is brought back from noise; a link that names neither is without
    first = "digit-7-1_gaussian-0.5_seed0"
    expect(shown).to_have_attribute("data-shown", f"{roles.DENOISING} {first}")
    until(page, lambda: page.url == f"{url}/?tab=reconstruct&model={roles.DENOISING}&noise=gaussian")
    expect(strength).to_be_visible()
    expect(shown.locator(".noisy:visible, .psnr_noisy:visible")).to_have_count(2)
    page.locator("#reconstruct-noise").get_by_text("None").click()
    expect(shown).to_have_attribute("data-shown", f"{roles.DENOISING} digit-7-1")
    expect(shown.locator(".noisy:visible, .psnr_noisy:visible")).to_have_count(0)
    expect(strength).to_be_hidden()
    visit_tab(page, url, "reconstruct")
    expect(shown).to_have_attribute("data-shown", f"{roles.PLAIN} digit-7-1")
    page.locator("#reconstruct-noise").get_by_text("Gaussian").click()
    expect(shown).to_have_attribute("data-shown", f"{roles.PLAIN} {first}")
    noisy = [image.get_attribute("src") for image in result.locator("img").all()]
    assert noisy[0] != noisy[1]

    page.locator("#reconstruct-model input").click()
    page.get_by_role("option", name=re.compile("family", re.IGNORECASE)).click()
    expect(result.locator("img").nth(9)).to_be_visible()


@pytest.mark.parametrize("page", [{"locale": "ko-KR"}], indirect=True)
def test_the_slider_through_training_says_its_step_in_the_pages_language(page: Page, url: str):
    visit_tab(page, url, "models")
    details = page.locator("#models-details")
    slider = details.get_by_role("slider", name=TEXT["models.step"][1], exact=True)
    said = details.locator(".snapshots output")
    expect(said).to_contain_text(",")  # some thousand steps
    expect(slider).to_have_attribute("aria-valuetext", said.inner_text())
    slider.fill("0")
    expect(said).to_have_text("0")
    expect(slider).to_have_attribute("aria-valuetext", "0")


@pytest.mark.parametrize("page", [{"locale": "ko-KR"}], indirect=True)
def test_a_folder_of_ones_own_is_opened_in_the_models_tab(page: Page, lab: Lab):
    small(DCGAN, in_channels=3, image_size=32).save_pretrained(lab.folder / "mine" / "타일")
    visit_tab(page, lab.url, "models")
    expect(page.locator("#models-own-found")).to_contain_text("모델: 1개")
    page.locator("#models-own-name input").click()
    page.get_by_role("option", name="타일").click()
    page.locator("#models-own-open").click()
    expect(page.locator("#models-own-about").get_by_role("heading", name="DCGAN")).to_be_visible()
    samples = page.locator("#models-own-pictures img").first
    expect(samples).to_have_attribute("alt", re.compile("시드 0"))
    before = samples.get_attribute("src")
    page.get_by_role("button", name=TEXT["generate.again"][1], exact=True).last.click()
    expect(samples).not_to_have_attribute("src", before)
    page.locator("#models-own-name input").fill("../../etc/passwd")
    page.locator("#models-own-name input").press("Enter")
    page.locator("#models-own-open").click()
    expect(page.locator(".toast-body")).to_contain_text("OWNER/NAME")
    expect(samples).to_be_visible()


def test_a_picture_that_cannot_be_read_takes_the_place_of_the_one_before(
    page: Page, url: str, tmp_path: Path
):
    visit_tab(page, url, "reconstruct")
    page.locator("#reconstruct-source").get_by_text("Upload").click()
    result = page.locator("#reconstruct-result")
    expect(result.locator(".notice")).to_contain_text("no picture yet")
    Image.fromarray(digit_sheet()[3, 0].numpy()).save(tmp_path / "good.png")
    (tmp_path / "bad.png").write_text("no picture")
    upload = page.locator("#reconstruct-upload input[type=file]")
    upload.set_input_files(tmp_path / "good.png")
    expect(result.locator("img")).to_have_count(5)
    upload.set_input_files(tmp_path / "bad.png")
    expect(page.locator(".toast-body")).to_be_visible()
    expect(result.locator(".notice")).to_contain_text("no picture yet")


def test_a_visitor_draws_a_digit(page: Page, url: str):
    visit_tab(page, url, "reconstruct")
    page.locator("#reconstruct-source").get_by_text("Draw").click()
    result = page.locator("#reconstruct-result")
    expect(result.locator(".notice")).to_contain_text("The drawing is empty")
    canvas = page.locator("#reconstruct-sketch canvas").first
    canvas.wait_for()
    draw(canvas, (0.5, 0.25), (0.5, 0.75), lambda: result.locator("img").count() == 5)
