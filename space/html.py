"""Pieces of HTML that several tabs show. What comes from a file is escaped here, not by the callers."""

import csv
import json
import math
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO, StringIO
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import Image

from space.hub import LoadedModel, read_side_file
from space.limits import MAX_FIGURES, MAX_PROTOCOL
from space.text import TEXT, fill

Metrics = dict[str, dict[str, Any]]


def words(key: str, **values: object) -> str:
    """The text `key` in both languages; theme.css shows the page's one.

    Gradio translates a value only as a whole, so that text within markup has to bring both.
    """
    return "".join(
        f'<span lang="{language}">{escape(text)}</span>'
        for language, text in zip(("en", "ko"), fill(key, **values))
    )


def data_url(image: Image.Image, format: str = "PNG", **options: Any) -> str:
    """A picture within the page: a lossless PNG, unless another format of Pillow is named."""
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return f"data:image/{format.lower()};base64,{b64encode(buffer.getvalue()).decode()}"


def download(file: str, table: str | None = None, inline: bool = False) -> str:
    """A button that gives the visitor a file of this name: a table as CSV, or the picture in its figure.

    It lies on the corner of the picture; a table's, or an `inline` one, where it stands. space/figures.js
    does the work, in the browser. The script of a tab may set name and content: `file` is ".png" or ".csv".
    """
    kind = "csv" if file.endswith(".csv") else "png"
    content = "" if table is None else f' data-csv="{escape(table)}"'
    name = f'<span aria-hidden="true">{kind.upper()}</span>' if inline or kind == "csv" else ""
    return (
        f'<button type="button" class="download {kind} {"inline" if name else ""}" '
        f'data-file="{escape(file)}"{content}>'
        f'{name}<span class="tip">{words(f"download.{kind}")}</span></button>'
    )


def to_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table as CSV text: numbers at full precision, nothing where a cell is None.

    Words may come from a repository: none of them becomes a formula in a spreadsheet.
    """
    text = StringIO()
    for row in (header, *rows):
        cells = [f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" else cell for cell in row]
        csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def img(image: Image.Image, alt: str, attributes: str = "", **values: object) -> str:
    """A picture and what it shows in words, the text `alt` in the page's language (space/figures.js)."""
    english, korean = (escape(text) for text in fill(alt, **values))
    return (
        f'<img src="{data_url(image)}" alt="{english}" data-en="{english}" data-ko="{korean}" {attributes}>'
    )


def picture(image: str, caption: str, file: str, css: str = "") -> str:
    """An `img` whose pixels stay crisp, with a caption in HTML, to be kept as `file`."""
    return f'<figure class="pixels {css}">{image}{download(file)}<figcaption>{caption}</figcaption></figure>'


def titled(tag: str, title: str, button: str) -> str:
    """A heading in HTML with a button beside it, which is no part of it."""
    return f'<div class="titled"><{tag}>{title}</{tag}>{button}</div>'


def tiles(figures: Sequence[tuple[str, str, str]]) -> str:
    """Numbers side by side: what each is, its value, and a note, all in HTML."""
    found = "".join(
        f"<div><dt>{name}</dt><dd>{value}</dd><dd class='note'>{note}</dd></div>"
        for name, value, note in figures
    )
    return f'<dl class="tiles">{found}</dl>' if found else ""


def source_badge(loaded: LoadedModel) -> str:
    """Where the weights come from, their commit, and why not from the Hub."""
    commit = f" · {words('source.commit')} <code>{escape(loaded.commit[:7])}</code>" if loaded.commit else ""
    because = f"<br>{words('source.because', reason=loaded.reason)}" if loaded.reason else ""
    where = f"<code>{escape(loaded.name)}</code> · {words(f'source.{loaded.source}')}"
    return f'<p class="source">{words("source.weights")}: {where}{commit}{because}</p>'


