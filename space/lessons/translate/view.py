"""What the translate tab looks like: the circle, the cards, the strip of the training, the snippet."""

from pathlib import Path
from typing import Any

from PIL import Image
from torch import Tensor

from space.lessons.translate.work import DIRECTIONS, MODEL, Translation, check_size, read_snapshots
from space.models.cyclegan import Direction
from space.page import code_behind
from space.page.markup import computed, data_url, download, metric_tiles, notice, source_badge, titled
from space.page.words import words
from space.pictures.outputs import to_grid, to_heat, to_opinion, to_pil
from space.weights.hub import LoadedModel
from space.weights.side_files import read_metrics

DOMAINS = {"a": "Twemoji", "b": "Fluent 3D"}
SIDE, LARGE_SIDE = 256, 512
"""pixels a side of the pictures sent, and of those in the slider; a pixel of the model is a square block"""
MOST_ERROR = 0.25
"""|x - F(G(x))| from which on the error map is brightest"""
STRIP_FIRST = 5
"""the test image that the strip begins with: a face"""
METRICS = (
    *("l1_{way}", "l1_nothing", "l1_recoloured_{way}", "l1_scaled_{way}", "ssim_{way}", "ssim_nothing"),
    *("cycle_l1_{source}", "cycle_l1_scaled_{source}"),
    *("domain_accuracy_{way}", "domain_accuracy_scaled_{way}"),
)
"""keys of metrics.json for a direction `way` from the domain `source`, in the order shown"""


def case_of(direction: Direction, source: str, emoji: float, size: int) -> str:
    """How the files of a translation are named: model, direction, picture, size."""
    name = {"emoji": f"emoji-{int(emoji) + 1}", "draw": "drawing", "upload": "upload"}[source]
    return f"{MODEL}_{direction}_{name}_{size}"


def enlarged(image: Tensor, side: int = SIDE) -> Image.Image:
    """An image (1, 3, H, H) as a picture of `side` pixels a side."""
    return to_pil(image, side // image.shape[-1])


def error_map(result: Translation, scale: int = 1) -> Image.Image:
    """|x - F(G(x))| from black (0) to pale yellow (`MOST_ERROR` and more)."""
    return to_heat(result.error / MOST_ERROR, scale)


def shown(result: Translation) -> dict[str, Any]:
    """What the script shows of a translation that the server has computed: pictures and figures."""
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
    }
    slider = (enlarged(image, LARGE_SIDE) for image in (result.x, result.output))
    return {
        "pictures": {key: data_url(image) for key, image in pictures.items()},
        "figures": figures,
        "slider": [data_url(image).partition(",")[2] for image in slider],
    }


def _figure(key: str, caption: str, css: str = "") -> str:
    """A picture, of which the script has the pixels and the alternative text."""
    caption = f"<figcaption>{caption}</figcaption>"
    return f'<figure class="pixels {css}" data-key="{key}"><img alt="">{download(".png")}{caption}</figure>'


def _arrow(css: str, label: str = "") -> str:
    """A piece of the circle: to the right and bent upwards; the style of its class turns it."""
    curve = '<path d="M4 26Q32 6 60 26"/><path class="head" d="M52 15 61 27 46 27z"/>'
    return (
        f'<div class="arrow {css}"><svg viewBox="0 0 64 32" aria-hidden="true">{curve}</svg>'
        f"{label and f'<b>{label}</b>'}</div>"
    )


def _say(key: str) -> str:
    """Where the script says the text `key`."""
    return f'<span data-say="{key}"></span>'


SCALE = f'<span class="scale">0<b></b>{MOST_ERROR}+</span>'
PIECES = (
    _figure("x", f"<i>x</i> {words('translate.x')}", "x"),
    _arrow("there", "<i>G</i>"),
    _figure("translation", f"<i>G(x)</i> {_say('as')}", "output"),
    _arrow("back", "<i>F</i>"),
    _figure("back", f"<i>F(G(x))</i> {_say('back')}", "again"),
    _arrow("minus"),
    _figure("error", f"<i>|x − F(G(x))|</i> {SCALE}", "error"),
    _arrow("same"),
)
# x, G(x), F(G(x)) and the error map, an arrow from each to the next; in the middle the cycle's L1
CIRCLE = f"""
<p class="notice" hidden></p>
<div class="shown"></div>
{computed()}
<p class="large" role="status" hidden></p>
<template>
  <div class="cycle">{"".join(PIECES)}
    <p class="middle"><small>{words("translate.cycle")}</small><b data-figure="cycle_l1"></b></p></div>
  <p class="key"><span class="there"><i>G</i> = <i>G</i><sub class="way"></sub><span></span></span>
    <span class="back"><i>F</i> = <i>G</i><sub class="way"></sub><span></span></span></p>
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
        f'<i>D</i><sub class="judge"></sub>(<i>{caption}</i>) = <b data-figure="score_{name}"></b>',
    )


OPINION = (
    f'<div class="pair">{_judged("x", "x")}{_judged("translation", "G(x)")}</div>'
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
        _figure("identity", '<i>F(x)</i> · L1 <b data-figure="identity_l1"></b>'),
        _say("identity.note"),
    )
}
</div></template>
<div class="shown"></div>
"""
PARTS = {"circle": CIRCLE, "details": DETAILS, "training": ""}
"""markup of the parts of the page that the script fills in"""


def learned(loaded: LoadedModel, direction: Direction) -> str:
    """The strip of the translation through training, the metrics, and the source of the weights."""
    keys = [key.format(way=direction, source=direction[0]) for key in METRICS]
    measured = metric_tiles(read_metrics(loaded.folder), keys, words("translate.measured"))
    return _strip(loaded.folder, loaded.model.config.image_size, direction) + measured + source_badge(loaded)


def _strip(folder: Path, image_size: int, direction: Direction) -> str:
    """The test images of the snapshots as radio buttons; below, the chosen one's translation step by step."""
    snapshots, num_damaged = read_snapshots(folder, image_size, direction)
    left_out = notice(words("translate.left_out", count=num_damaged)) if num_damaged else ""
    if not snapshots:
        return left_out or notice(words("translate.no_snapshots"))
    columns = min(len(x) for _, x, _ in snapshots)

    def sprite(images: Tensor) -> str:
        return f"--sprite: url({data_url(to_grid(images[:columns], columns, padding=0))})"

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
    keep = download(f"{MODEL}_{direction}_training.png", inline=True)
    title = titled("h2", words("translate.strip"), keep)
    return (
        f'<section class="strip" style="--columns: {columns}">{title}'
        f'<p class="hint">{words("translate.strip.note")}</p>'
        f'<div class="columns" role="radiogroup" style="{sprite(x)}">{buttons}</div>'
        f'<div class="steps" data-tiles>{steps}</div>{left_out}</section>'
    )


def snippet(loaded: LoadedModel, source: str, emoji: float, direction: Direction, size: int) -> str:
    """Lines of Python that make the pictures of the circle and of the cards."""
    counterpart = ""
    if source == "emoji":
        size, domain = loaded.model.config.image_size, DIRECTIONS.index(direction)
        x, counterpart = (code_behind.emoji(int(emoji), one) for one in (domain, 1 - domain))
    elif source == "draw":
        x = f"to_square(sketch_to_square({code_behind.DRAWING}), {check_size(size)})"
    else:
        x = f"to_square(read_image({code_behind.UPLOAD}), {check_size(size)})"
    case = case_of(direction, source, emoji, size)
    return code_behind.translate(loaded, x, counterpart, direction, case, size, SIDE, MOST_ERROR)
