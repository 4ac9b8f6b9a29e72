"""The recipes of the shipped models, and the bars that they are held to."""

import json

import pytest

from space.models import roles
from space.weights.hub import BUNDLED
from training import recipes
from training.errors import TrainingError
from training.recipes import BARS, Bar, RecipesConfig, command_of


def test_every_shipped_model_has_bars_on_figures_that_were_measured():
    assert BARS.keys() == recipes.recipes().keys()
    for name, bars in BARS.items():
        metrics = json.loads((BUNDLED / name / "metrics.json").read_text())
        assert bars and {bar.figure for bar in bars} <= metrics.keys()


def test_a_bar_has_a_side():
    assert Bar("psnr", at_least=23.0).reached(23.0) and not Bar("psnr", at_least=23.0).reached(22.9)
    assert Bar("loss", at_most=1.0).reached(0.9) and not Bar("loss", at_most=1.0).reached(1.1)
    assert str(Bar("psnr", at_least=23.0)) == "psnr ≥ 23.0" and str(Bar("loss", at_most=1.0)) == "loss ≤ 1.0"


def test_a_recipe_trains_goes_on_and_is_not_done_twice(tmp_path, capfd):
    config = RecipesConfig(
        model=(roles.PLAIN,), output_dir=tmp_path, more="--dataset fake --max_steps 3 --batch_size 64"
    )
    facts = recipes.recipes()[roles.PLAIN]
    command = command_of(roles.PLAIN, facts, config)
    assert command[command.index("-m", 3) :][:2] == ["-m", "training.train_autoencoder"]
    assert "--resume_from_checkpoint" not in command
    recipes.main(config)
    weights = tmp_path / roles.PLAIN / "model.safetensors"
    assert weights.exists() and (tmp_path / f"{roles.PLAIN}.log").stat().st_size > 100
    assert "--resume_from_checkpoint" in command_of(roles.PLAIN, facts, config)
    before = weights.stat().st_mtime_ns
    recipes.main(config)
    assert weights.stat().st_mtime_ns == before
    printed = capfd.readouterr()
    assert (
        "reconstruction_psnr ≥ 23.0" in printed.out + printed.err and "(missed)" in printed.out + printed.err
    )


def test_a_recipe_that_fails_says_where_to_look(tmp_path, capfd):
    config = RecipesConfig(model=(roles.PLAIN,), output_dir=tmp_path, more="--batch_size 0")
    with pytest.raises(SystemExit):
        recipes.main(config)
    assert f"{roles.PLAIN}.log says why" in "".join(capfd.readouterr())
    assert "batch_size is 0" in (tmp_path / f"{roles.PLAIN}.log").read_text()


def test_unknown_models_are_named(tmp_path):
    with pytest.raises(TrainingError, match="no shipped model is called nonsense"):
        recipes.main(RecipesConfig(model=("nonsense",), output_dir=tmp_path))
    with pytest.raises(TrainingError, match="--all"):
        recipes.main(RecipesConfig(output_dir=tmp_path))
