"""The translate tab without a browser: what is shown of any picture, of no picture, and of the training."""

import json
import math
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image

from space.lessons.translate import tab, view, work
from space.lessons.translate.api import translate_api
from space.lessons.translate.lambdas import lambda_card
from space.models import roles
from space.models.cyclegan import mean_difference
from space.page.modules import SOURCES
from space.pictures.files import read_image
from space.pictures.inputs import cut_square, to_square
from space.pictures.outputs import GENERATED, REAL, to_heat, to_opinion
from space.pictures.sheets import LAMBDA_FOLDER
from space.text.refusals import Problem
from space.weights import hub
from space.weights.model_folder import ModelUnavailable
from tests.pictures import PLAIN
from tests.space.lessons.translate.fakes import (
    MODEL,
    SIDE,
    STEPS,
    A,
    B,
    emoji,
    pictures,
    pixels,
    snapshot,
    write_model,
)

BLANK = {"runs": []}


def learned(direction: str) -> str:
    """The strip of the training, and the metrics."""
    return tab.told(work.load_model(MODEL))[direction]


def show_large(
    source="upload", drawing=BLANK, uploaded=None, direction="ab", size=128, asked=None, name=MODEL
):
    return tab.show_large(asked or {"question": 7}, source, 0, drawing, uploaded, name, direction, size)


def show_code(source="emoji", index=0, drawing=BLANK, uploaded=None, direction="ab", size=0, name=MODEL):
    return tab.show_code(source, index, drawing, uploaded, name, direction, size)


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
        (lambda path: translate_api(path, model=roles.GAN), "not_one_of"),
        (lambda path: translate_api(path, model=None), "not_one_of"),
        (lambda path: show_code(name=roles.GAN), "not_one_of"),
        (lambda path: show_large(uploaded=Image.new("RGB", (9, 9)), name=["x"]), "not_one_of"),
        (lambda path: show_code(index=40), "number"),
        (lambda path: show_code(index=math.nan), "number"),
        (lambda path: show_code(index="3"), "number"),
        (lambda path: show_code(direction="x" * 10_000), "not_one_of"),
        (lambda path: show_code("camera"), "not_one_of"),
        (lambda path: show_code("upload", uploaded=Image.new("RGB", (9, 9)), size=65), "not_one_of"),
        (lambda path: show_large(uploaded=Image.new("RGB", (9, 9)), size=65), "not_one_of"),
        (lambda path: show_large(uploaded=Image.new("RGB", (9, 9)), asked={"question": "7"}), "request"),
        (lambda path: show_large(uploaded=Image.new("RGB", (9, 9)), asked=[7]), "request"),
        (lambda path: show_large(), "no_image"),
        (lambda path: tab.told(replace(work.load_model(MODEL), name=roles.GAN)), "not_one_of"),
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


@pytest.mark.parametrize("direction", work.DIRECTIONS)
def test_a_large_picture_is_shown_with_its_figures(direction: str) -> None:
    picture = cut_square(Image.fromarray(np.random.default_rng(0).integers(0, 256, (300, 200, 3), np.uint8)))
    large = show_large(uploaded=picture, direction=direction)["large"]
    assert (large["question"], large["size"]) == (7, 128)
    result = work.translate(to_square(picture, 128), direction, MODEL)
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
        "fooling": F.mse_loss(result.scores_output, torch.ones_like(result.scores_output)).item(),
    }
    before, after = (Image.open(BytesIO(b64decode(one))) for one in large["slider"])
    assert before.size == after.size == (512, 512)
    assert (pixels(before)[::4, ::4] == pixels(result.x)).all()


def test_an_emoji_at_another_size_comes_with_its_counterpart() -> None:
    large = show_large("emoji", size=256)["large"]
    x, y = (
        work.choose_picture(work.load_model(MODEL), "emoji", 0, None, None, way, 256) for way in ("ab", "ba")
    )
    assert x.shape == (1, 3, 256, 256) and not torch.equal(x, y)
    for key, image in (("x", x), ("counterpart", y)):
        (shown,) = pictures(large["pictures"][key])
        assert np.abs(pixels(shown) - pixels(image)).max() <= 1, key
    assert large["figures"]["counterpart_l1_x"] == pytest.approx(mean_difference(x, y))
    assert large["domains"] == {"a": A, "b": B}


