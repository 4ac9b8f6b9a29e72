"""What networks in the visitor's browser ask for."""

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from space.models import MODELS, roles
from space.page.modules import BASE, SOURCES
from space.page.routes import ROUTES
from space.weights import hub


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


@pytest.mark.parametrize("name", [roles.PLAIN, roles.TRANSLATOR])
def test_a_config_says_what_the_weights_are_of(client: TestClient, name: str) -> None:
    answer = client.get(f"/weights/{name}/config.json")
    assert answer.headers["cache-control"] == "no-cache"
    saved = json.loads((hub.BUNDLED / name / "config.json").read_text())
    assert answer.json() == {"family": MODELS[name].__name__, "config": saved}


def test_a_model_without_weights_has_no_config_either(client, tmp_path, monkeypatch):
    assert client.get("/weights/gan/config.json").status_code == 404
    assert client.get(f"/weights/{roles.GAN}/model.safetensors").status_code == 404
    monkeypatch.setattr(hub, "BUNDLED", tmp_path)
    hub.clear()
    assert client.get(f"/weights/{roles.GAN}/config.json").status_code == 503
    hub.clear()


def test_every_family_has_networks_in_the_browser(client: TestClient) -> None:
    source = client.get(f"/{BASE}browser/models.js").text
    for family in {model.__name__ for model in MODELS.values()}:
        assert f"import {{ {family} }} from" in source
        assert f"browser/families/{family.lower()}.js" in SOURCES
