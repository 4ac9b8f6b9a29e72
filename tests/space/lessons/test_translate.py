"""The translate tab without a browser: any picture a visitor may have, the cycle, the strip, and the API."""

import base64
import io
import json
import math
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image, ImageDraw
from torch import Tensor, nn

from space import app
from space.lessons.translate import tab as translate
from space.models.cyclegan import CycleGAN, CycleGANConfig, Discriminator, mean_difference
from space.pictures.files import read_image
from space.pictures.inputs import cut_square, sketch_to_square, to_square
from space.pictures.outputs import GENERATED, REAL, patch_map, to_heat, to_opinion
from space.pictures.sheets import EMOJI, emoji_sheet
from space.text.refusals import Problem
from space.weights import hub
from tests.small_models import bundled, small
from training import emoji_sheet as script

STEPS = [0, 1, 2, 4, 9, 19, 40, 86, 186, 400, 900, 2000, 4300]


def snapshot(step: int, columns: int = 8, rows: int = 4, side: int = 64) -> Image.Image:
    """A grid as training draws it, whose cells tell step, column and row apart by their colour."""
    pixels = np.zeros(((side + 1) * rows + 1, (side + 1) * columns + 1, 3), np.uint8)
    for row in range(rows):
        for column in range(columns):
            y, x = 1 + (side + 1) * row, 1 + (side + 1) * column
            pixels[y : y + side, x : x + side] = 10 + STEPS.index(step), 100 + column, 200 + row
    return Image.fromarray(pixels)


@torch.no_grad()
def write_model(folder: Path) -> None:
    """A small untrained CycleGAN whose output differs from its input, and the snapshots of a training."""
    model = small(CycleGAN)
    for generator in (model.generator_ab, model.generator_ba):
        generator.head.weight *= 10
    for discriminator in (model.discriminator_a, model.discriminator_b):
        discriminator.network[-1].bias.fill_(0.4)  # scores around the middle
    model.save_pretrained(folder)
    (folder / "samples").mkdir()
    for step in STEPS:
        snapshot(step).save(folder / "samples" / f"step-{step:06d}.png")
    figure = {"value": 0.1234, "unit": "", "better": "lower", "protocol": "153 test images <b>"}
    (folder / "metrics.json").write_text(json.dumps({"l1_ab": figure, "cycle_l1_b": figure}))


@pytest.fixture(autouse=True, scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("pretrained")
    write_model(root / translate.MODEL)
    with bundled(root), torch.inference_mode():
        yield root


@pytest.fixture
def model() -> CycleGAN:
    return hub.load(translate.MODEL).model


@pytest.fixture
def other_model(tmp_path: Path) -> Iterator[Path]:
    """A copy of the model's folder to damage."""
    root = tmp_path / "other"
    write_model(root / translate.MODEL)
    with bundled(root):
        yield root / translate.MODEL


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., str]:
    """Writes a picture to a file and gives its path."""

    def write(image: Image.Image, name: str = "picture.png", **options: object) -> str:
        image.save(tmp_path / name, **options)
        return str(tmp_path / name)

    return write


def emoji(index: int, domain: int = 0) -> Tensor:
    return emoji_sheet()[index, domain][None] / 255


def pixels(image: Image.Image | Tensor) -> np.ndarray:
    if isinstance(image, Tensor):
        image = (image[0] * 255).round().permute(1, 2, 0).numpy()
    return np.asarray(image).astype(int)


def pictures(page: str) -> list[Image.Image]:
    """The PNGs within a page, in their order."""
    found = re.findall(r"data:image/png;base64,([\w+/=]+)", page)
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in found]


def show(source="emoji", index=0, drawn=None, uploaded=None, direction="ab", size=64):
    *shown, _ = translate.show(source, index, drawn, uploaded, direction, size)
    return shown


# the pictures


