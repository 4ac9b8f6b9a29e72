"""What a visitor keeps of each tab by its buttons: the very pictures, and tables with a header."""

import csv
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from space import app, models
from space.lessons.generate import api as generate_api
from space.lessons.manifold.work import read_latents
from space.lessons.translate.work import FIRST, NAMES
from space.models import roles
from space.page.model_texts import DOMAINS
from space.pictures.sheets import EMOJI_SHEETS
from space.text import TEXT
from space.weights import hub
from tests.pages import visit_tab
from tests.processes import ROOT

pytestmark = pytest.mark.browser
SIZES = {"laptop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    yield app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")[1]
    gr.close_all()


def keep(button: Locator) -> tuple[str, bytes]:
    """The file of a button: its name and its content."""
    button.scroll_into_view_if_needed()
    button.focus()
    with button.page.expect_download() as download:
        button.press("Enter")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def pixels(content: bytes) -> np.ndarray:
    image = Image.open(io.BytesIO(content))
    assert image.format == "PNG"
    return np.asarray(image.convert("L"), int)


def table(content: bytes) -> tuple[list[str], list[list[str]]]:
    header, *rows = csv.reader(io.StringIO(content.decode()))
    assert rows and all(len(row) == len(header) for row in rows)
    return header, rows


def open_code(page: Page, elem_id: str) -> Locator:
    """Unfold the code behind a picture; its text."""
    page.locator(f"#{elem_id}").get_by_role("button", name=TEXT["code.title"][0]).click()
    return page.locator(f"#{elem_id} .cm-content")


def run(code: str, folder: Path) -> dict[str, bytes]:
    """The files that the code on the page saves, run in a copy of the repository."""
    (folder / "space").symlink_to(ROOT / "space")
    before, graded = Path.cwd(), torch.is_grad_enabled()
    os.chdir(folder)
    try:
        with patch.dict(sys.modules, {"generative_lab": models}):  # as `pip install` names it
            exec(code, {})
    finally:
        os.chdir(before)
        torch.set_grad_enabled(graded)
    return {path.name: path.read_bytes() for path in folder.glob("*.png")}


@pytest.mark.parametrize(
    "page",
    [
        pytest.param({"locale": locale, "viewport": size, "has_touch": screen == "phone"}, id=screen)
        for (screen, size), locale in zip(SIZES.items(), ("en-US", "ko-KR"))
    ],
    indirect=True,
)
def test_pictures_say_what_they_show_and_can_be_kept(page: Page, url: str) -> None:
    korean = page.evaluate("navigator.language") == "ko-KR"
    visit_tab(page, url, "reconstruct")
    shown = page.locator("#reconstruct-result")
    expect(shown.locator("img")).to_have_count(5)
    name = TEXT["reconstruct.alt.output"][korean].format(model=roles.PLAIN)
    picture = shown.get_by_role("figure").filter(has=page.get_by_role("img", name=name))
    button = picture.get_by_role("button", name=TEXT["download.png"][korean])
    button.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")  # only who comes by the keyboard needs to see where the focus is
    expect(button).to_be_focused()
    expect(button).to_have_css("opacity", "1")
    expect(button.locator(".tip")).to_have_css("opacity", "1")
    expect(button.locator(".tip")).to_have_text(TEXT["download.png"][korean], use_inner_text=True)
    file, content = keep(button)
    assert file == f"{roles.PLAIN}_digit-7-1_reconstruction.png" and pixels(content).shape == (224, 224)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    file, content = keep(shown.get_by_role("button", name=TEXT["download.csv"][korean]))
    header, rows = table(content)
    assert file.endswith("_z.csv") and header == ["model", "unit", "z", "sigma"] and len(rows) == 32


