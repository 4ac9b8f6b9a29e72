"""What a browser may do with an answer: whom the page may ask, what may run, who may show it."""

import re
from base64 import b64encode
from hashlib import sha256

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FILES = "/gradio_api/file="
"""where files lie that visitors uploaded or that were made for them"""
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""a file that a visitor opens by its address runs nothing, whatever is in it"""
COMMON = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(self), clipboard-write=(self), fullscreen=(self), display-capture=(), "
    "geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
}


def policy(page: bytes = b"") -> str:
    """The content security policy of a page, and of a worker that it starts.

    Scripts come from the lab itself or are those that stand in the page. Gradio compiles the `js_on_load` of
    components ('unsafe-eval', which lets WebAssembly run too), writes styles, and draws on paper with a
    worker that it makes (blob:). The page asks nobody else for anything. Any site may show it in a frame: so
    does a Space.
    """
    scripts = re.findall(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", page, re.DOTALL)
    hashes = "".join(f" 'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in scripts)
    return (
        f"default-src 'self'; script-src 'self' 'unsafe-eval'{hashes}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; frame-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors *"
    )


POLICY = policy()


class Headers:
    """ASGI middleware around all others: no answer goes out without these headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(COMMON)
                if FILES in scope["path"]:  # Gradio repeats headers of a request for a part of a file
                    headers["content-security-policy"] = FILE_POLICY
                else:  # the page has one with its own scripts
                    headers.setdefault("content-security-policy", POLICY)
            await send(message)

        await self.app(scope, receive, send_with_headers)
