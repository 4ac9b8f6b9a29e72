"""What the rest of the house is told of a model: for its card, and which texts of the page are about it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Paper:
    """Where an idea was published."""

    authors: str
    """as BibTeX has them: `Last, First and Last, First`"""
    year: int
    title: str
    url: str
    """at arXiv, if it is there: the Hub then shows it beside the model"""

    @property
    def bibtex(self) -> str:
        """An entry for a bibliography."""
        key = re.sub(r"\W", "", self.authors.split(",")[0]).lower() + str(self.year)
        fields = {"title": self.title, "author": self.authors, "year": self.year, "url": self.url}
        return "\n".join(
            [f"@misc{{{key},", *(f"  {name} = {{{value}}}," for name, value in fields.items()), "}"]
        )


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
    paper: Paper


def sampling_line(shape: tuple[int, int, int]) -> str:
    """The usage of a model with `sample`, whose images have this (C, H, W)."""
    numbers = ", ".join(map(str, shape))
    return f"images = model.sample(16, torch.Generator().manual_seed(0))  # (16, {numbers}) in [0, 1]"
