"""What the lesson looks like: the markup of a map, what is sent to it, and pictures of digits as HTML."""

import base64
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from space.lessons.manifold.work import (
    MAPS,
    NUM_RESAMPLES,
    axes,
    blend,
    check_map,
    gaussian,
    locate,
    read_latents,
)
from space.page import code_behind
from space.page.markup import download, img, picture, to_csv
from space.page.words import component_words, words
from space.pictures.outputs import to_grid, to_pil
from space.weights import hub

PICTURE_SCALE, STRIP_SCALE = 10, 4
"""screen pixels for a pixel of a digit: alone, and in a row of digits"""

MAP_MARKUP = f"""
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
  <label><span data-text="spacing"></span>
    <select class="spacing">
      <option value="linear" data-text="linear"></option>
      <option value="inverse_gaussian" data-text="inverse_gaussian"></option>
    </select></label>
</div>
<p class="files">{download(".png", inline=True)}{download(".csv")}</p>
<p class="status"></p>
"""


def chart(loaded: hub.LoadedModel) -> dict[str, Any]:
    """The value of a `LatentMap`: its axes, its texts, and the codes of the test digits.

    `codes` and `labels` are base64 of little-endian float32 (N, 2) and uint8 (N).
    """
    check_map(loaded)
    codes, labels = read_latents(loaded.folder)
    location, scale = gaussian(loaded)
    return {
        "model": loaded.name,
        "source": loaded.source,
        "commit": loaded.commit,
        "axes": axes(loaded),
        "location": location,
        "scale": scale,
        "codes": base64.b64encode(codes.astype("<f4").tobytes()).decode(),
        "labels": base64.b64encode(labels.astype("u1").tobytes()).decode(),
        "text": component_words("manifold.map."),
    }


@dataclass(frozen=True)
class TwoDigits:
    """All that the page shows of two digits: pictures as HTML, marks for the maps, the snippet."""

    seen: str
    """the first digit as the encoder gets it"""
    resampled: str
    found: str | None
    """a line of numbers: the first digit's code on each map"""
    strips: list[str]
    """for each of MAPS what lies between the digits; "" if the model is unavailable"""
    overlays: list[dict[str, Any] | None]
    """for each of MAPS what `LatentMap` marks"""
    snippet: str


def show_two(x: Tensor, y: Tensor, seed: int, steps: int, index: int | None) -> TwoDigits:
    """Compare two digits (1, 1, 28, 28) in the models of MAPS; `index` is the first one's in the test set."""
    first, last = code_behind.digit(x)[0], code_behind.digit(y)[0]
    overlays, strips, found, resampled, models = [None, None], ["", ""], [], "", []
    for place, (name, caption) in enumerate(zip(MAPS, ("manifold.strip_vae", "manifold.strip_autoencoder"))):
        try:
            loaded = hub.load(name)
        except hub.ModelUnavailable:  # its map says so; the other one works
            continue
        models.append(loaded)
        marks = overlays[place] = {**locate(loaded.model, x, seed), "end": loaded.model.code(y)[0].tolist()}
        if index is not None:
            marks["digit"] = index
        images = to_grid(blend(loaded.model, x, y, steps), columns=steps, scale=STRIP_SCALE)
        strip = img(images, "manifold.alt.strip", model=name, count=steps)
        strips[place] = picture(strip, words(caption), f"{name}_{first}_{last}_{steps}.png", "long")
        if "samples" in marks:
            resampled = _resampled(loaded, [marks["mu"], *marks["samples"]], f"{name}_{first}_seed{seed}")
            found.append(f"VAE: $\\mu = {_pair(marks['mu'])}$, $\\sigma = {_pair(marks['sigma'])}$")
        else:
            found.append(f"AE: $z = {_pair(marks['mu'])}$")
    seen = img(to_pil(x, PICTURE_SCALE), "manifold.seen")
    return TwoDigits(
        seen=picture(seen, words("manifold.seen"), f"{first}_seen.png"),
        resampled=resampled,
        found=" · ".join(found) or None,
        strips=strips,
        overlays=overlays,
        snippet=code_behind.between(models, x, y, seed, steps, NUM_RESAMPLES, PICTURE_SCALE),
    )


def _resampled(loaded: hub.LoadedModel, codes: list[list[float]], file: str) -> str:
    """The pictures of mu and of samples around it, in a row, with a table of their codes."""
    images = to_grid(loaded.model.decode(torch.tensor(codes)), columns=len(codes), scale=STRIP_SCALE)
    names = ["mu", *range(1, len(codes))]
    table = to_csv(("code", "z1", "z2"), [(name, *z) for name, z in zip(names, codes)])
    caption = f"{words('manifold.resampled')} {download(f'{file}.csv', table)}"
    return picture(img(images, "manifold.alt.resampled"), caption, f"{file}.png", "long")


def _pair(z: list[float]) -> str:
    """A code of two numbers as text."""
    return f"({z[0]:.2f}, {z[1]:.2f})"


def show_point(loaded: hub.LoadedModel, z: Tensor) -> tuple[str, str]:
    """The picture of a code (1, latent_dim) as HTML, and the snippet."""
    (numbers,), file = z.tolist(), f"{loaded.name}_point"
    table = to_csv(("dimension", "z"), enumerate(numbers, 1))
    image = img(to_pil(loaded.model.decode(z), PICTURE_SCALE), "manifold.alt.deep", model=loaded.name)
    caption = f"{words('manifold.deep_image', model=loaded.name)} {download(f'{file}.csv', table)}"
    return picture(image, caption, f"{file}.png"), code_behind.point(loaded, numbers, PICTURE_SCALE, file)


def slider_label(dimension: int, kl: float | None) -> str:
    """The name of a dimension, counted from 1, and how much information it carries where that is known."""
    return f"z{dimension + 1}" + ("" if kl is None else f" · KL {kl:.2f} nats")
