"""The manifold tab without a browser: what its handlers answer, and its API over HTTP."""

import base64
import json
import math
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch
from gradio.components.image_editor import EditorData
from gradio.data_classes import FileData
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image, ImageChops
from torch import nn

from space import app
from space.lessons.manifold import api, digits, maps, sliders, view, work
from space.models import roles
from space.models.autoencoder import Autoencoder, AutoencoderConfig
from space.models.vae import VAE, VAEConfig
from space.page.components import Drawing
from space.pictures.inputs import sketch_to_digit
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet
from space.text.refusals import Problem
from space.weights import hub
from tests.small_models import bundled

VAE_2D, AUTOENCODER_2D = work.MAPS


def write_models(root: Path) -> None:
    """The three models of the tab, untrained but full-sized, with weights that tell codes apart."""
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    for name, model in {
        VAE_2D: VAE(VAEConfig(latent_dim=2)),
        AUTOENCODER_2D: Autoencoder(AutoencoderConfig(latent_dim=2)),
        work.DEEP: VAE(VAEConfig(latent_dim=20, architecture="conv", base_channels=8, hidden_dim=64)),
    }.items():
        for module in model.decoder.modules():
            if isinstance(module, nn.Linear):
                module.weight.data *= 3
        model.save_pretrained(root / name)
        kl = rng.permutation(model.config.latent_dim).tolist()
        (root / name / "metrics.json").write_text(json.dumps({"kl_per_dimension": {"value": kl}}))
        if model.config.latent_dim == 2:
            codes = (
                rng.normal([3, -5], [2, 4], (500, 2))
                if name == AUTOENCODER_2D
                else rng.normal(0, 1, (500, 2))
            )
            rows = np.c_[codes, rng.integers(0, 10, 500)]
            np.savetxt(root / name / "latents.csv", rows, "%.5g", ",", header="z1,z2,label", comments="")


@pytest.fixture(autouse=True, scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("pretrained")
    write_models(root)
    with bundled(root), torch.inference_mode():
        yield root


def digit(label: int) -> torch.Tensor:
    return digit_sheet()[label, 0][None, None] / 255


def index(label: int) -> int:
    """Of the same digit, as `DigitPicker` counts."""
    return label * digit_sheet().shape[1]


@pytest.fixture
def picture(tmp_path: Path) -> str:
    to_pil(digit(3)).save(tmp_path / "three.png")
    return str(tmp_path / "three.png")


def test_chart_holds_the_codes_and_where_the_axes_lie(models: Path) -> None:
    chart = view.chart(hub.load(AUTOENCODER_2D))
    codes = np.frombuffer(base64.b64decode(chart["codes"]), "<f4").reshape(-1, 2)
    rows = np.loadtxt(models / AUTOENCODER_2D / "latents.csv", delimiter=",", skiprows=1)
    np.testing.assert_allclose(codes, rows[:, :2], rtol=1e-6)
    assert list(base64.b64decode(chart["labels"])) == rows[:, 2].tolist()
    low, high = np.array(chart["axes"]).T
    assert ((codes > low) & (codes < high)).all(1).mean() > 0.97
    np.testing.assert_allclose(chart["location"], codes.mean(0), rtol=1e-4)
    assert set(chart["text"]["en"]) == set(chart["text"]["ko"]) >= {"grid", "codes", chart["source"]}


def test_the_prior_is_the_middle_of_the_vae_map() -> None:
    chart = view.chart(hub.load(VAE_2D))
    assert chart["location"] == [0, 0] and chart["scale"] == [1, 1]
    assert all(low == -high for low, high in chart["axes"])


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        "z1,z2,label\n",
        "z1,z2,label\n1,2\n",
        "z1,z2,label\nnan,1,2\n",
        "z1,z2,label\n0,0,12\n",
        "a\nb",
    ],
)
def test_a_map_works_without_sound_codes(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "latents.csv").write_text(content)
    loaded = hub.load(VAE_2D)
    loaded = hub.LoadedModel(VAE_2D, loaded.model, "bundled", None, None, tmp_path)
    assert len(work.read_latents(tmp_path)[0]) == 0
    assert work.axes(loaded) == [[-3, 3], [-3, 3]]
    assert work.active_dimensions(loaded) == [(0, None), (1, None)]


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


def shown(page: str) -> Image.Image:
    """The picture within a piece of the page."""
    (data,) = re.findall(r"data:image/png;base64,([\w+/=]+)", page)
    return Image.open(BytesIO(base64.b64decode(data)))


