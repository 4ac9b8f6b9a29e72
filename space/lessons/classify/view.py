"""The markup of the lesson; its script fills in words (`data-text`, `data-label`), numbers and canvases."""

from space.lessons.classify.settings import DATA, FEATURES, HIDDEN, KINDS
from space.page.markup import chips, download, slider

LEGEND = "".join(
    f'<li class="{name}"><i></i><span></span></li>' for name in ("zero", "one", "left", "right", "made")
)
WAYS = "".join(
    f"""
  <section class="way {side}">
    <h2><span data-text="{side}.title"></span> <small></small></h2>
    <p class="value"><output></output> <span></span></p>
    <p class="problem"></p>
    <dl><div class="edge"><dt data-text="edge"></dt><dd></dd></div>
      <div class="moved"><dt data-text="moved"></dt><dd></dd></div>
      <div class="wrong"><dt data-text="wrong"></dt><dd></dd></div>
      <div class="density"><dt data-text="density"></dt><dd></dd></div></dl>
  </section>"""
    for side in ("left", "right")
)
BOARD = f"""
<div class="board">
  <div class="frame">
    <canvas class="line" role="img"></canvas>
    <button type="button" class="handle person"></button>
    <button type="button" class="handle point">?</button>
  </div>
  <ul class="legend">{LEGEND}</ul>
  <div class="ways">{WAYS}</div>
  <div class="formulas"><p class="left"></p><p class="right"></p></div>
  <p class="seen"></p>
  <p class="said" role="status"></p>
</div>
"""
SIDE = f"""
<div class="side">
  <section class="assume">
    <h2 data-text="kinds"></h2>
    {chips("kind", KINDS, "kinds")}
    <p class="what"></p>
    <p class="what logistic" data-text="logistic.what"></p>
  </section>
  <section class="hide">
    <h2 data-text="hide"></h2>
    {chips("hidden", HIDDEN, "hide")}
  </section>
  <section class="try">
    <h2 data-text="try"></h2>
    <p class="buttons"><button type="button" class="make"></button>
      <button type="button" class="far"></button>
      <button type="button" class="nowhere"></button>
      <button type="button" class="home"></button></p>
    <p class="drawn"></p>
  </section>
  <section class="people">
    {slider("n")}
    <p class="buttons"><button type="button" class="others"></button></p>
  </section>
</div>
"""
RACE = f"""
<section class="race">
  <div class="titled"><h2 data-text="race"></h2>{download("classify.csv")}</div>
  <p class="about" data-text="race.about"></p>
  <figure hidden><canvas class="curves" role="img"></canvas><ul class="legend"></ul></figure>
  <p class="buttons"><button type="button" class="run"></button>
    <span class="progress" role="status"></span></p>
  <p class="verdict"></p>
  <div class="scroll" role="region" tabindex="0" data-label="race">
    <table><thead></thead><tbody></tbody></table></div>
  <p class="measured" data-text="race.measured"></p>
</section>
"""
MARKUP = f"""
<div class="top">{chips("data", DATA, "data")}{chips("features", FEATURES, "features")}</div>
<div class="stage">{BOARD}{SIDE}</div>
{RACE}
<p class="source"></p>
"""
