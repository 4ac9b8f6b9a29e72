"""The server's answer to nearest.js."""

import json
import re
from base64 import b64encode

import pytest
import torch
from starlette.applications import Starlette
from starlette.testclient import TestClient

from space.models import roles
from space.page import nearest
from space.page.routes import ROUTES
from space.pictures.sheets import digit_sheet
from space.pictures.training_digits import find_nearest
from space.text import TEXT
from space.weights import hub
from space.weights.side_files import read_metrics

CLIENT = TestClient(Starlette(routes=ROUTES))
DIGIT = digit_sheet()[2, 1][None] / 255


def ask(name: str, image: torch.Tensor = DIGIT, **changed: object):
    sent = {"shape": [1, *image.shape[1:], 1], "data": b64encode(image.numpy().tobytes()).decode()} | changed
    return CLIENT.post(f"/nearest/{name}", content=json.dumps(sent), headers={"accept-language": "ko"})


def test_the_answer_shows_the_digit_its_distance_and_what_to_compare_it_with():
    answer, found = ask(roles.DCGAN), find_nearest(DIGIT)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert f"no. {found.number:,} of 60,000" in answer.text and f"{found.number:,}번" in answer.text
    assert f"Distance {found.distance:.2f}." in answer.text and f"거리 {found.distance:.2f}." in answer.text
    assert answer.text.count("<img") == 2
    metrics = read_metrics(hub.BUNDLED / roles.DCGAN)
    for key in nearest.METRICS:
        assert TEXT[f"metric.{key}"][1] in answer.text and metrics[key]["protocol"] in answer.text


@pytest.mark.parametrize("name", [roles.GAN, roles.VAE_DEEP, roles.DIFFUSION, roles.PIXELS])
def test_every_model_of_digits_was_measured(name: str) -> None:
    metrics = read_metrics(hub.BUNDLED / name)
    assert set(nearest.METRICS) <= set(metrics)
    assert re.search(r"60,000 training images, median of 2,000\b", metrics[nearest.TEST]["protocol"])


def test_a_model_without_figures_has_those_of_test_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "load_any", lambda name: hub.load(roles.PLAIN))
    monkeypatch.setattr(
        nearest, "read_metrics", lambda folder: read_metrics(folder) if folder.name == roles.DCGAN else {}
    )
    text = ask("own").text
    assert TEXT["metric.nearest_train_of_test"][0] in text and TEXT["metric.copies"][0] not in text


@pytest.mark.parametrize(
    "changed",
    [
        *({"shape": shape} for shape in ([1, 27, 27, 1], [1, 28, 28, 3], [1, 32, 32, 1], 3)),
        *({"data": data} for data in ("!", None, "", "AAAA", b64encode(bytes(8 * 784)).decode())),
    ],
)
def test_what_is_no_such_picture_is_refused(changed: dict[str, object]) -> None:
    answer = ask(roles.DCGAN, **changed)
    assert answer.status_code == 400 and answer.text == TEXT["problem.request"][1]


def test_numbers_that_are_none_are_refused():
    assert ask(roles.DCGAN, DIGIT * torch.nan).status_code == 400
    assert CLIENT.post(f"/nearest/{roles.DCGAN}", content=b"[" * 9000).status_code == 400


def test_nothing_is_searched_for_a_model_that_there_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(nearest, "find_nearest")
    assert ask("no-such-model").status_code == 400
