"""What the translate tab computes: the picture chosen, its way round the cycle, snapshots of the training.

The models are the CycleGANs of the lab, whatever their size, their channels and their domains.

For a direction, G is the generator that goes that way and F the one that comes back. No Gradio, no HTML.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from space.models import roles
from space.models.cyclegan import CycleGAN, Direction, mean_difference
from space.page.training_run import PADDING, cells, read_frame
from space.pictures.files import read_image
from space.pictures.inputs import cut_square, to_square
from space.pictures.outputs import to_pil
from space.pictures.sheets import EMOJI_SHEETS, EmojiSheet, read_emoji
from space.text.limits import MAX_SQUARE
from space.text.refusals import Problem, check_number
from space.weights.gpu import on_gpu
from space.weights.hub import LoadedModel
from space.weights.side_files import frame_files
from space.weights.table import load, load_each, models_that

NAMES = models_that("translate")
"""the CycleGANs of the lab and of its operator; the page opens on the first"""
DIRECTIONS = get_args(Direction)
SOURCES = ("draw", "emoji", "upload")
"""where a picture comes from; a drawing is offered first, though the page opens on an emoji"""
AS_IT_IS = 0
"""the size of an example, or of the pictures of the training for those of a visitor"""
SIZES = (64, 128, MAX_SQUARE)
"""pixels a side at which pictures are translated besides"""
MOST_IN_BROWSER = 128
"""the largest of these sizes that the browser computes; a larger one is left to the server"""
FIRST = 1
"""the example that the page opens on: a face, on which light is seen best"""
MOST_EXAMPLES = 40
"""of a model in one direction"""
STRIP_STEPS, STRIP_COLUMNS, STRIP_ROWS = 10, 8, 4
"""snapshots shown at most; test images of each; rows of a snapshot as training draws it: a, G_AB(a), b,
G_BA(b)"""


@dataclass(frozen=True)
class Translation:
    """One picture x (1, C, H, W) once round the cycle."""

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


@dataclass(frozen=True)
class Examples:
    """Test pictures of both domains, (N, C, H, H) uint8 each."""

    a: Tensor
    b: Tensor
    labels: tuple[str, ...]
    sheet: EmojiSheet | None
    """the sheet that they are from; then `b` has the counterparts of `a`"""
    file: str
    """else the file of the model folder that has them"""

    @property
    def side(self) -> int:
        return self.a.shape[-1]

    def of(self, index: int, domain: str) -> Tensor:
        """One of them as an image (1, C, H, H); the last one for an index that is larger."""
        pictures = self.a if domain == "a" else self.b
        return pictures[min(index, len(pictures) - 1)][None] / 255


def load_model(name: str = roles.TRANSLATOR) -> LoadedModel:
    """Raises `Problem` unless it is one of `NAMES`, and `ModelUnavailable`."""
    if name not in NAMES:
        raise Problem("not_one_of", name="model", value=name, allowed=", ".join(NAMES))
    return load(name)


@lru_cache(maxsize=2 * len(NAMES))
def examples_of(loaded: LoadedModel) -> Examples | None:
    """The emoji of its domains, else the test images on the last picture of its training; None without."""
    config = loaded.model.config
    sheet = EMOJI_SHEETS.get((config.domain_a, config.domain_b))
    if sheet:
        return Examples(*read_emoji(sheet).unbind(1), sheet.emoji, sheet, "")
    rows = []
    for direction in DIRECTIONS:
        snapshots, _ = read_snapshots(loaded.folder, config.image_size, direction)
        if snapshots:
            step, x, _ = snapshots[-1]
            rows.append(x[:, : config.in_channels])
    if not rows:
        return None
    labels = tuple(str(i + 1) for i in range(len(rows[0])))
    path = next(path for one, path in frame_files(loaded.folder) if one == step)
    return Examples(*rows, labels, None, f"samples/{path.name}")


def browser_sides() -> list[int]:
    """Sides of a visitor's pictures that the browser translates: those of the trainings, and common ones."""
    sides = {side for side in SIZES if side <= MOST_IN_BROWSER}
    for model in load_each(NAMES).values():
        if isinstance(model, LoadedModel):
            sides.add(min(model.model.config.image_size, MAX_SQUARE))
    return sorted(sides)


