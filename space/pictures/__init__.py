"""Pixels: files and drawings in, pictures out, sheets of examples. It may import `text`.

Tensors are images (C, H, W) or (B, C, H, W) in [0, 1], as inside the models; only this room knows uint8.
"""

from space.pictures.files import read_image
from space.pictures.inputs import sketch_to_digit, sketch_to_square, to_digit, to_square
from space.pictures.outputs import to_grid, to_heat, to_opinion, to_pil
from space.pictures.sheets import digit_sheet, emoji_sheet, flat_emoji_sheet

__all__ = [
    "digit_sheet",
    "emoji_sheet",
    "flat_emoji_sheet",
    "read_image",
    "sketch_to_digit",
    "sketch_to_square",
    "to_digit",
    "to_grid",
    "to_heat",
    "to_opinion",
    "to_pil",
    "to_square",
]
