"""Requests that never end, and answers that nobody reads, end; slow phones are waited for."""

import re
import socket
import time
from typing import Any

import httpx
import pytest
import uvicorn

from space.host import patience, temporary_files
from space.text import TEXT

UPLOAD = (
    b'--b\r\ncontent-disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    + bytes(3000)
    + b"\r\n--b--\r\n"
)
FORM = "content-type: multipart/form-data; boundary=b\r\n"


@pytest.fixture(autouse=True)
def short_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "WINDOW_SECONDS", 1.0)
    monkeypatch.setattr(patience, "WINDOW_BYTES", 1000)


def connect(url: str, first: bytes = b"") -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=120)
    connection.sendall(first)
    return connection


def request(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "host: lab", *lines, "", "")).encode()


def ended(connection: socket.socket, drip: bytes = b"") -> bytes:
    """What a connection brings until the server ends it, while a byte now and then is sent."""
    connection.settimeout(0.2)
    found, end = b"", time.monotonic() + 120
    while time.monotonic() < end:
        try:
            if drip:
                connection.sendall(drip)
            piece = connection.recv(65536)
            if not piece:
                return found
            found += piece
        except TimeoutError:
            pass
        except OSError:
            return found
    pytest.fail(f"the connection is still open: {found[:200]!r}")


NEVER_ENDING: dict[str, tuple[bytes, bytes, str]] = {
    "nothing": (b"", b"", ""),
    "half a head": (b"GET / HTTP/1.1\r\nx: ", b"", "408"),
    "a head byte by byte": (b"GET / HTTP/1.1\r\nx: ", b"a", "408"),
    "a second head": (request("GET", "/robots.txt") + b"GET / HTTP/1.1\r\nx: ", b"a", "408"),
    "a body that never comes": (request("POST", "/gradio_api/queue/join", "content-length: 99"), b"", "408"),
    "a body byte by byte": (request("POST", "/gradio_api/queue/join", "content-length: 9999"), b" ", "408"),
    "an upload byte by byte": (
        request("POST", "/gradio_api/upload", FORM.strip(), "content-length: 9999999") + UPLOAD[:200],
        b"a",
        "408",
    ),
    "chunks without an end": (
        request("POST", "/gradio_api/upload", FORM.strip(), "transfer-encoding: chunked")
        + b"c8\r\n%b\r\n" % UPLOAD[:200],
        b"1\r\na\r\n",
        "408",
    ),
    "a body of which nobody takes notice": (
        request("GET", "/robots.txt", "content-length: 99999"),
        b"a",
        "200",
    ),
    "a body to a closed route": (request("POST", "/closed", "content-length: 99999"), b"a", "404"),
}


def test_whatever_never_ends_is_ended(served):
    """All at once, so that they wait together."""
    _, url = served
    began = time.monotonic()
    open_ones = {name: connect(url, first) for name, (first, *_) in NEVER_ENDING.items()}
    found = dict.fromkeys(open_ones, b"")
    for connection in open_ones.values():
        connection.settimeout(0.02)
    while open_ones:
        assert time.monotonic() - began < 20, list(open_ones)
        for name, connection in list(open_ones.items()):
            try:
                connection.sendall(NEVER_ENDING[name][1])
                piece = connection.recv(65536)
                found[name] += piece
                if not piece:
                    del open_ones[name]
            except TimeoutError:
                pass
            except OSError:
                del open_ones[name]
    for name, (_, _, status) in NEVER_ENDING.items():
        assert found[name].count(b"HTTP/1.1 ") == (2 if name == "a second head" else bool(status)), name
        assert status.encode() in found[name].rpartition(b"HTTP/1.1 ")[2][:9], (name, found[name])
    assert TEXT["problem.too_slow"][0].encode() in found["a body byte by byte"]
    assert not list(temporary_files.FOLDER.glob("tmp*"))  # no part of an upload stays


def test_a_head_without_an_end_is_cut_off(served):
    connection = connect(served[1], b"GET / HTTP/1.1\r\n")
    with pytest.raises(OSError):
        for _ in range(5000):
            connection.sendall(b"x: " + b"y" * 10_000 + b"\r\n")


def test_an_answer_that_is_not_read_is_ended_and_a_slow_reader_is_waited_for(served):
    """The answers are larger than what the system keeps of them."""
    _, url = served
    (script, *_) = re.findall(r'src="\.(/assets/[^"]+js)"', httpx.get(url).text)
    host, port = url.removeprefix("http://").split(":")
    with socket.socket() as reader, socket.socket() as other:
        for one in (reader, other):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect((host, int(port)))
            one.sendall(request("GET", script) * 300)
        names = {one.getsockname() for one in (reader, other)}
        deadline = time.monotonic() + 120
        while not names <= {one.client for one in connections(served)}:  # the server has to accept them
            assert time.monotonic() < deadline
        while (left := {one.client for one in connections(served)} & names) != {reader.getsockname()}:
            assert time.monotonic() < deadline and reader.getsockname() in left
            assert reader.recv(20_000)
            time.sleep(0.05)


def connections(served: tuple[Any, str]) -> set[Any]:
    """A copy, made at once: the server changes the set in its own thread."""
    return served[0].get_blocks().server.server_state.connections.copy()


def test_a_slow_phone_is_waited_for(served):
    """An upload and a reader that are slow, but not slower than the limit, for several windows."""
    _, url = served
    head = request(
        "POST", "/gradio_api/upload", FORM.strip(), f"content-length: {len(UPLOAD)}", "connection: close"
    )
    sender = connect(url, head)
    for start in range(0, len(UPLOAD), 200):
        sender.sendall(UPLOAD[start : start + 200])
        time.sleep(0.13)  # 1,500 bytes a second
    assert b"200 OK" in ended(sender)


def test_idle_connections_deny_nobody(served):
    _, url = served
    idle = [connect(url, (b"", b"GET / HTTP/1.1\r\n")[number % 2]) for number in range(100)]
    began = time.monotonic()
    assert httpx.get(f"{url}/robots.txt").status_code == 200 and time.monotonic() - began < 1
    deadline = time.monotonic() + 120
    while len(connections(served)) > 5:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert all(b"HTTP/1.1 408" in ended(one) for one in idle[1::2])


def test_an_announced_upload_takes_no_room_from_others(served, monkeypatch):
    _, url = served
    monkeypatch.setattr(patience, "WINDOW_SECONDS", 60.0)
    used = temporary_files.sweep()
    monkeypatch.setattr(temporary_files, "MAX_TEMPORARY_BYTES", used + 25_000_000)
    announced = [
        connect(
            url,
            request("POST", "/gradio_api/upload", FORM.strip(), "content-length: 19999999") + UPLOAD[:100],
        )
        for _ in range(5)
    ]
    time.sleep(0.3)
    files = {"files": ("a.png", bytes(10_000_000))}
    assert httpx.post(f"{url}/gradio_api/upload", files=files, timeout=60).status_code == 200
    for connection in announced:  # the visitor leaves
        connection.close()
    deadline = time.monotonic() + 120
    while list(temporary_files.FOLDER.glob("tmp*")):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_gradio_lets_uvicorn_choose(served):
    assert uvicorn.config.HTTP_PROTOCOLS["auto"] == "space.host.patience:PatientProtocol"
    assert served[0].get_blocks().server.config.http_protocol_class is patience.PatientProtocol
