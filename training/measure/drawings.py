"""Thirty pictures in flat colours, as a visitor would draw them: faces, fruit, vehicles, letters, flags.

They are no emoji of any set, so they show how a translation of emoji does on pictures from elsewhere.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

FINE = 4
"""pixels a side that are drawn for each pixel that is kept"""
UNITS = 100
"""units a side of the coordinates below"""
RED, ORANGE, YELLOW, GREEN, BLUE = "#f8312f", "#ff822d", "#fcd53f", "#00d26a", "#0074ba"
SKY, PURPLE, PINK, BROWN, BLACK, GREY = "#00a6ed", "#8d65c5", "#ff6dc6", "#6d4534", "#212121", "#d3d3d3"
WHITE, GOLD, LEAF = "#ffffff", "#ffb02e", "#44911b"


class Pen:
    """Draws shapes of one colour each; coordinates are in `UNITS` from the upper left corner."""

    def __init__(self, side: int) -> None:
        self.scale = side * FINE / UNITS
        self.image = Image.new("RGB", (side * FINE, side * FINE), WHITE)
        self.draw = ImageDraw.Draw(self.image)

    def _at(self, *numbers: float) -> list[float]:
        return [number * self.scale for number in numbers]

    def disc(self, x: float, y: float, radius: float, colour: str, height: float = 0) -> None:
        self.draw.ellipse(
            self._at(x - radius, y - (height or radius), x + radius, y + (height or radius)), colour
        )

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: str, corner: float = 0
    ) -> None:
        self.draw.rounded_rectangle(self._at(left, top, right, bottom), corner * self.scale, colour)

    def area(self, *corners: float, colour: str) -> None:
        self.draw.polygon(self._at(*corners), colour)

    def line(self, *corners: float, colour: str = BLACK, width: float = 5) -> None:
        self.draw.line(self._at(*corners), colour, round(width * self.scale), "curve")

    def arc(self, x: float, y: float, radius: float, start: float, end: float, colour: str = BLACK) -> None:
        box = self._at(x - radius, y - radius, x + radius, y + radius)
        self.draw.arc(box, start, end, colour, round(5 * self.scale))


def face(pen: Pen, colour: str, mood: str) -> None:
    pen.disc(50, 50, 42, colour)
    for x in (36, 64):
        pen.disc(x, 42, 5, BLACK, 7)
    if mood == "smile":
        pen.arc(50, 50, 22, 20, 160)
    elif mood == "sad":
        pen.arc(50, 80, 18, 205, 335)
    elif mood == "surprised":
        pen.disc(50, 70, 8, BLACK, 10)
    else:
        pen.line(36, 68, 64, 68)


def cat(pen: Pen, colour: str) -> None:
    for x in (22, 78):
        pen.area(x - 12, 50, x, 8, x + 14, 40, colour=colour)
    pen.disc(50, 56, 38, colour, 34)
    for x in (36, 64):
        pen.disc(x, 50, 5, BLACK, 7)
    pen.area(45, 62, 55, 62, 50, 68, colour=PINK)
    pen.arc(50, 66, 9, 10, 170)


def round_fruit(pen: Pen, colour: str, leaf: str) -> None:
    pen.line(50, 30, 54, 10, colour=BROWN, width=6)
    pen.disc(66, 17, 13, leaf, 7)
    pen.disc(38, 58, 28, colour, 33)
    pen.disc(62, 58, 28, colour, 33)


def cherries(pen: Pen) -> None:
    pen.line(30, 66, 58, 12, 70, 66, colour=LEAF, width=4)
    pen.disc(28, 72, 18, RED)
    pen.disc(72, 72, 18, RED)


def grapes(pen: Pen) -> None:
    pen.line(50, 26, 50, 8, colour=BROWN, width=6)
    for row, count in enumerate((4, 3, 2, 1)):
        for i in range(count):
            pen.disc(50 + 20 * (i - (count - 1) / 2), 34 + 17 * row, 12, PURPLE)


def banana(pen: Pen) -> None:
    pen.disc(44, 40, 42, YELLOW)
    pen.disc(34, 26, 42, WHITE)
    pen.box(82, 22, 90, 34, BROWN, 2)


def car(pen: Pen, colour: str, roof: str) -> None:
    pen.area(24, 48, 36, 26, 66, 26, 80, 48, colour=roof)
    pen.box(6, 46, 94, 72, colour, 10)
    for x in (28, 72):
        pen.disc(x, 72, 12, BLACK)
        pen.disc(x, 72, 5, GREY)


def bus(pen: Pen, colour: str) -> None:
    pen.box(6, 20, 94, 76, colour, 8)
    for left in (14, 41, 68):
        pen.box(left, 30, left + 20, 50, SKY, 3)
    for x in (28, 72):
        pen.disc(x, 76, 11, BLACK)


def rocket(pen: Pen) -> None:
    pen.area(30, 62, 14, 86, 34, 80, colour=RED)
    pen.area(70, 62, 86, 86, 66, 80, colour=RED)
    pen.disc(50, 48, 22, GREY, 40)
    pen.disc(50, 40, 10, BLUE)
    pen.area(40, 84, 50, 98, 60, 84, colour=ORANGE)


def house(pen: Pen) -> None:
    pen.box(20, 44, 80, 90, GOLD)
    pen.area(8, 48, 50, 10, 92, 48, colour=RED)
    pen.box(42, 62, 58, 90, BROWN)


def tree(pen: Pen) -> None:
    pen.box(43, 60, 57, 94, BROWN)
    for x, y in ((34, 46), (66, 46), (50, 28)):
        pen.disc(x, y, 24, LEAF)


def heart(pen: Pen, colour: str) -> None:
    pen.disc(31, 36, 22, colour)
    pen.disc(69, 36, 22, colour)
    pen.area(11, 46, 89, 46, 50, 92, colour=colour)


def star(pen: Pen) -> None:
    turns = np.arange(10) * np.pi / 5 - np.pi / 2
    reach = np.where(np.arange(10) % 2, 19, 46)
    corners = np.stack([50 + reach * np.cos(turns), 54 + reach * np.sin(turns)], 1)
    pen.area(*corners.ravel().tolist(), colour=YELLOW)


def letter(pen: Pen, strokes: tuple[tuple[float, ...], ...], colour: str) -> None:
    for stroke in strokes:
        pen.line(*stroke, colour=colour, width=16)


def stripes(pen: Pen, colours: tuple[str, ...], upright: bool) -> None:
    width = 84 / len(colours)
    for i, colour in enumerate(colours):
        along, across = (8 + width * i, 8 + width * (i + 1)), (22, 78)
        (left, right), (top, bottom) = (along, across) if upright else (across, along)
        if not upright:
            top, bottom = (22 + (edge - 8) * 56 / 84 for edge in (top, bottom))
            left, right = 8, 92
        pen.box(left, top, right, bottom, colour)


def disc_flag(pen: Pen, cloth: str, colour: str) -> None:
    pen.box(8, 22, 92, 78, cloth)
    pen.disc(50, 50, 17, colour)


DRAWINGS: tuple[Callable[[Pen], None], ...] = (
    partial(face, colour=YELLOW, mood="smile"),
    partial(face, colour=GOLD, mood="sad"),
    partial(face, colour=PINK, mood="surprised"),
    partial(face, colour=GREEN, mood="calm"),
    partial(cat, colour=ORANGE),
    partial(cat, colour=GREY),
    partial(round_fruit, colour=RED, leaf=GREEN),
    partial(round_fruit, colour=GREEN, leaf=LEAF),
    partial(round_fruit, colour=ORANGE, leaf=LEAF),
    cherries,
    grapes,
    banana,
    partial(car, colour=RED, roof=SKY),
    partial(car, colour=BLUE, roof=GREY),
    partial(car, colour=GOLD, roof=SKY),
    partial(bus, colour=ORANGE),
    partial(bus, colour=PURPLE),
    rocket,
    house,
    tree,
    partial(heart, colour=RED),
    partial(heart, colour=PURPLE),
    star,
    partial(letter, strokes=((20, 88, 50, 12, 80, 88), (34, 60, 66, 60)), colour=BLUE),
    partial(letter, strokes=((24, 16, 76, 16, 24, 84, 76, 84),), colour=RED),
    partial(letter, strokes=((24, 88, 24, 12, 76, 88, 76, 12),), colour=LEAF),
    partial(stripes, colours=(BLACK, RED, GOLD), upright=False),
    partial(stripes, colours=(BLUE, GREY, RED), upright=True),
    partial(stripes, colours=(GREEN, YELLOW, RED), upright=True),
    partial(disc_flag, cloth=LEAF, colour=RED),
)


def drawings(side: int) -> Tensor:
    """All drawings (30, 3, side, side) in [0, 1], on white, with smooth edges."""
    pictures = []
    for draw in DRAWINGS:
        pen = Pen(side)
        draw(pen)
        pictures.append(np.asarray(pen.image.reduce(FINE), np.float32) / 255)
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()