def test_the_sheet_holds_pairs_of_emoji() -> None:
    sheet = emoji_sheet()
    assert sheet.shape == (len(EMOJI), 2, 3, 64, 64) and sheet.dtype == torch.uint8
    assert len(set(EMOJI)) == len(EMOJI) == 40
    corners = sheet[..., [0, 0, -1, -1], [0, -1, 0, -1]].float()
    assert corners.mean() > 240  # on white
    pairs = (sheet[:, 0].float() - sheet[:, 1].float()).abs().mean((1, 2, 3))
    assert 1 < pairs.min() < pairs.max() < 128  # alike, and never the same


def test_the_sheet_is_what_the_script_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for domain, level in (("testA", 0), ("testB", 100)):
        (tmp_path / "twemoji2fluent" / domain).mkdir(parents=True)
        for i, one in enumerate(EMOJI):
            picture = Image.new("RGB", (64, 64), (level + i, 0, 0))
            picture.save(tmp_path / "twemoji2fluent" / domain / f"{script.file_name(one)}.png")
    monkeypatch.setattr(script, "EMOJI_SHEET", tmp_path / "emoji.png")
    monkeypatch.setattr("sys.argv", ["emoji_sheet", "--data_dir", str(tmp_path)])
    script.main()
    written = np.asarray(Image.open(tmp_path / "emoji.png"))
    assert written.shape == (128, 64 * len(EMOJI), 3)
    assert (written[0, ::64, 0] == np.arange(len(EMOJI))).all()
    assert (written[64, ::64, 0] == 100 + np.arange(len(EMOJI))).all()


def test_files_are_named_by_code_points() -> None:
    assert [script.file_name(one) for one in ("🐸", "☯️", "🇨🇭")] == ["1f438", "262f-fe0f", "1f1e8-1f1ed"]


@pytest.mark.parametrize("size", translate.SIZES)
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


def test_a_picture_of_the_right_size_passes_unchanged() -> None:
    x = emoji(3)
    assert torch.equal(to_square(Image.fromarray(pixels(x).astype(np.uint8)), 64), x)


def test_a_large_picture_is_antialiased() -> None:
    stripes = np.zeros((1024, 1024, 3), np.uint8)
    stripes[:, ::2] = 255  # finer than any pixel of the result
    x = to_square(Image.fromarray(stripes), 64)
    assert (x - 0.5).abs().max() < 0.03


def test_through_the_page_and_the_api_a_picture_is_the_same(save: Callable[..., str]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (700, 900, 3), np.uint8)
    path = save(Image.fromarray(noise))
    assert torch.equal(to_square(translate.read_upload(path), 128), to_square(read_image(path), 128))


def test_a_drawing_is_read_in_colour_and_blank_paper_is_none(save: Callable[..., str]) -> None:
    drawing = Image.new("RGB", (280, 280), "white")
    path = save(drawing)
    assert translate.read_drawing(None) is None and translate.read_drawing(path) is None
    with pytest.raises(Problem) as problem:
        sketch_to_square(path)
    assert problem.value.key == "problem.empty_drawing"
    drawing.paste((221, 46, 68), (100, 100, 180, 180))
    (x,) = to_square(translate.read_drawing(save(drawing)), 64)
    assert (x[:, 32, 32] * 255).round().tolist() == [221, 46, 68] and x[:, 0, 0].tolist() == [1, 1, 1]


