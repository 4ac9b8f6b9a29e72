"""The page's scripts: ES modules, and the data they read.

The route mirrors the tree under `space/`, so that modules import one another by relative paths. The address
holds a hash of all modules: it changes when one of them does, so that a browser may keep each for good.

A page fetches its modules in bundles, for a request each would be sixty: one bundle of what every page needs,
one more of each lesson that is opened. A bundle puts the exports of its modules into the global `labModules`,
by path, each once. Workers and tests import the modules one by one.

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

import brotli
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from space.pictures.sheets import DIGIT_SHEET, EMOJI_SHEETS, LAMBDA_FOLDER, digit_sheet, read_emoji

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
    "pictures/digits.png": DIGIT_SHEET.read_bytes(),  # for styles; the scripts read the next
    **{f"pictures/lambda-{path.name}": path.read_bytes() for path in LAMBDA_FOLDER.glob("*.png")},
    "pictures/digits.u8": digit_sheet().numpy().tobytes(),  # (10, 20, 28, 28)
    **{  # (N, 2, side, side, 3)
        f"pictures/{sheet.name}.u8": read_emoji(sheet).movedim(2, -1).numpy().tobytes()
        for sheet in EMOJI_SHEETS.values()
    },
}  # as bytes: a browser that hides what its canvas holds could not read them from a picture
VERSION = blake2b(
    b"".join(b"%s %d %s" % (path.encode(), len(data), data) for path, data in SOURCES.items()), digest_size=8
).hexdigest()
MEDIA_TYPES = {
    ".png": "image/png",
    ".js": "text/javascript",
    ".csv": "text/csv",
    ".u8": "application/octet-stream",
}
HEADERS = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}


def imports_of(path: str) -> list[str]:
    """The modules that a module names, by their paths under space/."""
    if not path.endswith(".js"):
        return []
    names = re.findall(r'\b(?:from|import) "(\.[^"]+)";', SOURCES[path].decode())
    return [posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) for name in names]


IMPORT = re.compile(r'^import (?:\{([^}]*)\}|\* as (\w+)) from "(\.[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:const|class|function\*?) (\w+))", re.MULTILINE)
COMMENT = re.compile(r"^ *(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)
"""comments that fill lines of their own"""


def in_order(*paths: str) -> list[str]:
    """The modules that are `needed_by` others, each behind all that it imports."""
    found: list[str] = []
    importing: list[str] = []

    def add(path: str) -> None:
        if path in importing:
            raise ValueError(f"modules import one another: {' -> '.join([*importing, path])}")
        importing.append(path)
        for one in imports_of(path):
            add(one)
        importing.pop()
        if path not in found:
            found.append(path)

    for path in paths:
        add(path)
    return found


def wrapped(path: str) -> str:
    """A module as a statement of a bundle, where `lab` is `labModules` and `base` where the modules lie."""

    def imported(match: re.Match[str]) -> str:
        names, whole, name = match.groups()
        of = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        taken = whole or "{" + names.replace(" as ", ": ") + "}"
        return f"const {taken} = lab[{json.dumps(of)}];"

    source = COMMENT.sub("", SOURCES[path].decode())
    names = EXPORT.findall(source)
    body = IMPORT.sub(imported, EXPORT.sub("", source))
    body = body.replace("import.meta.url", f"new URL({json.dumps(path)}, base)")
    if left := re.search(r"^(import|export)\b.*", body, re.MULTILINE):
        raise ValueError(f"{path}: a bundle cannot say {left[0]!r}")
    return f"lab[{json.dumps(path)}] ??= (() => {{\n{body}return {{ {', '.join(names)} }};\n}})();\n"


BASE = f"modules/{VERSION}/"
"""where the modules lie, from the root of the app"""
EVERY_PAGE = in_order(*(path for path in SOURCES if path.startswith("page/") and path.endswith(".js")))
"""modules that the browser fetches while Gradio starts; those of a lesson come when its tab is opened"""
BUNDLE = "bundle.js"


def bundle_for(path: str) -> str:
    """The address of the bundle that holds a module, from `BASE`."""
    if path not in SOURCES:
        raise ValueError(f"{path} is no module: there are {', '.join(SOURCES)}")
    return BUNDLE if path in EVERY_PAGE else f"{BUNDLE}?of={path}"


@cache
def bundle(path: str = "") -> bytes:
    """What every page needs; or what a lesson's module needs besides."""
    paths = [one for one in in_order(path) if one not in EVERY_PAGE] if path else EVERY_PAGE
    start = f'import "./{BUNDLE}";\n' if path else ""
    start += 'const base = new URL("./", import.meta.url);\nconst lab = (globalThis.labModules ??= {});\n'
    return (start + "".join(map(wrapped, paths))).encode()


@cache
def packed(path: str, of: str, encoding: str) -> bytes:
    """What is served at a path, by `br`, `gzip` or `identity`."""
    source = bundle(of) if path == BUNDLE else SOURCES[path]
    if encoding == "br":
        return brotli.compress(source, quality=9)
    return gzip.compress(source, 9, mtime=0) if encoding == "gzip" else source


def module(path: str, *events: str, tab: str = "", **given: Any) -> str:
    """The `js_on_load` of a component: starts the module at `path`, under space/, on it.

    The module exports `start(scope)`; `scope` is `GradioScope` of gradio.d.ts and what is `given`, as JSON.
    `events` are the names that it triggers: Gradio looks for them, in quotes, in this very text. With `tab`
    the start waits until that tab is open: Gradio builds the first tab also where a link leads to another.
    """
    constants = "".join(f", {name}: {json.dumps(value)}" for name, value in given.items())
    names = f" // triggers {', '.join(map(repr, events))}" if events else ""
    waits = ""
    if tab:
        opened = f'labModules["page/link.js"].opened({json.dumps(tab)})'
        waits = f'import(new URL("{BUNDLE}", base)).then(() => {opened}).then(() => '
    return (
        f'const base = new URL("{BASE}", document.baseURI); '
        f'{waits}import(new URL("{bundle_for(path)}", base)).then(() => labModules["{path}"].start('
        f"{{ element, props, trigger, watch, server, upload{constants} }})){')' if tab else ''};{names}"
    )


HEAD = f'<script type="module" src="{BASE}{BUNDLE}"></script>'
"""HTML that fetches what every page needs while Gradio starts"""


def serve(request: Request) -> Response:
    """One module or bundle, to be kept only under its own version; 404 for anything else."""
    path, of = request.path_params["path"], request.query_params.get("of", "")
    if path not in (*SOURCES, BUNDLE) or (of and not of.endswith(".js")) or of not in ("", *SOURCES):
        return PlainTextResponse("no such module", 404)
    accepted = re.findall(r"\b(br|gzip)\b", request.headers.get("accept-encoding", ""))
    encoding = "br" if "br" in accepted else "gzip" if accepted else "identity"
    headers = {**HEADERS} if encoding == "identity" else {**HEADERS, "content-encoding": encoding}
    if request.path_params["version"] != VERSION:
        headers["cache-control"] = "no-store"
    kind = MEDIA_TYPES[posixpath.splitext(path)[1]]
    return Response(packed(path, of, encoding), headers=headers, media_type=kind)


ROUTE = Route("/modules/{version}/{path:path}", serve)
