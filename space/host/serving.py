"""How a small machine serves many visitors: who waits for whom, who is turned away, what is not done twice.

Gradio makes no such choices. Its queue is first come, first served, so that one script can fill it for all;
it builds the page anew for each visitor; and it keeps a copy of the configuration of the whole page, 600 kB,
for each of 10,000 sessions, and each call of the API is one. What is changed here reaches into `Queue` and
`StateHolder` of the very Gradio in requirements.txt; `python -m training.bench.load_test` measures the
gain.

Gradio's `batch=True` would answer 1.5 times as many /decode, but one wrong call would be an error for all in
its batch, so that it is not used.
"""

import asyncio
import gzip
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from hashlib import blake2b
from itertools import islice
from types import SimpleNamespace
from typing import Any

import gradio as gr
from anyio.to_thread import run_sync
from fastapi import HTTPException
from gradio.queueing import Event, Queue
from gradio.route_utils import get_fn, get_root_url
from gradio.server_messages import CloseStreamMessage, HeartbeatMessage
from gradio.state_holder import SessionState, StateHolder
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from space.host import temporary
from space.text.limits import MAX_SESSIONS, MAX_WAITING_EACH
from space.text.refusals import Problem

RETRY_SECONDS = 5
PAGES, SCRIPTS = ("/", "/config"), ("/assets/", "/static/")
"""what is the same for all: the page, its configuration, and paths that Gradio's scripts are under"""
MAX_PAGE_BYTES = 40_000_000
"""memory for these, gzipped; the page is kept under each address that it is reached by"""
LET_GO_SECONDS = 3.0
"""how long a call waits for its page to let go of a stream that has ended"""
CLOSE = f"data: {CloseStreamMessage().model_dump_json()}\n\n".encode()


def address(request: Request) -> str:
    """Where a request comes from; a Space is reached through a proxy, which says on whose behalf."""
    forwarded = request.headers.get("x-forwarded-for", "").split(",")[0].strip()
    return forwarded or (request.client.host if request.client else "")


def visitor(event: Event) -> str:
    """The session of a browser or of a `gradio_client`; the address where a plain HTTP call names none."""
    return address(event.request) if event.session_hash == event._id else event.session_hash


class FairQueue(Queue):
    """Gradio's queue, in which visitors take turns, and which says no in time, in the visitor's language."""

    def __init__(self, max_waiting: dict[str, int], **options: Any) -> None:
        """`max_waiting`: calls that may wait in each group, of all visitors together."""
        super().__init__(**options)
        self.max_waiting = max_waiting
        self.ending: dict[str, asyncio.Event] = {}
        """by session: set when the page lets go of a stream that has ended (`Streams`)"""

    async def push(self, body: Any, request: Request, username: str | None) -> Any:
        """Take in a call; 429 or, for `gradio_client`, 503 where too many wait already."""
        if body.session_hash in self.ending:
            await within(LET_GO_SECONDS, self.ending[body.session_hash])
        group = get_fn(self.blocks, None, body).concurrency_id
        who = body.session_hash or address(request)
        waiting = [event for queue in self.event_queue_per_concurrency_id.values() for event in queue.queue]
        if sum(event.concurrency_id == group for event in waiting) >= self.max_waiting[group]:
            raise refusal(Problem("busy"), request)
        if sum(visitor(event) == who for event in waiting) >= MAX_WAITING_EACH:
            raise refusal(Problem("too_many_calls", most=MAX_WAITING_EACH), request)
        answer = await super().push(body, request, username)
        take_turns(self.event_queue_per_concurrency_id[group].queue)
        self._forget_answered()
        return answer

    async def process_events(self, events: list[Event], *arguments: Any) -> None:
        """Answer calls; a call outside a session leaves no session behind."""
        await super().process_events(events, *arguments)
        for event in events:
            if event.session_hash == event._id:
                self.server_app.state_holder.session_data.pop(event._id, None)
                self.server_app.state_holder.time_last_used.pop(event._id, None)

    def _forget_answered(self) -> None:
        """Two of the sessions at a time: Gradio would keep a set for each one, and search all of them."""
        for session in list(islice(self.pending_event_ids_session, 2)):
            pending = self.pending_event_ids_session.pop(session)
            if pending and session in self.pending_messages_per_session:
                self.pending_event_ids_session[session] = pending  # to the end of the line
            else:
                self.pending_messages_per_session.pop(session, None)


