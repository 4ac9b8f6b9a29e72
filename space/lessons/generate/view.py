"""What the generation lesson looks like: the panel of one model, its pictures and its numbers."""

from html import escape
from typing import Any

from space.lessons.generate.work import real_spread
from space.page.diagram import FIGURE
from space.page.markup import (
    computed,
    download,
    metric_tiles,
    metric_value,
    notice,
    source_badge,
    tiles,
    unavailable,
)
from space.page.model_texts import text_about, text_for
from space.page.nearest import PLACE
from space.page.words import component_words, words
from space.pictures.sheets import digit_sheet
from space.weights import own
from space.weights.hub import LoadedModel
from space.weights.model_folder import ModelUnavailable
from space.weights.side_files import read_metrics

COLUMNS = 8
"""samples in a row of the picture"""
DIGIT = (*digit_sheet().shape[2:], 1)
"""shape of a test digit, as of the images in the browser"""
METRICS = ("lenet_fid", "lenet_fid_floor", "precision", "recall", "class_entropy")
FACTS = tiles(
    [
        (
            words("generate.mean_score"),
            '<span class="mean"></span>',
            f'<span class="mean-note">{words("generate.mean_score.note")}</span>',
        ),
        (
            words("generate.spread"),
            '<span class="spread"></span>',
            words("generate.spread.note", real=f"{real_spread():.1f}"),
        ),
    ]
)
"""two numbers of the samples shown, which generate.js fills in"""
MARKUP = f"""
<div class="about"></div>
<form class="controls">
  <fieldset class="slots"><legend data-text="slots"></legend></fieldset>
  <button type="button" class="clear" data-text="clear"></button>
  <div class="judged">
    <label class="order"><input type="checkbox" checked> <span data-text="order"></span></label>
    <label class="raw"><input type="checkbox"> D(G(z))</label>
  </div>
</form>
<div class="samples" role="group" data-label="samples"></div>
{computed()}
<p class="files">{download(".png", inline=True)}{download(".csv")}</p>
{PLACE}
{FIGURE}
<div class="facts">{FACTS}</div>
<section class="walk">
  <h3 data-text="walk"></h3>
  <p class="hint" data-text="walk_hint"></p>
  <div class="film">
    <div class="player">
      <canvas role="img" data-label="walk"></canvas>
      <div>
        <button type="button" class="play"></button>
        <select class="speed" data-label="speed"></select>
      </div>
    </div>
    <div class="strip downloadable">
      <canvas role="img" data-label="strip"></canvas><i></i>{download(".png")}
    </div>
    <input type="range" class="position" min="0" value="0" step="1" data-label="position">
  </div>
</section>
<section class="sum">
  <h3 data-text="sum"></h3>
  <p class="hint" data-text="sum_hint"></p>
  <div class="downloadable"><div class="terms"></div>{download(".png")}</div>
  <p class="length"></p>
</section>
<div class="measured"></div>
"""
"""of a panel; generate.js fills it"""
WORDS = component_words("generate.panel.")
"""texts of a panel, for generate.js"""


def about(name: str) -> str:
    """What is shown of a model before anything is known of its weights."""
    text = words(text_about(name, "samples"))
    return f"<h2>{words(f'model.{name}.full')}</h2><p>{text}</p>"


def _about_repository(loaded: LoadedModel) -> str:
    """The same of a repository, once it is open."""
    text = words(text_for(loaded.model.config, "samples"))
    return f"<h2>{escape(loaded.name)}</h2><p>{text}</p>"


def told(loaded: LoadedModel) -> dict[str, Any]:
    """What the server adds to the samples of a model: its figures, and where its weights are from."""
    metrics = read_metrics(loaded.folder)
    found = {
        "model": loaded.name,
        "measured": metric_tiles(metrics, METRICS, words("generate.measured")) + source_badge(loaded),
    }
    if own.is_id(loaded.name):
        found["about"] = _about_repository(loaded)
    if "d_real" in metrics:
        found["real"] = words("generate.mean_score.real", real=metric_value(metrics["d_real"]))
    return found


def told_unavailable(name: str, error: ModelUnavailable) -> dict[str, Any]:
    """The same of a model that cannot be used."""
    return {"model": name, "unavailable": notice(unavailable(error))}
