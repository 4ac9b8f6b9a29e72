"""What the lesson looks like: the markup of its three components, and the figures that were measured."""

from collections.abc import Sequence

from space.lessons.pixels.settings import CARDS, DIGITS, KEPT, MOST_LATENTS, NUM_COMPLETIONS, WHO
from space.page.diagram import FIGURE
from space.page.markup import (
    chips,
    computed,
    download,
    metric_tiles,
    protocols,
    range_slider,
    source_badge,
)
from space.page.nearest import ASKING
from space.page.words import words
from space.text import TEXT
from space.text.limits import MAX_GUIDANCE, MAX_SEED, MAX_TEMPERATURE, MIN_TEMPERATURE
from space.weights.hub import LoadedModel
from space.weights.side_files import Metrics, read_metrics

METRICS = (
    *("nll", "nll_counting", "bayes_accuracy"),
    *("class_accuracy", "class_accuracy_guided", "lenet_fid", "lenet_fid_guided"),
)
LIKELY = "likely_"
"""what keys of metrics.json begin with that are rows of the table"""
COLUMNS = ("pixelcnn", "counting", "vae", "auroc_pixelcnn", "auroc_counting", "auroc_vae", "n")


def _text(tag: str, key: str, css: str = "") -> str:
    return f'<{tag} class="{css}" data-text="{key}"></{tag}>'


def _canvas(name: str, side: int = 28, attributes: str = 'role="img"') -> str:
    return f'<canvas width="{side}" height="{side}" {attributes} data-label="{name}"></canvas>'


def _figure(name: str, side: int = 28, attributes: str = 'role="img"') -> str:
    caption = f'<figcaption data-text="{name}"></figcaption>'
    return f'<figure class="{name}">{_canvas(name, side, attributes)}{caption}</figure>'


def _classes(setting: str, free: str) -> str:
    return f'<div class="field">{_text("span", setting)}{chips(setting, [free, *DIGITS], setting)}</div>'


