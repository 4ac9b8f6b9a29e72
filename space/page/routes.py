"""What the page asks for besides Gradio's own: weights, computing for it, a Korean font, the scripts."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from space.page import compute as computing
from space.page import modules
from space.page.handlers import HEAVY, MAX_WAITING
from space.text.refusals import Problem
from space.weights.hub import LoadedModel, is_unchanged, load
from space.weights.model_folder import ModelUnavailable, packed_weights

_computing = CapacityLimiter(HEAVY["concurrency_limit"])


def _of_a_model(answer: Callable[[LoadedModel, Request], Response]) -> Callable[[Request], Response]:
    """The endpoint that gives an `answer` about the model in its path."""

    def endpoint(request: Request) -> Response:
        try:
            return answer(load(request.path_params["name"]), request)
        except Problem as problem:
            return PlainTextResponse(str(problem), 404)
        except (ModelUnavailable, OSError) as problem:
            return PlainTextResponse(str(problem), 503)

    return endpoint


@_of_a_model
def config(loaded: LoadedModel, request: Request) -> Response:
    """What the networks are that the weights belong to: the family, and its config."""
    model = loaded.model
    description = {"family": type(model).__name__, "config": asdict(model.config)}
    return JSONResponse(description, headers={"cache-control": "no-cache"})


@_of_a_model
def weights(loaded: LoadedModel, request: Request) -> Response:
    """The very weights that the app runs on, for the networks in the visitor's browser.

    The answer is the file that they were loaded from. If that file is gone or has changed since, it is a copy
    of the loaded weights.
    """
    path = loaded.folder / "model.safetensors"
    if not is_unchanged(loaded):
        logging.getLogger(__name__).warning("%s is not what was loaded from it", path)
        return Response(packed_weights(loaded.model), headers={"cache-control": "no-store"})
    response = FileResponse(path, stat_result=path.stat(), headers={"cache-control": "no-cache"})
    if response.headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={k: response.headers[k] for k in ("etag", "cache-control")})
    return response


async def compute(request: Request) -> Response:
    """What a method of a model makes of the arguments in the body, where the browser cannot compute it.

    Questions of all visitors wait for one another, as events of the group HEAVY do.
    """
    name, method = request.path_params["name"], request.path_params["method"]
    try:
        if _computing.statistics().tasks_waiting >= MAX_WAITING[HEAVY["concurrency_id"]]:
            raise Problem("busy")
        loaded, *values = await run_sync(computing.read, name, method, await request.body())
        found = await run_sync(computing.run, loaded, method, *values, limiter=_computing)
    except Problem as problem:
        status = 503 if problem.key == "problem.busy" else 400
        return PlainTextResponse(problem.said(request.headers.get("accept-language", "")), status)
    except ModelUnavailable as problem:
        return PlainTextResponse(str(problem), 503)
    return JSONResponse(found, headers={"cache-control": "no-store"})


def hangul(request: Request) -> Response:
    """A Korean font for visitors whose system has none."""
    week = {"cache-control": "public, max-age=604800"}
    return FileResponse(Path(__file__).with_name("hangul.woff2"), headers=week)


ROUTES = [
    Route("/hangul.woff2", hangul),
    Route("/weights/{name}", weights),
    Route("/weights/{name}/config.json", config),
    Route("/compute/{name}/{method}", compute, methods=["POST"]),
    modules.ROUTE,
]
