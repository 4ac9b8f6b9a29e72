"""A small app whose calls wait until a test lets them in, and readers of its streams of answers."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

import gradio as gr
import httpx
from starlette.middleware import Middleware

from space.host.launch import lifespan
from space.host.page_cache import PageCache
from space.host.queue import use_fair_queue
from space.host.streams import Streams
from space.page.handlers import LIGHT
from space.page.words import i18n
from tests.processes import PATIENCE


class Door:
    """A small app whose one handler waits until the test opens the door."""

    def __init__(self) -> None:
        self.open, self.entered, self.http = threading.Event(), [], httpx.Client(timeout=PATIENCE)

        def enter(name: str) -> str:
            self.entered.append(name)
            assert self.open.wait(PATIENCE)
            return f"hello {name}"

        with gr.Blocks() as self.demo:
            name, answer = gr.Textbox("me", label="name"), gr.Textbox(label="answer")
            knock = {"api_name": "enter", "concurrency_id": "heavy", "concurrency_limit": 1}
            gr.Button("knock", elem_id="knock").click(enter, name, answer, **knock)
        use_fair_queue(self.demo, {"light": 9, "files": 9, "heavy": 3}, LIGHT)
        _, url, _ = self.demo.launch(
            prevent_thread_lock=True,
            quiet=True,
            i18n=i18n,
            app_kwargs={
                "middleware": [Middleware(PageCache), Middleware(Streams)],
                "lifespan": lifespan,
            },
        )
        self.url = url.rstrip("/")

    def knock(
        self, name: str, session: str | None = None, language: str = "", address: str = ""
    ) -> httpx.Response:
        """Call the handler, without waiting for it; `address`: what a proxy says of the caller's."""
        body = {"data": [name]} | ({"session_hash": session} if session else {})
        headers = {"accept-language": language} | ({"x-forwarded-for": address} if address else {})
        return self.http.post(f"{self.url}/gradio_api/call/enter", json=body, headers=headers)

    def answer(self, knocked: httpx.Response) -> str:
        url = f"{self.url}/gradio_api/call/enter/{knocked.json()['event_id']}"
        return json.loads(self.http.get(url).text.rpartition("data: ")[2])[0]

    def wait_until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end
            time.sleep(0.01)

    def waiting(self) -> int:
        return len(self.demo._queue)


def fill(door: Door) -> list[httpx.Response]:
    """Let one call start and three wait, each of another visitor."""
    inside = door.knock("first", "first")
    door.wait_until(lambda: door.entered == ["first"])
    return [inside, *(door.knock(name, name) for name in ("a", "b", "c"))]


@contextmanager
def stream(door: Door, session: str) -> Iterator[Iterator[dict[str, Any]]]:
    """The messages of a stream of answers, as a page reads it."""
    url = f"{door.url}/gradio_api/queue/data?session_hash={session}"
    with httpx.stream("GET", url, headers={"sec-fetch-mode": "cors"}, timeout=PATIENCE) as response:
        yield (json.loads(line.removeprefix("data: ")) for line in response.iter_lines() if line)


def read(messages: Iterator[dict[str, Any]]) -> list[str]:
    """The answers of a stream up to its end."""
    ended = takewhile(lambda message: message["msg"] != "close_stream", messages)
    return [message["output"]["data"][0] for message in ended if message["msg"] == "process_completed"]
