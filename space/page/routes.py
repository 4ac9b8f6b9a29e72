"""What the page asks for besides Gradio's own: weights, computing for it, a font, scripts, a QR code."""

import logging
from asyncio import Lock
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from space.page import compute as computing
from space.page import modules
from space.page import nearest as nearest_digit
from space.page.handlers import HEAVY, HUB, MAX_WAITING, said_unavailable
from space.text.limits import MAX_ADDRESS
from space.text.refusals import Problem
from space.weights import own
from space.weights.hub import LoadedModel, is_unchanged
from space.weights.model_folder import ModelUnavailable, packed_weights
from space.weights.table import load_any


class Places:
    """Places to wait at for the threads of some work, as many as Gradio's group for such work has.

    Of an address only one question waits for a thread itself; its others wait for that one. So addresses
    take turns, and none has more than its share of the places.
    """

    def __init__(self, group: dict[str, Any]) -> None:
        self._threads = CapacityLimiter(group["concurrency_limit"])
        self._group = group["concurrency_id"]
        self._taken: Counter[str] = Counter()
        self._turns: dict[str, Lock] = {}

    @asynccontextmanager
    async def place(self, address: str) -> AsyncIterator[CapacityLimiter]:
        """A place until the answer is made, and what to make it under; `Problem` where none is free."""
        most = MAX_WAITING[self._group]
        if self._taken.total() >= most or self._taken[address] >= most // SHARE:
            raise Problem("busy")
        self._taken[address] += 1
        try:
            async with self._turns.setdefault(address, Lock()):
                yield self._threads
        finally:
            self._taken[address] -= 1
            if not self._taken[address]:
                del self._taken[address], self._turns[address]


SHARE = 4
"""the part of all places that one address may have: a quarter"""
_computing, _opening = Places(HEAVY), Places(HUB)


Endpoint = Callable[[Request], Awaitable[Response]]


def _of_a_model(answer: Callable[[LoadedModel, Request], Response]) -> Endpoint:
    """The endpoint that gives an `answer` about the model in its path: the lab's, a folder, a repository.

    A repository that is not open yet is fetched, as in the models tab.
    """

    async def endpoint(request: Request) -> Response:
        name, language = request.path_params["name"], request.headers.get("accept-language", "")
        try:
            if own.is_id(name) and not own.is_open(name):
                async with _opening.place(_address(request)) as threads:
                    await run_sync(own.open_model, name, limiter=threads)
            return await run_sync(lambda: answer(load_any(name), request))
        except Problem as problem:
            return PlainTextResponse(problem.said(language), 503 if problem.key == "problem.busy" else 404)
        except ModelUnavailable as problem:
            return PlainTextResponse(said_unavailable(problem, language), 503)
        except OSError as problem:
            return PlainTextResponse(str(problem), 503)

    return endpoint


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


@_of_a_model
def config(loaded: LoadedModel, request: Request) -> Response:
    """What the networks are that the weights belong to: the family, and its config."""
    model = loaded.model
    description = {"family": type(model).__name__, "config": asdict(model.config)}
    return JSONResponse(description, headers={"cache-control": "no-cache"})


class WeightsFile(FileResponse):
    """Read in pieces of a megabyte: each is a task for another thread."""

    chunk_size = 1 << 20


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
    response = WeightsFile(path, stat_result=path.stat(), headers={"cache-control": "no-cache"})
    if response.headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={k: response.headers[k] for k in ("etag", "cache-control")})
    return response


async def compute(request: Request) -> Response:
    """What a method of a model makes of the arguments in the body, where the browser cannot compute it.

    Questions of all visitors wait for one another, as events of the group HEAVY do.
    """
    name, method = request.path_params["name"], request.path_params["method"]
    language = request.headers.get("accept-language", "")
    body = await request.body()
    try:
        async with _computing.place(_address(request)) as thread:
            loaded, *values = await run_sync(computing.read, name, method, body)
            found = await run_sync(computing.run, loaded, method, *values, limiter=thread)
    except Problem as problem:
        status = 503 if problem.key == "problem.busy" else 400
        return PlainTextResponse(problem.said(language), status)
    except ModelUnavailable as problem:
        return PlainTextResponse(said_unavailable(problem, language), 503)
    return JSONResponse(found, headers={"cache-control": "no-store"})


async def nearest(request: Request) -> Response:
    """HTML: the training digit that is nearest to a sample of a model; it waits as `compute` does."""
    name, language = request.path_params["name"], request.headers.get("accept-language", "")
    body = await request.body()
    try:
        async with _computing.place(_address(request)) as thread:
            found = await run_sync(nearest_digit.answer, name, body, limiter=thread)
    except Problem as problem:
        return PlainTextResponse(problem.said(language), 503 if problem.key == "problem.busy" else 400)
    except ModelUnavailable as problem:
        return PlainTextResponse(said_unavailable(problem, language), 503)
    return HTMLResponse(found, headers={"cache-control": "no-store"})


def hangul(request: Request) -> Response:
    """A Korean font for visitors whose system has none."""
    week = {"cache-control": "public, max-age=604800"}
    return FileResponse(Path(__file__).with_name("hangul.woff2"), headers=week)


def qr(request: Request) -> Response:
    """The QR code of an address, for the phones in a lecture."""
    address = request.query_params.get("of", "")
    if not address.startswith(("http://", "https://")) or len(address) > MAX_ADDRESS:
        return PlainTextResponse(f"this is no address of up to {MAX_ADDRESS} characters", 400)
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=4, scale=8, light="#fff")
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers={"cache-control": "no-store"})


PLACES = ("{name}", "hub/{name:path}")
"""of a model in an address: one of this lab, or the id of a repository"""
ROUTES = [
    Route("/qr", qr),
    Route("/hangul.woff2", hangul),
    *(Route(f"/weights/{place}/config.json", config) for place in PLACES),
    *(Route(f"/weights/{place}", weights) for place in PLACES),
    *(Route(f"/compute/{place}/{{method}}", compute, methods=["POST"]) for place in PLACES),
    *(Route(f"/nearest/{place}", nearest, methods=["POST"]) for place in PLACES),
    modules.ROUTE,
]
