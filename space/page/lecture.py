"""The lecture mode: the page's tabs as steps of a lecture, one at a time, in large type.

A step opens the page at a link (`space.page.link`) and shows a text beside the tab. `lecture.js` turns the
pages. `?lecture=<step>`, by name or number, opens the page at a step.
"""

from typing import Any, NamedTuple

import gradio as gr

from space.models import roles
from space.page.ending import PARTS
from space.page.modules import module
from space.page.words import LATEX, i18n, words
from space.text import TEXT


class Step(NamedTuple):
    link: str
    picture: str = ""
    """id of the element that the step is about; empty for the top of the tab"""
    minutes: float = 1
    """of a lecture of fifty minutes"""
    short: bool = False
    """whether a lecture of half the time has it, too"""


STEPS = {
    "heights": Step("tab=heights", minutes=1.5, short=True),
    "spread": Step("tab=heights&model=normal"),
    "mixture": Step("tab=heights&data=korea&who=both&n=1009&model=mixture", minutes=1.5),
    "classify": Step("tab=classify", minutes=2, short=True),
    "generate": Step("tab=classify&features=two&kind=qda&hidden=second", minutes=1.5),
    "tree": Step("tab=tree", minutes=2, short=True),
    "exact": Step("tab=tree&data=moons&family=flow"),
    "bound": Step("tab=tree&data=moons&family=vae", minutes=1.5),
    "implicit": Step("tab=tree&family=gan"),
    "pixels": Step("tab=pixels&class=3", minutes=2, short=True),
    "complete": Step("tab=pixels&own=160&seam=12", "pixels-digit"),
    "likely": Step("tab=pixels", "pixels-cards", minutes=1.5),
    "autoencoder": Step("tab=reconstruct", minutes=1.5, short=True),
    "code": Step(f"tab=reconstruct&digit=85&model={roles.PLAIN_MAP}"),
    "sparse": Step(f"tab=reconstruct&digit=140&model={roles.SPARSE}", "reconstruct-result", minutes=1.5),
    "denoising": Step(
        f"tab=reconstruct&digit=60&model={roles.DENOISING}&noise=gaussian", minutes=1.5, short=True
    ),
    "contractive": Step(f"tab=reconstruct&digit=60&model={roles.CONTRACTIVE}&noise=gaussian&level=0.2"),
    "conv": Step(f"tab=reconstruct&digit=60&model={roles.CONVOLUTIONAL}", minutes=0.5),
    "family": Step("tab=reconstruct&digit=60&model=family&noise=gaussian", "reconstruct-result"),
    "holes": Step("tab=manifold&z=0.4,-0.2&ae_z=-2.9,7.7&grid=off&ae_grid=off"),
    "vae": Step("tab=manifold&start=63", minutes=2, short=True),
    "sampling": Step(
        f"tab=generate&model={roles.VAE_DEEP}&other={roles.PLAIN}&number=16", minutes=1.5, short=True
    ),
    "interpolation": Step("tab=manifold", "manifold-between"),
    "game": Step("tab=game", minutes=2, short=True),
    "collapse": Step("tab=game&preset=collapse", minutes=1.5, short=True),
    "gan": Step(f"tab=generate&model={roles.GAN}&other={roles.VAE_DEEP}&number=16"),
    "dcgan": Step(f"tab=generate&model={roles.DCGAN}&other={roles.GAN}&number=16", minutes=1, short=True),
    "training": Step(f"tab=timeline&model={roles.DCGAN}&step=0", minutes=1.5, short=True),
    "cyclegan": Step("tab=translate"),
    "back": Step("tab=translate&direction=ba", minutes=0.5),
    "cycle": Step("tab=translate&emoji=13", minutes=1, short=True),
    "noise": Step("tab=diffusion&class=3&way=forward", minutes=1, short=True),
    "denoise": Step("tab=diffusion&class=3", minutes=1.5, short=True),
    "networks": Step("tab=diffusion&class=3&network=all&steps=8"),
    "guidance": Step("tab=diffusion&class=3&guided=everywhere&sheet=guidance", "diffusion-sheets"),
    "own": Step("tab=diffusion&t=0.6", "diffusion-digit"),
    "fill": Step("tab=diffusion&erase=top", "diffusion-fill", minutes=0.5),
    "summary": Step("tab=models", minutes=1.5, short=True),
    "exercises": Step("tab=models", minutes=1.5),
    "reading": Step("tab=models", minutes=0.5),
}
"""name of a step, which is also the key of its text -> what it opens"""
RESULTS = {
    "tree": "tree-planes",
    "pixels": "pixels-stage",
    "reconstruct": "reconstruct-result",
    "generate": "generate-panel",
    "game": "game-board",
    "translate": "translate-slider",
    "diffusion": "diffusion-stage",
}
"""tab -> id of what its controls change, where a phone shows it too far below the step's text"""
ICONS = {  # name of a button -> its path
    "previous": "M15 4 7 12l8 8",
    "next": "m9 4 8 8-8 8",
    "full_screen": "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
    "leave": "m5 5 14 14M19 5 5 19",
    "to_picture": "m4 9 8 8 8-8",
    "overview": "M4 6h2M4 12h2M4 18h2M10 6h10M10 12h10M10 18h10",
    "notes": "M4 5h16v11H10l-4 4v-4H4z",
    "code_of_step": "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2",
}
SAID = ("region", *ICONS, "close", "short", "time", "question", "answer", "scan")
"""texts of its own; those of the steps are titles and notes"""
CLOSE = '<form method="dialog"><button class="close" data-label="close">×</button></form>'
AIDS = f"""
<section class="note" hidden><small class="time"></small>
  <p><b data-text="question"></b> <span class="question"></span></p>
  <details><summary data-text="answer"></summary><p class="answer"></p></details></section>
<dialog class="overview-of-steps">{CLOSE}
  <h2 data-text="overview"></h2><p data-text="short"></p><div class="list"></div></dialog>
<dialog class="scan">{CLOSE}
  <h2 data-text="scan"></h2><img data-label="scan"><p class="address"></p></dialog>
"""
"""what lecture_aids.js fills in"""


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
                f"{''.join(map(_button, ('overview', 'notes', 'code_of_step', 'to_picture')))}{AIDS}"
            ),
            js_on_load=module("page/lecture.js"),
            apply_default_css=False,
            steps=[
                {
                    "name": name,
                    "link": step.link,
                    "picture": step.picture,
                    "result": step.picture or RESULTS.get(_tab(step), ""),
                    "minutes": step.minutes,
                    "short": step.short,
                    "wide": name in PARTS,
                }
                for name, step in STEPS.items()
            ],
            text={language: _texts(index) for index, language in enumerate(("en", "ko"))},
            **kwargs,
        )

    def api_info(self) -> dict[str, Any]:
        return {"type": "object"}


def _tab(step: Step) -> str:
    return step.link.removeprefix("tab=").partition("&")[0]


def _texts(language: int) -> dict[str, str]:
    """What the lecture says beside the texts of its steps: 0 is English, 1 Korean."""
    texts = {name: TEXT[f"lecture.{name}"][language] for name in SAID}
    for name, step in STEPS.items():
        texts[f"part.{name}"] = TEXT[f"{_tab(step)}.tab" if name not in PARTS else "lecture.end"][language]
        texts[f"title.{name}"] = TEXT[f"lecture.{name}"][language].splitlines()[0].removeprefix("## ")
        for part in ("question", "answer"):
            texts[f"{part}.{name}"] = TEXT[f"note.{name}.{part}"][language]
    return texts


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
            if name in PARTS:
                gr.HTML(PARTS[name](), elem_classes="more")
        Lecture(elem_id="lecture-controls")
