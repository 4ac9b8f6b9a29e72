"""A signal ends the app in order: answers arrive or end with a sentence, and temporary files go."""

import asyncio
import json
import signal
import socket
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.responses import PlainTextResponse, StreamingResponse

from space.host import ending
from space.text.problems import TEXT
from tests.processes import Lab, run_apart, running_lab

SENTENCE = TEXT["problem.ending"][0]


def call(lab: Lab) -> bytes:
    """The whole stream that brings the answer of a call."""
    data = json.dumps({"data": ["vae-mnist-2d", 40, "inverse_gaussian", None]}).encode()
    request = urllib.request.Request(
        f"{lab.url}/gradio_api/call/manifold", data, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{lab.url}/gradio_api/call/manifold/{event}") as answer:
        return answer.read()  # raises `IncompleteRead` for one that is cut off


def half_an_upload(lab: Lab) -> socket.socket:
    """A connection on which a visitor sends a picture, and falls silent."""
    connection = socket.create_connection(("127.0.0.1", urlsplit(lab.url).port), 60)
    head = "POST /gradio_api/upload HTTP/1.1\r\nHost: lab\r\nContent-Length: 1000\r\n"
    connection.sendall(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n".encode())
    return connection


def test_the_app_ends_in_order(tmp_path):
    files = tmp_path / "files"
    with running_lab(tmp_path, GRADIO_TEMP_DIR=str(files)) as lab, ThreadPoolExecutor(8) as visitors:
        upload = half_an_upload(lab)
        page = visitors.submit(urllib.request.urlopen, f"{lab.url}/gradio_api/heartbeat/abc")
        answers = [visitors.submit(call, lab) for _ in range(7)]
        page = page.result(60)
        while not any(answer.done() for answer in answers):
            time.sleep(0.01)
        assert len(list(files.iterdir())) == 1
        began = time.monotonic()
        lab.process.send_signal(signal.SIGTERM)
        assert lab.process.wait(60) == 0
        assert time.monotonic() - began < ending.GRACE_SECONDS + 2 * ending.CLOSING_SECONDS + 2
        assert page.read().endswith(b"data: ALIVE\n\n")
        for answer in answers:
            assert b"event: complete" in answer.result(60) or SENTENCE.encode() in answer.result(60)
        assert upload.recv(10_000).startswith(b"HTTP/1.1 503")
    log = (tmp_path / "app.log").read_text()
    assert not [word for word in ("terminate", "Traceback", "ERROR", "Cancelled") if word in log], log
    assert list(files.iterdir()) == []


async def numbers():
    """A stream that never ends."""
    for number in range(10**9):
        yield f"data: {number}\n\n"
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("path", "language", "last"),
    [
        ("/queue/data", "ko", 'data: {"msg": "close_stream"}'),
        ("/call/decode/1", "en", f"data: {json.dumps(SENTENCE)}"),
        ("/heartbeat/1", "en", "data: "),
        ("/slow", "ko", TEXT["problem.ending"][1]),
    ],
)
def test_the_last_words_of_an_answer_are_those_that_its_reader_knows(monkeypatch, path, language, last):
    async def app(scope, receive, send):
        if path == "/slow":
            await asyncio.sleep(60)
            return await PlainTextResponse("")(scope, receive, send)
        await StreamingResponse(numbers(), media_type="text/event-stream")(scope, receive, send)

    async def visit() -> httpx.Response:
        transport = httpx.ASGITransport(ending.Ending(app))
        async with httpx.AsyncClient(transport=transport, base_url="http://lab") as client:
            asyncio.get_running_loop().call_later(0.1, ending._close_answers)
            return await client.get(path, headers={"accept-language": language})

    monkeypatch.setattr(ending, "_closing", False)
    answer = run_apart(visit())
    if path == "/slow":
        assert (answer.status_code, answer.json()) == (503, {"detail": last})
        return
    *_, words = [part for part in answer.text.split("\n\n") if part]
    assert words.splitlines()[-1].startswith(last) and "data: 0\n\n" in answer.text
    if path == "/queue/data":
        message = json.loads(answer.text.split("\n\n")[-3].removeprefix("data: "))
        assert (message["msg"], message["message"]) == ("unexpected_error", TEXT["problem.ending"][1])
    assert ending._requests == set()


def test_a_request_that_is_cancelled_otherwise_stays_cancelled(monkeypatch):
    monkeypatch.setattr(ending, "_closing", False)

    async def app(scope, receive, send):
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run_apart(ending.Ending(app)({"type": "http"}, None, None))
