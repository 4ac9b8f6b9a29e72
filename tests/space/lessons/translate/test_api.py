"""The endpoint /translate: any picture a visitor may have, and calls through a running app."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from space.lessons.translate import work
from space.lessons.translate.api import translate_api
from space.models import roles
from space.text.refusals import Problem
from tests.pictures import PICTURES, encoded
from tests.space.lessons.translate.fakes import pixels


@pytest.mark.parametrize("name", PICTURES)
def test_any_picture_is_translated_in_its_colours(name: str, tmp_path: Path) -> None:
    data, colour = PICTURES[name]
    (tmp_path / "picture.png").write_bytes(data)
    x, translation, back, error, numbers = translate_api(str(tmp_path / "picture.png"), "ab", 64)
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
    for call in (translate_api, work.read_upload):
        with pytest.raises(Problem) as problem:
            call(str(tmp_path / "picture.png"))
        assert problem.value.key == f"problem.{key}"


@pytest.mark.parametrize("name", work.NAMES)
def test_each_model_translates_at_its_own_size(name: str, save: Callable[..., str]) -> None:
    loaded = work.load_model(name)
    config = loaded.model.config
    *files, numbers = translate_api(save(Image.new("RGB", (50, 40), (200, 30, 60))), model=name)
    assert {one.size for one in files} == {2 * (config.image_size,)}
    assert numbers["model"] == name and numbers["domains"] == [config.domain_a, config.domain_b]


@pytest.mark.parametrize(("direction", "size"), [("ab", 64), ("ba", 128), ("ab", 256)])
def test_api_round_trip(url: str, save: Callable[..., str], direction: str, size: int) -> None:
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8))
    path = save(picture)
    answer = Client(url, verbose=False).predict(handle_file(path), direction, size, api_name="/translate")
    *files, numbers = answer
    *expected, same = translate_api(path, direction, size)
    for file, image in zip(files, expected, strict=True):
        shown = Image.open(file)
        assert shown.format == "PNG" and shown.size == (size, size)
        assert np.abs(pixels(shown.convert("RGB")) - pixels(image)).max() <= 4  # a step of the error map
    assert numbers.keys() == same.keys() and numbers["model"] == roles.TRANSLATOR
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
        (PICTURES["plain"][0], ("ab", 64, roles.GAN), f"model is {roles.GAN}; choose one of: "),
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
