"""The manifold tab: maps of two-dimensional latent spaces, and a 20-dimensional one by its sliders.

`LatentMap` is the component; what happens on it (decoding, dragging, drawing) is `manifold.js`, which runs
the decoder in the visitor's browser. This module hands it the encoded test digits, says where a visitor's
digit lies, and decodes for browsers that cannot. At the end: the API.
"""

import base64
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Literal, get_args

import gradio as gr
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from space.models import MODELS, code_and_sigma, models_that
from space.models.latents import evenly, grid, quantiles, straight
from space.page import code_behind, link
from space.page.components import Code, PictureFile, asset, choice, paper
from space.page.digits import LAST_DIGIT, DigitPicker, choose_digit
from space.page.handlers import FILES, HEAVY, LIGHT, friendly, own
from space.page.markup import download, img, picture, to_csv
from space.page.words import LATEX, i18n, words
from space.pictures.files import read_image
from space.pictures.inputs import sketch_to_digit, to_digit
from space.pictures.outputs import to_grid, to_pil
from space.pictures.sheets import digit_sheet
from space.text import TEXT, why
from space.text.limits import MAX_CODES, MAX_LATENT, MAX_ROWS, MAX_SEED, MAX_SIDE_ROWS, MAX_STEPS
from space.text.refusals import Problem, check_number
from space.weights import hub
from space.weights.side_files import read_metrics, read_side_file

MAPS = ("vae-mnist-2d", "autoencoder-mnist-2d")
DEEP = "vae-mnist-20d"
NUM_SLIDERS = 8
"""sliders for the dimensions of DEEP that carry most information"""
NUM_RESAMPLES = 8
FIRST_DIGITS = 0, 7 * digit_sheet().shape[1]
"""a 0 and a 7, far apart on the maps: something to see before a visitor chooses"""
PICTURE_SCALE = 10
MAX_TILES = 1000
Spacing = Literal["linear", "inverse_gaussian"]

MARKUP = f"""
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


LINKED = {
    "z": link.numbers(2, 2, -MAX_LATENT, MAX_LATENT),
    "spacing": link.choice(*get_args(Spacing), default="linear"),
    "grid": link.choice("off"),
    "codes": link.choice("off"),
    "class": link.number(0, 9, whole=True),
}
"""What of a `LatentMap` can be linked."""


class LatentMap(gr.HTML):
    """A map that a visitor drags on.

    `value` is what `chart` returns. `overlay` marks a digit on it: None, or a dict with `mu` and `end` (where
    a path leads to) and, as far as there are any, `sigma`, `samples` (a list of codes) and `digit` (the index
    of a test digit).
    """

    def __init__(self, overlay: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(
            html_template=MARKUP,
            css_template=asset("lessons/manifold/manifold.css"),
            js_on_load=asset("browser/normal.js", "lessons/manifold/manifold.js"),
            apply_default_css=False,
            server_functions=[decode_pixels],
            overlay=overlay,
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def chart(name: str) -> dict[str, Any]:
    """All that a map shows of the model `name`: its axes, its texts, and the codes of the test digits.

    `codes` and `labels` are base64 of little-endian float32 (N, 2) and uint8 (N).
    """
    loaded = hub.load(name)
    if loaded.model.config.latent_dim != 2:
        raise hub.ModelUnavailable(name, why("latent_dim", found=loaded.model.config.latent_dim))
    codes, labels = read_latents(loaded.folder)
    location, scale = gaussian(loaded)
    words = {key.removeprefix("map."): text for key, text in TEXT.items() if key.startswith("map.")}
    return {
        "model": name,
        "source": loaded.source,
        "commit": loaded.commit,
        "axes": axes(loaded),
        "location": location,
        "scale": scale,
        "codes": base64.b64encode(codes.astype("<f4").tobytes()).decode(),
        "labels": base64.b64encode(labels.astype("u1").tobytes()).decode(),
        "text": {
            language: {key: text[index] for key, text in words.items()}
            for index, language in enumerate(("en", "ko"))
        },
    }


def read_latents(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Codes (N, 2) and labels (N) of `latents.csv`; N is 0 where a model folder has no sound one."""
    nothing = np.empty((0, 3))
    try:
        lines = read_side_file(folder, "latents.csv").decode().splitlines()[1 : MAX_SIDE_ROWS + 1]
        rows = np.array([line.split(",") for line in lines], np.float64) if lines else nothing
    except ValueError:
        rows = nothing
    if (
        rows.shape[1] != 3
        or not (np.abs(rows) <= MAX_LATENT).all()
        or not np.isin(rows[:, 2], range(10)).all()
    ):
        rows = nothing
    return rows[:, :2], rows[:, 2]


