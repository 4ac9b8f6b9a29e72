"""What the lesson looks like: the markup of its two components, and the server's pictures of a trajectory."""

import torch
from PIL import Image
from torch import Tensor

from space.lessons.diffusion.settings import (
    DIGITS,
    DIRECTIONS,
    ERASED,
    GUIDED,
    OWN,
    OWN_NETWORKS,
    SHEETS,
    SHOWN_NETWORKS,
    SHOWN_SAMPLERS,
    STEPS,
)
from space.lessons.diffusion.work import Trajectory
from space.page.diagram import FIGURE
from space.page.markup import (
    chips,
    computed,
    download,
    metric_name,
    metric_tiles,
    metric_value,
    protocols,
    range_slider,
    source_badge,
)
from space.page.nearest import ASKING
from space.page.words import words
from space.pictures.outputs import to_grid
from space.text.limits import MAX_GUIDANCE, MAX_RESAMPLINGS, MAX_SEED
from space.weights.hub import LoadedModel
from space.weights.side_files import Metrics, read_metrics

PICTURE_SIDE = 280
"""pixels a side that the picture made is drawn with at least, as far as whole pixels fit"""


def rows(made: Trajectory) -> list[Tensor]:
    """x_t, x_start and pred_noise of all steps (S, C, H, W) as pictures: -1 is black, 1 white."""
    return [((one + 1) / 2).clamp(0, 1) for one in (made.x, made.x_start, made.pred_noise)]


def strip(made: Trajectory) -> Image.Image:
    """Three strips, one below the other, a column a step."""
    return to_grid(torch.cat(rows(made)), columns=len(made.times))


def frames(made: Trajectory) -> list[Image.Image]:
    """The three pictures of each step side by side; at the end the picture made, without noise."""
    steps = [to_grid(torch.stack(parts), columns=3) for parts in zip(*rows(made))]
    image = made.image[0]
    return [*steps, to_grid(torch.stack([image, image, torch.full_like(image, 0.5)]), columns=3)]


def _text(key: str) -> str:
    return f'<span data-text="{key}"></span>'


def digits(free: str) -> str:
    """The class to make; `free` is the text of the chip for none."""
    return chips("digit", [free, *DIGITS], "digit")


LANES = ("x", "x_start", "pred_noise")
PICTURES = "".join(
    f'<figure class="{name}"><canvas width="28" height="28" role="img" data-label="{name}"></canvas>'
    f'<figcaption data-text="{name}"></figcaption></figure>'
    for name in LANES
)
LANE = f"""
<div class="lane" data-lane="{{}}">
  <h2></h2>
  <div class="pictures">{PICTURES}</div>
  <div class="strips downloadable">
    <canvas class="film" aria-hidden="true"></canvas><i></i>{download(".png")}
  </div>
</div>
"""
LANE_NAMES = ("first", "second", "third")
SHEET_PARTS = "".join(
    f"""
<details class="sheet" data-sheet="{name}">
  <summary data-text="sheet.{name}"></summary>
  <p data-text="sheet.{name}.about"></p>
  <div class="rows"></div>
  {computed()}
</details>
"""
    for name in SHEETS
)
WAY_MARKUP = f"""
<div class="controls">
  <div class="field"><span data-text="digit"></span>{digits("any")}</div>
  <div class="field">
    <span data-text="network"></span>{chips("network", SHOWN_NETWORKS, "network", "network.", OWN_NETWORKS)}
  </div>
  <p class="about"></p>
  <div class="field">
    {chips("way", DIRECTIONS, "way", "way.")}{chips("sampler", SHOWN_SAMPLERS, "sampler", "sampler.")}
  </div>
  <div class="field">
    <span data-text="guided"></span>{chips("guided", GUIDED, "guided", "guided.")}
  </div>
  <div class="sliders">
    {range_slider("steps", *STEPS, 1)}
    {range_slider("guidance", 0, MAX_GUIDANCE, 0.25)}
    <label class="seed">{_text("seed")} <input type="number" data-setting="seed" min="0" max="{MAX_SEED}"
      step="1"></label>
    <button type="button" class="again" data-text="again"></button>
  </div>
</div>
<div class="stage" id="diffusion-stage">
  <div class="lanes">
    {"".join(map(LANE.format, LANE_NAMES))}
    <div class="player">
      <button type="button" class="play"></button>
      <input type="range" class="position" min="0" max="0" value="0" step="1" data-label="position">
    </div>
    <p class="where"></p>
    {ASKING}
  </div>
  <div class="side">
    <svg class="schedule" viewBox="0 0 240 150" role="img" data-label="schedule"></svg>
    <ul class="legend"><li class="a"><i></i><span data-text="kept"></span></li><li class="sigma"><i></i><span
      data-text="added"></span></li><li class="guided" hidden><i></i>{_text("guided.here")}</li></ul>
    <p class="acting"></p>
    <p class="decided" role="status"></p>
    <p class="cost"></p>
    {computed()}
    <div class="judging" hidden>{computed()}</div>
    <div class="checking"><button type="button" class="check" data-text="check"></button>
      <p class="checked" role="status"></p><div hidden>{computed()}</div></div>
  </div>
</div>
{FIGURE}
<div class="sheets" id="diffusion-sheets">{SHEET_PARTS}</div>
"""
"""of the component `Way`; diffusion.js fills it"""


