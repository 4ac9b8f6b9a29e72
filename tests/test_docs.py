"""README, docs/ and CONTRIBUTING are true: their tables, commands, links and lists are those of the code."""

import ast
import csv
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from space.models import MODELS
from space.text import limits
from space.weights.hub import BUNDLED
from tests.processes import ROOT

DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
OPERATING, RESULTS, TRAINING = (DOCS[f"{name}.md"] for name in ("operating", "results", "training"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = sorted(path for folder in ("space", "training") for path in (ROOT / folder).rglob("*.py"))


def as_shown(metrics: dict, key: str) -> str:
    """A figure as the tables show it: errors in [0, 1] are small, so they have three digits."""
    return f"{metrics[key]['value']:.{3 if re.match('(cycle_)?l1_|ssim_', key) else 2}f}"


def test_every_variable_that_the_code_reads_is_documented():
    read = set()
    for path in [ROOT / "app.py", *CODE]:
        text = path.read_text()  # what is only set, for processes to come, is nobody's setting
        read |= set(re.findall(r"environ(?:\.get\(|\.setdefault\(|\[)\s*\"([A-Z_]+)\"(?!\] = )", text))
    read -= {"RANK", "LOCAL_RANK", "WORLD_SIZE"}  # set by the launcher
    assert "MODEL_NAMESPACE" in read
    assert {name for name in read if f"`{name}`" not in OPERATING} == set()


def test_space_header_is_complete_and_fits_the_requirements():
    header = yaml.safe_load(README.split("---\n")[1])
    (pinned,) = re.findall(r"^gradio\[mcp\]==([\d.]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert (header["sdk"], header["sdk_version"]) == ("gradio", pinned)
    assert header["python_version"] == "3.12"  # a string: the Hub reads the number 3.10 as 3.1
    (least,) = re.findall(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert [int(n) for n in header["python_version"].split(".")] >= [int(n) for n in least.split(".")]
    assert (ROOT / header["app_file"]).exists()
    assert re.fullmatch(r"\d+[mh]", header["startup_duration_timeout"])
    colors = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {header["colorFrom"], header["colorTo"]} <= colors
    assert len(header["short_description"]) <= 60 and header["license"] == "mit"
    assert not header.keys() & {"models", "preload_from_hub"}  # a duplicate has an owner of its own


def test_all_limits_are_stated():
    (table,) = re.findall(r"<!-- limits -->\n\|.*\n\|---\|---\|\n((?:\|.*\n)+)", OPERATING)
    stated = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in table.splitlines()]
    code = ast.parse(Path(limits.__file__).read_text(encoding="utf-8")).body
    constants = [(node, below) for node, below in pairwise(code) if isinstance(node, ast.Assign)]
    assert len(constants) == len([name for name in vars(limits) if name.isupper()]) >= 20
    assert stated == [  # the docstring, the value
        (below.value.value, f"{getattr(limits, node.targets[0].id):,}") for node, below in constants
    ]


def test_the_results_are_those_of_metrics_json():
    tables = re.findall(r"<!-- columns: ([^>]+) -->\n<!-- results -->\n\|(.+?)\n\n", RESULTS, re.DOTALL)
    shown: set[str] = set()
    for columns, table in tables:
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
        header, _, *rows = rows
        keys = columns.split()
        assert len(keys) == len(header) - 1
        for name, *cells in rows:
            shown.add(name.strip("`"))
            metrics = json.loads((BUNDLED / name.strip("`") / "metrics.json").read_text())
            for key, cell in zip(keys, cells, strict=True):
                assert cell == (as_shown(metrics, key) if key in metrics else "–"), (name, key)
    assert shown == set(MODELS)


def test_the_curves_are_those_of_metrics_json():
    tables = re.findall(r"<!-- curve of (\S+): ([^>]+) -->\n\|.+\n\|---.*\n((?:\|.*\n)+)", RESULTS)
    assert len(tables) == 2
    for name, columns, table in tables:
        metrics = json.loads((BUNDLED / name / "metrics.json").read_text())
        place, *keys = (metrics[key]["value"] for key in columns.split())
        rows = [[f"{at:g}", *(f"{value[i]:.2f}" for value in keys)] for i, at in enumerate(place)]
        assert [line.strip("| ").split(" | ") for line in table.splitlines()] == rows


def test_the_course_of_a_training_is_that_of_history_csv():
    (found,) = re.findall(r"<!-- history of (\S+): ([^>]+) -->\n\|.+\n\|---.*\n((?:\|.*\n)+)", RESULTS)
    name, columns, table = found
    step, epoch, loss = columns.split()
    with (BUNDLED / name / "history.csv").open(encoding="utf-8") as file:
        rows = {row[step]: row for row in csv.DictReader(file)}
    for line in table.splitlines():
        at, *shown, _ = line.strip("| ").split(" | ")
        assert shown == [f"{float(rows[at][epoch]):.1f}", f"{float(rows[at][loss]):.3f}"]


def test_the_commands_are_those_of_the_shipped_models():
    for name in MODELS:
        facts = json.loads((BUNDLED / name / "training.json").read_text())
        assert facts["command"] in TRAINING, name


def test_the_front_page_has_one_true_figure_of_each_model():
    (table,) = re.findall(r"<!-- one figure each -->\n\|.*\n\|---.*\n((?:\|.*\n)+)", README)
    names = []
    for line in table.splitlines():
        name, _, key, value = (cell.strip() for cell in line.strip("|").split("|"))
        metrics, key = json.loads((BUNDLED / name.strip("`") / "metrics.json").read_text()), key.strip("`")
        assert value == f"{as_shown(metrics, key)} {metrics[key]['unit']}".strip(), name
        names.append(name.strip("`"))
    assert names == list(MODELS)


def test_the_front_page_is_short():
    assert len(README.splitlines()) <= 160


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md", *(f"docs/{name}" for name in sorted(DOCS))])
def test_links_lead_somewhere(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://", target):
            continue
        place, _, anchor = target.partition("#")
        file = (ROOT / path).parent / place if place else ROOT / path
        assert file.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}, (
                target
            )


def listed(tree: str) -> dict[str, str]:
    """Path of each file in a tree drawn by indentation -> its comment."""
    found, folders = {}, []
    for line in tree.splitlines():
        indent, name, comment = re.fullmatch(r"( *)(\S+) *(.*)", line).groups()
        folders[len(indent) // 2 :] = [name]
        if not name.endswith("/"):
            found["".join(folders)] = comment
    return found


def test_contributing_names_every_module():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (tree,) = re.findall(r"<!-- tree -->\n```\n(.*?)```", text, re.DOTALL)
    modules = [ROOT / "app.py", *CODE, *(ROOT / "space").rglob("*.js"), *(ROOT / "tests").glob("[!_]*.py")]
    there = {path.relative_to(ROOT).as_posix() for path in modules if path.name != "__init__.py"}
    tree = listed(tree)
    assert set(tree) == there
    assert [path for path, comment in tree.items() if not comment] == []
