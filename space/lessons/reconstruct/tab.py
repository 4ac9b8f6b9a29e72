"""The reconstruction tab: one image through one autoencoder, or through the whole family.

The figures computed here are of the one image shown; those of the table below it come from each model's
metrics.json. The equations are in `space.text.reconstruct`.
"""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from typing import Any, get_args

import gradio as gr
import torch
from PIL import Image
from torch import Tensor

from space.models import code_and_sigma, models_that
from space.models.autoencoder import NoiseKind, corrupt
from space.page import code_behind, link
from space.page.components import PictureFile, blank_paper, choice, paper
from space.page.digits import LAST_DIGIT, SOURCES, DigitPicker, choose_digit, read_drawing, read_upload
from space.page.handlers import FILES, friendly
from space.page.markup import download, img, metric_name, metric_value, picture, source_badge, titled, to_csv
from space.page.words import LATEX, i18n, words
from space.pictures.files import read_image
from space.pictures.inputs import to_digit
from space.pictures.outputs import to_heat, to_pil
from space.pictures.sheets import digit_sheet
from space.text.limits import MAX_SEED
from space.text.refusals import Problem, check_number
from space.weights.hub import LoadedModel, load
from space.weights.model_folder import ModelUnavailable
from space.weights.side_files import read_metrics

RECONSTRUCTORS = models_that("encode")
FAMILY = "family"
NOISES = ("none", *get_args(NoiseKind))
SCALE = 8
FIGURES = (
    "reconstruction_psnr",
    "linear_probe_accuracy",
    "active_fraction",
    "jacobian_norm",
    "jacobian_norm_relative",
    *(f"denoised_psnr_{kind}" for kind in get_args(NoiseKind)),
)


@dataclass(frozen=True)
class Reconstruction:
    """One image x (1, 1, 28, 28) through a model, with and without noise."""

    loaded: LoadedModel
    x: Tensor
    noisy: Tensor
    output: Tensor
    z: list[float]
    """the latent vector; mu for a VAE"""
    sigma: list[float] | None
    """standard deviations of q(z|x), for a VAE"""

    @property
    def mse(self) -> float:
        """Of the reconstruction to the clean x."""
        return (self.output - self.x).square().mean().item()

    @property
    def noisy_mse(self) -> float:
        """Of the noisy input to the clean x."""
        return (self.noisy - self.x).square().mean().item()


def psnr(mse: float) -> float:
    """Peak signal-to-noise ratio in dB, peak 1; infinite without an error."""
    return -10 * math.log10(mse) if mse > 0 else math.inf


def add_noise(x: Tensor, kind: str, level: float, seed: int) -> Tensor:
    """`x` with noise; a seed gives the same noise at any time, scaled by the level."""
    if kind not in NOISES:
        raise Problem("choice", name="noise", value=kind, allowed=", ".join(NOISES))
    level, seed = check_number("level", level, 0, 1), check_number("seed", seed, 0, MAX_SEED)
    if kind == "none":
        return x
    rng = torch.Generator().manual_seed(int(seed))
    return corrupt(x, kind, level, torch.rand(x.shape, generator=rng), torch.randn(x.shape, generator=rng))


def reconstruct(x: Tensor, noisy: Tensor, name: str) -> Reconstruction:
    """`noisy` through the model `name`; raises `Problem` or `ModelUnavailable`."""
    loaded = load(name, "encode")
    shape = loaded.model.config.image_shape
    if shape != x.shape[1:]:
        wanted = "×".join(map(str, shape))
        raise ModelUnavailable(name, f"it takes images of {wanted}, not of 1×28×28")
    z, sigma = code_and_sigma(loaded.model, noisy)
    spread = None if sigma is None else sigma[0].tolist()
    return Reconstruction(loaded, x, noisy, loaded.model.decode(z), z[0].tolist(), spread)


def show(
    source: str,
    digit: float,
    drawn: Tensor | None,
    uploaded: Tensor | None,
    model: str,
    noise: str,
    level: float,
    seed: float,
) -> tuple[str, str]:
    """The result as HTML, of one model large or of the whole family side by side; and the code behind it."""
    try:
        x = choose_digit(source, digit, drawn, uploaded)
    except Problem as problem:  # nothing drawn yet is no error, but a hint where the result will be
        if problem.key not in ("problem.empty_drawing", "problem.no_image"):
            raise
        return f'<p class="notice">{words(problem.key)}</p>', ""
    noisy = add_noise(x, noise, level, seed)
    name, code = ("upload", f"to_digit(read_image({code_behind.UPLOAD}))")
    if source != "upload":
        name, code = code_behind.digit(x)
    case = name if noise == "none" else f"{name}_{noise}-{level:g}_seed{int(seed)}"
    if model == FAMILY:
        results = _whole_family(x, noisy)
        models = [result.loaded for result in results.values() if isinstance(result, Reconstruction)]
        page = _show_family(x, noisy, results, case)
    else:
        result = reconstruct(x, noisy, model)
        models, page = [result.loaded], _show_one(result, case)
    return page, code_behind.reconstruct(models, code, case, noise, level, int(seed), SCALE) if models else ""


