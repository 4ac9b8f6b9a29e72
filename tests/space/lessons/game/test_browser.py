"""The game in a real Chromium: its mathematics against torch and scipy, its situations, and the page."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect
from scipy.spatial.distance import jensenshannon
from scipy.stats import norm
from torch import nn
from torch.nn import functional as F

from space import app
from space.lessons.game import tab as game
from space.lessons.game.settings import DISTRIBUTIONS
from space.lessons.game.view import MARKUP
from space.text import TEXT
from tests.pages import import_modules, stroke, until

pytestmark = pytest.mark.browser

SETTINGS = {
    "latentKind": "gaussian",
    "latentDim": 2,
    "width": 16,
    "start": "middle",
    "seed": 3,
    "learningRateD": 0.01,
    "learningRateG": 0.002,
    "optimizerG": "adam",
    "loss": "non_saturating",
    "instanceNoise": 0,
}


# The reading and the view of a game after some rounds
PLAY = """
function play(settings, distribution, rounds, game = new Game(DISTRIBUTIONS[distribution](), settings)) {
  for (let i = 0; i < rounds; i++) {
    for (let j = 0; j < settings.stepsD; j++) game.stepD();
    game.stepG();
  }
  const real = new Float64Array(512), latents = game.drawLatents(new Float64Array(512), new Random(8));
  game.distribution.sample(real, 256, new Random(9));
  const { fake, push, ...view } = game.look(real, latents, 256);
  const reading = measureNow(game, game.distribution);
  return { game, modes: reading.covered.filter(Boolean).length, ...reading, ...view };
}
"""


@pytest.fixture(scope="module")
def lab(browser: Browser) -> Iterator[Page]:
    """An empty page with nothing but the game's mathematics."""
    page = browser.new_page()
    import_modules(page, "browser/numbers.js", "browser/networks.js", "browser/gan2d.js")
    page.add_script_tag(content=PLAY)
    yield page
    page.close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The tab alone: the page of all tabs is tested elsewhere."""
    with gr.Blocks() as demo, gr.Tabs():
        game.build()
    yield app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")[1]
    gr.close_all()


# ---- The mathematics


def to_torch(widths: list[int], parameters: list[float]) -> nn.Sequential:
    """The same network in torch, float64; parameters are each layer's weight and bias in turn."""
    layers = [nn.Linear(a, b, dtype=torch.float64) for a, b in pairwise(widths)]
    network = nn.Sequential(*[m for layer in layers for m in (layer, nn.Tanh())][:-1])
    nn.utils.vector_to_parameters(torch.tensor(parameters, dtype=torch.float64), network.parameters())
    return network


def flat(tensors: Any) -> np.ndarray:
    return torch.cat([t.detach().flatten() for t in tensors]).numpy()


