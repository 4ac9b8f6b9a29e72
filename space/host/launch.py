"""How a page is launched for many visitors: the queue, the middleware and the limits, put together."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from space.host.ending import Ending, served
from space.host.guard import Guard
from space.host.headers import Headers
from space.host.mcp import name_callers, separate_outputs
from space.host.page_cache import ALIVE, PageCache
from space.host.patience import be_patient
from space.host.queue import use_fair_queue
from space.host.sessions import use_small_sessions
from space.host.streams import Streams
from space.host.temporary_files import swept
from space.host.wrong_requests import HANDLERS, look_up_known
from space.text.limits import MAX_SESSIONS, MAX_UPLOAD_BYTES


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """While the app runs: small sessions, old files of visitors are deleted, and a signal can end it."""
    use_small_sessions(app)
    async with swept(app), served(app):
        yield


def launch_arguments(
    demo: gr.Blocks, routes: Sequence[BaseRoute], max_waiting: dict[str, int], default: dict[str, Any]
) -> dict[str, Any]:
    """Make a page ready for many visitors; returns the arguments of `gr.Blocks.launch` that go with it.

    `routes` are served beside Gradio's own. `max_waiting` and `default` go to `use_fair_queue`.
    """
    routes = [ALIVE, *routes]
    use_fair_queue(demo, max_waiting, default)
    look_up_known(demo)
    be_patient()
    separate_outputs()
    name_callers()
    return {
        "ssr_mode": False,
        "mcp_server": True,
        "enable_monitoring": False,
        "run_history": False,
        "max_file_size": MAX_UPLOAD_BYTES,
        "state_session_capacity": MAX_SESSIONS,
        "app_kwargs": {
            "routes": routes,
            "middleware": [
                Middleware(Headers),
                Middleware(Ending),
                Middleware(PageCache),
                Middleware(Guard, routes=routes),
                Middleware(Streams),
            ],
            "exception_handlers": HANDLERS,
            "lifespan": lifespan,
        },
    }
