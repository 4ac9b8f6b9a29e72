"""The package that `pip install` makes of `space/models`: what it needs, and that it loads every model."""

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from space.models import FAMILIES, GAN, MODELS, Autoencoder, config_class_of, load, roles
from space.weights.hub import BUNDLED
from tests.hub_server import HubServer, Repo, client_settings, read_folder
from tests.small_models import small

ROOT = Path(__file__).parents[1]
FILES = ("pyproject.toml", "requirements.txt", "training/requirements.txt", "README.md", "LICENSE")
LOAD_ALL = """
import sys
from importlib.abc import MetaPathFinder

class Alone(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"gradio", "space", "training", "torchvision", "accelerate", "scipy"}:
            raise ImportError(f"the package needs {name}")

sys.meta_path.insert(0, Alone())
sys.path.insert(0, sys.argv[1])
from generative_lab import load
made = {}
exec(sys.stdin.read(), made)
assert made["digits"].shape == (1, 1, 28, 28)
for folder in sys.argv[2:]:
    model = load(folder)
    assert type(model).__module__.startswith("generative_lab.") and not model.training
    print(type(model).__name__)
"""


def test_the_wheel_loads_every_bundled_model_without_the_app(tmp_path: Path) -> None:
    source, wheels, installed = tmp_path / "source", tmp_path / "wheels", tmp_path / "installed"
    for file in (*FILES, *(path.relative_to(ROOT) for path in (ROOT / "space/models").glob("*.py"))):
        (source / file).parent.mkdir(parents=True, exist_ok=True)
        (source / file).write_bytes((ROOT / file).read_bytes())
    build = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, source]
    subprocess.run([sys.executable, "-m", *build], check=True)
    (wheel,) = wheels.iterdir()
    shutil.unpack_archive(wheel, installed, "zip")
    (metadata,) = importlib.metadata.distributions(path=[str(installed)])
    needs = [Requirement(one) for one in metadata.requires]
    own = {need.name for need in needs if need.marker is None}
    assert own == {"huggingface_hub", "safetensors", "torch"}
    for extra, one in (("app", "gradio"), ("training", "accelerate")):
        assert [need.name for need in needs if need.marker and need.marker.evaluate({"extra": extra})].count(
            one
        )
    assert sorted(path.name for path in (installed / "generative_lab").glob("*.py")) == sorted(
        path.name for path in (ROOT / "space/models").glob("*.py")
    )
    (borrow,) = re.findall(r"```python\n(import torch\n.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    with HubServer() as hub:
        hub.repos["someone/gan"] = repo = Repo()
        repo.commit("upload", read_folder(BUNDLED / roles.GAN))
        done = subprocess.run(
            [sys.executable, "-c", LOAD_ALL, installed, *(BUNDLED / name for name in MODELS), "someone/gan"],
            input=borrow.replace("NAMESPACE/", f"{BUNDLED}/"),
            env=os.environ | client_settings(hub, tmp_path) | {"HF_HUB_OFFLINE": "0"},
            **{"cwd": tmp_path, "check": True, "capture_output": True, "text": True},
        )
    found = [line for line in done.stdout.splitlines() if not line.startswith("Loading weights")]
    assert found == [family.__name__ for family in (*MODELS.values(), GAN)]


def test_the_package_and_the_app_ask_for_the_same_versions() -> None:
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert set(needs) <= set((ROOT / "requirements.txt").read_text().splitlines())


def test_each_family_is_known_by_the_fields_of_its_config() -> None:
    fields = [frozenset(config_class_of(family).__dataclass_fields__) for family in FAMILIES]
    assert len(set(fields)) == len(FAMILIES)
    assert set(MODELS.values()) <= set(FAMILIES)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_config_of_an_earlier_version_without_a_later_field_is_read(tmp_path: Path, family: type) -> None:
    small(family).save_pretrained(tmp_path)
    written = json.loads((tmp_path / "config.json").read_text())
    defaults = asdict(config_class_of(family)())
    for name in [name for name in written if written[name] == defaults[name]]:
        earlier = {key: value for key, value in written.items() if key != name}
        (tmp_path / "config.json").write_text(json.dumps(earlier))
        if family is Autoencoder and name == "variant":  # what is left is a VAE's config, but not its weights
            with pytest.raises(RuntimeError, match="size mismatch"):
                load(tmp_path)
            continue
        loaded = load(tmp_path)
        assert type(loaded) is family and asdict(loaded.config) == written


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"model_type": "bert"}, "of no family of the lab"),
        ({}, "of no family of the lab"),
        ({"image_size": 28, "in_channels": 1}, "of no family of the lab"),
        ([1], "not a JSON object"),
        (None, "not a JSON object"),
    ],
)
def test_another_librarys_config_is_a_sentence(tmp_path: Path, config: object, says: str) -> None:
    (tmp_path / "config.json").write_text("{" if config is None else json.dumps(config))
    with pytest.raises(ValueError, match=says):
        load(tmp_path)
