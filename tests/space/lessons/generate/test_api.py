"""The endpoints /generate and /nearest over HTTP."""

from pathlib import Path

import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from space.lessons.generate import api
from space.models import roles
from space.pictures.training_digits import LEVELS, training_digits


def test_api_round_trip(url: str) -> None:
    client = Client(url, verbose=False)
    file, numbers = client.predict(roles.DCGAN, 12, 7, 0.5, api_name="/generate")
    picture, expected = api.generate(roles.DCGAN, 12, 7, 0.5)
    assert np.abs(np.asarray(Image.open(file).convert("L"), int) - np.asarray(picture, int)).max() <= 1
    assert numbers["scores"] == pytest.approx(expected["scores"], abs=1e-4)
    assert numbers | {"scores": None} == expected | {"scores": None}
    assert client.predict(roles.VAE_MAP, api_name="/generate")[1]["scores"] is None
    with pytest.raises(AppError, match="number is 65; it must be a number from 1 to 64"):
        client.predict(roles.GAN, 65, api_name="/generate")
    with pytest.raises(AppError, match="There is no model named picasso"):
        client.predict("picasso", api_name="/generate")


def test_a_training_digit_is_nearest_to_itself(url: str, tmp_path: Path) -> None:
    grey = (training_digits()[776].reshape(28, 28) * (255 / (LEVELS - 1))).round().astype(np.uint8)
    Image.fromarray(grey).save(tmp_path / "digit.png")
    Image.new("L", (28, 28)).save(tmp_path / "blank.png")
    client = Client(url, verbose=False)
    file, numbers = client.predict(handle_file(tmp_path / "digit.png"), api_name="/nearest")
    assert (numbers["number"], numbers["among"]) == (777, 60_000) and numbers["distance"] < 0.05
    assert np.abs(np.asarray(Image.open(file).convert("L"), int) - grey).max() <= 1
    with pytest.raises(AppError, match="digit"):
        client.predict(handle_file(tmp_path / "blank.png"), api_name="/nearest")


@pytest.mark.parametrize(
    ("data", "named"),
    [("NaN, 0, 1", "number"), ("4, NaN, 1", "seed"), ("4, 0, Infinity", "scale"), ('4, 0, "x"', "scale")],
)
def test_not_a_number_gets_one_sentence(url: str, data: str, named: str) -> None:
    call, headers = f"{url}/gradio_api/call/generate", {"content-type": "application/json"}
    content = f'{{"data": ["{roles.GAN}", {data}, null, null]}}'
    event = httpx.post(call, content=content, headers=headers).json()["event_id"]
    answer = httpx.get(f"{call}/{event}").text
    assert "event: error" in answer and f"{named} is" in answer and "must be a number from" in answer
