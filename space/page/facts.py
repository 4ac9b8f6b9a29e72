"""What lessons tell their scripts of a model: files that the browser asks for by itself, and keeps.

They depend on the model alone and have their words in both languages, so that they are made once for all
visitors, and cost none of them a call.
"""

import gzip
import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from threading import Lock
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from space.page.markup import unavailable
from space.text.refusals import Problem
from space.weights.hub import LoadedModel
from space.weights.model_folder import ModelUnavailable
from space.weights.table import load

Teller = Callable[[LoadedModel], dict[str, Any]]
"""makes the facts of a model, as JSON"""


@lru_cache(maxsize=32)
def _packed(tell: Teller, loaded: LoadedModel) -> tuple[bytes, str]:
    """The facts by gzip, and their etag."""
    content = json.dumps(tell(loaded)).encode()
    return gzip.compress(content, 9, mtime=0), f'"{blake2b(content, digest_size=8).hexdigest()}"'


_making = Lock()
"""held while facts are made, so that a class that opens a tab together waits for one answer"""


def route(tellers: Mapping[str, Teller]) -> Route:
    """/facts/<lesson>/<model>, of the lessons that have facts; of one that cannot be used `problem`: why."""

    def serve(request: Request) -> Response:
        lesson, name = request.path_params["lesson"], request.path_params["name"]
        if lesson not in tellers:
            return PlainTextResponse("no such lesson", 404)
        try:
            loaded = load(name)
            with _making:
                content, etag = _packed(tellers[lesson], loaded)
        except Problem as problem:
            return PlainTextResponse(str(problem), 404)
        except ModelUnavailable as error:
            return JSONResponse({"problem": unavailable(error)}, 503, {"cache-control": "no-store"})
        headers = {"cache-control": "no-cache", "etag": etag, "vary": "accept-encoding"}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if re.search(r"\bgzip\b", request.headers.get("accept-encoding", "")):
            headers["content-encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
        return Response(content, headers=headers, media_type="application/json")

    return Route("/facts/{lesson}/{name}", serve)
