"""Decoding on the server, for browsers that cannot."""

import base64
import math

import gradio as gr
import pytest
import torch

from space.lessons.manifold import maps
from space.models import roles
from space.weights import hub
from tests.space.lessons.manifold.fakes import VAE_2D

pytestmark = pytest.mark.usefixtures("models")


def test_fallback_decodes_what_the_model_does() -> None:
    codes = torch.randn(5, 2, generator=torch.Generator().manual_seed(0))
    answer = maps.decode_pixels({"model": VAE_2D, "z": codes.tolist()})
    pixels = torch.frombuffer(bytearray(base64.b64decode(answer)), dtype=torch.uint8).view(5, 1, 28, 28) / 255
    assert (pixels - hub.load(VAE_2D).model.decode(codes)).abs().max() <= 0.5 / 255 + 1e-6


@pytest.mark.parametrize(
    "request_",
    [
        None,
        [],
        {},
        {"model": VAE_2D},
        {"model": roles.VAE_DEEP, "z": [[0.0] * 20]},
        {"model": ["x"], "z": [[0, 0]]},
        {"model": VAE_2D, "z": []},
        {"model": VAE_2D, "z": [[0.0, 0.0]] * 2000},
        {"model": VAE_2D, "z": [[0.0]]},
        {"model": VAE_2D, "z": [[0.0, math.nan]]},
        {"model": VAE_2D, "z": [[0.0, 1e30]]},
        {"model": VAE_2D, "z": [["0", "0"]]},
    ],
)
def test_fallback_refuses_nonsense(request_: object) -> None:
    with pytest.raises(gr.Error, match="expected a model of"):
        maps.decode_pixels(request_)
