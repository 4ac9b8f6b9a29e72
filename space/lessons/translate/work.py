"""What the translate tab computes: the picture chosen, its way round the cycle, snapshots of the training.

For a direction, G is the generator that goes that way and F the one that comes back. No Gradio, no HTML.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, get_args

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from space.models import roles
from space.models.cyclegan import CycleGAN, Direction, mean_difference
from space.page.training_run import PADDING, cells, read_frame
from space.pictures.files import read_image
from space.pictures.inputs import cut_square, sketch_to_square, to_square
from space.pictures.sheets import EMOJI, emoji_sheet
from space.text.limits import MAX_SQUARE
from space.text.refusals import Problem, check_number
from space.weights.gpu import on_gpu
from space.weights.hub import LoadedModel, load
from space.weights.model_folder import ModelUnavailable
from space.weights.side_files import frame_files

MODEL = roles.TRANSLATOR
DIRECTIONS = get_args(Direction)
SOURCES = ("emoji", "draw", "upload")
SIZES = (64, 128, MAX_SQUARE)
"""pixels a side at which pictures are translated; the emoji have the first, the size of the training"""
STRIP_STEPS, STRIP_COLUMNS, STRIP_ROWS = 10, 8, 4
"""snapshots shown at most; test images of each; rows of a snapshot as training draws it: a, G_AB(a), b,
G_BA(b)"""


@dataclass(frozen=True)
class Translation:
    """One picture x (1, 3, H, W) once round the cycle."""

    loaded: LoadedModel
    direction: Direction
    x: Tensor
    output: Tensor
    """G(x)"""
    back: Tensor
    """F(G(x))"""
    identity: Tensor
    """F(x): F makes pictures of x's domain, and here it is given one that is of that domain already"""
    scores_x: Tensor
    """scores (h, w) of x by the discriminator of x's domain: near 1 real, near 0 generated"""
    scores_output: Tensor
    """scores (h, w) of G(x) by the discriminator of the other domain"""

    @property
    def error(self) -> Tensor:
        """|x - F(G(x))| of each pixel, (H, W): mean over the channels."""
        return (self.x - self.back).abs()[0].mean(0)

    @property
    def cycle_l1(self) -> float:
        return mean_difference(self.x, self.back)

    @property
    def identity_l1(self) -> float:
        return mean_difference(self.x, self.identity)

    @property
    def translation_l1(self) -> float:
        return mean_difference(self.x, self.output)


def load_model() -> LoadedModel:
    """The model; raises `ModelUnavailable`."""
    loaded = load(MODEL, "translate")
    check_model(loaded)
    return loaded


def check_model(loaded: LoadedModel) -> None:
    """Raise `Problem` or `ModelUnavailable` unless it translates emoji."""
    if loaded.name != MODEL:
        raise Problem("not_one_of", name="model", value=loaded.name, allowed=MODEL)
    channels = loaded.model.config.in_channels
    if channels != 3:
        raise ModelUnavailable(MODEL, f"it takes {channels} channels, not 3")


def translate(x: Tensor, direction: str) -> Translation:
    """`x` (1, 3, H, W) to the other domain and back; raises `Problem` or `ModelUnavailable`."""
    check_direction(direction)
    loaded = load_model()
    model = loaded.model
    is_large = x.shape[-1] > model.config.image_size
    run = once_round_on_gpu if is_large else once_round
    return Translation(loaded, direction, x, *run(model, x, direction))


def once_round(model: CycleGAN, x: Tensor, direction: Direction) -> tuple[Tensor, ...]:
    """G(x), F(G(x)), F(x), and the scores (h, w) of x and of G(x)."""
    source, target = direction
    output = model.translate(x, direction)
    back, identity = model.translate(torch.cat([output, x]), direction[::-1]).split(1)
    scores_x, scores_output = model.score_patches(x, source), model.score_patches(output, target)
    return output, back, identity, scores_x[0, 0], scores_output[0, 0]


once_round_on_gpu = on_gpu(once_round)


def check_direction(direction: Any) -> None:
    """Raises `Problem` unless `direction` is one of `DIRECTIONS`."""
    if direction not in DIRECTIONS:
        raise Problem("not_one_of", name="direction", value=direction, allowed=", ".join(DIRECTIONS))


def check_size(size: Any) -> int:
    """`size` as it is; raises `Problem` unless it is one of `SIZES`."""
    if size not in SIZES:
        raise Problem("not_one_of", name="size", value=size, allowed=", ".join(map(str, SIZES)))
    return int(size)


def choose_picture(
    source: str,
    emoji: float,
    drawn: Image.Image | None,
    uploaded: Image.Image | None,
    direction: str,
    size: Any,
) -> Tensor:
    """The image (1, 3, H, W) that the visitor chose; `emoji` is an index into `EMOJI`."""
    if source == "emoji":
        check_direction(direction)
        index = int(check_number("emoji", emoji, 0, len(EMOJI) - 1))
        return emoji_of(index, direction[0])
    if source not in SOURCES:
        raise Problem("not_one_of", name="source", value=source, allowed=", ".join(SOURCES))
    size, picture = check_size(size), drawn if source == "draw" else uploaded
    if picture is None:
        raise Problem("empty_drawing" if source == "draw" else "no_image")
    return to_square(picture, size)


def emoji_of(index: int, domain: str) -> Tensor:
    """A test emoji (1, 3, 64, 64) as the designers of domain "a" or "b" drew it."""
    return emoji_sheet()[index, "ab".index(domain)][None] / 255


def read_drawing(drawing: str | BinaryIO | None) -> Image.Image | None:
    """The drawn picture; None while there is nothing on the canvas."""
    try:
        return sketch_to_square(drawing)
    except Problem:
        return None


def read_upload(path: str | None) -> Image.Image | None:
    """The middle of an uploaded picture; None once the visitor has taken the file away again."""
    return None if path is None else cut_square(read_image(path))


def read_snapshots(
    folder: Path, image_size: int, direction: str
) -> tuple[list[tuple[int, Tensor, Tensor]], int]:
    """At most STRIP_STEPS snapshots of the training, and how many of the files chosen were damaged.

    A snapshot is its step, the test images x (N, 3, H, W) of the direction, and their translations then.
    """
    files, found = geometrically(frame_files(folder), STRIP_STEPS), []
    first = 2 * DIRECTIONS.index(direction)
    for step, path in files:
        image = read_frame(path)
        layout = image and cells(*image.size, image_size)
        if not layout or layout["rows"] != STRIP_ROWS:
            continue
        side, columns = image_size + PADDING, min(layout["columns"], STRIP_COLUMNS)
        pixels = torch.tensor(np.asarray(image.convert("RGB"))).permute(2, 0, 1) / 255  # (C, height, width)
        grid = pixels[:, PADDING:, PADDING:].unflatten(1, (STRIP_ROWS, side)).unflatten(3, (-1, side))
        rows = grid[:, :, :image_size, :, :image_size].permute(1, 3, 0, 2, 4)  # (rows, columns, C, H, W)
        found.append((step, rows[first, :columns], rows[first + 1, :columns]))
    return found, len(files) - len(found)


def geometrically(files: list[tuple[int, Path]], most: int) -> list[tuple[int, Path]]:
    """At most `most` of the files, in order of their steps, the steps about a constant factor apart."""
    if len(files) <= most:
        return files
    places = np.log1p([step for step, _ in files])
    wanted = np.linspace(places[0], places[-1], most)
    return [files[i] for i in np.unique(np.abs(places[:, None] - wanted).argmin(0))]
