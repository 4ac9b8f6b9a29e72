"""Requests that make no sense get a 4xx of their kind, calls always an answer, and 500 is left for faults."""

import json
import logging
import random
from collections import Counter
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.testclient import TestClient

from space.host.guard import Guard
from space.page import handlers
from space.text import TEXT
from space.text.refusals import Problem

JSON = {"content-type": "application/json"}
FORM = {"content-type": "multipart/form-data; boundary=b"}


def part(name: str, value: bytes = b"1", filename: str | None = None) -> bytes:
    file = "" if filename is None else f'; filename="{filename}"'
    return f'--b\r\ncontent-disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + value + b"\r\n"


KINDS: dict[str, tuple[str, bytes, dict[str, str], int]] = {
    "an endpoint that is not there": ("call/nothing", b'{"data": []}', JSON, 404),
    "the same, by names": ("call/v2/nothing", b"{}", JSON, 404),
    "a private one, by names": ("call/v2/read_upload", b"{}", JSON, 404),
    "arguments that it has not": ("call/v2/decode", b'{"x": 1}', JSON, 422),
    "arguments that are missing": ("call/v2/reconstruct", b"{}", JSON, 422),
    "a function that is not there": (
        "queue/join",
        b'{"data": [], "fn_index": 9999, "session_hash": "a"}',
        JSON,
        404,
    ),
    "the same, in no session": ("run/predict", b'{"data": [], "fn_index": -1}', JSON, 404),
    "no function": ("queue/join", b'{"data": [], "session_hash": "a"}', JSON, 404),
    "no name of a function": ("run/nothing", b'{"data": []}', JSON, 404),
    "a component that is not there": (
        "component_server",
        b'{"data": 1, "component_id": 99999, "session_hash": "a", "fn_name": "decode_pixels"}',
        JSON,
        404,
    ),
    "a form without fields": ("component_server", part("a") + b"--b--\r\n", FORM, 400),
    "a form with a wrong one": (
        "component_server",
        part("component_id", b"x") + part("session_hash") + part("fn_name") + b"--b--\r\n",
        FORM,
        400,
    ),
    "a form that is none": ("component_server", b"--c--", FORM, 400),
    "a boundary too long": (
        "upload",
        b"",
        {"content-type": "multipart/form-data; boundary=" + "y" * 3000},
        400,
    ),
    "an upload without a file": ("upload", part("files", b"text") + b"--b--\r\n", FORM, 400),
    "the same, with a bar": ("upload?upload_id=a", part("files", b"text") + b"--b--\r\n", FORM, 400),
    "JSON nested too deep": ("mcp/", b"[" * 100_000, JSON, 400),
    "JSON in no encoding": ("mcp/", b'{"id": "\xff\xfe"}', JSON, 400),
    "a number too long": ("mcp/", b"9" * 5000, JSON, 400),
    "a host that is none": ("call/models", b'{"data": []}', JSON | {"x-forwarded-host": "x:y:z"}, 400),
    "a server that is none": ("call/models", b'{"data": []}', JSON | {"x-gradio-server": "http://[::1"}, 400),
}
"""kind -> path, body, headers, status"""


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_status(served, kind):
    path, body, headers, status = KINDS[kind]
    accept = {"accept": "application/json, text/event-stream"}
    answer = httpx.post(f"{served[1]}/gradio_api/{path}", content=body, headers=accept | headers)
    assert answer.status_code == status, answer.text


def test_what_is_not_there(served):
    for path in ("call/models/nothing", "call/v2/models/nothing"):
        answer = httpx.get(f"{served[1]}/gradio_api/{path}", headers={"accept-language": "ko"})
        assert (answer.status_code, answer.json()["detail"]) == (404, TEXT["problem.no_answer"][1])
    for path in (
        "?page=nothing",
        "static/" + "a" * 300,
        "assets/" + "a/" * 2500,
        "static/" + "%ED%95%9C" * 90,
    ):
        assert httpx.get(f"{served[1]}/{path}").status_code == 404, path


def test_500_is_a_fault_of_the_app_and_is_logged(served, monkeypatch, caplog):
    """By each way on which an answer has a status: any route, and a call that passes the queue."""

    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    answer = TestClient(
        Starlette(routes=[Route("/own", fail)], middleware=[Middleware(Guard, [Route("/own", fail)])])
    )
    assert answer.get("/own").status_code == 500
    assert any(record.levelno >= logging.ERROR for record in caplog.records)
    assert answer.get("/own").json()["detail"] == TEXT["problem.internal"][0]

    def call(problem: type[Exception] | Problem, wrap: Any) -> httpx.Response:
        def handler(value: Any) -> None:
            raise problem

        monkeypatch.setattr(fn, "fn", wrap(handler))
        body = {"data": [None], "fn_index": fn._id}
        return httpx.post(f"{served[1]}/gradio_api/run/predict", json=body)

    functions = served[0].get_blocks().fns.values()
    fn = next(fn for fn in functions if fn.fn and len(fn.inputs) == 1)
    monkeypatch.setattr(fn, "queue", False)
    for wrap in (handlers.friendly, lambda handler: handler):
        caplog.clear()
        assert call(ZeroDivisionError, wrap).status_code == 500
        assert any(record.levelno >= logging.ERROR for record in caplog.records)
        assert call(Problem("no_image"), wrap).status_code == 400


def test_a_call_that_the_queue_fails_on_is_answered(door, monkeypatch):
    async def fail(*_: Any) -> None:
        pass

    door.open.set()
    assert door.answer(door.knock("me", "")) == "hello me"  # "" is no session
    monkeypatch.setattr("gradio.queueing.Queue.process_events", fail)
    url = f"{door.url}/gradio_api/call/enter/{door.knock('me').json()['event_id']}"
    assert TEXT["problem.internal"][0] in httpx.get(url, timeout=120).text


