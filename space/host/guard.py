"""What stands between Gradio and anybody's requests, which need not come from the page.

`Guard` sees every request before Gradio: what is too large or for a feature that the lab has not is refused,
and where Gradio fails on a request, one sentence goes out and one line into the log. `GuardedBlocks` sees
every call, by whatever route: no file but an upload is opened, no address is fetched, and what does not fit
the inputs of a call gets one sentence too.
"""

import logging
import re
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from anyio.to_thread import run_sync
from fastapi.exceptions import RequestValidationError
from gradio.exceptions import InvalidPathError
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from space.host import temporary
from space.text import limits
from space.text.refusals import Problem

logger = logging.getLogger(__name__)

ENVELOPE_BYTES = 10_000
"""what a form adds to the file in it"""
CLOSED = re.compile(
    r"/gradio_api/("
    r"file(=|/)[a-z][a-z0-9+.-]+:"  # Gradio would fetch the address and pass it on
    r"|proxy="  # of loaded Spaces, of which there are none
    r"|process_recording|deep_link|vibe-|undo-vibe-|stream/|dev/|custom_component/"  # not used, but open
    r")|/monitoring",
    re.IGNORECASE,
)
SIZES = (
    (re.compile(r"/gradio_api/upload/?$"), limits.MAX_UPLOAD_BYTES + ENVELOPE_BYTES),
    (re.compile(r"/gradio_api/component_server/?$"), limits.MAX_DRAWING_BYTES + ENVELOPE_BYTES),
    (re.compile(r"/gradio_api/mcp/"), limits.MAX_UPLOAD_BYTES * 4 // 3 + ENVELOPE_BYTES),  # in base64
)
"""which route takes how many bytes; any other takes MAX_REQUEST_BYTES"""


class Refused(MultiPartException):
    """A request that is not answered, with the HTTP status and the `Problem` that say why.

    By its class, what reads an upload takes away what had arrived of it.
    """

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(str(problem))
        self.status, self.problem = status, problem


class Guard:
    """ASGI middleware around Gradio."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, started = Request(scope), False
        refused: Refused | None = None

        async def count() -> Message:
            nonlocal room, refused
            message = await receive()
            room -= len(message.get("body", b""))
            if room < 0:
                refused = Refused(413, Problem("too_large", most=limit))
                raise refused
            return message

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                if refused:  # what Gradio made of it is an answer to a body cut off
                    raise refused
                started = True
                if message["status"] == 500:  # a gr.Error, said of a call past the queue
                    message["status"] = 400
            await send(message)

        async def say_so(status: int, problem: Problem) -> None:
            text = problem.said(request.headers.get("accept-language", ""))
            await JSONResponse({"detail": text}, status)(scope, receive, send)

        try:
            room = limit = await self.admit(request)
            await self.app(scope, count, answer)
        except Refused as refusal:
            if not started:
                await say_so(refusal.status, refusal.problem)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            logger.warning(
                "%s %.200r: %.200r in %s of %s",
                request.method,
                request.url.path,
                error,
                frame.name,
                frame.filename,
            )
            if started:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            elif isinstance(error, gr.Error):  # of a server function
                await JSONResponse({"detail": str(error.message)}, 400)(scope, receive, send)
            else:
                await say_so(400, Problem("request"))

    async def admit(self, request: Request) -> int:
        """How many bytes the request may have; raises `Refused`."""
        path, size = request.url.path, request.headers.get("content-length", "")
        if CLOSED.search(path):
            raise Refused(404, Problem("closed"))
        limit = next((most for route, most in SIZES if route.search(path)), limits.MAX_REQUEST_BYTES)
        if size.isdecimal() and int(size[:20]) > limit:
            raise Refused(413, Problem("too_large", most=limit))
        if limit > limits.MAX_REQUEST_BYTES and request.method == "POST":
            blocks = request.scope["app"].get_blocks()
            expected = int(size) if size.isdecimal() else limit
            if not await run_sync(temporary.make_room, expected, lambda: temporary.kept_files(blocks)):
                raise Refused(503, Problem("disk_full"))
        return limit


async def refuse_body(request: Request, error: RequestValidationError) -> JSONResponse:
    """In place of FastAPI's answer, which repeats the body, and fails where that holds NaN."""
    text = Problem("request").said(request.headers.get("accept-language", ""))
    return JSONResponse({"detail": text}, 422)


class GuardedBlocks(gr.Blocks):
    """A page whose calls, by any route, can be wrong in any way."""

    async def process_api(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As `gr.Blocks` does it, but every error is a `gr.Error` of one sentence, and none is logged as if
        it were a fault of the app."""
        headers = getattr(kwargs.get("request"), "headers", None) or {}
        accept_language = headers.get("accept-language", "")
        try:
            return await super().process_api(*args, **kwargs)
        except gr.Error as error:
            error.print_exception = False
            raise
        except Problem as problem:
            text = problem.said(accept_language)
        except Exception as error:
            logger.warning("a call failed: %.300r", error)
            text = Problem("request").said(accept_language)
        raise gr.Error(text, print_exception=False)

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], state: Any, explicit_call: bool = False
    ) -> list[Any]:
        """The values for the handler; `Problem` where they do not fit."""
        if not all(map(_is_uploaded, _paths(inputs))):  # Gradio looks at those alone that say they are files
            raise Problem("not_uploaded")
        for block, value in zip(block_fn.inputs, inputs):
            if isinstance(block, gr.Dropdown) and not block.multiselect and isinstance(value, list):
                raise Problem("request")
        try:
            return await super().preprocess_data(block_fn, inputs, state, explicit_call)
        except InvalidPathError as error:
            raise Problem("not_uploaded") from error
        except Exception as error:
            for block, value in zip(block_fn.inputs, inputs):
                if (
                    isinstance(block, gr.Slider)
                    and type(value) in (int, float)
                    and not block.minimum <= value <= block.maximum
                ):
                    least, most = block.minimum, block.maximum
                    raise Problem("range", value=value, least=least, most=most) from error
            if block_fn.api_visibility != "public":
                raise Problem("request") from error
            names = ", ".join(str(block.label) for block in block_fn.inputs)
            raise Problem("arguments", endpoint=f"/{block_fn.api_name}", allowed=names) from error

    async def postprocess_data(self, block_fn: Any, *args: Any, **kwargs: Any) -> Any:
        """As `gr.Blocks` does it; here an error is a fault of the app."""
        try:
            return await super().postprocess_data(block_fn, *args, **kwargs)
        except gr.Error:
            raise
        except Exception as error:
            logger.exception("what %s gave cannot be shown", block_fn.api_name)
            raise Problem("internal") from error


def _is_uploaded(path: str) -> bool:
    try:
        return Path(path).resolve().is_relative_to(temporary.FOLDER.resolve())
    except (OSError, ValueError):  # no path at all
        return False


def _paths(value: Any) -> Iterator[str]:
    """All that could be the path of a file in a value out of JSON, however deep."""
    values = [value]
    while values:
        value = values.pop()
        if isinstance(value, dict):
            values += value.values()
            if isinstance(value.get("path"), str):
                yield value["path"]
        elif isinstance(value, list):
            values += value
