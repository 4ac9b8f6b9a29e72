"""Each route of the installed Gradio is open or closed on purpose.

A new Gradio with a new route makes `test_every_route_is_open_or_closed_on_purpose` red. The route is closed
until it is added to `OPEN` of space/host/open_routes.py, or to `CLOSED` here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from space.host import temporary_files
from space.host.guard import Guard
from space.host.open_routes import MCP_ADDRESSES, OPEN, SIZES, open_route
from space.page import facts
from space.page.routes import ROUTES
from space.text import TEXT

OPENED = {route for routes in OPEN.values() for route in routes}
CLOSED = {
    "accounts, which the lab has not": {
        *("GET /gradio_api/user", "GET /gradio_api/user/", "GET /gradio_api/token", "GET /gradio_api/token/"),
        *("GET /gradio_api/login_check", "GET /gradio_api/login_check/", "GET /logout"),
        *("POST /login", "POST /login/"),
    },
    "features that the lab does not use": {
        "GET /svelte/{path:path}",
        "GET /gradio_api/custom_component/{id}/{environment}/{type}/{file_name}",
        *("GET /gradio_api/deep_link", "GET /gradio_api/runs", "GET /gradio_api/runs/"),
        *("POST /gradio_api/stream/{event_id}", "POST /gradio_api/stream/{event_id}/close"),
        "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
        "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file",
        "GET /gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
        "POST /gradio_api/process_recording",
    },
    "addresses that Gradio would fetch for anybody": {
        "GET /gradio_api/proxy={url_path:path}",
    },
    "work on the app's own code": {
        "GET /gradio_api/dev/reload",
        *("GET /gradio_api/vibe-code", "GET /gradio_api/vibe-code/"),
        *("POST /gradio_api/vibe-code", "POST /gradio_api/vibe-code/"),
        *("POST /gradio_api/vibe-edit", "POST /gradio_api/vibe-edit/"),
        *("POST /gradio_api/undo-vibe-edit", "POST /gradio_api/undo-vibe-edit/"),
        *("POST /gradio_api/vibe-starter-queries", "POST /gradio_api/vibe-starter-queries/"),
    },
    "figures about visitors": {
        *("GET /monitoring", "GET /monitoring/summary", "GET /monitoring/{key}"),
        "GET /gradio_api/queue/status",
    },
    "a second way to what is open": {
        *("POST /gradio_api/api/{api_name}", "POST /gradio_api/api/{api_name}/"),
        *("POST /gradio_api/run/{api_name}/", "GET /gradio_api/file/{path:path}"),
        *("GET /gradio_api/theme.css", "GET /openapi.json", "GET /gradio_api/app_id/"),
    },
}
"""reason -> routes"""
MOUNTS = {"/gradio_api/mcp", "/gradio_api/mcp/messages"}
"""apps of their own below a path; of theirs, too, only `OPEN` is open"""


def routes_below(router: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Method and path of each route; the method of a mounted app is empty."""
    for route in router.routes:
        if original := getattr(route, "original_router", None):  # FastAPI's record of `include_router`
            yield from routes_below(original, prefix)
        elif isinstance(route, Mount):
            yield "", prefix + route.path
            yield from routes_below(route, prefix + route.path)
        else:
            for method in getattr(route, "methods", None) or {"WEBSOCKET"}:
                yield method, prefix + route.path


@pytest.fixture(scope="module")
def installed(served) -> set[str]:
    """The routes of Gradio, as in `OPEN`; a HEAD goes with its GET."""
    own = {route.path for route in (*ROUTES, facts.route({}))}
    found = {(method, path) for method, path in routes_below(served[0]) if path not in own}
    assert {path for method, path in found if not method} == MOUNTS
    return {
        f"{method} {path}"
        for method, path in found
        if method and not (method == "HEAD" and ("GET", path) in found)
    }


def test_every_route_is_open_or_closed_on_purpose(installed):
    closed = set().union(*CLOSED.values())
    assert len(installed) > 70 and not closed & OPENED
    undecided = installed - OPENED - closed
    assert undecided == set(), "decide in space/host/open_routes.py, or in CLOSED here"


