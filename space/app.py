"""The page: a list of lessons, and how it is launched."""

from space.host import import_first  # noqa: F401, I001  before Gradio

from typing import Any

import gradio as gr

from space.host.calls import GuardedBlocks
from space.host.launch import launch_arguments
from space.lessons.classify import tab as classify
from space.lessons.diffusion import tab as diffusion
from space.lessons.game import tab as game
from space.lessons.generate import tab as generate
from space.lessons.heights import tab as heights
from space.lessons.manifold import tab as manifold
from space.lessons.models import tab as models
from space.lessons.pixels import tab as pixels
from space.lessons.reconstruct import tab as reconstruct
from space.lessons.timeline import tab as timeline
from space.lessons.translate import tab as translate
from space.lessons.tree import tab as tree
from space.page import facts, lecture, link
from space.page.handlers import LIGHT, MAX_WAITING
from space.page.routes import ROUTES
from space.page.theme import CSS, HEAD, LOGO, THEME
from space.page.words import i18n

LESSONS = {
    "heights": heights,
    "classify": classify,
    "tree": tree,
    "pixels": pixels,
    "reconstruct": reconstruct,
    "manifold": manifold,
    "generate": generate,
    "timeline": timeline,
    "game": game,
    "translate": translate,
    "diffusion": diffusion,
    "models": models,
}
"""name in the page's address (`?tab=`) -> module of the tab, in the order of the tabs"""
FACTS = {name: LESSONS[name].told for name in ("manifold", "pixels", "timeline", "translate")}
"""lesson -> what its scripts are told of a model"""


def build() -> gr.Blocks:
    """The page."""
    with GuardedBlocks(title="Generative Model Lab · 생성 모델 실험실") as demo:
        with gr.Row(elem_id="header") as header:
            gr.HTML(LOGO, elem_id="logo")
            with gr.Column(elem_id="heading"):
                gr.Markdown(i18n("app.heading"))
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap") as tabs:
            linked = {name: lesson.build() for name, lesson in LESSONS.items()}
        with header:
            link.bind(tabs, linked)
        lecture.build(header)
    return demo


def launch(demo: gr.Blocks | None = None, **overrides: Any) -> tuple[Any, str, str | None]:
    """Serve the page; `overrides` go to `gr.Blocks.launch`."""
    demo, routes = demo or build(), [*ROUTES, facts.route(FACTS)]
    shown = {
        "i18n": i18n,
        "theme": THEME,
        "css": CSS,
        "head": HEAD,
        "footer_links": ["api", "settings"],
    }
    return demo.launch(**shown | launch_arguments(demo, routes, MAX_WAITING, LIGHT) | overrides)
