"""Files of pictures: any mode and format a visitor may have, damaged ones, and those too large."""

import io
import random
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from space.pictures.files import TURNS, read_image
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet
from space.text.limits import MAX_MEGAPIXELS
from space.text.refusals import Problem
from tests.pictures import encoded, png
from tests.unsound_pictures import PLAIN, TURNED_HEIC, UNSOUND, chunk


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


def error_of(data: bytes, expected: Image.Image = PLAIN) -> str | int:
    """How far what is read differs from what it shows, or what was said."""
    try:
        image = read_image(io.BytesIO(data))
    except Problem as problem:
        return str(problem)
    if image.size != expected.size:
        return str(image.size)
    return int(np.abs(np.asarray(image, np.int16) - np.asarray(expected, np.int16)).max())


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("format", UNSOUND)
def test_sound_pixels_are_read_whatever_is_wrong_beside_them(format):
    errors = {name: error_of(data) for name, data in UNSOUND[format](random.Random(0))}
    most = 20 if format in ("JPEG", "AVIF", "HEIC") else 0
    assert {name: error for name, error in errors.items() if isinstance(error, str) or error > most} == {}


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_every_orientation_is_set_upright(format, turned):
    stored = PLAIN
    if turned > 1:
        back = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}.get(turned, TURNS[turned])
        stored = PLAIN.transpose(back)
    said = Image.Exif()
    said[274] = turned
    options = {"quality": 100, "subsampling": "4:4:4"} if format in ("JPEG", "AVIF") else {"lossless": True}
    assert error_of(encoded(stored, format, exif=said, **options)) <= 10


def test_a_photo_of_a_phone_is_read_upright():
    assert error_of(TURNED_HEIC.read_bytes()) <= 10


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF", "TIFF", "MPO"])
def test_of_several_pictures_in_a_file_the_first_is_taken(format):
    options = {"lossless": True} if format == "WEBP" else {"quality": 95}
    film = encoded(
        PLAIN, format, save_all=True, append_images=[Image.new("RGB", PLAIN.size, "blue")], **options
    )
    assert error_of(film) <= 60  # JPEG's and AVIF's colours are coarse at edges


@pytest.mark.parametrize("white", [255, 1023, 4095, 16383, 65535])
@pytest.mark.parametrize("channels", ["grey", "RGB", "RGBA"])
def test_values_of_fewer_bits_in_files_of_16_are_stretched(channels, white):
    """A camera's 12 bits in a file of 16: other programs show them black."""
    levels = {"grey": [white // 2], "RGB": [white // 2] * 3, "RGBA": [white // 2] * 3 + [white]}[channels]
    last = [white] * len(levels)
    row = struct.pack(f">{40 * len(levels)}H", *levels * 39, *last)
    kind = {"grey": 0, "RGB": 2, "RGBA": 6}[channels]
    image = read_image(io.BytesIO(png(40, 4, 16, kind, row)))
    assert [image.getpixel((x, 0)) for x in (0, 39)] == [(127,) * 3, (255,) * 3]


@pytest.mark.parametrize(
    ("values", "grey"),
    [
        ([0.25, 0.5, 0.75], [64, 128, 191]),
        ([-1.0, 0.0, 1.0], [0, 128, 255]),
        ([np.nan, 0.0, 200.0], [0, 0, 255]),
        ([-np.inf, 100.0, np.inf, 50.0], [0, 255, 255, 0]),
        ([np.nan] * 3, [0, 0, 0]),
        ([1.0] * 3, [255, 255, 255]),
    ],
    ids=str,
)
def test_numbers_are_grey(values, grey):
    image = read_image(io.BytesIO(encoded(Image.fromarray(np.array([values], np.float32)), "TIFF")))
    assert [image.getpixel((x, 0))[0] for x in range(len(grey))] == grey


def test_where_black_is_the_largest_value_it_is_black():
    whole = encoded(Image.fromarray(np.array([[0, 16_000, 65_535]], np.uint16)), "TIFF")
    negative = whole.replace(struct.pack("<HHIH", 262, 3, 1, 1), struct.pack("<HHIH", 262, 3, 1, 0))
    assert negative != whole
    image = read_image(io.BytesIO(negative))
    assert [image.getpixel((x, 0))[0] for x in range(3)] == [255, 255 - 62, 0]


NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (160, 160, 3), np.uint8))


