"""The translate tab without a browser: what is shown of any picture, of no picture, and of the training."""

import math
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from space.lessons.translate import tab, view, work
from space.lessons.translate.api import translate_api
from space.models import roles
from space.models.cyclegan import CycleGAN, mean_difference
from space.pictures.files import read_image
from space.pictures.inputs import cut_square, sketch_to_square, to_square
from space.pictures.outputs import GENERATED, REAL, to_heat, to_opinion
from space.text.refusals import Problem
from space.weights import hub
from space.weights.model_folder import ModelUnavailable
from tests.pictures import PLAIN
from tests.small_models import small
from tests.space.lessons.translate.fakes import STEPS, emoji, pictures, pixels, snapshot


def learned(direction: str) -> str:
    """The strip of the training, and the metrics."""
    return tab.told(work.load_model())[direction]


def show_large(source="upload", drawn=None, uploaded=None, direction="ab", size=128, asked=None):
    return tab.show_large(asked or {"question": 7}, source, 0, drawn, uploaded, direction, size)


def show_code(source="emoji", index=0, drawn=None, uploaded=None, direction="ab", size=64):
    return tab.show_code(source, index, drawn, uploaded, direction, size)


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda path: translate_api(None), "no_image"),
        (lambda path: translate_api(path, "ac"), "not_one_of"),
        (lambda path: translate_api(path, None), "not_one_of"),
        (lambda path: translate_api(path, ["ab"]), "not_one_of"),
        (lambda path: translate_api(path, "ab", 65), "not_one_of"),
        (lambda path: translate_api(path, "ab", math.nan), "not_one_of"),
        (lambda path: translate_api(path, "ab", None), "not_one_of"),
        (lambda path: translate_api(path, "ab", "64"), "not_one_of"),
        (lambda path: translate_api(path, "ab", 1e9), "not_one_of"),
        (lambda path: show_code(index=40), "number"),
        (lambda path: show_code(index=math.nan), "number"),
        (lambda path: show_code(index="3"), "number"),
        (lambda path: show_code(direction="x" * 10_000), "not_one_of"),
        (lambda path: show_code("camera"), "not_one_of"),
        (lambda path: show_code("upload", uploaded=Image.new("RGB", (9, 9)), size=0), "not_one_of"),
        (lambda path: show_large(uploaded=Image.new("RGB", (9, 9)), size=0), "not_one_of"),
        (lambda path: show_large(uploaded=Image.new("RGB", (9, 9)), asked={"question": "7"}), "request"),
        (lambda path: show_large(uploaded=Image.new("RGB", (9, 9)), asked=[7]), "request"),
        (lambda path: show_large(), "no_image"),
        (lambda path: tab.told(replace(work.load_model(), name=roles.GAN)), "not_one_of"),
    ],
)
def test_bad_input_is_one_sentence(save: Callable[..., str], call: Callable[[str], object], key: str) -> None:
    path = save(PLAIN)
    with pytest.raises(Problem) as problem:
        call(path)
    assert problem.value.key == f"problem.{key}" and len(str(problem.value)) < 200


def test_through_the_page_and_the_api_a_picture_is_the_same(save: Callable[..., str]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (700, 900, 3), np.uint8)
    path = save(Image.fromarray(noise))
    assert torch.equal(to_square(work.read_upload(path), 128), to_square(read_image(path), 128))


def test_a_drawing_is_read_in_colour_and_blank_paper_is_none(save: Callable[..., str]) -> None:
    drawing = Image.new("RGB", (280, 280), "white")
    path = save(drawing)
    assert work.read_drawing(None) is None and work.read_drawing(path) is None
    with pytest.raises(Problem) as problem:
        sketch_to_square(path)
    assert problem.value.key == "problem.empty_drawing"
    drawing.paste((221, 46, 68), (100, 100, 180, 180))
    (x,) = to_square(work.read_drawing(save(drawing)), 64)
    assert (x[:, 32, 32] * 255).round().tolist() == [221, 46, 68] and x[:, 0, 0].tolist() == [1, 1, 1]


