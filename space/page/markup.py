"""Pieces of HTML that several tabs show. What comes from a file is escaped here, not by the callers."""

import csv
from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from io import BytesIO, StringIO
from typing import Any

from PIL import Image

from space.page.words import words
from space.text import TEXT, fill
from space.weights.hub import LoadedModel
from space.weights.side_files import Metrics


def data_url(image: Image.Image, format: str = "PNG", **options: Any) -> str:
    """A picture within the page: a lossless PNG, unless another format of Pillow is named."""
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return f"data:image/{format.lower()};base64,{b64encode(buffer.getvalue()).decode()}"


def download(file: str, table: str | None = None, inline: bool = False) -> str:
    """A button that gives the visitor a file of this name: a table as CSV, or the picture in its figure.

    It lies on the corner of the picture; a table's, or an `inline` one, where it stands. downloads.js does
    the work, in the browser. The script of a tab may set name and content: `file` is ".png" or ".csv".
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
    """A picture and what it shows in words, the text `alt` in the page's language (downloads.js)."""
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
