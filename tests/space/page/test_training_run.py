"""Readers of the pictures that training left in a model folder."""

import pytest
from PIL import Image

from space.page.training_run import read_frames, thin_out


def test_pictures_come_in_the_order_of_their_steps(tmp_path):
    (tmp_path / "samples").mkdir()
    for step in (10, 0, 200):
        Image.new("L", (4, 4), step).save(tmp_path / "samples" / f"step-{step:06d}.png")
    (tmp_path / "samples" / "step-000300.png").write_text("no picture")
    (tmp_path / "samples" / "step-last.png").write_text("no number")
    assert [step for step, _ in read_frames(tmp_path)] == [0, 10, 200]


@pytest.mark.parametrize(("count", "most"), [(0, 5), (1, 1), (5, 5), (100, 1), (100, 7), (7, 0)])
def test_thinning_keeps_the_ends(count: int, most: int) -> None:
    kept = thin_out(range(count), most)
    assert len(kept) == min(count, most) and kept == sorted(set(kept))
    if most > 1 and count:
        assert kept[0] == 0 and kept[-1] == count - 1
