"""A family is tested by being registered: each row of the table has all that the other rooms need of it."""

import json
import math
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
import torch
from huggingface_hub import ModelCard
from torch import nn

import space.models
from space.lessons.generate import tab as generate
from space.lessons.models import tab as models
from space.lessons.reconstruct import tab as reconstruct
from space.lessons.timeline import tab as timeline
from space.models import MODELS, config_class_of, models_that, roles
from space.page.words import TEXTS, i18n
from space.text import families
from space.weights.hub import BUNDLED, load
from space.weights.model_folder import load_folder
from tests.processes import ROOT
from tests.small_models import small
from tests.small_runs import SCRIPTS, config_of, fresh_accelerate_state, train  # noqa: F401
from training.card import card
from training.errors import TrainingError
from training.graphs import write_graphs
from training.recipes import BARS

FAMILIES = sorted(set(MODELS.values()), key=lambda family: family.__name__)
each_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__)
each_model = pytest.mark.parametrize("name", MODELS)
RUN = {"command": "accelerate launch -m training.train_x", "dataset": "fake", "train": "60 images", "seed": 0}
RUN |= {"steps": 2, "seconds": 3, "hardware": "1 thread of a CPU", "libraries": "torch 2"}


MEANS_NONE = {name: {("num_classes", 0)} for name in ("DDPM", "PixelCNN")}
MEANS_NONE["CycleGAN"] = {("domain_a", "fog"), ("domain_b", "fog")}
"""values that look out of range and are not: a model without classes, the name of a domain"""


def variants() -> Iterator[Any]:
    """Each family with every combination of its config's choices: variant, architecture, ..."""
    for family in FAMILIES:
        config_class = config_class_of(family)
        choices = {
            name: get_args(hint)
            for name, hint in get_type_hints(config_class).items()
            if get_origin(hint) is Literal
        }
        for values in product(*choices.values()):
            yield pytest.param(family, dict(zip(choices, values)), id="-".join([family.__name__, *values]))


each_variant = pytest.mark.parametrize(("family", "choices"), list(variants()))


@each_variant
def test_it_is_described(family: type[nn.Module], choices: dict[str, str]) -> None:
    description = small(family, **choices).config.describe()
    parts = asdict(description) | asdict(description.paper)
    assert [part for part, text in parts.items() if not str(text).strip()] == []
    assert description.paper.url.startswith("https://") and description.paper.year > 1980
    assert description.about.endswith(".") and description.limits.endswith(".")
    assert not description.networks.endswith(".") and "model" in description.usage
    for latent_dim in (2, 32):
        for key in families.texts_of(family, description.kind, latent_dim).values():
            assert all(text.strip() for text in TEXTS[key])
        for label in families.labels_of(description.kind, latent_dim):
            assert label[0].endswith(f", {latent_dim}-D") and label[1].endswith(f", {latent_dim}차원")


@each_family
def test_its_config_refuses_what_makes_no_model(family: type[nn.Module]) -> None:
    config_class = config_class_of(family)
    for field in fields(config_class):
        wrong: dict[type, tuple[object, ...]] = {
            int: (0, -1, 10**9),
            float: (-1.0, math.nan, math.inf),
            str: ("fog",),
            bool: (),
        }
        for value in wrong[type(field.default)]:
            if (field.name, value) in MEANS_NONE.get(family.__name__, ()):
                continue  # tested with the family
            with pytest.raises(ValueError, match=rf"{field.name} is .*allowed|too many") as caught:
                config_class(**{field.name: value})
            assert str(value) in str(caught.value)


