"""Requests that make no sense: each kind is found where it is read, and answered by a 4xx.

Gradio itself fails on them in ways that cannot be told from a fault of the app, which is a 500.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr
from fastapi.exceptions import RequestValidationError
from gradio import routes
from gradio.data_classes import ComponentServerBlobBody, DataWithFiles
from gradio.route_utils import FnIndexInferError, GradioMultiPartParser, get_root_url
from python_multipart.exceptions import FormParserError
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive

from space.host.open_routes import MCP_ADDRESSES
from space.text.refusals import Problem

BY_ARGUMENTS = ("POST /gradio_api/call/v2/{api_name}", "POST /gradio_api/call/v2/{api_name}/")
MAX_PATH, MAX_NAME = 4000, 250
"""bytes of a path and of a name in it; the system fails on longer ones"""
Handler = Callable[[Request, Any], Awaitable[Response]]


class Unknown(KeyError):
    """A request names something that the page does not have."""


class WrongArguments(TypeError):
    """A call by the names of its arguments, which are not those of the endpoint."""


class Known(dict[int, Any]):
    """Functions or components of the page, by number. Gradio looks up whatever number it is sent."""

    def __missing__(self, number: int) -> Any:
        raise Unknown(number)


def look_up_known(demo: gr.Blocks) -> None:
    """Let a page say so where it is asked for a function or component that it does not have."""
    demo.default_config.fns = Known(demo.fns)
    demo.default_config.blocks = Known(demo.blocks)


def refuse(status: int, key: str) -> Handler:
    """An exception handler that answers with the sentence of a problem."""

    async def answer(request: Request, error: Exception) -> Response:
        text = Problem(key).said(request.headers.get("accept-language", ""))
        return JSONResponse({"detail": text}, status)

    return answer


HANDLERS: dict[type[Exception], Handler] = {
    RequestValidationError: refuse(422, "request"),  # FastAPI's own repeats the body, and fails on NaN
    WrongArguments: refuse(422, "request"),
    FormParserError: refuse(400, "request"),
    FnIndexInferError: refuse(404, "closed"),
    Unknown: refuse(404, "closed"),
}
"""exception -> answer, for FastAPI"""


def names_nothing(route: str | None, request: Request) -> bool:
    """Whether a request is for a page, a file or an endpoint that cannot be there, where Gradio does not
    check it."""
    path = request.scope["path"].encode("utf-8", "replace")
    if len(path) > MAX_PATH or max(map(len, path.split(b"/"))) > MAX_NAME:
        return True
    if route == "GET /" and (page := request.query_params.get("page")):
        return page not in {name for name, *_ in request.scope["app"].get_blocks().pages}
    if route in BY_ARGUMENTS:
        functions = request.scope["app"].get_blocks().fns.values()
        name = request.url.path.rstrip("/").rpartition("/")[2]
        return name not in {fn.api_name for fn in functions if fn.api_visibility == "public"}
    return False


def comes_from_nowhere(request: Request) -> bool:
    """Whether the headers that say by which address the app is reached cannot be read. Gradio reads them to
    answer a call, and where that fails it never answers."""
    try:
        get_root_url(request, request.url.path, None)
    except Exception:  # while the headers are read, and nothing else is done
        return True
    return False


async def check_json(request: Request) -> None:
    """For the MCP server, which fails on JSON that is no UTF-8, nested too deep, or has too long a number."""
    if "json" in request.headers.get("content-type", ""):
        await request.json()


async def check_form(request: Request) -> None:
    """For the functions of components, which read fields of a form without looking whether they are there."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            names = ("component_id", "session_hash", "fn_name")
            ComponentServerBlobBody(
                data=DataWithFiles(data=None, files=[]), **{name: form.get(name) for name in names}
            )


CHECKS = {
    **dict.fromkeys((f"POST {address}" for address in MCP_ADDRESSES), check_json),
    **dict.fromkeys((f"POST /gradio_api/component_server{end}" for end in ("", "/")), check_form),
}
"""route -> what reads its body first"""


async def checked(route: str | None, request: Request) -> Receive | None:
    """A `receive` for the body of a request; None where the body cannot be read by `CHECKS`."""
    if route not in CHECKS:
        return request.receive
    body, receive, scope, given = await request.body(), request.receive, dict(request.scope), False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        await CHECKS[route](Request(scope, receive_again))
    except Exception:  # while the body is read, and nothing else is done
        return None
    given = False
    return receive_again


def _construct_args(*arguments: Any, construct_args: Any = routes.client_utils.construct_args) -> list[Any]:
    try:
        return construct_args(*arguments)
    except (TypeError, ValueError) as error:
        raise WrongArguments(str(error)) from error


def _on_headers_finished(
    parser: GradioMultiPartParser, headers_finished: Any = GradioMultiPartParser.on_headers_finished
) -> None:
    headers_finished(parser)
    if parser.upload_dir is not None and parser._current_part.file is None:
        raise MultiPartException("An upload consists of files.")


routes.client_utils.construct_args = _construct_args
GradioMultiPartParser.on_headers_finished = _on_headers_finished
