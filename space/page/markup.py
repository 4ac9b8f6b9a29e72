"""Pieces of HTML that several lessons show. Text from files is escaped here, not by the callers."""

import csv
from base64 import b64encode
from collections.abc import Container, Iterable, Mapping, Sequence
from html import escape
from io import BytesIO, StringIO
from typing import Any

from PIL import Image

from space.page.words import words
from space.text import TEXT, fill
from space.weights.hub import LoadedModel
from space.weights.model_folder import ModelUnavailable
from space.weights.side_files import Metrics


def data_url(image: Image.Image, format: str = "PNG", **options: Any) -> str:
    """A picture as a `data:` URL, encoded as a lossless PNG unless another of Pillow's formats is named."""
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return f"data:image/{format.lower()};base64,{b64encode(buffer.getvalue()).decode()}"


def download(file: str, table: str | None = None, inline: bool = False) -> str:
    """A button that saves a file named `file`: `table` (CSV text), or the picture in the button's figure.

    A picture's button lies on the corner of the picture unless it is `inline`; a table's is always inline.
    downloads.js does the work, in the browser. A lesson's script may set name and content later; `file` is
    then ".png" or ".csv".
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
    """A table as CSV text: numbers at full precision, a cell that is None left empty.

    Text may come from a repository. It is quoted so that no spreadsheet takes it for a formula.
    """
    text = StringIO()
    for row in (header, *rows):
        cells = [f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" else cell for cell in row]
        csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def img(image: Image.Image | str, alt: str, attributes: str = "", **values: object) -> str:
    """A picture, or that of an address, with the text `alt` as its alternative text; downloads.js picks the
    page's language."""
    english, korean = (escape(text) for text in fill(alt, **values))
    source = image if isinstance(image, str) else data_url(image)
    return f'<img src="{source}" alt="{english}" data-en="{english}" data-ko="{korean}" {attributes}>'


def picture(image: str, caption: str, file: str, css: str = "") -> str:
    """An `img` drawn with crisp pixels, a caption in HTML, and a button that saves it as `file`."""
    return f'<figure class="pixels {css}">{image}{download(file)}<figcaption>{caption}</figcaption></figure>'


def titled(tag: str, title: str, button: str) -> str:
    """A heading in HTML; the button stands beside it, outside the heading's element."""
    return f'<div class="titled"><{tag}>{title}</{tag}>{button}</div>'


def tiles(numbers: Sequence[tuple[str, str, str]]) -> str:
    """Numbers side by side: name, value and note of each, all in HTML."""
    found = "".join(
        f"<div><dt>{name}</dt><dd>{value}</dd><dd class='note'>{note}</dd></div>"
        for name, value, note in numbers
    )
    return f'<dl class="tiles">{found}</dl>' if found else ""


def notice(sentence: str) -> str:
    """A sentence in HTML, set off from its surroundings."""
    return f'<p class="notice">{sentence}</p>'


def computed() -> str:
    """Where live.js says whether the browser or the server computed what is shown, and why the server did."""
    sentences = "".join(
        f'<span data-where="{where}" hidden>{words(f"live.{where}")}</span>'
        for where in ("browser", "late", "missing", "useless", "failed")
    )
    return f'<p class="computed" role="status">{sentences} <span class="why" hidden></span></p>'


def unavailable(error: ModelUnavailable) -> str:
    """The sentence that says why a model cannot be used."""
    return words("source.unavailable", reason=error.reason)


def source_badge(loaded: LoadedModel) -> str:
    """Where the weights come from, their commit, and the reason if the Hub did not give them."""
    commit = f" · {words('source.commit')} <code>{escape(loaded.commit[:7])}</code>" if loaded.commit else ""
    because = f"<br>{words('source.because', reason=loaded.reason)}" if loaded.reason else ""
    where = f"<code>{escape(loaded.name)}</code> · {words(f'source.{loaded.source}')}"
    return f'<p class="source">{words("source.weights")}: {where}{commit}{because}</p>'


def metric_name(key: str) -> str:
    """The name of a metric on the page; the key itself if the page has no words for it."""
    return words(f"metric.{key}") if f"metric.{key}" in TEXT else escape(key)


def metric_value(metric: dict[str, Any], with_unit: bool = True) -> str:
    """The value of a metric, with as many digits as mean something in its unit."""
    unit, value = str(metric.get("unit") or ""), metric["value"]
    digits = {"dB": ".2f", "nats/image": ".2f", "%": ".1f"}.get(unit)

    def rounded(number: float) -> str:
        return f"{number:{digits or (',.0f' if 999.5 <= abs(number) < 1e6 else '.3g')}}"

    text = ", ".join(map(rounded, value if isinstance(value, list) else [value]))
    space = " " if len(unit) > 2 else "\u00a0"  # a narrow tile puts a long unit below
    return escape(f"{text}{space}{unit}".strip() if with_unit else text).replace("-", "−")


def metric_tiles(metrics: Metrics, keys: Sequence[str], title: str) -> str:
    """The metrics named by `keys` as tiles, and how each was measured; missing ones are left out."""
    shown = {key: metrics[key] for key in keys if key in metrics}
    if not shown:
        return ""
    numbers = [(metric_name(key), metric_value(metric), "") for key, metric in shown.items()]
    measured = protocols({key: [str(metric.get("protocol", ""))] for key, metric in shown.items()})
    return f"<h3>{title}</h3>{tiles(numbers)}{measured}"


def protocols(measured: Mapping[str, Sequence[str]]) -> str:
    """A list to unfold: key of a metric -> how it was measured, in several ways for several models."""
    items = "".join(
        f"<li><b>{metric_name(key)}</b>: {' / '.join(map(escape, ways))}</li>"
        for key, ways in measured.items()
    )
    return f"<details><summary>{words('measure.protocol')}</summary><ul>{items}</ul></details>"


def chips(
    setting: str, values: Iterable[str | int], label: str, prefix: str = "", names: Container[str] = ()
) -> str:
    """Radio buttons in a row; a narrow screen scrolls it sideways. Numbers and `names` need no words."""

    def text(value: str | int) -> str:
        is_own = isinstance(value, int) or value in names
        return f"<span>{escape(str(value))}</span>" if is_own else _text(f"{prefix}{value}")

    buttons = "".join(
        f'<label><input type="radio" value="{escape(str(value))}" data-setting="{setting}">'
        f"{text(value)}</label>"
        for value in values
    )
    return f'<div class="chips {setting}" role="radiogroup" data-label="{label}">{buttons}</div>'


def _text(key: str) -> str:
    return f'<span data-text="{key}"></span>'


def range_slider(setting: str, least: float, most: float, step: float) -> str:
    """A slider over its own range."""
    return (
        f'<label class="slider {setting}">{_text(setting)} <b></b><input type="range" '
        f'data-setting="{setting}" min="{least}" max="{most}" step="{step}"></label>'
    )


def slider(setting: str, scale: str = "log") -> str:
    """A slider over [0, 1]; on a log scale its script makes a number between the setting's bounds of it."""
    return (
        f'<label class="slider {setting}"><span data-text="{setting}"></span> <b></b><input type="range" '
        f'data-setting="{setting}" data-scale="{scale}" min="0" max="1" step="0.005"></label>'
    )