def test_the_code_on_the_page_gives_the_pictures_on_the_page(page: Page, url: str, tmp_path: Path) -> None:
    visit_tab(page, url, "reconstruct")
    code = open_code(page, "reconstruct-code")
    expect(code).to_contain_text("from_pretrained")
    page.locator("#reconstruct-noise").get_by_text("Gaussian").click()
    expect(code).to_contain_text('corrupt(x, "gaussian", 0.5')  # and it stays unfolded
    expect(page.locator("#reconstruct-result .row-of-pixels button.png").last).to_have_attribute(
        "data-file", re.compile("gaussian-0.5_seed0")
    )
    kept = dict(
        keep(button) for button in page.locator("#reconstruct-result .row-of-pixels button.png").all()
    )
    made = run(code.inner_text(), tmp_path)
    assert made.keys() == kept.keys() and len(made) == 4
    for name, content in made.items():
        error = np.abs(pixels(content) - pixels(kept[name])).max()  # of PyTorch's to the browser's
        assert error <= 1, name


def test_a_map_and_the_code_behind_its_point(page: Page, url: str, tmp_path: Path) -> None:
    visit_tab(page, url, "manifold")
    panel = page.locator(f"#map-{roles.VAE_MAP}")
    panel.locator(".computed[data-where=browser]").wait_for()
    code = open_code(page, f"code-{roles.VAE_MAP}")
    expect(code).to_contain_text("evenly(")
    panel.locator(".z1").focus()
    panel.locator(".z1").press("ArrowRight")
    panel.locator("select").select_option("inverse_gaussian")
    expect(code).to_contain_text("quantiles(")
    z = page.evaluate(f"document.querySelector('#map-{roles.VAE_MAP} [data-map]').latentMap.z")
    numbers = ", ".join(str(np.float32(value)) for value in z)
    expect(code).to_contain_text(f"torch.tensor([[{numbers}]])")
    made = run(code.inner_text(), tmp_path)

    file, content = keep(panel.locator(".side button.png"))
    assert np.abs(pixels(content) - pixels(made[file])).max() <= 1  # decoded by JavaScript, and by torch
    file, content = keep(panel.locator(".files button.png"))
    assert file == f"{roles.VAE_MAP}_map.png" and min(pixels(content).shape) > 200
    file, content = keep(panel.locator(".files button.csv"))
    header, rows = table(content)
    codes, labels = read_latents(hub.BUNDLED / roles.VAE_MAP)
    assert header == ["z1", "z2", "label"] and [int(row[2]) for row in rows] == labels.tolist()
    assert np.allclose([[float(cell) for cell in row[:2]] for row in rows], codes, atol=1e-5)


def test_samples_and_their_walk(page: Page, url: str, tmp_path: Path) -> None:
    visit_tab(page, url, "generate")
    panel = page.locator("#generate-panel")
    expect(panel.locator(".samples > *")).to_have_count(32)
    expect(panel.get_by_role("img", name=TEXT["generate.panel.strip"][0])).to_be_visible()
    expect(panel.locator(".sum button.png")).to_be_visible()  # it begins with an example
    file, content = keep(panel.locator(".files button.png"))
    picture, numbers = generate_api.generate(roles.DCGAN, 32, 0, 1.0)
    assert file == f"{roles.DCGAN}_seed0_32.png"
    assert np.abs(pixels(content) - np.asarray(picture, int)).max() <= 1
    file, content = keep(panel.locator(".strip button.png"))
    assert file == f"{roles.DCGAN}_seed0_32_walk.png" and pixels(content).shape == (3 * 28, 12 * 28)
    file, content = keep(panel.locator(".files button.csv"))
    header, rows = table(content)
    assert header[:3] == ["sample", "score", "z1"] and len(header) == 22
    assert [float(row[1]) for row in rows] == pytest.approx(numbers["scores"], abs=1e-4)
    for slot, sample in (("a", 6), ("b", 7), ("c", 8)):  # besides those of the example
        panel.locator(f".slots .{slot}").click()
        panel.locator(f".sample[aria-label^='Sample {sample + 1},']").click()
    file, content = keep(panel.locator(".sum button.png"))
    assert file == f"{roles.DCGAN}_seed0_32_arithmetic.png" and pixels(content).shape == (28, 4 * 28)
    code = open_code(page, "generate-code")
    expect(code).to_contain_text("z[[23, 8]].mean(0)")  # of the last choice
    made = run(code.inner_text(), tmp_path)
    for button in (".files", ".strip", ".sum"):
        file, content = keep(panel.locator(f"{button} button.png"))
        assert np.abs(pixels(content) - pixels(made[file])).max() <= 1, file  # by JavaScript, and by torch


