"""The reconstruction lesson without a browser, on small untrained models."""

import json
import math

import gradio as gr
import pytest
import torch
from PIL import Image

from space.lessons.reconstruct import api, tab, view, work
from space.models import MODELS, Autoencoder, models_that, roles
from space.models.autoencoder import AutoencoderConfig
from space.page import digits
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet
from space.text.refusals import Problem
from space.weights import hub
from space.weights.model_folder import ModelUnavailable
from tests.small_models import small


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    """Model folders of untrained models, in place of the bundled ones."""
    for name in models_that("encode"):
        more = {"latent_dim": 2} if name == roles.VAE_MAP else {}
        small(MODELS[name], **more).save_pretrained(tmp_path / name)
    monkeypatch.setattr(hub, "BUNDLED", tmp_path)
    hub.clear()
    yield tmp_path
    hub.clear()


@pytest.fixture
def x():
    return digit_sheet()[4, 0][None, None] / 255


def show(model=roles.PLAIN, source="digit", digit=0, drawn=None, noise="none", level=0.5, seed=0):
    page, _ = tab.show(source, digit, drawn, None, model, noise, level, seed)
    return page


@pytest.mark.parametrize("kind", work.NOISES[1:])
def test_a_seed_gives_the_same_noise_at_any_time(x, kind):
    first = work.add_noise(x, kind, 0.5, 7)
    torch.rand(13)  # what else goes on has no say
    assert torch.equal(work.add_noise(x, kind, 0.5, 7), first)
    assert not torch.equal(work.add_noise(x, kind, 0.5, 8), first)
    assert not torch.equal(first, x) and first.min() >= 0 and first.max() <= 1
    assert torch.equal(work.add_noise(x, kind, 0, 7), x)  # a level of nothing is no noise


@pytest.mark.parametrize(
    ("kind", "level", "seed"),
    [
        ("fog", 0.5, 0),
        ("gaussian", math.nan, 0),
        ("gaussian", 1.01, 0),
        ("none", -1, 0),
        ("gaussian", "0.5", 0),
        ("gaussian", None, 0),
        ("gaussian", 0.5, -1),
        ("gaussian", 0.5, 2**32),
        ("gaussian", 0.5, math.inf),
        ("gaussian", 0.5, True),
    ],
)
def test_noise_that_cannot_be_is_one_sentence(x, kind, level, seed):
    with pytest.raises(Problem) as problem:
        work.add_noise(x, kind, level, seed)
    assert problem.value.key in ("problem.choice", "problem.number")


def test_a_reconstruction_is_the_models(bundled, x):
    noisy = work.add_noise(x, "gaussian", 0.3, 1)
    result = work.reconstruct(x, noisy, roles.PLAIN)
    model = hub.load(roles.PLAIN).model
    assert torch.equal(result.output, model(noisy)) and result.sigma is None
    assert result.z == model.encode(noisy)[0].tolist()
    assert result.mse == pytest.approx((model(noisy) - x).square().mean().item())  # to the clean one


def test_of_a_vae_the_mean_is_decoded_and_sigma_told(bundled, x):
    result = work.reconstruct(x, x, roles.VAE_MAP)
    mu, logvar = hub.load(roles.VAE_MAP).model.encode(x)
    assert result.z == mu[0].tolist()
    assert result.sigma == pytest.approx(logvar[0].div(2).exp().tolist())


def test_psnr_is_the_usual_one():
    assert work.psnr(0.01) == pytest.approx(20) and work.psnr(0) == math.inf


def test_a_model_for_other_images_is_named_in_one_sentence(bundled, x):
    Autoencoder(AutoencoderConfig(image_size=32, hidden_dim=8)).save_pretrained(bundled / roles.PLAIN)
    hub.clear()
    with pytest.raises(ModelUnavailable, match="32×32"):
        work.reconstruct(x, x, roles.PLAIN)


def test_digits_are_counted_class_by_class():
    assert torch.equal(
        digits.choose_digit("digit", 3 * 20 + 5, None, None)[0, 0] * 255, digit_sheet()[3, 5].float()
    )
    for wrong in (-1, 200, math.nan, "3"):
        with pytest.raises(Problem):
            digits.choose_digit("digit", wrong, None, None)


def test_one_model_is_shown_with_its_source_and_figures(bundled):
    page = show(noise="gaussian")
    assert page.count("data:image/png;base64,") == 4  # input, noisy input, reconstruction, error
    assert roles.PLAIN in page and "bundled with this app" in page and "앱에 포함됨" in page
    assert "784 → 20 bytes" in page and "39.2 : 1" in page
    assert page.count("<rect") == 5
    assert show(noise="gaussian") == page