def axes(loaded: hub.LoadedModel) -> list[list[float]]:
    """[least, most] of z1 and of z2 that hold 99 % of the test digits' codes, with a margin.

    Symmetric for a model with the prior N(0, I), the VAE; an autoencoder lies where training left it.
    """
    codes, _ = read_latents(loaded.folder)
    if len(codes) == 0:
        return [[-3.0, 3.0], [-3.0, 3.0]]
    low, high = np.quantile(codes, [0.005, 0.995], axis=0)
    if hasattr(loaded.model, "sample"):  # it has a prior
        most = float(np.ceil(2 * np.abs([low, high]).max()) / 2)
        return [[-most, most], [-most, most]]
    margin = np.maximum(0.05 * (high - low), 1e-3)
    return np.stack([low - margin, high + margin], 1).tolist()


def gaussian(loaded: hub.LoadedModel) -> tuple[list[float], list[float]]:
    """Mean and deviation of the Gaussian whose quantiles space the grid: the prior, or a fit to the codes."""
    codes, _ = read_latents(loaded.folder)
    if hasattr(loaded.model, "sample") or len(codes) < 2:
        return [0.0, 0.0], [1.0, 1.0]
    return codes.mean(0).tolist(), np.maximum(codes.std(0), 1e-3).tolist()


_decoding = Lock()


def decode_pixels(request: dict[str, Any]) -> str:
    """For a browser that cannot fetch the weights: codes `z` (N, 2) of `model` to base64 of uint8 (N, H * W).

    Gradio calls it past its queue, so that it limits itself to one call at a time.
    """
    try:
        name, codes = request["model"], request["z"]
        if name not in MAPS or not 1 <= len(codes) <= MAX_CODES:
            raise ValueError
        loaded = hub.load(name)
        z = torch.cat([read_code(code, loaded) for code in codes])
    except (KeyError, TypeError, ValueError) as error:
        raise gr.Error(
            f"expected a model of {MAPS} and 1 to {MAX_CODES} codes", print_exception=False
        ) from error
    with _decoding, torch.inference_mode():
        images = loaded.model.decode(z).mean(1)
    return base64.b64encode((images * 255).round().byte().numpy().tobytes()).decode()


def build() -> list[link.Linked]:
    """The tab, inside a `gr.Blocks`, and what of it can be linked."""
    with gr.Tab(i18n("manifold.tab"), id="manifold"):
        gr.Markdown(i18n("manifold.intro"), latex_delimiters=LATEX, elem_classes="reading")
        maps, titles = [], ("manifold.vae", "manifold.autoencoder")
        with gr.Row():
            for name, title in zip(MAPS, titles):
                with gr.Column(min_width=330):
                    gr.Markdown(i18n(title))
                    latent_map = LatentMap(elem_id=f"map-{name}")
                    latent_map.ready(
                        friendly(bind_chart(name)),
                        outputs=latent_map,
                        show_progress="hidden",
                        api_visibility="private",
                    )
                    code = code_behind.code_panel(f"code-{name}")
                    # read when the call is made: of several moves Gradio makes one, without their data
                    place = f"document.querySelector('#map-{name} [data-decoder]').latentMap.place"
                    for event in (latent_map.moved, code.parent.expand):
                        event(
                            friendly(bind_code(name)),
                            gr.JSON(visible=False),
                            code,
                            js=f"() => [{place}]",
                            show_progress="hidden",
                            trigger_mode="always_last",
                            api_visibility="private",
                        )
                    maps.append(latent_map)
        gr.Markdown(i18n("manifold.hint"), elem_classes="reading")
        chosen, linked = build_digits(maps)
        build_sliders(maps[1], chosen)
        build_api()
    return [
        *(link.Linked(one, LINKED, own=True, prefix=prefix) for one, prefix in zip(maps, ("", "ae_"))),
        *linked,
    ]


