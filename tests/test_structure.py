"""The rules of the house that no module can keep alone: who imports whom, and a README that is true."""

import ast
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from space.models import MODELS, models_that
from space.models.classifier import Classifier
from space.text import TEXT, limits
from space.weights.hub import BUNDLED

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = sorted(path for folder in ("space", "training") for path in (ROOT / folder).rglob("*.py"))


MAY_IMPORT = {
    "space/models": {"space/models"},
    "space/text": {"space/text"},
    "space/weights": {"space/weights", "space/models", "space/text"},
    "space/pictures": {"space/pictures", "space/text"},
    "space/page": {"space/page", "space/weights", "space/pictures", "space/models", "space/text"},
    "space/lessons": {"space/page", "space/weights", "space/pictures", "space/models", "space/text"},
    "space/host": {"space/host", "space/text"},
    "space": {"space/lessons", "space/page", "space/host", "space/weights", "space/text"},
    "training": {"training", "space/models", "space/weights", "space/pictures", "space/text"},
}
"""room -> rooms that its modules may import; a lesson imports itself besides"""
NEVER_IMPORTED = {
    "space": {"accelerate", "torchvision", "datasets"},
    "space/models": {"gradio", "PIL", "starlette"},
    "space/text": {"gradio", "PIL", "starlette", "torch"},
    "space/weights": {"gradio", "starlette"},
    "space/pictures": {"gradio", "starlette"},
    "training": {"gradio"},
}


def imported(path: Path) -> set[str]:
    """Names of the modules that a file imports, anywhere in it; a relative import by its whole name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = list(path.relative_to(ROOT).parent.parts)
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            names |= {f"{module}.{alias.name}" for alias in node.names}
    return names


def room_of(module: str) -> str:
    """The room that a module of the project lies in."""
    place = module.split(".")
    if place[0] == "training" or len(place) == 1 or not (ROOT / "space" / place[1]).is_dir():
        return place[0]
    return "/".join(place[:2])


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path):
    place = path.relative_to(ROOT)
    module, names = ".".join(place.with_suffix("").parts), imported(path)
    room = room_of(module)
    lesson = ".".join(place.parts[:3]) if room == "space/lessons" else None
    ours = {name for name in names if name.split(".")[0] in ("space", "training")}
    if lesson:
        ours = {name for name in ours if not name.startswith(f"{lesson}.")}
    assert {name for name in ours if room_of(name) not in MAY_IMPORT[room]} == set()
    never = NEVER_IMPORTED.get(room, set()) | (
        NEVER_IMPORTED["space"] if place.parts[0] == "space" else set()
    )
    assert {name.split(".")[0] for name in names} & never == set()


def test_models_can_be_taken_elsewhere():
    """`space/models` imports its own files relatively, so that it works under another name."""
    for path in (ROOT / "space" / "models").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level or not (node.module or "").startswith("space"), path


def test_every_room_says_what_it_is_for():
    for path in CODE:
        if path.name == "__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_readme_names_every_variable_that_the_code_reads():
    read = set()
    for path in [ROOT / "app.py", *CODE]:
        text = path.read_text()  # what is only set, for processes to come, is nobody's setting
        read |= set(re.findall(r"environ(?:\.get\(|\.setdefault\(|\[)\s*\"([A-Z_]+)\"(?!\] = )", text))
    read -= {"RANK", "LOCAL_RANK", "WORLD_SIZE", "ACCELERATE_MIXED_PRECISION"}  # set by the launcher
    assert "MODEL_NAMESPACE" in read
    assert {name for name in read if f"`{name}`" not in README} == set()


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


def test_readme_states_all_limits():
    (table,) = re.findall(r"<!-- limits -->\n\|.*\n\|---\|---\|\n((?:\|.*\n)+)", README)
    stated = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in table.splitlines()]
    code = ast.parse(Path(limits.__file__).read_text(encoding="utf-8")).body
    constants = [(node, below) for node, below in pairwise(code) if isinstance(node, ast.Assign)]
    assert len(constants) == len([name for name in vars(limits) if name.isupper()]) >= 20
    assert stated == [  # the docstring, the value
        (below.value.value, f"{getattr(limits, node.targets[0].id):,}") for node, below in constants
    ]


def test_every_model_is_bundled_complete_and_small():
    for name in MODELS:
        files = {path.name for path in (BUNDLED / name).iterdir()}
        assert files >= {"config.json", "model.safetensors", "README.md"}, name
        assert files >= {"metrics.json", "training.json", "history.csv"}, name
        assert (BUNDLED / name / "model.safetensors").stat().st_size < 10_000_000
        assert len(list((BUNDLED / name / "samples").glob("step-*.png"))) >= 8
    assert {path.name for path in BUNDLED.iterdir()} == set(MODELS)


def test_readme_results_are_those_of_metrics_json():
    tables = re.findall(r"<!-- columns: ([^>]+) -->\n<!-- results -->\n\|(.+?)\n\n", README, re.DOTALL)
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
                digits = 3 if re.match("(cycle_)?l1_|ssim_", key) else 2  # errors in [0, 1] are small
                expected = f"{metrics[key]['value']:.{digits}f}" if key in metrics else "–"
                assert cell == expected, (name, key)
    assert shown == set(MODELS)


def test_readme_commands_are_those_of_the_shipped_models():
    for name in MODELS:
        facts = json.loads((BUNDLED / name / "training.json").read_text())
        assert facts["command"] in README, name


def test_every_text_has_both_languages_and_the_same_blanks():
    for key, (english, korean) in TEXT.items():
        assert english.strip() and korean.strip(), key
        assert set(re.findall(r"{(\w+)[:}]", english)) == set(re.findall(r"{(\w+)[:}]", korean)), key


def test_every_reason_has_its_text():
    code = "".join(path.read_text() for path in (ROOT / "space").rglob("*.py"))
    assert {f"reason.{key}" for key in re.findall(r'why\(\s*"(\w+)"', code)} == {
        key for key in TEXT if key.startswith("reason.")
    }


def test_readme_shows_how_to_borrow_a_model(monkeypatch):
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"```python\n(import torch\n.*?)```", README, re.DOTALL)
    done: dict[str, object] = {}
    exec(code, done)
    assert done["digits"].shape == (1, 1, 28, 28)


@pytest.mark.parametrize("name", MODELS)
def test_the_snippet_on_each_card_runs(name, monkeypatch):
    monkeypatch.chdir(BUNDLED)
    (code,) = re.findall(r"```python\n(.*?)```", (BUNDLED / name / "README.md").read_text(), re.DOTALL)
    done: dict[str, object] = {}
    exec(code, done)
    config = done["model"].config
    if isinstance(done["model"], Classifier):
        assert done["logits"].shape == (16, config.num_classes)
    else:
        images = done["images"]
        assert images.shape == (16, *config.image_shape) and images.min() >= 0 and images.max() <= 1


def test_labels_state_the_latent_size_of_the_model():
    for name in models_that("decode"):
        latent_dim = json.loads((BUNDLED / name / "config.json").read_text())["latent_dim"]
        english, korean = TEXT[f"model.{name}"]
        assert english.endswith(f", {latent_dim}-D") and korean.endswith(f", {latent_dim}차원"), name
