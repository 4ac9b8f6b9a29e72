"""The translate tab: a picture into the other domain and back, and what both discriminators say of it.

For a direction, G is the generator that goes that way and F the one that comes back. All pictures and figures
are computed from the picture chosen, but the strip, which shows what training saved in `samples/`, and the
figures of metrics.json. At the end: the API.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, get_args

import gradio as gr
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from space.models.cyclegan import CycleGAN, Direction, mean_difference
from space.page import code_behind, link
from space.page.components import PictureFile, asset, blank_paper, choice, paper
from space.page.handlers import FILES, HEAVY, friendly, own
from space.page.markup import data_url, download, img, metric_tiles, picture, source_badge, titled, to_csv
from space.page.training_run import PADDING, cells, read_frame
from space.page.words import LATEX, i18n, words
from space.pictures.files import read_image
from space.pictures.inputs import cut_square, sketch_to_square, to_square
from space.pictures.outputs import to_grid, to_heat, to_opinion, to_pil
from space.pictures.sheets import EMOJI, emoji_sheet
from space.text.limits import MAX_SQUARE
from space.text.refusals import Problem, check_number
from space.weights.gpu import on_gpu
from space.weights.hub import LoadedModel, load
from space.weights.model_folder import ModelUnavailable
from space.weights.side_files import frame_files, read_metrics

MODEL = "cyclegan-twemoji2fluent"
DOMAINS = {"a": "Twemoji", "b": "Fluent 3D"}
DIRECTIONS = get_args(Direction)
SOURCES = ("emoji", "draw", "upload")
SIZES = (64, 128, MAX_SQUARE)
"""pixels a side that a picture is translated at; the emoji have the first, as in training"""
FIRST = EMOJI.index("🐸")
SIDE, LARGE_SIDE = 256, 512
"""pixels a side that pictures are sent with, and those of the slider; each of their own is a square block"""
MOST_ERROR = 0.25
"""|x - F(G(x))| from which on the error map is brightest"""
COLOURS = (
    *("#ffcc4d", "#f4900c", "#dd2e44", "#ea596e", "#aa8ed6", "#55acee", "#77b255", "#3e721d"),
    *("#c1694f", "#ccd6dd", "#66757f", "#292f33", "#ffffff"),
)
"""of Twemoji"""
STRIP_STEPS, STRIP_COLUMNS, STRIP_ROWS = 10, 8, 4
"""snapshots shown; pictures of each to choose from; rows of each, as training makes them: a, G_AB(a), b,
G_BA(b)"""
STRIP_FIRST = 5
"""the picture that the strip begins with: a face"""
FIGURES = ("l1_{way}", "l1_nothing", "l1_recoloured_{way}", "l1_scaled_{way}", "ssim_{way}", "ssim_nothing")
FIGURES += (
    "cycle_l1_{source}",
    "cycle_l1_scaled_{source}",
    "domain_accuracy_{way}",
    "domain_accuracy_scaled_{way}",
)


@dataclass(frozen=True)
class Translation:
    """One picture x (1, 3, H, W) once round the cycle."""

    loaded: LoadedModel
    direction: Direction
    x: Tensor
    output: Tensor
    """G(x)"""
    back: Tensor
    """F(G(x))"""
    identity: Tensor
    """F(x): what F, which makes pictures of x's domain, does to one that is of it already"""
    scores_x: Tensor
    """what D of x's domain says of x, (h, w): near 1 real, near 0 generated"""
    scores_output: Tensor
    """what D of the other domain says of G(x), (h, w)"""

    @property
    def error(self) -> Tensor:
        """|x - F(G(x))| of each pixel, (H, W): mean over the channels."""
        return (self.x - self.back).abs()[0].mean(0)

    @property
    def cycle_l1(self) -> float:
        return mean_difference(self.x, self.back)

    @property
    def identity_l1(self) -> float:
        return mean_difference(self.x, self.identity)


def translate(x: Tensor, direction: str) -> Translation:
    """`x` (1, 3, H, W) to the other domain and back; raises `Problem` or `ModelUnavailable`."""
    check_direction(direction)
    loaded = load(MODEL, "translate")
    model = loaded.model
    if model.config.in_channels != x.shape[1]:
        raise ModelUnavailable(MODEL, f"it takes {model.config.in_channels} channels, not {x.shape[1]}")
    large = x.shape[-1] > model.config.image_size
    return Translation(
        loaded, direction, x, *(once_round_on_gpu if large else once_round)(model, x, direction)
    )