def reconstruct_api(
    image: str, model: str, noise: str = "none", level: float = 0.5, seed: int = 0
) -> tuple[Image.Image, Image.Image, Image.Image, Image.Image, dict[str, Any]]:
    """Squeeze a picture of a digit through an autoencoder and rebuild it; noise is added first where wanted.

    Args:
        image: picture of one handwritten digit, dark on light or light on dark (in MCP, a data URL); it is
            centred and scaled as MNIST's were
        model: the encoder and decoder
        noise: kind of noise
        level: strength of the noise, 0 to 1
        seed: of the noise, an integer from 0 (default) to 4294967295; the same seed gives the same noise

    Returns:
        four pictures of 28x28 pixels: the input x, x with noise, the reconstruction, and its error to x from
            black (0) to pale yellow (1)
        source and commit of the model, the latent vector, the mean squared error, and PSNR in dB of the
            reconstruction and of the noisy input
    """
    x = to_digit(read_image(image))
    result = reconstruct(x, add_noise(x, noise, level, seed), model)
    decibel = [psnr(mse) for mse in (result.mse, result.noisy_mse)]
    decibel = [value if math.isfinite(value) else None for value in decibel]  # JSON has no infinity
    numbers = {
        "model": model,
        "source": result.loaded.source,
        "commit": result.loaded.commit,
        "reason": result.loaded.reason,
        "latent": result.z,
        "sigma": result.sigma,
        "mse": result.mse,
        "psnr": decibel[0],
        "psnr_noisy": decibel[1],
        "bytes_image": x.numel(),
        "bytes_latent": 4 * len(result.z),
    }
    return to_pil(x), to_pil(result.noisy), to_pil(result.output), error_map(result), numbers


def error_map(result: Reconstruction, scale: int = 1) -> Image.Image:
    """|x - x'| from 0 (black) through violet to 1 (pale yellow)."""
    return to_heat((result.output - result.x).abs()[0, 0], scale)


def _figure(image: Image.Image, key: str, caption: str, file: str, model: str = "") -> str:
    """One of the pictures, `key` x, noisy, output or error, at its full size."""
    return picture(img(image, f"reconstruct.alt.{key}", model=model), caption, file)


def _input_figures(x: Tensor, noisy: Tensor, case: str) -> str:
    same = torch.equal(noisy, x)
    caption = f"{words('reconstruct.noisy')} <i>x̃{' = x' if same else ''}</i>"
    return _figure(to_pil(x, SCALE), "x", f"{words('reconstruct.x')} <i>x</i>", f"{case}_x.png") + _figure(
        to_pil(noisy, SCALE), "noisy", caption, f"{case}_noisy.png"
    )


def _output_figures(result: Reconstruction, case: str, captions: tuple[str, str]) -> str:
    name, (output, error) = result.loaded.name, captions
    file = f"{name}_{case}_reconstruction.png"
    return _figure(to_pil(result.output, SCALE), "output", output, file, name) + _figure(
        error_map(result, SCALE), "error", error, f"{name}_{case}_error.png", name
    )


def _latents(results: Sequence[Reconstruction], case: str) -> str:
    """A button for the latent vectors as a table."""
    rows = [
        (result.loaded.name, unit, value, result.sigma[unit - 1] if result.sigma else None)
        for result in results
        for unit, value in enumerate(result.z, 1)
    ]
    name = results[0].loaded.name if len(results) == 1 else FAMILY
    return download(f"{name}_{case}_z.csv", to_csv(("model", "unit", "z", "sigma"), rows))


