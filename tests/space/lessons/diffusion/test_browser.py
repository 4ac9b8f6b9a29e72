"""The diffusion tab in a real browser: its way is PyTorch's, scrubbing asks nothing, a digit comes back."""

import base64
import json
import re
from dataclasses import asdict

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from space.lessons.diffusion.settings import NETWORKS
from space.lessons.diffusion.work import MODEL, Asked, denoise, way
from space.models.ddpm import DDPMConfig, path_levels
from space.pictures.sheets import digit_sheet
from space.pictures.training_digits import find_nearest
from space.weights.hub import BUNDLED, load
from tests.pages import import_modules, switch_tab, until, until_quiet
from tests.processes import Lab

pytestmark = pytest.mark.browser
WAY = "document.querySelector('#diffusion-way .stage').parentElement.diffusion"
OWN = "document.querySelector('#diffusion-digit .back').parentElement.ownDigit"
NUMBERS = "({ times, x, xStart, predNoise, image, asked }) => "
NUMBERS += "[times, ...[x, xStart, predNoise, [image]].map((all) => all.map((one) => [...one])), asked]"
CONFIG = json.loads((BUNDLED / MODEL / "config.json").read_text())
MIDDLE = {"guidance_low": 0.44, "guidance_high": 0.86}
EVERYWHERE = {"guidance_low": 0.0, "guidance_high": 1.0}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def open_lesson(page: Page, lab: Lab, query: str) -> None:
    page.goto(f"{lab.url}?tab=diffusion{query}")
    page.wait_for_function(f"{WAY.replace('.parentElement', '?.parentElement')}?.made.length")


def assert_same_way(found: list, asked: Asked, name: str = MODEL) -> None:
    """Each number of each step as PyTorch has it, within 1e-3."""
    made = denoise(load(name), asked)
    times, *pictures, said = found
    assert times == made.times and said["digit"] == made.asked.digit
    for one, wanted in zip(pictures, (made.x, made.x_start, made.pred_noise, made.image), strict=True):
        difference = np.abs(np.array(one) - wanted.flatten(1).numpy())
        # noise is divided by its share, which is small near the image
        assert difference.max() < 1e-3, difference.max(1)


def expect_nearest(page: Page, image: np.ndarray) -> None:
    """A button shows the training digit that is nearest to what the first way made."""
    page.locator("#diffusion-way .nearest-digit button").click()
    number = find_nearest(torch.from_numpy(image).reshape(1, 28, 28)).number
    expect(page.locator("#diffusion-way .nearest-digit")).to_contain_text(f"no. {number:,} of 60,000")


def grey(picture: Locator) -> np.ndarray:
    """The pixels of a picture of a diagram, 28x28, a BMP file from the top: in [0, 255]."""
    file = base64.b64decode(picture.get_attribute("href").split(",")[1])
    return np.frombuffer(file, np.uint8, offset=54)[::3].astype(int)