def test_what_is_open_or_closed_is_there(installed):
    """Else it has another name now, and is closed by mistake."""
    mounted = {route for route in OPENED if route.partition(" ")[2].rstrip("/") in {*MOUNTS, *MCP_ADDRESSES}}
    gone = (OPENED | set().union(*CLOSED.values())) - mounted - installed
    assert gone == set(), "space/host/open_routes.py names what Gradio no longer has"
    assert set(SIZES) <= OPENED


def sample(route: str) -> tuple[str, str]:
    """A request by a route."""
    method, _, path = route.partition(" ")
    for name in ("path_or_url:path", "url_path:path", "path:path", "api_name", "event_id", "session_hash"):
        path = path.replace(f"{{{name}}}", "x")
    for name in ("id", "environment", "type", "file_name", "run", "component_id", "segment_id", "ext"):
        path = path.replace(f"{{{name}}}", "1")
    return method, path.replace("{size}", "1").replace("{key}", "1")


def test_a_closed_route_says_so(served):
    _, url = served
    for route in sorted(set().union(*CLOSED.values())):
        method, path = sample(route)
        assert open_route(method, path) is None, route
        answer = httpx.request(method, url + path, headers={"accept-language": "ko"})
        assert answer.status_code == 404, route
        assert method == "HEAD" or answer.json()["detail"] == TEXT["problem.closed"][1], route


@pytest.mark.parametrize("route", sorted(OPENED))
def test_an_open_route_is_let_through(route):
    method, path = sample(route)
    path = path.replace("file=x", f"file={temporary_files.FOLDER}/x")
    assert open_route(method, path) is not None
    assert open_route("PATCH", path) is None


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "app.py",
        "",
        "\x00",
        "http://127.0.0.1/",
        "HTTPS://a.b/c",
        "/proc/self/environ",
        "a" * 5000,
    ],
)
def test_files_elsewhere_are_closed(path):
    assert open_route("GET", f"/gradio_api/file={path}") is None


def test_a_way_out_of_the_folder_is_closed():
    folder = temporary_files.FOLDER
    assert open_route("HEAD", f"/gradio_api/file={folder}/a/b.png") is not None
    for path in (folder / ".." / "b.png", Path(f"{folder}-other") / "b.png", folder.parent):
        assert open_route("GET", f"/gradio_api/file={path}") is None


class Anything:
    """An app that would answer at any path, behind a `Guard`."""

    def __init__(self, root_path: str = "") -> None:
        def answer(request: Any) -> PlainTextResponse:
            return PlainTextResponse("it")

        async def talk(socket: Any) -> None:
            await socket.accept()

        own = [Route("/own/{name}", answer), Mount("/folder", routes=[Route("/{path:path}", answer)])]
        routes = [*own, WebSocketRoute("/gradio_api/socket", talk), Route("/{path:path}", answer)]
        self.app = Starlette(routes=routes, middleware=[Middleware(Guard, routes=own)])
        self.client = TestClient(self.app, root_path=root_path)

    def status(self, path: str, method: str = "GET") -> int:
        return self.client.request(method, path).status_code


def test_the_apps_own_routes_are_open():
    anything = Anything()
    assert anything.status("/own/a") == anything.status("/folder/a/b.js") == anything.status("/") == 200
    assert anything.status("/own/a", "HEAD") == 200
    assert anything.status("/own/a/b") == anything.status("/elsewhere") == anything.status("/own") == 404


@pytest.mark.parametrize("stripped", [True, False])
def test_routes_are_open_below_a_root_path(stripped):
    """A proxy may hand on the path with or without the place where the app lies."""
    anything, root = Anything("/lab"), "" if stripped else "/lab"
    assert anything.status(f"{root}/config") == anything.status(f"{root}/own/a") == 200
    assert anything.status(f"{root}/monitoring") == anything.status("/laboratory/config") == 404


def test_web_sockets_are_closed():
    with pytest.raises(WebSocketDisconnect), Anything().client.websocket_connect("/gradio_api/socket"):
        pass
