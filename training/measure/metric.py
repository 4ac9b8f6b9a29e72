"""An entry of metrics.json: a metric's value, its unit and the protocol that it was measured by."""

from typing import Any

import torch
from torch import Tensor
from tqdm.auto import tqdm

Metrics = dict[str, dict[str, Any]]
"""name of a metric -> its entry in metrics.json"""


def metric(value: float | list[float], unit: str, better: str | None, protocol: str) -> dict[str, Any]:
    """An entry of metrics.json; `better` is 'higher', 'lower', or None if neither is better."""
    value = [round(v, 4) for v in value] if isinstance(value, list) else float(f"{value:.6g}")
    return {"value": value, "unit": unit, "better": better, "protocol": protocol}


def psnr(images: Tensor, target: Tensor) -> Tensor:
    """Peak signal-to-noise ratio of each image in dB, (B,), for images in [0, 1]."""
    return -10 * torch.log10((images - target).square().flatten(1).mean(1).clamp_min(1e-10))


def progress(total: int, what: str) -> tqdm:
    """A bar with the time left, for a metric of `total` images that takes longer than two seconds."""
    return tqdm(total=total, desc=what, unit="image", delay=2, leave=False, dynamic_ncols=True)
