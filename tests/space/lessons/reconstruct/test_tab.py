"""The reconstruction tab's handlers as functions."""

import json

import gradio as gr
import pytest

from space.lessons.reconstruct import tab, work
from space.models import Autoencoder, models_that, roles
from space.models.autoencoder import AutoencoderConfig
from space.page.found_digit import BOXABLE, Upload
from space.page.words import TEXTS, i18n
from space.text.refusals import Problem
from space.weights import hub

SETTINGS = [f"reconstruct-{name}" for name in ("source", "digits", "model", "noise", "level", "seed")]


def show_code(model=roles.PLAIN, source="digit", digit=0, drawn=None, uploaded=None, noise="none", seed=0):
    return tab.show_code(source, digit, drawn, uploaded, model, noise, 0.5, seed)


def test_the_code_is_of_the_models_that_can_be_used(bundled):
    (bundled / roles.VAE_MAP / "model.safetensors").unlink()
    Autoencoder(AutoencoderConfig(image_size=32, hidden_dim=8)).save_pretrained(bundled / roles.SPARSE)
    hub.clear()
    code = show_code(work.FAMILY, noise="masking", seed=3)
    assert code.count("from_pretrained") == len(work.RECONSTRUCTORS) - 2 and "manual_seed(3)" in code
    assert roles.VAE_MAP not in code and roles.SPARSE not in code
    _, told = tab.about_models()
    about = told["about"]
    assert list(about) == work.RECONSTRUCTORS
    assert (
        "bundled with this app" in about[roles.PLAIN]["badge"]
        and "앱에 포함됨" in about[roles.PLAIN]["badge"]
    )
    assert "cannot be used: model.safetensors is missing" in about[roles.VAE_MAP]["problem"]
    assert "images of 1×32×32, not of 1×28×28" in about[roles.SPARSE]["problem"]


def test_without_a_digit_there_is_no_code(bundled):
    assert show_code(source="draw") == show_code(source="upload") == ""
    for problem in BOXABLE:
        assert show_code(source="upload", uploaded=Upload(None, problem=problem)) == ""


def test_of_no_event_of_the_settings_the_server_hears():
    with gr.Blocks() as demo, gr.Tabs():
        tab.build()
    ids = {block._id for block in demo.blocks.values() if block.elem_id in SETTINGS}
    assert len(ids) == len(SETTINGS)
    asked = {fn.name for fn in demo.fns.values() if fn.fn and any(block in ids for block, _ in fn.targets)}
    assert asked == set()


def test_an_unknown_model_is_one_sentence(bundled):
    with pytest.raises(Problem, match="no model named"):
        show_code("<script>")


def test_the_table_marks_the_best_and_tells_the_protocol(bundled):
    def write(name: str, **values: float) -> None:
        metrics = {
            key: {"value": v, "unit": "dB", "better": "higher", "protocol": f"<b>{name}</b>"}
            for key, v in values.items()
        }
        (bundled / name / "metrics.json").write_text(json.dumps(metrics))

    assert tab.about_models()[0] == ""  # nothing measured, nothing shown
    write(roles.PLAIN, reconstruction_psnr=20, denoised_psnr_gaussian=14, noisy_psnr_gaussian=9)
    write(roles.CONVOLUTIONAL, reconstruction_psnr=24.5)
    (bundled / roles.VAE_MAP / "metrics.json").write_text("{not json")
    page, _ = tab.about_models()
    assert "<mark>24.50</mark>" in page and "<mark>20.00</mark>" not in page
    assert "9.00" in page.rsplit("<tr", 1)[1]  # the noisy input itself, in the last row
    assert f"&lt;b&gt;{roles.PLAIN}&lt;/b&gt;" in page and f"<b>{roles.PLAIN}</b>" not in page


def test_each_model_and_the_family_has_its_objective():
    names = (*models_that("encode"), work.FAMILY)
    for language in ("en", "ko"):
        texts = {name: i18n.translations[language][tab.objective_of(name).key] for name in names}
        assert all("$" in text for text in texts.values())
        assert len(set(texts.values())) == len(texts) - 1 and texts[roles.VAE_MAP] == texts[roles.VAE_DEEP]
    assert "two numbers" in TEXTS[tab.objective_of(roles.PLAIN_MAP).key][0]
    assert "sparse" in tab.objective_of(roles.SPARSE).key
    for name in ("autoencoder", roles.DCGAN):
        with pytest.raises(Problem):
            tab.objective_of(name)
