"""One Hub and one client process for all tests of the Hub; each test has a namespace of its own."""

import hashlib
from collections.abc import Iterator

import pytest

from tests.hub_server import HubServer, start_client
from tests.space.weights.bench import Bench


@pytest.fixture(scope="package")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    home = tmp_path_factory.mktemp("hub")
    with HubServer() as hub, start_client(hub, home) as client:
        yield Bench(hub, client, home)


@pytest.fixture
def bench(benches: Bench, request: pytest.FixtureRequest) -> Iterator[Bench]:
    benches.namespace = f"u{hashlib.sha1(request.node.name.encode()).hexdigest()[:8]}"
    benches.hub.log.clear()
    yield benches
    benches.hub.heal()
