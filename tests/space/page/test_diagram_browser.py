"""Terms of a loss and the parts of a diagram that they are about, as a visitor touches them."""

import json

import pytest
from playwright.sync_api import Page, expect

from space.models import roles
from space.page.components import asset
from space.page.diagram import FIGURE, drawn_from
from tests.pages import import_modules, new_page

pytestmark = pytest.mark.browser
CASES = {
    roles.PLAIN: {"f": ["error"], "z": ["error"], "g": ["error"], "x": ["error"]},
    roles.SPARSE: {"f": ["error"], "z": ["error", "active"], "output": ["error"]},
    roles.CONTRACTIVE: {"f": ["error", "slope"], "z": ["error"]},
    roles.VAE_MAP: {"f": ["kl"], "mu": ["kl"], "sigma": ["kl"], "z": ["likelihood"], "g": ["likelihood"]},
    roles.GAN: {"d": ["real", "fake"], "g": ["fake"], "z": ["fake"]},
}
"""model -> column -> terms that it is in"""


def draw(page: Page, name: str) -> None:
    """The diagram of a model alone on a page; `window.shown` is the diagram."""
    import_modules(page, "browser/architectures.js", "page/diagram.js")
    page.evaluate(
        """([figure, style, given, name]) => {
            document.body.id = "tabs";
            document.body.innerHTML = `<style>${style}</style><button>before</button>${figure}`;
            const { family, config } = given.models[name];
            window.shown = new Diagram(document.querySelector("figure"), given.words);
            window.shown.draw(diagramOf(family, config));
        }""",
        [FIGURE, asset("page/diagram.css"), json.loads(json.dumps(drawn_from([name]))), name],
    )


def lit(page: Page) -> list[str]:
    return page.evaluate(
        "[...window.shown.terms].filter(([, one]) => one.matches('.meant')).map(([key]) => key)"
    )


def parts(page: Page) -> set[str]:
    return set(
        page.evaluate(
            "[...window.shown.groups].filter(([, one]) => one.matches('.meant')).map(([key]) => key)"
        )
    )


@pytest.mark.parametrize("name", CASES)
def test_a_part_lights_its_terms_and_a_term_its_parts(page: Page, name: str) -> None:
    draw(page, name)
    columns = CASES[name]
    group = "(key) => window.shown.groups.get(key)"
    for key, terms in columns.items():
        page.evaluate_handle(group, key).as_element().hover()
        assert lit(page) == terms, key
    for term in {term for terms in columns.values() for term in terms}:
        page.evaluate_handle("(key) => window.shown.terms.get(key)", term).as_element().hover()
        assert {key for key in columns if term in columns[key]} == parts(page) & set(columns)
    page.get_by_role("button", name="before").hover()
    assert lit(page) == [] and parts(page) == set()


def test_keys_do_the_same_and_hold_it(page: Page) -> None:
    draw(page, roles.VAE_MAP)
    page.get_by_role("button", name="before").focus()
    page.keyboard.press("Tab")  # x
    assert lit(page) == ["likelihood"]
    page.keyboard.press("Tab")  # f
    encoder = page.get_by_role("button", name="f: ")
    expect(encoder).to_be_focused()
    assert lit(page) == ["kl"]
    page.keyboard.press("Enter")
    expect(encoder).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="before").focus()
    assert lit(page) == ["kl"]  # held
    encoder.press("Space")
    expect(encoder).to_have_attribute("aria-pressed", "false")
    assert lit(page) == []
    term = page.get_by_role("button", name="log p(x|z)")  # screen readers have the formula as a text
    term.focus()
    assert {"x", "z", "g", "output"} == parts(page)


def test_a_tap_holds_it(browser) -> None:
    with new_page(browser, viewport={"width": 390, "height": 844}, has_touch=True) as page:
        draw(page, roles.SPARSE)
        page.evaluate_handle("window.shown.groups.get('z')").as_element().tap()
        assert lit(page) == ["error", "active"]
        page.get_by_role("button", name="before").tap()
        assert lit(page) == ["error", "active"]
        page.evaluate_handle("window.shown.terms.get('active')").as_element().tap()
        assert lit(page) == ["active"] and parts(page) == {"z"}


PLACES = """() => {
    const [scroller, root] = [document.querySelector(".scroller"), document.querySelector(".diagram svg")];
    const { right: most } = scroller.getBoundingClientRect();
    const columns = [...window.shown.groups.values()].map((one) => one.getBoundingClientRect());
    return {
        scrolls: scroller.scrollWidth > scroller.clientWidth || scroller.hasAttribute("tabindex"),
        inside: columns.every(({ right }) => right <= most + 1),
        least: Math.hypot(root.getScreenCTM().a, root.getScreenCTM().b),
        arc: document.querySelector(".arc")?.checkVisibility() ?? null,
    };
}"""


@pytest.mark.parametrize("name", [roles.PIXELS, roles.DIFFUSION, roles.VAE_DEEP])
def test_a_long_row_goes_on_in_a_second_line_on_a_phone(page: Page, name: str) -> None:
    draw(page, name)
    wide = page.evaluate(PLACES)
    page.set_viewport_size({"width": 380, "height": 844})
    page.wait_for_selector(".diagram svg.folded")
    narrow = page.evaluate(PLACES)
    assert not wide["scrolls"] and not narrow["scrolls"] and narrow["inside"]
    assert narrow["least"] >= 0.85 and wide["arc"] in (True, None) and not narrow["arc"]
    page.set_viewport_size({"width": 1280, "height": 844})
    page.wait_for_selector(".diagram svg:not(.folded)")
    assert page.evaluate(PLACES) == wide


@pytest.mark.parametrize("page", [{"forced_colors": "active"}, {"color_scheme": "dark"}], indirect=True)
def test_it_is_seen_in_forced_colours(page: Page) -> None:
    draw(page, roles.PLAIN)
    term = page.locator(".term")
    style = """one => {
        const { borderColor, borderStyle, boxShadow } = getComputedStyle(one);
        return [borderColor, borderStyle, boxShadow].join();
    }"""
    before = term.evaluate(style)
    page.evaluate_handle("window.shown.groups.get('z')").as_element().hover()
    assert term.evaluate(style) != before