class Stranger:
    """Sends what no page and no client would send."""

    TEXTS = (
        "",
        "x",
        "/etc/passwd",
        "..",
        "\x00",
        "\ud800",
        "NaN",
        "ab" * 3000,
        "한글",
        "__class__",
        "models",
    )
    NUMBERS = (0, 1, -1, 7, 2**31, 2**63, -(2**64), 10**400, 1e308, float("nan"), float("inf"), 0.5, True)
    FIELDS = (
        "data",
        "fn_index",
        "session_hash",
        "event_data",
        "trigger_id",
        "event_id",
        "component_id",
        "fn_name",
    )
    HEADERS = (
        "x-forwarded-host",
        "x-forwarded-for",
        "x-forwarded-proto",
        "range",
        "cookie",
        "x-gradio-server",
    )
    VALUES = ("", "x:y:z", "http://[::1", "bytes=5-2", "bytes=a-b", "a" * 3000, "\xff\xfe", "https", "null")

    def __init__(self, seed: int, config: dict[str, Any], names: list[str]) -> None:
        self.rng, self.config, self.names = random.Random(seed), config, names

    def some(self, values: Any) -> Any:
        return self.rng.choice(values)

    def junk(self, depth: int = 0) -> Any:
        kind = self.rng.randrange(7)
        if kind < 3 or depth > 3:
            return self.some((self.TEXTS, self.NUMBERS)[kind % 2] if kind else (None,))
        if kind == 3:
            return {"path": self.some(self.TEXTS), "meta": {"_type": "gradio.FileData"}}
        if kind == 4:
            return [self.junk(depth + 1) for _ in range(self.rng.randrange(5))]
        return {
            self.some(self.TEXTS + self.FIELDS): self.junk(depth + 1) for _ in range(self.rng.randrange(4))
        }

    def body(self) -> bytes:
        event = self.some(self.config["dependencies"])
        fields = {name: self.junk() for name in self.FIELDS if self.rng.random() < 0.2}
        if self.rng.random() < 0.8:
            fields |= {"data": [self.junk() for _ in event["inputs"]], "fn_index": event["id"]}
        if self.rng.random() < 0.7:
            fields |= {"session_hash": self.some(("s1", "s2", "", "\x00"))}
        if self.rng.random() < 0.5:
            fields |= {"component_id": self.some(self.config["components"])["id"]}
            fields |= {"fn_name": self.some(("accept_blobs", "decode_pixels", "preprocess", "__init__"))}
        whole = json.dumps(fields).encode()
        return self.some((whole,) * 8 + (whole[:-5], b"", b"\xff" + whole, b"[" * 100_000))

    def form(self) -> bytes:
        names = ("files", "file", "type", "id", "component_id", "session_hash", "fn_name", "data", "")
        files = (None, None, "a.png", "", "..", "../../x", "\x00", "a" * 300, "한글.png")
        values = (b"", b"1", b"accept_blobs", b"\xff\xfe", b"x" * 5000)
        parts = [
            part(self.some(names), self.some(values), self.some(files)) for _ in range(self.rng.randrange(6))
        ]
        return b"".join(parts) + self.some((b"--b--\r\n", b"--b--\r\n", b"", b"--c--"))

    def request(self) -> tuple[str, str, bytes, dict[str, bytes]]:
        """Method, path, body and headers."""
        headers = {self.some(self.HEADERS): self.some(self.VALUES) for _ in range(self.rng.randrange(2))}
        named = self.some((*self.names, *self.names, "%00", "nothing", "%ED%A0%80"))
        post, form = self.rng.random() < 0.75, self.rng.random() < 0.3
        where = (
            ("component_server", "upload", "upload?upload_id=a")
            if form
            else (
                "queue/join",
                f"call/{named}",
                f"call/v2/{named}",
                f"run/{named}",
                "component_server",
                "cancel",
                "mcp",
            )
        )
        if not post:
            ends = (
                "file=%00",
                "../?page=x",
                "../config?page=x",
                f"call/x/{named}",
                "queue/data?session_hash=x",
            )
            return (
                "GET",
                self.some((*ends, "../pwa_icon/9", f"../weights/{named}", f"../static/{named}")),
                b"",
                headers,
            )
        kind = FORM if form else JSON if self.rng.random() < 0.9 else {"content-type": "text/plain"}
        return "POST", self.some(where), self.form() if form else self.body(), headers | kind


def test_a_stranger_never_sees_a_500(served, caplog):
    _, url = served
    with httpx.Client(timeout=120) as client:
        names = [one.strip("/") for one in client.get(f"{url}/gradio_api/info").json()["named_endpoints"]]
        stranger = Stranger(16, client.get(f"{url}/config").json(), names)
        counts: Counter[int] = Counter()
        calls = []
        for _ in range(800):
            method, path, body, headers = stranger.request()
            encoded = {name: value.encode("latin-1") for name, value in headers.items()}
            answer = client.request(method, f"{url}/gradio_api/{path}", content=body, headers=encoded)
            assert answer.status_code < 500, (method, path, body[:500], headers, answer.text)
            counts[answer.status_code] += 1
            if answer.status_code == 200 and answer.text.startswith('{"event_id'):
                calls.append(answer.json()["event_id"])
        for event in calls:  # and each call is answered, most in the stream of a session that was read before
            answer = client.get(f"{url}/gradio_api/call/x/{event}").text
            assert not any(said in answer for said in TEXT["problem.internal"]), answer
    assert len(calls) > 30 and counts[404] > 30 and counts[422] > 30 and counts[400] > 30, counts
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