def once_round(model: CycleGAN, x: Tensor, direction: Direction) -> tuple[Tensor, ...]:
    """What `Translation` has beyond x: G(x), F(G(x)), F(x), and what D says of x and of G(x)."""
    source, target = direction
    output = model.translate(x, direction)
    back, identity = model.translate(torch.cat([output, x]), direction[::-1]).split(1)
    scores_x, scores_output = model.score_patches(x, source), model.score_patches(output, target)
    return output, back, identity, scores_x[0, 0], scores_output[0, 0]


once_round_on_gpu = on_gpu(once_round)


def check_direction(direction: Any) -> None:
    """`Problem` for what is no direction."""
    if direction not in DIRECTIONS:
        raise Problem("choice", name="direction", value=direction, allowed=", ".join(DIRECTIONS))


def check_size(size: Any) -> int:
    """`size` if pictures are translated at it, else a `Problem`."""
    if size not in SIZES:
        raise Problem("choice", name="size", value=size, allowed=", ".join(map(str, SIZES)))
    return int(size)


def choose_picture(
    source: str,
    emoji: float,
    drawn: Image.Image | None,
    uploaded: Image.Image | None,
    direction: str,
    size: Any,
) -> Tensor:
    """The image (1, 3, H, W) that the visitor means; `emoji` counts those of the sheet."""
    if source == "emoji":
        check_direction(direction)
        index = int(check_number("emoji", emoji, 0, len(EMOJI) - 1))
        return emoji_sheet()[index, DIRECTIONS.index(direction)][None] / 255
    if source not in SOURCES:
        raise Problem("choice", name="source", value=source, allowed=", ".join(SOURCES))
    size, chosen = check_size(size), drawn if source == "draw" else uploaded
    if chosen is None:
        raise Problem("empty_drawing" if source == "draw" else "no_image")
    return to_square(chosen, size)


def read_drawing(drawing: str | BinaryIO | None) -> Image.Image | None:
    """The drawn picture; None while there is nothing on the canvas."""
    try:
        return sketch_to_square(drawing)
    except Problem:
        return None


def read_upload(path: str | None) -> Image.Image | None:
    """The middle of an uploaded picture; None where the file was taken away again."""
    return None if path is None else cut_square(read_image(path))


def show(
    source: str,
    emoji: float,
    drawn: Image.Image | None,
    uploaded: Image.Image | None,
    direction: str,
    size: Any,
) -> tuple[str, Any, str, str]:
    """The circle, the slider's pictures before and after, all else about the picture chosen, and the code."""
    try:
        x = choose_picture(source, emoji, drawn, uploaded, direction, size)
        result = translate(x, direction)
    except Problem as problem:  # nothing drawn yet is no error, but a hint where the result will be
        if problem.key not in ("problem.empty_drawing", "problem.no_image"):
            raise
        return f'<p class="notice">{words(problem.key)}</p>', gr.update(visible=False), "", ""
    except ModelUnavailable as error:  # there is no other model to choose
        notice = words("source.unavailable", reason=error.reason)
        return f'<p class="notice">{notice}</p>', gr.update(visible=False), "", ""
    counterpart, other = None, ""
    if source == "emoji":
        index, way = int(emoji), DIRECTIONS.index(direction)
        counterpart = emoji_sheet()[index, 1 - way][None] / 255
        name, code, other = (
            f"emoji-{index + 1}",
            code_behind.emoji(index, way),
            code_behind.emoji(index, 1 - way),
        )
    elif source == "draw":
        name, code = "drawing", f"to_square(sketch_to_square({code_behind.DRAWING}), {check_size(size)})"
    else:
        name, code = "upload", f"to_square(read_image({code_behind.UPLOAD}), {check_size(size)})"
    case = f"{MODEL}_{direction}_{name}_{x.shape[-1]}"
    before, after = (_enlarged(image, LARGE_SIDE) for image in (result.x, result.output))
    return (
        _circle(result, case),
        gr.update(value=(before, after), visible=True),
        _details(result, counterpart, case),
        code_behind.translate(result.loaded, code, other, direction, case, x.shape[-1], SIDE, MOST_ERROR),
    )