@pytest.mark.parametrize("loss", ["non_saturating", "saturating"])
@pytest.mark.parametrize("latent_dim", [1, 2, 4])
def test_both_steps_are_those_of_torch(lab: Page, loss: str, latent_dim: int) -> None:
    """Three rounds on the batches that the game drew: gradients, Adam's steps and the weights after them."""
    settings = SETTINGS | {"loss": loss, "latentDim": latent_dim, "width": 10}  # no whole blocks of four
    told = lab.evaluate(
        """settings => {
          const game = new Game(DISTRIBUTIONS.ring(), settings), list = (array) => Array.from(array);
          const weights = () => [list(game.generator.parameters), list(game.discriminator.parameters)];
          const start = weights(), rounds = [];
          for (let i = 0; i < 3; i++) {
            game.stepD();
            const dBatch = list(game.points), dLatents = list(game.latents);
            const dGradients = list(game.discriminator.gradients);
            game.stepG();
            rounds.push({ dBatch, dLatents, dGradients, gLatents: list(game.latents),
              gGradients: list(game.generator.gradients), weights: weights() });
          }
          return { start, rounds, widths: [game.generator.widths, game.discriminator.widths] };
        }""",
        settings,
    )
    generator, discriminator = map(to_torch, told["widths"], told["start"])
    adam_g, adam_d = (
        torch.optim.Adam(network.parameters(), settings[rate], betas=(0.5, 0.999))
        for network, rate in ((generator, "learningRateG"), (discriminator, "learningRateD"))
    )
    for one in told["rounds"]:
        real = torch.tensor(one["dBatch"], dtype=torch.float64).view(-1, 2)[: len(one["dBatch"]) // 4]
        fake = generator(torch.tensor(one["dLatents"], dtype=torch.float64).view(-1, latent_dim)).detach()
        adam_d.zero_grad()
        (-F.logsigmoid(discriminator(real)).mean() - F.logsigmoid(-discriminator(fake)).mean()).backward()
        np.testing.assert_allclose(
            one["dGradients"], flat(p.grad for p in discriminator.parameters()), atol=1e-10
        )
        adam_d.step()

        adam_g.zero_grad()
        logits = discriminator(
            generator(torch.tensor(one["gLatents"], dtype=torch.float64).view(-1, latent_dim))
        )
        (F.logsigmoid(-logits) if loss == "saturating" else -F.logsigmoid(logits)).mean().backward()
        np.testing.assert_allclose(
            one["gGradients"], flat(p.grad for p in generator.parameters()), atol=1e-10
        )
        adam_g.step()
        for mine, network in zip(one["weights"], (generator, discriminator)):
            np.testing.assert_allclose(mine, flat(network.parameters()), atol=1e-6)


@pytest.mark.parametrize("loss", ["non_saturating", "saturating"])
def test_arrows_and_values_are_those_of_torch(lab: Page, loss: str) -> None:
    told = lab.evaluate(
        """settings => {
          const game = new Game(DISTRIBUTIONS.moons(), settings), list = (array) => Array.from(array);
          for (let i = 0; i < 20; i++) { game.stepD(); game.stepG(); }
          const real = new Float64Array(100), latents = new Float64Array(100);
          game.drawLatents(latents, new Random(5));
          game.distribution.sample(real, 50, new Random(6));
          const view = game.look(real, latents, 50);
          return { ...view, fake: list(view.fake), push: list(view.push),
            real: list(real), latents: list(latents),
            d: list(game.discriminator.parameters), g: list(game.generator.parameters) };
        }""",
        SETTINGS | {"loss": loss},
    )
    generator, discriminator = to_torch([2, 16, 16, 2], told["g"]), to_torch([2, 16, 16, 1], told["d"])
    real, latents = (torch.tensor(told[key], dtype=torch.float64).view(-1, 2) for key in ("real", "latents"))
    fake = generator(latents).detach().requires_grad_()
    on_real, on_fake = discriminator(real), discriminator(fake)
    loss_g = F.logsigmoid(-on_fake) if loss == "saturating" else -F.logsigmoid(on_fake)
    loss_g.sum().backward()
    value = F.logsigmoid(on_real).mean() + F.logsigmoid(-on_fake).mean()
    np.testing.assert_allclose(told["fake"], flat([fake]), atol=1e-9)
    np.testing.assert_allclose(told["push"], flat([-fake.grad]), atol=1e-9)
    for mine, expected in (
        ("value", value),
        ("lossD", -value),
        ("lossG", loss_g.mean()),
        ("dReal", torch.sigmoid(on_real).mean()),
        ("dFake", torch.sigmoid(on_fake).mean()),
        ("gradient", fake.grad.norm(dim=1).mean()),
    ):
        assert told[mine] == pytest.approx(expected.item(), abs=1e-9), mine


STROKES = [[[-2, -2], [0, 1], [2, -1]], [[1, 2]]]


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_density_masses_and_samples_agree(lab: Page, name: str) -> None:
    """The density integrates to the cells' masses, and as many samples fall into each as it says."""
    told = lab.evaluate(
        """([name, strokes]) => {
          const one = DISTRIBUTIONS[name](strokes), side = 24, fine = 8;
          const masses = Array.from(one.cellMasses(side)), width = 2 * EXTENT / (side * fine);
          const sums = new Array(side * side).fill(0), counts = sums.slice();
          for (let i = 0; i < side * fine; i++) for (let j = 0; j < side * fine; j++) {
            const [x, y] = [j, i].map((cell) => -EXTENT + (cell + 0.5) * width), density = one.density(x, y);
            sums[Math.floor(i / fine) * side + Math.floor(j / fine)] += density * width * width;
          }
          const n = 50000, points = new Float64Array(2 * n);
          one.sample(points, n, new Random(1));
          for (let i = 0; i < n; i++) {
            const cell = (at) => Math.floor((at / EXTENT + 1) / 2 * side);
            const column = cell(points[2 * i]), row = cell(points[2 * i + 1]);
            if (Math.min(column, row) >= 0 && Math.max(column, row) < side) counts[row * side + column]++;
          }
          return { masses, sums, counts, n };
        }""",
        [name, STROKES],
    )
    masses, counts = np.array(told["masses"]), np.array(told["counts"])
    np.testing.assert_allclose(told["sums"], masses, atol=1e-4)  # of the midpoint rule
    assert 0.98 < masses.sum() <= 1 + 1e-6
    deviation = np.sqrt(told["n"] * masses * (1 - masses))
    assert (np.abs(counts - told["n"] * masses) <= 5 * deviation + 3).all()


def divergence(p: np.ndarray, q: np.ndarray) -> float:
    """Jensen-Shannon, in nats, by scipy; the last cell is all that lies outside."""
    return jensenshannon(np.append(p, 1 - p.sum()), np.append(q, 1 - q.sum())) ** 2


def masses(side: int, components: list[tuple[float, float, float]]) -> np.ndarray:
    """Exact masses, (side^2), of an even mixture of Gaussians (x, y, sigma) on the cells of [-3, 3]^2."""
    edges = np.linspace(-3, 3, side + 1)
    one = [np.outer(*(np.diff(norm.cdf(edges, at, s)) for at in (y, x))) for x, y, s in components]
    return np.mean(one, 0).ravel()


RING = [(2 * np.cos(k * np.pi / 4), 2 * np.sin(k * np.pi / 4), 0.2) for k in range(8)]


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_perfect_generator_reads_near_zero(lab: Page, name: str) -> None:
    reading = lab.evaluate(
        """([name, strokes]) => {
          const one = DISTRIBUTIONS[name](strokes), meter = new Meter(one);
          const points = new Float64Array(2 * MEASURED);
          one.sample(points, MEASURED, new Random(2));
          meter.add(points, MEASURED);
          return meter.read();
        }""",
        [name, STROKES],
    )
    assert 0 <= reading["jsd"] < 0.02
    assert all(reading["covered"])
    assert reading["quality"] > 0.98


def linear_generator(page: Page, x: float, y: float, scale: float, kind: str = "gaussian") -> dict[str, Any]:
    """The reading, on the ring, of a generator that is z -> (x, y) + scale * z."""
    return page.evaluate(
        """([settings, x, y, scale]) => {
          const game = new Game(DISTRIBUTIONS.ring(), settings);
          const { layers, parameters, widths } = game.generator;
          const small = 1e-4; // where tanh is the identity
          parameters.fill(0);
          for (const axis of [0, 1]) {
            layers[0].weight[axis * 2 + axis] = small;
            layers[1].weight[axis * widths[1] + axis] = 1;
            layers[2].weight[axis * widths[2] + axis] = scale / small;
            layers[2].bias[axis] = axis ? y : x;
          }
          return measureNow(game, game.distribution);
        }""",
        [SETTINGS | {"latentKind": kind}, x, y, scale],
    )


def test_a_collapsed_generator_reads_its_true_divergence(lab: Page) -> None:
    """Against masses computed by scipy, on the meter's grid and on one four times as fine."""
    reading = linear_generator(lab, 2, 0, 0.2)
    for side in (64, 256):
        expected = divergence(masses(side, RING), masses(side, RING[:1]))
        assert reading["jsd"] == pytest.approx(expected, abs=0.005)
    assert expected == pytest.approx(  # of which seven modes are missed, and one has eight times its share
        0.5 * (np.log(2) * 7 / 8 + np.log((1 / 8) / (9 / 16)) / 8) + 0.5 * np.log(16 / 9), abs=1e-3
    )
    assert reading["covered"] == [True] + [False] * 7
    assert reading["quality"] == pytest.approx(
        1 - np.exp(-4.5), abs=0.002
    )  # of a round Gaussian within 3 sigma


def test_a_generator_that_is_far_away_reads_ln_2(lab: Page) -> None:
    reading = linear_generator(lab, -50, 50, 0.1, "uniform")
    assert reading["jsd"] == pytest.approx(np.log(2), abs=1e-3)
    assert not any(reading["covered"]) and reading["quality"] == 0


def test_a_generator_of_another_shape_reads_its_true_divergence(lab: Page) -> None:
    """One broad Gaussian over the whole ring: neither near 0 nor near ln 2."""
    reading = linear_generator(lab, 0, 0, 1.4)
    expected = divergence(masses(64, RING), masses(64, [(0, 0, 1.4)]))
    assert 0.3 < expected < 0.6
    assert reading["jsd"] == pytest.approx(expected, abs=0.01)


# ---- The game on the page


def open_game(page: Page) -> None:
    """The component on an empty page: it needs nothing of Gradio but to be put there."""
    import_modules(page, "lessons/game/game.js")
    page.evaluate(
        """([markup, style, words]) => {
          document.body.innerHTML = `<style>#game { ${style} }</style><div id="game">${markup}</div>`;
          start({ element: document.querySelector("#game"), props: { words } });
        }""",
        [MARKUP, game.CSS, game.WORDS],
    )
    expect(page.locator("#game .count")).not_to_be_empty()


def open_tab(page: Page, url: str) -> None:
    """The component on the page that Gradio serves."""
    page.goto(url, timeout=60_000)
    expect(page.locator("#game .count")).not_to_be_empty(timeout=60_000)


HANDLE = "[...document.querySelectorAll('#game, #game *')].find((node) => node.ganGame).ganGame"


def handle(page: Page, body: str, argument: object = None) -> Any:
    """The value of a JavaScript function body in which `lab` is the component's handle."""
    return page.evaluate(f"(argument) => {{ const lab = {HANDLE}; {body} }}", argument)


def settle(page: Page) -> dict[str, Any]:
    """The meter's reading of the game as it stands."""
    page.wait_for_function(f"{HANDLE}.reading", timeout=30_000)
    return handle(page, "return lab.reading")


def play(lab: Page, preset: str, seed: int, rounds: int, after: int = 0) -> list[dict[str, Any]]:
    """How a situation of the page stands after some rounds, and `after` more rounds later with its remedy."""
    return lab.evaluate(
        """([preset, seed, rounds, after]) => {
          const { set, remedy } = PRESETS[preset], settings = { ...DEFAULTS, ...set, seed };
          const before = play(settings, settings.distribution, rounds), stages = [before];
          if (after) stages.push(play(Object.assign(settings, remedy), null, after, before.game));
          return stages.map(({ game, ...stage }) => stage);
        }""",
        [preset, seed, rounds, after],
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_a_balanced_game_finds_the_ring(lab: Page, seed: int) -> None:
    (end,) = play(lab, "balanced", seed, 300)
    assert end["modes"] >= 7
    assert end["jsd"] < 0.33 and end["quality"] > 0.75
    assert abs(end["dReal"] - 0.5) < 0.2 and abs(end["dFake"] - 0.5) < 0.2


@pytest.mark.parametrize("seed", [1, 2])
def test_mode_collapse_and_its_remedy(lab: Page, seed: int) -> None:
    collapsed, cured = play(lab, "collapse", seed, 200, 200)
    assert collapsed["modes"] <= 2 and collapsed["jsd"] > 0.55
    assert cured["modes"] >= 7 and cured["jsd"] < 0.35


@pytest.mark.parametrize("seed", [1, 2])
def test_d_too_strong_and_its_remedy(lab: Page, seed: int) -> None:
    beaten, cured = play(lab, "strong", seed, 60, 250)
    assert beaten["modes"] <= 1 and beaten["value"] > -0.6
    assert beaten["dReal"] > 0.8 and beaten["dFake"] < 0.2
    assert cured["modes"] >= 7 and cured["value"] < -1.1


@pytest.mark.parametrize("seed", [1, 2])
def test_vanishing_gradient_and_its_remedy(lab: Page, seed: int) -> None:
    stuck, cured = play(lab, "vanishing", seed, 100, 100)
    assert stuck["gradient"] < 1e-3 and stuck["jsd"] > 0.69 and stuck["quality"] == 0
    assert cured["gradient"] > 100 * stuck["gradient"]
    assert cured["modes"] == 2 and cured["jsd"] < 0.4


def test_the_same_seed_is_the_same_game(lab: Page) -> None:
    first, again, other = (play(lab, "balanced", seed, 20)[0] for seed in (5, 5, 6))
    assert first == again
    assert first["jsd"] != other["jsd"]


def test_a_run_sends_nothing_and_stops_off_screen(page: Page, url: str) -> None:
    open_tab(page, url)
    requests: list[str] = []
    page.locator(".katex").last.wait_for(timeout=30_000)
    page.evaluate("document.fonts.ready.then(() => true)")  # the equations'
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: requests.append(request.url))
    page.get_by_role("button", name="Run").press("Enter")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_function("document.querySelector('#game .modes dd').textContent !== '–'", timeout=30_000)
    until(page, lambda: handle(page, "return lab.counts.G") > 0)
    assert handle(page, "return lab.counts.D >= 3 * lab.counts.G")

    page.locator("#game").evaluate("node => node.style.display = 'none'")  # as on another tab
    page.wait_for_function(f"!{HANDLE}.onScreen", timeout=30_000)
    before = handle(page, "return lab.counts.D")
    page.evaluate("async () => { for (let i = 0; i < 5; i++) await new Promise(requestAnimationFrame); }")
    assert handle(page, "return lab.counts.D") == before
    page.locator("#game").evaluate("node => node.style.display = ''")
    page.wait_for_function(f"{HANDLE}.counts.D > {before}", timeout=30_000)
    assert requests == []


def test_each_move_by_its_button(page: Page) -> None:
    open_game(page)

    def counts() -> tuple[int, int]:
        return tuple(handle(page, "return [lab.counts.D, lab.counts.G]"))

    def weights() -> list[float]:
        return handle(
            page, "return ['discriminator', 'generator'].map((name) => lab.game[name].parameters[0])"
        )

    start = weights()
    page.get_by_role("button", name="Step D").click()
    assert counts() == (1, 0)
    after_d = weights()
    assert after_d[0] != start[0] and after_d[1] == start[1]
    page.get_by_role("button", name="Step G").press("Space")
    assert counts() == (1, 1)
    after_g = weights()
    assert after_g[0] == after_d[0] and after_g[1] != after_d[1]
    page.get_by_role("button", name="Both").click()
    assert counts() == (4, 2)  # three steps of D for one of G
    assert 0 < settle(page)["jsd"] <= np.log(2)
    expect(page.get_by_role("status")).to_contain_text("4 steps of D")

    freeze = page.get_by_role("button", name="Freeze D")
    freeze.press("Enter")
    expect(freeze).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Step D")).to_be_disabled()
    page.get_by_role("button", name="Both").click()
    assert counts() == (4, 3)
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
    page.wait_for_function(
        "document.querySelector('#game .jsd dd').textContent.startsWith('0.69')", timeout=30_000
    )
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

    page.get_by_role("button", name="둘 다").click()
    assert len(settle(page)["covered"]) == 2
    page.get_by_role("button", name="그림 지우기").click()
    expect(run).to_be_disabled()
