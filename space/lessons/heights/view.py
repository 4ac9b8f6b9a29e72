"""The markup of the lesson; its script fills in words (`data-text`, `data-label`), numbers and canvases."""

from space.lessons.heights.settings import DATA, MODELS, RESERVE, WHO
from space.page.markup import chips, download, slider

LEGEND = "".join(
    f'<li class="{name}"><i></i><span></span></li>' for name in ("seen", "new", "model", "truth", "made")
)
BOARD = f"""
<div class="board">
  <div class="frame">
    <canvas class="line"></canvas>
    <p class="draw-here" data-text="draw_here"></p>
    <button type="button" class="clear" data-text="clear"></button>
  </div>
  <ul class="legend">{LEGEND}</ul>
  <section class="meter">
    <h2 data-text="score"></h2>
    <p class="value"><output></output> <span></span></p>
    <details class="why"><summary data-text="why"></summary><p></p></details>
    <p class="said" role="status"></p>
  </section>
</div>
"""
SIDE = f"""
<div class="side">
  <section class="set">
    <h2 data-text="set"></h2>
    {chips("model", MODELS, "models")}
    <p class="what"></p>
    <figure class="curve"><canvas aria-hidden="true"></canvas><figcaption></figcaption></figure>
    {slider("width")}
    {slider("origin", "linear")}
    {slider("bandwidth")}
    <label class="reserve"><input type="checkbox" data-setting="reserve" value="{RESERVE}">
      <span data-text="reserve"></span></label>
    {slider("n")}
  </section>
  <section class="draw">
    <h2 data-text="draw"></h2>
    <button type="button" class="make"></button>
  </section>
</div>
"""
BELOW = f"""
<div class="below">
  <section class="ranking">
    <div class="titled"><h2></h2>{download("heights.csv")}</div>
    <table><thead><tr><th data-text="column.model"></th><th data-text="column.score"></th>
      <th data-text="column.gain"></th></tr></thead><tbody></tbody></table>
  </section>
  <section class="vote">
    <p class="question" data-text="vote"></p>
    <p class="votes"><button type="button" data-vote="1" data-text="one_hump"></button>
      <button type="button" data-vote="2" data-text="two_humps"></button></p>
    <p class="answer" role="status"></p>
  </section>
</div>
"""
OWN = """
<div class="numbers">
  <label><span data-text="own.label"></span><textarea rows="3" spellcheck="false"></textarea></label>
  <p><button type="button" class="use" data-text="own.use"></button>
    <button type="button" class="convert" data-text="own.convert"></button>
    <span class="reply" role="status"></span></p>
  <p class="stays" data-text="own.source"></p>
</div>
"""
MARKUP = f"""
<div class="top">{chips("data", DATA, "data")}{chips("who", WHO, "who", "people.")}</div>
{OWN}
<div class="stage">{BOARD}{SIDE}</div>{BELOW}
<p class="source"></p>
"""
