"""Many visitors on real servers: turns, refusals and the way back, and what is kept of a call."""

import asyncio
import gc
import gzip
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.utils import QueueError
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from space import app
from space.host import serving, temporary
from space.page.components import Drawing, PictureFile
from space.page.handlers import FILES, HEAVY, LIGHT, MAX_WAITING
from space.page.words import i18n
from space.text import TEXT
from space.text.limits import TEMPORARY_SECONDS
from tests.processes import ROOT

GROUPS = {group["concurrency_id"]: group["concurrency_limit"] for group in (LIGHT, FILES, HEAVY)}


@pytest.fixture(scope="module")
def lab() -> gr.Blocks:
    demo = app.build()
    serving.prepare(demo, MAX_WAITING, LIGHT)
    return demo


def test_every_event_belongs_to_a_group_that_has_a_limit(lab):
    assert set(GROUPS) == set(MAX_WAITING)
    events = [fn for fn in lab.fns.values() if fn.fn is not None]
    assert len(events) > 30
    for fn in events:
        assert fn.concurrency_limit == GROUPS[fn.concurrency_id], fn.name


def test_the_endpoints_are_in_the_group_of_what_they_cost(lab):
    public = {fn.api_name: fn.concurrency_id for fn in lab.fns.values() if fn.api_visibility == "public"}
    assert public == {
        **dict.fromkeys(("decode", "models"), "light"),
        **dict.fromkeys(("encode", "reconstruct", "interpolate"), "files"),
        **dict.fromkeys(("manifold", "generate", "timeline", "translate"), "heavy"),
    }


def test_no_light_event_reads_files_or_computes_for_long(lab):
    for fn in lab.fns.values():
        if fn.fn is not None and fn.concurrency_id == "light":
            assert not any(isinstance(block, Drawing | PictureFile) for block in fn.inputs), fn.name
            module = fn.fn.__module__.rpartition(".")[2]
            assert (module, fn.fn.__name__) not in {("generate", "show"), ("translate", "show")}


def event(who: str, number: int) -> Any:
    """A call of a session."""
    return SimpleNamespace(session_hash=who, _id=number, request=None)


@given(st.text("abc", max_size=30))
def test_visitors_take_turns_and_keep_their_own_order(callers):
    waiting = [event(who, number) for number, who in enumerate(callers)]
    serving.take_turns(waiting)
    assert Counter(one.session_hash for one in waiting) == Counter(callers)
    for who in set(callers):
        own = [one._id for one in waiting if one.session_hash == who]
        assert own == sorted(own)
    seen: Counter[str] = Counter()
    turns = []
    for one in waiting:
        seen[one.session_hash] += 1
        turns.append(seen[one.session_hash])
    assert turns == sorted(turns)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({}, "10.0.0.1"), ({"x-forwarded-for": "192.0.2.7, 10.0.0.9"}, "192.0.2.7")],
)
def test_a_call_outside_a_session_is_known_by_its_address(headers, expected):
    request = SimpleNamespace(headers=headers, client=SimpleNamespace(host="10.0.0.1"))
    assert serving.visitor(SimpleNamespace(session_hash="1", _id="1", request=request)) == expected


class Door:
    """A small app whose one handler waits until the test opens the door."""

    def __init__(self) -> None:
        self.open, self.entered = threading.Event(), []

        def enter(name: str) -> str:
            self.entered.append(name)
            assert self.open.wait(60)
            return f"hello {name}"

        with gr.Blocks() as self.demo:
            name, answer = gr.Textbox("me", label="name"), gr.Textbox(label="answer")
            knock = {"api_name": "enter", "concurrency_id": "heavy", "concurrency_limit": 1}
            gr.Button("knock", elem_id="knock").click(enter, name, answer, **knock)
        _, url, _ = self.demo.launch(
            prevent_thread_lock=True,
            quiet=True,
            i18n=i18n,
            app_kwargs={
                "middleware": [Middleware(serving.PageCache), Middleware(serving.Streams)],
                "lifespan": serving.lifespan,
            },
            **serving.prepare(self.demo, {"light": 9, "files": 9, "heavy": 3}, LIGHT),
        )
        self.url = url.rstrip("/")

    def knock(self, name: str, session: str | None = None, language: str = "") -> httpx.Response:
        """Call the handler, without waiting for it."""
        body = {"data": [name]} | ({"session_hash": session} if session else {})
        url = f"{self.url}/gradio_api/call/enter"
        return httpx.post(url, json=body, headers={"accept-language": language})

    def answer(self, knocked: httpx.Response) -> str:
        url = f"{self.url}/gradio_api/call/enter/{knocked.json()['event_id']}"
        return json.loads(httpx.get(url, timeout=60).text.rpartition("data: ")[2])[0]

    def wait_until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + 30
        while not true():
            assert time.monotonic() < end
            time.sleep(0.01)

    def waiting(self) -> int:
        return len(self.demo._queue)


