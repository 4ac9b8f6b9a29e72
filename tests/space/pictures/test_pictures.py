"""Pictures in and out: any file a visitor may have, and digits as MNIST was made."""

import io
import struct
import zlib

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from space.pictures.files import read_image
from space.pictures.inputs import sketch_to_digit, to_digit
from space.pictures.outputs import to_grid, to_pil
from space.pictures.sheets import digit_sheet
from space.text.limits import MAX_MEGAPIXELS
from space.text.refusals import Problem


@pytest.fixture
def save(tmp_path):
    """Writes a picture to a file and gives its path."""

    def write(image: Image.Image, name: str = "picture.png", **options: object):
        path = tmp_path / name
        image.save(path, **options)
        return path

    return write


def digit(label: int, index: int = 0) -> torch.Tensor:
    return digit_sheet()[label, index][None] / 255


def large(image: torch.Tensor, on_paper: bool) -> Image.Image:
    """A digit ten times as large, white on black or black on white."""
    return to_pil(1 - image if on_paper else image, scale=10)


def test_pixels_survive_the_way_to_pil_and_are_enlarged_as_blocks():
    pixels = torch.arange(48, dtype=torch.uint8).reshape(3, 4, 4) * 5
    image = to_pil(pixels / 255, scale=3)
    assert image.mode == "RGB" and image.size == (12, 12)
    expected = pixels.permute(1, 2, 0).numpy().repeat(3, 0).repeat(3, 1)
    assert np.array_equal(np.asarray(image), expected)
    assert to_pil(torch.full((1, 1, 2, 2), 1.5)).getextrema() == (255, 255)  # out of range is clipped


def test_a_grid_puts_images_row_by_row():
    images = torch.arange(1, 6).float()[:, None, None, None].expand(5, 1, 2, 2) / 10
    grid = np.asarray(to_grid(images, columns=3, padding=1))
    assert grid.shape == (5, 8)
    assert grid[0, 0] == round(25.5) and grid[0, 3] == 51 and grid[3, 0] == 102 and grid[3, 3] == 128
    assert (grid[:, 2] == 128).all() and (grid[3:, 6:] == 128).all()  # between them, and where none is left
    assert to_grid(images, columns=5, padding=0, scale=4).size == (40, 8)


@pytest.mark.parametrize(
    ("picture", "expected"),
    [
        (Image.new("RGBA", (3, 3), (255, 0, 0, 0)), (255, 255, 255)),
        (Image.new("RGBA", (3, 3), (0, 0, 0, 128)), (127, 127, 127)),
        (Image.new("LA", (3, 3), (0, 0)), (255, 255, 255)),
        (Image.new("1", (3, 3), 1), (255, 255, 255)),
        (Image.fromarray(np.full((3, 3), 257 * 100, np.uint16)), (100, 100, 100)),
        (Image.new("L", (1, 1), 7), (7, 7, 7)),
    ],
    ids=["transparent", "half transparent", "grey and alpha", "bits", "16 bits", "one pixel"],
)
def test_modes_become_rgb_on_white(save, picture, expected):
    image = read_image(save(picture))
    assert image.mode == "RGB" and image.size == picture.size
    assert image.getpixel((0, 0)) == expected


def test_a_palette_with_a_transparent_colour_is_on_white(save):
    picture = Image.new("P", (2, 1))
    picture.putpalette([0, 0, 0, 10, 20, 30])
    picture.putpixel((1, 0), 1)
    image = read_image(save(picture, transparency=0))
    assert [image.getpixel((x, 0)) for x in (0, 1)] == [(255, 255, 255), (10, 20, 30)]


def test_cmyk_is_converted(save):
    assert read_image(save(Image.new("CMYK", (8, 8)), "picture.jpg")).getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["I", "F"])
def test_deep_modes_are_scaled_not_clipped(save, mode):
    picture = Image.fromarray(np.array([[0, 1000, 4000]], np.int32 if mode == "I" else np.float32))
    assert picture.mode == mode
    image = read_image(save(picture, "picture.tiff"))
    assert [image.getpixel((x, 0))[0] for x in range(3)] == [0, 64, 255]


def test_the_camera_orientation_is_applied(save):
    picture = Image.new("RGB", (30, 10), "white")
    exif = Image.Exif()
    exif[274] = 6  # to be turned by 90 degrees
    assert read_image(save(picture, "photo.jpg", exif=exif)).size == (10, 30)


def test_of_an_animation_the_first_frame_is_taken(save):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    path = save(frames[0], "film.gif", save_all=True, append_images=frames[1:])
    assert read_image(path).getpixel((0, 0)) == (255, 0, 0)


def test_a_text_file_with_a_picture_name_is_refused(tmp_path):
    path = tmp_path / "picture.png"
    path.write_text("not a picture")
    with pytest.raises(Problem, match="not a picture"):
        read_image(path)


def test_a_format_that_runs_other_programs_is_refused(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")
    with pytest.raises(Problem, match="not a picture"):
        read_image(path)


def test_no_file_is_no_picture():
    with pytest.raises(Problem, match="no picture yet"):
        read_image(None)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_damaged_files_are_refused_or_read_but_never_crash(tmp_path, format):
    buffer = io.BytesIO()
    large(digit(3), on_paper=True).save(buffer, format)
    whole, rng = buffer.getvalue(), np.random.default_rng(0)
    for attempt in range(40):
        data = bytearray(whole)
        if attempt % 2:
            del data[rng.integers(1, len(data)) :]
        else:
            for _ in range(8):
                data[rng.integers(len(data))] = rng.integers(256)
        path = tmp_path / f"{attempt}.png"
        path.write_bytes(data)
        try:
            assert read_image(path).mode == "RGB"
        except Problem as problem:
            assert problem.key in ("problem.not_an_image", "problem.image_too_large")


@pytest.mark.parametrize("size", [(10_000, 6_000), (50_000, 50_000)], ids=["60 megapixels", "bomb"])
def test_too_many_pixels_are_refused_from_the_header(tmp_path, size):
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0))
    path = tmp_path / "photo.png"  # a header and nothing to decode
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    with pytest.raises(Problem, match=f"at most {MAX_MEGAPIXELS}"):
        read_image(path)


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


def test_the_sheet_holds_20_digits_of_each_class():
    sheet = digit_sheet()
    assert sheet.shape == (10, 20, 28, 28) and sheet.dtype == torch.uint8
    ink = sheet.float().mean((1, 2, 3))
    assert ink.argmax() == 0 and ink.argmin() == 1  # zeros have most ink, ones least
