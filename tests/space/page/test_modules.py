"""The scripts' route, and that they start wherever the app is served."""

import http.client
import http.server
import re
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.testclient import TestClient

from space.host import page_cache
from space.page import modules
from tests.processes import Lab

GAME = f"{modules.BASE}lessons/game/game.js"


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=[modules.ROUTE]))


def test_a_module_comes_as_it_is_and_for_good(client: TestClient) -> None:
    answer = client.get(GAME)
    assert answer.content == (modules.SPACE / "lessons" / "game" / "game.js").read_bytes()
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.head(GAME).status_code == 200 and client.post(GAME).status_code == 405
    assert f"/{GAME}".startswith(page_cache.SCRIPTS)  # where it is kept compressed


def test_a_page_from_before_an_update_gets_the_modules_of_now(client: TestClient) -> None:
    """Not to be kept: under an address of another version."""
    answer = client.get(GAME.replace(modules.VERSION, "0123456789abcdef"))
    assert answer.status_code == 200 and answer.content == modules.SOURCES["lessons/game/game.js"]
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "modules/",
        f"modules/{modules.VERSION}/",
        f"modules/{modules.VERSION}/app.py",
        f"modules/{modules.VERSION}/page/link.py",
        f"modules/{modules.VERSION}/page/gradio.d.ts",
        f"modules/{modules.VERSION}/lessons/game/../../page/link.py",
        f"modules/{modules.VERSION}/lessons/game/%2e%2e/%2e%2e/app.py",
        f"modules/{modules.VERSION}//etc/passwd",
        f"modules/{modules.VERSION}/PAGE/LINK.JS",
        "modules/0123456789abcdef/page/no.js",
        f"modules/{modules.VERSION}/bundles/lessons/game/no.js",
        f"modules/{modules.VERSION}/bundles/pictures/digits.png",
        f"modules/{modules.VERSION}/bundles/bundles/every_page.js",
    ],
)
def test_nothing_else_is_served(lab: Lab, path: str) -> None:
    assert request(lab, f"/{path}") == 404
    assert request(lab, f"/{GAME}") == 200


def request(lab: Lab, path: str) -> int:
    """The status of a path that no client tidies up."""
    connection = http.client.HTTPConnection(lab.url.removeprefix("http://"), timeout=120)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_every_import_names_a_module_that_is_served() -> None:
    assert "page/dom.js" in modules.imports_of("page/link.js")
    for path in modules.SOURCES:
        assert set(modules.imports_of(path)) <= modules.SOURCES.keys(), path


def test_the_hash_does_not_depend_on_the_order_in_a_folder() -> None:
    strips = [path for path in modules.SOURCES if path.startswith("pictures/lambda-")]
    assert strips == sorted(strips) and len(strips) == 4


def test_imports_go_one_way() -> None:
    """As in Python: lessons -> page -> browser, and no lesson imports another."""
    for path in modules.SOURCES:
        room = path.rpartition("/")[0]
        browser = {"browser", "browser/families", "browser/plane"}
        allowed = browser if room in browser else {room, "page", *browser}
        assert {one.rpartition("/")[0] for one in modules.imports_of(path)} <= allowed, path


def test_the_line_of_a_component() -> None:
    line = modules.module("page/link.js", "go", words={"a": "b"})
    assert "\n" not in line and "'go'" in line and ', words: {"a": "b"}' in line
    assert '"bundles/every_page.js"' in line  # which every page has
    with pytest.raises(ValueError, match=r"page/links\.js is no module"):
        modules.module("page/links.js")


def test_a_bundle_holds_all_that_its_modules_import() -> None:
    """Each behind what it imports, and none that every page has."""
    needed = modules.in_order("lessons/game/game.js")
    assert {"browser/gan2d.js", "browser/networks.js", "page/dom.js", "browser/numbers.js"} <= set(needed)
    for path in needed:
        assert all(needed.index(one) < needed.index(path) for one in modules.imports_of(path))
    bundle = modules.bundle("bundles/lessons/game/game.js")
    held = re.findall(r'^lab\["(.+?)"\] \?\?=', bundle.decode(), re.MULTILINE)
    assert held == [path for path in needed if path not in modules.EVERY_PAGE]
    assert "bundles/lessons/game/game.js" in modules.module("lessons/game/game.js")
    assert not [path for path in modules.EVERY_PAGE if path.startswith("lessons/")]


def test_a_worker_is_one_bundle() -> None:
    """Of its own: it can import nothing that touches a page."""
    assert sorted(modules.WORKERS) == ["browser/worker.js", "lessons/tree/worker.js"]
    for path in modules.WORKERS:
        held = re.findall(r'^lab\["(.+?)"\] \?\?=', modules.bundle(f"bundles/{path}").decode(), re.MULTILINE)
        assert held == modules.in_order(path) and not [one for one in held if one.startswith("page/")]
    assert 'Worker(new URL("bundles/browser/worker.js", base)' in modules.wrapped("browser/runner.js")


