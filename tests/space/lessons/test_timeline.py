"""The tab of the training run without a browser: what is read from a model folder, and the API over HTTP."""

import base64
import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from space import app
from space.lessons.timeline import api, tab, view, work
from space.models import roles
from space.models.cyclegan import CycleGAN, CycleGANConfig
from space.models.gan import GAN, GANConfig
from space.models.vae import VAE, VAEConfig
from space.page import training_run
from space.page.components import MadeFile
from space.text.refusals import Problem
from space.weights import hub, side_files
from tests.small_models import bundled

GAN_NAME, VAE_NAME, BARE_NAME = roles.GAN, roles.VAE_MAP, roles.PLAIN
CYCLEGAN_NAME = roles.TRANSLATOR
STEPS = [0, 1, 2, 4, 9, 19, 40, 86, 186, 400]
GAN_COLUMNS = ["loss_d", "loss_g", "d_real", "d_fake", "d_fake_after", "value"]


def grid(step: int, columns: int = 10, rows: int = 6) -> Image.Image:
    """A grid as training draws it, with digit-sized cells that tell step, column and row apart."""
    pixels = np.zeros((29 * rows + 1, 29 * columns + 1, 3), np.uint8)
    for row in range(rows):
        for column in range(columns):
            level = 20 + (STEPS.index(step) * 60 + row * columns + column) % 230
            pixels[1 + 29 * row : 29 * (row + 1), 1 + 29 * column : 29 * (column + 1)] = level
    return Image.fromarray(pixels)


def write_gan(folder: Path) -> None:
    """A run as `training.train_gan` leaves it: losses every 10 steps, a measured figure with each picture."""
    torch.manual_seed(0)
    GAN(GANConfig(latent_dim=4, hidden_dim=8)).save_pretrained(folder)
    (folder / "samples").mkdir()
    for step in STEPS:
        grid(step).save(folder / "samples" / f"step-{step:06d}.png")
    with (folder / "history.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["step", "epoch", "learning_rate", "images_per_second", *GAN_COLUMNS, "test_lenet_fid"]
        )
        for step in sorted({*STEPS, *range(10, 401, 10)}):
            logged = [0.5, 2.0, 0.75, 0.25, 0.2, -0.6] if step and step % 10 == 0 else [""] * 6
            fid = [300 / (1 + step)] if step in STEPS else [""]
            writer.writerow([step, step / 100, "2e-4", 500, *logged, *fid])


def write_vae(folder: Path) -> None:
    """A run of another family, with half the rows of pictures."""
    VAE(VAEConfig(latent_dim=2, hidden_dim=8)).save_pretrained(folder)
    (folder / "samples").mkdir()
    for step in STEPS[::2]:
        grid(step, rows=5).save(folder / "samples" / f"step-{step:06d}.png")
    (folder / "history.csv").write_text(
        "step,epoch,loss,recon,kl,test_loss,test_recon,test_kl\n"
        "0,0,,,,530,530,0.01\n10,1,300,290,10,,,\n20,2,100,80,20,110,89,21\n"
    )


def write_cyclegan(folder: Path) -> None:
    """A run as `training.train_cyclegan` leaves it: two games, their cycle, and what is measured of both."""
    small = CycleGANConfig(base_channels=4, num_blocks=1, discriminator_channels=4)
    CycleGAN(small).save_pretrained(folder)
    (folder / "samples").mkdir()
    for step in (0, 10, 20):
        Image.new("RGB", (8 * 65 + 1, 4 * 65 + 1), (200, step, 0)).save(folder / f"samples/step-{step}.png")
    measured = [f"test_{key}_{way}" for key in ("l1", "ssim", "domain") for way in ("ab", "ba")]
    columns = ["loss_d_a", "loss_d_b", "loss_g_ab", "loss_g_ba", "cycle_loss"]
    measured = ["test_cycle_l1_a", "test_cycle_l1_b", *measured]
    rows = [[0, 0, *[""] * 5, *[0.1 * i for i in range(8)]], [10, 1, *[0.5 + 0.1 * i for i in range(5)]]]
    lines = [["step", "epoch", *columns, *measured], *rows, [20, 2, *[0.4 - 0.05 * i for i in range(13)]]]
    (folder / "history.csv").write_text("".join(",".join(map(str, line)) + "\n" for line in lines))


def write_models(root: Path) -> None:
    write_gan(root / GAN_NAME)
    write_cyclegan(root / CYCLEGAN_NAME)
    write_vae(root / VAE_NAME)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    write_models(tmp_path)
    with bundled(tmp_path):
        yield tmp_path


def run_of(name: str) -> dict:
    return view.training_run(hub.load(name))


def panels_of(run: dict) -> dict[str, dict]:
    return {panel["group"]: panel for panel in run["panels"]}


def opened(source: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(source.removeprefix("data:image/png;base64,"))))


