"""Models that are not the lab's, in the lessons: folders of `MODELS_DIR`, and repositories of the Hub."""

import math
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect
from torch import Tensor, nn

from space.models.autoencoder import Autoencoder
from space.models.cyclegan import CycleGAN
from space.models.dcgan import DCGAN
from space.models.ddpm import DDPM
from space.models.gan import GAN
from space.models.layers import standard_normal
from space.models.pixelcnn import PixelCNN
from space.models.vae import VAE
from space.text import TEXT
from tests.hub_server import HubServer, Repo, client_settings, read_folder
from tests.pages import until, visit_tab
from tests.processes import Lab, running_lab
from tests.small_models import small

pytestmark = pytest.mark.browser
MODELS = {
    "flags & co-vae": (VAE, {"in_channels": 3, "image_size": 32}),
    "tiles-dcgan": (DCGAN, {"in_channels": 3, "image_size": 64}),
    "grey-gan": (GAN, {"image_size": 16}),
    "shapes-ddpm": (DDPM, {"in_channels": 3, "image_size": 16, "num_classes": 3}),
    "free-ddpm": (DDPM, {"image_size": 28, "num_classes": 0, "prediction": "noise"}),
    "lines-pixelcnn": (PixelCNN, {"image_size": 8, "num_classes": 0}),
    "digits-autoencoder": (Autoencoder, {}),
    "day2night": (CycleGAN, {"image_size": 32, "domain_a": "Day", "domain_b": "Night", "num_blocks": 1}),
}
HUB_ID = "someone/tiles-dcgan"


def built(name: str) -> nn.Module:
    family, config = MODELS[name]
    return small(family, **config)


