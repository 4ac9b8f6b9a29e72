"""Measuring a model folder again."""

import json
import re
import shutil
from dataclasses import replace

import pytest
from accelerate.state import AcceleratorState

from space.weights.hub import BUNDLED
from tests.small_runs import classifier_config, config_of, gan_config, train, vae_config
from training import evaluate, train_classifier, train_gan, train_vae
from training.errors import TrainingError


@pytest.mark.parametrize("family", ["vae", "dcgan", "cyclegan"])
def test_evaluating_again_gives_the_same_figures(tmp_path, capsys, family):
    config = config_of(family, tmp_path / "small", max_steps=2, mixed_precision="bf16")
    train(family, config)
    names = ("metrics.json", "latents.csv", "README.md")
    files = [config.output_dir / name for name in names if (config.output_dir / name).exists()]
    before = [file.read_text() for file in files]
    files[0].write_text("{}")
    evaluate.main(evaluate.EvaluateConfig(model=str(config.output_dir), iw_samples=10))
    assert [file.read_text() for file in files] == before
    assert {"vae": "neg_elbo_1", "dcgan": "d_fake", "cyclegan": "l1_ab"}[family] in capsys.readouterr().out


@pytest.mark.parametrize("folder", sorted(BUNDLED.iterdir()), ids=lambda folder: folder.name)
def test_a_shipped_card_is_what_its_folder_makes(tmp_path, folder):
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    evaluate.main(evaluate.EvaluateConfig(model=str(copy), figures="none"))
    for path in folder.rglob("*.*"):
        assert (copy / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_a_check_of_figures_writes_nothing_and_names_those_that_differ(tmp_path, capsys):
    config = gan_config(tmp_path / "small", max_steps=2)
    train_gan.main(config)
    again = evaluate.EvaluateConfig(model=str(config.output_dir), check=True)
    before = {path.name: path.read_bytes() for path in config.output_dir.glob("*.*")}
    evaluate.main(again)
    assert {path.name: path.read_bytes() for path in config.output_dir.glob("*.*")} == before
    figures = config.output_dir / "metrics.json"
    metrics = json.loads(before[figures.name])
    shown = metrics["d_real"]["value"]
    assert f"{'d_real':28} {shown} {shown}\n" in capsys.readouterr().out
    metrics["d_real"]["value"] = shown * (1 + 1e-6)  # what rounding hides
    figures.write_text(json.dumps(metrics))
    evaluate.main(again)
    metrics["d_real"]["value"] = shown * 1.01
    figures.write_text(json.dumps(metrics | {"recall": metrics["d_real"]}))
    with pytest.raises(TrainingError, match=r"has other figures than it shows: d_real, recall$"):
        evaluate.main(again)


def test_a_check_of_a_vae_may_take_any_number_of_importance_samples(tmp_path, capsys):
    config = vae_config(tmp_path / "small", max_steps=2)  # with 10
    train_vae.main(config)
    again = evaluate.EvaluateConfig(model=str(config.output_dir), check=True)
    for iw_samples, line in (
        (0, r"iw_nll_10 +\S+ None"),
        (10, r"iw_nll_10 +(\S+) \1"),
        (5, r"iw_nll_5 +None \d"),
    ):
        evaluate.main(replace(again, iw_samples=iw_samples))
        assert re.search(line, capsys.readouterr().out)
    figures = config.output_dir / "metrics.json"
    metrics = json.loads(figures.read_text())
    metrics["iw_nll_10"]["value"] *= 1.01
    figures.write_text(json.dumps(metrics))
    with pytest.raises(TrainingError, match=r"has other figures than it shows: iw_nll_10$"):
        evaluate.main(replace(again, iw_samples=10))


def test_figures_of_samples_are_added_to_those_that_stand(tmp_path):
    config = vae_config(tmp_path / "small", max_steps=2)
    train_vae.main(config)
    AcceleratorState._reset_state(True)
    judge = classifier_config(tmp_path / "judge", max_steps=2)
    train_classifier.main(judge)
    before = json.loads((config.output_dir / "metrics.json").read_text())
    evaluate.main(
        evaluate.EvaluateConfig(
            model=str(config.output_dir), figures="samples", classifier=str(judge.output_dir)
        )
    )
    after = json.loads((config.output_dir / "metrics.json").read_text())
    assert after.items() > before.items() and "lenet_fid" in after.keys() - before.keys()
