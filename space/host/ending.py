"""The end of the app by SIGTERM, a closed terminal or Ctrl-C: in order, and within seconds.

Running calls get `GRACE_SECONDS` to finish. Then every open answer ends with a sentence, temporary files go,
and the process ends at once. Python's own end would wait for threads that compute, or cut them off in the
middle of torch, which the C++ library answers with 'terminate called without an active exception'.
"""

import asyncio
import atexit
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Timer
from types import FrameType
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from space.text.refusals import Problem

GRACE_SECONDS = 3.0
"""how long running calls may go on"""
CLOSING_SECONDS = 2.0
"""how long the answers that then are open may take to end"""

_requests: set[asyncio.Task] = set()
_closing = False
_serving: tuple[Any, asyncio.AbstractEventLoop] | None = None


class Ending:
    """ASGI middleware, the outermost: an answer that is open when the app ends gets its last words."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        task, kind = asyncio.current_task(), None

        async def note(message: Message) -> None:
            nonlocal kind
            if message["type"] == "http.response.start":
                kind = dict(message["headers"]).get(b"content-type", b"")
            await send(message)

        _requests.add(task)
        try:
            await self.app(scope, receive, note)
        except asyncio.CancelledError:
            if not _closing:
                raise
            task.uncancel()
            text = Problem("ending").said(Request(scope).headers.get("accept-language", ""))
            if kind is None:
                await JSONResponse({"detail": text}, 503, {"retry-after": "30"})(scope, receive, send)
            elif kind.startswith(b"text/event-stream"):
                body = last_words(scope["path"], text).encode()
                await send({"type": "http.response.body", "body": body})
        finally:
            _requests.discard(task)


def last_words(path: str, text: str) -> str:
    """The last message of a stream, as whoever reads it expects one."""
    if path.endswith("/queue/data"):
        message = {"msg": "unexpected_error", "message": text, "success": False}
        return f"data: {json.dumps(message)}\n\n" + 'data: {"msg": "close_stream"}\n\n'
    return f"event: error\ndata: {json.dumps(text)}\n\n" if "/call/" in path else ""


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[None]:
    """A lifespan of Gradio's `app`: remembers what a signal has to end."""
    global _serving
    _serving = app.get_blocks(), asyncio.get_running_loop()
    yield
    _serving = None


def end_on_signals() -> None:
    """From now on SIGTERM, SIGHUP and Ctrl-C end the process in order; a second signal ends it at once."""
    for number in (signal.SIGTERM, signal.SIGINT, getattr(signal, "SIGHUP", None)):
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup sets it
            signal.signal(number, _end)


def _end(number: int, frame: FrameType | None) -> None:
    for again in (signal.SIGTERM, signal.SIGINT):
        signal.signal(again, lambda number, _: os._exit(128 + number))
    guard = Timer(GRACE_SECONDS + 2 * CLOSING_SECONDS, os._exit, (0,))  # whatever hangs
    guard.daemon = True
    guard.start()
    server = getattr(_serving[0], "server", None) if _serving else None
    if server:
        blocks, loop = _serving
        with suppress(RuntimeError):  # the loop has ended by itself
            loop.call_soon_threadsafe(blocks.server_app.stop_event.set)  # heartbeats of idle pages
            server.should_exit = True  # closes the port and idle connections
            server.thread.join(GRACE_SECONDS)
            loop.call_soon_threadsafe(_close_answers)
            server.thread.join(CLOSING_SECONDS)
    atexit._run_exitfuncs()  # deletes the temporary files
    with suppress(OSError):  # of a terminal that is gone
        sys.stdout.flush()
    os._exit(0 if server else 128 + number)


def _close_answers() -> None:
    global _closing
    _closing = True
    for task in list(_requests):
        task.cancel()
