"""What the translate tab looks like: the circle, the cards, the strip of the training, the snippet."""

from base64 import b64encode
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from space.lessons.translate.work import (
    Examples,
    Translation,
    check_size,
    examples_of,
    read_snapshots,
)
from space.models.cyclegan import Direction, mean_difference
from space.page import code_behind
from space.page.markup import computed, data_url, download, metric_tiles, notice, source_badge, titled
from space.page.training_run import PADDING
from space.page.words import words
from space.pictures.outputs import to_grid, to_heat, to_opinion, to_pil
from space.weights.hub import LoadedModel
from space.weights.side_files import read_metrics

THUMB, SIDE, LARGE_SIDE = 64, 256, 512
"""pixels a side of the pictures in the picker, of those kept, and of those in the slider; a pixel of the
model is a square block"""
MOST_ERROR = 0.25
"""|x - F(G(x))| from which on the error map is brightest"""
STRIP_FIRST = 3
"""the test image that the strip begins with: a face, in both of the lab's models"""
METRICS = (
    *("l1_{way}", "l1_nothing", "l1_recoloured_{way}", "l1_scaled_{way}", "ssim_{way}", "ssim_nothing"),
    *("cycle_l1_{source}", "cycle_l1_scaled_{source}"),
    *("domain_accuracy_{way}", "domain_accuracy_scaled_{way}"),
)
"""keys of metrics.json for a direction `way` from the domain `source`, in the order shown"""


def case_of(loaded: LoadedModel, direction: Direction, source: str, emoji: float, side: int) -> str:
    """How the files of a translation are named: model, direction, picture, pixels a side."""
    name = {"draw": "drawing", "upload": "upload"}.get(source, f"emoji-{int(emoji) + 1}")
    return f"{loaded.name}_{direction}_{name}_{side}"


