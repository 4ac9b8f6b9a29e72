"""Two digits on the maps: what the server does for them."""

import base64
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from space.lessons.manifold import digits
from space.page.digits import read_drawing
from space.text.refusals import Problem
from tests.space.lessons.manifold.fakes import digit, index

pytestmark = pytest.mark.usefixtures("models")


def test_a_drawn_digit_is_sent_and_a_blank_paper_is_none(tmp_path: Path) -> None:
    paper = Image.new("L", (280, 280), 255)
    paper.save(tmp_path / "blank.png")
    assert digits.own(read_drawing(str(tmp_path / "blank.png")))["own"] is None
    paper.paste(0, (130, 100, 150, 180))
    paper.save(tmp_path / "one.png")
    drawn = read_drawing(str(tmp_path / "one.png"))
    sent = np.frombuffer(base64.b64decode(digits.own(drawn)["own"]), "<f4")
    np.testing.assert_array_equal(sent, drawn.flatten())


def test_the_code_is_of_the_digit_that_is_shown() -> None:
    settings = index(4), index(8), 0, 5
    chosen = digits.show_code({"drawn": False}, None, *settings)
    assert "digit_sheet()[4, 0]" in chosen and "digit_sheet()[8, 0]" in chosen
    assert digits.show_code({"drawn": False}, digit(3) / 2, *settings) == chosen
    assert "your-drawing.png" in digits.show_code({"drawn": True}, digit(3) / 2, *settings)
    assert digits.show_code({"drawn": True}, None, *settings) == chosen


@pytest.mark.parametrize(
    "asked",
    [
        (None, None, 0, 0, 0, 5),
        ({}, None, 500, 0, 0, 5),
        ({}, None, 0, None, 0, 5),
        ({}, None, 0, 0, -1, 5),
        ({}, None, 0, 0, None, 5),
        ({}, None, 0, 0, float("nan"), 5),
    ],
)
def test_what_makes_no_sense_is_refused(asked: tuple[object, ...]) -> None:
    with pytest.raises(Problem):
        digits.show_code(*asked)