def bind_chart(name: str) -> Callable[[], dict[str, Any]]:
    """`chart` of one model as a handler without inputs."""

    def show_chart() -> dict[str, Any]:
        return chart(name)

    return show_chart


def bind_code(name: str) -> Callable[[dict[str, Any]], str]:
    """`map_code` of one model as a handler."""

    def show_code(place: dict[str, Any]) -> str:
        if not isinstance(place, dict) or place.keys() != {"z", "spacing", "tiles"}:
            raise Problem("request")
        return map_code(name, **place)

    return show_code


def map_code(name: str, z: list[float], spacing: str, tiles: float) -> str:
    """The code behind a map that shows the point `z` and tiles x tiles pictures."""
    loaded = hub.load(name)
    (point,) = read_code(z, loaded).tolist()
    tiles, places = int(check_number("tiles", tiles, 1, MAX_TILES)), check_spacing(spacing, loaded)
    axes = [f"{function.__name__}({', '.join(map(repr, (tiles, *bounds)))})" for function, bounds in places]
    return code_behind.latent_map(loaded, point, axes, f"{name}_point", f"{name}_{spacing}_{tiles}")


def check_spacing(spacing: str, loaded: hub.LoadedModel) -> list[tuple[Callable[..., Tensor], list[float]]]:
    """What places the tiles on each axis of a map and with which numbers; `Problem` for no such spacing."""
    if spacing == "linear":
        return [(evenly, bounds) for bounds in axes(loaded)]
    if spacing == "inverse_gaussian":
        return [(quantiles, list(one)) for one in zip(*gaussian(loaded))]
    raise Problem("choice", name="spacing", value=str(spacing)[:40], allowed=", ".join(get_args(Spacing)))