def enlarged(image: Tensor, side: int = SIDE) -> Image.Image:
    """An image (1, C, H, H) as a picture of about `side` pixels a side: a pixel becomes a whole block."""
    return to_pil(image, max(1, side // image.shape[-1]))


def error_map(result: Translation, scale: int = 1) -> Image.Image:
    """|x - F(G(x))| from black (0) to pale yellow (`MOST_ERROR` and more)."""
    return to_heat(result.error / MOST_ERROR, scale)


def shown(result: Translation, counterpart: Tensor | None = None) -> dict[str, Any]:
    """What the script shows of a translation that the server has computed: pictures and figures.

    `counterpart` is x as the designers of the other domain drew it.
    """
    stride = 2**result.loaded.model.config.discriminator_layers
    pictures = {
        "x": to_pil(result.x),
        "translation": to_pil(result.output),
        "back": to_pil(result.back),
        "error": error_map(result),
        "judged_x": to_opinion(result.x, result.scores_x, stride),
        "judged_translation": to_opinion(result.output, result.scores_output, stride),
        "identity": to_pil(result.identity),
    }
    figures = {
        "cycle_l1": result.cycle_l1,
        "identity_l1": result.identity_l1,
        "translation_l1": result.translation_l1,
        "score_x": result.scores_x.mean().item(),
        "score_translation": result.scores_output.mean().item(),
        "fooling": (result.scores_output - 1).square().mean().item(),
    }
    if counterpart is not None:
        pictures["counterpart"] = to_pil(counterpart)
        figures["counterpart_l1_translation"] = mean_difference(result.output, counterpart)
        figures["counterpart_l1_x"] = mean_difference(result.x, counterpart)
    slider = (enlarged(image, LARGE_SIDE) for image in (result.x, result.output))
    return {
        "pictures": {key: data_url(image) for key, image in pictures.items()},
        "figures": figures,
        "domains": _domains(result.loaded),
        "zoomed": result.loaded.model.config.zoom != 1,
        "slider": [data_url(image).partition(",")[2] for image in slider],
    }


def _domains(loaded: LoadedModel) -> dict[str, str]:
    return {"a": loaded.model.config.domain_a, "b": loaded.model.config.domain_b}


def _figure(key: str, caption: str, css: str = "") -> str:
    """A picture, of which the script has the pixels and the alternative text."""
    caption = f"<figcaption>{caption}</figcaption>"
    return f'<figure class="pixels {css}" data-key="{key}"><img alt="">{download(".png")}{caption}</figure>'


def _arrow(css: str, label: str = "") -> str:
    """A piece of the circle: to the right and bent upwards; the style of its class turns it.

    With a `label` it is a generator, which keys reach: it shows in which terms of the loss it is.
    """
    curve = '<path d="M4 26Q32 6 60 26"/><path class="head" d="M52 15 61 27 46 27z"/>'
    picture = f'<svg viewBox="0 0 64 32" aria-hidden="true">{curve}</svg>'
    if not label:
        return f'<div class="arrow {css}">{picture}</div>'
    return f'<div class="arrow {css}" role="button" tabindex="0">{picture}<b>{label}</b></div>'


def _say(key: str) -> str:
    """Where the script says the text `key`."""
    return f'<span data-say="{key}"></span>'


THERE, BACK = '<i>G</i><sub class="to"></sub>', '<i>G</i><sub class="fro"></sub>'
"""the generators of the way there and of the way back, whose indices the script writes"""
GX = f"{THERE}(<i>x</i>)"
SCALE = f'<span class="scale">0<b></b>{MOST_ERROR}+</span>'
PIECES = (
    _figure("x", f"<i>x</i> {words('translate.x')}", "x"),
    _arrow("there", THERE),
    _figure("translation", f"{GX} {_say('as')}", "output"),
    _arrow("back", BACK),
    _figure("back", f"{BACK}({GX}) {_say('back')}", "again"),
    _arrow("minus"),
    _figure("error", f"|<i>x</i> − {BACK}({GX})| {SCALE}", "error"),
    _arrow("same"),
)
RIVAL = '<i>D</i><sub class="rival"></sub>'
LOSS = (
    ("x there output", f"({RIVAL}({GX}) − 1)<sup>2</sup>", "fooling"),
    ("x there output back again error", f"‖<i>x</i> − {BACK}({GX})‖<sub>1</sub>", "cycle_l1"),
)
"""terms of the generators' loss: the pieces of the circle that each is about, formula, figure"""
TERMS = '<span class="sign">+ λ</span>'.join(
    f'<button type="button" class="term" data-lights="{lights}">{formula} = '
    f'<b data-figure="{figure}"></b></button>'
    for lights, formula, figure in LOSS
)
SHARE = f'<button type="button" class="download inline" data-file="">{words("translate.share")}</button>'
# x, its translation, the way back and the error map, an arrow from each to the next; amid them the cycle's L1
CIRCLE = f"""
<p class="notice" hidden></p>
<div class="shown"></div>
{computed()}
<p class="large" role="status" hidden></p>
<template>
  <div class="cycle">{"".join(PIECES)}
    <p class="middle"><small>{words("translate.cycle")}</small><b data-figure="cycle_l1"></b></p></div>
  <p class="key"><span class="there">{THERE}<span></span></span>
    <span class="back">{BACK}<span></span></span></p>
  <div class="diagram">
    <p class="loss-line"><span class="title">{words("diagram.loss")}</span>{TERMS}</p></div>
  <p class="hint">{words("translate.notation")}</p>
  <p class="share">{SHARE}</p>
  <p class="hint">{_say("cycle.note")}</p>
</template>
"""


def _card(key: str, css: str, content: str, note: str) -> str:
    return (
        f'<section class="card {key} {css}"><h2>{words(f"translate.{key}")}</h2>{content}'
        f'<p class="hint">{note}</p></section>'
    )


def _judged(name: str, caption: str) -> str:
    return _figure(
        f"judged_{name}",
        f'<i>D</i><sub class="judge"></sub>({caption}) = <b data-figure="score_{name}"></b>',
    )


OPINION = (
    f'<div class="pair">{_judged("x", "<i>x</i>")}{_judged("translation", GX)}</div>'
    f'<p class="opinion"><span>{words("translate.generated")} 0</span><b></b>'
    f"<span>1 {words('translate.real')}</span>{download('.csv')}</p>"
)
# cards: the discriminators' scores, a test emoji's counterpart, and what F does to x
DETAILS = f"""
<template><div class="facts">
{_card("judged", "wide", OPINION, words("translate.judged.note"))}
{_card("counterpart", "", _figure("counterpart", "<i>y</i> <span></span>"), _say("counterpart.note"))}
{
    _card(
        "identity",
        "",
        _figure("identity", f'{BACK}(<i>x</i>) · L1 <b data-figure="identity_l1"></b>'),
        _say("identity.note"),
    )
}
</div></template>
<div class="shown"></div>
"""
# what is computed once it comes into view: what is hidden in the translation, and the same x by every model
BESIDE = f"""
<div class="facts">
<section class="card wide models"><h2>{words("translate.models")}</h2><div class="each"></div></section>
<section class="card wide hidden"><h2>{words("translate.hidden")}</h2>
<div class="pair">{_figure("restored", f"{BACK}({GX})")}{
    _figure("noisy", f"{BACK}({GX} + {words('translate.noise')})")
}</div><p class="hint">{_say("hidden.note")}</p></section>
</div>
<template><div class="one"><figure class="pixels"><img alt="">{
    download(".png")
}<figcaption></figcaption></figure>
<p class="hint"><span></span> <span></span></p></div></template>
{computed()}
"""
PARTS = {"circle": CIRCLE, "details": DETAILS, "beside": BESIDE, "training": ""}
"""markup of the parts of the page that the script fills in"""


def learned(loaded: LoadedModel, direction: Direction) -> str:
    """The strip of the translation through training, the metrics, and the source of the weights."""
    keys = [key.format(way=direction, source=direction[0]) for key in METRICS]
    measured = metric_tiles(read_metrics(loaded.folder), keys, words("translate.measured"))
    return _strip(loaded, direction) + measured + source_badge(loaded)


def measured(loaded: LoadedModel) -> dict[str, float]:
    """The figures of a model that the script says in words."""
    metrics = read_metrics(loaded.folder)
    keys = ("l1_nothing", "ssim_nothing", "l1_ab", "l1_ba", "l1_scaled_ab", "l1_scaled_ba")
    values = {key: metrics[key]["value"] for key in keys if key in metrics}
    return {key: value for key, value in values.items() if not isinstance(value, list)}


def to_choose(loaded: LoadedModel) -> dict[str, Any] | None:
    """What the picker and the script are told of the examples of a model; None where there are none.

    The pixels of a sheet are not in it: the script fetches them as the page's digits.
    """
    examples = examples_of(loaded)
    if examples is None:
        return None
    side = examples.side
    both = torch.cat([examples.a, examples.b]) / 255  # (2 * N, C, H, H): all of A, all of B
    thumbs = both if side <= THUMB else F.interpolate(both, size=THUMB, mode="area")
    return {
        "labels": examples.labels,
        "sprite": data_url(to_grid(thumbs, len(examples.a), padding=0), "WEBP", quality=85),
        "sheet": examples.sheet and examples.sheet.name,
        "side": side,
        "pixels": None if examples.sheet else _packed(examples),
    }


def _packed(examples: Examples) -> str:
    """Base64 of the bytes (N, 2, H, H, C), as a sheet has them."""
    pixels = torch.stack([examples.a, examples.b], 1).movedim(2, -1)
    return b64encode(pixels.contiguous().numpy().tobytes()).decode()


def _strip(loaded: LoadedModel, direction: Direction) -> str:
    """The test images of the snapshots as radio buttons; below, the chosen one's translation step by step."""
    snapshots, num_damaged = read_snapshots(loaded.folder, loaded.model.config.image_size, direction)
    left_out = notice(words("translate.left_out", count=num_damaged)) if num_damaged else ""
    if not snapshots:
        return left_out or notice(words("translate.no_snapshots"))
    columns = min(len(x) for _, x, _ in snapshots)

    def sprite(images: Tensor) -> str:
        return f"--sprite: url({data_url(to_grid(images[:columns] / 255, columns, padding=0))})"

    _, x, _ = snapshots[-1]
    buttons = "".join(
        f'<label style="--column: {i}"><i></i><input type="radio" name="translate-column" value="{i}" '
        f'aria-label="{i + 1}"{" checked" if i == min(STRIP_FIRST, columns - 1) else ""}></label>'
        for i in range(columns)
    )
    steps = "".join(
        f'<figure style="{sprite(output)}"><i></i><figcaption>{step:,}</figcaption></figure>'
        for step, _, output in snapshots
    )
    keep = download(f"{loaded.name}_{direction}_training.png", inline=True)
    title = titled("h2", words("translate.strip"), keep)
    return (
        f'<section class="strip" style="--columns: {columns}">{title}'
        f'<p class="hint">{words("translate.strip.note")}</p>'
        f'<div class="columns" role="radiogroup" style="{sprite(x)}">{buttons}</div>'
        f'<div class="steps" data-tiles>{steps}</div>{left_out}</section>'
    )


def snippet(loaded: LoadedModel, source: str, emoji: float, direction: Direction, size: int) -> str:
    """Lines of Python that make the pictures of the circle and of the cards."""
    config, examples, counterpart = loaded.model.config, examples_of(loaded), ""
    side = check_size(size, loaded)
    channels = "" if config.in_channels == 3 else f", channels={config.in_channels}"
    if source == "draw":
        x = f"to_square(sketch_to_square({code_behind.DRAWING}), {side}{channels}, drawn=True)"
    elif source == "upload" or examples is None:
        x = f"to_square(read_image({code_behind.UPLOAD}), {side}{channels})"
    else:
        side = side if size else examples.side
        x, y = (_example(loaded, examples, int(emoji), domain) for domain in direction)
        if size or (examples.sheet and channels):
            x, y = (f"to_square(to_pil({one}), {side}{channels})" for one in (x, y))
        counterpart = y if examples.sheet else ""
    case = case_of(loaded, direction, source, emoji, side)
    return code_behind.translate(loaded, x, counterpart, direction, case, side, SIDE, MOST_ERROR)


def _example(loaded: LoadedModel, examples: Examples, index: int, domain: str) -> str:
    """The expression for an example: an emoji of a sheet, or a piece of a picture of the training."""
    index = min(index, len(examples.labels) - 1)
    if examples.sheet:
        return f"{examples.sheet.name}_sheet()[{index}, {'ab'.index(domain)}][None] / 255"
    left, top = (PADDING + place * (examples.side + PADDING) for place in (index, 2 * "ab".index(domain)))
    box = left, top, left + examples.side, top + examples.side
    channels = loaded.model.config.in_channels
    picture = f"read_image({code_behind.file_of(loaded, examples.file)})"
    return f"to_square({picture}.crop({box}), {examples.side}, channels={channels})"
