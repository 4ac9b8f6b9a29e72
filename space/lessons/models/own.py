"""The part of the models tab that shows a model which is not in the lab's table: a visitor's own.

What is opened is known by its name alone: the model itself is kept by `space.weights.own`.
"""

from typing import Any

import gradio as gr

from space.lessons.models import own_view as view
from space.lessons.models.drawing import draw
from space.lessons.models.snapshots import Snapshots
from space.page.components import PictureFile
from space.page.handlers import HEAVY, HUB, PRIVATE, friendly
from space.page.parts import part
from space.page.words import i18n
from space.pictures.files import read_image
from space.text.limits import MAX_SAMPLES
from space.weights import own

NUMBER, SEED = 16, 0


def list_folders() -> tuple[Any, str]:
    """The folders to choose from, as they are now, and what `MODELS_DIR` names."""
    names = list(own.folders())
    return gr.update(choices=names), view.folders_found(own.models_dir(), len(names))


def open_own(name: str | None) -> tuple[Any, ...]:
    """What a model is; which of the settings below it are of use; and its name once it is open."""
    loaded = own.open_model(name)
    draws, looks = hasattr(loaded.model, "decode"), _looks(loaded.model)
    return (
        view.about(loaded, own.read_name(name)),
        gr.update(visible=True),
        *(gr.update(visible=draws) for _ in range(3)),
        gr.update(visible=looks, value=None),
        own.read_name(name),
    )


def _looks(model: Any) -> bool:
    """Whether a model can be shown a picture."""
    return any(hasattr(model, method) for method in ("code", "translate", "features"))


def draw_own(name: str | None, number: float, seed: float, path: str | None) -> str:
    """What the open model draws; nothing where none is open."""
    if not name:
        return ""
    loaded = own.opened(name)
    drawn = draw(loaded.model, number, seed, read_image(path) if path and _looks(loaded.model) else None)
    return view.drawings(loaded, drawn, int(seed))


def build_own() -> None:
    """The part, at the end of the tab."""
    with part("models.own"):
        gr.Markdown(i18n("models.own"), elem_id="models-own")
        with gr.Row():
            name = gr.Dropdown(
                [],
                value=None,
                allow_custom_value=True,
                label=i18n("models.own.name"),
                info=i18n("models.own.name.info"),
                scale=4,
                min_width=260,
                elem_id="models-own-name",
            )
            button = gr.Button(
                i18n("models.own.open"), variant="primary", min_width=120, elem_id="models-own-open"
            )
        found = gr.HTML(elem_id="models-own-found")
        opened = gr.State(None)
        with gr.Column(visible=False, elem_id="models-own-settings") as settings:
            with gr.Row():
                number = gr.Slider(
                    1, MAX_SAMPLES, NUMBER, step=1, label=i18n("models.own.number"), scale=3, min_width=220
                )
                seed = gr.Number(SEED, precision=0, label=i18n("models.own.seed"), min_width=120)
                again = gr.Button(i18n("generate.again"), min_width=120)
            picture = PictureFile(
                type="filepath",
                sources=["upload", "clipboard"],
                height=200,
                label=i18n("models.own.upload"),
                elem_id="models-own-upload",
            )
        pictures = gr.HTML(elem_id="models-own-pictures")
        about = Snapshots(elem_id="models-own-about")
    about.ready(friendly(list_folders), None, [name, found], **PRIVATE)
    drawing = {
        "fn": friendly(draw_own),
        "inputs": [opened, number, seed, picture],
        "outputs": pictures,
        **HEAVY,
        **PRIVATE,
    }
    results = [about, settings, number, seed, again, picture, opened]
    button.click(friendly(open_own), name, results, **HUB, **PRIVATE).success(**drawing)
    gr.on([number.change, seed.change, picture.change], trigger_mode="always_last", **drawing)
    again.click(None, None, seed, js="() => Math.floor(Math.random() * 1e6)", api_visibility="private")
