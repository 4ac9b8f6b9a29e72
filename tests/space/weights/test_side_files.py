"""What is read from a model folder beside its weights."""

import pytest

from space.weights import side_files


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


def test_blank_and_broken_cells_leave_gaps_in_the_curves(tmp_path):
    rows = "0,0,50,50,40\n100,1,20,20,\n200,2,nan,10,12\n300,3,9,,oops\n"
    (tmp_path / "history.csv").write_text(f"step,epoch,loss,recon,test_loss\n{rows}")
    curves = side_files.find_curves(side_files.read_rows(tmp_path))
    assert curves["loss"] == ([0, 100, 300], [50, 20, 9])
    assert curves["test_loss"] == ([0, 200], [40, 12])


def test_of_metrics_nested_deeply_only_sound_parts_are_read(tmp_path):
    deep = "[" * 350 + "1" + "]" * 350  # JSON can be read deeper than it can be sent
    figures = f'{{"deep": {{"value": {deep}}}, "sound": {{"value": 5, "better": null, "more": {deep}}}}}'
    (tmp_path / "metrics.json").write_text(figures)
    assert side_files.read_metrics(tmp_path) == {"sound": {"value": 5, "better": None}}
