"""The game on the page in a real Chromium: running, its buttons, its settings, drawing by hand."""

from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from space import app
from space.lessons.game import tab as game
from space.lessons.game.settings import MAX_MOVES
from space.lessons.game.view import MARKUP
from space.text import TEXT
from tests.pages import import_modules, stroke, until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The tab alone: the page of all tabs is tested elsewhere."""
    with gr.Blocks() as demo, gr.Tabs():
        game.build()
    yield app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")[1]
    gr.close_all()


def open_game(page: Page) -> None:
    """The component on an empty page: it needs nothing of Gradio but to be put there."""
    import_modules(page, "lessons/game/game.js")
    page.evaluate(
        """([markup, style, words, maxMoves, diagram]) => {
          document.body.innerHTML = `<style>#game { ${style} }</style><div id="game">${markup}</div>`;
          start({ element: document.querySelector("#game"), words, maxMoves, diagram });
        }""",
        [MARKUP, game.CSS, game.WORDS, MAX_MOVES, game.DIAGRAM_WORDS],
    )
    expect(page.locator("#game .count")).not_to_be_empty()


def open_tab(page: Page, url: str) -> None:
    """The component on the page that Gradio serves."""
    page.goto(url)
    expect(page.locator("#game .count")).not_to_be_empty()


HANDLE = "[...document.querySelectorAll('#game, #game *')].find((node) => node.ganGame).ganGame"


def handle(page: Page, body: str, argument: object = None) -> Any:
    """The value of a JavaScript function body in which `lab` is the component's handle."""
    return page.evaluate(f"(argument) => {{ const lab = {HANDLE}; {body} }}", argument)


def settle(page: Page) -> dict[str, Any]:
    """The meter's reading of the game as it stands."""
    page.wait_for_function(f"{HANDLE}.reading")
    return handle(page, "return lab.reading")


def test_a_run_sends_nothing_and_stops_off_screen(page: Page, url: str) -> None:
    open_tab(page, url)
    requests: list[str] = []
    page.locator(".katex").last.wait_for()
    page.evaluate("document.fonts.ready.then(() => true)")  # the equations'
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: requests.append(request.url))
    page.get_by_role("button", name="Run").press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_function("document.querySelector('#game .modes dd').textContent !== '–'")
    until(page, lambda: handle(page, "return lab.counts.G") > 0)
    assert handle(page, "return lab.counts.D >= 3 * lab.counts.G")

    page.locator("#game").evaluate("node => node.style.display = 'none'")  # as on another tab
    page.wait_for_function(f"!{HANDLE}.onScreen")
    before = handle(page, "return lab.counts.D")
    page.evaluate("async () => { for (let i = 0; i < 5; i++) await new Promise(requestAnimationFrame); }")
    assert handle(page, "return lab.counts.D") == before
    page.locator("#game").evaluate("node => node.style.display = ''")
    page.wait_for_function(f"{HANDLE}.counts.D > {before}")
    assert requests == []


def expect_at_work(page: Page, players: str, terms: list[str], still: str) -> None:
    """The diagram shows whose networks learn, by which terms of the value, and who stands still."""
    diagram = page.locator("#game .diagram")
    for state, names in (("at-work", players), ("frozen", still)):
        found = diagram.locator(f"[data-net].{state}").evaluate_all(
            "all => all.map((one) => one.dataset.net)"
        )
        assert sorted(found) == sorted(names), state
    assert diagram.locator(".term.at-work").evaluate_all("all => all.map((one) => one.dataset.term)") == terms


def test_each_move_by_its_button(page: Page) -> None:
    open_game(page)
    expect_at_work(page, "", [], "")

    def counts() -> tuple[int, int]:
        return tuple(handle(page, "return [lab.counts.D, lab.counts.G]"))

    def weights() -> list[float]:
        return handle(
            page, "return ['discriminator', 'generator'].map((name) => lab.game[name].parameters[0])"
        )

    start = weights()
    page.get_by_role("button", name="Step D").click()
    assert counts() == (1, 0)
    expect_at_work(page, "d", ["real", "fake"], "g")
    after_d = weights()
    assert after_d[0] != start[0] and after_d[1] == start[1]
    page.get_by_role("button", name="Step G").press("Space")
    assert counts() == (1, 1)
    expect_at_work(page, "g", ["own"], "d")  # -log D(G(z)), not the term of the value
    view = handle(page, "return lab.game.observe(...lab.shown)")
    scores = page.locator("#game .diagram .column-of-scores .number").all_text_contents()
    assert scores == [f"{view[key]:.2f}" for key in ("dReal", "dFake")]
    assert view["value"] == pytest.approx(view["logReal"] + view["logFake"], abs=1e-12)
    after_g = weights()
    assert after_g[0] == after_d[0] and after_g[1] != after_d[1]
    page.get_by_role("button", name="Both").click()
    assert counts() == (4, 2)  # three steps of D for one of G
    assert 0 < settle(page)["jsd"] <= np.log(2)
    expect(page.get_by_role("status")).to_contain_text("4 steps of D")

    freeze = page.get_by_role("button", name="Freeze D")
    freeze.press("Enter")
    expect(freeze).to_have_attribute("aria-pressed", "true")
    expect_at_work(page, "g", ["own"], "d")  # before any move
    expect(page.get_by_role("button", name="Step D")).to_be_disabled()
    page.get_by_role("button", name="Both").click()
    assert counts() == (4, 3)
    expect_at_work(page, "g", ["own"], "d")
    expect(page.locator("#game .diagram [data-net=d] .word[lang=en]")).to_have_text("frozen")
    page.get_by_role("button", name="Freeze G").click()
    expect(page.get_by_role("button", name="Run")).to_be_disabled()

    page.get_by_role("button", name="New game").click()
    assert counts() == (0, 0)
    assert weights() != start and handle(page, "return lab.settings.seed") == 2