@pytest.fixture
def door(monkeypatch) -> Iterator[Door]:
    monkeypatch.setattr(serving, "MAX_WAITING_EACH", 2)
    door = Door()
    yield door
    door.open.set()
    door.demo.close()


def fill(door: Door) -> list[httpx.Response]:
    """One call within, three before the door, each of another visitor."""
    inside = door.knock("first", "first")
    door.wait_until(lambda: door.entered == ["first"])
    return [inside, *(door.knock(name, name) for name in ("a", "b", "c"))]


def test_a_full_queue_says_so_in_the_visitors_language_and_recovers(door):
    knocked = fill(door)
    assert [one.status_code for one in knocked] == [200] * 4
    for language, text in zip(("en-US", "ko-KR,ko;q=0.9"), TEXT["problem.busy"]):
        refused = door.knock("d", "d", language)
        assert refused.status_code == 429 and refused.json() == {"detail": text}
        assert int(refused.headers["retry-after"]) > 0
    with pytest.raises(QueueError, match="Queue is full"):
        Client(door.url, verbose=False).predict("d", api_name="/enter")
    assert door.waiting() == 3

    door.open.set()
    assert [door.answer(one) for one in knocked] == ["hello first", "hello a", "hello b", "hello c"]
    assert door.answer(door.knock("d", "d")) == "hello d"


def test_one_visitor_cannot_fill_the_queue_and_others_come_between(door):
    door.knock("first", "first")
    door.wait_until(lambda: door.entered == ["first"])
    many = [door.knock(f"many {number}", "many", "en") for number in range(5)]
    assert [one.status_code for one in many] == [200, 200, 429, 429, 429]
    assert many[2].json()["detail"] == TEXT["problem.too_many_calls"][0].format(most=2)
    other = door.knock("other", "other")
    door.open.set()
    assert door.answer(other) == "hello other"
    door.answer(many[1])
    assert door.entered == ["first", "many 0", "other", "many 1"]


def test_calls_without_a_session_leave_nothing_behind(door):
    door.open.set()
    queue, holder = door.demo._queue, door.demo.state_holder
    for number in range(12):
        assert door.answer(door.knock(f"{number}")) == f"hello {number}"
    assert door.answer(door.knock("me", "mine")) == "hello me"
    door.wait_until(lambda: not queue.event_ids_to_events)
    assert set(holder.session_data) == set(holder.time_last_used) == {"mine"}
    assert len(queue.pending_event_ids_session) <= 3 and len(queue.pending_messages_per_session) <= 3


def test_an_answer_that_nobody_fetches_is_kept_until_gradio_forgets_it(door):
    door.open.set()
    late = door.knock("late")
    door.wait_until(lambda: "late" in door.entered)
    for number in range(9):
        door.answer(door.knock(f"{number}"))
    assert door.answer(late) == "hello late"


def test_no_call_passes_the_queue(door):
    refused = httpx.post(f"{door.url}/gradio_api/run/enter", json={"data": ["me"], "session_hash": "mine"})
    assert refused.status_code == 404 and door.entered == []


@contextmanager
def stream(door: Door, session: str) -> Iterator[Iterator[dict[str, Any]]]:
    """The messages of a stream of answers, as a page reads it."""
    url = f"{door.url}/gradio_api/queue/data?session_hash={session}"
    with httpx.stream("GET", url, headers={"sec-fetch-mode": "cors"}, timeout=60) as response:
        yield (json.loads(line.removeprefix("data: ")) for line in response.iter_lines() if line)


def read(messages: Iterator[dict[str, Any]]) -> list[str]:
    """The answers of a stream up to its end."""
    ended = takewhile(lambda message: message["msg"] != "close_stream", messages)
    return [message["output"]["data"][0] for message in ended if message["msg"] == "process_completed"]


def test_a_call_waits_until_its_page_has_let_go_of_a_stream_that_ended(door, monkeypatch):
    monkeypatch.setattr(serving, "LET_GO_SECONDS", 60)
    door.open.set()
    door.knock("first", "page")
    with ThreadPoolExecutor() as pool:
        with stream(door, "page") as messages:
            assert read(messages) == ["hello first"]
            second = pool.submit(door.knock, "second", "page")
            assert door.answer(door.knock("other", "another page")) == "hello other"
            assert not wait([second], 0.5).done and "second" not in door.entered
        assert second.result(10).status_code == 200
    with stream(door, "page") as messages:
        assert read(messages) == ["hello second"]
    door.wait_until(lambda: not door.demo._queue.ending)


def test_a_page_that_keeps_its_stream_is_not_waited_for_long(door, monkeypatch):
    monkeypatch.setattr(serving, "LET_GO_SECONDS", 0.2)
    door.open.set()
    door.knock("first", "page")
    with stream(door, "page") as messages:
        assert read(messages) == ["hello first"]
        assert door.knock("second", "page").status_code == 200
    with stream(door, "page") as messages:
        assert read(messages) == ["hello second"]


