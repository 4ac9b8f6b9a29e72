"""What lessons tell their scripts of a model: made once, kept by the browser."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from space.app import FACTS
from space.models import roles
from space.page import facts
from space.weights import hub


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=[facts.route(FACTS)]))


@pytest.mark.parametrize("name", [roles.VAE_MAP, roles.PLAIN_MAP, roles.VAE_DEEP])
def test_a_browser_that_has_the_facts_gets_them_no_second_time(client: TestClient, name: str) -> None:
    answer = client.get(f"/facts/manifold/{name}", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip" and answer.json()
    plain = client.get(f"/facts/manifold/{name}", headers={"accept-encoding": "identity"})
    assert plain.json() == answer.json() and "content-encoding" not in plain.headers
    again = client.get(f"/facts/manifold/{name}", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304 and again.content == b""


def test_they_are_made_once_for_all_visitors(client: TestClient) -> None:
    made: list[str] = []

    def tell(loaded: hub.LoadedModel) -> dict[str, str]:
        made.append(loaded.name)
        return {"name": loaded.name}

    client = TestClient(Starlette(routes=[facts.route({"a": tell})]))
    for name in (roles.GAN, roles.VAE_MAP, roles.GAN, roles.GAN):
        assert client.get(f"/facts/a/{name}").json() == {"name": name}
    assert made == [roles.GAN, roles.VAE_MAP]


def test_a_class_that_asks_at_once_has_them_made_once() -> None:
    made: list[str] = []

    def tell(loaded: hub.LoadedModel) -> dict[str, str]:
        made.append(loaded.name)
        time.sleep(0.1)  # without the lock, others begin meanwhile
        return {"name": loaded.name}

    client = TestClient(Starlette(routes=[facts.route({"a": tell})]))
    with ThreadPoolExecutor(8) as phones:
        answers = list(phones.map(lambda _: client.get(f"/facts/a/{roles.GAN}").json(), range(8)))
    assert answers == 8 * [{"name": roles.GAN}] and made == [roles.GAN]


def test_what_there_is_not(client: TestClient) -> None:
    nothing = "manifold/nothing", f"manifold/{roles.DIGIT_JUDGE}", f"nothing/{roles.GAN}", "manifold/"
    for path in (*nothing, f"manifold/{roles.GAN}/x"):
        assert client.get(f"/facts/{path}").status_code == 404
    assert client.post(f"/facts/manifold/{roles.VAE_MAP}").status_code == 405


def test_a_model_that_cannot_be_used_says_why(client: TestClient, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(hub, "BUNDLED", tmp_path)
    hub.clear()
    answer = client.get(f"/facts/manifold/{roles.VAE_MAP}")
    assert answer.status_code == 503 and 'lang="ko"' in answer.json()["problem"]
    assert answer.headers["cache-control"] == "no-store"
    hub.clear()
