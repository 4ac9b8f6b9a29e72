"""The routes of Gradio that are open. Every other one is closed, as will be any that a later Gradio adds.

Each is written as in Gradio's own table of routes, under those who ask for it: Chromium, `gradio_client`,
`@gradio/client`, an MCP client and Gradio itself were watched. tests/space/host/test_open_routes.py goes
through all routes of the installed Gradio, and names those that are closed on purpose.
"""

from starlette.routing import compile_path

from space.host.temporary_files import is_inside
from space.text import limits

FILE = "GET /gradio_api/file={path_or_url:path}"
MCP_ADDRESSES = tuple(f"/gradio_api/mcp{end}" for end in ("", "/", "/http", "/http/"))
"""where Gradio serves MCP; `test_assistants_are_served_at_each_address` asks at each"""
OPEN = {
    "the page": (
        *("GET /", "GET /config", "GET /config/", "GET /theme.css", "GET /favicon.ico", "GET /manifest.json"),
        *("GET /assets/{path:path}", "GET /static/{path:path}"),
        *("GET /pwa_icon", "GET /pwa_icon/{size}"),  # in a Space, for a phone's home screen
        "GET /gradio_api/app_id",  # after a lost connection: whether it is another server now
        "POST /gradio_api/run/{api_name}",  # events with queue=False
        *("POST /gradio_api/component_server", "POST /gradio_api/component_server/"),
        "GET /gradio_api/upload_progress",
    ),
    "the page and clients": (
        *("POST /gradio_api/queue/join", "GET /gradio_api/queue/data"),
        "GET /gradio_api/heartbeat/{session_hash}",
        *("POST /gradio_api/cancel", "POST /gradio_api/reset", "POST /gradio_api/reset/"),
        *("POST /gradio_api/upload", FILE),
        *("GET /gradio_api/info", "GET /gradio_api/info/", "GET /gradio_api/openapi.json"),
    ),
    "calls without a client": (
        *("POST /gradio_api/call/{api_name}", "POST /gradio_api/call/{api_name}/"),
        *("POST /gradio_api/call/v2/{api_name}", "POST /gradio_api/call/v2/{api_name}/"),
        "GET /gradio_api/call/{api_name}/{event_id}",
        "GET /gradio_api/call/v2/{api_name}/{event_id}",
    ),
    "assistants": (
        *(f"{method} {address}" for method in ("GET", "POST", "DELETE") for address in MCP_ADDRESSES),
        *("GET /gradio_api/mcp/schema", "GET /gradio_api/mcp/sse", "POST /gradio_api/mcp/messages/"),
    ),
    "Gradio as it starts, and search engines": ("GET /gradio_api/startup-events", "GET /robots.txt"),
}
"""who asks -> method and path"""
IN_BASE64 = limits.MAX_UPLOAD_BYTES * 4 // 3
SIZES = {
    "POST /gradio_api/upload": limits.MAX_UPLOAD_BYTES,
    "POST /gradio_api/component_server": limits.MAX_DRAWING_BYTES,
    "POST /gradio_api/component_server/": limits.MAX_DRAWING_BYTES,
    **{f"POST {address}": IN_BASE64 for address in MCP_ADDRESSES},
    "POST /gradio_api/mcp/messages/": IN_BASE64,
}
"""bytes of the file in a request; a request by any other route has MAX_REQUEST_BYTES"""
_PATTERNS = [
    (route, route.partition(" ")[0], compile_path(route.partition(" ")[2])[0])
    for routes in OPEN.values()
    for route in routes
]


def open_route(method: str, path: str) -> str | None:
    """The open route of a request, as it is written in `OPEN`; None where there is none.

    Files are open only in the folder for temporary files. Gradio would also fetch an address for anybody.
    """
    method = "GET" if method == "HEAD" else method
    for route, its_method, pattern in _PATTERNS:
        if method == its_method and (match := pattern.match(path)):
            return route if route != FILE or is_inside(match["path_or_url"]) else None
    return None