def test_training_and_its_curves(page: Page, url: str) -> None:
    visit_tab(page, url, "timeline")
    panel = page.locator("#timeline-run")
    panel.locator(f"[data-model={roles.DCGAN}]").wait_for()
    panel.locator(".position").focus()
    panel.locator(".position").press("Home")
    panel.locator(".position").press("ArrowRight")
    file, content = keep(panel.locator(".files button.png"))
    step = int(re.fullmatch(rf"{roles.DCGAN}_step(\d+)\.png", file)[1])
    saved = (hub.BUNDLED / roles.DCGAN / "samples" / f"step-{step:06d}.png").read_bytes()
    assert np.array_equal(pixels(content), pixels(saved))
    file, content = keep(panel.locator(".files button.csv"))
    header, rows = table(content)
    assert file == f"{roles.DCGAN}_curves.csv" and header[0] == "step" and {"d_real", "loss_g"} <= set(header)
    logged = list(csv.DictReader((hub.BUNDLED / roles.DCGAN / "history.csv").open()))
    wanted = {float(row["step"]): float(row["loss_g"]) for row in logged if row["loss_g"]}
    found = {float(row[0]): float(row[header.index("loss_g")]) for row in rows if row[header.index("loss_g")]}
    assert found == wanted


def test_the_game_and_its_curves(page: Page, url: str) -> None:
    visit_tab(page, url, "game")
    expect(page.locator("#game .count")).not_to_be_empty()  # its script has started
    page.locator("#game .both").click()
    page.locator("#game .both").click()
    file, content = keep(page.locator("#game .files button.png"))
    assert file == "gan-game_ring_seed1_6_2.png" and np.ptp(pixels(content)) > 100
    file, content = keep(page.locator("#game .files button.csv"))
    header, rows = table(content)
    game = "document.querySelector('#game .stage').parentElement.ganGame"
    history = json.loads(page.evaluate(f"JSON.stringify({game}.history)"))
    assert [float(row[header.index("value")]) for row in rows] == [row["value"] for row in history]
    assert [row[:2] for row in rows] == [["0", "0"], ["3", "1"], ["6", "2"]]


def test_a_translation_and_its_figures(page: Page, url: str) -> None:
    visit_tab(page, url, "translate")
    shown = page.locator("#translate-circle")
    expect(shown.locator("img")).to_have_count(4)
    model = NAMES[0]
    name = TEXT["translate.alt.translation"][0].format(domain=DOMAINS[model][1], there="G AB")
    file, content = keep(shown.locator("figure", has=page.get_by_role("img", name=name)).locator("button"))
    assert file == f"{model}_ab_emoji-{FIRST + 1}_{EMOJI_SHEETS[DOMAINS[model]].side}_translation.png"
    assert pixels(content).shape == (256, 256)
    _, content = keep(page.locator("#translate-details button.csv"))
    header, rows = table(content)
    assert header == ["figure", "value"] and {"cycle_l1", "score_x"} <= {row[0] for row in rows}
    strip = page.locator("#translate-run .strip")
    file, content = keep(strip.locator(".titled button.png"))
    assert file == f"{model}_ab_training.png"
    first, steps = pixels(content), strip.locator(".steps figure").count()
    side = len(first)
    assert first.shape == (side, side * steps) and steps >= 8
    strip.locator(".columns label").nth(7).click()
    _, content = keep(strip.locator(".titled button.png"))
    assert not np.array_equal(pixels(content), first)


def test_what_the_models_tab_shows(page: Page, url: str) -> None:
    visit_tab(page, url, "models")
    details = page.locator("#models-details")
    expect(details.locator("svg")).to_be_visible()
    details.locator("input[type=range]").focus()
    details.locator("input[type=range]").press("Home")
    assert keep(details.locator("figure button.png"))[0] == f"{roles.PLAIN}_step0.png"
    tables = [table(keep(button)[1]) for button in details.locator("button.csv").all()]
    assert [header[0] for header, _ in tables] == ["step", "figure"]
