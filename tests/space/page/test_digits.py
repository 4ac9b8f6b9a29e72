"""A digit of the visitor's choice: one of the sheet, or a drawn one."""

import math

import pytest
import torch
from PIL import Image

from space.page import digits
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet
from space.text.refusals import Problem


def test_digits_are_counted_class_by_class():
    assert torch.equal(
        digits.choose_digit("digit", 3 * 20 + 5, None, None)[0, 0] * 255, digit_sheet()[3, 5].float()
    )
    for wrong in (-1, 200, math.nan, "3"):
        with pytest.raises(Problem):
            digits.choose_digit("digit", wrong, None, None)


def test_a_blank_canvas_is_nothing_drawn(tmp_path):
    assert digits.read_drawing(None) is None
    Image.new("L", (280, 280), 255).save(tmp_path / "blank.png")
    assert digits.read_drawing(str(tmp_path / "blank.png")) is None
    to_pil(1 - digit_sheet()[4, 0][None] / 255, 10).save(tmp_path / "four.png")
    assert digits.read_drawing(str(tmp_path / "four.png")).shape == (1, 1, 28, 28)
