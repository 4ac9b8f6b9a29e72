"""What the translate tab looks like: the circle, the cards, the strip of the training, the snippet."""

from functools import lru_cache
from pathlib import Path

from PIL import Image
from torch import Tensor

from space.lessons.translate.work import (
    DIRECTIONS,
    MODEL,
    Translation,
    check_direction,
    check_size,
    read_snapshots,
)
from space.models.cyclegan import Direction, mean_difference
from space.page import code_behind
from space.page.markup import (
    data_url,
    download,
    img,
    metric_tiles,
    notice,
    picture,
    source_badge,
    titled,
    to_csv,
)
from space.page.words import words
from space.pictures.outputs import to_grid, to_heat, to_opinion, to_pil
from space.weights.hub import load
from space.weights.model_folder import ModelUnavailable
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


def case_of(result: Translation, source: str, emoji: float) -> str:
    """How the files of a translation are named: model, direction, picture, size."""
    name = {"emoji": f"emoji-{int(emoji) + 1}", "draw": "drawing", "upload": "upload"}[source]
    return f"{MODEL}_{result.direction}_{name}_{result.x.shape[-1]}"


def enlarged(image: Tensor, side: int = SIDE) -> Image.Image:
    """An image (1, 3, H, H) as a picture of `side` pixels a side."""
    return to_pil(image, side // image.shape[-1])


def error_map(result: Translation, scale: int = 1) -> Image.Image:
    """|x - F(G(x))| from black (0) to pale yellow (`MOST_ERROR` and more)."""
    return to_heat(result.error / MOST_ERROR, scale)


def before_and_after(result: Translation) -> tuple[Image.Image, Image.Image]:
    """The pictures of the slider: x and G(x)."""
    return enlarged(result.x, LARGE_SIDE), enlarged(result.output, LARGE_SIDE)


def _captioned(image: Image.Image, key: str, caption: str, case: str, css: str = "", **values: object) -> str:
    return picture(img(image, f"translate.alt.{key}", **values), caption, f"{case}_{key}.png", css)


def circle(result: Translation, case: str) -> str:
    """x, G(x), F(G(x)) and the error map, an arrow from each to the next; in the middle the cycle's L1."""
    source, target = (DOMAINS[domain] for domain in result.direction)
    output = enlarged(result.output), "translation", f"<i>G(x)</i> {words('translate.as', domain=target)}"
    back = enlarged(result.back), "back", f"<i>F(G(x))</i> {words('translate.back', domain=source)}"
    scale = f'<span class="scale">0<b></b>{MOST_ERROR}+</span>'
    error = error_map(result, SIDE // result.x.shape[-1]), "error", f"<i>|x − F(G(x))|</i> {scale}"
    pieces = [
        _captioned(enlarged(result.x), "x", f"<i>x</i> {words('translate.x')}", case, "x"),
        _arrow("there", "<i>G</i>"),
        _captioned(*output, case, "output", domain=target),
        _arrow("back", "<i>F</i>"),
        _captioned(*back, case, "again", domain=source),
        _arrow("minus"),
        _captioned(*error, case, "error"),
        _arrow("same"),
    ]
    loss = f"<small>{words('translate.cycle')}</small><b>{result.cycle_l1:.3f}</b>"
    g, f = (f"<i>G</i><sub>{way.upper()}</sub>" for way in (result.direction, result.direction[::-1]))
    return (
        f'<div class="cycle">{"".join(pieces)}<p class="middle">{loss}</p></div>'
        f'<p class="key"><span class="there"><i>G</i> = {g}: {source} → {target}</span>'
        f'<span class="back"><i>F</i> = {f}: {target} → {source}</span></p>'
        f'<p class="hint">{words("translate.cycle.note", change=f"{result.translation_l1:.3f}")}</p>'
    )


def _arrow(css: str, label: str = "") -> str:
    """A piece of the circle: to the right and bent upwards; the style of its class turns it."""
    curve = '<path d="M4 26Q32 6 60 26"/><path class="head" d="M52 15 61 27 46 27z"/>'
    return (
        f'<div class="arrow {css}"><svg viewBox="0 0 64 32" aria-hidden="true">{curve}</svg>'
        f"{label and f'<b>{label}</b>'}</div>"
    )


def details(result: Translation, counterpart: Tensor | None, case: str) -> str:
    """Cards: the discriminators' scores, a test emoji's counterpart, and what F does to x."""
    source, target = result.direction
    cards = [_card("judged", "wide", _judged(result, counterpart, case))]
    if counterpart is not None:
        drawn = _captioned(enlarged(counterpart), "counterpart", f"<i>y</i> {DOMAINS[target]}", case)
        distances = {
            "translated": f"{mean_difference(result.output, counterpart):.3f}",
            "untranslated": f"{mean_difference(result.x, counterpart):.3f}",
        }
        cards.append(_card("counterpart", "", drawn, **distances))
    caption = f"<i>F(x)</i> · L1 <b>{result.identity_l1:.3f}</b>"
    same = _captioned(enlarged(result.identity), "identity", caption, case)
    cards.append(_card("identity", "", same, source=DOMAINS[source]))
    return f'<div class="facts">{"".join(cards)}</div>'


def _judged(result: Translation, counterpart: Tensor | None, case: str) -> str:
    """The patches' scores as colour over x and G(x), with a legend and all numbers as CSV."""
    d_source, d_target = (f"<i>D</i><sub>{domain.upper()}</sub>" for domain in result.direction)
    stride, scale = 2**result.loaded.model.config.discriminator_layers, SIDE // result.x.shape[-1]
    judged = "".join(
        _captioned(
            to_opinion(image, scores, stride, scale),
            f"judged_{key}",
            f"{discriminator}(<i>{name}</i>) = <b>{_signed(scores.mean().item())}</b>",
            case,
        )
        for key, discriminator, name, image, scores in (
            ("x", d_source, "x", result.x, result.scores_x),
            ("translation", d_target, "G(x)", result.output, result.scores_output),
        )
    )
    return (
        f'<div class="pair">{judged}</div>'
        f'<p class="opinion"><span>{words("translate.generated")} 0</span><b></b>'
        f"<span>1 {words('translate.real')}</span>{download(f'{case}.csv', _table(result, counterpart))}</p>"
    )


def _table(result: Translation, counterpart: Tensor | None) -> str:
    """All numbers of the page as CSV."""
    rows = [
        ("cycle_l1", result.cycle_l1),
        ("identity_l1", result.identity_l1),
        ("translation_l1", result.translation_l1),
        ("score_x", result.scores_x.mean().item()),
        ("score_translation", result.scores_output.mean().item()),
    ]
    if counterpart is not None:
        rows += [
            ("counterpart_l1_translation", mean_difference(result.output, counterpart)),
            ("counterpart_l1_x", mean_difference(result.x, counterpart)),
        ]
    return to_csv(("figure", "value"), rows)


def _signed(score: float) -> str:
    return f"{score:.2f}".replace("-", "−")


def _card(key: str, css: str, content: str, **values: str) -> str:
    title, note = words(f"translate.{key}"), words(f"translate.{key}.note", **values)
    return f'<section class="card {css}"><h2>{title}</h2>{content}<p class="hint">{note}</p></section>'


def learned(direction: str) -> str:
    """The strip of the translation through training, the metrics, and the source of the weights."""
    check_direction(direction)
    try:
        loaded = load(MODEL, "translate")
    except ModelUnavailable:  # the circle says so
        return ""
    keys = [key.format(way=direction, source=direction[0]) for key in METRICS]
    measured = metric_tiles(read_metrics(loaded.folder), keys, words("translate.measured"))
    return _strip(loaded.folder, loaded.model.config.image_size, direction) + measured + source_badge(loaded)


@lru_cache(maxsize=2 * len(DIRECTIONS))  # a model folder does not change: a new commit is a new folder
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


def snippet(result: Translation, source: str, emoji: float, size: int, case: str) -> str:
    """Lines of Python that make the pictures of the circle and of the cards."""
    counterpart = ""
    if source == "emoji":
        domain = DIRECTIONS.index(result.direction)
        x, counterpart = (code_behind.emoji(int(emoji), one) for one in (domain, 1 - domain))
    elif source == "draw":
        x = f"to_square(sketch_to_square({code_behind.DRAWING}), {check_size(size)})"
    else:
        x = f"to_square(read_image({code_behind.UPLOAD}), {check_size(size)})"
    side = result.x.shape[-1]
    return code_behind.translate(
        result.loaded, x, counterpart, result.direction, case, side, SIDE, MOST_ERROR
    )
