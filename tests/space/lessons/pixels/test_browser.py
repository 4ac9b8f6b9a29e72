"""The pixels tab in a real browser: digits and nats are PyTorch's, what is given stays, cards are ranked."""

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from space.lessons.pixels.work import MODEL, Asked, binarised, complete, rows_known
from space.pictures.sheets import digit_sheet
from space.pictures.training_digits import find_nearest
from space.weights.hub import load
from tests.processes import Lab

pytestmark = pytest.mark.browser
PLAY = "document.querySelector('#pixels-play .stage')?.parentElement.pixelPlay"
OWN = "document.querySelector('#pixels-digit .completing')?.parentElement.pixelOwn"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def open_lesson(page: Page, lab: Lab, query: str) -> None:
    page.goto(f"{lab.url}?tab=pixels{query}")
    page.wait_for_function(f"{PLAY}?.made")


def completed(page: Page) -> np.ndarray:
    page.wait_for_function(f"{OWN}?.completed")
    found = page.evaluate(f"{OWN}.completed.images.map((one) => [...one])")
    return np.array(found).reshape(-1, 1, 28, 28)


@torch.inference_mode()
def test_digits_and_nats_are_those_of_pytorch(page: Page, lab: Lab):
    open_lesson(page, lab, "&class=3&seed=9&temperature=0.7&guidance=1.5&own=160&as=3&seam=12")
    loaded = load(MODEL)
    made = complete(loaded, Asked(1, 9, 3, 0.7, 1.5), None, None)
    found = np.array(page.evaluate(f"[...{PLAY}.made.by.network.x]"))
    assert (found == made.images.flatten().numpy()).all()
    nats = page.evaluate(f"{PLAY}.made.by.network.nats.reduce((a, b) => a + b)")
    assert nats == pytest.approx(-made.log_probs[0], abs=1e-3)
    labels, nothing = (torch.tensor([digit]) for digit in (3, loaded.model.null_label))
    own, without = (loaded.model.logits(made.images, one).flatten() for one in (labels, nothing))
    chances = page.evaluate(f"Array.from({{ length: 784 }}, (_, i) => {PLAY}.chance(i))")
    assert np.allclose(chances, (without.lerp(own, 1.5) / 0.7).sigmoid().numpy(), atol=1e-4)
    place = page.locator("#pixels-play .nearest-digit")
    place.get_by_role("button").click()
    expect(place).to_contain_text(f"no. {find_nearest(made.images[0]).number:,} of 60,000")
    note = page.locator("#pixels-play .guided")
    expect(note).to_contain_text("multiplied by it")
    page.locator("#pixels-play .class label").first.click()
    expect(note).to_contain_text("none is asked for")

    x = binarised(digit_sheet()[8, 0][None, None] / 255)
    wanted = complete(loaded, Asked(4, 9, 3), x, rows_known(12))
    assert (completed(page) == wanted.images.numpy()).all()
    expect(page.locator("#pixels-digit .exact")).to_contain_text("Exact")

    for part in (".surprise", ".bayes"):
        page.locator(f"#pixels-digit {part}").scroll_into_view_if_needed()
    page.wait_for_function(f"{OWN}.judged && {OWN}.told")
    nats = page.evaluate(f"{OWN}.judged.network.reduce((a, b) => a + b)")
    assert nats == pytest.approx(-loaded.model.log_prob(x).item(), abs=1e-3)
    logs = page.evaluate(f"[...{OWN}.told.logs]")
    assert np.allclose(logs, loaded.model.class_log_probs(x)[0].numpy(), atol=1e-3)
    expect(page.locator("#pixels-digit .bars .gan small")).to_contain_text("cannot be asked")
    bound, slider = page.locator("#pixels-digit .bars .vae b"), page.locator("#pixels-digit .k input")
    bounds = []
    for k in range(7):
        slider.fill(str(k))
        expect(page.locator("#pixels-digit .k b")).to_have_text(str(2**k))
        bounds.append(float(bound.inner_text().split()[1]))
    assert bounds == sorted(bounds, reverse=True) and bounds[0] > bounds[-1]


def test_scrubbing_playing_and_the_next_open_coin(page: Page, lab: Lab):
    open_lesson(page, lab, "&seed=2")
    fell, where = page.locator("#pixels-play .fell"), page.locator("#pixels-play .where")
    position = page.locator("#pixels-play .position")
    position.fill("0")
    expect(where).to_have_text("Row 1, column 1")
    page.locator("#pixels-play .next").click()
    p = page.evaluate(f"{PLAY}.chance({PLAY}.position)")
    assert 0.1 < p < 0.9 and f"{p:.3f}" in fell.inner_text()
    position.fill("784")
    expect(where).to_have_text("All 784 pixels are drawn")
    expect(page.locator("#pixels-play .next")).to_be_disabled()
    page.locator("#pixels-play .play").click()  # from the beginning
    page.wait_for_function(f"{PLAY}.position > 30 && {PLAY}.position < 784")
    page.locator("#pixels-play .play").click()
    assert page.evaluate(f"{PLAY}.playing") is None


