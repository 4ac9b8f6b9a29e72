"""What is sent to the page of a run: pictures, positions, cells."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from space.page import training_run
from tests.space.lessons.timeline.fakes import GAN_NAME, STEPS, VAE_NAME, grid, opened, run_of


def test_the_run_is_plain_json_with_every_picture_exact(root: Path) -> None:
    run = run_of(GAN_NAME)
    json.dumps(run, allow_nan=False)
    assert run["positions"] == STEPS and run["steps_per_epoch"] == 100
    assert run["size"] == (291, 175)
    assert run["cells"] == {"columns": 10, "rows": 6, "side": 28, "padding": 1}
    for step, source in zip(STEPS, run["frames"], strict=True):
        image = opened(source)
        assert image.mode == "L" and np.array_equal(image, np.asarray(grid(step))[..., 0])


def test_damaged_and_odd_pictures_are_left_out(root: Path) -> None:
    samples = root / GAN_NAME / "samples"
    whole = (samples / "step-000009.png").read_bytes()
    (samples / "step-000009.png").write_bytes(whole[: len(whole) // 2])
    (samples / "step-000019.png").write_text("<svg onload=alert(1)>")
    Image.new("L", (50, 50)).save(samples / "step-000040.png")
    (samples / "step-last.png").write_bytes(whole)
    (samples / "step--5.png").write_bytes(whole)
    (samples / "step-000050.png").symlink_to(samples / "nowhere.png")
    (samples / "step-000060.png").mkdir()
    assert run_of(GAN_NAME)["positions"] == [0, 1, 2, 4, 86, 186, 400]


def test_pictures_of_another_format_or_too_many_pixels_are_left_out(root: Path) -> None:
    samples = root / VAE_NAME / "samples"
    for path in samples.iterdir():
        path.unlink()
    Image.new("1", (5000, 5000)).save(samples / "step-000001.png")
    grid(0).save(samples / "step-000002.png", "GIF")
    assert run_of(VAE_NAME)["frames"] == []


def test_a_heavy_run_keeps_its_ends(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = root / GAN_NAME / "samples"
    sizes = sum(path.stat().st_size for path in samples.iterdir())
    monkeypatch.setattr(training_run, "MAX_FRAMES_BYTES", sizes * 0.6)
    kept = run_of(GAN_NAME)["positions"]
    assert kept[0] == 0 and kept[-1] == 400 and len(kept) == 5
    monkeypatch.setattr(training_run, "MAX_FRAMES", 3)
    assert len(training_run.read_frames(root / GAN_NAME)) == 3
    monkeypatch.setattr(training_run, "MAX_FRAME_BYTES", 10)
    assert training_run.read_frames(root / GAN_NAME) == []


def test_without_pictures_the_slider_walks_along_the_curves(root: Path) -> None:
    for path in (root / GAN_NAME / "samples").iterdir():
        path.unlink()
    run = run_of(GAN_NAME)
    assert (run["frames"], run["size"], run["cells"]) == ([], None, None)
    assert run["positions"][0] == 0 and run["positions"][-1] == 400 and len(run["panels"]) == 4


def test_pictures_that_are_no_grid_of_the_models_images_have_no_cells(root: Path) -> None:
    for path in (root / VAE_NAME / "samples").iterdir():
        Image.new("RGB", (100, 40), "red").save(path)
    run = run_of(VAE_NAME)
    assert run["cells"] is None and opened(run["frames"][0]).mode == "RGB"