def test_the_family_is_shown_even_where_one_member_is_missing(bundled):
    (bundled / roles.VAE_MAP / "model.safetensors").unlink()
    hub.clear()
    page = show(model=work.FAMILY)
    assert page.count('<section class="card">') == len(models_that("encode"))
    assert page.count("cannot be used: model.safetensors is missing") == 1
    assert page.count("<mark>") >= 1


def test_nothing_drawn_yet_is_a_hint_in_both_languages(bundled):
    page = show(source="draw")
    assert "The drawing is empty" in page and "그림이 비어 있습니다" in page
    assert "no picture yet" in show(source="upload")


def test_of_a_chosen_model_the_pictures_come_first():
    with gr.Blocks() as demo, gr.Tabs():
        tab.build()
    (model,) = (block._id for block in demo.blocks.values() if block.elem_id == "reconstruct-model")
    called = [fn.name for fn in demo.fns.values() if (model, "change") in fn.targets]
    assert called == ["show", "objective_of"]  # the page makes these calls one after the other


def test_an_unknown_model_is_one_sentence(bundled):
    with pytest.raises(Problem, match="no model named"):
        show(model="<script>")


def test_a_blank_canvas_is_nothing_drawn(tmp_path):
    assert digits.read_drawing(None) is None
    Image.new("L", (280, 280), 255).save(tmp_path / "blank.png")
    assert digits.read_drawing(str(tmp_path / "blank.png")) is None
    to_pil(1 - digit_sheet()[4, 0][None] / 255, 10).save(tmp_path / "four.png")
    assert digits.read_drawing(str(tmp_path / "four.png")).shape == (1, 1, 28, 28)


def test_the_error_map_runs_from_black_to_pale(bundled, x):
    result = work.reconstruct(x, x, roles.PLAIN)
    exact = work.Reconstruction(result.loaded, x, x, x, [0.0], None)
    opposite = work.Reconstruction(result.loaded, x * 0, x, x * 0 + 1, [0.0], None)
    assert view.error_map(exact, 2).size == (56, 56)
    assert view.error_map(exact).getpixel((0, 0)) == (0, 0, 4)
    assert view.error_map(opposite).getpixel((0, 0)) == (252, 253, 191)


@pytest.mark.parametrize("count", [1, 2, 20, 32])
def test_bars_show_size_and_sign(count):
    z = [(-1) ** i * (i + 1.0) for i in range(count)]
    svg = view.latent_bars(z, [0.5] * count)
    assert svg.count('class="plus"') == (count + 1) // 2 and svg.count('class="minus"') == count // 2
    assert svg.count('class="whisker"') == count
    assert "z1 = 1.000 ± 0.500" in svg
    assert "nan" not in view.latent_bars([0.0] * count)


def test_the_table_marks_the_best_and_tells_the_protocol(bundled):
    def write(name: str, **values: float) -> None:
        metrics = {
            key: {"value": v, "unit": "dB", "better": "higher", "protocol": f"<b>{name}</b>"}
            for key, v in values.items()
        }
        (bundled / name / "metrics.json").write_text(json.dumps(metrics))

    assert tab.show_measured() == ""  # nothing measured, nothing shown
    write(roles.PLAIN, reconstruction_psnr=20, denoised_psnr_gaussian=14, noisy_psnr_gaussian=9)
    write(roles.CONVOLUTIONAL, reconstruction_psnr=24.5)
    (bundled / roles.VAE_MAP / "metrics.json").write_text("{not json")
    page = tab.show_measured()
    assert "<mark>24.50</mark>" in page and "<mark>20.00</mark>" not in page
    assert "9.00" in page.rsplit("<tr", 1)[1]  # the noisy input itself, in the last row
    assert f"&lt;b&gt;{roles.PLAIN}&lt;/b&gt;" in page and f"<b>{roles.PLAIN}</b>" not in page


def test_the_api_gives_files_and_numbers(bundled, tmp_path):
    path = tmp_path / "two.png"
    to_pil(1 - digit_sheet()[2, 0][None] / 255, 10).save(path)
    *pictures, numbers = api.reconstruct_api(str(path), roles.VAE_MAP, "masking", 0.5, 3)
    assert all(isinstance(picture, Image.Image) and picture.size == (28, 28) for picture in pictures)
    assert len(pictures) == 4 and len(numbers["latent"]) == len(numbers["sigma"]) == 2
    assert numbers["psnr"] == pytest.approx(-10 * math.log10(numbers["mse"]))
    assert (numbers["bytes_image"], numbers["bytes_latent"]) == (784, 8)
    json.dumps(numbers, allow_nan=False)
    assert api.reconstruct_api(str(path), roles.VAE_MAP)[-1]["psnr_noisy"] is None  # infinite without noise


def test_each_model_and_the_family_has_its_objective():
    for name in (*models_that("encode"), work.FAMILY):
        assert tab.objective_of(name).key.endswith(name)
    for name in ("autoencoder", roles.DCGAN):
        with pytest.raises(Problem):
            tab.objective_of(name)
