"""What a model of a visitor's own looks like: which folders there are, what it is, and what it draws."""

from html import escape
from pathlib import Path
from urllib.parse import urlencode

from torch import Tensor

from space.lessons.models.drawing import CELLS, EDGE, FRAMES, SECONDS, Drawn
from space.lessons.models.view import details
from space.lessons.models.work import count_parameters
from space.page.markup import img, notice, picture, tiles
from space.page.words import words
from space.pictures.outputs import to_grid
from space.text.families import labels_of
from space.text.refusals import printable
from space.weights import own
from space.weights.hub import LoadedModel
from space.weights.table import OWN

WIDTH = 8
"""samples in a row"""
CELL, COPY = 64, 160
"""pixels of a side that an image in a row has on the page, and one of a few beside each other, at least"""


def folders_found(root: Path | None, count: int) -> str:
    """What `MODELS_DIR` names."""
    folder = printable(root)
    if root is None:
        return words("models.own.no_dir")
    if not root.is_dir():
        return words("models.own.not_dir", folder=folder)
    return words("models.own.found" if count else "models.own.empty", folder=folder, count=count)


LESSONS = {"generate": ("model", "decode"), "diffusion": ("network", "denoise")}
"""lesson whose link takes a model of any name -> the parameter that names it, what the model has to do"""


def links(loaded: LoadedModel, name: str) -> str:
    """Where else a model can be seen; nowhere if it is a folder that came after the start."""
    offered = name if own.is_id(name) else next((n for n, e in OWN.items() if e.folder == loaded.folder), "")
    found = [
        f'<a href="?{escape(urlencode({"tab": lesson, parameter: offered}))}" target="_blank">'
        f"{words(f'{lesson}.tab')}</a>"
        for lesson, (parameter, method) in LESSONS.items()
        if offered and hasattr(loaded.model, method)
    ]
    return f"<p>{words('models.own.lessons')} {' · '.join(found)}</p>" if found else ""


def about(loaded: LoadedModel, name: str) -> str:
    """What a model is that was opened by a name, and all that its folder holds."""
    config = loaded.model.config
    channels, size, _ = config.image_shape
    kind = config.describe().kind
    latent_dim = getattr(config, "latent_dim", None)
    numbers = [
        (
            words("models.own.shape"),
            words(f"models.own.shape.{'grey' if channels == 1 else 'colour'}", size=size),
            "",
        ),
        (words("models.parameters"), f"{count_parameters(loaded):,}", ""),
    ]
    if latent_dim is not None:
        numbers.append((words("models.own.latent_dim"), f"{latent_dim:,}", ""))
    family = "".join(
        f'<span lang="{language}">{escape(label)}</span>'
        for language, label in zip(("en", "ko"), labels_of(kind)[1])
    )
    return f"<h3>{family}</h3>{links(loaded, name)}{tiles(numbers)}{details(loaded)}"


def drawings(loaded: LoadedModel, drawn: Drawn, seed: int) -> str:
    """The pictures that a model has drawn."""
    name = loaded.name.replace("/", "_")
    parts = []
    if drawn.copies:
        shown = [
            _figure(image, f"models.own.{topic}", f"{name}_{topic}", 1, COPY)
            for topic, image in drawn.copies.items()
        ]
        parts.append(f'<div class="row-of-pixels">{"".join(shown)}</div>')
    if drawn.classes is not None:
        named = ", ".join(f"{number} ({share:.0%})" for number, share in drawn.classes)
        parts.append(f"<p>{words('models.own.classes', classes=named)}</p>")
    if drawn.samples is not None:
        topic, mean = "samples", ""
        if drawn.scores:
            topic, mean = "scores", f"{sum(drawn.scores) / len(drawn.scores):.2f}"
        columns = min(WIDTH, len(drawn.samples))
        file = f"{name}_seed{seed}_{len(drawn.samples)}"
        parts.append(_figure(drawn.samples, f"models.own.{topic}", file, columns, seed=seed, mean=mean))
    if drawn.way is not None:
        parts.append(_figure(drawn.way, "models.own.way", f"{name}_seed{seed}_way", len(drawn.way) // 2))
    if drawn.walk is not None:
        parts.append(_figure(drawn.walk, "models.own.walk", f"{name}_seed{seed}_walk", FRAMES))
    if drawn.plane is not None:
        parts.append(_figure(drawn.plane, "models.own.plane", f"{name}_map", CELLS, edge=f"{EDGE:g}"))
    if drawn.is_cut:
        parts.append(notice(words("models.own.cut", seconds=f"{SECONDS:g}")))
    return "".join(parts) or notice(words("models.own.upload_first"))


def _figure(images: Tensor, caption: str, file: str, columns: int, cell: int = CELL, **values: object) -> str:
    """Images in rows, with a caption that is their alternative text, too."""
    grid = to_grid(images, columns, scale=-(-cell // images.shape[-1]))
    return picture(img(grid, caption, **values), words(caption, **values), f"{file}.png", "own")
