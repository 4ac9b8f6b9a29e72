"""The game tab: a GAN in the plane, trained live in the visitor's browser.

`GanGame` is the component; `gan2d.js` holds its mathematics and `game.js` what happens on the page. Nothing
is asked of the server while it runs, so that any number of visitors can play at once.

Why networks of our own: the game is two perceptrons of some thousand weights with Adam: 150 lines in all.
TensorFlow.js would bring a bundle of more than a megabyte, whose latest release, 4.22, is of 2024, and each
of its operations costs more to dispatch than to compute where nets are this small.
"""

import gradio as gr

from space.page import link
from space.page.components import asset
from space.page.markup import download
from space.page.words import LATEX, i18n
from space.text import TEXT

DISTRIBUTIONS = ("ring", "grid", "moons", "gaussians", "drawn")
PRESETS = ("balanced", "collapse", "strong", "vanishing")
LAYERS = ("heat", "real", "fake", "mesh", "arrows")
METERS = ("jsd", "modes", "quality", "gradient")
LOSSES, OPTIMIZERS = ("non_saturating", "saturating"), ("adam", "sgd")
LATENT_KINDS, STARTS = ("gaussian", "uniform"), ("middle", "corner")
LATENT_DIMS, WIDTHS = (1, 2, 4, 8), (8, 16, 32, 64)
LEARNING_RATE_POWERS, LEARNING_RATES = (-4.5, -1), (3e-5, 0.1)
"""what the sliders reach, and what a link may say"""
MAX_STEPS_D = 20
MAX_MOVES = 50_000
"""of a game that a link repeats"""


def preset(name: str) -> str:
    """The button of a situation."""
    return f'<button type="button" data-preset="{name}" data-text="{name}"></button>'


def distribution(name: str) -> str:
    """One of the distributions to choose from, with a picture of its density."""
    return (
        f'<label><input type="radio" value="{name}"><canvas width="88" height="88" aria-hidden="true">'
        f'</canvas><span data-text="{name}"></span></label>'
    )


def layer(name: str) -> str:
    """A switch that is also the legend of what it shows."""
    return (
        f'<label class="{name}"><input type="checkbox" data-layer="{name}" checked><i></i>'
        f'<span data-text="{name}"></span></label>'
    )


def meter(name: str) -> str:
    """A figure with its name above and its unit or rule below."""
    formula = " |∂L<sub>G</sub>/∂x|" if name == "gradient" else ""
    return (
        f'<div class="{name}"><dt data-text="{name}"></dt><dd>–</dd>'
        f'<dd class="note"><span data-text="{name}.note"></span>{formula}</dd></div>'
    )


def plot(name: str, **curves: str) -> str:
    """A plot whose caption names its curves, by class, and holds their latest values."""
    legend = "".join(f'<li class="{kind}">{label} <b></b></li>' for kind, label in curves.items())
    return (
        f'<figure data-plot="{name}"><figcaption><span data-text="plot.{name}"></span><ul>{legend}</ul>'
        '</figcaption><canvas aria-hidden="true"></canvas></figure>'
    )


def slider(setting: str, text: str, least: float, most: float, step: float, scale: str = "linear") -> str:
    """A setting on a scale; the range of a "log" one is given in powers of ten."""
    return (
        f'<label><span data-text="{text}"></span> <b></b><input type="range" '
        f'data-setting="{setting}" data-scale="{scale}" min="{least}" max="{most}" step="{step}"></label>'
    )


def choice(setting: str, text: str, *values: str | int) -> str:
    """A setting with a few values; words are keys of `TEXT`."""
    options = "".join(
        f'<option value="{value}"'
        + (f">{value}" if isinstance(value, int) else f' data-text="{value}">')
        + "</option>"
        for value in values
    )
    return (
        f'<label><span data-text="{text}"></span><select data-setting="{setting}">{options}</select></label>'
    )


