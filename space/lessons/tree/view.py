"""The markup of the lesson; its scripts fill in words (`data-text`, `data-label`), numbers and canvases."""

from space.lessons.tree.settings import DATA
from space.page.markup import chips, download, slider
from space.text.limits import MAX_SEED

QUESTIONS = ("set", "sampled", "asked", "wrong")
FIGURES = ("modes", "quality", "seconds", "samples")


def leaf(family: str, under: str, since: bool = False) -> str:
    """A family that can be put on the bench; `since` for what came after the tree was drawn."""
    return (
        f'<button type="button" class="leaf" data-family="{family}" data-node="{family}" data-under="{under}"'
        f'{" data-since=yes" if since else ""} data-text="{family}" aria-pressed="false"></button>'
    )


def leaves(under: str, *families: str, since: bool = False) -> list[str]:
    return [leaf(family, under, since) for family in families]


def absent(name: str, under: str) -> str:
    """A leaf of Goodfellow's tree that is not on the bench."""
    return f'<span class="leaf absent" data-node="{name}" data-under="{under}" data-text="{name}"></span>'


def node(name: str, under: str = "", since: bool = False) -> str:
    """An inner node of the tree; the root hangs on nothing."""
    hangs = f' data-under="{under}"' if under else ""
    return (
        f'<span class="node" data-node="{name}"{hangs}{" data-since=yes" if since else ""} '
        f'data-text="node.{name}"></span>'
    )


def kind(name: str, under: str, *leaves: str, since: bool = False) -> str:
    """A kind of models, with its leaves below it."""
    shown = "".join(leaves)
    return f'<div class="kind">{node(name, under, since)}<div class="leaves">{shown}</div></div>'


SINCE = leaves("since", "diffusion", "matching", "energy", since=True)
TREE = f"""
<div class="map" role="group" data-label="tree">
  <svg aria-hidden="true"></svg>
  {node("root")}
  <div class="level">
    <div class="branch wide">{node("explicit", "root")}
      <div class="level">
        <div class="branch tractable">{node("tractable", "explicit")}
          <div class="level">
            {kind("counted", "tractable", *leaves("counted", "histogram", "kernels", "gaussians"))}
            {kind("chain", "tractable", leaf("autoregressive", "chain"))}
            {kind("change", "tractable", leaf("flow", "change"))}
          </div>
        </div>
        <div class="branch approximate">{node("approximate", "explicit")}
          <div class="level">
            {kind("variational", "approximate", leaf("vae", "variational"))}
            {kind("markov", "approximate", absent("boltzmann", "markov"))}
            {kind("since", "approximate", *SINCE, since=True)}
          </div>
        </div>
      </div>
    </div>
    <div class="branch implicit">{node("implicit", "root")}
      <div class="level">
        {kind("walk", "implicit", absent("gsn", "walk"))}
        {kind("direct", "implicit", leaf("gan", "direct"))}
      </div>
    </div>
  </div>
</div>
"""
PLANES = f"""
<div class="turn">
  <button type="button" class="before" data-label="turn.before">‹</button><b></b>
  <button type="button" class="after" data-label="turn.after">›</button>
</div>
<div class="switch">{chips("shown", ("truth", "model", "samples"), "planes", "plane.")}</div>
<div class="planes" id="tree-planes">
  <figure class="truth">
    <div class="frame"><canvas></canvas><p class="draw-here" data-text="draw_here"></p>
      <button type="button" class="clear" data-text="clear"></button></div>
    <figcaption data-text="plane.truth.caption"></figcaption>
  </figure>
  <figure class="model">
    <div class="frame"><canvas role="img"></canvas>
      <button type="button" class="handle">?</button></div>
    <figcaption></figcaption>
    <p class="gauge"><b></b><span class="own"></span><span class="true"></span></p>
  </figure>
  <figure class="samples">
    <div class="frame"><canvas role="img" data-label="plane.samples.label"></canvas></div>
    <figcaption></figcaption>
    <p class="gauge"><span></span></p>
  </figure>
</div>
<div class="under">
  <p class="scale"><span>0</span><i></i><span class="most"></span></p>
  <p class="layers">
    <label class="mesh"><input type="checkbox" data-layer="mesh" checked> <span></span></label>
    <label><input type="checkbox" data-layer="points"> <span data-text="layer.points"></span></label>
  </p>
  <p class="files">{download("tree.png", inline=True)}</p>
</div>
"""
CONTROLS = f"""
<div class="controls">
  <button type="button" class="run"></button>
  <p class="count"></p>
  <button type="button" class="restart" data-text="restart"></button>
  <p class="starts"></p>
  <label class="seed"><span data-text="seed"></span>
    <input type="number" data-setting="seed" min="0" max="{MAX_SEED}" step="1"></label>
  <div class="film" hidden>
    <button type="button" class="play"></button>
    <input type="range" class="position" min="0" value="0" step="1" data-label="film">
    <span class="time"></span>
  </div>
  <div class="sliders">
    {slider("side")}{slider("bandwidth")}{slider("components")}{slider("ruler")}{slider("rate")}
  </div>
</div>
<div class="problem" role="alert" hidden><p></p>
  <button type="button" class="restore" data-text="restore"></button></div>
<p class="said" role="status"></p>
"""
ASKED = f"""
<div class="below">
  <section class="questions">
    {
    "".join(
        f'<div class="{one}"><h2 data-text="question.{one}"></h2><p class="about"></p>'
        '<p class="now"></p></div>'
        for one in QUESTIONS
    )
}
    <table class="curse"><caption data-text="curse"></caption>
      <thead><tr><th></th><th data-text="curse.cells"></th><th data-text="curse.points"></th></tr></thead>
      <tbody></tbody></table>
  </section>
  <div class="numbers">
    <section class="meter">
      <h2 data-text="score"></h2>
      <p><output></output></p><p class="note"></p>
      <dl class="figures">{
    "".join(f'<div class="{one}"><dt data-text="figure.{one}"></dt><dd>–</dd></div>' for one in FIGURES)
}</dl>
    </section>
    <section class="point">
      <h2></h2>
      <dl><div class="truth"><dt data-text="point.truth"></dt><dd><b></b></dd></div>
        <div class="said-of"><dt></dt><dd><b></b></dd></div></dl>
      <ul class="bounds" hidden></ul>
      <figure class="slice" hidden><canvas role="img" data-label="slice.label"></canvas>
        <figcaption></figcaption></figure>
      <p class="note"></p>
    </section>
  </div>
</div>
"""
COLUMNS = ("family", "asked", "kl", "log", "modes", "quality", "steps", "seconds", "samples", "wrong")
TABLE = f"""
<section class="results">
  <div class="titled"><h2></h2>{download("tree.csv")}</div>
  <div class="scroll" tabindex="0" role="region" data-label="table">
    <table><thead><tr>{"".join(f'<th data-text="column.{one}"></th>' for one in COLUMNS)}</tr></thead>
      <tbody></tbody></table></div>
  <p class="empty" data-text="table.empty"></p>
</section>
"""
MARKUP = (
    f'{TREE}<div class="top">{chips("data", DATA, "data", "data.")}</div>{PLANES}{CONTROLS}{ASKED}{TABLE}'
)