def translate(x: Tensor, direction: str, name: str = roles.TRANSLATOR) -> Translation:
    """`x` (1, C, H, W) to the other domain and back; raises `Problem` or `ModelUnavailable`."""
    check_direction(direction)
    loaded = load_model(name)
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


def check_size(size: Any, loaded: LoadedModel) -> int:
    """Pixels a side; raises `Problem` unless `size` is one of `SIZES`, that of the training, or as it is."""
    own = loaded.model.config.image_size
    allowed = sorted({own, *SIZES})
    if size not in (AS_IT_IS, *allowed):
        raise Problem("not_one_of", name="size", value=size, allowed=", ".join(map(str, allowed)))
    return int(size) or own


def choose_picture(
    loaded: LoadedModel,
    source: str,
    emoji: float,
    drawn: Image.Image | None,
    uploaded: Image.Image | None,
    direction: str,
    size: Any,
) -> Tensor:
    """The image (1, C, H, H) that the visitor chose; `emoji` is an index of the model's examples."""
    check_direction(direction)
    if source not in SOURCES:
        raise Problem("not_one_of", name="source", value=source, allowed=", ".join(SOURCES))
    side, channels = check_size(size, loaded), loaded.model.config.in_channels
    if source != "emoji":
        picture = drawn if source == "draw" else uploaded
        if picture is None:
            raise Problem("empty_drawing" if source == "draw" else "no_image")
        return to_square(picture, side, channels, drawn=source == "draw")
    index = int(check_number("emoji", emoji, 0, MOST_EXAMPLES - 1))
    examples = examples_of(loaded)
    if examples is None:
        raise Problem("no_image")
    x = examples.of(index, direction[0])
    if size == AS_IT_IS and x.shape[1] == channels:
        return x
    return to_square(to_pil(x).convert("RGB"), side if size else x.shape[-1], channels)


def read_upload(path: str | None) -> Image.Image | None:
    """The middle of an uploaded picture; None once the visitor has taken the file away again."""
    return None if path is None else cut_square(read_image(path))


def read_snapshots(
    folder: Path, image_size: int, direction: str
) -> tuple[list[tuple[int, Tensor, Tensor]], int]:
    """At most STRIP_STEPS snapshots of the training, and how many of the files chosen were damaged.

    A snapshot is its step, the test images x (N, 3, H, W) of the direction, and their translations, uint8.
    """
    files, found = geometrically(frame_files(folder), STRIP_STEPS), []
    first = 2 * DIRECTIONS.index(direction)
    for step, path in files:
        image = read_frame(path)
        layout = image and cells(*image.size, image_size)
        if not layout or layout["rows"] != STRIP_ROWS:
            continue
        side, columns = image_size + PADDING, min(layout["columns"], STRIP_COLUMNS)
        pixels = torch.tensor(np.asarray(image.convert("RGB"))).permute(2, 0, 1)  # (C, height, width)
        grid = pixels[:, PADDING:, PADDING:].unflatten(1, (STRIP_ROWS, side)).unflatten(3, (-1, side))
        rows = grid[:, :, :image_size, :, :image_size].permute(1, 3, 0, 2, 4)  # (rows, columns, C, H, W)
        found.append((step, rows[first, :columns].clone(), rows[first + 1, :columns].clone()))
    return found, len(files) - len(found)


def geometrically(files: list[tuple[int, Path]], most: int) -> list[tuple[int, Path]]:
    """At most `most` of the files, in order of their steps, the steps about a constant factor apart."""
    if len(files) <= most:
        return files
    places = np.log1p([step for step, _ in files])
    wanted = np.linspace(places[0], places[-1], most)
    return [files[i] for i in np.unique(np.abs(places[:, None] - wanted).argmin(0))]