def test_a_digit_is_marked_where_the_encoder_puts_it() -> None:
    *_, vae_map, autoencoder_map, _ = digits.show_digits(None, index(3), index(8), seed=0, steps=5)
    mu, logvar = hub.load(VAE_2D).model.encode(digit(3))
    overlay = vae_map["overlay"]
    np.testing.assert_allclose(overlay["mu"], mu[0], rtol=1e-6)
    np.testing.assert_allclose(overlay["sigma"], (logvar / 2).exp()[0], rtol=1e-6)
    np.testing.assert_allclose(overlay["end"], hub.load(VAE_2D).model.encode(digit(8))[0][0], rtol=1e-6)
    assert len(overlay["samples"]) == work.NUM_RESAMPLES
    assert "sigma" not in autoencoder_map["overlay"]


def test_samples_depend_on_the_seed_alone() -> None:
    model = hub.load(VAE_2D).model
    first, again, other = (work.locate(model, digit(3), seed)["samples"] for seed in (1, 1, 2))
    assert first == again != other


def test_what_is_drawn_goes_before_what_was_chosen() -> None:
    *chosen, vae, autoencoder, code = digits.show_digits(None, index(3), index(8), 0, 5)
    *drawn, vae_map, autoencoder_map, same = digits.show_digits(digit(3), index(4), index(8), 0, 5)
    assert drawn == chosen and shown(drawn[0]).size == (280, 280) and "0" in drawn[2] and code == same
    for before, after in ((vae, vae_map), (autoencoder, autoencoder_map)):
        assert before["overlay"].pop("digit") == index(3) and after == before


def test_an_empty_sketch_leaves_the_digit_as_it_is(tmp_path: Path) -> None:
    paper = Image.new("L", (280, 280), 255)
    paper.save(tmp_path / "blank.png")
    for before in (None, digit(0)):
        assert digits.from_sketch(None, before) is before
        assert digits.from_sketch(str(tmp_path / "blank.png"), before) is before
    paper.paste(0, (130, 100, 150, 180))
    paper.save(tmp_path / "one.png")
    assert digits.from_sketch(str(tmp_path / "one.png"), None).shape == (1, 1, 28, 28)


def test_paper_hands_over_the_drawing_alone_and_unread(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n")
    drawing = FileData(path=str(tmp_path / "a.png"))
    path = Drawing().preprocess(EditorData(background=drawing, layers=[drawing] * 50, composite=drawing))
    assert path == drawing.path
    with pytest.raises(Problem) as problem:  # no Ghostscript for an EPS that calls itself PNG
        sketch_to_digit(path)
    assert problem.value.key == "problem.not_an_image"
    assert Drawing().preprocess(None) is None


def test_a_blend_starts_and_ends_at_the_reconstructions() -> None:
    for name in (VAE_2D, AUTOENCODER_2D, work.DEEP):
        model = hub.load(name).model
        strip = work.blend(model, digit(1), digit(7), 6)
        torch.testing.assert_close(strip[[0, -1]], model(torch.cat([digit(1), digit(7)])))


def test_sliders_are_sorted_by_information_and_decode_along_it(models: Path) -> None:
    kl = json.loads((models / work.DEEP / "metrics.json").read_text())["kl_per_dimension"]["value"]
    active = work.active_dimensions(hub.load(work.DEEP))
    assert [value for _, value in active] == sorted(kl, reverse=True)
    base, image, _, *updates = sliders.start_from_digit(None, index(4))
    assert len(updates) == work.NUM_SLIDERS and updates[0].label.startswith(f"z{active[0][0] + 1} ")
    unmoved = sliders.decode_sliders(base, [base[dimension] for dimension, _ in active[: len(updates)]])
    assert unmoved[0] == image
    moved = sliders.decode_sliders(
        base, [3.0] + [base[dimension] for dimension, _ in active[1 : len(updates)]]
    )
    expected = list(base)
    expected[active[0][0]] = 3.0
    difference = ImageChops.difference(shown(moved[0]), api.decode(expected, work.DEEP))
    assert difference.getbbox() is None


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
        (lambda: api.manifold(work.DEEP), "choice"),
        (lambda: api.manifold(VAE_2D, 1000), "number"),
        (lambda: api.manifold(VAE_2D, math.nan), "number"),
        (lambda: api.manifold(VAE_2D, 4, "cubic"), "choice"),
        (lambda: api.manifold(VAE_2D, 4, "linear", math.nan), "number"),
        (lambda: api.manifold(VAE_2D, 4, "linear", -1), "number"),
        (lambda: sliders.start_from_digit(None, 200), "number"),
        (lambda: digits.choose(None, None), "number"),
        (lambda: digits.show_digits(None, 0, 1, -1, 5), "number"),
        (lambda: digits.show_digits(None, 0, 1, None, 5), "number"),
    ],
)
def test_bad_input_is_one_sentence(call: object, key: str) -> None:
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.key == f"problem.{key}"
    assert len(str(caught.value)) < 300


@pytest.fixture(scope="module")
def client() -> Client:
    with torch.inference_mode(False):
        _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield Client(url, verbose=False)
    gr.close_all()


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