def take_turns(waiting: list[Event]) -> None:
    """Sort calls so that everybody's first one comes before anybody's second one."""
    seen: Counter[str] = Counter()

    def turn(event: Event) -> int:
        seen[visitor(event)] += 1
        return seen[visitor(event)]

    waiting.sort(key=turn)  # stable: within a turn, first come, first served


def refusal(problem: Problem, request: Request) -> HTTPException:
    """What a visitor reads who must come back later.

    Gradio's page shows the sentence of any status but 503, for which it has an English one of its own;
    `gradio_client` knows 503 alone.
    """
    status = 503 if "gradio_client" in request.headers.get("user-agent", "") else 429
    sentence = problem.said(request.headers.get("accept-language", ""))
    return HTTPException(status, sentence, {"retry-after": str(RETRY_SECONDS)})


async def within(seconds: float, event: asyncio.Event) -> None:
    """Wait for the event, but not longer."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


class Streams:
    """ASGI middleware around the streams by which pages get their answers, so that none is lost.

    A page reads one stream at a time. Gradio ends it after the last answer that is due, of which the page
    learns later: a call that it makes meanwhile counts on the old stream, and would never be answered. Such
    a call waits (`FairQueue.push`) until the page has let go. The other way round, a page that learns late
    that its call was taken in opens a stream that nothing will come by; it is told so at once.

    And a visitor who leaves is gone for Gradio at its next look, not in the middle of it: there it forgets a
    task each time, which wakes up every 15 seconds for good.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith("/queue/data"):
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        session, queue = request.query_params.get("session_hash", ""), scope["app"].get_blocks()._queue
        if not queue.pending_event_ids_session.get(session):
            await Response(CLOSE, media_type="text/event-stream")(scope, receive, send)
            return
        gone = asyncio.Event()

        async def look() -> Message:
            """What is received; who waits for it when the visitor leaves waits on, the next look tells."""
            if not gone.is_set():
                message = await receive()
                if message["type"] != "http.disconnect":
                    return message
                gone.set()
                if session in queue.pending_messages_per_session and session not in queue.ending:
                    queue.pending_messages_per_session[session].put_nowait(HeartbeatMessage())  # that is now
                await asyncio.Future()
            return {"type": "http.disconnect"}

        async def pass_on(message: Message) -> None:
            if message.get("body") == CLOSE and "sec-fetch-mode" in request.headers:  # a browser lets go
                queue.ending[session] = gone
            elif queue.ending.get(session) is gone and not message.get("more_body"):
                await within(LET_GO_SECONDS, gone)
            await send(message)

        try:
            await self.app(scope, look, pass_on)
        finally:
            gone.set()
            if queue.ending.get(session) is gone:
                del queue.ending[session]


