"""Every request before Gradio gets it: one that is too large or to a closed route is refused.

Where Gradio fails on a request, that is a 500 with one sentence, and the log has the traceback.
"""

import logging
from asyncio import timeout
from collections.abc import Sequence
from time import monotonic

import gradio as gr
from anyio.to_thread import run_sync
from starlette._utils import get_route_path
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from space.host import patience
from space.host.calls import STATUS, status_of
from space.host.open_routes import SIZES, open_route
from space.host.temporary_files import kept_files, make_room, take_room
from space.host.wrong_requests import checked, comes_from_nowhere, names_nothing
from space.text import limits
from space.text.refusals import Problem

logger = logging.getLogger(__name__)

ENVELOPE_BYTES = 10_000
"""what a form adds to the file in it"""


class Refused(MultiPartException):
    """A request that is not answered, with the HTTP status and the `Problem` that say why.

    A `MultiPartException`, so that Starlette deletes the partly received upload.
    """

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(str(problem))
        self.status, self.problem = status, problem


class Guard:
    """ASGI middleware around Gradio. Open are the routes of `OPEN` and `routes`, those of the app itself."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute] = ()) -> None:
        self.app, self.routes = app, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # Gradio has none
            await WebSocketClose()(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, started, whole = Request(scope), False, False
        window, seconds = patience.WINDOW_BYTES, patience.WINDOW_SECONDS
        refused: Refused | None = None

        async def receive_within_limit() -> Message:
            nonlocal room, refused, whole, seconds, window
            if whole:
                return await receive()
            began = monotonic()
            try:
                async with timeout(seconds):
                    message = await receive()
            except TimeoutError:
                refused = Refused(408, Problem("too_slow"))
                raise refused from None
            size, whole = len(message.get("body", b"")), not message.get("more_body")
            room, window, seconds = room - size, window - size, seconds - (monotonic() - began)
            if window <= 0:
                window, seconds = patience.WINDOW_BYTES, patience.WINDOW_SECONDS
            if room < 0:
                refused = Refused(413, Problem("too_large", most=limit))
            elif message["type"] == "http.disconnect" and route in SIZES:  # what has come of it is deleted
                refused = Refused(400, Problem("request"))
            elif route in SIZES and not await self.takes(size, scope):
                refused = Refused(503, Problem("disk_full"))
            if refused:
                raise refused
            return message

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                if refused:  # Gradio's answer is to a body that was cut off
                    raise refused
                started = True
                if message["status"] == 500:  # a call that passed the queue
                    message["status"] = scope.get(STATUS, 500)
            await send(message)

        async def say_so(status: int, problem: Problem) -> None:
            text = problem.said(request.headers.get("accept-language", ""))
            headers = {"connection": "close"} if status == 408 else None
            await JSONResponse({"detail": text}, status, headers)(scope, receive, send)

        try:
            route, limit = await self.admit(request)
            room = limit
            checked_receive = await checked(route, Request(scope, receive_within_limit))
            if checked_receive is None:
                raise Refused(400, Problem("request"))
            await self.app(scope, checked_receive, answer)
        except ClientDisconnect:
            pass
        except Refused as refusal:
            if not started:
                await say_so(refusal.status, refusal.problem)
        except Exception as error:
            wrong = isinstance(error, gr.Error) and status_of(error) < 500  # of a server function
            if not wrong:
                logger.exception("%s %.200r failed", request.method, request.url.path)
            if started:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            elif isinstance(error, gr.Error):
                await JSONResponse({"detail": str(error.message)}, status_of(error))(scope, receive, send)
            else:
                await say_so(500, Problem("internal"))

    async def admit(self, request: Request) -> tuple[str | None, int]:
        """The route of a request, as in `OPEN`, and how many bytes it may have; raises `Refused`."""
        scope, size = request.scope, request.headers.get("content-length", "")
        route = open_route(request.method, get_route_path(scope))
        if route is None and all(own.matches(scope)[0] is not Match.FULL for own in self.routes):
            raise Refused(404, Problem("closed"))
        if names_nothing(route, request):
            raise Refused(404, Problem("closed"))
        if route and comes_from_nowhere(request):  # only Gradio reads these headers
            raise Refused(400, Problem("request"))
        limit = SIZES[route] + ENVELOPE_BYTES if route in SIZES else limits.MAX_REQUEST_BYTES
        if size.isdecimal() and int(size[:20]) > limit:
            raise Refused(413, Problem("too_large", most=limit))
        if route in SIZES and not await self.fits(int(size) if size.isdecimal() else limit, scope):
            raise Refused(503, Problem("disk_full"))
        return route, limit

    async def fits(self, size: int, scope: Scope) -> bool:
        """Whether so many bytes have room. An upload that is announced takes none before it comes."""
        blocks = scope["app"].get_blocks()
        return await run_sync(make_room, size, lambda: kept_files(blocks))

    async def takes(self, size: int, scope: Scope) -> bool:
        """Whether bytes that came have found room."""
        return take_room(size) or (await self.fits(size, scope) and take_room(size))