MARKUP = f"""
<div class="presets" role="group" data-label="presets">{"".join(map(preset, PRESETS))}</div>
<div class="lesson">
  <p class="what"></p>
  <p class="remedy"><strong data-text="remedy"></strong> <span></span>
    <button type="button" class="apply" data-text="apply"></button></p>
</div>
<div class="stage">
  <div class="board">
    <div class="distributions" role="radiogroup" data-label="distributions">
      {"".join(map(distribution, DISTRIBUTIONS))}
    </div>
    <div class="frame">
      <canvas class="plane" role="img" data-label="plane"></canvas>
      <p class="draw-here" data-text="draw_here"></p>
      <button type="button" class="clear" data-text="clear"></button>
    </div>
    <p class="files">{download("gan-game.png", inline=True)}{download("gan-game.csv")}</p>
    <div class="scale"><span data-text="says_fake"></span><i></i><span data-text="says_real"></span></div>
    <div class="layers" role="group" data-label="layers">{"".join(map(layer, LAYERS))}</div>
  </div>
  <div class="side">
    <div class="moves" role="group" data-label="moves">
      <button type="button" class="run"></button>
      <button type="button" class="step-d" data-text="step_d"></button>
      <button type="button" class="step-g" data-text="step_g"></button>
      <button type="button" class="both" data-text="both"></button>
      <button type="button" class="freeze-d" data-text="freeze_d" aria-pressed="false"></button>
      <button type="button" class="freeze-g" data-text="freeze_g" aria-pressed="false"></button>
      <button type="button" class="new-game" data-text="new_game"></button>
    </div>
    <div class="progress">
      <p class="count"></p>
      <label><input type="checkbox" class="slow"> <span data-text="slow"></span></label>
    </div>
    <p class="said" role="status"></p>
    <dl class="meters">{"".join(map(meter, METERS))}</dl>
    <div class="plots">
      {plot("jsd", jsd='<span data-text="true"></span>', seen='<span data-text="seen"></span>')}
      {plot("value", value="V")}
      {plot("mean", real="D(x)", fake="D(G(z))")}
      {plot("loss", real="L<sub>D</sub>", fake="L<sub>G</sub>")}
    </div>
  </div>
</div>
<details class="settings">
  <summary data-text="settings"></summary>
  <div class="fields">
    {slider("learningRateD", "learning_rate_d", *LEARNING_RATE_POWERS, 0.05, "log")}
    {slider("learningRateG", "learning_rate_g", *LEARNING_RATE_POWERS, 0.05, "log")}
    {slider("stepsD", "steps_d", 1, MAX_STEPS_D, 1)}
    {slider("instanceNoise", "instance_noise", 0, 1, 0.05)}
    {choice("loss", "loss", *LOSSES)}
    {choice("optimizerG", "optimizer_g", *OPTIMIZERS)}
  </div>
  <p data-text="restart"></p>
  <div class="fields">
    {choice("latentKind", "latent_kind", *LATENT_KINDS)}
    {choice("latentDim", "latent_dim", *LATENT_DIMS)}
    {choice("start", "start", *STARTS)}
    {choice("width", "width", *WIDTHS)}
    <label><span data-text="seed"></span>
      <input type="number" data-setting="seed" min="0" max="4294967295" step="1"></label>
  </div>
</details>
"""


CSS = asset("lessons/game/game.css")
SCRIPT = asset("browser/normal.js", "browser/gan2d.js", "lessons/game/game.js")
WORDS = {
    language: {key.removeprefix("gan."): text[i] for key, text in TEXT.items() if key.startswith("gan.")}
    for i, language in enumerate(("en", "ko"))
}


LINKED = {
    "preset": link.choice(*PRESETS, default=PRESETS[0]),
    "distribution": link.choice(*DISTRIBUTIONS),
    "learningRateD": link.number(*LEARNING_RATES),
    "learningRateG": link.number(*LEARNING_RATES),
    "stepsD": link.number(1, MAX_STEPS_D, whole=True),
    "instanceNoise": link.number(0, 1),
    "loss": link.choice(*LOSSES),
    "optimizerG": link.choice(*OPTIMIZERS),
    "latentKind": link.choice(*LATENT_KINDS),
    "latentDim": link.choice(*LATENT_DIMS),
    "start": link.choice(*STARTS),
    "width": link.choice(*WIDTHS),
    "seed": link.number(0, 2**32 - 1, whole=True, default=1),
    "moves": link.number(1, MAX_MOVES, whole=True),
}
"""What of a `GanGame` can be linked."""


class GanGame(gr.HTML):
    """The whole game; it takes no value and gives none."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(
            html_template=MARKUP,
            css_template=CSS,
            js_on_load=SCRIPT,
            apply_default_css=False,
            words=WORDS,
            max_moves=MAX_MOVES,
            **kwargs,
        )


def build() -> list[link.Linked]:
    """The tab, inside a `gr.Blocks`, and what of it can be linked."""
    with gr.Tab(i18n("game.tab"), id="game"):
        gr.Markdown(i18n("game.intro"), latex_delimiters=LATEX, elem_classes="reading")
        game = GanGame(elem_id="game")
        with gr.Accordion(i18n("code.title"), open=False, elem_id="game-code"):
            gr.Markdown(i18n("game.code"))
        gr.Markdown(i18n("game.hint"), latex_delimiters=LATEX, elem_classes="reading")
    return [link.Linked(game, LINKED, own=True)]
