"""The models tab: where every model comes from, what was measured, and how it learned.

Everything here is read from the model folders; nothing is computed.
"""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from html import escape
from typing import Any

import gradio as gr
from PIL import Image

from space.models import MODELS
from space.page import link
from space.page.charts import line_chart
from space.page.handlers import friendly
from space.page.markup import download, img, metric_name, metric_value, source_badge, titled, to_csv
from space.page.training_run import read_frames
from space.page.words import i18n, words
from space.text import fill
from space.text.refusals import Problem
from space.weights.hub import LoadedModel, load
from space.weights.model_folder import ModelUnavailable, packed_weights
from space.weights.side_files import (
    MAX_VALUE,
    Curve,
    Metrics,
    find_curves,
    read_licence,
    read_metrics,
    read_rows,
)

CURVES = (  # column of history.csv, its name in words, its look; families have one pair or the other
    ("loss", "train", "train"),
    ("test_loss", "test", "test"),
    ("loss_d", "loss_d", "train"),
    ("loss_g", "loss_g", "test"),
    ("test_l1_ab", "l1_ab", "train"),
    ("test_l1_ba", "l1_ba", "test"),
)
MAX_POINTS = 400
"""points of a curve that are drawn"""


def _load_all() -> dict[str, LoadedModel | ModelUnavailable]:
    """All models, or why one is not there. In threads: a Hub that does not answer is waited for once."""

    def attempt(name: str) -> LoadedModel | ModelUnavailable:
        try:
            return load(name)
        except ModelUnavailable as error:
            return error

    with ThreadPoolExecutor(len(MODELS)) as pool:
        return dict(zip(MODELS, pool.map(attempt, MODELS)))


def list_models() -> list[dict[str, Any]]:
    """All models of the lab: what they are, where their weights come from, and what was measured.

    Returns:
        for each name, family, source (hub, cache, bundled; null where it cannot be used), commit, reason
            (why not from the Hub), bytes of its weights, parameters, config, and figures with protocols
    """
    found = []
    for name, loaded in _load_all().items():
        entry: dict[str, Any] = {"name": name, "family": MODELS[name].__name__.lower()}
        if isinstance(loaded, ModelUnavailable):
            entry |= dict.fromkeys(("source", "commit", "bytes", "parameters", "config"))
            entry |= {"reason": loaded.reason, "metrics": {}}
        else:
            entry |= {"source": loaded.source, "commit": loaded.commit, "reason": loaded.reason}
            entry |= {"bytes": _num_bytes(loaded), "parameters": _num_parameters(loaded)}
            entry |= {"config": asdict(loaded.model.config), "metrics": read_metrics(loaded.folder)}
        found.append(entry)
    return found


def _num_bytes(loaded: LoadedModel) -> int:
    try:
        return (loaded.folder / "model.safetensors").stat().st_size
    except OSError:  # the file has gone; the model goes on
        return len(packed_weights(loaded.model))


def _num_parameters(loaded: LoadedModel) -> int:
    return sum(parameter.numel() for parameter in loaded.model.parameters())