def read_metrics(folder: Path) -> Metrics:
    """The figures of a model folder that can be shown; damaged ones, or a missing file, leave gaps."""
    try:
        found = json.loads(read_side_file(folder, "metrics.json"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    sound = (
        (key, one) for key, one in found.items() if isinstance(one, dict) and _is_figure(one.get("value"))
    )
    return {key: _known(one) for key, one in islice(sound, MAX_FIGURES)}


def _known(figure: dict[str, Any]) -> dict[str, Any]:
    """The parts of a figure that the app knows; whatever else stands there might not even be sent as JSON."""
    texts = {"unit": 40, "better": 40, "protocol": MAX_PROTOCOL}
    said = {key: figure[key] for key in texts if key in figure}
    return {"value": figure["value"]} | {
        key: None if text is None else str(text)[: texts[key]] for key, text in said.items()
    }


def _is_figure(value: Any) -> bool:
    if isinstance(value, list):
        return all(not isinstance(v, list) and _is_figure(v) for v in value)
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15  # nor NaN


def metric_name(key: str) -> str:
    """What a figure is called."""
    return words(f"metric.{key}") if f"metric.{key}" in TEXT else escape(key)


def metric_value(metric: dict[str, Any], with_unit: bool = True) -> str:
    """A figure with as many digits as mean something in its unit."""
    unit, value = str(metric.get("unit") or ""), metric["value"]
    digits = {"dB": ".2f", "nats/image": ".2f", "%": ".1f"}.get(unit)

    def said(number: float) -> str:
        return f"{number:{digits or (',.0f' if 999.5 <= abs(number) < 1e6 else '.3g')}}"

    text = ", ".join(map(said, value if isinstance(value, list) else [value]))
    return escape(f"{text}\u00a0{unit}".strip() if with_unit else text).replace("-", "−")


def measured_figures(metrics: Metrics, keys: Sequence[str], title: str) -> str:
    """Those figures of `keys` that there are as tiles, and how they were measured."""
    figures = {key: metrics[key] for key in keys if key in metrics}
    if not figures:
        return ""
    found = tiles([(metric_name(key), metric_value(figure), "") for key, figure in figures.items()])
    protocols = "".join(
        f"<li><b>{metric_name(key)}</b>: {escape(str(figure.get('protocol', '')))}</li>"
        for key, figure in figures.items()
    )
    summary = f"<summary>{words('measure.protocol')}</summary>"
    return f"<h3>{title}</h3>{found}<details>{summary}<ul>{protocols}</ul></details>"


def line_chart(series: Sequence[tuple[str, str, Sequence[float], Sequence[float]]], x_label: str) -> str:
    """Curves over steps as SVG with a logarithmic y axis: (name, CSS class, x, y > 0) each."""
    width, height, left, bottom, top = 460, 240, 48, 24, 8
    xs = [x for _, _, x, _ in series for x in x]
    ys = [y for _, _, _, y in series for y in y]
    x_most, y_least, y_most = max(1, *xs), min(ys), max(ys)
    if y_most / y_least < 1.05:
        y_least, y_most = y_least / 1.05, y_most * 1.05

    def place(x: float, y: float) -> tuple[float, float]:
        share = math.log(y / y_least) / math.log(y_most / y_least)
        return left + (width - left - 12) * x / x_most, height - bottom - (height - bottom - top) * share

    parts = []
    for tick in _log_ticks(y_least, y_most):
        y = place(0, tick)[1]
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{width - 12}"/>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for tick in _ticks(0, x_most, 5):
        x = place(tick, y_least)[0]
        parts.append(f'<text x="{x:.1f}" y="{height - bottom + 17}" text-anchor="middle">{tick:,.0f}</text>')
    parts.append(f'<path class="axis" d="M{left} {top}V{height - bottom}H{width - 12}"/>')
    for _, css, x, y in series:
        points = " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in zip(x, y))
        parts.append(f'<polyline class="{css}" points="{points}"/>')
    legend = "".join(f'<li class="{css}">{name}</li>' for name, css, _, _ in series)
    return (
        f'<figure class="chart"><ul class="legend">{legend}</ul>'
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-hidden="true">{"".join(parts)}</svg>'
        f"<figcaption>{x_label}</figcaption></figure>"
    )


def _ticks(low: float, high: float, count: int) -> list[float]:
    """About `count` round numbers from `low` to `high`."""
    rough = (high - low) / count
    size = 10 ** math.floor(math.log10(rough))
    step = next(m * size for m in (1, 2, 5, 10) if m * size >= rough)
    return [i * step for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    """Round numbers for a logarithmic axis: 1, 2, 5 a decade, or even steps within less than a decade."""
    if high / low < 8:
        return _ticks(low, high, 4)
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    wanted = (1, 2, 5) if high / low < 1000 else (1,)
    return [m * 10.0**d for d in decades for m in wanted if low <= m * 10.0**d <= high]
