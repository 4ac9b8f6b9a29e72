"""Heavy work on a GPU: the machine's own, or one lent by ZeroGPU, the free hardware of Spaces.

ZeroGPU lends a GPU for one call, in a process of its own, and counts the seconds against the visitor's quota.
So only work that takes a CPU long goes there. Its library, `spaces`, exists only on ZeroGPU.
"""

import logging
import os
from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any

import torch
from torch import nn

ZERO_GPU = "SPACES_ZERO_GPU" in os.environ
if ZERO_GPU:
    import spaces

SECONDS = 10
"""longest time that one call may keep a lent GPU"""


def on_gpu(function: Callable[..., tuple[torch.Tensor, ...]]) -> Callable[..., tuple[torch.Tensor, ...]]:
    """`function(model, *arguments)`, computed on a GPU if there is one; returns its tensors on the CPU.

    If ZeroGPU has none to lend (no quota left, none free), the CPU computes.
    """

    @torch.inference_mode()
    def work(device: str, model: nn.Module, *arguments: Any) -> tuple[torch.Tensor, ...]:
        if device == "cpu":
            return function(model, *arguments)
        there = [a.to(device) if isinstance(a, torch.Tensor) else a for a in arguments]
        return tuple(tensor.cpu() for tensor in function(deepcopy(model).to(device), *there))

    lent = spaces.GPU(work, duration=SECONDS) if ZERO_GPU else None

    @wraps(function)
    def call(*arguments: Any) -> tuple[torch.Tensor, ...]:
        if lent is None:
            return work("cuda" if torch.cuda.is_available() else "cpu", *arguments)
        try:
            return lent("cuda", *arguments)
        except Exception as error:
            logging.getLogger(__name__).warning("no GPU was lent, the CPU does it: %s", error)
            return work("cpu", *arguments)

    return call