class PageCache:
    """ASGI middleware that asks Gradio once for the page, its configuration, and each of its scripts.

    Gradio needs 0.3 s of a core for the 0.7 MB of the page, which it does not compress; and every script it
    compresses anew for every visitor.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.pages: OrderedDict[tuple[str, str], Response] = OrderedDict()
        self.lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp = self.app
        if scope["type"] == "http" and (scope["path"] in PAGES or scope["path"].startswith(SCRIPTS)):
            request = Request(scope)
            if is_for_everybody(request):
                answer = packed_for(request, await self._ask(request, receive))
        await answer(scope, receive, send)

    async def _ask(self, request: Request, receive: Receive) -> Response:
        """The gzipped response to a request, from memory where it is known."""
        path = request.scope["path"]
        key = path, get_root_url(request, path, None) if path in PAGES else ""
        if key in self.pages:
            self.pages.move_to_end(key)
            return self.pages[key]
        async with self.lock:  # whoever asks the same meanwhile waits for the one answer
            if key not in self.pages:
                response = await call(self.app, request.scope, receive)
                response.body = await run_sync(partial(gzip.compress, response.body, 6, mtime=0))
                response.headers["content-length"] = str(len(response.body))
                response.headers["content-encoding"] = "gzip"
                response.headers["vary"] = "accept-encoding"
                if response.status_code != 200:
                    return response
                response.headers["etag"] = f'"{blake2b(response.body, digest_size=12).hexdigest()}"'
                self.pages[key] = response
            while sum(len(response.body) for response in self.pages.values()) > MAX_PAGE_BYTES:
                self.pages.popitem(last=False)
            return self.pages[key]


def is_for_everybody(request: Request) -> bool:
    """Whether the response depends on the path alone and, for the page, on the address of the app."""
    own = {"deep_link", "page"} & request.query_params.keys()
    return request.method == "GET" and "range" not in request.headers and not own


def packed_for(request: Request, response: Response) -> Response:
    """A gzipped response as the sender of the request can read it, or nothing if it has it already."""
    if response.headers.get("etag", "-") in request.headers.get("if-none-match", ""):
        kept = ("etag", "cache-control", "vary")
        return Response(status_code=304, headers={k: v for k, v in response.headers.items() if k in kept})
    if "gzip" in request.headers.get("accept-encoding", ""):
        return response
    headers = {k: v for k, v in response.headers.items() if k not in ("content-encoding", "content-length")}
    return Response(gzip.decompress(response.body), response.status_code, headers)


async def call(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """The whole response of an ASGI app."""
    status, headers, body = 500, Headers(), b""

    async def send(message: Message) -> None:
        nonlocal status, headers, body
        if message["type"] == "http.response.start":
            status, headers = message["status"], Headers(raw=message["headers"])
        elif message["type"] == "http.response.body":
            body += message.get("body", b"")

    await app(scope, receive, send)
    return Response(body, status, dict(headers))


class Session(SessionState):
    """What is remembered of a visitor: the values of `gr.State` and the components that events have changed.

    Gradio's also copies the configuration of the page and all that is shown on it, for `gr.DeepLinkButton`.
    """

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__(SimpleNamespace(default_config=blocks.default_config, blocks=()))

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


class Sessions(StateHolder):
    """All `Session`s."""

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        return super().__getitem__(session_id)


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """While the app runs: small sessions, and no files of visitors long gone."""
    demo = app.get_blocks()
    app.state_holder = Sessions()
    app.state_holder.set_blocks(demo)
    async with temporary.swept(app):
        yield


def prepare(demo: gr.Blocks, max_waiting: dict[str, int], default: dict[str, Any]) -> dict[str, Any]:
    """Make ready for many visitors; returns what is left to hand to `gr.Blocks.launch`.

    `max_waiting` goes to `FairQueue`; events that name none of its groups get the `default` one
    (`concurrency_id`, `concurrency_limit`).
    """
    demo.api_open = False  # else a POST to /gradio_api/run passes the queue
    for fn in demo.fns.values():
        if fn.concurrency_id not in max_waiting:
            fn.concurrency_id, fn.concurrency_limit = default["concurrency_id"], default["concurrency_limit"]
    demo._queue = FairQueue(
        max_waiting,
        live_updates=False,  # else every call that starts is a message to every one that waits
        concurrency_count=demo.max_threads,
        update_intervals=1,
        max_size=None,  # `push` sees to it
        blocks=demo,
    )
    return {"state_session_capacity": MAX_SESSIONS}