def _enlarged(image: Tensor, side: int = SIDE) -> Image.Image:
    return to_pil(image, side // image.shape[-1])


def _figure(image: Image.Image, key: str, caption: str, case: str, css: str = "", **values: object) -> str:
    return picture(img(image, f"translate.alt.{key}", **values), caption, f"{case}_{key}.png", css)


def _circle(result: Translation, case: str) -> str:
    """x, G(x), F(G(x)) and the error map, with an arrow from each to the next and the cycle's L1 amid."""
    source, target = (DOMAINS[domain] for domain in result.direction)
    there, back = (f"<i>G</i><sub>{way.upper()}</sub>" for way in (result.direction, result.direction[::-1]))
    scale = f'<span class="scale">0<b></b>{MOST_ERROR}+</span>'
    error = to_heat(result.error / MOST_ERROR, SIDE // result.x.shape[-1])
    pictures = [
        _figure(_enlarged(result.x), "x", f"<i>x</i> {words('translate.x')}", case, "x"),
        _arrow("there", "<i>G</i>"),
        _figure(
            _enlarged(result.output),
            "translation",
            f"<i>G(x)</i> {words('translate.as', domain=target)}",
            case,
            "output",
            domain=target,
        ),
        _arrow("back", "<i>F</i>"),
        _figure(
            _enlarged(result.back),
            "back",
            f"<i>F(G(x))</i> {words('translate.back', domain=source)}",
            case,
            "again",
            domain=source,
        ),
        _arrow("minus"),
        _figure(error, "error", f"<i>|x − F(G(x))|</i> {scale}", case, "error"),
        _arrow("same"),
    ]
    change = f"{mean_difference(result.x, result.output):.3f}"
    loss = f"<small>{words('translate.cycle')}</small><b>{result.cycle_l1:.3f}</b>"
    return (
        f'<div class="cycle">{"".join(pictures)}<p class="middle">{loss}</p></div>'
        f'<p class="key"><span class="there"><i>G</i> = {there}: {source} → {target}</span>'
        f'<span class="back"><i>F</i> = {back}: {target} → {source}</span></p>'
        f'<p class="hint">{words("translate.cycle.note", change=change)}</p>'
    )


def _arrow(css: str, label: str = "") -> str:
    """A piece of the circle, to the right and bent upwards until its class turns it."""
    curve = '<path d="M4 26Q32 6 60 26"/><path class="head" d="M52 15 61 27 46 27z"/>'
    return (
        f'<div class="arrow {css}"><svg viewBox="0 0 64 32" aria-hidden="true">{curve}</svg>'
        f"{label and f'<b>{label}</b>'}</div>"
    )


def _details(result: Translation, counterpart: Tensor | None, case: str) -> str:
    """What D says, the true counterpart of a test emoji, and what F does to x."""
    source, target = result.direction
    own, other = f"<i>D</i><sub>{source.upper()}</sub>", f"<i>D</i><sub>{target.upper()}</sub>"
    stride, scale = 2**result.loaded.model.config.discriminator_layers, SIDE // result.x.shape[-1]
    judged = "".join(
        _figure(
            to_opinion(image, scores, stride, scale),
            f"judged_{key}",
            f"{discriminator}(<i>{name}</i>) = <b>{_signed(scores.mean().item())}</b>",
            case,
        )
        for key, discriminator, name, image, scores in (
            ("x", own, "x", result.x, result.scores_x),
            ("translation", other, "G(x)", result.output, result.scores_output),
        )
    )
    table = to_csv(
        ("figure", "value"),
        [
            ("cycle_l1", result.cycle_l1),
            ("identity_l1", result.identity_l1),
            ("translation_l1", mean_difference(result.x, result.output)),
            ("score_x", result.scores_x.mean().item()),
            ("score_translation", result.scores_output.mean().item()),
            *(
                [
                    ("counterpart_l1_translation", mean_difference(result.output, counterpart)),
                    ("counterpart_l1_x", mean_difference(result.x, counterpart)),
                ]
                if counterpart is not None
                else []
            ),
        ],
    )
    legend = (
        f'<p class="opinion"><span>{words("translate.generated")} 0</span><b></b>'
        f"<span>1 {words('translate.real')}</span>{download(f'{case}.csv', table)}</p>"
    )
    content = f'<div class="pair">{judged}</div>{legend}'
    cards = [_card("judged", "wide", content)]
    if counterpart is not None:
        away, before = mean_difference(result.output, counterpart), mean_difference(result.x, counterpart)
        figures = {"translated": f"{away:.3f}", "untranslated": f"{before:.3f}"}
        cards.append(
            _card(
                "counterpart",
                "",
                _figure(_enlarged(counterpart), "counterpart", f"<i>y</i> {DOMAINS[target]}", case),
                **figures,
            )
        )
    caption = f"<i>F(x)</i> · L1 <b>{result.identity_l1:.3f}</b>"
    same = _figure(_enlarged(result.identity), "identity", caption, case)
    cards.append(_card("identity", "", same, source=DOMAINS[source]))
    return f'<div class="facts">{"".join(cards)}</div>'


def _signed(score: float) -> str:
    return f"{score:.2f}".replace("-", "−")


def _card(key: str, css: str, content: str, **values: str) -> str:
    title, note = words(f"translate.{key}"), words(f"translate.{key}.note", **values)
    return f'<section class="card {css}"><h2>{title}</h2>{content}<p class="hint">{note}</p></section>'


def learned(direction: str) -> str:
    """The strip of the translation through training, the measured figures, and where the weights are from."""
    check_direction(direction)
    try:
        loaded = load(MODEL, "translate")
    except ModelUnavailable:  # `show` says so
        return ""
    source, _ = direction
    keys = [key.format(way=direction, source=source) for key in FIGURES]
    figures = metric_tiles(read_metrics(loaded.folder), keys, words("translate.measured"))
    return _strip(loaded.folder, loaded.model.config.image_size, direction) + figures + source_badge(loaded)


@lru_cache(maxsize=2 * len(DIRECTIONS))  # a model folder does not change: a new commit is a new folder
def _strip(folder: Path, image_size: int, direction: Direction) -> str:
    """One of the test images of the snapshots, chosen by radio buttons, and its translation step by step."""
    snapshots, left_out = read_snapshots(folder, image_size, direction)
    notice = f'<p class="notice">{words("translate.left_out", count=left_out)}</p>' if left_out else ""
    if not snapshots:
        return notice or f'<p class="notice">{words("translate.no_snapshots")}</p>'
    columns = min(len(x) for _, x, _ in snapshots)

    def sprite(images: Tensor) -> str:
        return f"--sprite: url({data_url(to_grid(images[:columns], columns, padding=0))})"

    _, x, _ = snapshots[-1]
    choices = "".join(
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
        f'<div class="columns" role="radiogroup" style="{sprite(x)}">{choices}</div>'
        f'<div class="steps" data-tiles>{steps}</div>{notice}</section>'
    )


def read_snapshots(
    folder: Path, image_size: int, direction: str
) -> tuple[list[tuple[int, Tensor, Tensor]], int]:
    """At most STRIP_STEPS of the snapshots of training, and how many of them are damaged and left out.

    Each is its step, the test images x (N, 3, H, W) of the direction, and their translations then.
    """
    files, found = geometrically(frame_files(folder), STRIP_STEPS), []
    first = 2 * DIRECTIONS.index(direction)
    for step, path in files:
        image = read_frame(path)
        layout = image and cells(*image.size, image_size)
        if not layout or layout["rows"] != STRIP_ROWS:
            continue
        side, columns = image_size + PADDING, min(layout["columns"], STRIP_COLUMNS)
        pixels = torch.tensor(np.asarray(image.convert("RGB"))).permute(2, 0, 1) / 255
        grid = pixels[:, PADDING:, PADDING:].unflatten(1, (STRIP_ROWS, side)).unflatten(3, (-1, side))
        rows = grid[:, :, :image_size, :, :image_size].permute(1, 3, 0, 2, 4)  # (rows, columns, C, H, W)
        found.append((step, rows[first, :columns], rows[first + 1, :columns]))
    return found, len(files) - len(found)


def geometrically(files: list[tuple[int, Path]], most: int) -> list[tuple[int, Path]]:
    """At most `most` of the files, in order of their steps, the steps about a constant factor apart."""
    if len(files) <= most:
        return files
    places = np.log1p([step for step, _ in files])
    wanted = np.linspace(places[0], places[-1], most)
    return [files[i] for i in np.unique(np.abs(places[:, None] - wanted).argmin(0))]


class EmojiPicker(gr.HTML):
    """The test emoji, those of the domain that is translated; its value is the index into `EMOJI`."""

    def __init__(self, value: int = FIRST, direction: Direction = "ab", **kwargs: Any) -> None:
        sheet = emoji_sheet().transpose(0, 1).flatten(0, 1) / 255  # all of A, then all of B
        sprite = data_url(to_grid(sheet, len(EMOJI), padding=0), "WEBP", quality=85)
        # native radio buttons: one tab stop, arrow keys, and names for screen readers
        choices = "".join(
            f'<label style="--column: {i}"><input type="radio" name="test-emoji" value="{i}" '
            f'aria-label="{emoji}"{" checked" if i == value else ""}></label>'
            for i, emoji in enumerate(EMOJI)
        )
        super().__init__(
            value=value,
            direction=direction,
            html_template=f'<div class="emoji-picker" role="radiogroup">{choices}</div>',
            css_template=f'label {{ background-image: url("{sprite}"); --columns: {len(EMOJI)} }}',
            js_on_load="""
                const picker = element.querySelector('.emoji-picker');
                const show = () => {
                    picker.dataset.direction = props.direction;
                    for (const input of picker.querySelectorAll('input'))
                        input.checked = Number(input.value) === props.value;
                };
                element.addEventListener('change', event => {
                    event.stopPropagation();
                    props.value = Number(event.target.value);
                });
                watch(['direction', 'value'], show);
                show();
                trigger('ready');
            """,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        """A number, where `gr.HTML` holds a string."""
        return {"type": "integer"}


def _panels(source: str) -> list[Any]:
    return [*(gr.update(visible=source == name) for name in SOURCES), gr.update(visible=source != "emoji")]


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    look: dict[str, Any] = {
        "css_template": asset("lessons/translate/translate.css"),
        "apply_default_css": False,
    }
    with gr.Tab(i18n("translate.tab"), id="translate"):
        gr.Markdown(i18n("translate.intro"), latex_delimiters=LATEX, elem_classes="reading")
        with gr.Row():
            with gr.Column(scale=2, min_width=300, elem_classes="sticky"):
                direction = gr.Radio(
                    [(i18n(f"translate.direction.{name}"), name) for name in DIRECTIONS],
                    value="ab",
                    label=i18n("translate.direction"),
                    elem_id="translate-direction",
                )
                source = gr.Radio(
                    [(i18n(f"translate.source.{name}"), name) for name in SOURCES],
                    value="emoji",
                    label=i18n("translate.source"),
                    elem_id="translate-source",
                )
                with gr.Column(visible=True) as emoji_panel:
                    emoji = EmojiPicker(elem_id="translate-emoji")
                with gr.Column(visible=False) as draw_panel:
                    sketch = paper(
                        label=i18n("translate.sketch"),
                        image_mode="RGB",
                        brush=gr.Brush(default_size=18, colors=list(COLOURS)),
                        elem_id="translate-sketch",
                    )
                with gr.Column(visible=False) as upload_panel:
                    upload = PictureFile(
                        type="filepath",
                        sources=["upload", "clipboard"],
                        height=250,
                        label=i18n("translate.upload"),
                        elem_id="translate-upload",
                    )
                size = gr.Radio(
                    [(f"{side} × {side}", side) for side in SIZES],
                    value=128,
                    visible=False,
                    label=i18n("translate.size"),
                    info=i18n("translate.size.info"),
                    elem_id="translate-size",
                )
            with gr.Column(scale=3, min_width=320):
                circle = gr.HTML(**look, min_height=420, elem_id="translate-circle")
        with gr.Row():
            with gr.Column(scale=2, min_width=300):
                slider = gr.ImageSlider(
                    format="png",
                    interactive=False,
                    buttons=["fullscreen"],
                    max_height=380,
                    label=i18n("translate.slider"),
                    elem_id="translate-slider",
                )
            with gr.Column(scale=3, min_width=320):
                details = gr.HTML(**look, elem_id="translate-details")
        code = code_behind.code_panel("translate-code")
        run = gr.HTML(**look, elem_id="translate-run")
        gr.Markdown(
            i18n("translate.theory"),
            latex_delimiters=LATEX,
            elem_id="translate-theory",
            elem_classes="reading",
        )
        gr.Markdown(i18n("translate.credit"), elem_id="translate-credit")

        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        drawn, uploaded = gr.State(None), gr.State(None)
        panels = [emoji_panel, draw_panel, upload_panel, size]
        source.change(_panels, source, panels, queue=False, **private)
        direction.change(lambda way: gr.update(direction=way), direction, emoji, queue=False, **private)
        sketch.input(friendly(read_drawing), sketch, drawn, trigger_mode="always_last", **FILES, **private)
        sketch.clear(lambda: (blank_paper(), None), None, [sketch, drawn], **private)
        read = upload.change(friendly(read_upload), upload, uploaded, **FILES, **private)
        read.failure(lambda: None, None, uploaded, **private)  # no translation of the picture before
        inputs = [source, emoji, drawn, uploaded, direction, size]
        refresh = {
            "fn": friendly(show),
            "inputs": inputs,
            "outputs": [circle, slider, details, code],
            "trigger_mode": "always_last",
            **HEAVY,
            **private,
        }
        emoji.ready(**refresh)  # when the tab is opened
        gr.on([control.change for control in inputs], **refresh)
        gr.on(
            [own(emoji.ready), direction.change],
            friendly(learned),
            direction,
            run,
            trigger_mode="always_last",
            **private,
        )
        _build_api()
    return [
        link.value("direction", direction),
        link.value("source", source),
        link.value("emoji", emoji, link.number(0, len(EMOJI) - 1, whole=True)),
        link.value("size", size),
    ]


def translate_api(
    image: str, direction: str = "ab", size: int = 64
) -> tuple[Image.Image, Image.Image, Image.Image, Image.Image, dict[str, Any]]:
    """Translate a picture between flat emoji (Twemoji) and rendered ones (Fluent 3D) by CycleGAN, and back.

    Args:
        image: any picture (in MCP, a data URL); its middle is cut out square and scaled, transparency put on
            white
        direction: ab from Twemoji to Fluent 3D, ba from Fluent 3D to Twemoji
        size: pixels a side, 64 (as trained), 128 or 256

    Returns:
        four pictures of size x size pixels: the input x, its translation G(x), the way back F(G(x)), and the
            error |x - F(G(x))| from black (0) to pale yellow (0.25 and more)
        source and commit of the model; cycle_l1 and identity_l1: the mean difference a pixel, in [0, 1], of
            F(G(x)) and of F(x) to x; score_x and score_translation: what the discriminators of their domains
            say of x and of G(x), near 1 real and near 0 generated
    """
    check_direction(direction)
    size = check_size(size)
    result = translate(to_square(read_image(image), size), direction)
    numbers = {
        "model": MODEL,
        "source": result.loaded.source,
        "commit": result.loaded.commit,
        "reason": result.loaded.reason,
        "direction": direction,
        "size": size,
        "cycle_l1": result.cycle_l1,
        "identity_l1": result.identity_l1,
        "score_x": result.scores_x.mean().item(),
        "score_translation": result.scores_output.mean().item(),
    }
    pictures = (to_pil(image) for image in (result.x, result.output, result.back))
    return *pictures, to_heat(result.error / MOST_ERROR), numbers


def _build_api() -> None:
    """The endpoint /translate, by components that are not on the page."""
    with gr.Row(visible=False):
        inputs = [
            PictureFile(type="filepath", label="image"),
            choice("direction", DIRECTIONS, "ab"),
            gr.Number(64, label="size"),
        ]
        outputs = [
            *(gr.Image(format="png", label=name) for name in ("input", "translation", "back", "error")),
            gr.JSON(label="numbers"),
        ]
    handler = friendly(translate_api, "translate")
    gr.on([], handler, inputs, outputs, api_name="translate", **HEAVY)