@pytest.mark.parametrize("network", NETWORKS)
def test_the_diagram_has_the_present_step(page: Page, lab: Lab, network: str):
    open_lesson(page, lab, f"&class=4&steps=5&guidance=1&network={network}")
    diagram, position = page.locator("#diffusion-way .diagram"), page.locator("#diffusion-way .position")
    times, xs, starts, noises, (image,), _ = page.evaluate(f"({NUMBERS})({WAY}.made[0])")
    pictures, values = diagram.locator(".column-of-picture image"), diagram.locator(".number")
    model = load(NETWORKS[network]).model
    for i, following in ((1, [times[2], xs[2]]), (4, [-1, 2 * np.array(image) - 1])):
        position.fill(str(i))
        expect(values).to_have_text([str(times[i] + 1), "4", str(following[0] + 1)])
        start, noise = (torch.tensor(one[i]).view(1, 1, 28, 28) for one in (starts, noises))
        output = model.target(start, torch.tensor([times[i]]), noise).flatten().numpy()
        for at, wanted in enumerate((xs[i], output, starts[i], following[1])):
            difference = grey(pictures.nth(at)) - (np.array(wanted).clip(-1, 1) + 1) * 127.5
            assert np.abs(difference).max() <= 1, (i, at)
    diagram.locator(".term").focus()
    expect(diagram.locator("svg [role=button].meant")).to_have_count(5)
    expect(diagram.locator(".term b")).to_be_empty()  # nobody knows which noise was meant
    page.locator("#diffusion-way .chips.way label").last.click()  # no step leads into noise
    expect(pictures).to_have_count(3)
    expect(diagram.locator(".arc")).to_have_count(0)
    page.locator("#diffusion-way [data-way=forward]").wait_for()
    for i in (1, 5):  # into noise it is known
        position.fill(str(i))
        expect(values.first).to_have_text(str(times[-i] + 1))
        x_start, t = torch.tensor(image).view(1, 1, 28, 28) * 2 - 1, torch.tensor([times[-i]])
        noise = torch.tensor(xs[0]).view(1, 1, 28, 28)  # the way back began with it
        with torch.inference_mode():
            start, predicted = model.predict(model.q_sample(x_start, t, noise), times[-i], torch.tensor([4]))
        output = model.target(start, t, predicted)
        error = (model.target(x_start, t, noise) - output).square().sum().item()
        shown = diagram.locator(".term b").inner_text().removeprefix(" = ")
        assert float(shown) == pytest.approx(error, rel=0.002, abs=0.2)


def test_nothing_is_compared_before_there_is_a_sample(page: Page, lab: Lab):
    page.route("**/weights/**", lambda route: None)
    page.goto(f"{lab.url}?tab=diffusion")
    button = page.locator("#diffusion-way .nearest-digit button")
    expect(page.locator("#diffusion-way .diagram svg")).to_be_visible()
    expect(button).to_be_hidden()
    page.unroute("**/weights/**")
    expect(button).to_be_visible()


def test_the_way_is_that_of_pytorch_and_scrubbing_asks_nothing(page: Page, lab: Lab):
    open_lesson(
        page,
        lab,
        "&class=3&seed=7&steps=6&guidance=2&sampler=both&t=0.6&erase=top&resamplings=2&guided=middle",
    )
    ddim, ddpm = (page.evaluate(f"({NUMBERS})({WAY}.made[{i}])") for i in (0, 1))
    assert_same_way(ddim, Asked(3, 7, 6, 1.0, 2.0, "ddim", **MIDDLE))
    assert_same_way(ddpm, Asked(3, 7, 6, 1.0, 2.0, "ddpm", **MIDDLE))
    expect_nearest(page, np.array(ddim[4], np.float32))
    calls = DDPMConfig(**CONFIG | MIDDLE | {"guidance": 2.0, "num_inference_steps": 6}).num_calls
    assert 6 < calls < 12
    side = page.locator("#diffusion-way .side")
    expect(side.locator(".cost")).to_contain_text(f"{2 * calls} calls")
    expect(side.locator(".acting")).to_contain_text(
        f"acts in {calls - 6} of 6 steps, from t = 860 down to 440"
    )
    expect(side.locator("rect.guided")).to_have_attribute("width", re.compile("^9[34]"))  # 0.42 of the way

    page.wait_for_function(f"{OWN}?.made && {OWN}.filled && {OWN}.flips")
    three, known = digit_sheet()[3, 0][None, None] / 255, torch.ones(1, 1, 28, 28)
    known[..., :14, :] = 0
    assert_same_way(
        page.evaluate(f"({NUMBERS})({OWN}.made)"), Asked(3, 7, 6, 0.6, 2.0, picture=three, **MIDDLE)
    )
    filled = page.evaluate(f"({NUMBERS})({OWN}.filled)")
    assert_same_way(filled, Asked(3, 7, 6, 1.0, 2.0, "ddpm", three, known, 2, **MIDDLE))
    assert np.allclose(np.array(filled[4]).reshape(28, 28)[14:], three[0, 0, 14:].numpy(), atol=1e-5)
    expect(page.locator("#diffusion-digit .flip")).to_contain_text("reads 3 in")

    page.locator("#diffusion-way .check").click()
    checked = page.locator("#diffusion-way .checked")
    expect(checked).to_contain_text("it is that of the server's file")
    for number in re.findall(r"difference (\S+?)\. ", f"{checked.inner_text()} "):
        assert float(number) < 1e-4
    until_quiet(page)

    asked: list[str] = []
    page.on("request", lambda request: "/heartbeat/" in request.url or asked.append(request.url))
    where, position = page.locator("#diffusion-way .where"), page.locator("#diffusion-way .position")
    lanes = "[...document.querySelectorAll('#diffusion-way .x canvas')].map((one) => one.toDataURL())"
    seen = set()
    for step in (0, 3, 6):
        position.fill(str(step))
        seen.add(where.inner_text() + json.dumps(page.evaluate(lanes)))
    position.press("ArrowLeft")
    expect(where).not_to_contain_text("t = 0")
    film = page.locator("#diffusion-way .film").first
    film.scroll_into_view_if_needed()
    film.click(position={"x": 5, "y": 5})
    expect(where).to_contain_text("t = 1000 of 1000")
    page.locator("#diffusion-way .play").click()
    page.wait_for_function(f"{WAY}.playing === null && {WAY}.frame === 6")
    assert len(seen) == 3 and asked == []


