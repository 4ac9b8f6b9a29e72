"""What the reconstruction lesson looks like: the markup of its results, and the table of metrics."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from PIL import Image

from space.lessons.reconstruct.work import METRICS, RECONSTRUCTORS, Reconstruction, best_value
from space.page import diagram, digits
from space.page.markup import computed, download, metric_name, metric_value, protocols, titled, to_csv
from space.page.words import words
from space.pictures.outputs import to_heat
from space.weights.side_files import Metrics

SCALE = 8
"""pixels a side that each pixel of a digit is kept with"""
PROBLEMS = (*digits.PROBLEMS, "problem.number", "problem.no_number")
"""keys of `Problem`s that the script says"""


def _picture(key: str, caption: str) -> str:
    """One picture, `key` x, noisy, output, error or share; the script draws it and says what it shows."""
    caption = f"<figcaption>{caption}</figcaption>"
    return f'<figure class="pixels {key}"><img alt="">{download(".png")}{caption}</figure>'


def _tile(key: str, note: str) -> str:
    name = words(f"reconstruct.{key}")
    return f'<div class="{key}"><dt>{name}</dt><dd></dd><dd class="note">{note}</dd></div>'


INPUTS = _picture("x", f"{words('reconstruct.x')} <i>x</i>") + _picture(
    "noisy", f"{words('reconstruct.noisy')} <i>x̃</i>"
)
OUTPUTS = _picture("output", f"{words('reconstruct.output')} <i>x′</i>") + _picture(
    "error",
    f'{words("reconstruct.error")} <i>|x − x′|</i> <span class="scale">0<b></b>1</span>',
)
NUMBERS = "".join(_tile(key, words("reconstruct.to_clean")) for key in ("psnr", "psnr_noisy", "mse"))
SHARE = _picture("share", "<span></span>")
LATENT = f"{words('reconstruct.latent')} <i>z</i>"
ALONE = f"""
<div class="row-of-pixels">{INPUTS}{OUTPUTS}</div>
<dl class="tiles">{NUMBERS}{_tile("bytes", "")}</dl>
<div class="titled"><h2>{LATENT} <small class="with-sigma">{words("reconstruct.latent.sigma")}</small></h2>
  {download(".csv")}
  <button type="button" class="reset" disabled>{words("reconstruct.latent.reset")}</button></div>
<p class="hint">{words("reconstruct.latent.hint")}</p>
<div class="with-unit"><svg class="latent"></svg>{SHARE}</div>
<div class="badge"></div>
"""
FAMILY_MARKUP = f"""
<div class="row-of-pixels">{INPUTS}</div>
<div class="cards"></div>
<div class="titled"><span>{LATENT}</span> {download(".csv")}</div>
<p class="hint">{words("reconstruct.latent.hint")}</p>
"""
PAIR = _picture("output", "<i>x′</i>") + _picture("error", "<i>|x − x′|</i>")


def _card(name: str) -> str:
    """One of several models."""
    return f"""
<section class="card"><h2>{words(f"model.{name}")}</h2>
  <p class="notice" hidden>{words("live.failed")}</p>
  <div class="good"><div class="pair">{PAIR}</div>
    <p class="score"><b class="value"></b> <mark hidden>{words("measure.best")}</mark> <small></small></p>
    <svg class="latent"></svg>
    <button type="button" class="reset" disabled>{words("reconstruct.latent.reset")}</button></div>
  <div class="badge"></div></section>
"""


MARKUP = f"""
{diagram.FIGURE}
<p class="notice" hidden></p>
<div class="shown"></div>
{computed()}
<template class="alone">{ALONE}</template>
<template class="family">{FAMILY_MARKUP}</template>
<template class="each">{"".join(map(_card, RECONSTRUCTORS))}</template>
"""
"""the script shows the first template, or the second one with the third, where several models are shown"""


def error_map(result: Reconstruction, scale: int = 1) -> Image.Image:
    """|x - x'| from 0 (black) through violet to 1 (pale yellow)."""
    return to_heat(result.error, scale)


FIRST = ("reconstruction_psnr", "linear_probe_accuracy", "denoised_psnr_gaussian")
"""metrics that are shown at once; the others unfold"""


def measured_table(measured: Mapping[str, Metrics]) -> str:
    """The metrics of each model (by its name) as a table, the best marked; all, and protocols, unfold."""
    keys = [key for key in METRICS if any(key in metrics for metrics in measured.values())]
    if not keys:
        return ""
    columns = {key: [metrics[key] for metrics in measured.values() if key in metrics] for key in keys}
    best = {key: best_value(column) for key, column in columns.items()}
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

    def show(keys: Sequence[str]) -> str:
        head = "".join(_heading(key, columns[key][0]) for key in keys)
        rows = "".join(
            f"<tr><th scope='row'>{words(f'model.{name}')}</th>"
            f"{''.join(_cell(metrics.get(key), best[key]) for key in keys)}</tr>"
            for name, metrics in measured.items()
        )
        return (
            f'<div class="scroll" tabindex="0"><table>'
            f"<thead><tr><th scope='col'>{words('reconstruct.measured.model')}</th>{head}</tr></thead>"
            f"<tbody>{rows}{_noisy_row(keys, measured)}</tbody></table></div>"
        )

    title = titled("h2", words("reconstruct.measured"), download("autoencoders.csv", table))
    whole = f"<details><summary>{words('reconstruct.measured.all')}</summary>{show(keys)}</details>"
    return f"{title}{show([key for key in FIRST if key in keys])}{whole}{protocols(ways)}"


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