def build_digits(maps: list[LatentMap]) -> tuple[list[gr.components.Component], list[link.Linked]]:
    """Where a digit lies on the maps and what lies between two.

    Returns the two components whose values say which the first digit is, for `choose`, and what can be
    linked.
    """
    drawn = gr.State(None)
    gr.Markdown(i18n("manifold.digit"), latex_delimiters=LATEX)
    with gr.Row():
        with gr.Column(min_width=300):
            start = sheet_component("manifold.start_sheet", FIRST_DIGITS[0], "manifold-start-sheet")
            # closed, for the drawing board takes as long to set up as all the rest of the tab
            with gr.Accordion(i18n("manifold.sketch"), open=False, elem_id="manifold-draw"):
                sketch = paper(fixed_canvas=True, label=i18n("manifold.sketch"), show_label=False, height=340)
        with gr.Column(min_width=300, scale=2):
            with gr.Row():
                with gr.Column(min_width=110):
                    seen = gr.HTML(elem_id="manifold-seen")
                with gr.Column(min_width=240, scale=3):
                    resampled = gr.HTML(elem_id="manifold-resampled")
                    with gr.Row(elem_id="manifold-resample"):
                        seed = gr.Number(
                            0,
                            precision=0,
                            min_width=110,
                            label=i18n("generate.seed"),
                            elem_id="manifold-seed",
                        )
                        again = gr.Button(i18n("manifold.again"), size="sm", min_width=110, scale=2)
            found = gr.Markdown(elem_id="manifold-found", latex_delimiters=LATEX)
    gr.Markdown(i18n("manifold.between"), elem_id="manifold-between")
    with gr.Row():
        with gr.Column(min_width=300):
            end = sheet_component("manifold.end_sheet", FIRST_DIGITS[1], "manifold-end-sheet")
            steps = gr.Slider(3, 16, 10, step=1, label=i18n("manifold.steps"), elem_id="manifold-steps")
        with gr.Column(min_width=300, scale=2, elem_id="manifold-strips"):
            strips = [gr.HTML(elem_id="manifold-strip-vae"), gr.HTML(elem_id="manifold-strip-autoencoder")]
    code = code_behind.code_panel("manifold-code")

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    sketch.input(
        friendly(from_sketch), [sketch, drawn], drawn, trigger_mode="always_last", **FILES, **private
    )
    start.pick(lambda: None, None, drawn, queue=False, **private)
    again.click(None, seed, seed, js="seed => seed + 1", **private)
    gr.on(  # as one event: of several, a late answer to the one could take the place of a newer one
        [own(start.ready), own(start.pick), drawn.change, end.change, seed.change, steps.release],
        friendly(show_digits),
        [drawn, start, end, seed, steps],
        [seen, resampled, found, *strips, *maps, code],
        trigger_mode="always_last",
        **private,
    )
    linked = [
        link.value("start", start, link.number(0, LAST_DIGIT, whole=True)),
        link.value("end", end, link.number(0, LAST_DIGIT, whole=True)),
        link.value("seed", seed, link.number(0, MAX_SEED, whole=True)),
        link.value("steps", steps),
    ]
    return [drawn, start], linked


def sheet_component(label: str, first: int, elem_id: str) -> DigitPicker:
    """Test digits to choose from, under their caption."""
    gr.Markdown(i18n(label))
    return DigitPicker(first, name=elem_id, elem_id=elem_id)


def choose(drawn: Tensor | None, index: float | None) -> Tensor:
    """The digit (1, 1, 28, 28) that was drawn, or else the test digit of that index."""
    return choose_digit("digit", index, None, None) if drawn is None else drawn


def from_sketch(drawing: str | BinaryIO | None, digit: Tensor | None) -> Tensor | None:
    """The digit (1, 1, 28, 28) drawn; `digit` where nothing is, as when the page has just opened."""
    try:
        return sketch_to_digit(drawing)
    except Problem:
        return digit


def show_digits(drawn: Tensor | None, start: float, end: float, seed: float | None, steps: int) -> list[Any]:
    """All that the tab says about two digits: the drawn or else the test digit `start`, and the one `end`.

    The digit as the encoder sees it, its re-samples, a sentence, a strip between the two for each model, an
    update for each map, and the code behind these pictures.
    """
    seed = int(check_number("seed", seed, 0, MAX_SEED))
    x, y = choose(drawn, start), choose(None, end)
    first, last = code_behind.digit(x)[0], code_behind.digit(y)[0]
    overlays, strips, found, resampled, models = [None, None], ["", ""], [], "", []
    for index, name in enumerate(MAPS):
        try:
            loaded = hub.load(name)
        except hub.ModelUnavailable:  # its map says so; the other one works
            continue
        model = loaded.model
        models.append(loaded)
        overlay = overlays[index] = locate(model, x, seed)
        overlay["end"] = locate(model, y, seed)["mu"]
        if drawn is None:
            overlay["digit"] = int(start)
        strip = to_grid(blend(model, x, y, steps), columns=steps, scale=4)
        key = ("manifold.strip_vae", "manifold.strip_autoencoder")[index]
        alt = img(strip, "manifold.alt.strip", model=name, count=steps)
        strips[index] = picture(alt, words(key), f"{name}_{first}_{last}_{steps}.png", "long")
        if "samples" in overlay:
            codes = [overlay["mu"], *overlay["samples"]]
            images = to_grid(model.decode(torch.tensor(codes)), columns=len(codes), scale=4)
            file = f"{name}_{first}_seed{seed}"
            table = to_csv(("code", "z1", "z2"), [("mu" if i == 0 else i, *z) for i, z in enumerate(codes)])
            caption = f"{words('manifold.resampled')} {download(f'{file}.csv', table)}"
            resampled = picture(img(images, "manifold.alt.resampled"), caption, f"{file}.png", "long")
            found.append(
                "VAE: $\\mu = {}$, $\\sigma = {}$".format(*map(pair, (overlay["mu"], overlay["sigma"])))
            )
        else:
            found.append(f"AE: $z = {pair(overlay['mu'])}$")
    seen = picture(
        img(to_pil(x, PICTURE_SCALE), "manifold.seen"), words("manifold.seen"), f"{first}_seen.png"
    )
    code = code_behind.between(models, x, y, seed, steps, NUM_RESAMPLES, PICTURE_SCALE)
    updates = [gr.update(overlay=overlay) for overlay in overlays]
    return [seen, resampled, " · ".join(found) or None, *strips, *updates, code]