def _show_one(result: Reconstruction, case: str) -> str:
    before, after = result.x.numel(), 4 * len(result.z)
    tiles = [
        ("psnr", f"{psnr(result.mse):.2f} dB", words("reconstruct.to_clean")),
        ("psnr_noisy", f"{psnr(result.noisy_mse):.2f} dB", words("reconstruct.to_clean")),
        ("mse", f"{result.mse:.4f}", words("reconstruct.to_clean")),
        ("bytes", f"{before / after:.1f} : 1", words("reconstruct.bytes.note", before=before, after=after)),
    ]
    numbers = "".join(
        f"<div><dt>{words(f'reconstruct.{key}')}</dt><dd>{value}</dd><dd class='note'>{note}</dd></div>"
        for key, value, note in tiles
    ).replace("inf dB", "∞")
    sigma = f" <small>{words('reconstruct.latent.sigma')}</small>" if result.sigma else ""
    latent = f"{words('reconstruct.latent')} <i>z</i>{sigma}"
    scale = '<span class="scale">0<b></b>1</span>'
    captions = (
        f"{words('reconstruct.output')} <i>x′</i>",
        f"{words('reconstruct.error')} <i>|x − x′|</i> {scale}",
    )
    pictures = _input_figures(result.x, result.noisy, case) + _output_figures(result, case, captions)
    return (
        f'<div class="row-of-pixels">{pictures}</div>'
        f'<dl class="tiles">{numbers}</dl>'
        f"{titled('h2', latent, _latents([result], case))}"
        f"{latent_bars(result.z, result.sigma)}"
        f"{source_badge(result.loaded)}"
    )


def _whole_family(x: Tensor, noisy: Tensor) -> dict[str, Reconstruction | ModelUnavailable]:
    results: dict[str, Reconstruction | ModelUnavailable] = {}
    for name in RECONSTRUCTORS:
        try:
            results[name] = reconstruct(x, noisy, name)
        except ModelUnavailable as error:
            results[name] = error
    return results


def _show_family(
    x: Tensor, noisy: Tensor, results: dict[str, Reconstruction | ModelUnavailable], case: str
) -> str:
    good = [r for r in results.values() if isinstance(r, Reconstruction)]
    errors = [r.mse for r in good]
    cards = []
    for name, result in results.items():
        title = f"<h2>{words(f'model.{name}')}</h2>"
        if isinstance(result, ModelUnavailable):
            sentence = words("source.unavailable", reason=result.reason)
            cards.append(f'<section class="card">{title}<p class="notice">{sentence}</p></section>')
            continue
        best = f" <mark>{words('measure.best')}</mark>" if result.mse == min(errors) else ""
        pictures = _output_figures(result, case, ("<i>x′</i>", "<i>|x − x′|</i>"))
        cards.append(
            f'<section class="card">{title}<div class="pair">{pictures}</div>'
            f'<p class="score">{psnr(result.mse):.2f} dB{best} <small>{len(result.z)} × 4 B</small></p>'
            f"{latent_bars(result.z, result.sigma, small=True)}{source_badge(result.loaded)}</section>"
        )
    inputs = f'<div class="row-of-pixels">{_input_figures(x, noisy, case)}</div>'
    latents = f"<span>{words('reconstruct.latent')} <i>z</i></span> {_latents(good, case)}"
    table = f'<p class="titled">{latents}</p>' if good else ""
    return f'{inputs}<div class="cards">{"".join(cards)}</div>{table}'