def test_a_situation_and_its_remedy_by_their_buttons(page: Page) -> None:
    open_game(page)
    page.get_by_role("button", name="Vanishing gradient").click()
    expect(page.locator("#game .what")).to_have_text(TEXT["game.play.vanishing.what"][0])
    assert handle(page, "return [lab.running, lab.settings.loss, lab.settings.distribution]") == [
        True,
        "saturating",
        "moons",
    ]
    expect(page.get_by_role("radio", name="Two moons")).to_be_checked()
    page.wait_for_function("document.querySelector('#game .jsd dd').textContent.startsWith('0.69')")
    page.get_by_role("button", name="Apply it").click()
    assert handle(page, "return [lab.running, lab.settings.loss]") == [True, "non_saturating"]
    page.get_by_role("button", name="Balanced game").click()
    assert handle(page, "return [lab.settings.loss, lab.settings.distribution]") == ["non_saturating", "ring"]


def test_settings_change_the_running_game_or_begin_a_new_one(page: Page) -> None:
    open_game(page)
    page.get_by_text("Settings", exact=True).first.click()
    page.get_by_role("button", name="Both").click()
    page.get_by_label("Steps of D for each of G").fill("7")
    page.get_by_label("G's loss").select_option("saturating")
    assert handle(page, "return [lab.settings.stepsD, lab.settings.loss, lab.counts.G]") == [
        7,
        "saturating",
        1,
    ]
    page.get_by_label("Dimensions of z").select_option("1")
    assert handle(page, "return [lab.game.generator.widths, lab.counts.G]") == [[1, 32, 32, 2], 0]
    page.get_by_label("Width of the hidden layers").select_option("16")
    page.get_by_label("Noise z").select_option("uniform")
    page.get_by_label("Seed").fill("11")
    page.get_by_label("Seed").press("Enter")
    page.get_by_role("button", name="Both").click()
    assert handle(page, "return [lab.game.generator.widths, lab.settings.seed]") == [[1, 16, 16, 2], 11]
    assert 0 < settle(page)["jsd"] <= np.log(2)


@pytest.mark.parametrize(
    "page", [{"locale": "ko-KR", "viewport": {"width": 390, "height": 844}, "has_touch": True}], indirect=True
)
def test_a_visitor_draws_a_distribution(page: Page, url: str) -> None:
    """With mouse and keys, on a phone in Korean."""
    open_tab(page, url)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_text("직접 그리기").click()
    plane = page.locator("#game .plane")
    assert plane.evaluate("node => getComputedStyle(node).touchAction") == "none"
    run = page.get_by_role("button", name="실행")
    expect(run).to_be_disabled()
    expect(page.locator("#game .draw-here")).to_be_visible()

    stroke(plane, (0.2, 0.5), (0.4, 0.5))
    plane.focus()
    plane.press("Shift+ArrowRight")
    plane.press("Space")
    plane.press("Space")  # a dot at (0.5, 0)
    expect(run).to_be_enabled()
    drawn = handle(page, "return lab.game.distribution.components")
    assert {one["mode"] for one in drawn} == {0, 1}
    line = [one for one in drawn if one["mode"] == 0]
    assert line[0]["x"] == pytest.approx(-1.8, abs=0.05) and line[-1]["x"] == pytest.approx(-0.6, abs=0.15)
    assert all(abs(one["y"]) < 0.05 for one in line)
    assert (drawn[-1]["x"], drawn[-1]["y"]) == (0.5, 0)
    density = handle(
        page, "return [[-1.2, 0], [0.5, 0], [1, 2]].map((at) => lab.game.distribution.density(...at))"
    )
    assert min(density[:2]) > 0.1 and density[2] < 1e-6

    page.get_by_role("button", name="D·G 한 스텝").click()
    assert len(settle(page)["covered"]) == 2
    page.get_by_role("button", name="그림 지우기").click()
    expect(run).to_be_disabled()
