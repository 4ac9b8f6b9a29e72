"""The script that shows what the weight of the cycle does."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from space.models.cyclegan import CycleGAN
from tests.small_models import small
from training import lambda_sheet as script
from training.errors import TrainingError

DATASET = "flat2fluent"


def write_run(folder: Path, weight: str, steps: int, bias: float) -> Path:
    """A run whose G_AB makes a grey level of its own, and whose G_BA makes the middle one."""
    model = small(CycleGAN, image_size=32, domain_a="Fluent Flat", domain_b="Fluent 3D", skip="none")
    with torch.no_grad():
        for generator, value in ((model.generator_ab, bias), (model.generator_ba, 0.0)):
            generator.head.weight.zero_()
            generator.head.bias.fill_(value)
    model.save_pretrained(folder)
    command = f"accelerate launch -m training.train_cyclegan {weight}"
    facts = {"family": "CycleGAN", "command": command, "dataset": DATASET, "steps": steps}
    (folder / "training.json").write_text(json.dumps(facts))
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for domain in ("trainA", "trainB", "testA", "testB"):
        place = tmp_path / "data" / DATASET / domain
        place.mkdir(parents=True)
        for i in range(3):
            Image.new("RGB", (32, 32), (51 * i,) * 3).save(place / f"{i}.png")
    return tmp_path / "data"


def run(monkeypatch: pytest.MonkeyPatch, data: Path, *folders: Path) -> None:
    monkeypatch.setattr("sys.argv", ["lambda_sheet", *map(str, folders), "--data_dir", str(data)])
    script.main()


def test_the_pictures_show_every_run_and_says_what_it_changes(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "lambda"
    monkeypatch.setattr(script, "LAMBDA_FOLDER", target)
    runs = [
        write_run(tmp_path / "none", "--lambda_cycle 0", 70, 0.0),
        write_run(tmp_path / "much", "--lambda_cycle=50", 70, 2.0),
    ]
    run(monkeypatch, data, *runs)
    x, *shown = (np.asarray(Image.open(target / f"{i}.png")) for i in range(3))
    assert x.shape == (32, len(script.SHOWN) * 32, 3)
    pixels = np.stack(shown)
    assert pixels.shape == (2, 2 * 32, len(script.SHOWN) * 32, 3)
    middle = pixels[:, 16::32, 16, 0].flatten()  # of a row each
    assert middle.tolist() == [128, 128, round(255 / (1 + np.exp(-2))), 128]
    first, second = json.loads((target / "runs.json").read_text())
    assert (first["weight"], second["weight"], first["steps"]) == (0, 50, 70)
    levels = np.array([0, 0.2, 0.4])  # of the test images
    assert first["change"] == first["cycle_l1"] == pytest.approx(np.abs(levels - 0.5).mean(), abs=1e-3)
    assert second["cycle_l1"] == first["cycle_l1"] < second["change"]


@pytest.mark.parametrize(
    ("weight", "steps", "said"),
    [("", 70, "no --lambda_cycle"), ("--lambda_cycle 1", 71, "different numbers")],
)
def test_runs_that_do_not_compare_are_refused(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch, weight: str, steps: int, said: str
) -> None:
    monkeypatch.setattr(script, "LAMBDA_FOLDER", tmp_path / "lambda")
    runs = [
        write_run(tmp_path / "a", "--lambda_cycle 0", 70, 0.0),
        write_run(tmp_path / "b", weight, steps, 0.0),
    ]
    with pytest.raises(TrainingError, match=said):
        run(monkeypatch, data, *runs)
    assert not (tmp_path / "lambda").exists()
