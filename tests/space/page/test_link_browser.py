"""State in the link, in a real Chromium: from the address bar of one visitor to the picture of another."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from space.models import roles
from space.text import TEXT
from tests.pages import import_modules, look_through, new_page, switch_tab, until, until_quiet, until_started
from tests.processes import PATIENCE, Lab

pytestmark = pytest.mark.browser

# of pictures: what is in them, or a name that the server made from it
SOURCES = "[...document.querySelectorAll('{}')].map((image) => image.src)"
CANVASES = "[...document.querySelectorAll('{}')].map((canvas) => canvas.toDataURL())"


@pytest.fixture
def url(lab: Lab) -> str:
    return f"{lab.url}/"


def shown(page: Page, picture: str) -> str:
    """The value of a JavaScript expression."""
    return page.evaluate(f"Promise.resolve({picture}).then(JSON.stringify)")


def look_at(page: Page, selector: str) -> None:
    """Scroll to what is there, or will be: a game goes on only where it is seen.

    What is on a tab that is yet to be opened has no place to scroll to.
    """
    place = page.locator(selector).first

    def is_there() -> bool:
        if not place.is_visible():
            look_through(page)
        return place.is_visible()

    until(page, is_there)
    page.evaluate("(selector) => document.querySelector(selector).scrollIntoView()", selector)


def settled(page: Page, picture: str, selector: str) -> str:
    """What is shown once `selector` is there, all has come, and nothing has changed for a while."""
    look_at(page, selector)
    until_quiet(page)
    before, now = None, ""
    while before != now:
        page.wait_for_timeout(400)
        before, now = now, shown(page, picture)
    return now


def comes_to_the_same(visitor: Page, page: Page, picture: str, selector: str) -> None:
    """Wait until the visitor sees what the page shows; what is below may move while a page is built."""
    end = time.monotonic() + PATIENCE
    while True:
        look_through(visitor)
        look_at(visitor, selector)
        here, there = shown(visitor, picture), shown(page, picture)
        if here == there:
            return
        assert time.monotonic() < end, f"{visitor.url}: {here[:500]} is not {there[:500]}"
        visitor.wait_for_timeout(200)


def said_by_the_address(page: Page, parts: list[str]) -> None:
    """Wait until the address says all parts, or how they begin; it follows the page a little later."""
    until(
        page, lambda: all(re.search(rf"[?&]{re.escape(part)}", page.url) for part in parts), lambda: page.url
    )


def choose(page: Page, dropdown: str, option: int) -> None:
    page.locator(f"{dropdown} input").click()
    page.get_by_role("option").nth(option).click()


def reconstruct(page: Page) -> None:
    expect(page.locator("#reconstruct-result img")).to_have_count(5)  # its script has started
    page.locator("#reconstruct-digits").get_by_label("3, 2", exact=True).check()
    choose(page, "#reconstruct-model", 5)
    page.locator("#reconstruct-noise input").nth(2).check()
    page.locator("#reconstruct-level input[type=range]").fill("0.3")
    page.locator("#reconstruct-seed input").fill("5")


def manifold(page: Page) -> None:
    page.locator(f"#map-{roles.VAE_MAP} .computed[data-where=browser]").wait_for()
    page.locator(f"#map-{roles.PLAIN_MAP} .computed[data-where=browser]").wait_for()
    page.locator("#manifold-start-sheet").get_by_label("4, 3", exact=True).check()
    page.locator("#manifold-end-sheet").get_by_label("9, 1", exact=True).check()
    page.locator("#manifold-seed input").fill("4")
    until_quiet(page)  # the maps go to the digit
    page.locator(f"#map-{roles.VAE_MAP} .spacing").select_option("inverse_gaussian")
    for name, place in ((roles.VAE_MAP, 0.3), (roles.PLAIN_MAP, 0.6)):
        box = page.locator(f"#map-{name} .pointer").bounding_box()
        page.locator(f"#map-{name} .pointer").click(
            position={"x": place * box["width"], "y": 0.4 * box["height"]}
        )


def generate(page: Page) -> None:
    samples = page.locator("#generate-panel .sample")
    expect(samples).to_have_count(32)
    choose(page, "#generate-model", 0)
    page.locator("#generate-seed input").fill("9")
    page.locator("#generate-scale input[type=range]").fill("0.8")
    page.locator("#generate-panel .sample[aria-label^='Sample 6,']").click()
    page.locator("#generate-other-panel .slots input").nth(0).check()
    page.locator("#generate-other-panel .clear").click()


def timeline(page: Page) -> None:
    page.locator("#timeline-run [data-model]").wait_for()
    choose(page, "#timeline-model", 1)
    page.locator(f"#timeline-run [data-model={roles.GAN}]").wait_for()
    page.locator("#timeline-run .position").fill("5")
    page.locator("#timeline-run .frame").click(position={"x": 100, "y": 60})


GAME = "[...document.querySelectorAll('#game *')].find((one) => one.ganGame)?.ganGame"


def game(page: Page) -> None:
    page.wait_for_function(GAME)
    for preset in ("vanishing", "collapse"):
        page.locator(f"#game [data-preset={preset}]").click()
        look_at(page, "#game .stage")
        page.wait_for_function(f"{GAME}.counts.G > 5")
    page.locator("#game .run").click()


def translate(page: Page) -> None:
    expect(page.locator("#translate-circle img")).to_have_count(4)  # its script has started
    page.locator("#translate-direction input").nth(1).check()
    page.locator("#translate-emoji input").nth(7).check()


def models(page: Page) -> None:
    page.locator("#models-details img").first.wait_for(state="attached")
    choose(page, "#models-choose", 9)


def diffusion(page: Page) -> None:
    page.locator("#diffusion-way .decided").wait_for()
    page.locator("#diffusion-way .chips input[value='3'] + span").click()
    page.locator("#diffusion-way [data-setting=steps]").fill("5")
    page.locator("#diffusion-way [data-setting=seed]").fill("9")
    page.locator("#diffusion-digits").get_by_label("4, 3", exact=True).check()
    page.locator("#diffusion-digit [data-setting=t]").fill("0.4")


def pixels(page: Page) -> None:
    page.wait_for_function(PIXELS)
    page.locator("#pixels-play .chips input[value='3'] + span").click()
    page.locator("#pixels-play [data-setting=seed]").fill("9")
    page.locator("#pixels-play [data-setting=temperature]").fill("0.7")
    page.locator("#pixels-play [data-setting=guidance]").fill("1.5")
    page.locator("#pixels-digits").get_by_label("4, 3", exact=True).check()
    page.locator("#pixels-digit .mask canvas").first.press("ArrowUp")


def heights(page: Page) -> None:
    page.locator("#heights .ranking tbody tr").first.wait_for()
    page.locator("#heights .chips input[value=galton] + span").click()
    page.locator("#heights .chips input[value=histogram] + span").click()
    page.locator("#heights .reserve input").check()


def classify(page: Page) -> None:
    page.locator("#classify .legend .zero span").filter(has_text="women").wait_for()
    page.locator("#classify .chips input[value=korea] + span").click()
    page.locator("#classify .chips input[value=two] + span").click()
    page.locator("#classify .chips input[value=qda] + span").click()
    page.locator("#classify .far").click()
    page.locator("#classify .nowhere").click()


def tree(page: Page) -> None:
    page.locator("#tree .results tbody tr").first.wait_for()
    page.locator("#tree .chips input[value=moons] + span").click()
    page.locator("#tree [data-setting=seed]").fill("4")
    page.locator("#tree button.leaf[data-family=energy]").click()
    page.locator("#tree .run.running").click()  # it stops before it has learned enough


PIXELS = (
    "((play, own) => play?.made && own?.completed && own.completed.seed === play.made.seed &&"
    " ['temperature', 'guidance'].every((one) => own.lesson.settings[one] === play.made[one]) &&"
    " [own.lesson.settings, play.made.by.network.x, own.digit, own.completed])"
    "(document.querySelector('#pixels-play .stage')?.parentElement.pixelPlay,"
    " document.querySelector('#pixels-digit .completing')?.parentElement.pixelOwn)"
)
TABS: dict[Callable[[Page], None], tuple[str, str, list[str]]] = {  # picture, selector, in the link
    heights: (
        "((one) => one && [one.crowd.settings, one.crowd.score, one.crowd.made])"
        "([...document.querySelectorAll('#heights *')].find((one) => one.heightsLesson)?.heightsLesson)",
        "#heights .ranking tbody tr",
        ["data=galton", "model=histogram", "reserve=0.01"],
    ),
    classify: (
        "((one) => one && [one.survey.settings, one.survey.odds, one.survey.answer()])"
        "([...document.querySelectorAll('#classify *')].find((one) => one.classifyLesson)?.classifyLesson)",
        "#classify .way.right output",
        ["data=korea", "features=two", "kind=qda", "at=", "person="],
    ),
    tree: (
        "((one) => one?.frame && !one.frame.busy && [one.bench.settings, one.frame.steps,"
        " one.frame.result.kl, Array.from(one.frame.samples)])"
        "([...document.querySelectorAll('#tree *')].find((one) => one.treeLesson)?.treeLesson)",
        "#tree .results tbody tr",
        ["family=energy", "data=moons", "seed=4", "steps="],
    ),
    pixels: (
        PIXELS,
        "#pixels-digit .four canvas",
        ["class=3", "seed=9", "temperature=0.7", "guidance=1.5", "own=82", "seam=13"],
    ),
    reconstruct: (
        SOURCES.format("#reconstruct-result img"),
        "#reconstruct-result img",
        ["digit=61", f"model={roles.CONTRACTIVE}", "noise=masking", "level=0.3", "seed=5"],
    ),
    manifold: (
        f"Promise.all([{CANVASES.format('[id^=map-] .digit')}, {SOURCES.format('#manifold-strips img')}])",
        "#manifold-strips img",
        ["z=", "spacing=inverse_gaussian", "ae_z=", "start=82", "end=180", "seed=4"],
    ),
    generate: (
        CANVASES.format("[id^=generate-] .sample canvas, #generate-panel .strip canvas"),
        "#generate-panel .sample",
        [f"model={roles.GAN}", "scale=0.8", "seed=9", "walk=0,1,2,5", "other_walk="],
    ),
    timeline: (
        CANVASES.format("#timeline-run .frame, #timeline-run .now"),
        "#timeline-run [data-model]",
        [f"model={roles.GAN}", "step=", "cell="],
    ),
    game: (
        # undefined until its script has started
        f"((one) => one && [one.counts, one.running, Array.from(one.game.generator.parameters)])({GAME})",
        "#game .count",
        ["preset=collapse", "moves="],
    ),
    translate: (
        SOURCES.format("#translate-circle img"),
        "#translate-circle img",
        ["direction=ba", "emoji=7"],
    ),
    diffusion: (
        CANVASES.format("#diffusion-way .film, #diffusion-digit :is(.made, .flips) canvas"),
        "#diffusion-digit .flips canvas",
        ["class=3", "seed=9", "steps=5", "t=0.4", "own=82"],
    ),
    models: (
        SOURCES.format("#models-details img"),
        "#models-details",  # of the images of a training, one is seen
        [f"model={roles.DCGAN}"],
    ),
}


def test_the_address_brings_another_visitor_to_the_same_picture(browser: Browser, page: Page, url: str):
    page.goto(url)
    with new_page(browser, locale="ko-KR", viewport={"width": 390, "height": 844}) as visitor:
        for act, (picture, selector, parts) in TABS.items():
            switch_tab(page, TEXT[f"{act.__name__}.tab"][0])
            act(page)
            settled(page, picture, selector)
            said_by_the_address(page, [f"tab={act.__name__}", *parts])
            link = page.url
            visitor.goto(link)
            comes_to_the_same(visitor, page, picture, selector)
            expect(visitor).to_have_url(link)
            assert visitor.locator(".toast-body").count() == 0
    assert page.evaluate("history.length") == 2  # a blank page, and this one


def test_an_address_that_makes_no_sense_changes_nothing(page: Page, url: str):
    messages: list[str] = []
    page.on("console", lambda message: message.type == "error" and messages.append(message.text))
    page.goto(f"{url}?tab=reconstruct&digit=140&seed=-1&level=NaN&model=%3Cimg%20src=x%20onerror=alert(1)%3E")
    settled(page, TABS[reconstruct][0], "#reconstruct-result img")
    assert page.url == f"{url}?tab=reconstruct"  # digit 140 is what the tab begins with
    page.goto("about:blank")
    page.goto(f"{url}?tab=%00__proto__&digit=999999&z=constructor")
    expect(page.locator("#heights .ranking tbody tr").first).to_be_visible()
    until(page, lambda: page.url == url)
    assert page.locator(".toast-body").count() == 0
    assert page.evaluate(f"{HOSTILE}.map((query) => labLink.read(query)?.states)") == [
        *[None] * 4,
        *[{"generate": {}}] * 9,
        *[{"manifold": {}}] * 5,
        *[{"tree": {}}] * 5,
        *[{"game": {}}] * 4,
    ]
    assert messages == []


HOSTILE = [
    *("", "?", "?tab=", "?tab=constructor"),
    *(f"?tab=generate&{said}" for said in ("number=0", "number=65", "number=1.5", "number=1e2", "number=")),
    *(
        f"?tab=generate&{said}"
        for said in ("seed=4294967296", "walk=64", "walk=1,,2", "walk=1,2,3,4,5,6,7,8,9")
    ),
    *(f"?tab=manifold&{said}" for said in ("z=1", "z=1,2,3", "z=Infinity,0", "z=0x10,0", "z=1,2%00")),
    *(f"?tab=tree&{said}" for said in ("steps=-1", "steps=1e9", "seed=NaN", "family=toString", "at=0,99")),
    *(f"?tab=game&{said}" for said in ("moves=1e9", "preset=toString", "width=7", "learningRateD=-1")),
]


def test_a_drag_on_the_map_asks_the_server_nothing_and_ends_in_the_address(page: Page, url: str):
    page.goto(f"{url}?tab=manifold")
    page.locator(f"#map-{roles.VAE_MAP} .computed[data-where=browser]").wait_for()
    settled(page, TABS[manifold][0], TABS[manifold][1])
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    visits = page.evaluate("history.length")
    page.locator(f"#map-{roles.VAE_MAP} .pointer").scroll_into_view_if_needed()
    box = page.locator(f"#map-{roles.VAE_MAP} .pointer").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    for i in range(30):
        page.mouse.move(box["x"] + 100 + 3 * i, box["y"] + 100 + 2 * i)
        page.wait_for_timeout(30)
    page.wait_for_timeout(600)
    assert requests == [] and page.evaluate("history.length") == visits
    page.mouse.up()
    shown = page.locator(f"#map-{roles.VAE_MAP} .position").inner_text()[5:-1].replace("\u2212", "-")

    def says_what_is_shown() -> bool:
        said = page.url.partition("&z=")[2].split(",")
        return ", ".join(f"{float(value):.2f}" for value in said if value) == shown

    until(page, says_what_is_shown)


def test_the_button_copies_the_link_without_what_is_not_of_this_app(page: Page, url: str):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{url}?__sign=secret&tab=models&model={roles.DCGAN}")
    until_started(page)
    page.locator("#link .copy").click()
    expect(page.locator("#link .said")).to_have_text("Link copied", use_inner_text=True)
    assert page.evaluate("navigator.clipboard.readText()") == f"{url}?tab=models&model={roles.DCGAN}"
    assert page.url == f"{url}?__sign=secret&tab=models&model={roles.DCGAN}"
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
    )  # as over http
    page.reload()
    until_started(page)
    page.locator("#link .copy").click()
    field = page.locator("#link .address")  # the visitor copies it
    expect(field).to_have_value(f"{url}?tab=models&model={roles.DCGAN}")
    assert page.evaluate("String(getSelection())") == field.input_value()


EARLY = """search => {
  history.replaceState(null, "", `/${search}`);
  document.body.innerHTML = '<div id="own"></div><div id="link"><button class="copy"></button>'
    + '<input class="address"></div>';
  const own = document.querySelector("#own"), followed = [];
  tell(own, { x: 3 });
  follow(own, (values) => followed.push(values.x));
  window.labEvents = [["open", "second"], ["note", "second", [7]]];
  const rule = { least: 0, most: 9, default: 0 };
  const tabs = {
    first: [],
    second: [
      { id: "own", own: true, rules: { x: { ...rule, name: "x" } } },
      { id: "gradio", own: false, rules: { value: { ...rule, name: "y" } } },
    ],
  };
  const triggered = [], element = document.querySelector("#link");
  start({ element, props: { tabs }, trigger: (name) => triggered.push(name) });
  return { followed, triggered, ...labLink.snapshot() };
}"""


@pytest.mark.parametrize(
    ("search", "followed", "texts"),
    [("", [], {"x": "3", "y": "7"}), ("?tab=second&x=2", [2], {"x": "2"})],
)
def test_what_comes_before_the_link_has_started_counts(
    page: Page, search: str, followed: list[int], texts: dict[str, str]
) -> None:
    """Scripts start in any order. What the address asks for wins over what was told before."""
    import_modules(page, "page/link.js")
    told = page.evaluate(EARLY, search)
    assert told["followed"] == followed and told["triggered"] == ["go"] * len(followed)
    assert told["tab"] == "second" and told["states"] == {"first": {}, "second": texts}
    until(page, lambda: all(f"{name}={text}" in page.url for name, text in texts.items()))
