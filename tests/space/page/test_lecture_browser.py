"""The lecture mode in a real Chromium: its steps, its keys, and the way back to the page as it was."""

from itertools import accumulate
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from space.lessons.reconstruct.work import RECONSTRUCTORS
from space.models import roles
from space.page.lecture import RESULTS, STEPS
from space.text import TEXT
from tests.pages import MODULES, import_modules, until, until_quiet
from tests.processes import Lab

pytestmark = pytest.mark.browser
NAMES = list(STEPS)
DIGITS = NAMES.index("autoencoder")
"""the first step whose tab asks the server"""


@pytest.fixture
def url(lab: Lab) -> str:
    return f"{lab.url}/"


def title(name: str, language: int = 0) -> str:
    return TEXT[f"lecture.{name}"][language].splitlines()[0].removeprefix("## ")


def held(page: Page, tab: str) -> dict[str, str]:
    """What the page knows of a tab's state."""
    return page.evaluate(f"labLink.snapshot().states['{tab}']")


def shows(page: Page, name: str, language: int = 0) -> None:
    """The step is open: its title beside the tab and its state, its number, and the address."""
    expect(page.locator("#lecture h2:visible")).to_have_text(title(name, language))
    expect(page.locator("#lecture-controls .place")).to_have_text(f"{NAMES.index(name) + 1} / {len(NAMES)}")
    expect(page.locator("#lecture-controls .title")).to_have_text(title(name, language))
    wanted = {key: value for key, (value,) in parse_qs(STEPS[name].link).items()}
    tab = wanted.pop("tab")
    page.wait_for_function(f"location.search === '?lecture={name}' && labLink.snapshot().tab === '{tab}'")
    expect(page.locator(f"[role=tab][data-tab-id={tab}]")).to_have_attribute("aria-selected", "true")
    asked = page.evaluate(f"labLink.read('{STEPS[name].link}').states['{tab}']")
    assert wanted.items() >= asked.items()  # a step may say what the page begins with
    until(page, lambda: held(page, tab) == asked, lambda: held(page, tab))


@pytest.mark.parametrize(
    ("page", "language"),
    [
        pytest.param({"viewport": {"width": 1280, "height": 720}}, 0, id="english-projector"),
        pytest.param({"locale": "ko-KR", "viewport": {"width": 390, "height": 844}}, 1, id="korean-phone"),
    ],
    indirect=["page"],
)
def test_the_arrow_key_leads_through_all_steps(page: Page, url: str, language: int):
    errors: list[str] = []
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    page.goto(url)
    page.locator("#lecture[role=region]").wait_for(state="attached")  # its script has started
    page.locator("#lecture-open button").click()
    for name in NAMES:
        shows(page, name, language)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        expect(page.locator("#header")).to_be_hidden()
        expect(page.locator("#tabs [role=tablist]").first).to_be_hidden()
        if picture := STEPS[name].picture or RESULTS.get(parse_qs(STEPS[name].link)["tab"][0]):
            expect(page.locator(f"#{picture}")).to_be_visible()
        page.keyboard.press("ArrowRight")
    shows(page, NAMES[-1], language)  # there is no next one
    expect(page.locator("#lecture-controls .next")).to_be_disabled()
    assert page.locator(".toast-body").count() == 0 and errors == []


@pytest.mark.parametrize("page", [{"viewport": {"width": 390, "height": 844}}], indirect=True)
def test_on_a_phone_a_step_opens_with_its_text_and_a_button_leads_to_the_picture(page: Page, url: str):
    page.goto(f"{url}?lecture=family")
    shows(page, "family")
    picture = page.locator("#reconstruct-result")
    expect(picture.locator(".card").first).to_be_attached()
    until_quiet(page)
    expect(page.locator("#lecture h2:visible")).to_be_in_viewport()
    to_picture = page.locator("#lecture-controls .to_picture")
    to_picture.click()
    expect(to_picture).to_be_hidden()
    page.wait_for_function(
        "Math.abs(document.getElementById('reconstruct-result').getBoundingClientRect().top) < 2"
    )
    page.locator("#lecture-controls .next").click()
    shows(page, "holes")
    page.wait_for_function("scrollY === 0")
    expect(to_picture).to_be_hidden()  # all that is to be seen begins below the text
    page.locator("#lecture-controls .previous").click()
    page.locator("#lecture-controls .previous").click()
    shows(page, "conv")  # names no element of its own: it leads to the result of its tab
    to_picture.click()
    page.wait_for_function(
        "Math.abs(document.getElementById('reconstruct-result').getBoundingClientRect().top) < 2"
    )