def test_games_come_first_and_what_makes_no_pictures_not_at_all() -> None:
    assert work.NAMES[:3] == [roles.GAN, roles.DCGAN, roles.TRANSLATOR]
    assert len(work.NAMES) == len(set(work.NAMES))
    assert roles.DIGIT_JUDGE not in work.NAMES and roles.VAE_MAP in work.NAMES
    with pytest.raises(Problem, match="choose one of"):
        tab.show(roles.DIGIT_JUDGE)
    with pytest.raises(Problem, match="no model named"):
        tab.show("gan")


def test_the_run_is_plain_json_with_every_picture_exact(root: Path) -> None:
    run = run_of(GAN_NAME)
    json.dumps(run, allow_nan=False)
    assert run["positions"] == STEPS and run["steps_per_epoch"] == 100
    assert run["size"] == (291, 175)
    assert run["cells"] == {"columns": 10, "rows": 6, "side": 28, "padding": 1}
    for step, source in zip(STEPS, run["frames"], strict=True):
        image = opened(source)
        assert image.mode == "L" and np.array_equal(image, np.asarray(grid(step))[..., 0])


def test_a_game_has_its_charts_and_its_equilibrium(root: Path) -> None:
    run = run_of(GAN_NAME)
    panels = panels_of(run)
    assert list(panels) == ["opinion", "value", "game", "lenet_fid"]
    assert panels["opinion"]["equilibrium"] == 0.5
    assert panels["value"]["equilibrium"] == pytest.approx(-1.38629, abs=1e-5)
    assert panels["game"]["equilibrium"] is None
    assert [panel["log"] for panel in panels.values()] == [False, False, False, True]
    looks = {one["column"]: (one["hue"], one["dashed"]) for one in panels["opinion"]["series"]}
    assert looks == {"d_real": (0, False), "d_fake": (1, False), "d_fake_after": (1, True)}
    (value,) = panels["value"]["series"]
    assert value["steps"] == list(range(10, 401, 10)) and set(value["values"]) == {-0.6}
    assert panels["lenet_fid"]["series"][0]["steps"] == STEPS
    assert run["bend"] == 10  # where most curves begin, not where the figure does


def test_another_family_has_the_charts_of_its_columns(root: Path) -> None:
    panels = panels_of(run_of(VAE_NAME))
    assert {group: [one["column"] for one in panel["series"]] for group, panel in panels.items()} == {
        "loss": ["loss", "recon", "test_loss", "test_recon"],
        "regulariser": ["kl", "test_kl"],
    }
    assert [one["dashed"] for one in panels["loss"]["series"]] == [False, False, True, True]
    assert [one["hue"] for one in panels["loss"]["series"]] == [0, 1, 0, 1]


def test_unknown_columns_get_charts_of_their_own_and_twins_are_drawn_once(root: Path) -> None:
    (root / VAE_NAME / "history.csv").write_text("step,loss,recon,sharpness\n1,9,9,-1\n2,8,8,1\n")
    panels = panels_of(run_of(VAE_NAME))
    assert [one["column"] for one in panels["loss"]["series"]] == ["loss"]
    assert panels["sharpness"]["series"][0]["values"] == [-1, 1] and not panels["sharpness"]["log"]


def test_hints_fit_the_family(root: Path) -> None:
    hints = [tab.show(name)[2].key for name in (GAN_NAME, CYCLEGAN_NAME, VAE_NAME)]
    assert hints == ["timeline.game", "timeline.translation", "timeline.coder"]


def test_two_games_share_charts_both_ways(root: Path) -> None:
    run = run_of(CYCLEGAN_NAME)
    assert run["cells"] == {"columns": 8, "rows": 4, "side": 64, "padding": 1}
    assert {group: [one["column"] for one in panel["series"]] for group, panel in panels_of(run).items()} == {
        "game": ["loss_d_a", "loss_d_b", "loss_g_ab", "loss_g_ba"],
        "cycle": ["test_cycle_l1_a", "test_cycle_l1_b"],
        "l1": ["test_l1_ab", "test_l1_ba"],
        "ssim": ["test_ssim_ab", "test_ssim_ba"],
        "domain": ["test_domain_ab", "test_domain_ba"],
        "cycle_loss": ["cycle_loss"],
    }


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"\xff\xfe\x00",
        b"epoch,loss\n1,2\n",
        b"step,epoch\n1,1\n",
        b"step,loss\nnan,1\ninf,2\n-3,4\nx,5\n1e300,6\n7,nan\n8,oops\n9,1e300\n",
        b'step,loss\n"' + b"x" * 200_000,
        b"step,loss\n" + b"1,2\n" * (side_files.MAX_SIDE_ROWS + 1),
        b"step,loss\n1,2\n" + b" " * side_files.MAX_SIDE_FILE_BYTES,
    ],
    ids=["none", "empty", "binary", "no step", "no curve", "no numbers", "long cell", "rows", "bytes"],
)
def test_without_a_sound_history_the_pictures_remain(root: Path, content: bytes | None) -> None:
    history = root / GAN_NAME / "history.csv"
    history.unlink() if content is None else history.write_bytes(content)
    run = run_of(GAN_NAME)
    json.dumps(run, allow_nan=False)
    assert run["panels"] == [] and run["positions"] == STEPS and len(run["frames"]) == len(STEPS)


