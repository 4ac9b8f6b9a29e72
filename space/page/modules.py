"""The page's scripts: ES modules that the browser fetches one by one and keeps, and the data they read.

The route mirrors the tree under `space/`, so that modules import one another by relative paths. The address
holds a hash of all modules: it changes when one of them does, so that a browser may keep each for good.

A page that was open while the app was replaced asks by the old hash when its visitor opens another tab. It
gets the modules of now, which import one another by the old hash, too. The browser does not keep them.
"""

import gzip
import json
import posixpath
import re
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from space.pictures.sheets import EMOJI_SHEETS, digit_sheet, read_emoji

SPACE = Path(__file__).parents[1]
FILES = (
    "browser/*.js",
    "browser/families/*.js",
    "browser/plane/*.js",
    "browser/people/*.csv",
    "page/*.js",
    "lessons/*/*.js",
)
"""files under space/ that are served"""
SOURCES = {
    path.relative_to(SPACE).as_posix(): path.read_bytes()
    for pattern in FILES
    for path in sorted(SPACE.glob(pattern))
}
"""path under space/ -> source; read once, so that what is served fits the hash"""
SOURCES |= {
    "pictures/digits.u8": digit_sheet().numpy().tobytes(),  # (10, 20, 28, 28)
    **{  # (N, 2, side, side, 3)
        f"pictures/{sheet.name}.u8": read_emoji(sheet).movedim(2, -1).numpy().tobytes()
        for sheet in EMOJI_SHEETS.values()
    },
}  # as bytes: a browser that hides what its canvas holds could not read them from a picture
VERSION = blake2b(
    b"".join(b"%s %d %s" % (path.encode(), len(data), data) for path, data in SOURCES.items()), digest_size=8
).hexdigest()
MEDIA_TYPES = {".js": "text/javascript", ".csv": "text/csv", ".u8": "application/octet-stream"}
HEADERS = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}


@cache
def packed(path: str) -> bytes:
    """What is served at a path, by gzip."""
    return gzip.compress(SOURCES[path], 9, mtime=0)


def imports_of(path: str) -> list[str]:
    """The modules that a module names, by their paths under space/."""
    if not path.endswith(".js"):
        return []
    names = re.findall(r'\b(?:from|import) "(\.[^"]+)";', SOURCES[path].decode())
    return [posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) for name in names]


def needed_by(*paths: str) -> list[str]:
    """The modules at `paths` and all that they import, each once."""
    found = list(paths)
    for path in found:  # which grows meanwhile
        if path not in SOURCES:
            raise ValueError(f"{path} is no module: there are {', '.join(SOURCES)}")
        found += [one for one in dict.fromkeys(imports_of(path)) if one not in found]
    return found


BASE = f"modules/{VERSION}/"
"""where the modules lie, from the root of the app"""
EVERY_PAGE = needed_by(*(path for path in SOURCES if path.startswith("page/")))
"""modules that the browser fetches while Gradio starts; those of a lesson come when its tab is opened"""


def module(path: str, *events: str, tab: str = "", **given: Any) -> str:
    """The `js_on_load` of a component: starts the module at `path`, under space/, on it.

    The module exports `start(scope)`; `scope` is `GradioScope` of gradio.d.ts and what is `given`, as JSON.
    `events` are the names that it triggers: Gradio looks for them, in quotes, in this very text. With `tab`
    the start waits until that tab is open: Gradio builds the first tab also where a link leads to another.
    """
    # named here, all come at once; else the browser would learn of each from the one that imports it
    fetched = [path, *(one for one in needed_by(path)[1:] if one not in EVERY_PAGE)]
    constants = "".join(f", {name}: {json.dumps(value)}" for name, value in given.items())
    names = f" // triggers {', '.join(map(repr, events))}" if events else ""
    start = (
        f"Promise.all({json.dumps(fetched)}.map((path) => import(new URL(path, base)))).then(([module]) => "
        f"module.start({{ element, props, trigger, watch, server, upload{constants} }}))"
    )
    if tab:
        opened = f'import(new URL("page/link.js", base)).then((link) => link.opened({json.dumps(tab)}))'
        start = f"{opened}.then(() => {start})"
    return f'const base = new URL("{BASE}", document.baseURI); {start};{names}'


def head(script: str) -> str:
    """HTML that runs a module for the whole page, and fetches what every page needs while Gradio starts."""
    others = "".join(
        f'<link rel="modulepreload" href="{BASE}{path}">' for path in EVERY_PAGE if path != script
    )
    return f'<script type="module" src="{BASE}{script}"></script>{others}'


def serve(request: Request) -> Response:
    """One module, to be kept only under its own version; 404 for anything else."""
    path = request.path_params["path"]
    if path not in SOURCES:
        return PlainTextResponse("no such module", 404)
    small = bool(re.search(r"\bgzip\b", request.headers.get("accept-encoding", "")))
    headers = {**HEADERS, "content-encoding": "gzip"} if small else {**HEADERS}
    if request.path_params["version"] != VERSION:
        headers["cache-control"] = "no-store"
    kind = MEDIA_TYPES[posixpath.splitext(path)[1]]
    return Response(packed(path) if small else SOURCES[path], headers=headers, media_type=kind)


ROUTE = Route("/modules/{version}/{path:path}", serve)
