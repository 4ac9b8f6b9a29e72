"""The page: its look, its tabs, and the way it is served."""

from space.host import startup  # noqa: F401, I001  before Gradio

import logging
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi.exceptions import RequestValidationError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from space.host.guard import Guard, GuardedBlocks, refuse_body
from space.host.mcp import separate_outputs
from space.host.serving import PageCache, Streams, lifespan, prepare
from space.lessons.game import tab as game
from space.lessons.generate import tab as generate
from space.lessons.manifold import tab as manifold
from space.lessons.models import tab as models
from space.lessons.reconstruct import tab as reconstruct
from space.lessons.timeline import tab as timeline
from space.lessons.translate import tab as translate
from space.page import lecture, link
from space.page.handlers import LIGHT, MAX_WAITING
from space.page.words import i18n
from space.text.limits import MAX_UPLOAD_BYTES
from space.text.refusals import Problem
from space.weights.hub import is_unchanged, load
from space.weights.model_folder import ModelUnavailable, packed_weights

PAGE = Path(__file__).parent / "page"
LOGO = """
<svg class="logo" viewBox="0 0 64 48" aria-hidden="true">
  <path d="M4 4 26 17v14L4 44zM60 4 38 17v14l22 13z"/><path class="code" d="M29 17h6v14h-6z"/>
</svg>
"""
THEME = gr.themes.Base(
    primary_hue="indigo",
    neutral_hue="slate",
    radius_size="md",
    font=[
        "system-ui",
        "Apple SD Gothic Neo",
        "Malgun Gothic",
        "Noto Sans KR",
        "Noto Sans CJK KR",
        "sans-serif",
        "Lab Hangul",  # of theme.css: fetched only where none of these has Korean
    ],
    font_mono=["ui-monospace", "Consolas", "monospace"],
).set(  # contrast of at least 4.5 to 1, where the stock colours have less
    body_text_color_subdued="*neutral_500",
    body_text_color_subdued_dark="*neutral_400",
    color_accent="*primary_600",
    button_primary_background_fill="*primary_600",
    button_primary_background_fill_hover="*primary_700",
    slider_color="*primary_600",
    block_info_text_color="*body_text_color_subdued",
    block_label_text_color="*body_text_color",
    block_title_text_color="*body_text_color",
)


def weights(request: Request) -> Response:
    """The very weights that the app runs on, for the decoder in the visitor's browser.

    The file that they came from; where that has gone or changed since, a copy of what is in memory.
    """
    try:
        loaded = load(request.path_params["name"])
    except Problem as problem:
        return PlainTextResponse(str(problem), 404)
    except (ModelUnavailable, OSError) as problem:
        return PlainTextResponse(str(problem), 503)
    path = loaded.folder / "model.safetensors"
    if not is_unchanged(loaded):
        logging.getLogger(__name__).warning("%s is not what was loaded from it", path)
        return Response(packed_weights(loaded.model), headers={"cache-control": "no-store"})
    response = FileResponse(path, stat_result=path.stat(), headers={"cache-control": "no-cache"})
    if response.headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers={k: response.headers[k] for k in ("etag", "cache-control")})
    return response


def hangul(request: Request) -> Response:
    """A Korean font for those whose system has none."""
    return FileResponse(PAGE / "hangul.woff2", headers={"cache-control": "public, max-age=604800"})


def alive(request: Request) -> Response:
    """The page's head at once: Gradio gives up on a start whose page, 500 kB to be made, takes 3 seconds."""
    return Response(media_type="text/html")


def build() -> gr.Blocks:
    """The page."""
    with GuardedBlocks(title="Generative Model Lab · 생성 모델 실험실") as demo:
        with gr.Row(elem_id="header") as header:
            gr.HTML(LOGO, elem_id="logo")
            with gr.Column(elem_id="heading"):
                gr.Markdown(i18n("app.heading"))
        with gr.Tabs(elem_id="tabs") as tabs:
            linked = {
                "reconstruct": reconstruct.build(),
                "manifold": manifold.build(),
                "generate": generate.build(),
                "timeline": timeline.build(),
                "game": game.build(),
                "translate": translate.build(),
                "models": models.build(),
            }
        with header:
            link.bind(tabs, linked)
        lecture.build(header)
    return demo


def launch(demo: gr.Blocks | None = None, **overrides: Any) -> tuple[Any, str, str | None]:
    """Serve the page; `overrides` go to `gr.Blocks.launch`."""
    settings: dict[str, Any] = {
        "i18n": i18n,
        "theme": THEME,
        "css": (PAGE / "theme.css").read_text(encoding="utf-8"),
        "head": f"<script>{(PAGE / 'downloads.js').read_text('utf-8')}</script>"
        f"<style>{(PAGE / 'lecture.css').read_text('utf-8')}</style>",  # `css` would be rewritten
        "ssr_mode": False,
        "max_file_size": MAX_UPLOAD_BYTES,
        "enable_monitoring": False,
        "run_history": False,
        "footer_links": ["api", "settings"],
        "mcp_server": True,
        "app_kwargs": {
            "routes": [
                Route("/", alive, methods=["HEAD"]),
                Route("/hangul.woff2", hangul),
                Route("/weights/{name}", weights),
            ],
            "middleware": [Middleware(Guard), Middleware(PageCache), Middleware(Streams)],
            "exception_handlers": {RequestValidationError: refuse_body},
            "lifespan": lifespan,
        },
    }
    separate_outputs()
    demo = demo or build()
    return demo.launch(**settings | prepare(demo, MAX_WAITING, LIGHT) | overrides)
