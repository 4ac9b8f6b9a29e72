"""The page's scripts: ES modules, and the data they read.

The route mirrors the tree under `space/`, so that modules import one another by relative paths. The address
holds a hash of all modules: it changes when one of them does, so that a browser may keep each for good.

A page fetches its modules in bundles, for a request each would be sixty: one bundle of what every page needs,
one more of each lesson that is opened, and one of each worker. A bundle puts the exports of its modules into
the global `labModules`, by path, each once. Tests import the modules one by one.

A page that was open while the app was replaced asks by the old hash when its visitor opens another tab. It
gets the modules of now, which import one another by the old hash, too. The browser does not keep them.
"""

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
    **{f"pictures/lambda-{path.name}": path.read_bytes() for path in sorted(LAMBDA_FOLDER.glob("*.png"))},
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
FOR_GOOD = "public, max-age=31536000, immutable"
"""what a browser is told that may keep a file (`cache-control`)"""


def text_of(path: str) -> str:
    """The source of a module; empty for other files."""
    return SOURCES[path].decode() if path.endswith(".js") else ""


def beside(path: str, name: str) -> str:
    """The path of what a module at `path` names relative to itself."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def imports_of(path: str) -> list[str]:
    """The modules that a module names, by their paths under space/."""
    names = re.findall(r'\b(?:from|import) "(\.[^"]+)";', text_of(path))
    return [beside(path, name) for name in names]


IMPORT = re.compile(r'^import (?:\{([^}]*)\}|\* as (\w+)) from "(\.[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:const|class|function\*?) (\w+))", re.MULTILINE)
WORKER = re.compile(r'Worker\(new URL\("(\./[^"]+)", import\.meta\.url\)')
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
        of = beside(path, name)
        taken = whole or "{" + names.replace(" as ", ": ") + "}"
        return f"const {taken} = lab[{json.dumps(of)}];"

    def worker(match: re.Match[str]) -> str:
        return f"Worker(new URL({json.dumps(bundle_for(beside(path, match[1])))}, base)"

    source = COMMENT.sub("", text_of(path))
    names = EXPORT.findall(source)
    body = WORKER.sub(worker, IMPORT.sub(imported, EXPORT.sub("", source)))
    body = body.replace("import.meta.url", f"new URL({json.dumps(path)}, base)")
    if left := re.search(r"^(import|export)\b.*", body, re.MULTILINE):
        raise ValueError(f"{path}: a bundle cannot say {left[0]!r}")
    return f"lab[{json.dumps(path)}] ??= (() => {{\n{body}return {{ {', '.join(names)} }};\n}})();\n"


BASE = f"modules/{VERSION}/"
"""where the modules lie, from the root of the app"""
EVERY_PAGE = in_order(*(path for path in SOURCES if path.startswith("page/") and path.endswith(".js")))
"""modules that the browser fetches while Gradio starts; those of a lesson come when its tab is opened"""
WORKERS = {beside(path, name) for path in SOURCES for name in WORKER.findall(text_of(path))}
"""modules that a worker begins with; it shares none with the page"""
BUNDLES = "bundles/"
"""where bundles lie, from `BASE`, each under the path of the module that it is of"""
FIRST = f"{BUNDLES}every_page.js"


def bundle_for(path: str) -> str:
    """The address of the bundle that holds a module, from `BASE`."""
    if path not in SOURCES:
        raise ValueError(f"{path} is no module: there are {', '.join(SOURCES)}")
    return FIRST if path in EVERY_PAGE else f"{BUNDLES}{path}"


@cache
def bundle(path: str) -> bytes:
    """What is served at the path of a bundle: `FIRST`, what a lesson's module needs besides, or all that a
    worker needs."""
    of = path.removeprefix(BUNDLES)
    there = EVERY_PAGE if path != FIRST and of not in WORKERS else []
    paths = EVERY_PAGE if path == FIRST else [one for one in in_order(of) if one not in there]
    up = "../" * path.count("/")
    start = f'import "{up}{FIRST}";\n' if there else ""
    start += (
        f'const base = new URL("{up}", import.meta.url);\nconst lab = (globalThis.labModules ??= {{}});\n'
    )
    return (start + "".join(map(wrapped, paths))).encode()


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
        waits = f'import(new URL("{FIRST}", base)).then(() => {opened}).then(() => '
    return (
        f'const base = new URL("{BASE}", document.baseURI); '
        f'{waits}import(new URL("{bundle_for(path)}", base)).then(() => labModules["{path}"].start('
        f"{{ element, props, trigger, watch, server, upload{constants} }})){')' if tab else ''};{names}"
    )


HEAD = f'<script type="module" src="{BASE}{FIRST}"></script>'
"""HTML that fetches what every page needs while Gradio starts"""


async def serve(request: Request) -> Response:
    """One module or bundle, to be kept only under its own version; 404 for anything else. It is compressed
    where answers are kept for all visitors (space/host/page_cache.py)."""
    path = request.path_params["path"]
    of = path.removeprefix(BUNDLES)
    if path == FIRST or (of != path and of in SOURCES and of.endswith(".js")):
        content = bundle(path)
    elif path in SOURCES:
        content = SOURCES[path]
    else:
        return PlainTextResponse("no such module", 404)
    kept = FOR_GOOD if request.path_params["version"] == VERSION else "no-store"
    return Response(content, 200, {"cache-control": kept}, MEDIA_TYPES[posixpath.splitext(path)[1]])


ROUTE = Route("/modules/{version}/{path:path}", serve)
