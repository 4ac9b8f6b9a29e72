"""The models lesson without a browser: whole folders, and folders with damage."""

import json

import pytest
from PIL import Image

from space.lessons.models import api, tab, work
from space.models import MODELS, roles
from space.page.training_run import read_frames
from space.text.refusals import Problem
from space.weights import hub, side_files
from tests.small_models import bundled, small

NAME = roles.PLAIN


@pytest.fixture
def folder(tmp_path):
    """The folder of `NAME`, complete; the other models have weights only."""
    for name, model_class in MODELS.items():
        small(model_class).save_pretrained(tmp_path / name)
        (tmp_path / name / "README.md").unlink()
    folder = tmp_path / NAME
    (folder / "README.md").write_text("---\ntags:\n- a\nlicense: mit\n---\n# Model\nlicense: none\n")
    psnr = {"value": 23.456, "unit": "dB", "better": "higher", "protocol": "<i>10,000 images</i>"}
    metrics = {
        "reconstruction_psnr": psnr,
        "kl_per_dimension": psnr | {"value": [1, 2.5], "unit": "nats/image", "better": None},
        "new_one": psnr | {"value": 5, "unit": ""},
        "broken": {"value": "many"},
        "nothing": {"value": float("nan")},
    }
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "history.csv").write_text(
        "step,epoch,loss,recon,test_loss\n0,0,50,50,40\n100,1,20,20,\n200,2,nan,10,12\n300,3,9,,oops\n"
    )
    (folder / "samples").mkdir()
    for step in (10, 0, 200):
        Image.new("L", (4, 4), step).save(folder / "samples" / f"step-{step:06d}.png")
    (folder / "samples" / "step-000300.png").write_text("no picture")
    (folder / "samples" / "step-last.png").write_text("no number")
    with bundled(tmp_path):
        yield folder


def test_the_list_holds_every_model_and_is_plain_json(folder):
    (folder.parent / roles.VAE_DEEP / "config.json").unlink()
    hub.clear()
    listed = {entry["name"]: entry for entry in api.list_models()}
    assert list(listed) == list(MODELS)
    json.dumps(list(listed.values()), allow_nan=False)
    one = listed[NAME]
    assert (one["family"], one["source"], one["commit"], one["reason"]) == (
        "autoencoder",
        "bundled",
        None,
        None,
    )
    assert one["bytes"] == (folder / "model.safetensors").stat().st_size
    assert one["parameters"] == sum(p.numel() for p in hub.load(NAME).model.parameters())
    assert one["config"]["hidden_dim"] == 8 and one["metrics"]["reconstruction_psnr"]["value"] == 23.456
    missing = listed[roles.VAE_DEEP]
    assert missing["source"] is None and "config.json is missing" in missing["reason"]
    assert missing.keys() == one.keys()


def test_the_overview_shows_all_and_says_what_is_wrong_with_one(folder):
    (folder.parent / roles.VAE_MAP / "model.safetensors").write_bytes(b"short")
    hub.clear()
    page = tab.show_overview()
    assert page.count("<tr>") == 1 + len(MODELS)
    assert page.count("bundled with this app") == len(MODELS) - 1
    assert "cannot be used" in page and "mit" in page


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlicense: apache-2.0\n---\n", "apache-2.0"),
        ("---\ntags: [a]\nlicense: 'mit'\n---\n", "mit"),
        ("# Card\nlicense: mit\n", None),
        ("---\ntags: [a]\n---\nlicense: mit\n", None),
        ("", None),
    ],
)
def test_the_licence_is_read_from_the_cards_header(tmp_path, card, licence):
    (tmp_path / "README.md").write_text(card)
    assert side_files.read_licence(tmp_path) == licence


def test_blank_and_broken_cells_leave_gaps_in_the_curves(folder):
    curves = side_files.find_curves(side_files.read_rows(folder))
    assert curves["loss"] == ([0, 100, 300], [50, 20, 9])
    assert curves["test_loss"] == ([0, 200], [40, 12])


def test_pictures_come_in_the_order_of_their_steps(folder):
    assert [step for step, _ in read_frames(folder)] == [0, 10, 200]


def test_details_show_figures_with_protocol_curves_and_pictures(folder):
    page = tab.show_details(NAME)
    assert "23.46\u00a0dB" in page and "1.00, 2.50\u00a0nats/image" in page and "new_one" in page
    assert "&lt;i&gt;10,000 images&lt;/i&gt;" in page and "<i>10,000" not in page
    assert "broken" not in page and "nothing" not in page
    assert page.count("<polyline") == 2 and page.count("data-step=") == 3
    assert "nan" not in page


def test_details_of_bare_weights_say_what_is_missing(folder):
    page = tab.show_details(roles.VAE_MAP)
    for sentence in ("No figures", "No training history", "No pictures"):
        assert sentence in page


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"step,loss\n1,-5\n"])
def test_damaged_side_files_do_not_break_the_tab(folder, content):
    for name in ("metrics.json", "history.csv", "README.md"):
        (folder / name).write_bytes(content)
    page = tab.show_details(NAME)
    assert "No figures" in page and "No training history" in page
    assert side_files.read_licence(folder) is None


@pytest.mark.parametrize(
    ("rows", "drawn"),
    [
        ("-2,1\n-1,2\n", 0),  # no such steps
        ("1,1\n1e308,2\n", 1),
        ("1e-320,1\n0,2\n", 2),
        ("0,1\n1,1.7e308\n", 1),
        ("0,1\n1,1e15\n2,1e-14\n", 3),
        ("0,5e-324\n1,5e-324\n", 0),  # as good as 0, where the axis does not reach
    ],
)
def test_a_history_is_drawn_as_far_as_it_makes_sense(folder, rows, drawn):
    (folder / "history.csv").write_text(f"step,loss\n{rows}")
    page = tab.show_details(NAME)
    points = page.split('points="')[1].split('"')[0].split() if drawn else []
    assert len(points) == drawn and page.count("<polyline") == (drawn > 0)
    assert not {"nan", "inf"} & {number for point in points for number in point.split(",")}


def test_of_figures_nested_deeply_only_sound_parts_are_read(folder):
    deep = "[" * 350 + "1" + "]" * 350  # JSON can be read deeper than it can be sent
    figures = f'{{"deep": {{"value": {deep}}}, "sound": {{"value": 5, "better": null, "more": {deep}}}}}'
    (folder / "metrics.json").write_text(figures)
    assert side_files.read_metrics(folder) == {"sound": {"value": 5, "better": None}}


def test_a_long_history_is_drawn_with_few_points_that_end_at_the_end(folder):
    rows = "".join(f"{step},{1 + 1 / (step + 1)}\n" for step in range(10_000))
    (folder / "history.csv").write_text("step,loss\n" + rows)
    points = tab.show_details(NAME).split('points="')[1].split('"')[0].split()
    assert 300 < len(points) <= work.MAX_POINTS
    assert float(points[-1].split(",")[0]) > 440  # the right edge of the picture


def test_an_unknown_model_is_one_sentence():
    with pytest.raises(Problem, match="no model named"):
        tab.show_details("gan")
