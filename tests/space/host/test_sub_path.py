"""The lab under a path of another site: a proxy passes on what begins with /lab, without that."""

import http.client
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from gradio_client import Client
from playwright.sync_api import Page, expect

from space.models import roles
from tests.pages import switch_tab, until_quiet, visit_tab
from tests.processes import Lab, running_lab

HOP = {"connection", "keep-alive", "transfer-encoding"}


def handler(port: int, outside: list[str]) -> type[BaseHTTPRequestHandler]:
    """What proxies do: each request to `port`, its answer as it comes. Other paths are noted in `outside`."""

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"  # an answer ends with its connection

        def pass_on(self) -> None:
            if not self.path.startswith("/lab/"):
                outside.append(self.path)
                return self.send_error(404)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP}
            inner = http.client.HTTPConnection("127.0.0.1", port)
            inner.request(self.command, self.path.removeprefix("/lab"), body, headers)
            answer = inner.getresponse()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.end_headers()
            while piece := answer.read1(65536):
                self.wfile.write(piece)

        do_GET = do_POST = do_HEAD = do_DELETE = pass_on

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    return Proxy


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str], Lab]]:
    """The lab's address on the proxy, and what was asked for outside of it."""
    outside: list[str] = []
    with running_lab(tmp_path_factory.mktemp("proxied"), GRADIO_ROOT_PATH="/lab") as lab:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler(urlsplit(lab.url).port, outside))
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/lab/", outside, lab
        server.shutdown()


@pytest.mark.browser
def test_the_page_asks_for_nothing_outside_its_path(page: Page, proxied: tuple[str, list[str], Lab]) -> None:
    url, outside, _ = proxied
    failed: list[str] = []
    page.on("response", lambda one: one.status >= 400 and failed.append(one.url))
    visit_tab(page, url, "generate")
    expect(page.locator("#generate-panel .computed[data-where=browser]")).to_be_visible()
    expect(page.locator("#generate-panel .measured")).to_contain_text("Weights")  # by a call of the server
    switch_tab(page, "Models")
    expect(page.locator("#tabs")).to_contain_text(roles.VAE_MAP)
    until_quiet(page)
    assert [path for path in outside if path != "/favicon.ico"] == []  # which Chromium asks of every site
    assert [one for one in failed if not one.endswith("/favicon.ico")] == []


def test_clients_find_it_there_and_fetch_its_files(
    proxied: tuple[str, list[str], Lab], tmp_path: Path
) -> None:
    url, _, _ = proxied
    client = Client(url, verbose=False, download_files=tmp_path)
    picture, numbers = client.predict(roles.DCGAN, 2, api_name="/generate")
    assert Path(picture).stat().st_size > 100 and numbers["number"] == 2
