"""What the server computes for a browser that cannot."""

import json
import math
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any

import anyio
import numpy as np
import pytest
import torch
from starlette.applications import Starlette
from starlette.testclient import TestClient

from space.models import roles
from space.models.samplers import Known
from space.page import routes
from space.page.handlers import HEAVY
from space.text.refusals import Problem
from space.weights.hub import load
from tests.processes import run_apart

CLIENT = TestClient(Starlette(routes=routes.ROUTES))


def tensor(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


def packed(x: torch.Tensor, **changed: Any) -> dict[str, Any]:
    return {"shape": list(x.shape), "data": b64encode(x.numpy().tobytes()).decode()} | changed


def ask(name: str, method: str, *values: Any, **headers: str) -> Any:
    return CLIENT.post(f"/compute/{name}/{method}", content=json.dumps(values), headers=headers)


@pytest.mark.parametrize(
    ("name", "method", "shape", "others"),
    [
        (roles.DCGAN, "decode", (5, 20), []),
        (roles.DCGAN, "discriminate", (5, 28, 28, 1), []),
        (roles.VAE_DEEP, "encode", (3, 28, 28, 1), []),
        (roles.VAE_MAP, "posterior", (3, 28, 28, 1), []),
        (roles.DENOISING, "code", (3, 28, 28, 1), []),
        (roles.TRANSLATOR, "translate", (1, 64, 64, 3), ["ba"]),
        (roles.TRANSLATOR, "score_patches", (2, 64, 64, 3), ["b"]),
        (roles.TRANSLATOR, "translate", (1, 128, 128, 3), ["ab"]),
        (roles.TRANSLATOR, "score_patches", (1, 128, 128, 3), ["a"]),
    ],
)
def test_the_answer_is_what_the_model_says(
    name: str, method: str, shape: tuple[int, ...], others: list[str]
) -> None:
    x = tensor(*shape)
    answers = ask(name, method, packed(x), *others).json()
    with torch.inference_mode():
        expected = getattr(load(name).model, method)(x.movedim(-1, 1) if len(shape) == 4 else x, *others)
    expected = expected if isinstance(expected, tuple) else (expected,)
    assert len(answers) == len(expected)
    for answer, wanted in zip(answers, expected):
        found = np.frombuffer(b64decode(answer["data"]), "<f4").reshape(answer["shape"])
        wanted = wanted.movedim(1, -1) if wanted.dim() == 4 else wanted
        np.testing.assert_allclose(found, wanted.numpy(), atol=1e-5)


X = tensor(2, 28, 28, 1)
HELD = {"guidance": 1.5, "guidance_low": 0.2, "guidance_high": 0.5}
SAMPLING = {"times": [700, 300, -1], **HELD, "sampler": "ddpm", "seeds": [3, 4]}


def test_a_trajectory_is_that_of_the_model() -> None:
    mask = (X > 0.5).float()
    for more in ({}, {"known": {"image": packed(X), "mask": packed(mask), "resamplings": 2}}):
        answers = ask(roles.DIFFUSION, "trajectory", packed(X), [3, 10], SAMPLING | more).json()
        streams = [torch.Generator().manual_seed(seed) for seed in (3, 4)]
        with torch.inference_mode():
            expected = load(roles.DIFFUSION).model.trajectory(
                X.movedim(-1, 1),
                torch.tensor([3, 10]),
                times=[700, 300, -1],
                **HELD,
                sampler="ddpm",
                noise=lambda s=streams: torch.stack([torch.randn(1, 28, 28, generator=one) for one in s]),
                known=Known(X.movedim(-1, 1), mask.movedim(-1, 1), 2) if more else None,
            )
        assert [answer["shape"][0] for answer in answers] == [2, 4, 4, 4]
        for answer, wanted in zip(answers, expected):
            found = np.frombuffer(b64decode(answer["data"]), "<f4").reshape(answer["shape"])
            np.testing.assert_allclose(found, wanted.movedim(1, -1).numpy(), atol=1e-5)
    judged = ask(roles.DIGIT_JUDGE, "forward", packed(X)).json()
    assert judged[0]["shape"] == [2, 10]


BINARY = (X > 0.6).float()


def test_a_density_of_binary_images_answers_as_the_model_does() -> None:
    images, known = BINARY.movedim(-1, 1), (X.movedim(-1, 1) > 0.5).float()
    drawing = {"labels": [3, 10], "seed": 7, "temperature": 0.5, "guidance": 2}
    answers = [
        ask(roles.PIXELS, "logits", packed(BINARY), [3, 10]),
        ask(roles.PIXELS, "class_log_probs", packed(BINARY)),
        ask(roles.PIXELS, "complete", packed(BINARY), packed(known.movedim(1, -1).contiguous()), drawing),
    ]
    model, labels = load(roles.PIXELS).model, torch.tensor([3, 10])
    with torch.inference_mode():
        rng = torch.Generator().manual_seed(7)
        expected = [
            model.logits(images, labels),
            model.class_log_probs(images),
            model.complete(images, known, rng, labels, 0.5, 2.0),
        ]
    for answer, wanted in zip(answers, expected):
        (one,) = answer.json()
        found = np.frombuffer(b64decode(one["data"]), "<f4").reshape(one["shape"])
        wanted = wanted.movedim(1, -1) if wanted.dim() == 4 else wanted
        np.testing.assert_allclose(found, wanted.numpy(), rtol=1e-6, atol=1e-4)


def senseless_pixels() -> Iterator[tuple[Any, ...]]:
    yield "logits", packed(X)
    for labels in ([3], [3, 11], [3, -1], [3, True], [3, 1.0], 7, "ab"):
        yield "logits", packed(BINARY), labels
    yield "logits", packed(BINARY), None, None
    yield "class_log_probs", packed(BINARY), [1, 2]
    yield "class_log_probs", packed(torch.zeros(5, 28, 28, 1))
    known, drawing = packed(BINARY), {"seed": 1}
    yield "complete", packed(BINARY), known
    yield "complete", packed(BINARY), packed(BINARY[:1]), drawing
    yield "complete", packed(X), known, drawing
    yield "complete", *2 * [packed(torch.zeros(17, 28, 28, 1))], drawing
    for wrong in (
        {"seed": -1},
        {"seed": 0.5},
        {"seed": None},
        {},
        {"temperature": 1},
        {"x": 1, "seed": 1},
        3,
    ):
        yield "complete", packed(BINARY), known, wrong
    for temperature in (0, 0.09, 2.1, -1, "1", None, True):
        yield "complete", packed(BINARY), known, drawing | {"temperature": temperature}
    for guidance in (-0.1, 5.1, 1e308, math.nan, math.inf, "1", None, True, [1]):
        yield "complete", packed(BINARY), known, drawing | {"guidance": guidance}


def test_pixels_that_make_no_sense_get_one_sentence() -> None:
    for method, *values in senseless_pixels():
        answer = ask(roles.PIXELS, method, *values)
        assert answer.status_code == 400 and "\n" not in answer.text, (method, values[1:])


def senseless_sampling() -> Iterator[tuple[Any, ...]]:
    yield from ((), ([3, 10],), ([3], SAMPLING), ([3, 11], SAMPLING), ([3, True], SAMPLING), (None, SAMPLING))
    for wrong in (
        [],
        [-1],
        [300, 700, -1],
        [700, 700, -1],
        [1000, -1],
        [700, 300],
        [1.5, -1],
        "x",
        [None, -1],
        [700, -1.0],
    ):
        yield [3, 10], SAMPLING | {"times": wrong}
    for wrong in (-1, 6, "1", None, [1]):
        yield [3, 10], SAMPLING | {"guidance": wrong}
    for low, high in ((-0.1, 0.5), (0.5, 1.1), (0.6, 0.5), ("0", 1), (0, None), ([0], 1)):
        yield [3, 10], SAMPLING | {"guidance_low": low, "guidance_high": high}
    for wrong in ([3], [-1, 3], [2**31, 3], [0.5, 1], 7):
        yield [3, 10], SAMPLING | {"seeds": wrong}
    yield [3, 10], SAMPLING | {"times": [*range(999, 399, -1), -1]}  # too much
    for wrong in (0, 1000, 2.5, None):
        yield [3, 10], SAMPLING | {"known": {"image": packed(X), "mask": packed(X), "resamplings": wrong}}
    yield [3, 10], SAMPLING | {"known": {"image": packed(X), "mask": packed(X[:1]), "resamplings": 2}}
    yield [3, 10], SAMPLING | {"sampler": "train"}
    yield [3, 10], SAMPLING | {"callback": "print"}


def test_sampling_that_makes_no_sense_gets_one_sentence() -> None:
    for values in senseless_sampling():
        answer = ask(roles.DIFFUSION, "trajectory", packed(X), *values)
        assert answer.status_code == 400 and answer.text == str(Problem("request")), values


Z = tensor(2, 20)
PIXELS = tensor(1, 64, 64, 3)
SENSELESS = [
    *("", "{}", "[]", "null", "[1]", '"x"', "[" * 100_000, '[{"shape": 3}]', "\xff"),
    *([packed(Z, **wrong)] for wrong in ({"shape": [20, 2]}, {"shape": [2, 21]}, {"shape": "2,20"})),
    *([packed(Z, **wrong)] for wrong in ({"shape": [2.5, 20]}, {"shape": [-2, 20]}, {"shape": [1e99, 20]})),
    *([packed(Z, **wrong)] for wrong in ({"data": "%%%%"}, {"data": None}, {"data": "AAAA"}, {"data": ""})),
    *([packed(Z, shape=shape)] for shape in ([], [0, 20], [[2], 20], [None, 20], [True, 40], ["2", 20])),
    [packed(Z, shape=[[0] * 90_000, 20])],  # times 20 it would be a list of 1,800,000
    *([packed(Z * wrong)] for wrong in (torch.nan, torch.inf)),
    *([packed(Z), "ab"], [packed(Z), []], [packed(tensor(2, 20, 1, 1))]),
]


@pytest.mark.parametrize("sent", SENSELESS, ids=range(len(SENSELESS)))
def test_a_question_that_makes_no_sense_gets_one_sentence(sent: Any) -> None:
    body = sent if isinstance(sent, str) else json.dumps(sent)
    answer = CLIENT.post(f"/compute/{roles.DCGAN}/decode", content=body.encode("latin-1"))
    assert answer.status_code == 400 and answer.text == str(Problem("request"))


@pytest.mark.parametrize("choice", [[], ["ab", "ab"], ["AB"], [{}], [None], [["ab"]]])
def test_a_direction_is_one_of_two(choice: list[Any]) -> None:
    assert ask(roles.TRANSLATOR, "translate", packed(PIXELS), *choice).status_code == 400


@pytest.mark.parametrize(
    "shape", [(1, 16, 16, 3), (1, 128, 64, 3), (1, 64, 128, 3), (1, 128, 128, 1), (1, 256, 256, 3)]
)
def test_a_picture_has_a_size_that_the_page_asks_for(shape: tuple[int, ...]) -> None:
    sent = packed(torch.zeros(shape))
    assert ask(roles.TRANSLATOR, "translate", sent, "ab").status_code == 400
    assert ask(roles.CONVOLUTIONAL, "code", packed(torch.zeros(1, 128, 128, 1))).status_code == 400


@pytest.mark.parametrize(
    ("name", "method", "key"),
    [
        ("picasso", "decode", "unknown_model"),
        (roles.VAE_MAP, "discriminate", "not_one_of"),
        (roles.DCGAN, "train", "request"),
        (roles.DCGAN, "__init__", "request"),
        (roles.DCGAN, "forward", "request"),
    ],
)
def test_only_what_the_lessons_show_is_computed(name: str, method: str, key: str) -> None:
    answer = ask(name, method, packed(Z), **{"accept-language": "ko"})
    assert answer.status_code == 400
    words = {"unknown_model": "모델은 없습니다", "not_one_of": "다음 중에서", "request": "처리할 수 없는"}
    assert words[key] in answer.text


def test_addresses_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """One address asks twelve times, then another once: the second is computed next."""
    monkeypatch.setitem(routes.MAX_WAITING, "heavy", 48)

    async def ask_all() -> tuple[list[str], int]:
        places, order, refused = routes.Places(HEAVY), [], 0

        async def question(address: str) -> None:
            nonlocal refused
            try:
                async with places.place(address) as thread, thread:
                    await anyio.sleep(0)
                    order.append(address)
            except Problem as problem:
                assert problem.key == "problem.busy"
                refused += 1

        async with anyio.create_task_group() as tasks:
            for address in ["eager"] * 14 + ["other"]:
                tasks.start_soon(question, address)
        assert not places._taken and not places._turns
        return order, refused

    order, refused = run_apart(ask_all())
    assert order.index("other") <= 2 and order.count("eager") == 12 and refused == 2


def test_a_full_queue_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(routes.MAX_WAITING, "heavy", 0)
    answer = ask(roles.DCGAN, "decode", packed(Z))
    assert answer.status_code == 503 and answer.text == str(Problem("busy"))


def test_the_server_computes_with_no_repository_of_a_visitor():
    answer = CLIENT.post("/compute/hub/someone/vae/decode", content="[]", headers={"accept-language": "en"})
    assert answer.status_code == 400 and "someone/vae, which is not of this lab" in answer.text
