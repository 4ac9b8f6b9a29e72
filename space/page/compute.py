"""What the server computes where a browser cannot: one method of one model, as live.js asks for it.

Arguments and answers are those of the networks in the browser. A tensor is {"shape": [...], "data": base64 of
little-endian float32}; images have their channels last.
"""

import json
import math
from base64 import b64decode
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from space.models import roles
from space.models.ddpm import check_interval
from space.models.samplers import CLEAN, SAMPLERS, Known
from space.pictures.outputs import to_base64
from space.text.limits import (
    MAX_COMPLETED,
    MAX_DENOISED,
    MAX_GUIDANCE,
    MAX_SEED,
    MAX_TEMPERATURE,
    MIN_TEMPERATURE,
)
from space.text.refusals import Problem, check_number, check_whole
from space.weights import own
from space.weights.hub import LoadedModel
from space.weights.table import load

CODES, IMAGES = "codes", "images"
METHODS: dict[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(("decode", "decode_logits"), (CODES, ())),
    **dict.fromkeys(("code", "encode", "posterior", "discriminate"), (IMAGES, ())),
    "translate": (IMAGES, ("ab", "ba")),
    "score_patches": (IMAGES, ("a", "b")),
    "forward": (IMAGES, ()),
}
"""method -> what its tensor holds, and the choices of its second argument, if it has one"""
SIDES = (64, 128)
"""pixels a side of pictures that a CycleGAN translates besides those of its training"""
TRAJECTORY = "trajectory"
"""a method of images, labels, and how they are sampled"""
PIXELS = ("logits", "class_log_probs", "complete")
"""methods of a density of binary images"""
MOST_CLASSED = 4
"""images whose log p is computed for all classes at once"""


def read(name: str, method: str, body: bytes) -> tuple[LoadedModel, Tensor, *tuple[Any, ...]]:
    """The model of a question, and the arguments of its method out of JSON; raises `Problem`."""
    if method not in (*METHODS, TRAJECTORY, *PIXELS):
        raise Problem("request")
    if method == "forward" and name not in roles.JUDGES.values():  # of codes, or of no use here
        raise Problem("request")
    if own.is_id(name):  # anybody's: how long its networks take is not known
        raise Problem("only_in_browser", model=name)
    loaded = load(name, method)
    content, choices = METHODS.get(method, (IMAGES, ()))
    try:
        sent, *choice = json.loads(body)
        x = unpack(
            sent, content, loaded.model.config, SIDES if method in ("translate", "score_patches") else ()
        )
        if method == TRAJECTORY:
            return loaded, x, *read_sampling(loaded.model.config, len(x), *choice)
        if method in PIXELS:
            return loaded, *read_pixels(loaded.model.config, method, x, *choice)
        if len(choice) != bool(choices) or not set(choice) <= set(choices):
            raise ValueError(f"{choice} in place of one of {choices}")
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Problem("request") from error
    return loaded, x, *choice


def unpack(sent: dict[str, Any], content: str, config: Any, sides: Sequence[int] = ()) -> Tensor:
    """The tensor of a question, with channels first; raises what Python does where it is none.

    Images may have other `sides` than those of the training.
    """
    number, *rest = sent["shape"]
    side = next((one for one in sides if rest[:1] == [one]), config.image_size)
    shape = [config.latent_dim] if content == CODES else [*2 * [side], config.in_channels]
    numbers = np.frombuffer(b64decode(sent["data"], validate=True), "<f4")
    if (
        type(number) is not int
        or rest != shape
        or not number * math.prod(shape) == numbers.size > 0
        or not np.isfinite(numbers).all()
    ):
        raise ValueError(f"expected finite numbers, of the shape (n, {shape})")
    x = torch.from_numpy(numbers.astype(np.float32)).reshape(number, *shape)
    return x if content == CODES else x.movedim(-1, 1)