@each_variant
def test_the_card_of_an_untrained_model_is_complete_and_its_snippet_runs(
    family: type[nn.Module], choices: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, folder = small(family, **choices), tmp_path / "untrained"
    model.save_pretrained(folder)
    graphs = write_graphs(folder, model)
    text = card(folder, model, {}, RUN)
    description = asdict(model.config.describe())
    said = description | description.pop("paper")
    assert [part for part, one in said.items() if part != "kind" and str(one) not in text] == []
    data = ModelCard(text).data
    assert data.license == "mit" and data.pipeline_tag and data.tags and data.library_name
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "generative_lab", space.models)  # as `pip install` names it
    made: dict[str, Any] = {}
    exec(text.split("```python\n")[1].split("```")[0], made)
    assert type(made["model"]) is family and made["model"].config == model.config
    (result,) = [made[name] for name in ("images", "logits") if name in made]
    assert len(result) == 16 and result.isfinite().all()
    exec(text.split("```python\n")[2].split("```")[0], made)
    assert len(made[made["session"].get_outputs()[0].name]) == 16
    assert all(f"`{graph}`" in text for graph in graphs)


@each_family
def test_it_is_trained_by_a_script_that_refuses_a_family_without_texts_before_the_first_step(
    family: type[nn.Module], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = family.__name__.lower()
    assert run in SCRIPTS, f"tests.small_runs.SCRIPTS has no small run of {family.__name__}"
    config_class, describe = config_class_of(family), config_class_of(family).describe
    kind = small(family).config.describe().kind
    monkeypatch.setattr(families, "TEXT", {k: v for k, v in families.TEXT.items() if ".name" not in k})
    with pytest.raises(TrainingError, match=rf"space\.text\.families lacks family\.{kind}\.name"):
        train(run, config_of(run, tmp_path))
    monkeypatch.undo()
    monkeypatch.setattr(config_class, "describe", lambda config: replace(describe(config), limits=""))
    with pytest.raises(TrainingError, match=r"describe\(\) leaves empty: limits"):
        train(run, config_of(run, tmp_path))
    monkeypatch.delattr(config_class, "describe")
    with pytest.raises(TrainingError, match=r"has no describe\(\)"):
        train(run, config_of(run, tmp_path))
    assert not list(tmp_path.rglob("*.csv")) and not list(tmp_path.rglob("*.png"))  # nothing was trained


def test_every_script_has_a_small_run() -> None:
    scripts = {f"training.{path.stem}" for path in (ROOT / "training").glob("train_*.py")}
    assert {script.__name__ for script, *_ in SCRIPTS.values()} == scripts


def test_every_role_is_played_by_a_model() -> None:
    names = {name: value for name, value in vars(roles).items() if name.isupper() and isinstance(value, str)}
    assert set(names.values()) <= set(MODELS) and len(set(names.values())) == len(names) >= 13
    assert {MODELS[judge].__name__ for judge in roles.JUDGES.values()} == {"Classifier"}


def test_every_model_has_bars() -> None:
    assert BARS.keys() == MODELS.keys() and all(BARS.values())


@each_model
def test_its_card_is_what_the_code_makes(name: str) -> None:
    folder = BUNDLED / name
    metrics, run = (json.loads((folder / file).read_text()) for file in ("metrics.json", "training.json"))
    assert (folder / "README.md").read_text() == card(folder, load_folder(MODELS[name], folder), metrics, run)


@torch.inference_mode()
@each_model
def test_every_lesson_that_lists_it_shows_it(name: str) -> None:
    """A text that is missing would be an internal error to a visitor, or a key on the page."""
    assert all(i18n(f"model.{name}{more}").key in TEXTS for more in ("", ".full"))
    snippets = []
    assert "<table" in models.show_details(name)
    if name in models_that("encode"):
        assert name in reconstruct.Result().js_on_load
        snippets.append(reconstruct.show_code("digit", 0, None, None, name, "none", 0.5, 0))
        assert all(TEXTS[reconstruct.objective_of(name).key])
    if name in models_that("decode"):
        update, snippet = generate.tell(name, 4, 0, 1.0, None)
        assert "<p" in update["told"]["measured"]
        snippets.append(snippet)
    if name in models_that("decode", "translate"):
        compile(timeline.show_code(name), name, "exec")
        assert timeline.told(load(name))["run"]["frames"] and all(TEXTS[timeline.hints_of(name).key])
    for snippet in snippets:
        assert f"import {MODELS[name].__name__}\n" in snippet
        compile(snippet, name, "exec")
