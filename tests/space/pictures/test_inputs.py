"""Pictures and drawings as tensors: digits as MNIST was made, and squares."""

import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from space.pictures.inputs import sketch_to_digit, to_digit, to_square
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet, emoji_sheet
from space.text.limits import MAX_SQUARE
from space.text.refusals import Problem


def digit(label: int, index: int = 0) -> torch.Tensor:
    return digit_sheet()[label, index][None] / 255


def large(image: torch.Tensor, on_paper: bool) -> Image.Image:
    """A digit ten times as large, white on black or black on white."""
    return to_pil(1 - image if on_paper else image, scale=10)


@pytest.mark.parametrize("on_paper", [False, True])
def test_an_enlarged_mnist_digit_comes_back(on_paper):
    images = digit_sheet()[:, :6].flatten(0, 1)[:, None] / 255
    back = torch.cat([to_digit(large(image, on_paper)) for image in images])
    assert back.shape == images.shape and back.min() >= 0 and back.max() <= 1
    error = (back - images).abs().mean((1, 2, 3))
    assert error.mean() < 0.01  # blocks of ten are undone almost exactly
    assert error.quantile(0.85) < 0.01  # few are off by a pixel, where the centre of mass is a close call


def test_a_digit_is_scaled_to_20_pixels_and_centred_by_mass():
    picture = Image.new("L", (500, 300), 230)
    ImageDraw.Draw(picture).line([(40, 20), (60, 20), (60, 180)], fill=30, width=12)
    x = to_digit(picture)[0, 0]
    rows, columns = (x.sum(axis).nonzero() for axis in (1, 0))
    assert rows.max() - rows.min() + 1 == 20 and columns.max() - columns.min() + 1 <= 5
    position = torch.arange(28.0)
    for axis in (0, 1):
        centre = (x.sum(axis) * position).sum() / x.sum()
        assert abs(centre - 14) <= 0.51
    assert x.max() == 1


def test_an_mnist_image_passes_unchanged():
    x = digit(5)
    assert torch.equal(to_digit(to_pil(x))[0], x)


@pytest.mark.parametrize(
    "picture", [Image.new("L", (90, 60), 255), Image.new("RGB", (28, 28)), Image.new("L", (1, 1))]
)
def test_a_blank_picture_is_a_problem(picture):
    with pytest.raises(Problem) as problem:
        to_digit(picture)
    assert problem.value.key == "problem.blank_image"


def test_a_huge_thin_line_and_a_dot_are_digits():
    picture = Image.new("L", (3000, 2000), 255)
    ImageDraw.Draw(picture).line([(1500, 100), (1500, 1900)], fill=0, width=20)
    assert to_digit(picture).sum() > 10
    dot = Image.new("L", (9, 9))
    dot.putpixel((4, 4), 255)
    assert to_digit(dot).shape == (1, 1, 28, 28)


def test_a_drawing_is_read_like_a_picture(tmp_path):
    drawing = large(digit(2), on_paper=True)
    drawing.save(tmp_path / "drawing.png")
    expected = to_digit(drawing)
    assert torch.equal(sketch_to_digit(str(tmp_path / "drawing.png")), expected)
    assert torch.equal(sketch_to_digit(io.BytesIO((tmp_path / "drawing.png").read_bytes())), expected)


def test_an_empty_drawing_is_a_problem(tmp_path):
    Image.new("L", (280, 280), 255).save(tmp_path / "blank.png")
    for drawing in (None, str(tmp_path / "blank.png")):
        with pytest.raises(Problem) as problem:
            sketch_to_digit(drawing)
        assert problem.value.key == "problem.empty_drawing"


@pytest.mark.parametrize("size", (64, 128, MAX_SQUARE))
@pytest.mark.parametrize("shape", [(30, 10), (400, 300), (300, 900), (64, 64), (257, 257)])
def test_the_middle_of_a_picture_is_cut_square_and_scaled(shape: tuple[int, int], size: int) -> None:
    width, height = shape
    side = min(shape)
    picture = Image.new("RGB", shape, "red")
    box = (width - side) // 2, (height - side) // 2
    ImageDraw.Draw(picture).rectangle((*box, box[0] + side - 1, box[1] + side - 1), fill=(0, 0, 255))
    x = to_square(picture, size)
    assert x.shape == (1, 3, size, size) and x.min() >= 0 and x.max() <= 1
    assert (x[0, 2] > 0.97).all() and (x[0, 0] < 0.03).all()  # all of the middle, nothing of the rest


def test_grey_is_what_pillow_makes_of_the_colours() -> None:
    picture = to_pil(emoji_sheet()[3, 0] / 255)
    x = to_square(picture, 64, channels=1)
    assert x.shape == (1, 1, 64, 64) and to_pil(x).tobytes() == picture.convert("L").tobytes()


def test_a_picture_of_the_right_size_passes_unchanged() -> None:
    x = emoji_sheet()[3, 0][None] / 255
    assert torch.equal(to_square(to_pil(x), 64), x)


def test_a_large_picture_is_antialiased() -> None:
    stripes = np.zeros((1024, 1024, 3), np.uint8)
    stripes[:, ::2] = 255  # finer than any pixel of the result
    x = to_square(Image.fromarray(stripes), 64)
    assert (x - 0.5).abs().max() < 0.03
