"""Completions on the server, the endpoint /complete, the model that counts, and what cannot be asked for."""

import base64
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from space.lessons.pixels import api, view, work
from space.models.pixelcnn import PixelCNN
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet
from space.text import TEXT
from space.text.refusals import Problem
from space.weights import hub
from space.weights.model_folder import ModelUnavailable
from tests.small_models import bundled, small

THREE = digit_sheet()[3, 0][None, None] / 255
OFFSETS = [[0, -1], [-1, 0], [-1, 1]]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A small untrained model that says something, in place of the shipped one."""
    folder = tmp_path_factory.mktemp("pretrained")
    model = small(PixelCNN)
    for table in (model.place, model.bias):
        torch.nn.init.normal_(table.weight)
    model.save_pretrained(folder / work.MODEL)
    with bundled(folder), torch.inference_mode():
        yield hub.load(work.MODEL)


def save(image: Image.Image, path: Path) -> str:
    image.save(path)
    return str(path)


def test_what_is_given_stays_and_a_completion_is_the_same_at_any_count(loaded):
    x, rng = work.binarised(THREE), torch.Generator().manual_seed(0)
    masks = [work.rows_known(rows) for rows in (0, 1, 13, 28)]
    masks += [(torch.rand(1, 1, 28, 28, generator=rng) < share).float() for share in (0.1, 0.5, 0.9)]
    for known in masks:
        many, one = (work.complete(loaded, work.Asked(count, 7, 3), x, known).images for count in (5, 1))
        assert torch.equal(many[:1], one) and set(many.unique().tolist()) <= {0, 1}
        assert torch.equal(many * known, (x * known).expand_as(many))


def test_whether_it_is_exact_follows_the_reading_order(loaded):
    rng = torch.Generator().manual_seed(1)
    for first in (0, 1, 5, 300, 783, 784):
        known = torch.zeros(784)
        known[:first] = 1
        assert work.is_first(known)
        later = known.clone()
        if first < 783:
            later[int(torch.randint(first + 1, 784, (), generator=rng))] = 1
            assert not work.is_first(later)
    for changed, exact in (
        *(({"temperature": one}, one == 1) for one in (1, 1.0, 0.5)),
        *(({"guidance": one, "digit": 3}, one == 1) for one in (0, 1, 1.25)),
        ({"guidance": 2.0}, True),  # without a digit it changes nothing
    ):
        assert work.complete(loaded, work.Asked(1, **changed), None, None).exact is exact


def test_black_and_white_by_the_same_coins_as_in_the_browser():
    x = work.binarised(THREE)
    assert torch.equal(x, work.binarised(THREE)) and torch.equal(work.binarised(x), x)
    assert (x != THREE.round()).any()


def test_the_endpoint_gives_pictures_and_log_p(loaded, tmp_path):
    path = save(to_pil(THREE), tmp_path / "three.png")
    grid, numbers = api.complete_api(path, rows=9, digit=8, count=6, seed=4)
    assert grid.size == (4 * 28, 2 * 28) and numbers["exact"] and len(numbers["log_prob"]) == 6
    made = work.complete(loaded, work.Asked(6, 4, 8), work.binarised(THREE), work.rows_known(9))
    first = np.asarray(grid.convert("L"))[:28, :28] / 255
    assert (first == made.images[0, 0].numpy()).all() and numbers["log_prob"] == made.log_probs
    assert api.complete_api(path)[1]["rows"] == 14
    left = np.uint8(255 * (np.arange(784).reshape(28, 28) % 28 < 9))
    mask = save(Image.fromarray(left), tmp_path / "mask.png")
    _, numbers = api.complete_api(path, mask=mask, count=1)
    assert numbers["rows"] is None and not numbers["exact"]
    grid, numbers = api.complete_api(count=1, temperature=0.5)
    assert grid.size == (28, 28) and not numbers["exact"]
    plain, guided, blind, anything = (
        api.complete_api(seed=2, digit=digit, guidance=guidance)
        for digit, guidance in ((3, 1), (3, 4), (3, 0), (None, 5))
    )
    assert guided[1]["guidance"] == 4 and not guided[1]["exact"] and guided[0] != plain[0]
    assert blind[0] == anything[0] and anything[1]["exact"]  # 0: as if no digit was asked for


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        *(({"count": count}, "count is") for count in (0, -1, 17, 2.5, math.nan, "4", True, None)),
        *(({"digit": digit}, "digit is") for digit in (-1, 10, 1.5, "3", math.nan)),
        *(({"seed": seed}, "seed is") for seed in (-1, 2**32, 0.5, None)),
        *(({"temperature": one}, "temperature is") for one in (0, 0.05, 2.5, math.nan, math.inf, "1", None)),
        *(
            ({"guidance": one}, "guidance is")
            for one in (-0.1, 5.1, 1e9, math.nan, -math.inf, "1", None, True)
        ),
        ({"rows": 3}, "no picture yet"),
        ({"mask": "mask.png"}, "no picture yet"),
        ({"model": "pixelcnn"}, "There is no model named pixelcnn"),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_a_sentence(loaded, arguments: dict[str, Any], sentence: str):
    with pytest.raises(Problem, match=sentence) as found:
        api.complete_api(**arguments)
    assert "\n" not in str(found.value) and len(found.value.said("ko")) < 300


def test_rows_and_masks_that_make_no_sense(loaded, tmp_path):
    path = save(to_pil(THREE), tmp_path / "three.png")
    for rows in (-1, 29, 0.5, math.nan, "3"):
        with pytest.raises(Problem, match="rows is"):
            api.complete_api(path, rows=rows)
    mask = save(Image.new("L", (28, 28), 255), tmp_path / "mask.png")
    with pytest.raises(Problem, match="not both"):
        api.complete_api(path, rows=3, mask=mask)
    with pytest.raises(Problem, match="The mask has 64x64 pixels"):
        api.complete_api(path, mask=save(Image.new("L", (64, 64)), tmp_path / "large.png"))


@pytest.mark.parametrize("config", [{"image_size": 32}, {"num_classes": 0}, {"num_classes": 3}])
def test_weights_of_another_kind_work_or_are_refused_in_a_sentence(tmp_path, config):
    small(PixelCNN, **config).save_pretrained(tmp_path / work.MODEL)
    with bundled(tmp_path), torch.inference_mode():
        other = hub.load(work.MODEL)
        if other.model.config.image_size != 28:
            with pytest.raises(ModelUnavailable, match="28x28 in grey"):
                work.complete(other, work.Asked(), None, None)
            return
        assert work.complete(other, work.Asked(1), None, None).images.isfinite().all()
        with pytest.raises(Problem, match="digit is 7"):
            work.complete(other, work.Asked(digit=7), None, None)


def test_the_page_is_told_of_the_model_that_counts_as_far_as_it_is_sound(tmp_path):
    odds, place = torch.arange(-4000, 4000, 1000).short(), (torch.arange(4 * 784) % 255 - 127).char()
    table = {"offsets": torch.tensor(OFFSETS), "log_odds": odds, "place": place.view(784, 4)}

    def told(**changed: torch.Tensor) -> dict[str, Any] | None:
        save_file(table | changed, tmp_path / "counting.safetensors")
        return work.read_counting(tmp_path)

    found = told()
    assert found["offsets"] == OFFSETS
    assert np.frombuffer(base64.b64decode(found["log_odds"]), "<i2").tolist() == odds.tolist()
    assert np.frombuffer(base64.b64decode(found["place"]), "i1").tolist() == place.tolist()
    for wrong in (
        {"log_odds": odds[:7].clone()},
        {"log_odds": odds.float()},
        {"log_odds": odds.int()},
        {"offsets": torch.tensor([[0, -1], [-1, 0], [0, 1]])},
        {"offsets": torch.tensor([[0, -1], [-1, 0], [-40, 1]])},
        {"offsets": torch.tensor([1, 2, 3])},
        {"offsets": torch.tensor([[0, -1, 0], [-1, 0, 0], [-1, 1, 0]])},
        {"offsets": torch.zeros(0, 2, dtype=torch.int64), "log_odds": odds[:1].clone()},
        *({"place": torch.zeros(shape).char()} for shape in ((784, 3), (784, 16), (783, 4), (784,))),
        {"place": place.view(784, 4).float()},
    ):
        assert told(**wrong) is None, wrong
    for dtype in (torch.float64, torch.float16, torch.int32, torch.bool):
        assert told(offsets=torch.tensor(OFFSETS).to(dtype)) is None, dtype
    for nothing in ((math.nan, -1.0), (-1.0, math.nan), (-1.0, -math.inf)):  # JSON has no NaN
        assert told(offsets=torch.tensor([nothing, *OFFSETS[1:]])) is None, nothing
    assert work.read_counting(tmp_path / "nowhere") is None
    told()
    file, rng = tmp_path / "counting.safetensors", np.random.default_rng(0)
    whole = file.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    for end in (*range(12), *rng.integers(12, len(whole), 30)):
        file.write_bytes(whole[:end])
        assert work.read_counting(tmp_path) is None, end
    for at in (*range(header), *rng.integers(header, len(whole), 50)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ rng.integers(1, 256)]) + whole[at + 1 :])
        found = work.read_counting(tmp_path)
        assert found is None or len(json.dumps(found, allow_nan=False)) > 4000, at


def test_a_model_without_its_counts_says_why_and_works(tmp_path):
    small(PixelCNN).save_pretrained(tmp_path / work.MODEL)
    file = tmp_path / work.MODEL / work.COUNTING
    with bundled(tmp_path):
        loaded = hub.load(work.MODEL)
        for write, lacks in ((None, "missing"), (b"", "damaged"), (b"no table", "damaged")):
            if write is not None:
                file.write_bytes(write)
            (tmp_path / work.MODEL / "metrics.json").write_text('{"nll": {"value": [1, 2]}}')
            assert work.told(loaded) == {"figures": {}, "counting": None, "lacks": lacks}
            assert f"pixels.play.lacks.{lacks}" in TEXT


def test_the_table_shows_what_was_measured_and_nothing_else():
    """A folder may come from the Hub: rows of another length make no row, names are escaped."""
    row = {"value": [81.5, 95.0, 84.25, 0.5, 0.5, 0.5, 10_000], "protocol": "how <b>"}
    table = view.likely_table(
        {"likely_blank": row, "likely_<i>": row, "likely_digits": {"value": [1.0]}, "nll": row}
    )
    assert table.count("<tr><th") == 3 and "10,000" in table and "<td>84.2</td>" in table
    assert "how &lt;b&gt;" in table and "<i>" not in table
    assert view.likely_table({"nll": row}) == ""
