"""A digit is found on whatever page it was photographed."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from space.pictures.digit_finding import find_digit
from space.pictures.inputs import to_digit
from space.text.refusals import Problem
from space.weights.hub import load
from tests.photographed_pages import KINDS, SIDE, ink, photo, read, written

RNG = np.random.default_rng(7)


@pytest.mark.parametrize("kind", KINDS)
def test_a_photographed_digit_is_read(kind):
    """Five classes of each kind, others for each; `python -m tests.photographed_pages` counts 100 a kind."""
    first = list(KINDS).index(kind)
    wrong = [page for page in read(kind, 1, [(first + 2 * i) % 10 for i in range(5)]) if page[0] != page[2]]
    assert not wrong


def test_the_box_lies_around_the_digit():
    left, top, right, bottom = find_digit(photo(written(ink(3, 0, 60, at=(40, 200))), RNG)).box
    assert 200 < left < right < 260 and 40 < top < bottom < 100


def two_digits() -> Image.Image:
    return photo(written(ink(4, 1, at=(90, 10)) + ink(2, 1, at=(90, 165))), RNG)


def word() -> Image.Image:
    page = Image.new("RGB", (300, 200), "white")
    ImageDraw.Draw(page).text((30, 60), "digit", fill="black", font_size=70)
    return page


@pytest.mark.parametrize("page", [two_digits, word])
def test_several_things_are_a_problem(page):
    with pytest.raises(Problem) as problem:
        to_digit(page())
    assert problem.value.key == "problem.several_things"


def test_a_box_chooses_among_several_things():
    judge = load("classifier-mnist").model
    read = [
        judge(to_digit(two_digits(), box)).argmax().item() for box in ((0, 0, 0.47, 1), (0.5, 0.2, 1, 0.8))
    ]
    assert read == [4, 2]


@pytest.mark.parametrize(
    "light", [lambda x: 0.9 + 0 * x, lambda x: 0.5 + 0.4 * x, lambda x: 0.9 - 0.4 * x * x]
)
def test_an_empty_page_is_a_problem(light):
    page = np.broadcast_to(light(np.linspace(-1, 1, SIDE)), (SIDE, SIDE))
    with pytest.raises(Problem) as problem:
        to_digit(photo(page, RNG))
    assert problem.value.key == "problem.blank_image"


NO_BOXES = [
    *((float("nan"), 0, 1, 1), (0, 0, float("inf"), 1), (-0.1, 0, 1, 1), (0, 0, 1.1, 1), (True, 0, 1, 1)),
    *((0.5, 0, 0.5, 1), (0.6, 0, 0.4, 1), (0, 0, 1), (0, 0, 1, 1, 1), ("0", "0", "1", "1"), (None,) * 4),
    *(7, "0011"),
]


@pytest.mark.parametrize("box", NO_BOXES)
def test_a_box_that_is_none_is_one_sentence(box):
    with pytest.raises(Problem) as problem:
        to_digit(two_digits(), box)
    assert problem.value.key == "problem.box"
