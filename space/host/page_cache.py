"""The page, its configuration, its scripts and styles: made once for all visitors, kept compressed.

Gradio builds the page anew for each visitor: 0.3 s of a core for 1.5 MB, which it does not compress. It
compresses every script anew for each visitor too. What is kept here is answered before any other check.

One of its scripts is changed on the way. Gradio fetches the scripts of all components when the page starts,
also of those in tabs and accordions that nobody has opened: the drawing board and the editor of code are half
of all bytes. Here a component's script comes when it is first shown, as Gradio means it to (`lighter`).
"""

import asyncio
import gzip
import posixpath
import re
from collections import OrderedDict
from hashlib import blake2b

import brotli
from anyio.to_thread import run_sync
from gradio.route_utils import get_root_url
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from space.host.headers import policy
from space.host.wrong_requests import comes_from_nowhere

PAGES = ("/", "/config")
"""the page and its configuration: the same for everybody at one address of the app"""
SCRIPTS = ("/assets/", "/static/", "/modules/", "/theme.css", "/favicon.ico")
"""how paths of scripts, styles and data begin, Gradio's and the lab's: the same at every address"""
PERSONAL = ("deep_link", "page")
"""parameters of a page's address that change what it shows"""
MAX_PAGE_BYTES = 40_000_000
"""what is kept, compressed; the page is kept once for each address that it is reached by"""
PACKED = {
    "br": lambda body: brotli.compress(body, quality=9),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
"""how an answer is compressed -> the function that does it, the smaller one first"""
LIGHTER = (
    (  # where the tree of components is made: no script yet, whatever the component
        rb"(\w+)=\w+\.shared_props\.visible===!1\?null:"
        rb"\w+\(\w+\.type,\w+\.component_class_id,this\.#\w+\.api_url\|\|``\)",
        rb"\1=null",
    ),
    (  # the steps behind that: scripts of what is visible come last, once closed tabs are known to be hidden
        rb"\[(\w+=>\w+\(\w+,this\.#\w+\.api_url\)),((?:\w+=>[^=\]]+)+)\]",
        rb"[\2,\1]",
    ),
)
"""what is replaced in Gradio's script of the tree of components: pattern, by what"""


def alive(request: Request) -> Response:
    """An empty answer at once. Gradio starts by asking for the page's head and gives up after 3 seconds,
    which making the whole page may take."""
    return Response(media_type="text/html")


ALIVE = Route("/", alive, methods=["HEAD"])


class PageCache:
    """ASGI middleware that asks Gradio once for the page, its configuration and each of its scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.pages: OrderedDict[tuple[str, str, str], Response] = OrderedDict()
        self.lock = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp = self.app
        if scope["type"] == "http" and (scope["path"] in PAGES or scope["path"].startswith(SCRIPTS)):
            request = Request(scope)
            if is_for_everybody(request):
                answer = packed_for(request, await self._ask(request, receive))
            elif request.method == "GET" and scope["path"] == "/":
                answer = await call(self.app, scope, receive)
                answer.headers["content-security-policy"] = policy(answer.body)
        await answer(scope, receive, send)

    async def _ask(self, request: Request, receive: Receive) -> Response:
        """The compressed response to a request, kept or asked for."""
        path, encoding = request.scope["path"], encoding_for(request)
        key = path, get_root_url(request, path, None) if path in PAGES else "", encoding
        if key in self.pages:
            self.pages.move_to_end(key)
            return self.pages[key]
        async with self.lock:  # others who ask for the same wait for the one answer
            if key not in self.pages:
                response = await call(self.app, request.scope, receive)
                if not is_whole(response):  # its visitor has left: whoever comes next asks again
                    return Response("try again", 503)
                if response.status_code != 200 or response.headers.get("cache-control") == "no-store":
                    return response
                if path == "/":
                    response.headers["content-security-policy"] = policy(response.body)
                if path.startswith("/assets/core-"):
                    response.body = lighter(response.body)
                tag = blake2b(response.body, digest_size=12).hexdigest()
                response.body = await run_sync(PACKED[encoding], response.body)
                response.headers["content-length"] = str(len(response.body))
                response.headers["content-encoding"] = encoding
                response.headers["vary"] = "accept-encoding"
                response.headers["etag"] = f'W/"{tag}"'  # weak, for it is the same in both encodings
                self.pages[key] = response
            while sum(len(response.body) for response in self.pages.values()) > MAX_PAGE_BYTES:
                self.pages.popitem(last=False)
            return self.pages[key]


def is_for_everybody(request: Request) -> bool:
    """Whether the response depends on the path alone and, for the page, on the address of the app."""
    path = request.scope["path"]
    if request.method != "GET" or "range" in request.headers or posixpath.normpath(path) != path:
        return False  # /assets/./core.js would be kept beside /assets/core.js
    is_page = path in PAGES
    return not is_page or not (set(PERSONAL) & request.query_params.keys() or comes_from_nowhere(request))


def is_whole(response: Response) -> bool:
    """Whether a response has all the bytes that it announces."""
    announced = response.headers.get("content-length")
    return announced is None or int(announced) == len(response.body)


def encoding_for(request: Request) -> str:
    """How the answer to a request is kept: as its sender likes it best, or gzipped."""
    accepted = request.headers.get("accept-encoding", "")
    return next((one for one in PACKED if re.search(rf"\b{one}\b", accepted)), "gzip")


def lighter(script: bytes) -> bytes:
    """Gradio's script of the tree of components, so that it fetches only the scripts of those that are shown;
    unchanged where it is written otherwise than in the version that is required."""
    found = script
    for pattern, instead in LIGHTER:
        found, number = re.subn(pattern, instead, found)
        if number != 1:
            return script
    return found


def packed_for(request: Request, response: Response) -> Response:
    """A compressed response as the sender of the request can read it, or 304 where they have it already."""
    etag = response.headers.get("etag")
    if etag and etag in request.headers.get("if-none-match", ""):
        kept = ("etag", "cache-control", "vary", "content-security-policy")
        return Response(status_code=304, headers={k: v for k, v in response.headers.items() if k in kept})
    encoding = response.headers.get("content-encoding", "identity")
    if encoding == "identity" or encoding in request.headers.get("accept-encoding", ""):
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
