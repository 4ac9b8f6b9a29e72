"""What the reconstruction lesson looks like: its results, bars of a latent vector, the table of metrics."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from space.lessons.reconstruct.work import FAMILY, METRICS, Reconstruction, best_value, psnr
from space.page.markup import (
    download,
    img,
    metric_name,
    metric_value,
    notice,
    picture,
    protocols,
    source_badge,
    tiles,
    titled,
    to_csv,
    unavailable,
)
from space.page.words import words
from space.pictures.outputs import to_heat, to_pil
from space.weights.model_folder import ModelUnavailable
from space.weights.side_files import Metrics

SCALE = 8
"""pixels a side that each pixel of a digit is shown with"""


def one_model(result: Reconstruction, case: str) -> str:
    """One reconstruction large; `case` is the part of the file names that tells input and noise."""
    before, after = result.x.numel(), 4 * len(result.z)
    to_clean = words("reconstruct.to_clean")
    numbers = [
        ("psnr", _decibel(result.mse), to_clean),
        ("psnr_noisy", _decibel(result.noisy_mse), to_clean),
        ("mse", f"{result.mse:.4f}", to_clean),
        ("bytes", f"{before / after:.1f} : 1", words("reconstruct.bytes.note", before=before, after=after)),
    ]
    sigma = f" <small>{words('reconstruct.latent.sigma')}</small>" if result.sigma else ""
    title = f"{words('reconstruct.latent')} <i>z</i>{sigma}"
    scale = '<span class="scale">0<b></b>1</span>'
    captions = (
        f"{words('reconstruct.output')} <i>x′</i>",
        f"{words('reconstruct.error')} <i>|x − x′|</i> {scale}",
    )
    pictures = _input_pictures(result.x, result.noisy, case) + _output_pictures(result, case, captions)
    return (
        f'<div class="row-of-pixels">{pictures}</div>'
        f"{tiles([(words(f'reconstruct.{key}'), value, note) for key, value, note in numbers])}"
        f"{titled('h2', title, _download_codes([result], case))}"
        f"{latent_bars(result.z, result.sigma)}"
        f"{source_badge(result.loaded)}"
    )


def all_models(
    x: Tensor, noisy: Tensor, results: Mapping[str, Reconstruction | ModelUnavailable], case: str
) -> str:
    """The reconstructions of all models side by side, the best one marked."""
    good = [result for result in results.values() if isinstance(result, Reconstruction)]
    least = min((result.mse for result in good), default=None)
    cards = "".join(_card(name, result, least, case) for name, result in results.items())
    inputs = f'<div class="row-of-pixels">{_input_pictures(x, noisy, case)}</div>'
    codes = f"<span>{words('reconstruct.latent')} <i>z</i></span> {_download_codes(good, case)}"
    return f'{inputs}<div class="cards">{cards}</div>' + (f'<p class="titled">{codes}</p>' if good else "")


def _card(name: str, result: Reconstruction | ModelUnavailable, least: float | None, case: str) -> str:
    """One of several models; `least` is the smallest error of all."""
    title = f"<h2>{words(f'model.{name}')}</h2>"
    if isinstance(result, ModelUnavailable):
        return f'<section class="card">{title}{notice(unavailable(result))}</section>'
    best = f" <mark>{words('measure.best')}</mark>" if result.mse == least else ""
    pictures = _output_pictures(result, case, ("<i>x′</i>", "<i>|x − x′|</i>"))
    return (
        f'<section class="card">{title}<div class="pair">{pictures}</div>'
        f'<p class="score">{psnr(result.mse):.2f} dB{best} <small>{len(result.z)} × 4 B</small></p>'
        f"{latent_bars(result.z, result.sigma, small=True)}{source_badge(result.loaded)}</section>"
    )


def error_map(result: Reconstruction, scale: int = 1) -> Image.Image:
    """|x - x'| from 0 (black) through violet to 1 (pale yellow)."""
    return to_heat(result.error, scale)


def _decibel(mse: float) -> str:
    return f"{psnr(mse):.2f} dB".replace("inf dB", "∞")


def _picture(image: Image.Image, key: str, caption: str, file: str, model: str = "") -> str:
    """One picture, `key` x, noisy, output or error, at its full size."""
    return picture(img(image, f"reconstruct.alt.{key}", model=model), caption, file)


