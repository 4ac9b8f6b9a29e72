"""The lecture without a browser: its times, its end, the code that a phone scans."""

import re
from pathlib import Path

import pytest
import segno
from starlette.applications import Starlette
from starlette.testclient import TestClient

from space.page.ending import EXERCISES, FAMILIES, summary
from space.page.lecture import STEPS
from space.page.routes import ROUTES
from space.text.lecture_notes import NOTES
from space.text.limits import MAX_ADDRESS
from space.weights.hub import BUNDLED
from space.weights.side_files import read_metrics

GUIDE = Path(__file__).parents[3] / "docs" / "lecture.md"


def test_the_guide_has_the_times_of_all_steps():
    rows = re.findall(r"^\| ([^|]*) \| ([^|]*) \| ([\d.]+) \| ([\d.]+) \|$", GUIDE.read_text(), re.MULTILINE)
    *parts, (_, _, full, short) = rows
    names = [name.strip("*") for _, steps, _, _ in parts for name in steps.split(", ")]
    assert names == list(STEPS) == [name for name in STEPS if name in NOTES]
    for _, steps, minutes, minutes_short in parts:
        bold = [name.strip("*") for name in steps.split(", ") if name.startswith("**")]
        assert bold == [name.strip("*") for name in steps.split(", ") if STEPS[name.strip("*")].short]
        assert float(minutes) == sum(STEPS[name.strip("*")].minutes for name in steps.split(", "))
        assert float(minutes_short) == sum(STEPS[name].minutes for name in bold)
    assert float(full) == sum(step.minutes for step in STEPS.values()) == 50
    assert float(short) == sum(step.minutes for step in STEPS.values() if step.short) == 25


def test_the_table_has_the_figures_of_the_models():
    rows = re.findall(r"<tr><th scope='row'>.*?</tr>", summary())
    for row, family in zip(rows, FAMILIES.values(), strict=True):
        cells = re.findall(r"<td>(.*?)</td>", row)
        metrics = read_metrics(BUNDLED / family.model) if family.model else {}
        for shown, key in zip(cells[-2:], (family.nats, "lenet_fid")):
            wanted = metrics[key]["value"] if key in metrics else None
            number = float(shown.strip("≤ ").replace(",", "")) if shown != "–" else None
            assert number == (wanted if wanted is None else pytest.approx(wanted, rel=0.006))
    assert len(EXERCISES) == 5


def modules_of(svg: str, border: int) -> set[tuple[int, int]]:
    """Row and column of the dark modules, read from the path of an SVG as it moves a pen along them."""
    (path,) = re.findall(r'<path [^>]*stroke="#000"[^>]* d="([^"]+)"', svg)
    dark, x, y = set(), 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            dark |= {(int(y - border), int(x + i - border)) for i in range(int(values[0]))}
            x += values[0]
        else:
            x, y = (values[0], values[1]) if command == "M" else (x + values[0], y + values[1])
    return dark


@pytest.mark.parametrize(
    "address",
    [
        "https://a.hf.space/?lecture=vae",
        "http://127.0.0.1:7860/실험실/?lecture=heights&x=%EC",
        "https://b/" + "q" * 280,
    ],
)
def test_a_code_is_that_of_the_address(address: str):
    answer = TestClient(Starlette(routes=ROUTES)).get("/qr", params={"of": address})
    assert answer.headers["content-type"].startswith("image/svg+xml")
    matrix = segno.make(address, error="m", micro=False).matrix
    wanted = {(r, c) for r, row in enumerate(matrix) for c, dark in enumerate(row) if dark}
    assert modules_of(answer.text, 4) == wanted


@pytest.mark.parametrize(
    "address", ["", "javascript:alert(1)", "ftp://a", "https://" + "a" * MAX_ADDRESS, "HTTPS"]
)
def test_what_is_no_address_gets_no_code(address: str):
    assert TestClient(Starlette(routes=ROUTES)).get("/qr", params={"of": address}).status_code == 400
