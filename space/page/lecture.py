"""The lecture mode: the page's tabs as steps of a lecture, one at a time, in large type.

A step opens the page at a link (`space.page.link`) and shows a text beside the tab. `lecture.js` turns the
pages. `?lecture=<step>`, by name or number, opens the page at a step.
"""

from typing import Any, NamedTuple

import gradio as gr

from space.models import roles
from space.page.modules import module
from space.page.words import LATEX, i18n, words
from space.text import TEXT


class Step(NamedTuple):
    link: str
    picture: str = ""
    """id of the element that the step is about; empty for the top of the tab"""


STEPS = {
    "heights": Step("tab=heights"),
    "spread": Step("tab=heights&model=normal"),
    "mixture": Step("tab=heights&data=korea&who=both&n=1009&model=mixture"),
    "classify": Step("tab=classify"),
    "generate": Step("tab=classify&features=two&kind=qda&hidden=second"),
    "tree": Step("tab=tree"),
    "exact": Step("tab=tree&data=moons&family=flow"),
    "bound": Step("tab=tree&data=moons&family=vae"),
    "implicit": Step("tab=tree&family=gan"),
    "pixels": Step("tab=pixels&class=3"),
    "complete": Step("tab=pixels&own=160&seam=12", "pixels-own"),
    "likely": Step("tab=pixels", "pixels-likely"),
    "autoencoder": Step("tab=reconstruct"),
    "code": Step(f"tab=reconstruct&digit=85&model={roles.PLAIN_MAP}"),
    "sparse": Step(f"tab=reconstruct&digit=140&model={roles.SPARSE}"),
    "denoising": Step(f"tab=reconstruct&digit=60&model={roles.DENOISING}&noise=gaussian"),
    "contractive": Step(f"tab=reconstruct&digit=60&model={roles.CONTRACTIVE}&noise=gaussian&level=0.2"),
    "conv": Step(f"tab=reconstruct&digit=60&model={roles.CONVOLUTIONAL}"),
    "family": Step("tab=reconstruct&digit=60&model=family&noise=gaussian", "reconstruct-result"),
    "holes": Step("tab=manifold&z=0.4,-0.2&ae_z=-2.9,7.7&grid=off&ae_grid=off"),
    "vae": Step("tab=manifold&start=63"),
    "sampling": Step(f"tab=generate&model={roles.VAE_DEEP}&other={roles.PLAIN}&number=16"),
    "interpolation": Step("tab=manifold", "manifold-between"),
    "game": Step("tab=game"),
    "collapse": Step("tab=game&preset=collapse"),
    "gan": Step(f"tab=generate&model={roles.GAN}&other={roles.VAE_DEEP}&number=16"),
    "dcgan": Step(f"tab=generate&model={roles.DCGAN}&other={roles.GAN}&number=16"),
    "training": Step(f"tab=timeline&model={roles.DCGAN}&step=0"),
    "cyclegan": Step("tab=translate"),
    "back": Step("tab=translate&direction=ba"),
    "cycle": Step("tab=translate&emoji=13"),
    "noise": Step("tab=diffusion&class=3&way=forward"),
    "denoise": Step("tab=diffusion&class=3"),
    "networks": Step("tab=diffusion&class=3&network=all&steps=8"),
    "guidance": Step("tab=diffusion&class=3&guided=everywhere&sheet=guidance", "diffusion-sheets"),
    "own": Step("tab=diffusion&t=0.6", "diffusion-own"),
    "fill": Step("tab=diffusion&erase=top", "diffusion-fill"),
}
"""name of a step, which is also the key of its text -> what it opens"""
ICONS = {  # name of a button -> its path
    "previous": "M15 4 7 12l8 8",
    "next": "m9 4 8 8-8 8",
    "full_screen": "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
    "leave": "m5 5 14 14M19 5 5 19",
    "to_picture": "m4 9 8 8 8-8",
}


def _button(name: str) -> str:
    return (
        f'<button type="button" class="{name}" data-label="{name}">'
        f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{ICONS[name]}"/></svg></button>'
    )


class Lecture(gr.HTML):
    """The buttons that turn the pages of the lecture; the texts of the steps lie beside it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=(
                f'{_button("previous")}<span class="place"></span>{_button("next")}'
                f'<span class="title" role="status"></span>{_button("full_screen")}{_button("leave")}'
                f"{_button('to_picture')}"
            ),
            js_on_load=module("page/lecture.js"),
            apply_default_css=False,
            steps=[
                {"name": name, "link": step.link, "picture": step.picture} for name, step in STEPS.items()
            ],
            text={
                language: {name: TEXT[f"lecture.{name}"][index] for name in ("region", *ICONS)}
                for index, language in enumerate(("en", "ko"))
            },
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def build(header: gr.Row) -> None:
    """The button in the header that opens the lecture, and the lecture, hidden until then."""
    with header:
        gr.HTML(f'<button type="button">{words("lecture.open")}</button>', elem_id="lecture-open")
    with gr.Column(elem_id="lecture"):
        for name in STEPS:
            gr.Markdown(
                i18n(f"lecture.{name}"),
                latex_delimiters=LATEX,
                elem_id=f"lecture-{name}",
                elem_classes="step",
            )
        Lecture(elem_id="lecture-controls")
