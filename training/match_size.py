"""How much larger things are in one domain of images than in another."""

import torch
from torch import Tensor

from training.data import Images, sample, to_float
from training.errors import TrainingError


def spread(pixels: Tensor) -> float:
    """Mean size of what is not white in uint8 images (N, C, H, W): its standard deviation in pixels."""
    ink = 1 - to_float(pixels).mean(1)  # (N, H, W)
    places = torch.arange(ink.shape[1], device=ink.device).float()
    deviations = []
    for profile in (ink.sum(2), ink.sum(1)):  # vertical, horizontal: (N, size)
        share = profile / profile.sum(1, keepdim=True).clamp_min(1e-6)
        middle = (share * places).sum(1, keepdim=True)  # (N, 1)
        deviations.append((share * (places - middle).square()).sum(1).sqrt())  # (N,)
    return torch.cat(deviations).mean().item()


def relative_size(a: Images, b: Images) -> float:
    """Size of things in B relative to A, to three digits; raises `TrainingError` if it is no usable zoom."""
    # of a sample, as large as if the images were not in memory: the zoom must not depend on that
    spreads = [spread(images.pixels[sample(len(images))]) for images in (a, b)]
    if min(spreads) == 0 or not 0.25 <= spreads[1] / spreads[0] <= 4:
        raise TrainingError(
            "--match_size finds no sensible factor between what is not white in A and in B; give --model.zoom"
        )
    return round(spreads[1] / spreads[0], 3)
