"""What training left in a model folder, read for the page."""

from PIL import Image

from space.page.training_run import read_frames


def test_pictures_come_in_the_order_of_their_steps(tmp_path):
    (tmp_path / "samples").mkdir()
    for step in (10, 0, 200):
        Image.new("L", (4, 4), step).save(tmp_path / "samples" / f"step-{step:06d}.png")
    (tmp_path / "samples" / "step-000300.png").write_text("no picture")
    (tmp_path / "samples" / "step-last.png").write_text("no number")
    assert [step for step, _ in read_frames(tmp_path)] == [0, 10, 200]
