"""Whatever anybody sends: one sentence and no traceback, no file read, nothing fetched, nothing left.

The server runs in a process of its own, in an empty folder, under `tests/hostile_server.py`, which sees what
it opens and where it connects to. Endpoints are those that it lists itself, so that a new one is fuzzed too.
"""

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from space.host.streams import CLOSE_TEXT
from space.models import MODELS, roles
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet
from space.text import TEXT, limits
from tests.processes import ROOT

INTERNAL = {*TEXT["problem.internal"]}
fuzz = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=8,
    suppress_health_check=list(HealthCheck),
)


class Server:
    """The app's process, and an address on loopback that nobody should ask for anything."""

    def __init__(self, home: Path) -> None:
        self.home, self.log = home / "home", home / "log"
        self.home.mkdir()
        (home / "tmp").mkdir()
        environment = os.environ | {
            "HOME": str(self.home),
            "GRADIO_TEMP_DIR": str(home / "tmp"),
            "OMP_NUM_THREADS": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "tests" / "hostile_server.py"],
            cwd=self.home,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("w"),
            text=True,
        )
        found = next(line for line in self.process.stdout if line.startswith("{"))
        self.url, self.folder = json.loads(found)["url"], Path(json.loads(found)["folder"])
        self.api = f"{self.url}/gradio_api"
        self.http = httpx.Client(timeout=120)

    def ask(self, question: str) -> Any:
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        return json.loads(next(line for line in self.process.stdout if line[0] in "[{"))

    def post(self, path: str, body: Any, **options: Any) -> httpx.Response:
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        headers = {"content-type": "application/json"} | options.pop("headers", {})
        return self.http.post(f"{self.api}/{path}", content=content, headers=headers, **options)

    def upload(self, content: bytes, name: str = "picture.png") -> dict[str, Any]:
        (path,) = self.http.post(f"{self.api}/upload", files={"files": (name, content)}).json()
        return file_at(path)

    def call(self, endpoint: str, data: list[Any], **headers: str) -> str:
        """The error that a call of the API ends with; empty where it succeeds."""
        answer = self.post(f"call/{endpoint}", {"data": data}, headers=headers)
        if answer.status_code != 200:
            return refusal(answer)
        stream = self.http.get(f"{self.api}/call/{endpoint}/{answer.json()['event_id']}").text
        assert stream.startswith(("event: error", "event: complete")), stream[:300]
        if stream.startswith("event: complete"):
            return ""
        return error_in(json.loads(re.search(r"^data: (.*)$", stream, re.MULTILINE)[1]))

    def trigger(self, function: int, data: list[Any], session: str, event_data: Any) -> str:
        """As `call`, but by the queue, as the page does it, which reaches private functions too."""
        body = {"data": data, "fn_index": function, "session_hash": session, "event_data": event_data}
        answer = self.post("queue/join", body)
        if answer.status_code != 200:
            return refusal(answer)
        stream = self.http.get(f"{self.api}/queue/data", params={"session_hash": session}).text
        messages = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")]
        (done,) = [message for message in messages if message["msg"] == "process_completed"]
        return "" if done["success"] else error_in(done["output"])


def refusal(answer: httpx.Response) -> str:
    assert 400 <= answer.status_code < 500 and answer.status_code != 429, answer.text[:300]
    return sentence(answer.json()["detail"])


def error_in(output: Any) -> str:
    return sentence(output["error"])


def sentence(text: Any) -> str:
    """`text`, which a person can read and which gives nothing away."""
    assert isinstance(text, str) and 10 < len(text) < 600 and "\n" not in text, text
    assert not re.search("Traceback|root:x:|site-packages|<class|Error\\(", text), text
    assert text not in INTERNAL  # nothing that anybody sends is our fault
    return text


def file_at(path: str, **more: Any) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}} | more


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("hostile"))
    yield server
    server.process.send_signal(signal.SIGTERM)
    server.process.wait(60)
    assert not server.folder.exists()
    assert "Traceback" not in server.log.read_text()


@pytest.fixture(scope="module")
def trap() -> Iterator[tuple[str, list[str]]]:
    """Address of an HTTP server on loopback, and the requests that it got."""
    hits: list[str] = []

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(as_png(Image.new("L", (28, 28))))

        do_HEAD = do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    trap = HTTPServer(("127.0.0.1", 0), Trap)
    threading.Thread(target=trap.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{trap.server_port}", hits
    trap.shutdown()


def as_png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


DIGIT = as_png(to_pil(digit_sheet()[2, 0][None] / 255))
TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            *(
                "/etc/passwd",
                "../../app.py",
                "file:///etc/passwd",
                "http://169.254.169.254/",
                "\ud800",
                "\x00",
            ),
            *("a/b", ".", "x\ny", "<img src=x onerror=alert(1)>", "NaN", "{0.__class__}", "ab" * 5000),
        ]
    ),
)
NUMBERS = st.one_of(
    st.integers(),
    st.floats(),
    st.sampled_from([0, -1, 2**31, 2**63, -(2**64), 10**400, 1e308, 5e-324, float("nan"), float("inf")]),
)
FILES = st.builds(
    file_at,
    st.sampled_from(
        ["/etc/passwd", "http://127.0.0.1:9/", "https://example.com/x.png", "", ".", "\x00", "a" * 300]
    ),
    url=st.sampled_from([None, "http://127.0.0.1:9/", "file:///etc/passwd"]),
    is_stream=st.booleans(),
)
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, FILES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
SOUND = st.sampled_from([*MODELS, "ab", "linear", "none", "emoji", 0, 1, 64, [0.0, 1.0]])
"""what some of the inputs do take, to come further than the first check"""