def latent_bars(z: list[float], sigma: list[float] | None = None, small: bool = False) -> str:
    """The latent vector as bars up and down from zero, with whiskers of +-sigma; SVG."""
    width, height, left, bottom = (320, 70, 0, 64) if small else (640, 150, 60, 124)
    zero, step = (bottom + 8) / 2, (width - left) / len(z)
    most = max(abs(value) + spread for value, spread in zip(z, sigma or [0.0] * len(z))) or 1.0
    unit, thickness = (bottom - 8) / 2 / most, min(step * 0.7, 60)

    every = 1 if len(z) <= 10 else max(4, len(z) // 8)  # units from one number to the next
    parts = [f'<path class="axis" d="M{left} {zero}H{width}"/>']
    for i, value in enumerate(z):
        x, size = left + step * (i + 0.5), abs(value) * unit
        y, css = (zero - size, "plus") if value >= 0 else (zero, "minus")
        label = f"z{i + 1} = {value:.3f}" + (f" ± {sigma[i]:.3f}" if sigma else "")
        parts.append(
            f'<rect class="{css}" x="{x - thickness / 2:.1f}" y="{y:.1f}" width="{thickness:.1f}" '
            f'height="{max(size, 0.75):.1f}"><title>{label}</title></rect>'
        )
        if sigma:
            low, high = zero - (value - sigma[i]) * unit, zero - (value + sigma[i]) * unit
            parts.append(f'<path class="whisker" d="M{x:.1f} {low:.1f}V{high:.1f}"/>')
        if not small and (i == 0 or (i + 1) % every == 0):
            parts.append(f'<text x="{x:.1f}" y="{height - 6}" text-anchor="middle">{i + 1}</text>')
    if not small:
        parts += [
            f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
            for label, y in ((f"{most:.3g}", 8), ("0", zero), (f"−{most:.3g}", bottom))
        ]
    label = ", ".join(f"{value:.2f}" for value in z)
    return (
        f'<svg class="latent" viewBox="0 0 {width} {height}" role="img" aria-label="z = ({label})">'
        f"{''.join(parts)}</svg>"
    )


def measured_table() -> str:
    """The family's figures from their metrics.json as a table, best ones marked, protocols below."""

    def read(name: str) -> dict[str, Any]:
        try:
            metrics = read_metrics(load(name).folder)
        except ModelUnavailable:
            return {}
        return {key: metric for key, metric in metrics.items() if not isinstance(metric["value"], list)}

    # all at a time: a Hub that does not answer is waited for once, not in turn
    with ThreadPoolExecutor(len(RECONSTRUCTORS)) as pool:
        family = dict(zip(RECONSTRUCTORS, pool.map(read, RECONSTRUCTORS)))
    figures = [key for key in FIGURES if any(key in metrics for metrics in family.values())]
    if not figures:
        return ""
    head, best, noisy, protocols = [], {}, [], []
    for key in figures:
        shown = [metrics[key] for metrics in family.values() if key in metrics]
        better = shown[0].get("better")
        arrow = ""
        if better in ("higher", "lower"):
            best[key] = (max if better == "higher" else min)(figure["value"] for figure in shown)
            arrow = " ↑" if better == "higher" else " ↓"
        unit = escape(str(shown[0].get("unit") or ""))
        head.append(f"<th scope='col'>{metric_name(key)}<small>{unit}{arrow}</small></th>")
        base = [m[k] for m in family.values() if (k := key.replace("denoised", "noisy")) != key and k in m]
        noisy.append(f"<td>{metric_value(base[0], with_unit=False)}</td>" if base else "<td></td>")
        said = list(dict.fromkeys(str(figure.get("protocol", "")) for figure in shown))
        protocols.append(f"<li><b>{metric_name(key)}</b>: {' / '.join(map(escape, said))}</li>")
    rows = []
    for name, metrics in family.items():
        cells = []
        for key in figures:
            if key not in metrics:
                cells.append("<td>–</td>")
                continue
            title = escape(str(metrics[key].get("protocol", "")), quote=True)
            value = metric_value(metrics[key], with_unit=False)
            if metrics[key]["value"] == best.get(key):
                value = f"<mark>{value}</mark>"
            cells.append(f'<td title="{title}">{value}</td>')
        rows.append(f"<tr><th scope='row'>{words(f'model.{name}')}</th>{''.join(cells)}</tr>")
    if any(cell != "<td></td>" for cell in noisy):
        label = words("reconstruct.measured.noisy")
        rows.append(f"<tr class='baseline'><th scope='row'>{label}</th>{''.join(noisy)}</tr>")
    table = to_csv(
        ("model", *figures),
        [
            (name, *(metrics[key]["value"] if key in metrics else None for key in figures))
            for name, metrics in family.items()
        ],
    )
    return (
        f"{titled('h2', words('reconstruct.measured'), download('autoencoders.csv', table))}"
        f'<div class="scroll" tabindex="0"><table>'
        f"<thead><tr><th scope='col'>{words('reconstruct.measured.model')}</th>{''.join(head)}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        f"<details><summary>{words('measure.protocol')}</summary><ul>{''.join(protocols)}</ul></details>"
    )


def _objective(model: str) -> Any:
    if model not in RECONSTRUCTORS and model != FAMILY:
        raise Problem("unknown_model", model=model, allowed=", ".join(RECONSTRUCTORS))
    return i18n(f"reconstruct.objective.{model}")


def _panels(source: str) -> list[Any]:
    return [gr.update(visible=source == name) for name in SOURCES]


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("reconstruct.tab"), id="reconstruct", elem_id="reconstruct-tab"):
        gr.Markdown(
            i18n("reconstruct.intro"),
            latex_delimiters=LATEX,
            elem_id="reconstruct-intro",
            elem_classes="reading",
        )
        with gr.Row():
            with gr.Column(scale=2, min_width=300, elem_classes="sticky"):
                source = gr.Radio(
                    [(i18n(f"reconstruct.source.{name}"), name) for name in SOURCES],
                    value="digit",
                    label=i18n("reconstruct.source"),
                    elem_id="reconstruct-source",
                )
                with gr.Column(visible=True) as digit_panel:
                    digit = DigitPicker(7 * digit_sheet().shape[1], elem_id="reconstruct-digits")
                with gr.Column(visible=False) as draw_panel:
                    sketch = paper(label=i18n("reconstruct.sketch"), elem_id="reconstruct-sketch")
                with gr.Column(visible=False) as upload_panel:
                    upload = PictureFile(
                        type="filepath",
                        sources=["upload", "clipboard"],
                        height=250,
                        label=i18n("reconstruct.upload"),
                        elem_id="reconstruct-upload",
                    )
                model = gr.Dropdown(
                    [
                        (i18n("reconstruct.family"), FAMILY),
                        *((i18n(f"model.{name}"), name) for name in RECONSTRUCTORS),
                    ],
                    value="autoencoder-mnist",
                    label=i18n("reconstruct.model"),
                    filterable=False,
                    elem_id="reconstruct-model",
                )
                objective = gr.Markdown(
                    i18n("reconstruct.objective.autoencoder-mnist"),
                    latex_delimiters=LATEX,
                    elem_id="reconstruct-objective",
                )
            with gr.Column(scale=3, min_width=320):
                noise = gr.Radio(
                    [(i18n(f"reconstruct.noise.{kind}"), kind) for kind in NOISES],
                    value="none",
                    label=i18n("reconstruct.noise"),
                    elem_id="reconstruct-noise",
                )
                with gr.Row():
                    level = gr.Slider(
                        0,
                        1,
                        0.5,
                        step=0.05,
                        scale=3,
                        min_width=260,
                        buttons=[],
                        label=i18n("reconstruct.level"),
                        info=i18n("reconstruct.level.info"),
                        elem_id="reconstruct-level",
                    )
                    seed = gr.Number(
                        0,
                        precision=0,
                        scale=1,
                        min_width=120,
                        label=i18n("reconstruct.seed"),
                        info=i18n("reconstruct.seed.info"),
                        elem_id="reconstruct-seed",
                    )
                result = gr.HTML(elem_id="reconstruct-result", min_height=420)
                code = code_behind.code_panel("reconstruct-code")
        table = gr.HTML(elem_id="reconstruct-measured")

        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        drawn, uploaded = gr.State(None), gr.State(None)
        source.change(_panels, source, [digit_panel, draw_panel, upload_panel], queue=False, **private)
        sketch.input(friendly(read_drawing), sketch, drawn, trigger_mode="always_last", **FILES, **private)
        sketch.clear(lambda: (blank_paper(), None), None, [sketch, drawn], **private)
        read = upload.change(friendly(read_upload), upload, uploaded, **FILES, **private)
        read.failure(lambda: None, None, uploaded, **private)  # no reconstruction of the picture before
        gr.on(  # at load, and whenever a value changes
            fn=friendly(show),
            inputs=[source, digit, drawn, uploaded, model, noise, level, seed],
            outputs=[result, code],
            trigger_mode="always_last",
            **private,
        )
        # after `show`: the page makes the calls of an event one after the other
        model.change(friendly(_objective), model, objective, **private)
        gr.on(fn=friendly(measured_table), inputs=[], outputs=table, **private)
        _build_api()
    return [
        link.value("source", source),
        link.value("digit", digit, link.number(0, LAST_DIGIT, whole=True)),
        link.value("model", model),
        link.value("noise", noise),
        link.value("level", level),
        link.value("seed", seed, link.number(0, MAX_SEED, whole=True)),
    ]


def _build_api() -> None:
    """The endpoint /reconstruct: components that are not on the page give it files in and out."""
    with gr.Row(visible=False):
        inputs = [
            PictureFile(type="filepath", label="image"),
            choice("model", RECONSTRUCTORS, "autoencoder-mnist"),
            choice("noise", NOISES, "none"),
            gr.Number(0.5, label="level"),
            gr.Number(0, label="seed"),
        ]
        outputs = [
            *(gr.Image(format="png", label=name) for name in ("input", "noisy", "reconstruction", "error")),
            gr.JSON(label="numbers"),
        ]
        handler = friendly(reconstruct_api, "reconstruct")
        gr.Button().click(handler, inputs, outputs, api_name="reconstruct", **FILES)
