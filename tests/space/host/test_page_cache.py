"""What is the same for all visitors is made once."""

import gzip
from collections import Counter
from pathlib import Path
from typing import Any

import gradio
import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from space.host import page_cache


class Origin:
    """An app behind a `PageCache`, which counts what it is asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.size = 2000

        def answer(request: Any) -> Response:
            self.asked[request.url.path] += 1
            found = 404 if "missing" in request.url.path else 200
            headers = {"x-origin": "yes"} | (
                {"cache-control": "no-store"} if "/old/" in request.url.path else {}
            )
            return Response(f"{request.base_url} " + "x" * self.size, found, headers, "text/html")

        routes = [Route("/", answer), Route("/{path:path}", answer)]
        self.client = TestClient(Starlette(routes=routes, middleware=[Middleware(page_cache.PageCache)]))

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_the_page_is_made_once_for_each_address():
    origin = Origin()
    packed, plain = origin.get("/", accept_encoding="gzip"), origin.get("/", accept_encoding="identity")
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.text == plain.text and int(packed.headers["content-length"]) < 200
    assert plain.headers["x-origin"] == "yes"
    assert origin.asked["/"] == 1
    other = origin.get("/", host="lab.example", x_forwarded_host="lab.example")
    assert "lab.example" in other.text and origin.asked["/"] == 2
    unchanged = origin.get("/", if_none_match=packed.headers["etag"])
    assert unchanged.status_code == 304 and unchanged.content == b""


def test_who_can_read_brotli_gets_that():
    origin = Origin()
    for accepted, encoding in (("gzip, br", "br"), ("gzip", "gzip"), ("br", "br"), ("identity", None)):
        answer = origin.get("/assets/a.js", accept_encoding=accepted)
        assert answer.headers.get("content-encoding") == encoding
        assert answer.text == origin.get("/assets/a.js", range="bytes=0-").text
    assert origin.asked["/assets/a.js"] == 2 + 4  # once by each encoding


def test_gradios_tree_of_components_fetches_what_is_shown():
    """Its script in the version that is required is as `lighter` expects it; any other is left alone."""
    assets = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
    (script,) = (path.read_bytes() for path in assets.glob("core-*.js"))
    light = page_cache.lighter(script)
    assert len(light) < len(script) and light.count(b"import(") == script.count(b"import(")
    assert page_cache.lighter(b"an other version") == b"an other version"
    assert page_cache.lighter(light) == light


@pytest.mark.parametrize(
    "path",
    [
        *("/?deep_link=abc", "/?page=other", "/gradio_api/info"),
        *("/assets/missing.js", "/modules/old/page/dom.js", "/assets/%2e/a.js", "/assets/b/%2e%2e/a.js"),
    ],
)
def test_what_may_differ_is_asked_for_each_time(path):
    origin = Origin()
    answers = [origin.get(path) for _ in range(2)]
    assert sum(origin.asked.values()) == 2
    assert answers[0].text == answers[1].text and answers[0].status_code == answers[1].status_code


def test_scripts_are_the_same_at_any_address_but_not_in_part():
    origin = Origin()
    assert origin.get("/assets/a.js").text == origin.get("/assets/a.js", host="lab.example").text
    assert origin.asked["/assets/a.js"] == 1
    origin.get("/assets/a.js", range="bytes=0-9")
    assert origin.asked["/assets/a.js"] == 2


def test_kept_pages_are_bounded(monkeypatch):
    monkeypatch.setattr(page_cache, "MAX_PAGE_BYTES", 3 * len(gzip.compress(b"x" * 2000)))
    origin = Origin()
    for number in range(8):
        origin.get(f"/assets/{number}.js")
    origin.get("/assets/7.js")
    origin.get("/assets/0.js")
    assert origin.asked["/assets/7.js"] == 1 and origin.asked["/assets/0.js"] == 2


def test_what_has_no_etag_is_in_nobodys_cache():
    assert Origin().get("/assets/missing.js", if_none_match='W/"a-b"').status_code == 404


def test_what_came_in_part_is_not_kept():
    """As where a visitor leaves while Gradio reads a file for them."""
    asked = []

    async def leaves_once(scope: Any, receive: Any, send: Any) -> None:
        body = b"" if not asked else b"whole"
        asked.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": body})

    client = TestClient(page_cache.PageCache(leaves_once))
    assert client.get("/assets/a.js").status_code == 503
    assert [client.get("/assets/a.js").text for _ in range(2)] == ["whole", "whole"]
    assert len(asked) == 2