def _picture(name: str, attributes: str = 'role="img"') -> str:
    return (
        f'<figure class="{name}">'
        f'<canvas width="28" height="28" {attributes} data-label="own.{name}"></canvas>'
        f'<figcaption data-text="own.{name}"></figcaption></figure>'
    )


OWN_MARKUP = f"""
<p class="notice" role="status" hidden></p>
<div class="field"><span data-text="own.wish"></span>{digits("free")}</div>
{range_slider("t", OWN["t"]["least"], 1, 0.05)}
<div class="back">
  <div class="pictures">{_picture("seen")}{_picture("noised")}{_picture("made")}</div>
  {computed()}
</div>
<section class="flips">
  <h3 data-text="own.flips"></h3>
  <div class="row"></div>
  <p class="flip" role="status"></p>
  {computed()}
</section>
<section class="fill" id="diffusion-fill">
  <h3 data-text="fill"></h3>
  <p data-text="fill.about"></p>
  {chips("erase", ERASED, "erase", "erase.")}
  {range_slider("resamplings", 1, MAX_RESAMPLINGS, 1)}
  <div class="pictures">
    {_picture("hole", 'role="application" tabindex="0"')}{_picture("once")}{_picture("filled")}
  </div>
  <div class="row"></div>
  <p class="unfilled" role="status"></p>
  {computed()}
</section>
"""
"""of the component `Own`; own.js fills it"""
METRICS = ("lenet_fid", "lenet_fid_floor", "precision", "recall", "class_accuracy")
ALONG = ("steps", "guidance")
"""what the samples were measured against"""


def measured(loaded: LoadedModel) -> str:
    """The figures of the model, with how they were measured, and where its weights come from."""
    metrics = read_metrics(loaded.folder)
    tables = "".join(curve_table(metrics, along) for along in ALONG)
    return metric_tiles(metrics, METRICS, words("diffusion.measured")) + tables + source_badge(loaded)


def curve_table(metrics: Metrics, along: str) -> str:
    """A table of the figures against the steps or the guidance; empty where they were not measured."""
    places = {f"curve_{along}": f"curve_{along}"} | {key: f"{key}_by_{along}" for key in METRICS}
    shown = {key: metrics[place] for key, place in places.items() if place in metrics}
    lists = [one["value"] for one in shown.values()]
    whole = all(isinstance(one, list) and len(one) == len(lists[0]) for one in lists)
    if f"curve_{along}" not in shown or len(lists) < 2 or not whole:
        return ""
    head = "".join(f'<th scope="col">{metric_name(key)}</th>' for key in shown)
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{metric_value(one | {'value': one['value'][i]})}</td>" for one in shown.values())
        + "</tr>"
        for i in range(len(lists[0]))
    )
    how = protocols({key: [str(one.get("protocol", ""))] for key, one in list(shown.items())[1:]})
    return (
        f"<h3>{words(f'diffusion.by_{along}')}</h3>"
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{how}"
    )