def overview() -> str:
    """All models as a table."""
    columns = ("name", "source", "parameters", "size", "licence")
    head = "".join(f'<th scope="col">{words(f"models.{column}")}</th>' for column in columns)
    rows = []
    for name, loaded in _load_all().items():
        title = f'<th scope="row">{words(f"model.{name}")}<small><code>{name}</code></small></th>'
        if isinstance(loaded, ModelUnavailable):
            sentence = words("source.unavailable", reason=loaded.reason)
            rows.append(f'<tr>{title}<td colspan="{len(columns) - 1}" class="wrong">{sentence}</td></tr>')
            continue
        source = words(f"source.{loaded.source}")
        if loaded.commit:
            source += f" <code>{escape(loaded.commit[:7])}</code>"
        if loaded.reason:
            source += f"<small>{words('source.because', reason=loaded.reason)}</small>"
        cells = (
            source,
            f"{_num_parameters(loaded):,}",
            f"{_num_bytes(loaded) / 1e6:.2f} MB",
            escape(read_licence(loaded.folder) or "–"),
        )
        rows.append(f"<tr>{title}{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
    return (
        f'<div class="scroll" tabindex="0"><table class="overview"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def details(name: str) -> str:
    """One model: its figures with protocols, its training history, its pictures, its configuration."""
    if name not in MODELS:
        raise Problem("unknown_model", model=name, allowed=", ".join(MODELS))
    loaded = load(name)
    config = json.dumps(asdict(loaded.model.config), indent=2)
    curves, metrics = find_curves(read_rows(loaded.folder)), read_metrics(loaded.folder)
    samples, history = _timeline(name, read_frames(loaded.folder)), _history(curves)
    keep_curves = download(f"{name}_history.csv", _curve_table(curves)) if curves else ""
    keep_figures = download(f"{name}_metrics.csv", _figure_table(metrics)) if metrics else ""
    return (
        f"{source_badge(loaded)}"
        f'<div class="halves"><section><h2>{words("models.samples")}</h2>{samples}</section>'
        f"<section>{titled('h2', words('models.history'), keep_curves)}{history}</section></div>"
        f"{titled('h2', words('models.figures'), keep_figures)}{_figures(metrics)}"
        f"<details><summary>{words('models.config')}</summary><pre>{escape(config)}</pre></details>"
    )


def _curve_table(curves: dict[str, Curve]) -> str:
    rows: dict[float, dict[str, float]] = {}
    for column, points in curves.items():
        for step, value in zip(*points):
            rows.setdefault(step, {})[column] = value
    return to_csv(
        ("step", *curves),
        ([f"{step:.0f}", *(row.get(column) for column in curves)] for step, row in sorted(rows.items())),
    )


def _figure_table(metrics: Metrics) -> str:
    keys = ("value", "unit", "protocol")
    return to_csv(("figure", *keys), ([name, *map(metric.get, keys)] for name, metric in metrics.items()))


def _figures(metrics: Metrics) -> str:
    if not metrics:
        return f'<p class="notice">{words("models.no_figures")}</p>'
    head = "".join(f'<th scope="col">{words(f"models.{c}")}</th>' for c in ("figure", "value", "protocol"))
    rows = "".join(
        f'<tr><th scope="row">{metric_name(key)}</th><td>{metric_value(metric)}</td>'
        f"<td>{escape(str(metric.get('protocol', '')))}</td></tr>"
        for key, metric in metrics.items()
    )
    return (
        f'<div class="scroll" tabindex="0"><table class="figures"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _history(curves: dict[str, Curve]) -> str:
    series = []
    for column, key, css in CURVES:
        steps, values = curves.get(column, ([], []))
        points = [(x, y) for x, y in zip(steps, values) if y > 1 / MAX_VALUE]  # the axis is logarithmic
        every = math.ceil(len(points) / MAX_POINTS) or 1
        kept = points[::-every][::-1]  # the last one is always there
        if kept:
            series.append((words(f"models.{key}"), css, *zip(*kept)))
    if not series:
        return f'<p class="notice">{words("models.no_history")}</p>'
    return line_chart(series, words("models.step"))


def _timeline(name: str, samples: list[tuple[int, Image.Image]]) -> str:
    """All pictures on top of each other and a slider that shows one (`Timeline` moves it)."""
    if not samples:
        return f'<p class="notice">{words("models.no_samples")}</p>'
    last, (english, korean) = len(samples) - 1, fill("models.step")
    pictures = "".join(
        img(
            image,
            "models.alt.sample",
            f'data-step="{step:,}" data-file="{name}_step{step}.png" {"" if i == last else "hidden"}',
            model=name,
            step=f"{step:,}",
        )
        for i, (step, image) in enumerate(samples)
    )
    return (
        f'<figure class="timeline pixels">{pictures}<figcaption>{words("models.step")} '
        f'<output aria-live="off">{samples[-1][0]:,}</output> {download(".png", inline=True)}</figcaption>'
        f'<input type="range" min="0" max="{last}" value="{last}" step="1" aria-label="{english}" '
        f'data-en="{english}" data-ko="{korean}" aria-valuetext="{samples[-1][0]:,}">'
        f"<small>{words('models.samples.note')}</small></figure>"
    )


class Timeline(gr.HTML):
    """HTML whose slider turns over the pictures beside it, in the browser."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            js_on_load="""
                element.addEventListener('input', event => {
                    const figure = event.target.closest('.timeline');
                    const pictures = figure.querySelectorAll('img');
                    pictures.forEach((picture, i) => { picture.hidden = i !== event.target.valueAsNumber; });
                    const { step } = pictures[event.target.valueAsNumber].dataset;
                    figure.querySelector('output').value = event.target.ariaValueText = step;
                });
            """,
            **kwargs,
        )


def build() -> list[link.Linked]:
    """The tab, within the page's `gr.Tabs`, and what of it can be linked."""
    with gr.Tab(i18n("models.tab"), id="models", elem_id="models-tab"):
        gr.Markdown(i18n("models.intro"), elem_id="models-intro")
        table = gr.HTML(elem_id="models-overview")
        name = gr.Dropdown(
            [(i18n(f"model.{name}"), name) for name in MODELS],
            value=next(iter(MODELS)),
            label=i18n("models.choose"),
            elem_id="models-choose",
        )
        result = Timeline(elem_id="models-details")
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        gr.on(fn=friendly(overview), inputs=[], outputs=table, **private)
        gr.on(fn=friendly(details), inputs=[name], outputs=result, trigger_mode="always_last", **private)
        gr.api(friendly(list_models, "models"), api_name="models")
    return [link.value("model", name)]
