"""The endpoints /encode, /decode, /manifold and /interpolate, as functions and over HTTP."""

import math
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from space import app
from space.lessons.manifold import api, digits, sliders, work
from space.pictures.outputs import to_pil
from space.text.refusals import Problem
from space.weights import hub
from tests.space.lessons.manifold.fakes import AUTOENCODER_2D, VAE_2D, digit

pytestmark = pytest.mark.usefixtures("models")


@pytest.fixture
def picture(tmp_path: Path) -> str:
    to_pil(digit(3)).save(tmp_path / "three.png")
    return str(tmp_path / "three.png")


@pytest.fixture(scope="module")
def client() -> Client:
    with torch.inference_mode(False):
        _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield Client(url, verbose=False)
    gr.close_all()


def test_a_grid_tile_is_the_image_at_its_code() -> None:
    grid = api.manifold(VAE_2D, rows=4, spacing="linear", limit=2)
    assert grid.size == (112, 112)
    top_right = api.decode([1.5, 1.5], VAE_2D).resize((28, 28), Image.Resampling.NEAREST)
    assert np.array_equal(np.asarray(grid)[:28, -28:], np.asarray(top_right))
    grid = api.manifold(VAE_2D, rows=4, spacing="inverse_gaussian")
    quantile = torch.distributions.Normal(0, 1).icdf(torch.tensor([0.125, 0.375])).tolist()
    tile = api.decode(quantile, VAE_2D).resize((28, 28), Image.Resampling.NEAREST)  # u = 1/8, v = 3/8
    assert np.array_equal(np.asarray(grid)[56:84, :28], np.asarray(tile))


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda: api.decode([0.0], VAE_2D), "latent"),
        (lambda: api.decode([0.0, math.nan], VAE_2D), "latent"),
        (lambda: api.decode([0.0, math.inf], VAE_2D), "latent"),
        (lambda: api.decode([0.0, -1e30], VAE_2D), "latent"),
        (lambda: api.decode([10**400, 0], VAE_2D), "latent"),
        (lambda: api.decode({"z": 1}, VAE_2D), "latent"),
        (lambda: api.decode(None, VAE_2D), "latent"),
        (lambda: api.decode([0.0, 0.0], "vae"), "unknown_model"),
        (lambda: api.encode(None, VAE_2D), "no_image"),
        (lambda: api.manifold("vae"), "unknown_model"),
        (lambda: api.manifold(work.DEEP), "not_one_of"),
        (lambda: api.manifold(VAE_2D, 1000), "number"),
        (lambda: api.manifold(VAE_2D, math.nan), "number"),
        (lambda: api.manifold(VAE_2D, 4, "cubic"), "not_one_of"),
        (lambda: api.manifold(VAE_2D, 4, "linear", math.nan), "number"),
        (lambda: api.manifold(VAE_2D, 4, "linear", -1), "number"),
        (lambda: sliders.show_code({"z": [0.0, 0.0]}), "latent"),
        (lambda: sliders.show_code(None), "request"),
        (lambda: digits.show_code({}, None, 200, 0, 0, 5), "number"),
        (lambda: digits.show_code({}, None, 0, 1, -1, 5), "number"),
        (lambda: digits.show_code({}, None, 0, 1, None, 5), "number"),
        (lambda: digits.show_code(None, None, 0, 1, 0, 5), "request"),
    ],
)
def test_bad_input_is_one_sentence(call: object, key: str) -> None:
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.key == f"problem.{key}"
    assert len(str(caught.value)) < 300


def test_api_round_trip(client: Client, picture: str) -> None:
    code = client.predict(handle_file(picture), VAE_2D, api_name="/encode")
    mu, logvar = hub.load(VAE_2D).model.encode(digit(3))
    np.testing.assert_allclose(code["mu"], mu[0], rtol=1e-5)
    np.testing.assert_allclose(code["sigma"], (logvar / 2).exp()[0], rtol=1e-5)
    assert len(client.predict(handle_file(picture), AUTOENCODER_2D, api_name="/encode")["z"]) == 2
    decoded = Image.open(client.predict(code["mu"], VAE_2D, api_name="/decode"))
    assert np.array_equal(np.asarray(decoded.convert("L")), np.asarray(api.decode(code["mu"], VAE_2D)))
    grid = Image.open(client.predict(model=VAE_2D, rows=5, spacing="inverse_gaussian", api_name="/manifold"))
    assert grid.size == (140, 140)
    files = handle_file(picture), handle_file(picture)
    strip = Image.open(client.predict(*files, AUTOENCODER_2D, 7, api_name="/interpolate"))
    assert strip.size[0] > 7 * 28 * 4


def test_api_says_what_is_wrong(client: Client, tmp_path: Path) -> None:
    with pytest.raises(AppError, match="list of 2 numbers"):
        client.predict([1, 2, 3], VAE_2D, api_name="/decode")
    with pytest.raises(AppError, match="There is no model named nothing"):
        client.predict([1, 2], "nothing", api_name="/decode")
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(AppError, match="not a picture"):
        client.predict(handle_file(tmp_path / "text.png"), VAE_2D, api_name="/encode")
