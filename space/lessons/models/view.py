"""What the models lesson looks like: the table of all models, and all that one model folder holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape

from PIL import Image

from space.lessons.models.work import CURVES, count_bytes, count_parameters, curve_rows, thin
from space.page.charts import line_chart
from space.page.markup import (
    download,
    img,
    metric_name,
    metric_value,
    notice,
    source_badge,
    titled,
    to_csv,
    unavailable,
)
from space.page.parts import part_of_html
from space.page.training_run import read_frames
from space.page.words import words
from space.text import fill
from space.weights.hub import LoadedModel
from space.weights.model_folder import ModelUnavailable
from space.weights.side_files import Curve, Metrics, find_curves, read_licence, read_metrics, read_rows

COLUMNS = ("name", "source", "parameters", "size", "licence")


def overview(models: Mapping[str, LoadedModel | ModelUnavailable]) -> str:
    """All models (by their names) as a table."""
    return _table("overview", COLUMNS, "".join(_row(name, loaded) for name, loaded in models.items()))


def _row(name: str, loaded: LoadedModel | ModelUnavailable) -> str:
    title = f'<th scope="row">{words(f"model.{name}")}<small><code>{name}</code></small></th>'
    if isinstance(loaded, ModelUnavailable):
        return f'<tr>{title}<td colspan="{len(COLUMNS) - 1}" class="wrong">{unavailable(loaded)}</td></tr>'
    source = words(f"source.{loaded.source}")
    if loaded.commit:
        source += f" <code>{escape(loaded.commit[:7])}</code>"
    if loaded.reason:
        source += f"<small>{words('source.because', reason=loaded.reason)}</small>"
    cells = (
        source,
        f"{count_parameters(loaded):,}",
        f"{count_bytes(loaded) / 1e6:.2f} MB",
        escape(read_licence(loaded.folder) or "–"),
    )
    return f"<tr>{title}{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _table(css: str, columns: Sequence[str], rows: str) -> str:
    """A table that scrolls within the page; the columns are named by `models.<column>`."""
    head = "".join(f'<th scope="col">{words(f"models.{column}")}</th>' for column in columns)
    return (
        f'<div class="scroll" tabindex="0"><table class="{css}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def details(loaded: LoadedModel) -> str:
    """One model: its metrics with protocols, its training history, its pictures, its configuration."""
    name, folder = loaded.name, loaded.folder
    config = json.dumps(asdict(loaded.model.config), indent=2)
    curves, metrics = find_curves(read_rows(folder)), read_metrics(folder)
    keep_curves = keep_metrics = ""
    if curves:
        keep_curves = download(f"{name}_history.csv", to_csv(("step", *curves), curve_rows(curves)))
    if metrics:
        keep_metrics = download(f"{name}_metrics.csv", _metrics_csv(metrics))
    return (
        f"{source_badge(loaded)}"
        f'<div class="halves"><section><h2>{words("models.samples")}</h2>'
        f"{_snapshots(name, read_frames(folder))}</section>"
        f"<section>{titled('h2', words('models.history'), keep_curves)}{_history(curves)}</section></div>"
        + part_of_html(
            "models.metrics", titled("h2", words("models.metrics"), keep_metrics) + _metrics(metrics)
        )
        + f"<details><summary>{words('models.config')}</summary><pre>{escape(config)}</pre></details>"
    )


def _metrics_csv(metrics: Metrics) -> str:
    keys = ("value", "unit", "protocol")
    return to_csv(("figure", *keys), ([name, *map(metric.get, keys)] for name, metric in metrics.items()))


def _metrics(metrics: Metrics) -> str:
    if not metrics:
        return notice(words("models.no_metrics"))
    rows = "".join(
        f'<tr><th scope="row">{metric_name(key)}</th><td>{metric_value(metric)}</td>'
        f"<td>{escape(str(metric.get('protocol', '')))}</td></tr>"
        for key, metric in metrics.items()
    )
    return _table("metrics", ("metric", "value", "protocol"), rows)


def _history(curves: dict[str, Curve]) -> str:
    series = []
    for column, key, css in CURVES:
        steps, values = thin(curves.get(column, ([], [])))
        if steps:
            series.append((words(f"models.{key}"), css, steps, values))
    return line_chart(series, words("models.step")) if series else notice(words("models.no_history"))


def _snapshots(name: str, snapshots: Sequence[tuple[int, Image.Image]]) -> str:
    """The pictures of all steps on top of each other, and a slider that shows one (snapshots.js)."""
    if not snapshots:
        return notice(words("models.no_samples"))
    last, (english, korean) = len(snapshots) - 1, fill("models.step")
    pictures = "".join(
        img(
            image,
            "models.alt.sample",
            f'data-step="{step:,}" data-file="{name}_step{step}.png" {"" if i == last else "hidden"}',
            model=name,
            step=f"{step:,}",
        )
        for i, (step, image) in enumerate(snapshots)
    )
    shown = f"{snapshots[-1][0]:,}"
    return (
        f'<figure class="snapshots pixels">{pictures}<figcaption>{words("models.step")} '
        f'<output aria-live="off">{shown}</output> {download(".png", inline=True)}</figcaption>'
        f'<input type="range" min="0" max="{last}" value="{last}" step="1" aria-label="{english}" '
        f'data-en="{english}" data-ko="{korean}" aria-valuetext="{shown}">'
        f"<small>{words('models.samples.note')}</small></figure>"
    )