def test_damaged_cells_leave_gaps_and_rows_are_sorted(root: Path) -> None:
    (root / VAE_NAME / "history.csv").write_text(
        "step,epoch,loss\n30,3,3\n10,1,1,surplus\n20,2,nan\n\n40\n50,,5\n"
    )
    run = run_of(VAE_NAME)
    assert panels_of(run)["loss"]["series"][0]["steps"] == [10, 30, 50]
    assert run["steps_per_epoch"] == 10


def test_a_long_history_is_thinned_evenly_along_the_axis(root: Path) -> None:
    rows = "".join(f"{step},{math.sin(step)}\n" for step in range(30_000))
    (root / VAE_NAME / "history.csv").write_text("step,loss\n" + rows)
    (series,) = panels_of(run_of(VAE_NAME))["loss"]["series"]
    steps = np.array(series["steps"])
    assert 200 < len(steps) <= work.MAX_POINTS and steps[0] == 0 and steps[-1] == 29_999
    assert series["values"][-1] == math.sin(29_999)
    assert np.diff(np.log1p(steps)).max() < 0.8  # early rows are kept: the axis is logarithmic


def test_many_columns_are_few_charts(root: Path) -> None:
    names = [f"figure_{i}" for i in range(1000)]
    (root / VAE_NAME / "history.csv").write_text(f"step,{','.join(names)}\n1{',2' * 1000}\n")
    assert len(run_of(VAE_NAME)["panels"]) == work.MAX_PANELS


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


@pytest.mark.parametrize(("count", "most"), [(0, 5), (1, 1), (5, 5), (100, 1), (100, 7), (7, 0)])
def test_thinning_keeps_the_ends(count: int, most: int) -> None:
    kept = training_run.thin_out(range(count), most)
    assert len(kept) == min(count, most) and kept == sorted(set(kept))
    if most > 1 and count:
        assert kept[0] == 0 and kept[-1] == count - 1


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    root = tmp_path_factory.mktemp("pretrained")
    write_models(root)
    VAE(VAEConfig(latent_dim=2, hidden_dim=8)).save_pretrained(root / roles.VAE_DEEP)
    with bundled(root), gr.Blocks() as demo:
        with gr.Tabs():
            tab.build()
        _, url, _ = app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
        yield Client(url, verbose=False)
        demo.close()


def test_the_api_gives_an_animation_and_the_history(client: Client) -> None:
    path, history = client.predict(GAN_NAME, api_name="/timeline")
    with Image.open(path) as animation:
        assert (animation.format, animation.n_frames, animation.size) == ("GIF", len(STEPS), (582, 350))
        for i, step in enumerate(STEPS):
            animation.seek(i)
            assert np.array_equal(np.asarray(animation.convert("RGB"))[::2, ::2], np.asarray(grid(step)))
    assert history["model"] == GAN_NAME and history["source"] == "bundled" and history["commit"] is None
    assert history["snapshots"] == STEPS
    columns = history["columns"]
    assert len({len(column) for column in columns.values()}) == 1
    assert columns["step"][:3] == [0, 1, 2] and columns["loss_d"][:2] == [None, None]
    assert set(columns) >= {"step", "epoch", "learning_rate", *GAN_COLUMNS, "test_lenet_fid"}


def test_the_api_without_pictures_or_without_anything(client: Client) -> None:
    for path in (hub.BUNDLED / VAE_NAME / "samples").iterdir():
        path.unlink()
    path, history = client.predict(VAE_NAME, api_name="/timeline")
    assert path is None and history["snapshots"] == [] and history["columns"]["step"] == [0, 10, 20]
    with pytest.raises(AppError, match="neither pictures nor a history"):
        client.predict(roles.VAE_DEEP, api_name="/timeline")


@pytest.mark.parametrize("model", ["gan", roles.DIGIT_JUDGE, "", None, ["a"], "../../etc"])
def test_a_model_that_cannot_be_watched_is_one_sentence(client: Client, model: object) -> None:
    with pytest.raises(AppError) as error:
        client.predict(model, api_name="/timeline")
    assert "hoose one of" in str(error.value) and "\n" not in str(error.value)


def test_one_picture_is_an_animation_too(root: Path) -> None:
    for path in sorted((root / VAE_NAME / "samples").iterdir())[1:]:
        path.unlink()
    (name, content), _ = api.timeline(VAE_NAME)
    assert name == f"{VAE_NAME}.gif"
    with Image.open(io.BytesIO(content)) as animation:
        assert animation.n_frames == 1 and animation.size == (582, 292)


def test_a_made_file_is_kept_once_and_whole() -> None:
    component = MadeFile()
    first, again, other = (
        component.postprocess(("a.gif", content)) for content in (b"one", b"one", b"other")
    )
    path = Path(first.path)
    assert first.path == again.path != other.path and first.orig_name == "a.gif"
    assert path.read_bytes() == b"one" and list(path.parent.iterdir()) == [path]
    assert component.postprocess(None) is None
