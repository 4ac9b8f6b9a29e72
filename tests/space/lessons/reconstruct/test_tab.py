"""The reconstruction tab's handlers as functions."""

import json

import gradio as gr
import pytest

from space.lessons.reconstruct import tab, work
from space.models import models_that, roles
from space.page.words import TEXTS, i18n
from space.text.refusals import Problem
from space.weights import hub


def show(model=roles.PLAIN, source="digit", digit=0, drawn=None, noise="none", level=0.5, seed=0):
    page, _ = tab.show(source, digit, drawn, None, model, noise, level, seed)
    return page


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