def pair(z: list[float]) -> str:
    """A code as text."""
    return f"({z[0]:.2f}, {z[1]:.2f})"


def locate(model: torch.nn.Module, digit: Tensor, seed: int) -> dict[str, Any]:
    """Where the encoder puts a digit, as `LatentMap` marks it; a VAE also says how sure it is."""
    mu, sigma = code_and_sigma(model, digit)
    if sigma is None:
        return {"mu": mu[0].tolist()}
    noise = torch.randn(NUM_RESAMPLES, mu.shape[1], generator=torch.Generator().manual_seed(seed))
    return {
        "mu": mu[0].tolist(),
        "sigma": sigma[0].tolist(),
        "samples": (mu + sigma * noise).tolist(),
    }


def blend(model: torch.nn.Module, start: Tensor, end: Tensor, steps: int) -> Tensor:
    """Images (steps, C, H, W) decoded on the straight line between the codes of two digits."""
    return model.decode(straight(model.code(start), model.code(end), steps))


def build_sliders(trigger: LatentMap, chosen: list[gr.components.Component]) -> None:
    """The 20-D model, one slider a dimension; `chosen` are the inputs of `choose`."""
    base = gr.State(None)
    gr.Markdown(i18n("manifold.deep"), latex_delimiters=LATEX)
    with gr.Row():
        with gr.Column(min_width=280):
            image = gr.HTML(elem_id="manifold-deep-image", min_height=320)
            with gr.Row():
                origin = gr.Button(i18n("manifold.from_origin"), size="sm", min_width=100)
                mean = gr.Button(i18n("manifold.from_digit"), size="sm", min_width=100)
        with gr.Column(min_width=300, scale=2), gr.Row():
            sliders = [
                gr.Slider(-4, 4, 0, step=0.05, label=f"z{i + 1}", min_width=300) for i in range(NUM_SLIDERS)
            ]

    code = code_behind.code_panel("manifold-deep-code")

    private = {"api_visibility": "private", "show_progress": "hidden"}
    outputs = [base, image, code, *sliders]
    trigger.ready(friendly(start_from_origin), None, outputs, **private)
    origin.click(friendly(start_from_origin), None, outputs, **private)
    mean.click(friendly(start_from_digit), chosen, outputs, **private)

    def move(values: dict[gr.components.Component, Any]) -> tuple[str, str]:
        return decode_sliders(values[base], [values[slider] for slider in sliders])

    for slider in sliders:
        slider.input(friendly(move), {base, *sliders}, [image, code], trigger_mode="always_last", **private)


