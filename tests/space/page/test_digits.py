"""A digit of the visitor's choice: one of the sheet, or a drawn one."""

import math
from base64 import b64decode

import numpy as np
import pytest
import torch
from PIL import Image

from space.lessons.diffusion import tab as diffusion
from space.lessons.reconstruct import tab as reconstruct
from space.page import digits
from space.page.found_digit import Upload
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


def test_the_visitors_digits_reach_the_browser_as_they_are():
    x = digits.choose_digit("digit", 0, None, None)
    own = digits.pictures_of(x, None)["own"]
    assert np.array_equal(np.frombuffer(b64decode(own["draw"]["digit"]), "<f4"), x.numpy().ravel())
    assert own["upload"] == {"problem": "problem.no_image"}
    own = digits.pictures_of(None, Upload(None, [0, 0, 1, 1], "problem.several_things"))["own"]
    assert own == {
        "draw": {"problem": "problem.empty_drawing"},
        "upload": {"problem": "problem.several_things"},
    }
    assert digits.pictures_of(None, Upload(x))["own"]["upload"].keys() == {"digit"}


@pytest.mark.parametrize("words", [diffusion.OWN_WORDS, reconstruct.WORDS])
def test_scripts_can_say_what_is_wrong_with_a_digit(words):
    for problem in digits.PROBLEMS:
        assert all(problem in texts for texts in words.values())
