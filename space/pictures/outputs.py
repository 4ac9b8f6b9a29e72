"""Makes pictures of tensors: images, grids, heat maps, the scores of a discriminator, and numbers
for scripts.
"""

import io
from base64 import b64encode

import numpy as np
import torch
from PIL import Image
from torch import Tensor

MAGMA = np.array([(0, 0, 4), (81, 18, 124), (183, 55, 121), (252, 137, 97), (252, 253, 191)], float)
GENERATED, REAL = (234, 88, 12), (79, 70, 229)
"""colours of a patch that scores 0, and of one that scores 1"""

FRAME_MS, LAST_FRAME_MS = 160, 2500
"""milliseconds that a GIF shows a picture, and the last one"""


def to_base64(numbers: Tensor | np.ndarray) -> str:
    """Numbers for a script: base64 of little-endian float32."""
    return b64encode(np.asarray(numbers, "<f4").tobytes()).decode()


def to_gif(frames: list[Image.Image], scale: int = 2) -> bytes:
    """A GIF of the pictures, enlarged; it stays at the last one for a while before it starts again."""
    first, *others = (frame.resize([scale * side for side in frame.size], Image.NEAREST) for frame in frames)
    durations = [FRAME_MS] * len(others) + [LAST_FRAME_MS]
    content = io.BytesIO()
    first.save(content, "GIF", save_all=True, append_images=others, duration=durations, loop=0)
    return content.getvalue()


def to_pil(images: Tensor, scale: int = 1) -> Image.Image:
    """One image (C, H, W) or (1, C, H, W), C 1 or 3; each pixel becomes a block of `scale` x `scale`."""
    if images.dim() == 4:
        (images,) = images
    pixels = (images * 255).round().clamp(0, 255).byte().permute(1, 2, 0).cpu().numpy()
    pixels = pixels.repeat(scale, 0).repeat(scale, 1)
    return Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)


def to_grid(images: Tensor, columns: int, scale: int = 1, padding: int = 1) -> Image.Image:
    """Images (B, C, H, W) row by row, `padding` grey pixels between them, enlarged as by `to_pil`."""
    count, channels, height, width = images.shape
    rows = -(-count // columns)
    cells = images.new_full((rows * columns, channels, height + padding, width + padding), 0.5)
    cells[:count, :, :height, :width] = images
    grid = cells.unflatten(0, (rows, columns)).permute(2, 0, 3, 1, 4)  # (C, rows, H, columns, W)
    grid = grid.flatten(3).flatten(1, 2)  # (C, rows * H, columns * W)
    return to_pil(grid[:, : grid.shape[1] - padding, : grid.shape[2] - padding], scale)


def to_heat(values: Tensor, scale: int = 1) -> Image.Image:
    """Values (H, W) as colours from black (0) through violet to pale yellow (1 and more), enlarged."""
    values = values.cpu().numpy()
    channels = [np.interp(values, np.linspace(0, 1, len(MAGMA)), channel) for channel in MAGMA.T]
    pixels = np.stack(channels, -1).round().astype(np.uint8)
    return Image.fromarray(pixels.repeat(scale, 0).repeat(scale, 1))


def patch_map(scores: Tensor, size: int, stride: int) -> Tensor:
    """Scores (h, w) of patches as a map (size, size): a pixel takes the score of the nearest patch."""

    def nearest(count: int) -> Tensor:
        pixel = torch.arange(size) - (size - 1) / 2  # from the middle; patches lie around it, `stride` apart
        return (pixel / stride + (count - 1) / 2).round().clamp(0, count - 1).long()

    return scores[nearest(scores.shape[0])][:, nearest(scores.shape[1])]


def to_opinion(image: Tensor, scores: Tensor, stride: int, scale: int = 1) -> Image.Image:
    """An image (1, C, H, H) in grey, coloured by a discriminator's scores (h, w) of its patches.

    The surer the score, the stronger the colour. A patch that scores 1/2 stays grey: D cannot tell.
    """
    score = patch_map(scores, image.shape[-1], stride).clamp(0, 1)
    sure = (2 * score - 1).abs()[None]  # (1, H, H)
    generated, real = (torch.tensor(colour)[:, None, None] / 255 for colour in (GENERATED, REAL))
    colour = torch.where(score > 0.5, real, generated)
    grey = 0.25 + 0.7 * image[0].mean(0, keepdim=True)
    return to_pil(grey.lerp(colour, 0.7 * sure), scale)