def active_dimensions(loaded: hub.LoadedModel) -> list[tuple[int, float | None]]:
    """(dimension, its KL in nats) from most to least informative; in order, without KL, where unmeasured."""
    count = loaded.model.config.latent_dim
    kl = read_metrics(loaded.folder).get("kl_per_dimension", {}).get("value")
    if not isinstance(kl, list) or len(kl) != count:
        return [(dimension, None) for dimension in range(count)]
    return sorted(enumerate(kl), key=lambda pair: -pair[1])


def start_from_origin() -> list[Any]:
    """z = 0, its image, and the sliders there."""
    return start_from(torch.zeros(1, hub.load(DEEP).model.config.latent_dim))


def start_from_digit(drawn: Tensor | None, start: float) -> list[Any]:
    """mu of the drawn or else of the test digit `start`, its image, and the sliders there."""
    return start_from(hub.load(DEEP).model.code(choose(drawn, start)))


def start_from(z: Tensor) -> list[Any]:
    """z as a list, its image, the code behind that, and an update of each slider."""
    loaded = hub.load(DEEP)
    active = active_dimensions(loaded)[:NUM_SLIDERS]
    sliders = [
        gr.Slider(
            label=f"z{dimension + 1}" + ("" if kl is None else f" · KL {kl:.2f} nats"),
            value=max(-4.0, min(4.0, round(z[0, dimension].item(), 2))),
        )
        for dimension, kl in active
    ]
    sliders += [gr.Slider(visible=False)] * (NUM_SLIDERS - len(active))
    return [z[0].tolist(), *show_point(loaded, z), *sliders]


def show_point(loaded: hub.LoadedModel, z: Tensor) -> tuple[str, str]:
    """The image of a point (1, latent_dim) as HTML, and the code behind it."""
    (numbers,), case = z.tolist(), f"{loaded.name}_point"
    table = to_csv(("dimension", "z"), enumerate(numbers, 1))
    image = img(to_pil(loaded.model.decode(z), PICTURE_SCALE), "manifold.alt.deep", model=loaded.name)
    caption = f"{words('manifold.deep_image')} {download(f'{case}.csv', table)}"
    return picture(image, caption, f"{case}.png"), code_behind.point(loaded, numbers, PICTURE_SCALE, case)


def decode_sliders(base: list[float] | None, values: list[float]) -> tuple[str, str]:
    """`base` with the most active dimensions replaced by the sliders' values, as `show_point` shows it."""
    loaded = hub.load(DEEP)
    z = [0.0] * loaded.model.config.latent_dim if base is None else list(base)
    for (dimension, _), value in zip(active_dimensions(loaded), values):
        z[dimension] = value
    return show_point(loaded, read_code(z, loaded))


def build_api() -> None:
    """Endpoints without a place on the page."""
    with gr.Row(visible=False):
        image, other = (PictureFile(type="filepath", label=label) for label in ("image", "other"))
        encoder, decoder, mapped = (
            choice("model", names, MAPS[0]) for names in (models_that("encode"), models_that("decode"), MAPS)
        )
        rows, steps = gr.Number(20, label="rows"), gr.Number(10, label="steps")
        spacing, limit = choice("spacing", get_args(Spacing), "linear"), gr.Number(None, label="limit")
        z, code = Code(label="z"), gr.JSON(label="code")
        result = gr.Image(format="png", type="pil", label="result")
    for handler, inputs, output, group in (
        (encode, [image, encoder], code, FILES),
        (decode, [z, decoder], result, LIGHT),
        (manifold, [mapped, rows, spacing, limit], result, HEAVY),
        (interpolate, [image, other, encoder, steps], result, FILES),
    ):
        gr.on([], friendly(handler), inputs, output, api_name=handler.__name__, **group)


