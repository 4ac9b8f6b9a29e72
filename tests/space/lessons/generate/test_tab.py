"""The generate tab's handlers as functions."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from space.lessons.generate import api, tab, work
from space.models import MODELS, roles
from space.pictures.outputs import to_grid
from space.text.refusals import Problem
from space.weights import hub, model_folder
from tests.processes import ROOT
from tests.space.lessons.generate.fakes import tiles


def told(name: str, selection: Any = None) -> dict[str, Any]:
    return tab.tell(name, 8, 0, 1.0, selection)[0]["told"]


@pytest.mark.parametrize("name", work.generators())
def test_a_sample_is_the_same_at_any_number(name: str) -> None:
    picture, numbers = api.generate(name, 64, seed=3)
    all_of_them = tiles(picture, 8)
    assert np.ptp(all_of_them, 0).max() > 20  # they differ from each other
    for number in (1, 2, 5, 8, 33):
        picture, fewer = api.generate(name, number, seed=3)
        assert picture.size == (28 * min(number, 8), 28 * math.ceil(number / 8))
        # CPU kernels may round the last bit otherwise for another size of the batch
        assert np.abs(tiles(picture, fewer["columns"])[:number] - all_of_them[:number]).max() <= 1
        if numbers["scores"]:
            assert fewer["scores"] == pytest.approx(numbers["scores"][:number], abs=1e-4)


@pytest.mark.parametrize("name", [roles.DIFFUSION, roles.PIXELS])
def test_a_digit_is_asked_for_and_weighs(name: str) -> None:
    model = hub.load(name).model
    start, own = model.read_latents(work.draw_latents(model, 5, 3, 1.0))
    draw, found = model.draw if name == roles.PIXELS else model.denoise, []
    for digit, guidance in ((8, None), (0, 2.5), (None, 0)):
        picture, numbers = api.generate(name, 5, 3, digit=digit, guidance=guidance)
        assert (numbers["digit"], numbers["guidance"]) == (digit, guidance)
        labels = own if digit is None else torch.full_like(own, digit)
        images = draw(start, labels, **({} if guidance is None else {"guidance": guidance}))
        found.append(np.asarray(picture, int))
        assert np.abs(found[-1] - np.asarray(to_grid(images, 5, padding=0), int)).max() <= 1
    assert (found[0] != found[1]).any() and (found[1] != found[2]).any()
    for key, values in {
        "digit": (-1, 10, 2.5, "3", math.nan, True, [3]),
        "guidance": (-0.1, 5.1, 1e308, math.nan, math.inf, "1", True),
    }.items():
        for value in values:
            with pytest.raises(Problem, match=f"{key} is"):
                api.generate(name, 1, **{key: value})


def test_a_model_without_classes_is_asked_for_none() -> None:
    for name in (roles.DCGAN, roles.VAE_DEEP):
        for asked in ({"digit": 3}, {"guidance": 1.0}):
            with pytest.raises(Problem, match=f"{name} was trained without classes.*{roles.PIXELS}"):
                api.generate(name, 1, **asked)


def test_scores_are_what_the_discriminator_says(dcgan: nn.Module) -> None:
    images = dcgan.decode(work.draw_latents(dcgan, 6, 0, 1.0))
    expected = 1 / (1 + np.exp(-dcgan.discriminate(images).double().numpy()))
    assert api.generate(roles.DCGAN, 6)[1]["scores"] == pytest.approx(expected, rel=1e-4)
    assert api.generate(roles.VAE_DEEP, 6)[1]["scores"] is None


@pytest.mark.parametrize(
    "selection",
    [
        None,
        "walk",
        [1, 2],
        {},
        {"walk": None, "a": 3, "b": "x"},
        {"walk": [8, -1, 1.5, "2", None, True, [3], math.nan], "a": {}},
        {"walk": [1]},
        {"a": [1], "b": [2], "c": [9]},
    ],
)
def test_a_selection_that_is_none_is_in_no_snippet(selection: Any) -> None:
    snippet = tab.tell(roles.DCGAN, 8, 0, 1.0, selection)[1]
    assert "images =" in snippet and "walk" not in snippet and "terms" not in snippet


def test_figures_come_with_their_protocol_and_may_be_missing(models: Path) -> None:
    file = models / roles.GAN / "metrics.json"
    before = told(roles.GAN)
    assert "<details>" not in before["measured"] and roles.GAN in before["measured"] and "real" not in before
    figure = {"value": 12.5, "unit": "", "better": "lower", "protocol": "10,000 samples <b>"}
    try:
        file.write_text(json.dumps({"lenet_fid": figure, "d_real": {"value": 0.64}, "recall": "high"}))
        shown = told(roles.GAN)
        assert "12.5" in shown["measured"] and "10,000 samples &lt;b&gt;" in shown["measured"]
        assert "0.64" in shown["real"] and "recall" not in shown["measured"]
        file.write_text("{damaged")
        assert told(roles.GAN) == before
    finally:
        file.unlink()


def test_why_a_model_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, able_to: str) -> hub.LoadedModel:
        raise model_folder.ModelUnavailable(name, "model.safetensors is <missing>")

    monkeypatch.setattr(tab, "load_any", load)
    update, snippet = tab.tell(roles.GAN, 4, 0, 1.0, None)
    assert update["told"]["model"] == roles.GAN and "&lt;missing&gt;" in update["told"]["unavailable"]
    assert snippet == ""


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda: api.generate("gan"), "unknown_model"),
        (lambda: api.generate(None), "unknown_model"),
        (lambda: api.generate(roles.DIGIT_JUDGE), "not_one_of"),
        (lambda: api.generate(roles.GAN, 0), "number"),
        (lambda: api.generate(roles.GAN, 65), "number"),
        (lambda: api.generate(roles.GAN, "4"), "number"),
        (lambda: api.generate(roles.GAN, math.nan), "number"),
        (lambda: api.generate(roles.GAN, 4, -1), "number"),
        (lambda: api.generate(roles.GAN, 4, 2**32), "number"),
        (lambda: api.generate(roles.GAN, 4, None), "number"),
        (lambda: api.generate(roles.GAN, 4, 0, 2.5), "number"),
        (lambda: api.generate(roles.GAN, 4, 0, math.nan), "number"),
        (lambda: tab.tell(roles.DIGIT_JUDGE, 4, 0, 1.0, None), "not_one_of"),
        (lambda: tab.tell("nothing", 4, 0, 1.0, None), "unknown_model"),
        (lambda: tab.tell(roles.GAN, 4, 1.5e10, 1.0, None), "number"),
    ],
)
def test_bad_input_is_one_sentence(call: Callable[[], object], key: str) -> None:
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.key == f"problem.{key}"
    assert len(str(caught.value)) < 400


@torch.inference_mode()
def test_the_example_is_a_bold_7_less_a_thin_7_and_a_1() -> None:
    """The result is a 1 that is bolder, as the classifier sees it."""
    shipped = ROOT / "space" / "pretrained"
    model, judge = (
        model_folder.load_folder(MODELS[name], shipped / name) for name in (work.MODEL, roles.DIGIT_JUDGE)
    )
    a, b, c = (work.draw_latents(model, 32, 0, 1.0)[work.EXAMPLE[slot][0]] for slot in "abc")
    images = model.decode(torch.stack([a, b, c, a - b + c]))
    chances = judge(images).softmax(1)
    assert chances.argmax(1).tolist() == [7, 7, 1, 1] and chances.amax(1).min() > 0.95
    bold, thin, one, result = images.flatten(1).sum(1).tolist()
    assert bold > 1.15 * thin and result > 1.1 * one