@pytest.fixture(scope="module")
def own_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The lab of somebody who has trained models, beside a Hub with a repository of somebody else."""
    folder = tmp_path_factory.mktemp("own")
    for name in MODELS:
        built(name).save_pretrained(folder / "runs" / name)
    with HubServer() as hub:
        hub.repos[HUB_ID] = Repo()
        hub.repos[HUB_ID].commit("weights", read_folder(folder / "runs" / "tiles-dcgan"))
        (folder / "lab").mkdir()
        settings = client_settings(hub, folder / "lab") | {"MODELS_DIR": str(folder / "runs")}
        with running_lab(folder / "lab", **settings) as lab:
            yield lab


def samples_of(page: Page, panel: str = "#generate-panel") -> np.ndarray:
    """The samples of a panel in their order, (B, H, W, 3)."""
    pixels = page.evaluate(
        """(panel) => [...document.querySelectorAll(`${panel} .sample`)]
            .sort((a, b) => parseInt(a.ariaLabel.match(/\\d+/)) - parseInt(b.ariaLabel.match(/\\d+/)))
            .map((one) => one.querySelector("canvas"))
            .map((one) => Array.from(one.getContext("2d").getImageData(0, 0, one.width, one.height).data))""",
        panel,
    )
    side = math.isqrt(len(pixels[0]) // 4)
    return np.array(pixels).reshape(-1, side, side, 4)[..., :3]


@torch.inference_mode()
def drawn(name: str, number: int, seed: int = 0) -> np.ndarray:
    """The same by PyTorch."""
    model = built(name)
    z = standard_normal(number, model.config.latent_dim, torch.Generator().manual_seed(seed))
    images: Tensor = model.decode(z).expand(-1, 3, -1, -1)
    return (images * 255).round().movedim(1, -1).numpy()


def visit(page: Page, lab: Lab, tab: str, **asked: Any) -> None:
    visit_tab(page, lab.url, urlencode({"": tab} | asked)[1:])


@pytest.mark.parametrize("name", list(MODELS)[:6])
def test_a_folder_draws_in_the_browser_what_pytorch_draws(page: Page, own_lab: Lab, name: str) -> None:
    visit(page, own_lab, "generate", model=name, other="nothing", number=4)
    panel = page.locator("#generate-panel")
    expect(panel.locator(".computed[data-where=browser]")).to_be_visible()
    expect(panel.locator("h2 [lang=en]")).to_contain_text(f"{name} · ")
    expect(panel.locator(".measured")).to_contain_text("a folder on this machine")
    assert np.abs(samples_of(page) - drawn(name, 4)).max() <= 1


def test_a_repository_is_opened_by_the_link_or_pasted(page: Page, own_lab: Lab) -> None:
    visit(page, own_lab, "generate", model=HUB_ID, other="nothing", number=4)
    panel = page.locator("#generate-panel")
    expect(panel.locator(".computed[data-where=browser]")).to_be_visible()
    expect(panel.locator("h2")).to_have_text(HUB_ID)
    expect(panel.locator(".measured")).to_contain_text("from the Hub")
    assert np.abs(samples_of(page) - drawn("tiles-dcgan", 4)).max() <= 1
    field = page.locator("#generate-model input")
    for said, sentence in (("someone/nothing", "does not exist or is private"),):
        field.fill(said)
        field.press("Enter")
        expect(panel.locator(".computed .why")).to_contain_text(sentence)
    field.fill("nonsense")
    field.press("Enter")
    expect(page.get_by_text("There is no model named nonsense")).to_be_visible()
    field.fill(HUB_ID)
    field.press("Enter")
    expect(panel.locator(".computed[data-where=browser]")).to_be_visible()
    until(page, lambda: "someone%2Ftiles-dcgan" in page.url)


@pytest.mark.parametrize(("name", "classes"), [("shapes-ddpm", 3), ("free-ddpm", 0)])
def test_a_diffusion_model_is_shown_step_by_step(page: Page, own_lab: Lab, name: str, classes: int) -> None:
    visit(page, own_lab, "diffusion", network=name, seed=5)
    way = page.locator("#diffusion-way")
    expect(way.locator(".stage .computed").first.locator("[data-where=browser]")).to_be_visible()
    expect(way.locator(".about")).to_contain_text("3 classes" if classes else "trained without classes")
    assert way.locator("input[data-setting=digit]:not([disabled])").count() == 1 + classes
    made = page.evaluate(
        "Array.from(document.querySelector('#diffusion-way .stage').parentElement.diffusion.made[0].image)"
    )
    side, channels = (MODELS[name][1].get(key, 1) for key in ("image_size", "in_channels"))
    shown = np.array(made).reshape(side, side, channels)
    assert np.abs(255 * shown - drawn(name, 1, 5)[0, ..., :channels]).max() <= 1
    assert page.evaluate("document.querySelector('#diffusion-way .x canvas').width") == side
    notice = page.locator("#diffusion-digit .notice")
    if channels == 3:
        expect(notice).to_contain_text("makes other pictures than digits")
    else:
        expect(page.locator("#diffusion-digit [data-made]")).to_be_attached()
        expect(notice).to_be_hidden()


def test_the_models_tab_leads_to_the_lessons(page: Page, own_lab: Lab) -> None:
    visit(page, own_lab, "models")
    expect(page.locator("#models-own-found")).to_contain_text(f": {len(MODELS)}.")  # the menu is there
    field = page.locator("#models-own-name input")
    for name, lessons in ((HUB_ID, ["Generate"]), ("shapes-ddpm", ["Generate", TEXT["diffusion.tab"][0]])):
        field.fill(name)
        field.press("Enter")
        page.locator("#models-own-open").click()
        links = page.locator("#models-own-about a[href^='?tab']")
        expect(links.locator("[lang=en]")).to_have_text(lessons)
        assert all(urlencode({"": name})[1:] in link.get_attribute("href") for link in links.all())


def test_a_repository_is_one_of_the_networks(page: Page, own_lab: Lab) -> None:
    """Another family than diffusion is refused in a sentence."""
    visit(page, own_lab, "diffusion", network=HUB_ID)
    expect(page.locator("#diffusion-way .chips.network input:checked")).to_have_value(HUB_ID)
    expect(page.locator("#diffusion-way .stage .computed").first).to_contain_text("Neither your browser")


def test_an_autoencoder_of_digits_and_a_cyclegan_are_offered(page: Page, own_lab: Lab) -> None:
    visit(page, own_lab, "reconstruct", model="digits-autoencoder")
    expect(page.locator("#reconstruct-result [data-shown^='digits-autoencoder']")).to_be_visible()
    page.locator("#reconstruct-model input").click()
    names = page.locator("#reconstruct-model [role=option]")
    expect(names.filter(has_text="digits-autoencoder")).to_be_visible()
    assert names.filter(has_text="flags").count() == 0  # takes other pictures
    visit(page, own_lab, "translate", model="day2night", source="upload")
    expect(page.locator("#translate-direction")).to_contain_text("Day → Night")
