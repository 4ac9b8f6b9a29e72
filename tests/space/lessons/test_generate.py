"""The generation lesson without a browser: equal samples everywhere, the sphere, the metrics, and the API."""

import base64
import json
import math
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import numpy as np
import pytest
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image
from torch import Tensor, nn

from space import app
from space.lessons.generate import api, tab, view, work
from space.models import MODELS, roles
from space.models.autoencoder import Autoencoder, AutoencoderConfig
from space.models.dcgan import DCGAN, DCGANConfig
from space.models.gan import GAN, GANConfig
from space.models.latents import slerp, walk
from space.models.vae import VAE, VAEConfig
from space.pictures.sheets import digit_sheet
from space.text.refusals import Problem
from space.weights import hub, model_folder
from tests.small_models import bundled

SMALL: dict[type[nn.Module], Any] = {
    DCGAN: DCGANConfig(base_channels=8, latent_dim=16),
    GAN: GANConfig(hidden_dim=32, latent_dim=16),
    VAE: VAEConfig(hidden_dim=32, latent_dim=16),
    Autoencoder: AutoencoderConfig(hidden_dim=32, latent_dim=16),
}


@torch.no_grad()
def write_models(root: Path) -> None:
    """Every generator of the lab, small and untrained, with weights that tell latent vectors apart."""
    torch.manual_seed(0)
    for name in work.generators():
        model = MODELS[name](SMALL[MODELS[name]])
        for module in model.modules():
            if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                nn.init.normal_(module.weight, 0, 3 / module.weight[0].numel() ** 0.5)
        if hasattr(model, "discriminator"):
            model.discriminator.network[-2].weight *= 0.2  # scores that are neither 0 nor 1
        model.save_pretrained(root / name)