PLAY_MARKUP = f"""
<div class="controls">
  {_classes("class", "any")}
  <div class="field counts">{_text("span", "who")}{chips("who", WHO, "who", "who.")}</div>
  <p class="lacks" role="status" hidden></p>
  <div class="sliders">
    {range_slider("temperature", MIN_TEMPERATURE, MAX_TEMPERATURE, 0.05)}
    {range_slider("guidance", 0, MAX_GUIDANCE, 0.25)}
    <label class="seed">{_text("span", "seed")} <input type="number" data-setting="seed" min="0"
      max="{MAX_SEED}" step="1"></label>
    <button type="button" class="again" data-text="again"></button>
  </div>
</div>
<div class="stage" id="pixels-stage">
  <div class="show">
    <div class="pair">{_figure("drawn", 336)}{_figure("shades", 336)}</div>
    <div class="player">
      <button type="button" class="play"></button>
      <input type="range" class="position" min="0" max="784" value="0" step="1" data-label="position">
      <button type="button" class="next" data-text="next"></button>
    </div>
    {computed()}
    {ASKING}
  </div>
  <div class="side">
    <p class="where"></p>
    <div class="coin" aria-hidden="true"><i></i><b></b></div>
    <p class="fell"></p>
    <p class="sum"></p>
    <p class="tempered" data-text="tempered" hidden></p>
    <p class="guided" hidden></p>
    <figure class="other" hidden>{_canvas("other")}<figcaption></figcaption></figure>
    {download(".png", inline=True)}
  </div>
</div>
{FIGURE}
"""
"""of the component `Play`; play.js fills it"""
FOUR = "".join(
    f'<canvas width="28" height="28" role="img" data-four="{i}"></canvas>' for i in range(NUM_COMPLETIONS)
)
BARS = ("network", "counting", "vae", "gan")
OWN_MARKUP = f"""
<p class="notice" role="status" hidden></p>
<section class="completing">
  <h3 data-text="complete"></h3>
  <p data-text="complete.about"></p>
  <div class="field">{chips("kept", KEPT, "kept", "kept.")}</div>
  {_classes("as", "free")}
  <div class="mask">
    <figure><div class="frame">{
    _canvas("mask", 28, 'role="application" tabindex="0"')
}<i></i></div><figcaption></figcaption></figure>
    <div class="four">{FOUR}</div>
  </div>
  <p class="exact" role="status"></p>
  {computed()}
</section>
<section class="surprise" id="pixels-surprise">
  <h3 data-text="surprise"></h3>
  <div class="pair">{_figure("binary")}{_figure("heat")}</div>
  <p class="scale"><span>0</span><i></i><span data-text="heat.most"></span></p>
  <ul class="bars">{
    "".join(
        f'<li class="{name}">{_text("span", f"by.{name}", "name")}'
        f'<span class="lane"><i></i></span><b></b><small></small></li>'
        for name in BARS
    )
}</ul>
  {range_slider("k", 0, MOST_LATENTS.bit_length() - 1, 1)}
  <p class="compared"></p>
  {computed()}
</section>
<section class="bayes" id="pixels-bayes">
  <h3 data-text="bayes"></h3>
  <p data-text="bayes.about"></p>
  <div class="scroll" tabindex="0" role="region" data-label="bayes"><table>
    <thead><tr>{_text("th", "digit")}{_text("th", "log_p")}<th></th>{_text("th", "by_bayes")}{
    _text("th", "by_classifier")
}</tr></thead>
    <tbody>{
    "".join(
        f'<tr><th scope="row">{digit}</th><td class="log"></td><td class="lane"><i></i></td>'
        f'<td class="p"></td><td class="q"></td></tr>'
        for digit in DIGITS
    )
}</tbody></table></div>
  <p class="verdict" role="status"></p>
  {computed()}
</section>
"""
"""of the component `Own`; own.js fills it"""
DECK = "".join(
    f'<button type="button" class="card" data-card="{card}" aria-pressed="false">'
    f"{_canvas(f'card.{card}')}{_text('span', f'card.{card}')}<b></b></button>"
    for card in CARDS
)
REVEALED = "".join(
    _text("th", f"column.{name}") for name in ("rank", "card", "yours", "network", "counting", "vae")
)
LIKELY_MARKUP = f"""
<div class="deck" role="group" data-label="cards">{DECK}</div>
<p class="task" role="status"></p>
<p class="buttons"><button type="button" class="undo" data-text="undo"></button></p>
<div class="reveal" hidden>
  <div class="scroll" tabindex="0" role="region" data-label="reveal"><table><thead><tr>{REVEALED}</tr></thead>
    <tbody></tbody></table></div>
  <p class="moral"></p>
</div>
<div class="asking" hidden>{computed()}</div>
"""
"""of the component `Likely`; likely.js fills it"""


def measured(loaded: LoadedModel) -> str:
    """The figures of the model, with how they were measured, and where its weights come from."""
    metrics = read_metrics(loaded.folder)
    tiles = metric_tiles(metrics, METRICS, words("pixels.measured"))
    return likely_table(metrics) + tiles + source_badge(loaded)


def likely_table(metrics: Metrics) -> str:
    """What the three models make of kinds of pictures; empty where nothing was measured."""
    rows = {
        key.removeprefix(LIKELY): one
        for key, one in metrics.items()
        if key.startswith(LIKELY) and isinstance(one["value"], list) and len(one["value"]) == len(COLUMNS)
    }
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{words(f"pixels.likely.{name}")}</th>' for name in ("picture", *COLUMNS))
    body = "".join(
        f'<tr><th scope="row">{_name(name)}</th>{_cells(one["value"])}</tr>' for name, one in rows.items()
    )
    how = {f"{LIKELY}{name}": [str(one.get("protocol", ""))] for name, one in rows.items()}
    ways = dict.fromkeys(way for (way,) in how.values())
    return (
        f"<h3>{words('pixels.likely')}</h3><p>{words('pixels.likely.about')}</p>"
        f'<div class="scroll" tabindex="0"><table class="likely"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>{protocols({'likely': list(ways)})}"
    )


def _name(name: str) -> str:
    key = f"pixels.likely.row.{name}"
    return words(key) if key in TEXT else name.replace("<", "")


def _cells(value: Sequence[float]) -> str:
    *nats, n = value
    texts = [f"{one:,.1f}" for one in nats[:3]] + [f"{one:.3f}" for one in nats[3:]] + [f"{n:,.0f}"]
    return "".join(f"<td>{text}</td>" for text in texts)
