"""Files of pictures: any mode and format a visitor may have, damaged ones, and those too large."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from space.pictures.files import read_image
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet
from space.text.limits import MAX_MEGAPIXELS
from space.text.refusals import Problem


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
    to_pil(1 - digit_sheet()[3, :1] / 255, scale=10).save(buffer, format)
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