@pytest.mark.parametrize(
    ("format", "options", "share", "read"),
    [
        ("JPEG", {}, 0.99, True),
        ("JPEG", {}, 0.5, False),
        ("JPEG", {}, 0.1, False),
        ("JPEG", {"progressive": True}, 0.9, True),  # coarser, but all there
        ("PNG", {}, 0.99, False),
        ("PNG", {}, 0.5, False),
        ("WEBP", {}, 0.5, False),
        ("AVIF", {}, 0.5, False),
        ("BMP", {}, 0.5, False),
        ("TIFF", {}, 0.5, False),
    ],
    ids=str,
)
def test_a_file_that_was_cut_off_is_read_if_its_pixels_are_there(format, options, share, read):
    whole = encoded(NOISE, format, **options)
    cut = whole[: int(share * len(whole))]
    if read:
        kept = np.asarray(read_image(io.BytesIO(cut)), np.float64)
        error = np.abs(kept - np.asarray(read_image(io.BytesIO(whole)), np.float64)).mean((1, 2))
        assert len(kept) == NOISE.height and np.median(error) < 20
    else:
        with pytest.raises(Problem, match="not a picture"):
            read_image(io.BytesIO(cut))


def test_a_grey_picture_that_has_its_end_is_whole():
    assert (
        error_of(
            encoded(Image.new("RGB", (40, 40), (128, 128, 128)), "JPEG"),
            Image.new("RGB", (40, 40), (128,) * 3),
        )
        == 0
    )


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"8BPS\0\1", "Photoshop"),
        (b"\xff\x0a\0\0", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"\0\0\0\x18ftypqt  \0\0\0\0", "video"),
    ],
    ids=str,
)
def test_of_formats_that_are_not_read_the_name_is_said(data, name):
    with pytest.raises(Problem, match=f"^{name} files are not read here. Save it as PNG or JPEG"):
        read_image(io.BytesIO(data + bytes(100)))


def icon(picture: bytes) -> bytes:
    return struct.pack("<HHHBBBBHHII", 0, 1, 1, 48, 40, 0, 0, 1, 32, len(picture), 22) + picture


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            icon(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 9000, 9000, 8, 2, 0, 0, 0))),
            "at most",
        ),
        (icon(struct.pack("<IiiHHIIiiII", 40, 9000, 9000, 1, 24, 0, 0, 0, 0, 0, 0)), "not a picture"),
        (icon(b""), "not a picture"),
        (b"\0\0\1\0\0\0", "not a picture"),
    ],
    ids=["large PNG", "large bitmap", "nothing in it", "no entry"],
)
def test_icons_that_lie_about_their_size_are_refused(data, said):
    with pytest.raises(Problem, match=said):
        read_image(io.BytesIO(data))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_icon_may_hold_a_bitmap(mode):
    picture = PLAIN.resize((32, 32))
    data = encoded(picture.convert(mode), "ICO", sizes=[(32, 32)], bitmap_format="bmp")
    assert error_of(data, picture) == 0


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "AVIF", "ICO"])
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
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


@pytest.mark.parametrize("level", [255, 245])
def test_white_ink_on_a_clear_ground_can_be_seen(level: int) -> None:
    picture = Image.new("RGBA", (40, 40), (level, level, level, 0))
    picture.paste((level, level, level, 255), (10, 10, 30, 30))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    seen = read_image(buffer)
    assert seen.getpixel((0, 0)) == (0, 0, 0) and seen.getpixel((20, 20)) == (level,) * 3
