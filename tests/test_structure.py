"""The rules of the house that no module can keep alone: who imports whom, what every model and text has."""

import ast
import json
import re
import sys
from pathlib import Path

import pytest

import space.models
from space.models import MODELS, config_class_of, models_that
from space.models.classifier import Classifier
from space.page.words import TEXTS
from space.text import TEXT
from space.weights.hub import BUNDLED

ROOT = Path(__file__).parent.parent
CODE = [
    ROOT / "app.py",
    *sorted(path for folder in ("space", "training") for path in (ROOT / folder).rglob("*.py")),
]

MAY_IMPORT = {
    "space/models": {"space/models"},
    "space/text": {"space/text"},
    "space/weights": {"space/weights", "space/models", "space/text"},
    "space/pictures": {"space/pictures", "space/text"},
    "space/page": {"space/page", "space/weights", "space/pictures", "space/models", "space/text"},
    "space/lessons": {"space/page", "space/weights", "space/pictures", "space/models", "space/text"},
    "space/host": {"space/host", "space/text"},
    "space": {"space/lessons", "space/page", "space/host"},
    "app": {"space"},
    "training": {"training", "space/models", "space/weights", "space/pictures", "space/text"},
}
"""room -> rooms that its modules may import; a lesson imports itself besides; `app` is app.py at the root"""
MODULE_MAY_IMPORT = {
    "space/page/components.py": {"space.host.components"},
    "app.py": {
        "space.host.ending",
        "space.host.malloc",
        "space.host.temporary_files",
        "space.weights.proxies",
    },
}
"""modules that may import more than their room, and what"""
NEVER_IMPORTED = {
    "space": {"accelerate", "torchvision", "datasets"},
    "space/models": {"gradio", "PIL", "starlette"},
    "space/text": {"gradio", "PIL", "starlette", "torch"},
    "space/weights": {"gradio", "starlette"},
    "space/pictures": {"gradio", "starlette"},
    "space/lessons": {"starlette", "fastapi"},
    "training": {"gradio"},
}
MAY_IMPORT_STARLETTE = {"space/page/routes.py", "space/page/modules.py", "space/page/facts.py"}
"""modules outside space/host that answer requests of their own"""


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
    more = MODULE_MAY_IMPORT.get(place.as_posix(), set())
    ours = {name for name in ours if not {name, name.rpartition(".")[0]} & more}
    assert {name for name in ours if room_of(name) not in MAY_IMPORT[room]} == set()
    never = NEVER_IMPORTED.get(room, set()) | (
        NEVER_IMPORTED["space"] if place.parts[0] == "space" else set()
    )
    assert {name.split(".")[0] for name in names} & never == set()


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_host_reaches_into_gradio(path):
    """Everybody else imports `gradio` itself, and touches no private attribute of what is not its own.

    Three modules of `space/page` import Starlette, too, but nothing private of it.
    """
    if path.parent.name == "host":
        return
    names = imported(path)
    assert not [name for name in names if name.startswith(("gradio.", "gradio_client"))]
    web = {name for name in names if name.split(".")[0] in ("starlette", "fastapi", "uvicorn")}
    assert not web or path.relative_to(ROOT).as_posix() in MAY_IMPORT_STARLETTE
    assert not [name for name in web if "._" in name]
    if "gradio" in names:
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        private = [node for node in tree if isinstance(node, ast.Attribute) and re.match("_[^_]", node.attr)]
        assert [ast.unparse(node) for node in private if ast.unparse(node.value) != "self"] == []


def files_of(module: str) -> set[Path]:
    """The files of the project that run where a name is imported: the module's, and those of its packages."""
    parts = module.split(".")
    places = [ROOT.joinpath(*parts[: cut + 1]) for cut in range(len(parts))]
    files = {file for place in places for file in (place.with_suffix(".py"), place / "__init__.py")}
    return files & set(CODE)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "space" / "lessons").glob("*/work.py")), ids=lambda path: path.parent.name
)
def test_the_work_of_a_lesson_needs_no_gradio(path):
    """Nor does anything of the project that it imports, or that is imported by that."""
    needed = [path]
    for file in needed:  # which grows meanwhile
        names = imported(file)
        assert "gradio" not in {name.split(".")[0] for name in names}, file
        needed += sorted(set().union(*map(files_of, names)) - set(needed))
    assert len(needed) > 10 or path.parent.name in ("classify", "tree")  # which need next to nothing


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


@pytest.mark.parametrize("room", sorted(MAY_IMPORT.keys() - {"app"}))
def test_every_room_says_what_it_may_import(room):
    said = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8")))
    (sentence,) = re.findall(r"\bIt may import (.*?)\.", said, re.DOTALL)
    others = {other.removeprefix("space/") for other in MAY_IMPORT[room] - {room}}
    assert set(re.findall(r"`(\w+)`", sentence)) == others


def test_every_model_is_bundled_complete_and_small():
    for name in MODELS:
        files = {path.name for path in (BUNDLED / name).iterdir()}
        assert files >= {"config.json", "model.safetensors", "README.md"}, name
        assert files >= {"metrics.json", "training.json", "history.csv"}, name
        assert (BUNDLED / name / "model.safetensors").stat().st_size < 10_000_000
        assert len(list((BUNDLED / name / "samples").glob("step-*.png"))) >= 8
    assert {path.name for path in BUNDLED.iterdir()} == set(MODELS)


def test_every_text_has_both_languages_and_the_same_blanks():
    for key, (english, korean) in TEXT.items():
        assert english.strip() and korean.strip(), key
        assert set(re.findall(r"{(\w+)[:}]", english)) == set(re.findall(r"{(\w+)[:}]", korean)), key


def test_every_reason_has_its_text():
    code = "".join(path.read_text() for path in (ROOT / "space").rglob("*.py"))
    assert {f"reason.{key}" for key in re.findall(r'why\(\s*"(\w+)"', code)} == {
        key for key in TEXT if key.startswith("reason.")
    }


@pytest.mark.parametrize("name", MODELS)
def test_the_snippets_on_each_card_run(name, monkeypatch):
    monkeypatch.chdir(BUNDLED)
    monkeypatch.setitem(sys.modules, "generative_lab", space.models)  # as `pip install` names it
    codes = re.findall(r"```python\n(.*?)```", (BUNDLED / name / "README.md").read_text(), re.DOTALL)
    torch_made, onnx_made = {}, {}
    exec(codes.pop(0), torch_made)
    exec(codes.pop(0), onnx_made)
    config = torch_made["model"].config
    for made in (torch_made, onnx_made):
        if isinstance(torch_made["model"], Classifier):
            assert made["logits"].shape == (16, config.num_classes)
        elif "x_start" in made:
            assert made["x_start"].shape == made["pred_noise"].shape == (16, *config.image_shape)
        elif "log_odds" in made:
            assert set(made["x"].flat) == {0, 1} and made["log_odds"].shape == (16, *config.image_shape)
        else:
            images = made["images"]
            assert images.shape == (16, *config.image_shape) and images.min() >= 0 and images.max() <= 1
    assert codes == []


def test_labels_state_the_latent_size_of_the_model():
    for name in models_that("decode"):
        config = json.loads((BUNDLED / name / "config.json").read_text())
        latent_dim = config_class_of(MODELS[name])(**config).latent_dim
        english, korean = TEXTS[f"model.{name}"]
        assert english.endswith(f", {latent_dim}-D") and korean.endswith(f", {latent_dim}차원"), name