def test_every_endpoint_answers_junk_with_a_sentence(server):
    listed = server.http.get(f"{server.api}/info").json()["named_endpoints"]
    assert len(listed) >= 9
    picture = server.upload(DIGIT)

    def attack(name: str, count: int) -> None:
        @fuzz
        @given(st.lists(JUNK | SOUND | st.just(picture), min_size=count, max_size=count))
        def try_it(data: list[Any]) -> None:
            server.call(name, data)

        try_it()

    for name, endpoint in listed.items():
        attack(name.strip("/"), len(endpoint["parameters"]))


def test_every_event_of_the_page_answers_junk_with_a_sentence(server):
    """Private events, too, can be sent by anybody, in any session."""
    config = server.http.get(f"{server.url}/config").json()
    events = [event for event in config["dependencies"] if event["backend_fn"]]
    assert len(events) > 40

    def attack(event: dict[str, Any]) -> None:
        count, session = len(event["inputs"]), f"session-{event['id']}"

        @settings(fuzz, max_examples=3)
        @given(st.lists(JUNK | SOUND, min_size=count, max_size=count), JUNK | st.builds(dict, index=JUNK))
        def try_it(data: list[Any], event_data: Any) -> None:
            server.trigger(event["id"], data, session, event_data)

        try_it()

    for event in events:
        attack(event)


@pytest.mark.parametrize(
    "body",
    [
        *(
            "",
            "{",
            "[]",
            "null",
            "NaN",
            '{"data": NaN}',
            '{"data": "x"}',
            "{}",
            '{"data": {"0": 1}}',
            "\ufeff{}",
        ),
        '{"data": ' + "[" * 5000 + "]" * 5000 + "}",
        '{"data": [' + "9" * 5000 + "]}",
        '{"data": [], "session_hash": 7}',
        '{"data": ["' + "x" * 10_000_000 + '"]}',
        b"\xff\xfe\x00",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_bodies_that_are_none(server, body):
    for path in (
        "call/generate",
        "queue/join",
        "run/generate",
        "component_server",
        "cancel",
        "call/v2/generate",
    ):
        answer = server.post(path, body)
        if answer.status_code == 200:  # a call of no values: its error comes by the stream
            assert path.startswith("call")
        else:
            assert 400 <= answer.status_code < 500 and len(answer.text) < 400, (path, answer.text[:300])
            assert "Traceback" not in answer.text


def test_a_body_without_a_length_is_cut_off_as_well(server):
    def chunks() -> Iterator[bytes]:
        yield b'{"data": ["'
        for _ in range(100):
            yield b"x" * 10_000
        yield b'"]}'

    answer = server.http.post(f"{server.api}/call/generate", content=chunks())
    assert answer.status_code == 413 and f"{limits.MAX_REQUEST_BYTES} bytes" in refusal(answer)

    def file() -> Iterator[bytes]:
        yield b'--b\r\ncontent-disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
        for _ in range(25):
            yield bytes(1_000_000)

    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = server.http.post(f"{server.api}/upload", content=file(), headers=headers)
    assert answer.status_code == 413
    assert not list(server.folder.glob("tmp*"))  # nor does what had arrived stay


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(
            ("POST", f"{way}/{name}")
            for way in ("call", "run", "call/v2")
            for name in ("nope", "..%2f..%2fapp")
        ),
        *(("GET", f"call/generate/{name}") for name in ("nope", "..%2f..%2fetc%2fpasswd")),
        ("GET", "queue/data?session_hash=nope"),
        *(
            ("GET", f"file={path}")
            for path in ("/etc/passwd", "%00", "..%2f..%2f", ROOT / "app.py", "a" * 3000)
        ),
        *(("GET", f"file={scheme}://127.0.0.1:9/") for scheme in ("http", "HTTPS", "file", "ftp")),
        *(("GET", f"file/{path}") for path in ("etc/passwd", "http://example.com/")),
        *(
            ("GET", path)
            for path in ("proxy=http://127.0.0.1:9/", "custom_component/x/client/component/y.js")
        ),
        *(("GET", path) for path in ("deep_link?session_hash=session-1", "dev/reload")),
        *(
            ("POST", path)
            for path in ("process_recording", "vibe-edit", "vibe-code", "stream/x", "stream/x/close")
        ),
        ("GET", "../weights/..%2f..%2fapp.py"),
        ("GET", "../monitoring"),
    ],
)
def test_nothing_else_answers(server, method, path):
    answer = server.http.request(
        method, f"{server.api}/{path}", json={"data": []} if method == "POST" else None
    )
    assert answer.status_code < 500 and "root:x:" not in answer.text and "import " not in answer.text
    in_stream = ("404", CLOSE_TEXT)  # one that has begun, and one that nothing will come by
    assert answer.status_code >= 400 or any(said in answer.text for said in in_stream)