def read_pixels(config: Any, method: str, x: Tensor, *more: Any) -> tuple[Any, ...]:
    """Arguments of a method of a density of binary images; raises what Python does where they are none."""

    def labels_of(said: Any) -> Tensor | None:
        if said is not None and (len(said) != len(x) or not set(map(type, said)) <= {int}):
            raise ValueError("expected a label for each image")
        if said is not None and not all(0 <= label <= config.num_classes for label in said):
            raise ValueError(f"a label is not from 0 to {config.num_classes}")
        return None if said is None else torch.tensor(said)

    if not set(x.unique().tolist()) <= {0, 1}:
        raise ValueError("expected pixels of 0 and 1")
    if method == "logits":
        (labels,) = more or [None]
        return x, labels_of(labels)
    if method == "class_log_probs":
        if more or len(x) > MOST_CLASSED:
            raise ValueError(f"expected at most {MOST_CLASSED} images and nothing else")
        return (x,)
    mask, drawing = more
    known, drawing = unpack(mask, IMAGES, config), dict(drawing)
    labels, seed = labels_of(drawing.pop("labels", None)), drawing.pop("seed")
    temperature = check_number("temperature", drawing.pop("temperature", 1), MIN_TEMPERATURE, MAX_TEMPERATURE)
    guidance = check_number("guidance", drawing.pop("guidance", 1), 0, MAX_GUIDANCE)
    seed = check_whole("seed", seed, 0, MAX_SEED)
    if drawing or known.shape != x.shape or len(x) > MAX_COMPLETED:
        raise ValueError(f"expected a mask for each of at most {MAX_COMPLETED} images")
    return x, known, torch.Generator().manual_seed(seed), labels, float(temperature), float(guidance)


def read_sampling(config: Any, number: int, labels: Any, sampling: Any) -> tuple[Tensor, dict[str, Any]]:
    """Labels and keywords of `trajectory` for so many images; raises what Python does where they are none."""
    sampling = dict(sampling)
    times, guidance, sampler = (sampling.pop(name) for name in ("times", "guidance", "sampler"))
    low, high = sampling.pop("guidance_low", 0.0), sampling.pop("guidance_high", 1.0)
    seeds, known = sampling.pop("seeds", [0] * number), sampling.pop("known", None)
    whole = [(time, config.num_timesteps - 1) for time in times[:-1]]
    whole += [(time - CLEAN, 0) for time in times[-1:]]
    whole += [(label, config.num_classes) for label in labels] + [(seed, 2**31 - 1) for seed in seeds]
    for value, most in whole:
        if type(value) is not int or not 0 <= value <= most:
            raise ValueError(f"{value} is no whole number from 0 to {most}")
    falling = all(t > s for t, s in pairwise(times)) and len(times) > 1
    if sampling or not falling or len(labels) != number or len(seeds) != number or sampler not in SAMPLERS:
        raise ValueError("expected times that fall, a label and a seed for each image, and a sampler")
    if not 0 <= guidance <= MAX_GUIDANCE:
        raise ValueError(f"guidance is {guidance}")
    low, high = check_interval(low, high)
    passes = 1
    if known is not None:
        image, mask = (unpack(known[name], IMAGES, config) for name in ("image", "mask"))
        passes = known["resamplings"]
        if type(passes) is not int or passes < 1 or image.shape != mask.shape or len(image) != number:
            raise ValueError("expected an image and a mask for each image")
        known = Known(image, mask, passes)
    if number * (len(times) - 1) * passes > MAX_DENOISED:
        raise ValueError(f"more than {MAX_DENOISED} steps of all images together")
    streams = [torch.Generator().manual_seed(seed) for seed in seeds]
    return torch.tensor(labels), {
        **{"times": times, "guidance": float(guidance), "sampler": sampler, "known": known},
        **{"guidance_low": float(low), "guidance_high": float(high)},
        "noise": lambda: torch.stack([torch.randn(config.image_shape, generator=one) for one in streams]),
    }


@torch.inference_mode()
def run(loaded: LoadedModel, method: str, *values: Any) -> list[dict[str, Any]]:
    """The tensors that a method gives."""
    keywords = values[-1] if method == TRAJECTORY else {}
    found = getattr(loaded.model, method)(*(values[:-1] if keywords else values), **keywords)
    return [pack(x) for x in ([found] if isinstance(found, Tensor) else found)]


def pack(x: Tensor) -> dict[str, Any]:
    """A tensor as the browser has it."""
    x = x.movedim(1, -1) if x.dim() == 4 else x
    return {"shape": list(x.shape), "data": to_base64(x)}
