"""A small untrained model with snapshots of a training, and functions that read what the tab shows."""

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from space.lessons.translate.work import NAMES
from space.models.cyclegan import CycleGAN
from space.page.model_texts import DOMAINS
from space.pictures.sheets import EMOJI_SHEETS, read_emoji
from tests.small_models import small

MODEL = NAMES[0]
"""the model that the page opens on"""
A, B = DOMAINS[MODEL]
SIDE = EMOJI_SHEETS[A, B].side
"""pixels a side of its test emoji"""
STEPS = [0, 1, 2, 4, 9, 19, 40, 86, 186, 400, 900, 2000, 4300]


def snapshot(step: int, columns: int = 8, rows: int = 4, side: int = 64, grey: bool = False) -> Image.Image:
    """A grid as training draws it, whose cells tell step, column and row apart by their colour, or grey."""
    pixels = np.zeros(((side + 1) * rows + 1, (side + 1) * columns + 1, 3), np.uint8)
    for row in range(rows):
        for column in range(columns):
            y, x = 1 + (side + 1) * row, 1 + (side + 1) * column
            pixels[y : y + side, x : x + side] = (
                (10 * column + row,) * 3 if grey else (10 + STEPS.index(step), 100 + column, 200 + row)
            )
    return Image.fromarray(pixels)


@torch.no_grad()
def write_model(folder: Path, side: int = 64, **config: Any) -> None:
    """A small untrained CycleGAN whose output differs from its input, and the snapshots of a training.

    Without a `config` its domains are those of the shipped model of that name.
    """
    domain_a, domain_b = DOMAINS.get(folder.name, (A, B))
    model = small(CycleGAN, **{"domain_a": domain_a, "domain_b": domain_b, "image_size": side} | config)
    for generator in (model.generator_ab, model.generator_ba):
        generator.head.weight *= 10
    for discriminator in (model.discriminator_a, model.discriminator_b):
        discriminator.network[-1].bias.fill_(0.4)  # scores around the middle
    model.save_pretrained(folder)
    (folder / "samples").mkdir(exist_ok=True)
    for step in STEPS:
        snapshot(step, side=side, grey=model.config.in_channels == 1).save(
            folder / "samples" / f"step-{step:06d}.png"
        )
    figure = {"value": 0.1234, "unit": "", "better": "lower", "protocol": "153 test images <b>"}
    (folder / "metrics.json").write_text(json.dumps({"l1_ab": figure, "cycle_l1_b": figure}))


def emoji(index: int, domain: int = 0) -> Tensor:
    return read_emoji(EMOJI_SHEETS[A, B])[index, domain][None] / 255


def pixels(image: Image.Image | Tensor) -> np.ndarray:
    if isinstance(image, Tensor):
        image = (image[0] * 255).round().permute(1, 2, 0).numpy()
    return np.asarray(image).astype(int)


def pictures(page: str) -> list[Image.Image]:
    """The PNGs within a page, in their order."""
    found = re.findall(r"data:image/png;base64,([\w+/=]+)", page)
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in found]
