"""The streams that bring a page its answers: none gets lost, and a visitor who leaves is forgotten."""

import asyncio
import json
import re
from contextlib import suppress

from gradio.server_messages import CloseStreamMessage, HeartbeatMessage
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from space.text.refusals import Problem

PATH = "/queue/data"
"""the end of every path that a stream is read at"""
ANSWER = re.compile("/call/(v2/)?[^/]+/(?P<event_id>[^/]+)/?$")
"""a path that the answer to one call is read at; a call is posted to a shorter one"""
CLOSE = CloseStreamMessage()
CLOSE_TEXT = f"data: {CLOSE.model_dump_json()}\n\n"
"""the last message of a stream, as it is sent"""
LONGEST_CLOSE = 200
"""bytes: a longer message is an answer and is not looked into"""


class Streams:
    """ASGI middleware around the streams by which pages get their answers.

    A page reads one stream at a time. Gradio ends the stream after the last answer that is due, and the page
    learns of it later. A call that the page makes in between would count on the old stream and never be
    answered, so `FairQueue.push` makes it wait until the page has closed that stream. The other way round, a
    page that learns late that its call was accepted may open a stream on which nothing will come. Such a
    stream ends at once.

    Gradio notices a visitor who leaves only between two messages. In the middle of one it would forget to
    cancel a task, which then wakes up every 15 seconds for good. So this wakes Gradio up first.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        request, queue = Request(scope), scope["app"].get_blocks()._queue
        answer = ANSWER.search(scope["path"])
        if answer and not queue.waits_for(answer["event_id"]):
            text = Problem("no_answer").said(request.headers.get("accept-language", ""))
            await JSONResponse({"detail": text}, 404)(scope, receive, send)
            return
        if not scope["path"].endswith(PATH):
            await self.app(scope, receive, send)
            return
        session = request.query_params.get("session_hash", "")
        if not queue.pending_event_ids_session.get(session):
            await Response(CLOSE_TEXT, media_type="text/event-stream")(scope, receive, send)
            return
        gone = asyncio.Event()

        async def receive_until_gone() -> Message:
            """As `receive`, but the call in which the visitor leaves never returns; the next one tells."""
            if not gone.is_set():
                message = await receive()
                if message["type"] != "http.disconnect":
                    return message
                gone.set()
                if session in queue.pending_messages_per_session and session not in queue.ending:
                    # any message makes Gradio call again now and not at its next one
                    queue.pending_messages_per_session[session].put_nowait(HeartbeatMessage())
                await asyncio.Future()
            return {"type": "http.disconnect"}

        async def send_and_note_the_end(message: Message) -> None:
            if is_close(message.get("body", b"")) and "sec-fetch-mode" in request.headers:  # a browser closes
                queue.ending[session] = gone
            elif queue.ending.get(session) is gone and not message.get("more_body"):
                await queue.until_let_go(session)
            await send(message)

        try:
            await self.app(scope, receive_until_gone, send_and_note_the_end)
        finally:
            gone.set()
            if queue.ending.get(session) is gone:
                del queue.ending[session]


def is_close(body: bytes) -> bool:
    """Whether a piece of a stream says that the stream ends."""
    if len(body) > LONGEST_CLOSE or not body.startswith(b"data: "):
        return False
    with suppress(ValueError):  # a piece that is no whole message
        message = json.loads(body.removeprefix(b"data: "))
        return isinstance(message, dict) and message.get("msg") == CLOSE.msg
    return False
