"""The curves of how models became good."""

import csv
import sys

import pytest

from space.weights.hub import BUNDLED
from training.bench import curves
from training.bench.curves import CurvesConfig, seconds_of
from training.errors import TrainingError
from training.recipes import recipes


def test_seconds_follow_the_speed():
    rows = [
        {"step": "0", "images_per_second": ""},
        {"step": "10", "images_per_second": "100"},
        {"step": "30", "images_per_second": "50"},
    ]
    assert seconds_of(rows, 100.0) == pytest.approx([0, 20, 100])


@pytest.mark.parametrize("panel", curves.PANELS, ids=lambda panel: panel[0])
def test_every_panel_of_the_curves_has_its_lines(panel):
    _, kinds, columns, _, _ = panel
    lines = curves.lines_of(BUNDLED, kinds, columns)
    counts = {}  # how often the history of a model has a column, after step 0
    for name in (name for name in recipes() if name.split("-")[0] in kinds):
        with (BUNDLED / name / "history.csv").open() as file:
            rows = [row for row in csv.DictReader(file) if row["step"] != "0"]
        found = {(name, column): sum(bool(row.get(column)) for row in rows) for column in columns}
        counts |= {key: count for key, count in found.items() if count}
    assert len(lines) == len(counts) >= 2 and max(counts.values()) >= 5
    few = sum(count < 5 for count in counts.values())
    assert sum(len(values) < 5 for _, _, values in lines) == few
    for _, seconds, values in lines:
        assert len(seconds) == len(values) and seconds == sorted(seconds) and seconds[0] > 0


def test_only_what_was_measured_is_drawn(tmp_path):
    (tmp_path / "gan-of-mine").mkdir()
    (tmp_path / "gan-of-mine" / "training.json").write_text('{"seconds": 8}')
    rows = "step,images_per_second,loss_d,test_lenet_fid\n0,,,700\n2,5,1.5,\n4,5,1.4,60\n"
    (tmp_path / "gan-of-mine" / "history.csv").write_text(rows)
    assert curves.lines_of(tmp_path, {"gan"}, ("test_lenet_fid",)) == [("gan-of-mine", [8.0], [60.0])]
    assert curves.lines_of(tmp_path, {"gan"}, ("test_loss",)) == []
    assert curves.limits_of(tmp_path, {"gan"}, "lenet_fid") == []
    with pytest.raises(TrainingError, match="holds no model folders"):
        curves.main(CurvesConfig(folder=tmp_path / "gan-of-mine"))


def test_drawing_without_matplotlib_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(TrainingError, match="pip install matplotlib"):
        curves.main(CurvesConfig(picture=tmp_path / "quality.png"))
