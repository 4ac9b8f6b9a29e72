"""What a model folder holds beside the weights: figures, history, card, pictures of the training.

A folder may come from the Hub, so what is read here is bounded; damaged parts are left out.
"""

import csv
import json
import re
from itertools import islice
from pathlib import Path
from typing import Any

from space.text.limits import MAX_FIGURES, MAX_PROTOCOL, MAX_SIDE_FILE_BYTES, MAX_SIDE_ROWS


def read_side_file(folder: Path, name: str) -> bytes:
    """What else a model folder has, such as its card; empty where it is missing or too large."""
    try:
        path = folder / name
        return path.read_bytes() if path.stat().st_size <= MAX_SIDE_FILE_BYTES else b""
    except OSError:
        return b""


def frame_files(folder: Path) -> list[tuple[int, Path]]:
    """The files of `samples/` with their steps, in order, unread."""
    files = []
    for path in folder.glob("samples/step-*.png"):
        digits = path.stem.removeprefix("step-")
        if re.fullmatch(r"[0-9]{1,12}", digits) and path.is_file():
            files.append((int(digits), path))
    return sorted(files)


Metrics = dict[str, dict[str, Any]]


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


MAX_COLUMNS = 40
MAX_STEP = 1e12
MAX_VALUE = 1e15
Rows = dict[str, list[float | None]]


def read_rows(folder: Path) -> Rows:
    """The numbers of history.csv by column, row by row in the order of their steps.

    None where a cell has no number, or one that cannot be drawn. Empty where the file is missing, damaged or
    too large.
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
    return {column[:MAX_COLUMNS]: [row[i] for row in rows] for i, column in enumerate(header)}


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    if not abs(value) <= MAX_VALUE:  # nor NaN
        return None
    return int(value) if value.is_integer() else value


Curve = tuple[list[float], list[float]]


def find_curves(rows: Rows) -> dict[str, Curve]:
    """Steps and values of each column that has any."""
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
