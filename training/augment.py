"""What happens to training images before a network sees them: mirrored, moved, cut to windows."""

import torch
import torch.nn.functional as F
from torch import Tensor

from training.batches import Noise


def augment(x: Tensor, noise: Noise, flip: bool, crop: int, window: int = 0) -> Tensor:
    """Mirror half of the images (B, C, H, W) and move all by up to `crop` pixels, with reflected borders.

    With a `window`, it is one of that many pixels a side that moves, anywhere within the image and `crop`.

    No image of one colour comes out as long as one of the batch has two: a blank window gives way to the
    middle of its image, a blank image to another of the batch. Instance normalisation divides by an image's
    deviation, layer by layer, so that gradients of a blank image overflow.
    """
    chance, *place = noise.uniform_like(x.new_empty(len(x), 3)).unbind(1)
    if flip:
        x = torch.where(chance.view(-1, 1, 1, 1) < 0.5, x.flip(3), x)
    if crop or window:
        height, width = (window or size for size in x.shape[2:])
        x = F.pad(x, [crop] * 4, mode="reflect")
        rows, columns = (
            (u * (whole - size + 1)).long()[:, None] + torch.arange(size, device=x.device)
            for u, whole, size in zip(place, x.shape[2:], (height, width))
        )  # (B, size) each
        images = torch.arange(len(x), device=x.device).view(-1, 1, 1, 1)
        channels = torch.arange(x.shape[1], device=x.device).view(1, -1, 1, 1)
        moved = x[images, channels, rows[:, None, :, None], columns[:, None, None, :]]
        top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
        middle = x[..., top : top + height, left : left + width]
        x = torch.where(is_blank(moved).view(-1, 1, 1, 1), middle, moved)
    blank = is_blank(x)
    others = blank.long().argsort(stable=True)  # the images that are not blank come first
    chosen = others[torch.arange(len(x), device=x.device) % (~blank).sum().clamp_min(1)]
    return torch.where(blank.view(-1, 1, 1, 1), x[chosen], x)


def is_blank(x: Tensor) -> Tensor:
    """Whether each image of (B, C, H, W) is of one colour, (B,)."""
    return (x.amax((2, 3)) == x.amin((2, 3))).all(1)
