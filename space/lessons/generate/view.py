"""What the generation lesson looks like: the panel of one model, its pictures and its numbers."""

import math
from typing import Any

from torch import Tensor, nn

from space.lessons.generate.work import (
    NUM_FRAMES,
    Samples,
    Selection,
    arithmetic,
    film,
    real_spread,
    spread,
)
from space.page.markup import (
    data_url,
    download,
    metric_tiles,
    metric_value,
    notice,
    source_badge,
    tiles,
    unavailable,
)
from space.page.model_texts import text_about
from space.page.words import component_words, words
from space.pictures.outputs import to_grid
from space.pictures.sheets import digit_sheet
from space.weights.model_folder import ModelUnavailable
from space.weights.side_files import Metrics, read_metrics

COLUMNS = 8
"""samples in a row of the picture"""
METRICS = ("lenet_fid", "lenet_fid_floor", "precision", "recall", "class_entropy")
MARKUP = f"""
<div class="about"></div>
<form class="controls">
  <fieldset class="slots"><legend data-text="slots"></legend></fieldset>
  <button type="button" class="clear" data-text="clear"></button>
  <label class="order"><input type="checkbox"> <span data-text="order"></span></label>
</form>
<div class="samples" role="group" data-label="samples"></div>
<p class="files">{download(".png", inline=True)}{download(".csv")}</p>
<div class="facts"></div>
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
    <div class="strip downloadable"><img data-label="strip"><i></i>{download(".png")}</div>
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


def panel(samples: Samples, case: str) -> dict[str, Any]:
    """All that a panel shows of its model but walk and arithmetic; files are named after `case`."""
    loaded, metrics = samples.loaded, read_metrics(samples.loaded.folder)
    about = words(text_about(loaded.name, "samples"))
    return {
        "about": f"{_title(loaded.name)}<p>{about}</p>",
        "picture": data_url(to_grid(samples.images, COLUMNS, padding=0)),
        "columns": COLUMNS,
        "rows": math.ceil(len(samples.images) / COLUMNS),
        "number": len(samples.images),
        "scores": samples.scores,
        "file": case,
        "z": samples.z.tolist(),
        "typical": samples.typical_length,
        "facts": _facts(samples, metrics),
        "measured": metric_tiles(metrics, METRICS, words("generate.measured")) + source_badge(loaded),
    }


def empty_panel(name: str, error: ModelUnavailable) -> dict[str, Any]:
    """The panel of a model that cannot be used."""
    return {"about": f"{_title(name)}{notice(unavailable(error))}"}


def journey(model: nn.Module, z: Tensor, selection: Selection) -> dict[str, Any]:
    """What a panel shows of the samples selected from those of `z`: the film of the walk, and a - b + c."""
    walk = total = None
    if (frames := film(model, z, selection)) is not None:
        picture = data_url(to_grid(frames, NUM_FRAMES, padding=0))
        walk = {"picture": picture, "columns": NUM_FRAMES, "rows": len(frames) // NUM_FRAMES}
    if terms := arithmetic(model, z, selection):
        picture = data_url(to_grid(terms.images, len(terms.images), padding=0))
        total = {"picture": picture, "lengths": terms.lengths}
    return {"walk": walk, "sum": total}


def _title(name: str) -> str:
    return f"<h2>{words(f'model.{name}.full')}</h2>"


def _facts(samples: Samples, metrics: Metrics) -> str:
    """Two numbers computed from the samples shown: their mean score, and how far they differ."""
    found = []
    if samples.scores is not None:
        key, values = "generate.mean_score.note", {}
        if "d_real" in metrics:
            key, values = "generate.mean_score.real", {"real": metric_value(metrics["d_real"])}
        mean = sum(samples.scores) / len(samples.scores)
        found.append((words("generate.mean_score"), f"{mean:.2f}", words(key, **values)))
    images = samples.images
    if len(images) > 1 and images[0].shape == (1, *digit_sheet().shape[2:]):
        note = words("generate.spread.note", real=f"{real_spread():.1f}")
        found.append((words("generate.spread"), f"{spread(images):.1f}", note))
    return tiles(found)