def test_the_diagram_has_the_pixel_that_plays(page: Page, lab: Lab):
    open_lesson(page, lab, "&class=3&seed=2&temperature=0.5")
    diagram, position = page.locator("#pixels-play .diagram"), page.locator("#pixels-play .position")
    seen = diagram.get_by_role("button", name="21×41").locator("image")
    before = None
    for i in (1, 400):
        position.fill(str(i))
        p, odds, u = page.evaluate(
            f"[{PLAY}.chance({i}), {PLAY}.made.by.network.odds[{i}], {PLAY}.made.uniforms[{i}]]"
        )
        coin = diagram.get_by_role("button", name="p = σ(ℓ/T)")
        expect(coin).to_contain_text(f"p {p:.3f}")
        expect(coin).to_contain_text(f"u {u:.3f}")
        numbers = diagram.locator(".column-of-value .number").all_text_contents()
        assert numbers[:2] == [str(i + 1), "3"]
        assert float(numbers[2].replace("−", "-")) == pytest.approx(odds, abs=0.051)
        assert seen.get_attribute("href") != before
        before = seen.get_attribute("href")
        terms = [float(one.split("=")[1]) for one in diagram.locator(".term").all_inner_texts()]
        whole = page.evaluate(f"{PLAY}.made.by.network.nats.reduce((a, b) => a + b)")
        assert sum(terms) == pytest.approx(whole, abs=0.11)
        expect(diagram.locator(".term.at-work")).to_have_attribute("data-term", "now")
    term = diagram.locator(".term[data-term=now]")
    term.focus()
    expect(coin).to_have_class("column-of-coin meant")
    position.fill("784")
    expect(diagram.locator(".term.at-work")).to_have_count(0)
    page.locator("#pixels-play .who label").last.click()  # a model that counts has no network
    expect(diagram).to_be_hidden()


def test_a_brush_erases_what_comes_before_and_that_is_said(page: Page, lab: Lab):
    open_lesson(page, lab, "&kept=brush")
    page.wait_for_function(f"{OWN}?.digit")
    exact, canvas = page.locator("#pixels-digit .exact"), page.locator("#pixels-digit .mask canvas").first
    expect(exact).to_contain_text("nothing is drawn")
    canvas.focus()
    canvas.press(" ")
    expect(exact).to_contain_text("Not exact")
    page.wait_for_function(f"{OWN}.element.dataset.completed")
    stays = f"""(() => {{ const {{ completed, digit, mask }} = {OWN};
        const same = (one) => mask.known.every((known, i) => !known || one[i] === digit[i]);
        return completed.images.every(same); }})()"""
    assert page.evaluate(stays)
    assert page.evaluate(f"{OWN}.mask.known.filter((one) => one === 0).length") > 9


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_cards_are_ranked_on_a_phone_and_the_server_stands_in(page: Page, lab: Lab):
    """The weights do not arrive: the server computes, and a sentence says why."""
    page.route(f"**/weights/{MODEL}", lambda route: route.abort())
    open_lesson(page, lab, "&seed=4")
    expect(page.locator("#pixels-play .computed")).to_contain_text("the weights did not reach")
    made = complete(load(MODEL), Asked(1, 4), None, None)
    assert page.evaluate(f"[...{PLAY}.made.by.network.x]") == made.images.flatten().tolist()
    for i, card in enumerate(("noise", "blank", "one", "upside_down", "eight")):
        button = page.locator(f"#pixels-cards [data-card={card}]")
        button.click()
        expect(button.locator("b")).to_have_text(str(i + 1))
    rows = page.locator("#pixels-cards .reveal tbody tr")
    expect(rows).to_have_count(5)
    nats = [float(row.split("\t")[3]) for row in rows.all_inner_texts()]
    assert nats == sorted(nats)
    expect(page.locator("#pixels-cards .moral")).to_contain_text("of 5 places")
    page.locator("#pixels-cards .undo").click()
    expect(rows.first).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_address_that_asks_for_nonsense_begins_as_without(page: Page, lab: Lab):
    """Of a folder whose table of counts is damaged, too, and that is said."""
    facts = {"figures": {}, "counting": None, "lacks": "damaged"}
    page.route("**/facts/pixels/*", lambda route: route.fulfill(json=facts))
    open_lesson(page, lab, "&class=11&seed=-3&temperature=9&guidance=-1&who=me&as=x&kept=all&seam=29&k=7")
    page.wait_for_function("!location.search.includes('seam')")
    assert page.evaluate(f"{PLAY}.lesson.settings") == {
        **{"class": None, "seed": 1, "temperature": 1, "guidance": 1, "who": "network"},
        **{"as": None, "kept": "seam", "seam": 14, "k": 4},
    }
    expect(page.locator("#pixels-play .lacks")).to_contain_text("counting.safetensors in this network's")
    expect(page.locator("#pixels-play .counts")).to_be_hidden()
