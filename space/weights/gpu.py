"""A GPU for what is worth one: of the machine itself, or lent by ZeroGPU, the free hardware of Spaces.

ZeroGPU lends a GPU for the length of one call, in a process of its own, and counts the seconds against the
visitor's quota. So only work that a CPU needs long for goes there; everything else stays where the page is.
`spaces`, its library, is there only.
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
"""most that one call may keep a lent GPU"""


def on_gpu(function: Callable[..., tuple[torch.Tensor, ...]]) -> Callable[..., tuple[torch.Tensor, ...]]:
    """`function(model, *arguments)` with everything on a GPU where there is one, its tensors back on the CPU.

    Where ZeroGPU has none to lend (no quota left, none free), the CPU does it.
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