def test_the_visitors_pictures_reach_the_browser_at_each_size_that_it_computes() -> None:
    picture = cut_square(Image.fromarray(np.random.default_rng(1).integers(0, 256, (300, 200, 3), np.uint8)))
    upload = tab.pictures_of(None, picture)["own"]["upload"]
    assert {"64", "128"} <= upload["pixels"].keys()
    json.dumps(upload)
    for side, sent in ((int(key), sent) for key, sent in upload["pixels"].items()):
        found = np.frombuffer(b64decode(sent), np.uint8).reshape(side, side, 3)
        assert np.array_equal(found, pixels(to_square(picture, side)))
    assert tab.pictures_of(None, None)["own"]["upload"] == {"problem": "problem.no_image"}
    assert {"problem.no_image", "problem.empty_drawing"} <= tab.WORDS["ko"].keys()


def test_what_the_page_is_told_of_the_examples(other_model: Path) -> None:
    """Of a sheet no pixels, for the script has it; of a training all of them, both domains side by side."""
    told = tab.told(work.load_model(MODEL))["examples"]
    assert len(told["labels"]) == 40 and told["side"] == SIDE and told["pixels"] is None
    write_model(other_model, 32, in_channels=1, domain_a="Gothic", domain_b="Brush")
    hub.clear()
    loaded = work.load_model(MODEL)
    told = tab.told(loaded)["examples"]
    assert told["sheet"] is None and told["side"] == 32 and len(told["labels"]) == 8
    sent = np.frombuffer(b64decode(told["pixels"]), np.uint8).reshape(8, 2, 32, 32, 1)
    for domain, name in enumerate("ab"):
        x = work.examples_of(loaded).of(3, name)
        assert np.array_equal(sent[3, domain, ..., 0], pixels(x)[..., 0])
    json.dumps(told, allow_nan=False)


def test_the_snippet_of_an_example_from_the_training_cuts_it_out(other_model: Path) -> None:
    write_model(other_model, 32, in_channels=1, domain_a="Gothic", domain_b="Brush")
    hub.clear()
    code = show_code(index=2, direction="ba")
    (line,) = [line.removeprefix("x = ") for line in code.splitlines() if line.startswith("x = ")]
    line = line.replace(f"space/pretrained/{MODEL}", str(other_model))
    x = eval(line, {"to_square": to_square, "read_image": read_image})  # our own snippet
    assert torch.equal(x, work.choose_picture(work.load_model(MODEL), "emoji", 2, None, None, "ba", 0))
    assert "counterpart" not in code
    assert "channels=1" in show_code("upload", uploaded=Image.new("RGB", (9, 9)))


@pytest.mark.parametrize(("score", "colour"), [(1.0, REAL), (5.0, REAL), (0.0, GENERATED), (-3.0, GENERATED)])
def test_a_sure_score_has_its_colour_and_an_unsure_one_none(score: float, colour: tuple[int, ...]) -> None:
    shape = work.translate(emoji(0), "ab", MODEL).scores_x.shape
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


def test_what_the_weight_of_the_cycle_does_is_shown_with_its_figures() -> None:
    card = lambda_card()
    runs = json.loads((LAMBDA_FOLDER / "runs.json").read_text())
    assert len({run["weight"] for run in runs}) == len(runs) == 3 and len({run["steps"] for run in runs}) == 1
    addresses = re.findall(r'<img src="modules/\w+/(pictures/[^"]+)"', card)
    x, *shown = (Image.open(BytesIO(SOURCES[address])) for address in addresses)
    assert len(shown) == 3 and {one.size for one in shown} == {(x.width, 2 * x.height)}
    files = [(LAMBDA_FOLDER / f"{i}.png").read_bytes() for i in range(4)]
    assert [SOURCES[address] for address in addresses] == files
    assert len(card) < 5_000  # the page is sent it at the start
    for run in runs:
        assert f"λ = {run['weight']:g}" in card and f"{run['change']:.3f}" in card
        assert card.count(f"{run['cycle_l1']:.3f}") >= 2  # in both languages
