"""An entry of metrics.json: a figure with its unit and the protocol that gives it."""

from typing import Any

import torch
from torch import Tensor

Metrics = dict[str, dict[str, Any]]
"""key -> entry"""


def metric(value: float | list[float], unit: str, better: str | None, protocol: str) -> dict[str, Any]:
    """An entry of metrics.json; `better` is 'higher', 'lower' or None where neither is."""
    value = [round(v, 4) for v in value] if isinstance(value, list) else float(f"{value:.6g}")
    return {"value": value, "unit": unit, "better": better, "protocol": protocol}


def psnr(images: Tensor, target: Tensor) -> Tensor:
    """Peak signal-to-noise ratio in dB of each image (B,), peak 1."""
    return -10 * torch.log10((images - target).square().flatten(1).mean(1).clamp_min(1e-10))