def png(width: int, height: int, depth: int, kind: int, row: bytes, clear: bytes = b"") -> bytes:
    """A PNG of the same row again and again; Pillow writes no colours of 16 bits, nor a clear one of them."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    body = zlib.compress((b"\0" + row) * height)
    transparency = chunk(b"tRNS", clear) if clear else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + transparency
        + chunk(b"IDAT", body)
        + chunk(b"IEND", b"")
    )


def deep(*channels: int, kind: int, clear: bool = False) -> bytes:
    """A picture of one colour with 16 bits a channel; the colour may be declared transparent."""
    colour = struct.pack(f">{len(channels)}H", *(257 * c for c in channels))
    return png(40, 40, 16, kind, colour * 40, colour if clear else b"")


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def palette(**options: Any) -> bytes:
    picture = Image.new("P", (40, 40))
    picture.putpalette([200, 100, 50, 0, 0, 0])
    return encoded(picture, "PNG", **options)


def turned() -> bytes:
    """A photo that the camera holds on its side: upright, its middle is of one colour."""
    photo = Image.new("RGB", (90, 30), "white")
    photo.paste((200, 100, 50), (30, 0, 60, 30))
    exif = Image.Exif()
    exif[274] = 6
    return encoded(photo, "PNG", exif=exif)


PLAIN = Image.new("RGB", (40, 40), (200, 100, 50))
PICTURES = {
    "plain": (encoded(PLAIN, "PNG"), (200, 100, 50)),
    "animated GIF": (
        encoded(PLAIN, "GIF", save_all=True, append_images=[Image.new("RGB", (40, 40), "blue")]),
        (200, 100, 50),
    ),
    "animated WebP": (
        encoded(
            PLAIN, "WEBP", save_all=True, append_images=[Image.new("RGB", (40, 40), "blue")], lossless=True
        ),
        (200, 100, 50),
    ),
    "palette": (palette(), (200, 100, 50)),
    "transparent palette": (palette(transparency=0), (255, 255, 255)),
    "16 bits grey": (deep(100, kind=0), (100, 100, 100)),
    "16 bits grey, one transparent": (deep(100, kind=0, clear=True), (255, 255, 255)),
    "16 bits RGB, one transparent": (deep(200, 100, 50, kind=2, clear=True), (255, 255, 255)),
    "16 bits grey with alpha": (deep(100, 0, kind=4), (255, 255, 255)),
    "16 bits RGB": (deep(200, 100, 50, kind=2), (200, 100, 50)),
    "16 bits RGBA": (deep(200, 100, 50, 255, kind=6), (200, 100, 50)),
    "16 bits, transparent": (deep(200, 100, 50, 0, kind=6), (255, 255, 255)),
    "CMYK JPEG": (encoded(Image.new("CMYK", (40, 40), (255, 0, 0, 0)), "JPEG", quality=95), (0, 255, 255)),
    "CMYK TIFF": (encoded(Image.new("CMYK", (40, 40), (0, 51, 255, 51)), "TIFF"), (204, 163, 0)),
    "turned by EXIF": (turned(), (200, 100, 50)),
    "transparent": (encoded(Image.new("RGBA", (40, 40), (9, 9, 9, 0)), "PNG"), (255, 255, 255)),
    "half transparent": (encoded(Image.new("RGBA", (40, 40), (0, 0, 0, 128)), "PNG"), (127, 127, 127)),
    "1×1": (encoded(Image.new("RGB", (1, 1), (200, 100, 50)), "PNG"), (200, 100, 50)),
    "a line": (encoded(Image.new("RGB", (3000, 1), (200, 100, 50)), "PNG"), (200, 100, 50)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_any_picture_is_translated_in_its_colours(name: str, tmp_path: Path) -> None:
    data, colour = PICTURES[name]
    (tmp_path / "picture.png").write_bytes(data)
    x, translation, back, error, numbers = translate.translate_api(str(tmp_path / "picture.png"), "ab", 64)
    assert {one.size for one in (x, translation, back, error)} == {(64, 64)}
    assert np.abs(pixels(x) - colour).max() <= 2
    json.dumps(numbers, allow_nan=False)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"not a picture", "not_an_image"),
        (b"", "not_an_image"),
        (PICTURES["plain"][0][:60], "not_an_image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n", "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (encoded(Image.new("1", (10_000, 6_000)), "PNG"), "image_too_large"),
    ],
    ids=["text", "empty", "cut off", "PostScript", "SVG", "60 megapixels"],
)
def test_a_file_that_is_no_picture_is_one_sentence(tmp_path: Path, data: bytes, key: str) -> None:
    (tmp_path / "picture.png").write_bytes(data)
    for call in (translate.translate_api, translate.read_upload):
        with pytest.raises(Problem) as problem:
            call(str(tmp_path / "picture.png"))
        assert problem.value.key == f"problem.{key}"


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda path: translate.translate_api(None), "no_image"),
        (lambda path: translate.translate_api(path, "ac"), "choice"),
        (lambda path: translate.translate_api(path, None), "choice"),
        (lambda path: translate.translate_api(path, ["ab"]), "choice"),
        (lambda path: translate.translate_api(path, "ab", 65), "choice"),
        (lambda path: translate.translate_api(path, "ab", math.nan), "choice"),
        (lambda path: translate.translate_api(path, "ab", None), "choice"),
        (lambda path: translate.translate_api(path, "ab", "64"), "choice"),
        (lambda path: translate.translate_api(path, "ab", 1e9), "choice"),
        (lambda path: show(index=40), "number"),
        (lambda path: show(index=math.nan), "number"),
        (lambda path: show(index="3"), "number"),
        (lambda path: show(direction="x" * 10_000), "choice"),
        (lambda path: show("camera"), "choice"),
        (lambda path: show("upload", uploaded=Image.new("RGB", (9, 9)), size=0), "choice"),
        (lambda path: translate.learned("<b>"), "choice"),
    ],
)
def test_bad_input_is_one_sentence(save: Callable[..., str], call: Callable[[str], object], key: str) -> None:
    path = save(PLAIN)
    with pytest.raises(Problem) as problem:
        call(path)
    assert problem.value.key == f"problem.{key}" and len(str(problem.value)) < 200


# the cycle


@pytest.mark.parametrize("size", [64, 128])
@pytest.mark.parametrize("direction", translate.DIRECTIONS)
def test_the_cycle_is_that_of_the_generators(model: CycleGAN, direction: str, size: int) -> None:
    x = to_square(Image.fromarray(pixels(emoji(5)).astype(np.uint8)), size)
    result = translate.translate(x, direction)
    networks = model.generator_ab, model.generator_ba
    there, back = networks if direction == "ab" else networks[::-1]
    own, other = model.discriminator_a, model.discriminator_b
    if direction == "ba":
        own, other = other, own
    assert torch.equal(result.x, x)
    close = {"rtol": 0, "atol": 1e-5}  # another size of the batch may round otherwise
    torch.testing.assert_close(result.output, there(x), **close)
    torch.testing.assert_close(result.back, back(there(x)), **close)
    torch.testing.assert_close(result.identity, back(x), **close)
    torch.testing.assert_close(result.scores_x, own(x)[0, 0], **close)
    torch.testing.assert_close(result.scores_output, other(there(x))[0, 0], **close)
    by_hand = np.abs(x.numpy() - back(there(x)).numpy())
    assert result.cycle_l1 == pytest.approx(by_hand.mean(), abs=1e-5) and result.cycle_l1 > 0.01
    assert np.abs(result.error.numpy() - by_hand[0].mean(0)).max() < 1e-5
    assert result.identity_l1 == pytest.approx(np.abs(x.numpy() - back(x).numpy()).mean(), abs=1e-5)
    assert not torch.isclose(there(x), back(x), atol=1e-3).all()  # the two can be told apart


def test_a_picture_of_256_pixels_is_translated(model: CycleGAN) -> None:
    assert translate.translate(torch.rand(1, 3, 256, 256), "ab").output.shape == (1, 3, 256, 256)


@pytest.mark.parametrize("layers", [1, 2, 3])
@torch.inference_mode(False)
def test_a_score_is_drawn_where_its_patch_lies(layers: int) -> None:
    discriminator = Discriminator(CycleGANConfig(discriminator_channels=2, discriminator_layers=layers))
    for i, module in enumerate(discriminator.network):
        if not isinstance(module, nn.Conv2d):  # what remains sees its patch and nothing else
            discriminator.network[i] = nn.Identity()
    x = torch.rand(1, 3, 128, 128, requires_grad=True)
    (scores,) = discriminator(x)[0]
    middle = len(scores) // 2
    for row, column in ((middle, middle), (middle - 1, middle + 1)):
        (gradient,) = torch.autograd.grad(scores[row, column], x, retain_graph=True)
        one = torch.zeros_like(scores)
        one[row, column] = 1
        drawn = patch_map(one, 128, 2**layers)
        for axis in (0, 1):
            seen, block = (pixels.sum(axis).nonzero()[:, 0] for pixels in (gradient[0].abs().sum(0), drawn))
            assert seen.min() > 0 and seen.max() < 127  # the whole patch lies within the picture
            assert block.float().mean() == (seen.min() + seen.max()) / 2
            assert len(block) == 2**layers


def test_a_map_covers_the_picture() -> None:
    scores = torch.arange(14 * 14.0).reshape(14, 14)
    drawn = patch_map(scores, 64, 4)
    assert drawn.shape == (64, 64) and set(drawn.flatten().tolist()) == set(scores.flatten().tolist())
    assert (drawn[0, 0], drawn[-1, -1]) == (0, 195)


@pytest.mark.parametrize(("score", "colour"), [(1.0, REAL), (5.0, REAL), (0.0, GENERATED), (-3.0, GENERATED)])
def test_a_sure_score_has_its_colour_and_an_unsure_one_none(score: float, colour: tuple[int, ...]) -> None:
    shape = translate.translate(emoji(0), "ab").scores_x.shape
    grey = pixels(to_opinion(emoji(0), torch.full(shape, 0.5), 4, 4))
    assert (grey == grey[..., :1]).all()
    tinted = pixels(to_opinion(emoji(0), torch.full(shape, score), 4, 4))
    assert np.abs(tinted - (0.3 * grey + 0.7 * np.array(colour))).max() <= 1


def test_the_error_map_runs_from_black_to_pale() -> None:
    assert to_heat(torch.tensor([[0.0, 1.0, 7.0]]), 2).size == (6, 2)
    colours = [to_heat(torch.tensor([[value]])).getpixel((0, 0)) for value in (0.0, 1.0, 7.0)]
    assert colours == [(0, 0, 4), (252, 253, 191), (252, 253, 191)]


# the page


@pytest.mark.parametrize("direction", translate.DIRECTIONS)
def test_an_emoji_is_shown_with_its_counterpart(direction: str) -> None:
    circle, slider, details = show(index=7, direction=direction)
    own = translate.DIRECTIONS.index(direction)
    result = translate.translate(emoji(7, own), direction)
    x, output, back, error = pictures(circle)
    for shown, expected in ((x, result.x), (output, result.output), (back, result.back)):
        assert shown.size == (256, 256)
        assert np.abs(pixels(shown)[::4, ::4] - pixels(expected)).max() <= 1
    assert (pixels(error)[::4, ::4] == pixels(to_heat(result.error / translate.MOST_ERROR))).all()
    assert f"{result.cycle_l1:.3f}" in circle and f"{mean_difference(result.x, result.output):.3f}" in circle
    before, after = slider["value"]
    assert before.size == after.size == (512, 512) and slider["visible"]
    assert (pixels(before)[::8, ::8] == pixels(result.x)).all()

    *maps, counterpart, identity = pictures(details)
    assert len(maps) == 2
    assert (pixels(counterpart)[::4, ::4] == pixels(emoji(7, 1 - own))).all()
    assert np.abs(pixels(identity)[::4, ::4] - pixels(result.identity)).max() <= 1
    y = emoji(7, 1 - own)
    for value in (mean_difference(result.output, y), mean_difference(result.x, y), result.identity_l1):
        assert f"{value:.3f}" in details
    assert f"{result.scores_x.mean():.2f}".replace("-", "−") in details
    names = (
        ("<sub>A</sub>(<i>x", "<sub>B</sub>(<i>G(x)")
        if direction == "ab"
        else ("<sub>B</sub>(<i>x", "<sub>A</sub>(<i>G(x)")
    )
    assert all(name in details for name in names)


@pytest.mark.parametrize("source", ["draw", "upload"])
def test_other_pictures_have_no_counterpart(source: str) -> None:
    picture = cut_square(Image.new("RGB", (300, 200), "gold"))
    chosen = {"draw": "drawn", "upload": "uploaded"}[source]
    circle, slider, details = show(source, **{chosen: picture}, size=128)
    assert len(pictures(circle)) == 4 and len(pictures(details)) == 3
    assert pictures(circle)[0].size == (256, 256) and slider["value"][0].size == (512, 512)
    assert show(source, **{chosen: picture}, size=128)[0] == circle


def test_nothing_drawn_yet_is_a_hint_in_both_languages() -> None:
    circle, slider, details = show("draw")
    assert "The drawing is empty" in circle and "그림이 비어 있습니다" in circle
    assert slider["visible"] is False and details == ""
    assert "no picture yet" in show("upload")[0]


def test_a_model_that_cannot_be_used_is_named_on_the_page(other_model: Path) -> None:
    (other_model / "model.safetensors").write_bytes(b"damaged")
    hub.clear()
    circle, slider, details = show()
    assert "cannot be used: model.safetensors is cut off" in circle
    assert slider["visible"] is False and details == "" == translate.learned("ab")


def test_a_model_of_grey_images_is_named_in_one_sentence(other_model: Path) -> None:
    small(CycleGAN, in_channels=1).save_pretrained(other_model)
    hub.clear()
    assert "it takes 1 channels, not 3" in show()[0]


def test_figures_come_with_their_protocol() -> None:
    page = translate.learned("ab")
    assert "0.123" in page and "153 test images &lt;b&gt;" in page and "L1 to the counterpart" in page
    assert "Cycle L1" not in page  # that of the other direction
    assert "Cycle L1" in translate.learned("ba") and "bundled with this app" in page


# the strip


@pytest.mark.parametrize(("direction", "row"), [("ab", 0), ("ba", 2)])
def test_snapshots_are_the_rows_of_the_direction(models: Path, direction: str, row: int) -> None:
    found, left_out = translate.read_snapshots(models / translate.MODEL, 64, direction)
    steps = [step for step, _, _ in found]
    assert left_out == 0 and 8 <= len(steps) <= translate.STRIP_STEPS
    assert steps == sorted(steps) and (steps[0], steps[-1]) == (0, STEPS[-1]) and set(steps) <= set(STEPS)
    for step, x, output in found:
        assert x.shape == output.shape == (8, 3, 64, 64)
        for column in range(8):
            for images, at in ((x, row), (output, row + 1)):
                colours = (images[column] * 255).round().flatten(1)
                expected = torch.tensor([10 + STEPS.index(step), 100 + column, 200 + at]).float()
                assert (colours == expected[:, None]).all()


def test_the_strip_lets_one_of_the_columns_be_chosen() -> None:
    page = translate.learned("ab")
    assert page.count('name="translate-column"') == 8 and page.count(" checked") == 1
    assert page.count("<figcaption>") >= 8 and "<figcaption>4,300</figcaption>" in page
    assert all(sprite.size == (8 * 64, 64) for sprite in pictures(page))


def test_steps_are_a_constant_factor_apart() -> None:
    files = [(step, Path(str(step))) for step in range(0, 20_001, 100)]
    steps = [step for step, _ in translate.geometrically(files, 10)]
    assert steps[0] == 0 and steps[-1] == 20_000 and len(steps) <= 10
    assert all(b > a for a, b in pairwise(steps))
    assert translate.geometrically(files[:4], 10) == files[:4] and translate.geometrically([], 10) == []


def test_damaged_snapshots_are_left_out_with_a_sentence(other_model: Path) -> None:
    samples = other_model / "samples"
    for path in samples.iterdir():
        path.unlink()
    for step in (0, 9, 86, 400):
        snapshot(step).save(samples / f"step-{step}.png")
    (samples / "step-1.png").write_bytes(b"not a picture")
    (samples / "step-2.png").write_bytes((samples / "step-400.png").read_bytes()[:300])
    snapshot(4, rows=3).save(samples / "step-4.png")
    snapshot(19, side=28).save(samples / "step-19.png")
    Image.new("1", (10_000, 6_000)).save(samples / "step-40.png")
    (samples / "step-x.png").write_bytes(b"none of training's")
    found, left_out = translate.read_snapshots(other_model, 64, "ab")
    assert [step for step, _, _ in found] == [0, 9, 86, 400] and left_out == 5
    page = translate.learned("ab")
    assert "left out: 5" in page and "제외한 학습 과정의 그림: 5개" in page


def test_snapshots_of_few_columns_are_shown(other_model: Path) -> None:
    for path in (other_model / "samples").iterdir():
        snapshot(STEPS[0], columns=1).save(path)
    page = translate.learned("ba")
    assert page.count('name="translate-column"') == 1 and "--columns: 1" in page


def test_without_snapshots_there_is_a_sentence(other_model: Path) -> None:
    for path in (other_model / "samples").iterdir():
        path.unlink()
    assert "No pictures of its training" in translate.learned("ab")


# the server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with torch.inference_mode(False):
        _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield url.rstrip("/")
    gr.close_all()


@pytest.mark.parametrize(("direction", "size"), [("ab", 64), ("ba", 128), ("ab", 256)])
def test_api_round_trip(url: str, save: Callable[..., str], direction: str, size: int) -> None:
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8))
    path = save(picture)
    answer = Client(url, verbose=False).predict(handle_file(path), direction, size, api_name="/translate")
    *files, numbers = answer
    *expected, same = translate.translate_api(path, direction, size)
    for file, image in zip(files, expected, strict=True):
        shown = Image.open(file)
        assert shown.format == "PNG" and shown.size == (size, size)
        assert np.abs(pixels(shown.convert("RGB")) - pixels(image)).max() <= 4  # a step of the error map
    assert numbers.keys() == same.keys() and numbers["model"] == translate.MODEL
    assert (numbers["direction"], numbers["size"], numbers["source"]) == (direction, size, "bundled")
    for key in ("cycle_l1", "identity_l1", "score_x", "score_translation"):
        assert numbers[key] == pytest.approx(same[key], abs=1e-4)


@pytest.mark.parametrize(
    ("data", "arguments", "sentence"),
    [
        (b"not a picture", ("ab", 64), "not a picture that can be read"),
        (encoded(Image.new("1", (10_000, 6_000)), "PNG"), ("ab", 64), "60 megapixels"),
        (PICTURES["plain"][0], ("sideways", 64), "direction is sideways; choose one of: ab, ba"),
        (PICTURES["plain"][0], ("ab", 100), "size is 100; choose one of: 64, 128, 256"),
    ],
)
def test_bad_arguments_get_one_sentence(
    url: str, tmp_path: Path, data: bytes, arguments: tuple[Any, ...], sentence: str
) -> None:
    (tmp_path / "picture.png").write_bytes(data)
    with pytest.raises(AppError) as error:
        Client(url, verbose=False).predict(
            handle_file(tmp_path / "picture.png"), *arguments, api_name="/translate"
        )
    assert sentence in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("data", ['null, "ab", 64', 'null, "ab", NaN', '7, "ab", 64'])
def test_what_no_client_would_send_gets_an_error(url: str, data: str) -> None:
    call, headers = f"{url}/gradio_api/call/translate", {"content-type": "application/json"}
    event = httpx.post(call, content=f'{{"data": [{data}]}}', headers=headers).json()["event_id"]
    answer = httpx.get(f"{call}/{event}").text
    assert "event: error" in answer and "Traceback" not in answer