def test_networks_side_by_side_have_the_same_noise_and_each_is_that_of_pytorch(page: Page, lab: Lab):
    open_lesson(
        page, lab, "&class=3&seed=7&steps=4&guidance=2&network=all&sampler=ddim&sheet=steps&guided=everywhere"
    )
    asked = Asked(3, 7, 4, 1.0, 2.0, "ddim", **EVERYWHERE)
    for i, name in enumerate(NETWORKS.values()):
        assert_same_way(page.evaluate(f"({NUMBERS})({WAY}.made[{i}])"), asked, name)
    expect(page.locator("#diffusion-way .acting")).to_contain_text("acts in all 4 steps")
    expect(page.locator("#diffusion-way .chips input[value=everywhere]")).to_be_checked()
    expect(page.locator("#diffusion-way .cost")).to_contain_text("24 calls")
    lanes = page.locator("#diffusion-way .lane:visible")
    expect(lanes).to_have_count(len(NETWORKS))
    expect(page.locator("#diffusion-way [data-sheet=steps] canvas")).to_have_count(len(NETWORKS))
    expect(page.locator("#diffusion-way .where")).to_contain_text(re.compile("of noise\nt = "))  # two paths

    # one comparison at a time: that of samplers takes the place of that of networks
    page.locator("#diffusion-way .chips input[value=both] + span").click()
    expect(lanes).to_have_count(2)
    page.wait_for_function("location.search.includes('sampler=both') && !location.search.includes('network')")
    # the figures and the bytes are those of the network that is shown
    page.locator("#diffusion-way .chips input[value=noise] + span").click()
    expect(page.locator("#diffusion-measured")).to_contain_text(NETWORKS["noise"])
    page.wait_for_function(f"{WAY}.made[0].network === 'noise'")
    page.locator("#diffusion-way .check").click()
    expect(page.locator("#diffusion-way .checked")).to_contain_text("it is that of the server's file")
    page.wait_for_function(f"{OWN}.made?.network === 'noise'")
    seed = page.locator("#diffusion-way [data-setting=seed]")
    seed.fill("99999999999")
    seed.blur()
    expect(seed).to_have_value("7")  # what cannot be set does not stay in the box