def _input_pictures(x: Tensor, noisy: Tensor, case: str) -> str:
    same = torch.equal(noisy, x)
    caption = f"{words('reconstruct.noisy')} <i>x̃{' = x' if same else ''}</i>"
    return _picture(to_pil(x, SCALE), "x", f"{words('reconstruct.x')} <i>x</i>", f"{case}_x.png") + _picture(
        to_pil(noisy, SCALE), "noisy", caption, f"{case}_noisy.png"
    )


def _output_pictures(result: Reconstruction, case: str, captions: tuple[str, str]) -> str:
    name, (output, error) = result.loaded.name, captions
    file = f"{name}_{case}_reconstruction.png"
    return _picture(to_pil(result.output, SCALE), "output", output, file, name) + _picture(
        error_map(result, SCALE), "error", error, f"{name}_{case}_error.png", name
    )


def _download_codes(results: Sequence[Reconstruction], case: str) -> str:
    """A button that saves the latent vectors as a table."""
    rows = [
        (result.loaded.name, unit, value, result.sigma[unit - 1] if result.sigma else None)
        for result in results
        for unit, value in enumerate(result.z, 1)
    ]
    name = results[0].loaded.name if len(results) == 1 else FAMILY
    return download(f"{name}_{case}_z.csv", to_csv(("model", "unit", "z", "sigma"), rows))


def latent_bars(z: Sequence[float], sigma: Sequence[float] | None = None, small: bool = False) -> str:
    """A latent vector as bars up and down from zero, with whiskers of +-sigma; SVG."""
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


def measured_table(measured: Mapping[str, Metrics]) -> str:
    """The metrics of each model (by its name) as a table, the best ones marked, protocols below."""
    keys = [key for key in METRICS if any(key in metrics for metrics in measured.values())]
    if not keys:
        return ""
    columns = {key: [metrics[key] for metrics in measured.values() if key in metrics] for key in keys}
    best = {key: best_value(column) for key, column in columns.items()}
    head = "".join(_heading(key, column[0]) for key, column in columns.items())
    rows = "".join(
        f"<tr><th scope='row'>{words(f'model.{name}')}</th>"
        f"{''.join(_cell(metrics.get(key), best[key]) for key in keys)}</tr>"
        for name, metrics in measured.items()
    )
    table = to_csv(
        ("model", *keys),
        [
            (name, *(metrics[key]["value"] if key in metrics else None for key in keys))
            for name, metrics in measured.items()
        ],
    )
    ways = {
        key: list(dict.fromkeys(str(metric.get("protocol", "")) for metric in column))
        for key, column in columns.items()
    }
    return (
        f"{titled('h2', words('reconstruct.measured'), download('autoencoders.csv', table))}"
        f'<div class="scroll" tabindex="0"><table>'
        f"<thead><tr><th scope='col'>{words('reconstruct.measured.model')}</th>{head}</tr></thead>"
        f"<tbody>{rows}{_noisy_row(keys, measured)}</tbody></table></div>"
        f"{protocols(ways)}"
    )


def _heading(key: str, metric: dict[str, Any]) -> str:
    """A column's name, unit, and an arrow towards better values."""
    unit = escape(str(metric.get("unit") or ""))
    arrow = {"higher": " ↑", "lower": " ↓"}.get(metric.get("better"), "")
    return f"<th scope='col'>{metric_name(key)}<small>{unit}{arrow}</small></th>"


def _cell(metric: dict[str, Any] | None, best: float | None) -> str:
    if metric is None:
        return "<td>–</td>"
    value = metric_value(metric, with_unit=False)
    if metric["value"] == best:
        value = f"<mark>{value}</mark>"
    return f'<td title="{escape(str(metric.get("protocol", "")), quote=True)}">{value}</td>'


def _noisy_row(keys: Sequence[str], measured: Mapping[str, Metrics]) -> str:
    """The last row: how far the noisy inputs themselves are from the clean ones."""
    cells = []
    for key in keys:
        noisy = key.replace("denoised", "noisy")
        found = [metrics[noisy] for metrics in measured.values() if noisy != key and noisy in metrics]
        cells.append(f"<td>{metric_value(found[0], with_unit=False)}</td>" if found else "<td></td>")
    if all(cell == "<td></td>" for cell in cells):
        return ""
    label = words("reconstruct.measured.noisy")
    return f"<tr class='baseline'><th scope='row'>{label}</th>{''.join(cells)}</tr>"
