"""What the rest of the house is told of a model: for its card, and which texts of the page are about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Description:
    """What a config says of its model, by `describe()`."""

    kind: str
    """`family` or `family.variant`: the page's texts about it are `family.<kind>.…` in space.text.families"""
    about: str
    """what it is and whose idea, in one or two sentences"""
    networks: str
    """its layers in words, without a full stop"""
    usage: str
    """a line of Python that uses `model`"""
    samples: str
    """what the pictures show that training leaves in samples/"""
    limits: str
    """what not to expect of it, in a sentence"""


def sampling_line(shape: tuple[int, int, int]) -> str:
    """The usage of a model with `sample`, whose images have this (C, H, W)."""
    numbers = ", ".join(map(str, shape))
    return f"images = model.sample(16, torch.Generator().manual_seed(0))  # (16, {numbers}) in [0, 1]"
