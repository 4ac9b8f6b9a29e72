"""What the lesson computes: exact log p of binary digits, and completions. The browser does the same.

A seed stands for the uniform numbers that decide the pixels, one a pixel. Completion i of a seed is the same
at any count.
"""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor

from space.models import models_that, roles
from space.text.limits import MAX_COMPLETED, MAX_GUIDANCE, MAX_SEED, MAX_TEMPERATURE, MIN_TEMPERATURE
from space.text.refusals import Problem, check_number, check_whole
from space.weights.hub import LoadedModel, check_digits
from space.weights.side_files import read_metrics, read_side_file

MODEL = roles.PIXELS
NAMES = models_that("complete")
SHAPE = (1, 28, 28)
FIRST_ROWS = 14
"""rows of a picture that stay if nothing else is said"""
COUNTING = "counting.safetensors"
MOST_NEIGHBOURS = 16
FIGURES = ("nll", "nll_counting")
"""of metrics.json, which the page shows beside a picture's own"""


@dataclass(frozen=True)
class Asked:
    """Completions that are asked for."""

    count: int = 4
    seed: int = 0
    digit: int | None = None
    """the class; None: no class"""
    temperature: float = 1.0
    """log-odds are divided by it"""
    guidance: float = 1.0
    """what the class changes in the log-odds is multiplied by it"""


@dataclass(frozen=True)
class Completed:
    """Completions of a picture, and what is known of them."""

    images: Tensor
    """(count, 1, 28, 28) of zeros and ones"""
    log_probs: list[float]
    """log p of each as a whole, in nats"""
    exact: bool
    """whether they are draws from p(what is drawn | what stays)"""


def binarised(x: Tensor) -> Tensor:
    """Grey pixels made black or white, at random with their grey value as probability; always by the same
    random numbers."""
    return (torch.rand(SHAPE, generator=torch.Generator().manual_seed(0)) < x).float()


def is_first(known: Tensor) -> bool:
    """Whether all that is `known` of an image comes before all that is not, in reading order."""
    return not known.flatten().bool().diff().logical_and(known.flatten()[1:].bool()).any()


def check(asked: Asked, loaded: LoadedModel) -> Asked:
    """The same, if the model can do it; else a `Problem`."""
    check_digits(loaded)
    digit = asked.digit
    if digit is not None:
        digit = check_whole("digit", digit, 0, loaded.model.config.num_classes - 1)
    return Asked(
        check_whole("count", asked.count, 1, MAX_COMPLETED),
        check_whole("seed", asked.seed, 0, MAX_SEED),
        digit,
        check_number("temperature", asked.temperature, MIN_TEMPERATURE, MAX_TEMPERATURE),
        check_number("guidance", asked.guidance, 0, MAX_GUIDANCE),
    )


@torch.inference_mode()
def complete(loaded: LoadedModel, asked: Asked, x: Tensor | None, known: Tensor | None) -> Completed:
    """Completions of x (1, 1, 28, 28), of zeros and ones, of which `known` says what stays; without a
    picture all is drawn. Raises `Problem` for what cannot be asked for."""
    asked, model = check(asked, loaded), loaded.model
    shape = (asked.count, *SHAPE)
    x = torch.zeros(shape) if x is None else x.expand(shape)
    known = torch.zeros(shape) if known is None else known.expand(shape)
    label = model.null_label if asked.digit is None else asked.digit
    labels = torch.full((asked.count,), label)
    rng = torch.Generator().manual_seed(asked.seed)
    images = model.complete(x, known, rng, labels, asked.temperature, asked.guidance)
    untouched = asked.temperature == 1 and (asked.guidance == 1 or asked.digit is None)
    exact = is_first(known[0]) and untouched
    return Completed(images, model.log_prob(images, labels).tolist(), exact)


def rows_known(rows: int) -> Tensor:
    """What is known where the first rows stay."""
    known = torch.zeros(1, *SHAPE)
    known[..., :rows, :] = 1
    return known


def told(loaded: LoadedModel) -> dict[str, Any]:
    """What the page's scripts are told of the model: figures of it, and the model that counts."""
    if loaded.name != MODEL:
        raise Problem("not_one_of", name="model", value=loaded.name, allowed=MODEL)
    check_digits(loaded)
    metrics = read_metrics(loaded.folder)
    figures = {key: metrics[key]["value"] for key in FIGURES if key in metrics}
    counting = read_counting(loaded.folder)
    lacks = None if counting else "damaged" if (loaded.folder / COUNTING).exists() else "missing"
    numbers = {key: one for key, one in figures.items() if not isinstance(one, list)}
    return {"figures": numbers, "counting": counting, "lacks": lacks}


def read_counting(folder: Path) -> dict[str, Any] | None:
    """The model that counts how often a pixel is white after its neighbours, of the file `COUNTING`.

    `offsets` are the neighbours, bit by bit of an index into `log_odds`: int16 thousandths in base64. `place`
    is what each place adds, by the nearest of them: int8 sixteenths. None if the file is missing or damaged.
    """
    try:
        found = load_tensors(read_side_file(folder, COUNTING))
        tables = log_odds, place, where = found["log_odds"], found["place"], found["offsets"]
        offsets = where.tolist()
        sound = (
            0 < len(offsets) <= MOST_NEIGHBOURS
            and [table.dtype for table in tables] == [torch.int16, torch.int8, torch.int64]
            and log_odds.shape == (2 ** len(offsets),)
            and place.shape in [(SHAPE[1] * SHAPE[2], 2**nearest) for nearest in range(len(offsets) + 1)]
            and all(len(one) == 2 and one < [0, 0] and max(map(abs, one)) < SHAPE[1] for one in offsets)
        )
    except (KeyError, TypeError, ValueError, RuntimeError, SafetensorError):
        return None
    packed = {"log_odds": log_odds.numpy().astype("<i2"), "place": place.numpy()}
    told = {key: base64.b64encode(one.tobytes()).decode() for key, one in packed.items()}
    return {"offsets": offsets} | told if sound else None