@pytest.mark.parametrize("direction", work.DIRECTIONS)
def test_a_large_picture_is_shown_with_its_figures(direction: str) -> None:
    picture = cut_square(Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 200, 3), np.uint8)))
    large = show_large(uploaded=picture, direction=direction)["large"]
    assert (large["question"], large["size"]) == (7, 128)
    result = work.translate(to_square(picture, 128), direction)
    stride = 2**result.loaded.model.config.discriminator_layers
    expected = {
        "x": result.x,
        "translation": result.output,
        "back": result.back,
        "identity": result.identity,
        "error": to_heat(result.error / view.MOST_ERROR),
        "judged_x": to_opinion(result.x, result.scores_x, stride),
        "judged_translation": to_opinion(result.output, result.scores_output, stride),
    }
    assert large["pictures"].keys() == expected.keys()
    for key, image in expected.items():
        (shown,) = pictures(large["pictures"][key])
        assert np.abs(pixels(shown) - pixels(image)).max() <= 1, key
    assert large["figures"] == {
        "cycle_l1": result.cycle_l1,
        "identity_l1": result.identity_l1,
        "translation_l1": mean_difference(result.x, result.output),
        "score_x": result.scores_x.mean().item(),
        "score_translation": result.scores_output.mean().item(),
    }
    before, after = (Image.open(BytesIO(b64decode(one))) for one in large["slider"])
    assert before.size == after.size == (512, 512)
    assert (pixels(before)[::4, ::4] == pixels(result.x)).all()


def test_the_visitors_pictures_reach_the_browser_at_the_size_of_the_training() -> None:
    picture = cut_square(Image.fromarray(np.random.default_rng(1).integers(0, 256, (300, 200, 3), np.uint8)))
    own = tab.pictures_of(picture, None)["own"]
    sent = np.frombuffer(b64decode(own["draw"]["pixels"]), np.uint8).reshape(64, 64, 3)
    assert np.array_equal(sent, pixels(to_square(picture, 64)))
    assert own["upload"] == {"problem": "problem.no_image"}
    assert tab.pictures_of(None, picture)["own"]["draw"] == {"problem": "problem.empty_drawing"}
    assert {"problem.no_image", "problem.empty_drawing"} <= tab.WORDS["ko"].keys()


@pytest.mark.parametrize(("score", "colour"), [(1.0, REAL), (5.0, REAL), (0.0, GENERATED), (-3.0, GENERATED)])
def test_a_sure_score_has_its_colour_and_an_unsure_one_none(score: float, colour: tuple[int, ...]) -> None:
    shape = work.translate(emoji(0), "ab").scores_x.shape
    grey = pixels(to_opinion(emoji(0), torch.full(shape, 0.5), 4, 4))
    assert (grey == grey[..., :1]).all()
    tinted = pixels(to_opinion(emoji(0), torch.full(shape, score), 4, 4))
    assert np.abs(tinted - (0.3 * grey + 0.7 * np.array(colour))).max() <= 1


def test_a_model_that_cannot_be_used_is_named_on_the_page(other_model: Path) -> None:
    (other_model / "model.safetensors").write_bytes(b"damaged")
    hub.clear()
    with pytest.raises(ModelUnavailable, match="is cut off"):
        learned("ab")
    assert show_code() == "" == show_code("draw")


def test_a_model_of_grey_images_is_named_in_one_sentence(other_model: Path) -> None:
    small(CycleGAN, in_channels=1).save_pretrained(other_model)
    hub.clear()
    with pytest.raises(ModelUnavailable, match="it takes 1 channels, not 3"):
        tab.told(hub.load(work.MODEL))


def test_figures_come_with_their_protocol() -> None:
    page = learned("ab")
    assert "0.123" in page and "153 test images &lt;b&gt;" in page and "L1 to the counterpart" in page
    assert "Cycle L1" not in page  # that of the other direction
    assert "Cycle L1" in learned("ba") and "bundled with this app" in page


def test_the_strip_lets_one_of_the_columns_be_chosen() -> None:
    page = learned("ab")
    assert page.count('name="translate-column"') == 8 and page.count(" checked") == 1
    assert page.count("<figcaption>") >= 8 and "<figcaption>4,300</figcaption>" in page
    assert all(sprite.size == (8 * 64, 64) for sprite in pictures(page))


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
    found, left_out = work.read_snapshots(other_model, 64, "ab")
    assert [step for step, _, _ in found] == [0, 9, 86, 400] and left_out == 5
    page = learned("ab")
    assert "left out: 5" in page and "제외한 학습 과정의 그림: 5개" in page


def test_snapshots_of_few_columns_are_shown(other_model: Path) -> None:
    for path in (other_model / "samples").iterdir():
        snapshot(STEPS[0], columns=1).save(path)
    page = learned("ba")
    assert page.count('name="translate-column"') == 1 and "--columns: 1" in page


def test_without_snapshots_there_is_a_sentence(other_model: Path) -> None:
    for path in (other_model / "samples").iterdir():
        path.unlink()
    assert "No pictures of its training" in learned("ab")
