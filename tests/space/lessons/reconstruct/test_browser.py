"""Reconstruction in a real Chromium: computed there as PyTorch does, with bars that a visitor drags."""

import csv
import json
import struct
from base64 import b64decode
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, Route, expect
from torch import Tensor

from space.lessons.reconstruct.work import FAMILY, MODEL, NOISES, RECONSTRUCTORS, add_noise, reconstruct
from space.models import roles
from space.models.vae import elbo_terms
from space.pictures.outputs import to_heat, to_pil
from space.pictures.sheets import digit_sheet
from space.text import TEXT, filled
from space.weights.hub import load
from tests.pages import switch_tab, until, visit_tab
from tests.processes import Lab

pytestmark = pytest.mark.browser
RESULT = "#reconstruct-result"
SHOWN = f"{RESULT} .shown"
DIGIT = 7 * 20  # that the tab begins with
SEED = {"name": "seed", "least": 0, "most": 2**32 - 1}
GO = "(query) => labLink.go(labLink.read(query))"


@pytest.fixture(autouse=True)
def without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def wait_for(page: Page, said: str) -> None:
    """Until this is shown: a model, and what the files are named by."""
    expect(page.locator(SHOWN)).to_have_attribute("data-shown", said)


def requests_of(page: Page) -> list[str]:
    """A list of the addresses that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: request.url.startswith("data:") or asked.append(request.url))
    return asked


def pictures(page: Page) -> list[np.ndarray]:
    sources = page.locator(f"{SHOWN} .pixels:not(.share) img").evaluate_all(
        "all => all.map((one) => one.src)"
    )
    files = [BytesIO(b64decode(source.partition(",")[2])) for source in sources]
    return [np.asarray(Image.open(file).convert("RGB"), int) for file in files]


def table(page: Page) -> list[list[str]]:
    """The latent vectors as the visitor can keep them."""
    return list(csv.reader(StringIO(page.locator(f"{SHOWN} button.csv").evaluate("one => one.offer()"))))[1:]


def expect_pictures(shown: list[np.ndarray], x: Tensor, noisy: Tensor, outputs: list[Tensor]) -> None:
    """Within a grey level of what PyTorch makes."""
    wanted = [to_pil(x), to_pil(noisy)]
    for output in outputs:
        wanted += [to_pil(output), to_heat((output - x).abs()[0, 0])]
    for picture, image in zip(shown, wanted, strict=True):
        assert np.abs(picture - np.asarray(image.convert("RGB"), int)).max() <= 1


def digit(index: int) -> Tensor:
    return digit_sheet().flatten(0, 1)[index][None, None] / 255


def expect_every_model_and_noise(page: Page) -> None:
    """As the server makes them."""
    expect(page.locator(f"{RESULT} .badge")).to_contain_text(MODEL)
    page.locator("#reconstruct-measured table").first.wait_for()
    asked = requests_of(page)
    rng = np.random.default_rng(3)
    for noise in NOISES:
        index, level, seed = (
            int(rng.integers(200)),
            round(rng.integers(21) * 0.05, 2),
            int(rng.integers(2**32)),
        )
        query = f"tab=reconstruct&digit={index}&model={FAMILY}&noise={noise}&level={level}&seed={seed}"
        page.evaluate(GO, query)
        case = f"digit-{index // 20}-{index % 20 + 1}"
        wait_for(page, f"{FAMILY} {case}" + ("" if noise == "none" else f"_{noise}-{level:g}_seed{seed}"))
        x = digit(index)
        noisy = add_noise(x, noise, level, seed)
        expected = [reconstruct(x, noisy, name) for name in RECONSTRUCTORS]
        expect_pictures(pictures(page), x, noisy, [one.output for one in expected])
        rows = iter(table(page))
        for one in expected:
            for i, value in enumerate(one.z):
                name, unit, z, sigma = next(rows)
                assert (name, unit) == (one.loaded.name, str(i + 1))
                assert float(z) == pytest.approx(value, abs=1e-4)
                assert not one.sigma or float(sigma) == pytest.approx(one.sigma[i], abs=1e-4)
                assert bool(sigma) == bool(one.sigma)
        best = max(range(len(expected)), key=lambda i: -expected[i].mse)
        marks = page.locator(f"{RESULT} mark").evaluate_all("all => all.map((one) => !one.hidden)")
        assert marks == [i == best for i in range(len(expected))]
    expect(page.locator(f"{RESULT} .computed")).to_have_attribute("data-where", "browser")
    assert [url for url in asked if "/weights/" not in url] == []


def drag(page: Page, unit: int, to: float, within: str = SHOWN) -> None:
    """Drag a bar until it ends at a share `to` of the drawing's height."""
    column, bars = page.locator(f"{within} .column").nth(unit), page.locator(f"{within} svg.latent")
    bars.scroll_into_view_if_needed()
    place, box = column.bounding_box(), bars.bounding_box()
    x = place["x"] + place["width"] / 2
    page.mouse.move(x, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(x, box["y"] + to * box["height"], steps=4)
    page.mouse.up()


def expect_decoded(page: Page, name: str, x: Tensor) -> list[float]:
    """Wait until the picture is the decoder's of the bars; their values."""
    z = [float(row[2]) for row in table(page)]
    output = load(name).model.decode(torch.tensor([z]))
    image = np.asarray(to_pil(output).convert("RGB"), int)
    until(page, lambda: np.abs(pictures(page)[2] - image).max() <= 1)
    expect_pictures(pictures(page), x, x, [output])
    return z


def expect_share(page: Page, name: str, z: list[float], unit: int, value: float) -> None:
    """Wait until the picture beside the bars is what the unit draws: with `value`, less that with 0."""
    both = torch.tensor([z, z])
    both[0, unit], both[1, unit] = value, 0
    on, off = load(name).model.decode(both)
    share = (on - off)[0, ..., None]  # (28, 28, 1)
    colours = torch.where(share > 0, torch.tensor([96, 165, 250]), torch.tensor([251, 146, 60]))
    wanted = (share.abs() * colours).round().int().numpy()

    def drawn() -> np.ndarray:
        source = page.locator(f"{SHOWN} .share img").get_attribute("src") or ""
        return np.asarray(Image.open(BytesIO(b64decode(source.partition(",")[2]))).convert("RGB"), int)

    until(page, lambda: np.abs(drawn() - wanted).max() <= 1)


def click(page: Page, unit: int, to: float) -> None:
    """Click a bar's column, at a share `to` of the drawing's height."""
    column, bars = page.locator(f"{SHOWN} .column").nth(unit), page.locator(f"{SHOWN} svg.latent")
    bars.scroll_into_view_if_needed()
    place, box = column.bounding_box(), bars.bounding_box()
    page.mouse.click(place["x"] + place["width"] / 2, box["y"] + to * box["height"])


def expect_switches(page: Page) -> None:
    """A click, or Enter, switches a unit off and on again; beside the bars is what it draws."""
    page.evaluate(GO, f"tab=reconstruct&model={roles.SPARSE}&digit={DIGIT}")
    wait_for(page, f"{roles.SPARSE} digit-7-1")
    x = digit(DIGIT)
    first = expect_decoded(page, roles.SPARSE, x)
    active = [i for i, value in enumerate(first) if value]
    assert 1 < len(active) <= 16
    strongest = max(active, key=lambda i: first[i])
    expect_share(page, roles.SPARSE, first, strongest, first[strongest])  # without a click
    reset, caption = page.locator(f"{RESULT} .reset"), page.locator(f"{SHOWN} .share figcaption")
    for unit in (active[0], active[-1]):
        click(page, unit, 0.05)
        expect(page.get_by_role("slider", name=f"z{unit + 1}", exact=True)).to_be_focused()
        off = [0.0 if i == unit else value for i, value in enumerate(first)]
        assert expect_decoded(page, roles.SPARSE, x) == off
        expect_share(page, roles.SPARSE, first, unit, first[unit])
        expect(caption).to_contain_text(f"What unit {unit + 1} draws")
        expect(reset).to_be_enabled()
        page.keyboard.press("Enter")
        assert expect_decoded(page, roles.SPARSE, x) == first
        expect(reset).to_be_disabled()
    idle = next(i for i, value in enumerate(first) if not value)
    click(page, idle, 0.25)  # the encoder leaves it at 0: the bar comes to the pointer
    z = expect_decoded(page, roles.SPARSE, x)
    assert z[idle] > 0
    expect_share(page, roles.SPARSE, z, idle, z[idle])
    page.keyboard.press(" ")
    assert expect_decoded(page, roles.SPARSE, x) == first
    expect(caption).to_contain_text(f"Unit {idle + 1} is off")


def expect_bars(page: Page) -> None:
    """A dragged bar is decoded at once, and comes back."""
    x = digit(DIGIT)
    for name in (MODEL, roles.VAE_DEEP):
        page.evaluate(GO, f"tab=reconstruct&model={name}&digit={DIGIT}")
        wait_for(page, f"{name} digit-7-1")
        asked = requests_of(page)
        first, reset = expect_decoded(page, name, x), page.locator(f"{RESULT} .reset")
        expect(reset).to_be_disabled()
        drag(page, 3, 0.05)
        dragged = expect_decoded(page, name, x)
        assert dragged[3] > max(map(abs, first)) and dragged[:3] + dragged[4:] == first[:3] + first[4:]
        file = page.locator(f"{SHOWN} .output button").get_attribute("data-file")
        assert file == f"{name}_digit-7-1_moved_reconstruction.png"  # not the one that the code makes
        bar = page.get_by_role("slider", name="z4", exact=True)
        expect(bar).to_be_focused()
        page.keyboard.press("End")
        most = float(bar.get_attribute("aria-valuemax"))
        for key, value in (("ArrowDown", 0.98), ("PageDown", 0.78), ("Home", -1), ("ArrowUp", -0.98)):
            page.keyboard.press(key)
            assert float(bar.get_attribute("aria-valuenow")) == pytest.approx(value * most, abs=2e-3), key
        page.keyboard.press("ArrowRight")
        page.keyboard.press("PageUp")
        moved = expect_decoded(page, name, x)
        expect_diagram(page, name, x)
        assert moved[4] == pytest.approx(first[4] + most / 5, abs=1e-3) and moved[3] < 0
        reset.click()
        assert expect_decoded(page, name, x) == first
        expect(reset).to_be_disabled()
        assert asked == []


def expect_diagram(page: Page, name: str, x: Tensor) -> None:
    """What flows through the networks is what is shown beside it, as it is shown."""
    until(
        page,
        lambda: (
            page.locator(f"{RESULT} .diagram image").last.get_attribute("href")
            == page.locator(f"{SHOWN} .output img").get_attribute("src")
        ),
    )
    z = torch.tensor([[float(row[2]) for row in table(page)]])
    model = load(name).model
    said = page.locator(f"{RESULT} .diagram .term b").all_text_contents()
    if name == roles.VAE_DEEP:
        recon, kl = elbo_terms(model.decode_logits(z), x, *model.encode(x))
        wanted = [recon.item(), kl.item()]
    else:
        wanted = [(model.decode(z) - x).square().sum().item()]
    assert [float(one.removeprefix(" = ")) for one in said] == pytest.approx(wanted, abs=0.06)
    expect(page.locator(f"{RESULT} .diagram [data-net]")).to_have_count(2)


def expect_bars_of_the_family(page: Page) -> None:
    """Those of each model are decoded by that one, also where another one's have just been moved."""
    page.evaluate(GO, f"tab=reconstruct&model={FAMILY}&digit={DIGIT}")
    wait_for(page, f"{FAMILY} digit-7-1")
    expect(page.locator(f"{RESULT} .diagram")).to_be_hidden()
    x, asked = digit(DIGIT), requests_of(page)
    first, before = table(page), pictures(page)
    cards = page.locator(f"{RESULT} .card")
    for i in range(len(RECONSTRUCTORS)):
        drag(page, 0, 0.1, f"{RESULT} .card:nth-child({i + 1})")
    expect(cards.locator(".reset:enabled")).to_have_count(len(RECONSTRUCTORS))

    z = {name: [float(row[2]) for row in table(page) if row[0] == name] for name in RECONSTRUCTORS}
    was = {name: [float(row[2]) for row in first if row[0] == name] for name in RECONSTRUCTORS}
    assert all(z[name][0] > was[name][0] and z[name][1:] == was[name][1:] for name in z)
    outputs = [load(name).model.decode(torch.tensor([z[name]])) for name in z]
    last = np.asarray(to_pil(outputs[-1]).convert("RGB"), int)
    until(page, lambda: np.abs(pictures(page)[-2] - last).max() <= 1)
    expect_pictures(pictures(page), x, x, outputs)
    errors = [(output - x).square().mean() for output in outputs]
    marks = cards.locator("mark").evaluate_all("all => all.map((one) => !one.hidden)")
    assert marks == [error == min(errors) for error in errors]
    file = cards.nth(1).locator(".output button").get_attribute("data-file")
    assert file == f"{RECONSTRUCTORS[1]}_digit-7-1_moved_reconstruction.png"

    for reset in cards.locator(".reset").all():
        reset.click()
    until(page, lambda: np.array_equal(pictures(page), before))
    assert table(page) == first and asked == []


def expect_memory_given_back(page: Page) -> None:
    """As soon as another tab is opened."""
    assert len(page.workers) == 1
    switch_tab(page, TEXT["game.tab"][0])
    until(page, lambda: not page.workers)
    switch_tab(page, TEXT["reconstruct.tab"][0])
    page.locator("#reconstruct-digits").get_by_label("3, 2", exact=True).check()
    wait_for(page, f"{roles.VAE_DEEP} digit-3-2")


def test_pictures_are_the_servers_and_bars_can_be_dragged(page: Page, lab: Lab) -> None:
    visit_tab(page, lab.url, "reconstruct")
    wait_for(page, f"{MODEL} digit-7-1")
    expect_every_model_and_noise(page)
    expect_bars_of_the_family(page)
    expect_switches(page)
    expect_bars(page)
    expect_memory_given_back(page)


def test_results_need_no_answer_of_the_server(page: Page, lab: Lab) -> None:
    """Neither the first ones nor those of a change, of whatever kind."""
    page.route("**/gradio_api/queue/**", lambda route: None)  # no answer ever comes
    page.route("**/gradio_api/run/**", lambda route: None)
    visit_tab(page, lab.url, "reconstruct")
    wait_for(page, f"{MODEL} digit-7-1")
    page.locator("#reconstruct-digits").get_by_label("3, 2", exact=True).check()
    wait_for(page, f"{MODEL} digit-3-2")
    page.locator("#reconstruct-noise").get_by_text(TEXT["reconstruct.noise.masking"][0]).click()
    wait_for(page, f"{MODEL} digit-3-2_masking-0.5_seed0")
    page.locator("#reconstruct-seed input").fill("5")
    wait_for(page, f"{MODEL} digit-3-2_masking-0.5_seed5")
    page.locator("#reconstruct-level input[type=range]").fill("0.3")
    wait_for(page, f"{MODEL} digit-3-2_masking-0.3_seed5")
    page.locator("#reconstruct-model input").click()
    page.get_by_role("option").nth(1 + RECONSTRUCTORS.index(roles.SPARSE)).click()
    wait_for(page, f"{roles.SPARSE} digit-3-2_masking-0.3_seed5")
    expect(page.locator("#reconstruct-objective")).to_contain_text("one unit in eight")
    page.locator("#reconstruct-source").get_by_text(TEXT["reconstruct.source.draw"][0]).click()
    expect(page.locator(f"{RESULT} > * .notice").first).to_contain_text("The drawing is empty")
    page.locator("#reconstruct-sketch canvas").first.wait_for()  # or it fails, half built
    page.locator("#reconstruct-source").get_by_text(TEXT["reconstruct.source.digit"][0]).click()
    wait_for(page, f"{roles.SPARSE} digit-3-2_masking-0.3_seed5")
    page.locator("#reconstruct-seed input").fill("-1")
    expect(page.locator(f"{RESULT} .notice").first).to_contain_text("seed is -1")
    page.locator("#reconstruct-seed input").fill("")
    notice = page.locator(f"{RESULT} .notice").first
    for lang, sentence in zip(("en", "ko"), filled(TEXT["problem.no_number"], **SEED), strict=True):
        expect(notice.locator(f"[lang={lang}]")).to_have_text(sentence)


def cut_short(body: bytes) -> bytes:
    return body[:-1000]


def not_finite(body: bytes) -> bytes:
    """With one weight that is no number."""
    (length,) = struct.unpack("<Q", body[:8])
    offsets = [
        one["data_offsets"][0] for key, one in json.loads(body[8 : 8 + length]).items() if "_" not in key
    ]
    place = 8 + length + min(offsets)
    return body[:place] + struct.pack("<f", float("nan")) + body[place + 4 :]


def altered(alter: Callable[[bytes], bytes]) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        headers = {key: value for key, value in route.request.headers.items() if key != "range"}
        whole = route.fetch(headers=headers)
        route.fulfill(status=200, body=alter(whole.body()), content_type="application/octet-stream")

    return answer


def test_bad_weights_take_the_servers_path_with_a_sentence(page: Page, lab: Lab) -> None:
    visit_tab(page, lab.url, "reconstruct")
    wait_for(page, f"{MODEL} digit-7-1")
    answers = {
        roles.SPARSE: (altered(cut_short), "useless"),
        roles.VAE_MAP: (altered(not_finite), "useless"),
        roles.CONVOLUTIONAL: (lambda route: route.fulfill(status=404, body="no"), "missing"),
    }
    x = digit(DIGIT)
    for name, (answer, where) in answers.items():
        page.route(f"**/weights/{name}", answer)
        page.evaluate(GO, f"tab=reconstruct&model={name}")
        wait_for(page, f"{name} digit-7-1")
        expect(page.locator(f"{RESULT} .computed")).to_have_attribute("data-where", where)
        expect(page.locator(f"{RESULT} .computed")).to_contain_text("on the server")
        expect_pictures(pictures(page), x, x, [reconstruct(x, x, name).output])
    drag(page, 0, 0.1)
    before = expect_decoded(page, roles.CONVOLUTIONAL, x)  # the bars are decoded there, too
    computed = page.locator(f"{RESULT} .computed")
    page.route("**/compute/**", lambda route: route.fulfill(status=503, body="busy"))
    drag(page, 1, 0.1)
    expect(computed).to_have_attribute("data-where", "failed")
    assert expect_decoded(page, roles.CONVOLUTIONAL, x) == before  # they go back to what is shown
    page.evaluate(GO, f"tab=reconstruct&model={MODEL}")
    wait_for(page, f"{MODEL} digit-7-1")
    page.evaluate(GO, f"tab=reconstruct&model={roles.CONVOLUTIONAL}")
    expect(computed).to_have_attribute("data-where", "failed")
    expect(page.locator(f"{SHOWN} > *")).to_have_count(0)  # no bars of another model, which nothing follows
    page.evaluate(GO, f"tab=reconstruct&model={MODEL}")
    expect(page.locator(f"{RESULT} .computed")).to_have_attribute("data-where", "browser")