def test_what_a_bundle_cannot_hold_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"a.js": b'import { b } from "./b.js";\n', "b.js": b'import { a } from "./a.js";\n'}
    monkeypatch.setattr(modules, "SOURCES", broken | {"c.js": b"export default 1;\n"})
    with pytest.raises(ValueError, match=r"a\.js -> b\.js -> a\.js"):
        modules.in_order("a.js")
    with pytest.raises(ValueError, match=r"c\.js: a bundle cannot say 'export default 1;'"):
        modules.wrapped("c.js")


@pytest.mark.browser
def test_every_bundle_that_the_page_names_runs(lab: Lab, page: Page) -> None:
    """Modules find the data beside them as they do outside of a bundle."""
    config = urllib.request.urlopen(f"{lab.url}/config", timeout=120).read().decode()
    bundles = sorted(set(re.findall(r"bundles/(lessons/[\w/]+\.js)", config)))
    page.goto(f"{lab.url}/robots.txt")
    held, root = page.evaluate(
        """async ([base, bundles]) => {
            await Promise.all(bundles.map((one) => import(`/${base}bundles/${one}`)));
            return [Object.keys(labModules), labModules["page/dom.js"].ROOT.href];
        }""",
        [modules.BASE, bundles],
    )
    assert len(bundles) > 12 and {*bundles, *modules.EVERY_PAGE} <= {*held}
    assert root == f"{lab.url}/"


@contextmanager
def serve(answer: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server on this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def proxy(lab: Lab, prefix: str) -> Iterator[str]:
    """A proxy that serves the app under a prefix, cuts it off, and tells the app of it as proxies do."""

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(f"{prefix}/"):
                self.send_error(404)
                return
            length = int(self.headers.get("content-length", 0))
            headers = {key: value for key, value in self.headers.items() if key.lower() != "host"}
            headers |= {"Host": self.headers["host"], "X-Forwarded-Host": self.headers["host"]}
            headers |= {"X-Forwarded-Prefix": prefix, "X-Forwarded-Proto": "http", "Connection": "close"}
            upstream = http.client.HTTPConnection(lab.url.removeprefix("http://"), timeout=60)
            body = self.rfile.read(length) if length else None
            upstream.request(self.command, self.path.removeprefix(prefix), body, headers)
            answer = upstream.getresponse()
            self.send_response(answer.status)
            for key, value in answer.getheaders():
                if key.lower() not in ("transfer-encoding", "connection"):
                    self.send_header(key, value)
            self.send_header("Connection", "close")
            self.end_headers()
            while piece := answer.read1():
                self.wfile.write(piece)
                self.wfile.flush()
            upstream.close()

        do_POST = do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with serve(Proxy) as url:
        yield f"{url}{prefix}"


def frame_of(address: str) -> type[http.server.BaseHTTPRequestHandler]:
    class Frame(http.server.BaseHTTPRequestHandler):
        """Another site's page, with the app in a frame."""

        def do_GET(self) -> None:
            page = f'<!doctype html><iframe src="{address}" width="1200" height="800"></iframe>'.encode()
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            pass

    return Frame


@pytest.mark.browser
def test_scripts_start_behind_a_proxy_that_serves_the_app_under_a_prefix(lab: Lab, page: Page) -> None:
    with proxy(lab, "/lab") as url:
        page.goto(f"{url}/?tab=game&preset=collapse")
        expect(page.locator("[data-preset=collapse]")).to_have_attribute("aria-pressed", "true")
        page.goto("about:blank")  # the streams end before the proxy does


@pytest.mark.browser
def test_scripts_start_in_another_sites_frame(lab: Lab, page: Page) -> None:
    url = lab.url.replace("127.0.0.1", "localhost")
    with serve(frame_of(f"{url}/?tab=game&preset=collapse")) as site:
        page.goto(site)
        button = page.frame_locator("iframe").locator("[data-preset=collapse]")
        expect(button).to_have_attribute("aria-pressed", "true")


LATE = """
const events = [];
let link = null;
Object.defineProperty(window, "labEvents", {
    get: () => link ?? { push: (event) => events.push(event), forEach: () => {} },
    set: (started) => {
        link = started;
        queueMicrotask(() => events.forEach((event) => link.push(event)));
    },
});
"""
"""Gradio tells of the tabs that it opens after the link has started, where that is sooner otherwise"""


@pytest.mark.browser
@pytest.mark.parametrize("script", ["", LATE], ids=["as it comes", "first tab told late"])
def test_a_page_asks_for_its_bundle_and_the_lessons(lab: Lab, page: Page, script: str) -> None:
    asked: list[str] = []
    page.add_init_script(script)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{lab.url}/?tab=game")
    page.locator("[data-preset=collapse]").wait_for()
    page.wait_for_function("window.labLink !== undefined")
    ours = [url.split(modules.BASE)[1] for url in asked if "/modules/" in url]
    assert sorted(ours) == ["bundles/every_page.js", "bundles/lessons/game/game.js"]  # no other lesson's
