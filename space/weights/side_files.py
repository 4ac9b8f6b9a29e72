"""Readers of what lies beside the weights in a model folder: metrics, history, card, pictures of training.

A folder may come from the Hub, so every reader is bounded and leaves out damaged parts.
"""

import csv
import json
import re
from itertools import islice
from pathlib import Path
from typing import Any

from space.text.limits import MAX_METRICS, MAX_PROTOCOL, MAX_SIDE_FILE_BYTES, MAX_SIDE_ROWS


def read_side_file(folder: Path, name: str) -> bytes:
    """The bytes of a small file, such as the card; empty if it is missing or too large."""
    try:
        path = folder / name
        return path.read_bytes() if path.stat().st_size <= MAX_SIDE_FILE_BYTES else b""
    except OSError:
        return b""


def frame_files(folder: Path) -> list[tuple[int, Path]]:
    """The pictures in `samples/` as (step, path), by step; none of them is opened."""
    files = []
    for path in folder.glob("samples/step-*.png"):
        digits = path.stem.removeprefix("step-")
        if re.fullmatch(r"[0-9]{1,12}", digits) and path.is_file():
            files.append((int(digits), path))
    return sorted(files)


Metrics = dict[str, dict[str, Any]]
"""key -> value, unit, protocol, and whether higher or lower is better"""


def read_metrics(folder: Path) -> Metrics:
    """The metrics in metrics.json that can be shown; damaged ones are left out."""
    try:
        found = json.loads(read_side_file(folder, "metrics.json"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    sound = (
        (key, one) for key, one in found.items() if isinstance(one, dict) and _is_value(one.get("value"))
    )
    return {key: _known(one) for key, one in islice(sound, MAX_METRICS)}


def _known(metric: dict[str, Any]) -> dict[str, Any]:
    """The parts of a metric that the app knows; others could be anything, such as NaN, which JSON lacks."""
    texts = {"unit": 40, "better": 40, "protocol": MAX_PROTOCOL}
    known = {key: metric[key] for key in texts if key in metric}
    return {"value": metric["value"]} | {
        key: None if text is None else str(text)[: texts[key]] for key, text in known.items()
    }


def _is_value(value: Any) -> bool:
    """Whether this is a number, or a list of numbers, that can be shown."""
    if isinstance(value, list):
        return all(not isinstance(v, list) and _is_value(v) for v in value)
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15  # nor NaN


MAX_COLUMNS, MAX_NAME = 40, 40
"""columns of history.csv that are read, and characters of their names"""
MAX_STEP, MAX_VALUE = 1e12, 1e15
"""larger numbers cannot be drawn"""
Rows = dict[str, list[float | None]]
"""column -> its cells, row by row"""


def read_rows(folder: Path) -> Rows:
    """The columns of history.csv, sorted by step; empty if the file is missing, damaged or too large.

    A cell is None if it holds no number, or one that cannot be drawn.
    """
    path = folder / "history.csv"
    try:
        if path.stat().st_size > MAX_SIDE_FILE_BYTES:
            return {}
        with path.open(newline="", encoding="utf-8", errors="replace") as file:
            reader = csv.reader(file)
            header = next(reader, [])[:MAX_COLUMNS]
            lines = list(islice(reader, MAX_SIDE_ROWS + 1))
    except (OSError, csv.Error):
        return {}
    if "step" not in header or len(lines) > MAX_SIDE_ROWS:
        return {}
    rows = [[_number(cell) for cell in line] + [None] * len(header) for line in lines]
    at = header.index("step")
    rows = sorted(
        (row for row in rows if row[at] is not None and 0 <= row[at] <= MAX_STEP), key=lambda row: row[at]
    )
    return {column[:MAX_NAME]: [row[i] for row in rows] for i, column in enumerate(header)}


def _number(cell: str) -> float | None:
    """The number in a cell; None if there is none or it cannot be drawn."""
    try:
        value = float(cell)
    except ValueError:
        return None
    if not abs(value) <= MAX_VALUE:  # nor NaN
        return None
    return int(value) if value.is_integer() else value


Curve = tuple[list[float], list[float]]
"""steps, and a value for each"""


def find_curves(rows: Rows) -> dict[str, Curve]:
    """A curve for each column that has any values."""
    curves = {}
    for column, values in rows.items():
        points = [(step, value) for step, value in zip(rows["step"], values) if value is not None]
        if points and column != "step":
            curves[column] = tuple(map(list, zip(*points)))
    return curves


def read_licence(folder: Path) -> str | None:
    """`license` in the YAML header of the model card."""
    card = read_side_file(folder, "README.md").decode(errors="replace")
    found = re.match(r"---\n(?:.*\n)*?license: *[\"']?([\w.-]+)", card.split("\n---", 1)[0])
    return found[1] if found else None