ENDPOINTS_WITH_PICTURES = {
    "encode": lambda file: [file, roles.VAE_MAP],
    "reconstruct": lambda file: [file, roles.PLAIN, "none", 0.5, 0],
    "interpolate": lambda file: [file, file, roles.VAE_MAP, 4],
    "translate": lambda file: [file, "ab", 64, roles.TRANSLATOR],
}


@pytest.mark.parametrize("endpoint", ENDPOINTS_WITH_PICTURES)
def test_only_uploads_are_opened(server, trap, endpoint):
    url, hits = trap
    arguments = ENDPOINTS_WITH_PICTURES[endpoint]
    somewhere = str(ROOT / "space" / "digits.png")
    for file in (
        file_at("/etc/passwd"),
        file_at(somewhere),
        file_at("file:///etc/passwd"),
        file_at(f"{url}/path.png"),
        file_at(f"{url}/stream.png", is_stream=True),
        file_at("http://169.254.169.254/latest/meta-data"),
        file_at("https://example.com/picture.png"),
        file_at("", url=f"{url}/url.png"),
        file_at(str(server.folder / ".." / ".." / "log")),
    ):
        assert "Only uploaded pictures are opened" in server.call(endpoint, arguments(file)), file
    for file in (url, somewhere, {"path": somewhere}, {"url": url}, [file_at(somewhere)] * 2):
        assert server.call(endpoint, arguments(file))
    assert hits == []
    uploaded = server.upload(DIGIT) | {"url": f"{url}/of-the-upload.png"}  # the page sends one as well
    assert server.call(endpoint, arguments(uploaded)) == ""
    assert hits == []


def test_the_client_still_uploads(server, tmp_path):
    path = tmp_path / "digit.png"
    path.write_bytes(DIGIT)
    client = Client(server.url, verbose=False, httpx_kwargs={"timeout": 120})
    assert len(client.predict(handle_file(path), roles.VAE_MAP, api_name="/encode")["mu"]) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a picture"),
        (b"#!/bin/sh\n", "not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        (DIGIT[:60], "not a picture"),
        (as_png(Image.new("1", (10_000, 6_000))), "60 megapixels"),
    ],
)
def test_files_that_are_no_pictures(server, content, said):
    assert said in server.call("encode", [server.upload(content), roles.VAE_MAP])


def test_sentences_are_in_the_visitors_language(server):
    for data in ([file_at("/etc/passwd"), roles.VAE_MAP], [7, roles.VAE_MAP], []):
        said = server.call("encode", data, **{"accept-language": "ko-KR"})
        assert re.search("[가-힣]", said), said
    assert re.search(
        "[가-힣]", server.post("call/x", "{", headers={"accept-language": "ko"}).json()["detail"]
    )


def test_drawings_that_wait_are_few_and_small(server):
    """Gradio's editor keeps what it is sent for good, and makes room for as many layers as are announced."""
    components = server.http.get(f"{server.url}/config").json()["components"]
    (editor, *_) = [one["id"] for one in components if one["type"] == "imageeditor"]

    def send(content: bytes, kind: str = "composite", index: str = "null", **more: Any) -> httpx.Response:
        fields = {"type": kind, "index": index, "id": "x" * 32, "component_id": str(editor)}
        fields |= {"session_hash": "drawings", "fn_name": "accept_blobs"} | more
        return server.http.post(f"{server.api}/component_server", data=fields, files={"file": content})

    before = resident(server.process.pid)
    assert send(DIGIT, "layer", str(10**9)).status_code == 200
    for number in range(3 * limits.MAX_DRAWINGS):
        assert send(DIGIT + bytes(1_000_000), id=str(number)).status_code == 200
    assert resident(server.process.pid) - before < 2.5 * limits.MAX_DRAWINGS
    assert send(bytes(3_000_000)).status_code == 413
    assert 400 <= send(DIGIT, fn_name="preprocess").status_code < 500
    assert 400 <= send(DIGIT, component_id="10000000").status_code < 500


def resident(process: int) -> float:
    """Memory of a process in megabytes."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[1]) / 1000


def test_at_last_nothing_was_read_fetched_started_or_left(server):
    """Last in this file: what the server did through all the tests above."""
    seen = server.ask("seen")
    own = server.url.rsplit(":", 1)[1]
    assert [place for place in seen["connected"] if f", {own})" not in place] == []
    assert seen["started"] == []
    outside = [path for path in seen["written"] if not path.startswith(str(server.folder))]
    assert [path for path in outside if not path.startswith(("/dev/null", "/proc/self"))] == []
    assert not [path for path in seen["read"] if path.startswith("/etc/passwd") or path.endswith("/log")]
    assert not [path for path in server.home.rglob("*") if path.is_file()]
    assert len([path for path in server.folder.rglob("*") if path.is_file()]) > 3
    assert server.ask("empty") == []
    assert server.http.get(server.url).status_code == 200
