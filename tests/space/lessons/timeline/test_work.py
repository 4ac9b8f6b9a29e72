"""Charts of a run from its history: groups, scales, thinning."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from space.lessons.timeline import work
from space.weights import side_files
from tests.space.lessons.timeline.fakes import CYCLEGAN_NAME, GAN_NAME, STEPS, VAE_NAME, panels_of, run_of


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
    assert run["bend"] == 10  # where most curves begin, not where the metric does


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
