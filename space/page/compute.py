"""What the server computes where a browser cannot: one method of one model, as live.js asks for it.

Arguments and answers are those of the networks in the browser. A tensor is {"shape": [...], "data": base64 of
little-endian float32}; images have their channels last.
"""

import json
import math
from base64 import b64decode, b64encode
from typing import Any

import numpy as np
import torch
from torch import Tensor

from space.text.refusals import Problem
from space.weights.hub import LoadedModel, load

CODES, IMAGES = "codes", "images"
METHODS: dict[str, tuple[str, tuple[str, ...]]] = {
    "decode": (CODES, ()),
    **dict.fromkeys(("code", "encode", "posterior", "discriminate"), (IMAGES, ())),
    "translate": (IMAGES, ("ab", "ba")),
    "score_patches": (IMAGES, ("a", "b")),
}
"""method -> what its tensor holds, and the choices of its second argument, if it has one"""


def read(name: str, method: str, body: bytes) -> tuple[LoadedModel, Tensor, *tuple[str, ...]]:
    """The model of a question, and the arguments of its method out of JSON; raises `Problem`."""
    if method not in METHODS:
        raise Problem("request")
    loaded = load(name, method)
    content, choices = METHODS[method]
    try:
        sent, *choice = json.loads(body)
        x = unpack(sent, content, loaded.model.config)
        if len(choice) != bool(choices) or not set(choice) <= set(choices):
            raise ValueError(f"{choice} in place of one of {choices}")
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise Problem("request") from error
    return loaded, x, *choice


def unpack(sent: dict[str, Any], content: str, config: Any) -> Tensor:
    """The tensor of a question, with channels first; raises what Python does where it is none."""
    shape = [config.latent_dim] if content == CODES else [*2 * [config.image_size], config.in_channels]
    number, *rest = sent["shape"]
    numbers = np.frombuffer(b64decode(sent["data"], validate=True), "<f4")
    if rest != shape or not number * math.prod(shape) == numbers.size > 0 or not np.isfinite(numbers).all():
        raise ValueError(f"expected finite numbers, of the shape (n, {shape})")
    x = torch.from_numpy(numbers.astype(np.float32)).reshape(number, *shape)
    return x if content == CODES else x.movedim(-1, 1)


@torch.inference_mode()
def run(loaded: LoadedModel, method: str, *values: Any) -> list[dict[str, Any]]:
    """The tensors that a method gives."""
    found = getattr(loaded.model, method)(*values)
    return [pack(x) for x in ([found] if isinstance(found, Tensor) else found)]


def pack(x: Tensor) -> dict[str, Any]:
    """A tensor as the browser has it."""
    x = x.movedim(1, -1) if x.dim() == 4 else x
    return {"shape": list(x.shape), "data": b64encode(x.numpy().astype("<f4").tobytes()).decode()}
