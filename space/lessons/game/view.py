"""The markup of the game; its script fills in words (`data-text`, `data-label`), numbers and canvases."""

from space.lessons.game.settings import (
    DISTRIBUTIONS,
    LATENT_DIMS,
    LATENT_KINDS,
    LEARNING_RATE_POWERS,
    LOSSES,
    MAX_STEPS_D,
    OPTIMIZERS,
    PRESETS,
    STARTS,
    WIDTHS,
)
from space.page.diagram import FIGURE
from space.page.markup import download
from space.text.limits import MAX_SEED

LAYERS = ("heat", "real", "fake", "mesh", "arrows")
"""what a visitor can show or hide on the plane"""
METERS = ("jsd", "modes", "quality", "gradient")


def preset_button(name: str) -> str:
    return f'<button type="button" data-preset="{name}" data-text="{name}"></button>'


def distribution_button(name: str) -> str:
    """A radio button with a picture of the distribution's density."""
    return (
        f'<label><input type="radio" value="{name}"><canvas width="88" height="88" aria-hidden="true">'
        f'</canvas><span data-text="{name}"></span></label>'
    )


def layer_switch(name: str) -> str:
    """A switch that is also the legend of its layer."""
    return (
        f'<label class="{name}"><input type="checkbox" data-layer="{name}" checked><i></i>'
        f'<span data-text="{name}"></span></label>'
    )


def meter(name: str) -> str:
    """A measured number: its name above, its unit or rule below."""
    formula = " |∂L<sub>G</sub>/∂x|" if name == "gradient" else ""
    return (
        f'<div class="{name}"><dt data-text="{name}"></dt><dd>–</dd>'
        f'<dd class="note"><span data-text="{name}.note"></span>{formula}</dd></div>'
    )


def plot(name: str, **curves: str) -> str:
    """A plot; its caption names the curves (CSS class=name) and shows the latest value of each."""
    legend = "".join(f'<li class="{kind}">{label} <b></b></li>' for kind, label in curves.items())
    return (
        f'<figure data-plot="{name}"><figcaption><span data-text="plot.{name}"></span><ul>{legend}</ul>'
        '</figcaption><canvas aria-hidden="true"></canvas></figure>'
    )


def slider(setting: str, text: str, least: float, most: float, step: float, scale: str = "linear") -> str:
    """A slider for a setting; on a "log" scale `least`, `most` and `step` are powers of ten."""
    return (
        f'<label><span data-text="{text}"></span> <b></b><input type="range" '
        f'data-setting="{setting}" data-scale="{scale}" min="{least}" max="{most}" step="{step}"></label>'
    )


def menu(setting: str, text: str, *values: str | int) -> str:
    """A menu for a setting: numbers are shown as they are, words are keys of texts."""
    options = "".join(
        f'<option value="{value}"'
        + (f">{value}" if isinstance(value, int) else f' data-text="{value}">')
        + "</option>"
        for value in values
    )
    return (
        f'<label><span data-text="{text}"></span><select data-setting="{setting}">{options}</select></label>'
    )


PRESET_ROW = f"""
<div class="presets" role="group" data-label="presets">{"".join(map(preset_button, PRESETS))}</div>
<div class="lesson">
  <p class="what"></p>
  <p class="remedy"><strong data-text="remedy"></strong> <span></span>
    <button type="button" class="apply" data-text="apply"></button></p>
</div>
"""
BOARD = f"""
  <div class="board" id="game-board">
    <div class="distributions" role="radiogroup" data-label="distributions">
      {"".join(map(distribution_button, DISTRIBUTIONS))}
    </div>
    <div class="frame">
      <canvas class="plane" role="img" data-label="plane"></canvas>
      <p class="draw-here" data-text="draw_here"></p>
      <button type="button" class="clear" data-text="clear"></button>
    </div>
    <p class="files">{download("gan-game.png", inline=True)}{download("gan-game.csv")}</p>
    <div class="scale"><span data-text="says_fake"></span><i></i><span data-text="says_real"></span></div>
    <div class="layers" role="group" data-label="layers">{"".join(map(layer_switch, LAYERS))}</div>
  </div>
"""
SIDE = f"""
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
    {FIGURE}
    <dl class="meters">{"".join(map(meter, METERS))}</dl>
    <div class="plots">
      {plot("jsd", jsd='<span data-text="true"></span>', seen='<span data-text="seen"></span>')}
      {plot("value", value="V")}
      {plot("mean", real="D(x)", fake="D(G(z))")}
      {plot("loss", real="L<sub>D</sub>", fake="L<sub>G</sub>")}
    </div>
  </div>
"""
SETTINGS = f"""
<details class="settings">
  <summary data-text="settings"></summary>
  <div class="fields">
    {slider("learningRateD", "learning_rate_d", *LEARNING_RATE_POWERS, 0.05, "log")}
    {slider("learningRateG", "learning_rate_g", *LEARNING_RATE_POWERS, 0.05, "log")}
    {slider("stepsD", "steps_d", 1, MAX_STEPS_D, 1)}
    {slider("instanceNoise", "instance_noise", 0, 1, 0.05)}
    {menu("loss", "loss", *LOSSES)}
    {menu("optimizerG", "optimizer_g", *OPTIMIZERS)}
  </div>
  <p data-text="restart"></p>
  <div class="fields">
    {menu("latentKind", "latent_kind", *LATENT_KINDS)}
    {menu("latentDim", "latent_dim", *LATENT_DIMS)}
    {menu("start", "start", *STARTS)}
    {menu("width", "width", *WIDTHS)}
    <label><span data-text="seed"></span>
      <input type="number" data-setting="seed" min="0" max="{MAX_SEED}" step="1"></label>
  </div>
</details>
"""
MARKUP = f'{PRESET_ROW}<div class="stage">{BOARD}{SIDE}</div>{SETTINGS}'