@pytest.fixture(autouse=True, scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("pretrained")
    write_models(root)
    with bundled(root), torch.inference_mode():
        yield root


@pytest.fixture
def dcgan() -> nn.Module:
    return hub.load(roles.DCGAN).model


def tiles(picture: Image.Image | str, columns: int, size: int = 28) -> np.ndarray:
    """The images of a grid without gaps, (rows * columns, size, size), as int."""
    if isinstance(picture, str):
        picture = Image.open(BytesIO(base64.b64decode(picture.split(",")[1])))
    pixels = np.asarray(picture, int)
    rows = pixels.shape[0] // size
    return pixels.reshape(rows, size, columns, size).swapaxes(1, 2).reshape(-1, size, size)


def pixels(images: Tensor) -> np.ndarray:
    return (images[:, 0] * 255).round().numpy().astype(int)


def panel(name: str, number: int = 8, seed: int = 0, scale: float = 1, chosen: Any = None) -> dict[str, Any]:
    return tab.show_panel(name, number, seed, scale, chosen)[0]


def journey(model: nn.Module, z: Tensor, sent: Any) -> dict[str, Any]:
    return view.journey(model, z, work.read_selection(sent, len(z)))


def test_every_model_that_decodes_can_generate() -> None:
    found = work.generators()
    assert set(found) == {name for name, family in MODELS.items() if hasattr(family, "decode")}
    assert {work.MODEL, work.OTHER} < set(found) and roles.DIGIT_JUDGE not in found
    families = [MODELS[name] for name in found]
    assert families.index(Autoencoder) > max(families.index(family) for family in (GAN, DCGAN, VAE))


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
    shown = panel(name, 33, seed=3)["panel"]
    assert np.abs(tiles(shown["picture"], shown["columns"])[:33] - all_of_them[:33]).max() <= 1


def test_the_seed_chooses_and_the_scale_multiplies(dcgan: nn.Module) -> None:
    z, other = (work.draw_latents(dcgan, 4, seed, 1.0) for seed in (0, 1))
    assert not torch.isclose(z, other).any()
    assert torch.equal(work.draw_latents(dcgan, 4, 0, 1.5), 1.5 * z)
    picture, _ = api.generate(roles.DCGAN, 8, scale=0)
    assert np.ptp(tiles(picture, 8), 0).max() == 0


def test_scores_are_what_the_discriminator_says(dcgan: nn.Module) -> None:
    images = dcgan.decode(work.draw_latents(dcgan, 6, 0, 1.0))
    expected = 1 / (1 + np.exp(-dcgan.discriminate(images).double().numpy()))
    assert panel(roles.DCGAN, 6)["panel"]["scores"] == pytest.approx(expected, rel=1e-4)
    assert panel(roles.VAE_DEEP, 6)["panel"]["scores"] is None


T = torch.linspace(0, 1, 9)


def random_pair() -> tuple[Tensor, Tensor]:
    rng = torch.Generator().manual_seed(0)
    return 2 * torch.randn(16, generator=rng), torch.randn(16, generator=rng)


def test_slerp_is_that_of_the_paper() -> None:
    start, end = random_pair()
    u, v = start / start.norm(), end / end.norm()
    angle = torch.acos(u @ v)
    t = T[:, None]
    direction = (torch.sin((1 - t) * angle) * u + torch.sin(t * angle) * v) / torch.sin(angle)
    length = (1 - t) * start.norm() + t * end.norm()
    torch.testing.assert_close(slerp(start, end, T), length * direction)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        random_pair(),
        ([3.0, 0, 0], [1.0, 0, 0]),  # the same direction
        ([1.0, 2, 3], [-2.0, -4, -6]),  # opposite directions
        ([1.0, 2, 3], [1.0, 2, 3]),
        ([0.0, 0, 0], [0.0, 3, 4]),
        ([0.0, 3, 4], [0.0, 0, 0]),
        ([0.0, 0, 0], [0.0, 0, 0]),
        ([1e-6, 0, 0], [0.0, 1e-6, 0]),
        ([2.0], [5.0]),
    ],
)
def test_a_way_on_the_sphere_turns_evenly_and_its_length_changes_evenly(start: Any, end: Any) -> None:
    start, end = torch.as_tensor(start), torch.as_tensor(end)
    way = slerp(start, end, T)
    torch.testing.assert_close(way[[0, -1]], torch.stack([start, end]), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(way.norm(dim=1), torch.lerp(start.norm(), end.norm(), T))
    inner = way[1:-1] / way[1:-1].norm(dim=1, keepdim=True).clamp_min(1e-12)
    cosines = (inner[1:] * inner[:-1]).sum(1)
    torch.testing.assert_close(cosines, cosines[:1].expand_as(cosines), rtol=0, atol=1e-5)


def test_one_dimension_has_no_sphere_but_a_way() -> None:
    way = slerp(torch.tensor([2.0]), torch.tensor([-2.0]), T)
    assert way.isfinite().all() and way[0] == 2 and way[-1] == -2


def test_a_walk_visits_its_stops_and_comes_back() -> None:
    stops = torch.randn(4, 16, generator=torch.Generator().manual_seed(1))
    way = walk(stops, work.NUM_FRAMES)
    assert way.shape == (4 * work.NUM_FRAMES, 16)
    torch.testing.assert_close(way[:: work.NUM_FRAMES], stops)
    back = slerp(stops[3], stops[0], torch.arange(work.NUM_FRAMES + 1) / work.NUM_FRAMES)
    torch.testing.assert_close(way[-work.NUM_FRAMES :], back[:-1])


def test_the_film_shows_the_chosen_samples(dcgan: nn.Module) -> None:
    z = work.draw_latents(dcgan, 8, 0, 1.0)
    film = journey(dcgan, z, {"walk": [6, 2, 3]})["walk"]
    frames = tiles(film["picture"], film["columns"])
    assert len(frames) == film["columns"] * film["rows"] == 3 * work.NUM_FRAMES
    expected = pixels(dcgan.decode(z[[6, 2, 3]]))
    assert np.abs(frames[:: work.NUM_FRAMES] - expected).max() <= 1


def test_arithmetic_takes_the_mean_of_each_term(dcgan: nn.Module) -> None:
    z = work.draw_latents(dcgan, 8, 0, 1.0)
    found = journey(dcgan, z, {"a": [0, 1, 2], "b": [3], "c": [4, 5]})
    terms = torch.stack([z[:3].mean(0), z[3], z[4:6].mean(0)])
    terms = torch.cat([terms, terms[:1] - terms[1:2] + terms[2:]])
    assert np.abs(tiles(found["sum"]["picture"], 4) - pixels(dcgan.decode(terms))).max() <= 1
    assert found["sum"]["lengths"] == pytest.approx(terms.norm(dim=1).tolist())
    assert found["walk"] is None


def test_three_exemplars_bring_the_result_back_to_the_usual_length() -> None:
    """What the page says: E|a - b + c|^2 is 3 d for single samples and d for means of three."""
    z = torch.randn(2000, 3, 3, 64, generator=torch.Generator().manual_seed(0))
    signs = torch.tensor([1.0, -1, 1])[:, None]
    single, mean = (signs * z[:, :, 0]).sum(1), (signs * z.mean(2)).sum(1)
    assert single.square().sum(1).mean().item() == pytest.approx(3 * 64, rel=0.02)
    assert mean.square().sum(1).mean().item() == pytest.approx(64, rel=0.02)


@pytest.mark.parametrize(
    "chosen",
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
def test_a_choice_that_is_none_makes_nothing(chosen: Any) -> None:
    journey = panel(roles.DCGAN, 8, chosen=chosen)["journey"]
    assert journey == {"walk": None, "sum": None}


def test_a_choice_is_limited() -> None:
    choice = work.read_selection({slot: list(range(1000)) for slot in work.SLOTS}, 64)
    assert {slot: len(samples) for slot, samples in choice.items()} == work.SLOTS


def test_spread_is_the_mean_distance() -> None:
    images = torch.rand(5, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    pairs = [(images[i] - images[j]).norm().item() for i in range(5) for j in range(i)]
    assert work.spread(images) == pytest.approx(np.mean(pairs))
    digits = digit_sheet().flatten(0, 1)[:, None] / 255
    assert work.real_spread() == pytest.approx(work.spread(digits))


def test_figures_come_with_their_protocol_and_may_be_missing(models: Path) -> None:
    file = models / roles.GAN / "metrics.json"
    before = panel(roles.GAN)["panel"]
    assert "<details>" not in before["measured"] and roles.GAN in before["measured"]
    figure = {"value": 12.5, "unit": "", "better": "lower", "protocol": "10,000 samples <b>"}
    try:
        file.write_text(json.dumps({"lenet_fid": figure, "d_real": {"value": 0.64}, "recall": "high"}))
        shown = panel(roles.GAN)["panel"]
        assert "12.5" in shown["measured"] and "10,000 samples &lt;b&gt;" in shown["measured"]
        assert "0.64" in shown["facts"] and "recall" not in shown["measured"]
        file.write_text("{damaged")
        assert panel(roles.GAN)["panel"]["measured"] == before["measured"]
    finally:
        file.unlink()


def test_one_sample_is_enough() -> None:
    assert "NaN" not in (facts := panel(roles.DCGAN, 1)["panel"]["facts"]) and "nan" not in facts
    assert panel(roles.VAE_MAP, 1)["panel"]["facts"] == ""


def test_one_model_is_shown_where_the_other_cannot_be(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, able_to: str = "") -> hub.LoadedModel:
        if name == roles.GAN:
            raise model_folder.ModelUnavailable(name, "model.safetensors is <missing>")
        return hub.load(name)

    monkeypatch.setattr(tab, "load", load)
    first, first_code, second, _, column = tab.show(roles.GAN, roles.VAE_MAP, 4, 0, 1.0, None, None)
    assert "&lt;missing&gt;" in first["panel"]["about"] and "picture" not in first["panel"]
    assert first_code == "" and second["panel"]["number"] == 4 and column["visible"] is True
    *_, column = tab.show(roles.VAE_MAP, tab.NOTHING, 4, 0, 1.0, None, None)
    assert column["visible"] == "hidden"


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda: api.generate("gan"), "unknown_model"),
        (lambda: api.generate(None), "unknown_model"),
        (lambda: api.generate(roles.DIGIT_JUDGE), "choice"),
        (lambda: api.generate(roles.GAN, 0), "number"),
        (lambda: api.generate(roles.GAN, 65), "number"),
        (lambda: api.generate(roles.GAN, "4"), "number"),
        (lambda: api.generate(roles.GAN, math.nan), "number"),
        (lambda: api.generate(roles.GAN, 4, -1), "number"),
        (lambda: api.generate(roles.GAN, 4, 2**32), "number"),
        (lambda: api.generate(roles.GAN, 4, None), "number"),
        (lambda: api.generate(roles.GAN, 4, 0, 2.5), "number"),
        (lambda: api.generate(roles.GAN, 4, 0, math.nan), "number"),
        (lambda: tab.explore(roles.DIGIT_JUDGE, 4, 0, 1.0, None), "choice"),
        (lambda: tab.show("nothing", roles.GAN, 4, 0, 1.0, None, None), "unknown_model"),
    ],
)
def test_bad_input_is_one_sentence(call: Callable[[], object], key: str) -> None:
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.key == f"problem.{key}"
    assert len(str(caught.value)) < 400


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with torch.inference_mode(False):
        _, url, _ = app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield url.rstrip("/")
    gr.close_all()


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


@pytest.mark.parametrize(
    ("data", "named"),
    [("NaN, 0, 1", "number"), ("4, NaN, 1", "seed"), ("4, 0, Infinity", "scale"), ('4, 0, "x"', "scale")],
)
def test_not_a_number_gets_one_sentence(url: str, data: str, named: str) -> None:
    call, headers = f"{url}/gradio_api/call/generate", {"content-type": "application/json"}
    event = httpx.post(call, content=f'{{"data": ["{roles.GAN}", {data}]}}', headers=headers).json()[
        "event_id"
    ]
    answer = httpx.get(f"{call}/{event}").text
    assert "event: error" in answer and f"{named} is" in answer and "must be a number from" in answer