def encode(image: str, model: str) -> dict[str, list[float]]:
    """Where an encoder puts a picture of a digit in its latent space.

    Args:
        image: picture of one handwritten digit, dark on light or light on dark (in MCP, a data URL); it is
            centred and scaled as MNIST's were
        model: the encoder

    Returns:
        {"mu": [...], "sigma": [...]} of a VAE's q(z|x) = N(mu, sigma^2), {"z": [...]} of an autoencoder
    """
    network, digit = hub.load(model, "encode").model, to_digit(read_image(image))
    mu, sigma = code_and_sigma(network, digit)
    if sigma is None:
        return {"z": mu[0].tolist()}
    return {"mu": mu[0].tolist(), "sigma": sigma[0].tolist()}


def decode(z: list[float], model: str) -> Image.Image:
    """The picture that a decoder or generator makes of a point of its latent space.

    Args:
        z: as many numbers as the latent space has dimensions (2 where the model's name ends in 2d, 20 in
            20d and for dcgan-mnist, 64 for gan-mnist, 128 for the sparse autoencoder, 32 for the others),
            each from -10000 to 10000; samples lie mostly within 3 of 0
        model: the decoder

    Returns:
        the picture, each of its 28x28 pixels drawn as 10x10
    """
    loaded = hub.load(model, "decode")
    return to_pil(loaded.model.decode(read_code(z, loaded)), PICTURE_SCALE)


def manifold(
    model: str, rows: int = 20, spacing: Spacing = "linear", limit: float | None = None
) -> Image.Image:
    """The grid of pictures that a two-dimensional latent space decodes to: z1 to the right, z2 upwards.

    Args:
        model: the decoder
        rows: pictures along each axis, an integer from 2 to 40
        spacing: linear, or inverse_gaussian for equal shares of the prior N(0, I), as in figure 4 of Kingma &
            Welling (2014); for the autoencoder, of a Gaussian fitted to the codes of the test digits
        limit: a linear grid covers [-limit, limit] on both axes, 0.01 to 10000; without it, the range of the
            codes of the test digits

    Returns:
        rows x rows pictures of 28x28 pixels, without gaps
    """
    if model in MODELS and model not in MAPS:
        raise Problem("choice", name="model", value=model, allowed=", ".join(MAPS))
    loaded, rows = hub.load(model, "decode"), int(check_number("rows", rows, 2, MAX_ROWS))
    places = check_spacing(spacing, loaded)
    if spacing == "linear" and limit is not None:
        limit = check_number("limit", limit, 0.01, MAX_LATENT)
        places = [(evenly, [-limit, limit])] * 2
    z1, z2 = (function(rows, *bounds) for function, bounds in places)
    return to_grid(loaded.model.decode(grid(z1, z2)), columns=rows, padding=0)


def interpolate(image: str, other: str, model: str, steps: int = 10) -> Image.Image:
    """Pictures on the straight line between the codes (for a VAE the means) of two digits.

    Args:
        image: picture of the first digit, dark on light or light on dark (in MCP, a data URL)
        other: picture of the last digit, in the same way
        model: the encoder and decoder
        steps: pictures, both ends included, an integer from 2 to 32

    Returns:
        one row of pictures, each of their 28x28 pixels drawn as 4x4
    """
    network, steps = hub.load(model, "encode").model, int(check_number("steps", steps, 2, MAX_STEPS))
    start, end = to_digit(read_image(image)), to_digit(read_image(other))
    return to_grid(blend(network, start, end, steps), columns=steps, scale=4)


def read_code(z: Any, loaded: hub.LoadedModel) -> Tensor:
    """A visitor's code as a tensor (1, latent_dim), or a `Problem`."""
    latent_dim = loaded.model.config.latent_dim
    sound = isinstance(z, list) and len(z) == latent_dim
    if not sound or not all(isinstance(value, int | float) and abs(value) <= MAX_LATENT for value in z):
        raise Problem("latent", model=loaded.name, latent_dim=latent_dim, most=MAX_LATENT, value=z)
    return torch.tensor([z], dtype=torch.float32)
