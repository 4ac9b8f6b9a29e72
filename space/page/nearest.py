"""The training digit that is nearest to a sample: where nearest.js shows it, and the server's answer."""

import json
from base64 import b64decode

import numpy as np
import torch
from torch import Tensor

from space.models import roles
from space.page.markup import img, metric_tiles
from space.page.words import words
from space.pictures.outputs import to_pil
from space.pictures.training_digits import Nearest, find_nearest, to_side
from space.text.refusals import Problem
from space.weights.hub import BUNDLED
from space.weights.side_files import Metrics, read_metrics
from space.weights.table import load_any

SIDES = (28, 32)
"""pixels a side of the pictures that it is offered for"""
SCALE = 4
"""pixels of the page that a pixel is drawn with at least"""
TEST = "nearest_train_of_test"
METRICS = (TEST, "nearest_train", "copies")
TOLD = f'<div role="status"></div><template>{words("nearest.failed")}</template>'
PLACE = f'<section class="nearest-digit" hidden>{TOLD}</section>'
"""where nearest.js shows an answer"""
ASKING = (
    f'<section class="nearest-digit" hidden><button type="button">{words("nearest.ask")}</button>{TOLD}'
    "</section>"
)
"""the same where a visitor asks with a button, once there is a sample"""


def read(body: bytes) -> Tensor:
    """The picture (1, H, H) in a question of nearest.js, as compute.py has tensors; raises `Problem`."""
    try:
        sent = json.loads(body)
        numbers = np.frombuffer(b64decode(sent["data"], validate=True), "<f4")
        side = next(side for side in SIDES if sent["shape"] == [1, side, side, 1])
        image = torch.from_numpy(numbers.reshape(1, side, side).astype(np.float32))
    except (KeyError, TypeError, ValueError, StopIteration, RecursionError) as error:
        raise Problem("request") from error
    if not image.isfinite().all():
        raise Problem("request")
    return image.clamp(0, 1)


@torch.inference_mode()
def answer(name: str, body: bytes) -> str:
    """HTML: a sample of the model `name`, its nearest training digit, and what to compare the distance with.

    Raises `Problem`, and `ModelUnavailable`.
    """
    image, metrics = read(body), read_metrics(load_any(name).folder)
    return show(image, find_nearest(image), metrics)


def show(image: Tensor, found: Nearest, metrics: Metrics) -> str:
    """The HTML of `answer`. `metrics` are the model's; that of test digits is from a model of the lab where
    they have none."""
    metrics.setdefault(TEST, read_metrics(BUNDLED / roles.DCGAN).get(TEST))
    known = {key: metrics[key] for key in METRICS if metrics.get(key)}
    said = {"number": f"{found.number:,}", "among": f"{found.among:,}", "distance": f"{found.distance:.2f}"}
    pictures = "".join(
        f"<figure>{img(to_pil(picture, SCALE), f'nearest.{key}', **said)}"
        f"<figcaption>{words(f'nearest.{key}', **said)}</figcaption></figure>"
        for key, picture in (("sample", to_side(image)), ("digit", found.digit))
    )
    text = f"<p>{words('nearest.found', **said)}</p>"
    return f'<div class="two">{pictures}{text}</div>{metric_tiles(known, METRICS, words("nearest.scale"))}'
