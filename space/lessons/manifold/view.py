"""What the lesson looks like: the markup of its parts, and what their scripts are told of the models."""

import base64
from typing import Any

import torch

from space.lessons.manifold.work import (
    DEEP,
    MAPS,
    active_dimensions,
    axes,
    check_map,
    gaussian,
    read_latents,
)
from space.models import code_and_sigma
from space.page.diagram import FIGURE
from space.page.markup import computed, download, source_badge
from space.page.words import component_words, words
from space.pictures.outputs import to_base64
from space.pictures.sheets import digit_sheet
from space.text.refusals import Problem
from space.weights import hub

PICTURE_SCALE, STRIP_SCALE = 10, 4
"""screen pixels for a pixel of a digit: alone, and in a row of digits"""
MOST_SLIDERS = 20
"""sliders, for the dimensions of DEEP that carry most information"""
PROBLEMS = ("problem.number", "problem.no_number")
"""keys of `Problem`s that a script says"""

MAP_MARKUP = f"""
<p class="notice" hidden></p>
<div class="stage">
  <div class="plot">
    <canvas class="chart" aria-hidden="true"></canvas>
    <canvas class="pointer" tabindex="0" role="application" data-label="map"></canvas>
  </div>
  <div class="side">
    <div class="downloadable">
      <canvas class="digit" role="img" data-label="decoded"></canvas>{download(".png")}
    </div>
    <output class="position" aria-live="off"></output>
    <div class="legend" role="group" data-label="legend"></div>
  </div>
</div>
<div class="controls">
  <label><span>z<sub>1</sub></span> <input type="range" class="z1" step="any"></label>
  <label><span>z<sub>2</sub></span> <input type="range" class="z2" step="any"></label>
</div>
<div class="controls">
  <label><input type="checkbox" class="show-grid" checked> <span data-text="grid"></span></label>
  <label><input type="checkbox" class="show-codes" checked> <span data-text="codes"></span></label>
  <label><input type="checkbox" class="show-sure"> <span data-text="sure"></span></label>
  <label><span data-text="spacing"></span>
    <select class="spacing">
      <option value="linear" data-text="linear"></option>
      <option value="inverse_gaussian" data-text="inverse_gaussian"></option>
    </select></label>
</div>
<p class="sure" hidden></p>
<p class="files">{download(".png", inline=True)}{download(".csv")}</p>
{computed()}
<p class="status"></p>
"""
MAP_WORDS = component_words("manifold.map.")
"""texts of a map, for manifold.js"""


def _figure(key: str, caption: str, css: str = "") -> str:
    """One picture; the script draws it and says what it shows."""
    caption = f"<figcaption>{caption}</figcaption>"
    return f'<figure class="pixels {css} {key}" hidden><img alt="">{download(".png")}{caption}</figure>'


RESAMPLED = f"{words('manifold.resampled')} {download('.csv')}"
FIRST = f"""
<p class="notice" hidden></p>
<div class="both">{_figure("seen", words("manifold.seen"))}{_figure("resampled", RESAMPLED, "long")}</div>
<p class="found" aria-live="polite"></p>
{computed()}
{FIGURE}
"""
WAY = "".join(
    _figure(f"strip {key}", words(f"manifold.strip_{key}"), "long") for key in ("vae", "autoencoder")
)
"""markup of two digits, where the encoders put the first, and of the way between them"""
DIGIT_WORDS = {
    language: {key: text for key, text in texts.items() if key.startswith("alt.") or key in PROBLEMS}
    for language, texts in component_words("manifold.", *PROBLEMS).items()
}
"""texts of two digits and of the sliders, for their scripts"""
DEEP_MARKUP = f"""
<p class="notice" hidden></p>
<div class="deep">
  <div>{_figure("point", f"{words('manifold.deep_image', model=DEEP)} {download('.csv')}")}
    <div class="starts">
      <button type="button" class="origin">{words("manifold.from_origin")}</button>
      <button type="button" class="mean">{words("manifold.from_digit")}</button>
    </div>
    {computed()}
    <div class="badge"></div></div>
  <div class="sliders"></div>
</div>
"""
"""of the sliders, which their script builds"""


def told(loaded: hub.LoadedModel) -> dict[str, Any]:
    """What the scripts are told of a model: of that of the sliders its dimensions, else its map."""
    if loaded.name not in (DEEP, *MAPS):
        raise Problem("not_one_of", name="model", value=loaded.name, allowed=", ".join((*MAPS, DEEP)))
    if loaded.name == DEEP:
        return {
            "badge": source_badge(loaded),
            "latent_dim": loaded.model.config.latent_dim,
            "dimensions": active_dimensions(loaded)[:MOST_SLIDERS],
        }
    return chart(loaded)


def chart(loaded: hub.LoadedModel) -> dict[str, Any]:
    """Of a model with two dimensions: its axes, the codes of the test digits, where its weights come from.

    `codes` and `labels` are base64 of little-endian float32 (N, 2) and uint8 (N), `side` that of a picture.
    """
    check_map(loaded)
    codes, labels = read_latents(loaded.folder)
    location, scale = gaussian(loaded)
    return {
        "model": loaded.name,
        "source": loaded.source,
        "commit": loaded.commit,
        "side": loaded.model.config.image_size,
        "axes": axes(loaded),
        "location": location,
        "scale": scale,
        "codes": to_base64(codes),
        "labels": base64.b64encode(labels.astype("u1").tobytes()).decode(),
        **sheet(loaded),
    }


@torch.inference_mode()
def sheet(loaded: hub.LoadedModel) -> dict[str, str]:
    """Where the encoder puts the digits that a visitor can pick, so that his browser need not fetch it for
    them: base64 of float32 (N, 2), `mu` and, of a VAE, `sigma`."""
    config = loaded.model.config
    if config.image_size != 28 or config.in_channels != 1:
        return {}
    codes = code_and_sigma(loaded.model, digit_sheet().flatten(0, 1)[:, None] / 255)
    return {key: to_base64(code) for key, code in zip(("mu", "sigma"), codes) if code is not None}