def test_a_stream_that_nothing_will_come_by_ends_at_once(door):
    with stream(door, "nobody") as messages:
        assert [message["msg"] for message in messages] == ["close_stream"]
    door.open.set()
    assert door.answer(door.knock("first", "page")) == "hello first"
    with stream(door, "page") as messages:
        assert [message["msg"] for message in messages] == ["close_stream"]


def heartbeats() -> list[asyncio.Task]:
    tasks = [one for one in gc.get_objects() if type(one) is asyncio.Task and not one.done()]
    return [one for one in tasks if "heartbeat" in one.get_coro().__qualname__]


def test_who_leaves_in_the_middle_leaves_nothing_behind(door):
    door.knock("first", "one")
    door.wait_until(lambda: door.entered == ["first"])
    door.knock("second", "two")
    before = len(heartbeats())
    for session in ("one", "two"):
        with stream(door, session) as messages:
            assert next(messages)["msg"] == "estimation" and len(heartbeats()) == before + 1
        door.wait_until(lambda: len(heartbeats()) == before)
    assert door.waiting() == 0  # the second one's turn never comes
    door.open.set()


@pytest.mark.browser
@pytest.mark.parametrize("page", [{"locale": "ko-KR"}], indirect=True)
def test_the_page_shows_the_sentence(page: Page, door):
    fill(door)
    page.goto(door.url)
    page.locator("#knock").click()
    expect(page.locator(".toast-body")).to_contain_text(TEXT["problem.busy"][1], timeout=30_000)
    door.open.set()
    door.wait_until(lambda: door.waiting() == 0)
    page.locator("#knock").click()
    expect(page.get_by_label("answer")).to_have_value("hello me", timeout=30_000)


class Origin:
    """An app behind a `PageCache`, which counts what it is asked."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.size = 2000

        def answer(request: Any) -> Response:
            self.asked[request.url.path] += 1
            found = 404 if "missing" in request.url.path else 200
            return Response(f"{request.base_url} " + "x" * self.size, found, {"x-origin": "yes"}, "text/html")

        routes = [Route("/", answer), Route("/{path:path}", answer)]
        self.client = TestClient(Starlette(routes=routes, middleware=[Middleware(serving.PageCache)]))

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


@pytest.mark.parametrize(
    "path", ["/?deep_link=abc", "/?page=other", "/gradio_api/info", "/assets/missing.js"]
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
    monkeypatch.setattr(serving, "MAX_PAGE_BYTES", 3 * len(gzip.compress(b"x" * 2000)))
    origin = Origin()
    for number in range(8):
        origin.get(f"/assets/{number}.js")
    origin.get("/assets/7.js")
    origin.get("/assets/0.js")
    assert origin.asked["/assets/7.js"] == 1 and origin.asked["/assets/0.js"] == 2


def test_old_files_of_visitors_go_and_those_of_the_page_stay(tmp_path, monkeypatch):
    monkeypatch.setattr(temporary, "FOLDER", tmp_path)
    monkeypatch.setattr(temporary, "_used_bytes", 0)
    monkeypatch.setattr(temporary, "_swept", 0.0)
    old, new, own, gone = (tmp_path / name for name in ("old", "new", "own", "gone"))
    for path in (old, own):
        path.write_text("")
    new.write_text("")
    files = {str(path) for path in (old, new, own, gone)}
    demo = SimpleNamespace(
        blocks={1: SimpleNamespace(keep_in_cache={str(own)}), 2: SimpleNamespace()}, temp_file_sets=[files]
    )
    temporary.sweep(temporary.kept_files(demo))
    temporary.forget(demo)
    assert old.exists() and new.exists() and files == {str(path) for path in (old, new, own)}
    monkeypatch.setattr(temporary, "TEMPORARY_SECONDS", -5)
    temporary.sweep(temporary.kept_files(demo))
    temporary.forget(demo)
    assert not old.exists() and not new.exists() and own.exists()
    assert files == {str(own)}


def test_files_of_the_page_stay_where_a_link_leads_to_the_folder(tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "link"))
    folder = temporary.own_folder()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    monkeypatch.setattr(temporary, "FOLDER", folder)
    monkeypatch.setattr(temporary, "_used_bytes", 0)
    monkeypatch.setattr(temporary, "_swept", 0.0)
    monkeypatch.setattr(temporary, "TEMPORARY_SECONDS", -5)
    with gr.Blocks() as demo:
        gr.Image(np.zeros((9, 9), np.uint8))
    (own,) = temporary.kept_files(demo)
    temporary.sweep(temporary.kept_files(demo))
    assert Path(own).exists()


def test_the_docs_tell_the_limits():
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    for name, at_once in GROUPS.items():
        assert re.search(rf"^\| {name} .*\| {at_once} \| {MAX_WAITING[name]} \|$", text, re.MULTILINE)
    assert f"{serving.MAX_WAITING_EACH} calls of one may wait" in text
    assert f"{serving.MAX_SESSIONS} sessions" in text and TEMPORARY_SECONDS == 3600