@pytest.mark.parametrize("page", [{"viewport": {"width": 1280, "height": 800}}], indirect=True)
def test_a_projector_shows_all_relatives_and_the_whole_table_at_once(page: Page, url: str):
    page.goto(f"{url}?lecture=family")
    cards = page.locator("#reconstruct-result .card .score:visible")
    expect(cards).to_have_count(len(RECONSTRUCTORS))
    page.wait_for_function(
        """() => {
            const all = [...document.querySelectorAll("#reconstruct-result .card")];
            const places = all.map((one) => one.getBoundingClientRect());
            return places.every(({ top, bottom }) => top >= 0 && bottom <= innerHeight);
        }"""
    )
    page.keyboard.press("End")
    page.locator("#lecture-controls .overview").click()
    page.locator("#lecture .list button").nth(NAMES.index("summary")).click()
    table = page.locator("#lecture .scroll:visible")
    assert table.evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_leaving_brings_the_page_back_as_it_was(page: Page, url: str):
    query = f"tab=reconstruct&digit=61&model={roles.CONVOLUTIONAL}&noise=masking&level=0.3&seed=5"
    page.goto(f"{url}?{query}")
    result = page.locator("#reconstruct-result img").nth(3)
    expect(result).to_be_visible()
    until_quiet(page)
    before = result.get_attribute("src")
    page.evaluate("scrollTo(0, 120); document.querySelector('#lecture-open button').click()")  # from there
    shows(page, NAMES[0])
    for name in NAMES[1 : DIGITS + 1]:
        page.keyboard.press("PageDown")
        shows(page, name)
    expect(result).not_to_have_attribute("src", before)
    page.keyboard.press("Escape")
    expect(page.locator("#header")).to_be_visible()
    expect(page.locator("#lecture-open button")).to_be_focused()
    expect(result).to_have_attribute("src", before)
    page.wait_for_function(f"location.search === '?{query}' && scrollY === 120")


def test_keys_belong_to_the_widget_that_has_the_focus(page: Page, url: str):
    step = NAMES.index("denoising")  # which has noise to set
    page.goto(f"{url}?lecture={step + 1}")
    shows(page, NAMES[step])
    slider = page.locator("#reconstruct-level input[type=range]")
    seed = page.locator("#reconstruct-seed input")
    for widget, keys in (
        (slider, ["ArrowRight", "PageUp", "Home", "End"]),
        (seed, ["ArrowLeft", "f", "End"]),
    ):
        widget.focus()
        for key in keys:
            widget.press(key)
        expect(page.locator("#lecture-controls .place")).to_have_text(f"{step + 1} / {len(NAMES)}")
    assert slider.input_value() == "1" and page.evaluate("document.fullscreenElement") is None
    seed.press("Escape")  # out of the field first
    expect(page.locator("#lecture")).to_be_focused()
    page.keyboard.press("End")
    shows(page, NAMES[-1])
    page.keyboard.press("Home")
    shows(page, NAMES[0])
    page.goto(f"{url}?lecture={NAMES[DIGITS]}")
    shows(page, NAMES[DIGITS])
    page.locator("#reconstruct-digits input").nth(2).focus()
    page.keyboard.press("ArrowRight")  # the next digit, not the next step
    page.keyboard.press("PageDown")  # a presenter's key, of which the digits make nothing
    shows(page, NAMES[DIGITS + 1])


def test_a_map_keeps_its_arrow_keys(page: Page, url: str):
    page.goto(f"{url}?lecture=holes")
    shows(page, "holes")
    page.locator(f"#map-{roles.VAE_MAP} .computed[data-where=browser]").wait_for()
    position = page.locator(f"#map-{roles.VAE_MAP} .position")
    before = position.inner_text()
    page.locator(f"#map-{roles.VAE_MAP} .pointer").focus()
    page.keyboard.press("ArrowRight")
    expect(position).not_to_have_text(before)
    expect(page.locator("#lecture-controls .place")).to_have_text(
        f"{NAMES.index('holes') + 1} / {len(NAMES)}"
    )


def test_full_screen_and_a_step_that_is_none(page: Page, url: str):
    page.goto(f"{url}?lecture=code")
    shows(page, "code")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    page.locator("#lecture-controls").get_by_role("button", name="Leave the lecture").click()
    page.wait_for_function("document.fullscreenElement === null")
    expect(page.locator("#header")).to_be_visible()
    for nonsense in ("99", "0", "constructor", "%3Cb%3E"):
        page.goto(f"{url}?lecture={nonsense}")
        expect(page.locator("#header")).to_be_visible()
        page.wait_for_function("window.labLink !== undefined")
        assert not page.locator("#lecture").is_visible()


