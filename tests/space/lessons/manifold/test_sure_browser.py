"""The layer of how sure a classifier is, with the models as they are shipped."""

import pytest
import torch
from playwright.sync_api import Page, expect

from space.lessons.manifold.view import chart
from space.lessons.manifold.work import MAPS
from space.models import roles
from space.weights.hub import load
from tests.pages import until, visit_tab
from tests.processes import Lab

pytestmark = pytest.mark.browser

SIDE, SURE = 40, 0.9


@torch.inference_mode()
def share_unsure(name: str) -> float:
    """Per cent of the middles of SIDE x SIDE tiles of a map where the classifier is less sure than SURE."""
    loaded = load(name)
    middles = (torch.arange(SIDE) + 0.5) / SIDE
    z1, z2 = (low + (high - low) * middles for low, high in chart(loaded)["axes"])
    pictures = loaded.model.decode(torch.cartesian_prod(z1, z2))
    sure = load(roles.DIGIT_JUDGE).model(pictures).softmax(1).amax(1)
    return 100 * (sure < SURE).double().mean().item()


@pytest.mark.parametrize("name", MAPS)
def test_the_map_says_where_the_classifier_is_unsure(page: Page, lab: Lab, name: str) -> None:
    visit_tab(page, lab.url, "manifold")
    part = page.locator(f"#map-{name}")
    part.locator(".computed[data-where=browser]").wait_for()
    said, layer = part.locator(".sure"), part.get_by_label("How sure a classifier is")
    expect(said).to_be_hidden()
    layer.check()
    expect(said).to_contain_text("% of 1600 places")
    shown = f"document.querySelector('#map-{name} .sure').textContent"
    until(page, lambda: "…" not in page.evaluate(shown))
    share = float(page.evaluate(shown).split(" On ")[1].split(" %")[0])
    assert abs(share - share_unsure(name)) < 0.2
    until(page, lambda: ("ae_sure=on" if name == roles.PLAIN_MAP else "sure=on") in page.url)
    layer.uncheck()
    expect(said).to_be_hidden()