def test_the_times_of_every_way_are_those_of_pytorch(page: Page):
    import_modules(page, "lessons/diffusion/denoising.js", "browser/families/ddpm.js")
    for config in (DDPMConfig(), DDPMConfig(prediction="flow"), DDPMConfig(schedule="linear")):
        asked = [[steps, start] for steps in range(1, 65) for start in (0.05, 0.1, 0.35, 0.6, 0.95, 1)]
        levels = f"pathLevels({json.dumps(asdict(config))}).map((level) => Float32Array.from(level))"
        ways = f"(asked) => {{ const levels = {levels}; return asked.map((one) => wayOf(levels, ...one)); }}"
        found = page.evaluate(ways, asked)
        levels = path_levels(config).float()
        assert found == [way(levels, *one) for one in asked]


def test_a_digit_drowns_sheets_unfold_and_what_makes_no_sense_is_said(page: Page, lab: Lab):
    open_lesson(page, lab, "&steps=4&guidance=1&way=forward&seed=2")
    assert page.evaluate(f"{WAY}.lanes[0].frames.map(({{ t }}) => t)") == [-1, 55, 591, 928, 999]
    for sheet, canvases in (("between", 1), ("steps", 1), ("guidance", 5)):
        part = page.locator(f"#diffusion-way [data-sheet={sheet}]")
        part.locator("summary").click()
        expect(part.locator("canvas")).to_have_count(canvases)
        part.locator("summary").click()
    said = page.locator("#diffusion-digit .fill .unfilled")
    expect(said).to_contain_text("Nothing is erased yet")
    hole = page.locator("#diffusion-digit .hole canvas")
    hole.focus()
    hole.press(" ")
    page.wait_for_function(f"{OWN}.filled")
    assert page.evaluate(f"{OWN}.hole.known.filter((one) => one === 0).length") > 9
    assert page.evaluate(f"{WAY}.lesson.settings.erase") is None  # in no link
    page.evaluate(f"{OWN}.hole.known.fill(0), {OWN}.fill()")
    expect(said).to_contain_text("Everything is erased")


def test_an_address_that_asks_for_nonsense_begins_as_without(page: Page, lab: Lab):
    open_lesson(
        page,
        lab,
        "&steps=0&guidance=NaN&t=7&class=11&seed=-3&resamplings=1e9&sampler=x&network=v&erase=all&guided=never",
    )
    page.wait_for_function("!location.search.includes('steps')")
    assert page.evaluate(f"{WAY}.lesson.settings") == {
        **{"digit": None, "seed": 3, "steps": None, "guidance": None, "sampler": "dpm_solver"},
        **{"network": "velocity", "guided": None},
        **{"way": "back", "sheet": None, "t": 0.5, "erase": "nothing", "resamplings": 4},
    }


@pytest.mark.parametrize("page", [PHONE], indirect=True)
def test_strips_and_slider_share_the_screen_of_a_phone_and_the_server_stands_in(page: Page, lab: Lab):
    """The weights do not arrive: the server computes the very way, and a sentence says why."""
    page.route("**/weights/ddpm-mnist", lambda route: route.abort())
    open_lesson(page, lab, "&class=8&seed=1&steps=4&guidance=1")
    stage = page.locator("#diffusion-way .stage")
    expect(stage.locator(".computed").first).to_contain_text("the weights did not reach")
    assert_same_way(page.evaluate(f"({NUMBERS})({WAY}.made[0])"), Asked(8, 1, 4, 1.0, 1.0))
    expect(stage.locator(".guided")).to_be_hidden()  # guidance 1 acts nowhere
    first, last = (stage.locator(part).first.bounding_box() for part in (".pictures", ".player"))
    assert last["y"] + last["height"] - first["y"] < 844 / 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_tab_that_is_left_stops_and_gives_its_memory_back(page: Page, lab: Lab):
    open_lesson(page, lab, "&steps=4&guidance=1")
    until_quiet(page)
    workers = len(page.workers)
    page.locator("#diffusion-way .play").click()
    switch_tab(page, "Models")
    page.wait_for_function(f"{WAY}.playing === null")
    until(page, lambda: len(page.workers) < workers)
    switch_tab(page, "From noise to a digit")
    page.locator("#diffusion-way .chips input[value='4'] + span").click()
    page.wait_for_function(f"{WAY}.made[0].asked.digit === 4")