def test_a_lecturer_has_a_list_of_steps_notes_and_a_code_for_the_phones(page: Page, url: str):
    page.goto(f"{url}?lecture=tree")
    shows(page, "tree")
    question = page.locator("#lecture .question")
    page.keyboard.press("n")
    expect(question).to_have_text(TEXT["note.tree.question"][0])
    expect(page.locator("#lecture .answer")).to_be_hidden()
    minutes = list(accumulate(step.minutes for step in STEPS.values()))[NAMES.index("tree")]
    expect(page.locator("#lecture .time")).to_have_text(f"2 min · until here {minutes:g} of 50")
    page.keyboard.press("n")
    expect(page.locator("#lecture .answer")).to_have_text(TEXT["note.tree.answer"][0])
    page.keyboard.press("ArrowRight")
    expect(question).to_have_text(TEXT["note.exact.question"][0])
    expect(page.locator("#lecture .answer")).to_be_hidden()
    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(question).to_be_hidden()

    page.wait_for_url(f"{url}?lecture=exact")
    with page.expect_response("**/qr?*") as answer:
        page.keyboard.press("q")
    assert parse_qs(urlsplit(answer.value.url).query) == {"of": [page.url]}
    expect(page.locator("#lecture .address")).to_have_text(page.url)
    page.wait_for_function("document.querySelector('#lecture .scan img').naturalWidth > 100")
    page.keyboard.press("ArrowRight")  # the code has the keys
    page.keyboard.press("Escape")
    expect(page.locator("#lecture .address")).to_be_hidden()
    shows(page, "exact")

    page.keyboard.press("o")
    steps = page.locator("#lecture .list button")
    expect(steps).to_have_count(len(NAMES))
    expect(page.locator("#lecture .list [aria-current]")).to_contain_text(title("exact"))
    steps.nth(NAMES.index("exercises")).click()
    shows(page, "exercises")
    expect(page.locator("#tabs")).to_be_hidden()
    links = page.locator("#lecture .exercises a").evaluate_all(
        "all => all.map((one) => one.getAttribute('href'))"
    )
    for query in links:  # nothing of a link is left out when it is read
        wanted = {key: value for key, (value,) in parse_qs(query.removeprefix("?")).items()}
        tab = wanted.pop("tab")
        asked = page.evaluate("(query) => labLink.read(query).states", query)[tab]
        assert {key: asked.get(key) for key in wanted} == wanted, query


APART = """() => [...document.querySelectorAll("#lecture p .katex")].filter((formula) => {
    const text = formula.nextSibling ?? formula.parentElement.nextSibling;
    if (!formula.checkVisibility() || text?.nodeType !== Node.TEXT_NODE) return false;
    if (/^\\s/.test(text.data)) return false;
    const range = document.createRange();
    range.setStart(text, 1); // behind the joiner
    range.setEnd(text, 2);
    const bases = formula.querySelectorAll(".base");
    const { bottom } = bases[bases.length - 1].getBoundingClientRect();
    return range.getClientRects()[0].top > bottom - 2;
}).length"""
"""formulas whose particle begins the next line"""


@pytest.mark.parametrize("page", [{"locale": "ko-KR"}], indirect=True)
def test_no_line_ends_between_a_formula_and_its_particle(page: Page, url: str):
    page.goto(f"{url}?lecture=vae")
    shows(page, "vae", 1)
    page.locator("#lecture p .katex:visible").first.wait_for()
    for width in range(390, 700, 6):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(APART) == 0, width


ALONE = """async (base) => {
    document.body.innerHTML = `<div id="lecture"><div id="controls">
        <button class="previous"></button><span class="place"></span><button class="next"></button>
        <button class="full_screen"></button><button class="leave"></button><span class="title"></span>
        <button class="to_picture"></button></div></div>
        <p id="lecture-open"><button></button></p>
        <p id="link"><button class="copy"></button><input class="address"></p>`;
    const [lecture, link] = await Promise.all(
        ["lecture", "link"].map((name) => import(`${base}/page/${name}.js`)));
    window.find = (selector) => document.querySelector(selector);
    const steps = [{ name: "one", link: "tab=second", picture: "", result: "" }];
    lecture.start({ element: find("#controls"), props: { steps, text: { en: {}, ko: {} } } });
    window.startLink = () => {
        const props = { tabs: { first: [], second: [] } };
        link.start({ element: find("#link"), props, trigger: () => {} });
        return link.started;
    };
}"""
"""the lecture on an empty page, before the link has started"""


def test_a_click_before_the_link_has_started_counts(page: Page):
    """Scripts start in any order."""
    import_modules(page)
    page.evaluate(ALONE, MODULES)
    page.locator("#lecture-open button").click()
    page.evaluate("startLink()")
    assert page.locator(".place").inner_text() == "1 / 1"
    assert page.evaluate("labLink.snapshot().tab") == "second"


def test_leaving_scrolls_back_where_the_tab_is_long_enough_only_later(page: Page):
    import_modules(page)
    page.evaluate(ALONE, MODULES)
    page.evaluate("startLink()")
    page.evaluate(
        "document.body.style.height = '3000px'; scrollTo(0, 120); find('#lecture-open button').click()"
    )
    page.wait_for_function("find('.place').textContent === '1 / 1' && scrollY === 0")
    page.evaluate(
        """() => {
            const { style } = document.body;
            style.height = "";
            find(".leave").click();
            requestAnimationFrame(() => requestAnimationFrame(() => (style.height = "3000px")));
        }"""
    )
    page.wait_for_function("scrollY === 120")
