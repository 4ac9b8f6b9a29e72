"""The models tab's handlers as functions: whole folders, and folders with damage."""

import pytest

from space.lessons.models import tab, work
from space.models import MODELS, roles
from space.text.refusals import Problem
from space.weights import hub, side_files
from tests.space.lessons.models.conftest import NAME


def test_the_overview_shows_all_and_says_what_is_wrong_with_one(folder):
    (folder.parent / roles.VAE_MAP / "model.safetensors").write_bytes(b"short")
    hub.clear()
    page = tab.show_overview()
    assert page.count("<tr>") == 1 + len(MODELS)
    assert page.count("bundled with this app") == len(MODELS) - 1
    assert "cannot be used" in page and "mit" in page


def test_details_show_figures_with_protocol_curves_and_pictures(folder):
    page = tab.show_details(NAME)
    assert "23.46\u00a0dB" in page and "1.00, 2.50 nats/image" in page and "new_one" in page
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


def test_a_long_history_is_drawn_with_few_points_that_end_at_the_end(folder):
    rows = "".join(f"{step},{1 + 1 / (step + 1)}\n" for step in range(10_000))
    (folder / "history.csv").write_text("step,loss\n" + rows)
    points = tab.show_details(NAME).split('points="')[1].split('"')[0].split()
    assert 300 < len(points) <= work.MAX_POINTS
    assert float(points[-1].split(",")[0]) > 440  # the right edge of the picture


def test_an_unknown_model_is_one_sentence():
    with pytest.raises(Problem, match="no model named"):
        tab.show_details("gan")
