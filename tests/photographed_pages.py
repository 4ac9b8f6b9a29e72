"""Photographs of a handwritten digit on a page, seeded, of many kinds; each holds one test digit.

`python -m tests.photographed_pages [KIND ...]` prints how many of 100 a kind the classifier reads.
"""

import io
import sys
from collections.abc import Callable, Sequence

import numpy as np
import torch
from PIL import Image, ImageDraw
from scipy import ndimage

from space.pictures import digit_sheet, to_digit
from space.text.refusals import Problem
from space.weights.hub import load

SIDE = 320
Rng = np.random.Generator
Draw = Callable[[int, int, Rng], Image.Image]
KINDS: dict[str, Draw] = {}
"""name of a kind -> page of the digit (label, index)"""


def kind(name: str) -> Callable[[Draw], Draw]:
    def register(draw: Draw) -> Draw:
        KINDS[name] = draw
        return draw

    return register


def ink(label: int, index: int, size: int = 140, page: tuple[int, int] = (SIDE, SIDE), at=None) -> np.ndarray:
    """A digit of `size` pixels in the middle of a page, or at a (row, column); (H, W) in [0, 1]."""
    digit = Image.fromarray(digit_sheet()[label, index].numpy()).resize(
        (size, size), Image.Resampling.BICUBIC
    )
    top, left = at or ((page[0] - size) // 2, (page[1] - size) // 2)
    result = np.zeros(page)
    result[top : top + size, left : left + size] = np.asarray(digit) / 255
    return result


def written(ink: np.ndarray, paper: np.ndarray | float = 0.92, pen: np.ndarray | float = 0.12) -> np.ndarray:
    """Ink on paper; each a brightness, an array of them, or a colour."""
    paper, pen = np.asarray(paper, float), np.asarray(pen, float)
    cover = ink[..., None] if 3 in (paper.size, pen.size) or paper.ndim == 3 else ink
    return paper * (1 - cover) + pen * cover


def photo(values: np.ndarray, rng: Rng, noise: float = 0.01, quality: int = 85) -> Image.Image:
    """Values in [0, 1] as a JPEG with the grain of a camera."""
    values = values + rng.normal(0, noise, values.shape)
    buffer = io.BytesIO()
    Image.fromarray((values.clip(0, 1) * 255).astype(np.uint8)).convert("RGB").save(
        buffer, "JPEG", quality=quality
    )
    return Image.open(buffer)


def turned(values: np.ndarray, degrees: float) -> np.ndarray:
    return ndimage.rotate(values, degrees, reshape=False, order=1, mode="nearest")


def plane() -> tuple[np.ndarray, np.ndarray]:
    """y and x from -1 to 1 over a page."""
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    return y, x


def on_page(name: str, spoil: Callable[[np.ndarray, Rng], np.ndarray], **settings) -> None:
    """A kind whose page, (H, W) in [0, 1], is spoilt once the digit is written on it."""
    quality = settings.pop("quality", 85)
    KINDS[name] = lambda label, index, rng: photo(
        spoil(written(ink(label, index, **settings)), rng), rng, quality=quality
    )


def rules(
    paper: np.ndarray, rng: Rng, step: int, shade: float, width: int = 1, columns: bool = False
) -> np.ndarray:
    paper = paper.copy()
    for line in range(int(rng.integers(4, step)), SIDE, step):
        for view in (paper, paper.T)[: 1 + columns]:
            view[line : line + width] = np.minimum(view[line : line + width], shade)
    return paper


def drawn(draw: Callable[[ImageDraw.ImageDraw, Rng], None]) -> Callable[[np.ndarray, Rng], np.ndarray]:
    """Something drawn on the page with Pillow, dark."""

    def spoil(page: np.ndarray, rng: Rng) -> np.ndarray:
        mask = Image.new("L", (SIDE * 2, SIDE * 2))
        draw(ImageDraw.Draw(mask), rng)
        cover = np.asarray(mask.resize((SIDE, SIDE), Image.Resampling.BOX)) / 255
        return written(cover, page, np.full_like(page, 0.15))

    return spoil


def around(page: np.ndarray, desk: np.ndarray | float, degrees: float = 0, margin: int = 30) -> np.ndarray:
    """A sheet on a desk."""
    sheet = np.zeros((SIDE, SIDE))
    sheet[margin:-margin, margin:-margin] = 1
    return written(1 - turned(sheet, degrees), page, np.broadcast_to(desk, page.shape))


def lit(
    light: Callable[[np.ndarray, np.ndarray, Rng], np.ndarray],
) -> Callable[[np.ndarray, Rng], np.ndarray]:
    return lambda page, rng: page * light(*plane(), rng)


def shadow(sharpness: float) -> Callable[[np.ndarray, Rng], np.ndarray]:
    def light(y: np.ndarray, x: np.ndarray, rng: Rng) -> np.ndarray:
        angle, shift = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.3)
        across = x * np.cos(angle) + y * np.sin(angle) - shift
        return 0.5 + 0.5 / (1 + np.exp(-across * sharpness))

    return lit(light)


def wood(rng: Rng) -> np.ndarray:
    bend = ndimage.gaussian_filter(rng.normal(0, 1, (SIDE, SIDE)), 12) * 20
    return 0.4 + 0.12 * np.sin(np.arange(SIDE)[:, None] / 4 + 3 * bend)


def specks(page: np.ndarray, rng: Rng) -> np.ndarray:
    page = page.copy()
    for _ in range(15):
        row, column, size = *rng.integers(2, SIDE - 6, 2), rng.integers(1, 5)
        if max(abs(row - SIDE // 2), abs(column - SIDE // 2)) > 75:
            page[row : row + size, column : column + size] = 0.1
    return page


def dots(draw: ImageDraw.ImageDraw, rng: Rng) -> None:
    for row in range(10, 640, 32):
        for column in range(10, 640, 32):
            draw.ellipse((column, row, column + 3, row + 3), fill=140)


def paper_clip(draw: ImageDraw.ImageDraw, rng: Rng) -> None:
    draw.rounded_rectangle((540, 20, 570, 110), 12, outline=200, width=5)


def holes(draw: ImageDraw.ImageDraw, rng: Rng) -> None:
    for top in (130, 470):
        draw.ellipse((16, top, 50, top + 34), fill=200)


def spiral(draw: ImageDraw.ImageDraw, rng: Rng) -> None:
    for top in range(6, 640, 30):
        draw.ellipse((4, top, 40, top + 14), outline=255, width=4)


def askew_rules(page: np.ndarray, rng: Rng) -> np.ndarray:
    return np.minimum(page, turned(rules(np.full_like(page, 0.92), rng, 30, 0.5, 2), rng.uniform(-7, 7)))


def askew_sheet(page: np.ndarray, rng: Rng) -> np.ndarray:
    return around(page, 0.3 + rng.normal(0, 0.03, page.shape), rng.uniform(-15, 15), 35)


def text(draw: ImageDraw.ImageDraw, rng: Rng) -> None:
    for line in range(3):
        draw.text((40, 520 + 32 * line), "printed words, a line below", fill=255, font_size=22)


def second_digit(size: int) -> Callable[[np.ndarray, Rng], np.ndarray]:
    def spoil(page: np.ndarray, rng: Rng) -> np.ndarray:
        other = ink(int(rng.integers(10)), int(rng.integers(20)), size, at=(SIDE - size - 8, SIDE - size - 8))
        return np.minimum(page, written(other))

    return spoil


def corner(page: np.ndarray, rng: Rng) -> np.ndarray:
    y, x = plane()
    return np.where(y + x * rng.uniform(0.5, 1.5) < -1.35, 0.02, page)


def border(width: int, sides: int = 4) -> Callable[[np.ndarray, Rng], np.ndarray]:
    def spoil(page: np.ndarray, rng: Rng) -> np.ndarray:
        inner = np.pad(np.ones((SIDE - 2 * width,) * 2), width)
        if sides == 1:
            inner[:, width:] = 1
            inner[:, :width] = 0
        return np.where(inner, page, 0.03)

    return spoil


def finger(page: np.ndarray, rng: Rng) -> np.ndarray:
    y, x = plane()
    shape = ((x - rng.uniform(-0.5, 0.5)) / 0.16) ** 2 + ((y - 1) / 0.45) ** 2 < 1
    return np.where(shape, 0.55, page)


for name, spoil in {
    "clean": lambda page, rng: page,
    "inverted": lambda page, rng: 1 - page,
    "speck": drawn(lambda draw, rng: draw.rectangle((590, 600, 597, 607), fill=255)),
    "specks": specks,
    "lined": lambda page, rng: rules(page, rng, 32, 0.55),
    "lined, dark": lambda page, rng: rules(page, rng, 24, 0.2, 2),
    "squared": lambda page, rng: rules(page, rng, 16, 0.6, 1, True),
    "squared, dark": lambda page, rng: rules(page, rng, 22, 0.3, 1, True),
    "lined, askew": askew_rules,
    "dotted": drawn(dots),
    "margin line": lambda page, rng: np.where(np.arange(SIDE) // 2 == 25, np.minimum(page, 0.4), page),
    "scan border": border(8),
    "scan border, thin": border(3),
    "border on one side": border(20, 1),
    "black corner of a turned scan": corner,
    "dark desk": lambda page, rng: around(page, 0.2),
    "black desk": lambda page, rng: around(page, 0.03, margin=50),
    "desk, sheet askew": askew_sheet,
    "wooden desk": lambda page, rng: around(page, wood(rng)),
    "lined sheet on a desk": lambda page, rng: around(rules(page, rng, 28, 0.5), 0.25),
    "drawn frame": drawn(lambda draw, rng: draw.rectangle((130, 130, 510, 510), outline=255, width=5)),
    "paper clip": drawn(paper_clip),
    "staple": drawn(lambda draw, rng: draw.line((20, 60, 80, 30), fill=230, width=6)),
    "punched holes": drawn(holes),
    "spiral binding": drawn(spiral),
    "coffee ring": drawn(lambda draw, rng: draw.ellipse((20, 380, 260, 620), outline=90, width=14)),
    "stain": lambda page, rng: page - 0.3 * np.exp(-(((np.indices(page.shape) - 60) / 22) ** 2).sum(0)),
    "finger": finger,
    "printed text": drawn(text),
    "second, small digit": second_digit(50),
    "light from a side": lit(lambda y, x, rng: 0.67 + 0.32 * x),
    "vignette": lit(lambda y, x, rng: 1 - 0.45 * (x * x + y * y)),
    "soft shadow": shadow(25),
    "hard shadow": shadow(150),
    "flash": lambda page, rng: page * 0.75 + 0.25 * np.exp(-3 * (plane()[0] ** 2 + (plane()[1] - 0.3) ** 2)),
    "grain": lambda page, rng: page + rng.normal(0, 0.04, page.shape),
    "low contrast": lambda page, rng: 0.4 + 0.25 * page,
    "blur": lambda page, rng: ndimage.gaussian_filter(page, 2.5),
    "moiré": lambda page, rng: page + 0.04 * np.sin(np.indices(page.shape).sum(0) * 1.7),
}.items():  # fmt: skip
    on_page(name, spoil)
on_page("JPEG 30", lambda page, rng: page, quality=30)
on_page("small digit", lambda page, rng: page, size=24)
on_page("large digit", lambda page, rng: page, size=318)

for name, (paper, pen) in {
    "red on white": ((0.92, 0.92, 0.9), (0.8, 0.15, 0.15)),
    "blue on yellow": ((0.98, 0.9, 0.35), (0.15, 0.23, 0.7)),
    "yellow on white": ((1, 1, 1), (1, 0.88, 0)),
    "red on green, equally bright": ((0.23, 0.66, 0.23), (0.86, 0.31, 0.35)),
    "chalk": ((0.15, 0.25, 0.2), (0.85, 0.85, 0.8)),
    "pencil": ((0.92,) * 3, (0.65,) * 3),
}.items():
    KINDS[name] = lambda label, index, rng, paper=paper, pen=pen: photo(
        written(ink(label, index), paper, pen), rng, 0.015
    )


@kind("thin pen")
def thin_pen(label: int, index: int, rng: Rng) -> Image.Image:
    thin = ndimage.grey_erosion(ink(label, index, 200), 9)
    middle = ink(label, index, 200) * (ndimage.gaussian_filter(thin, 3) > 0.02)
    return photo(written(np.maximum(thin, ndimage.grey_erosion(middle, 5))), rng)


@kind("thick pen")
def thick_pen(label: int, index: int, rng: Rng) -> Image.Image:
    return photo(written(ndimage.grey_dilation(ink(label, index, 160), 5)), rng)


@kind("off-centre")
def off_centre(label: int, index: int, rng: Rng) -> Image.Image:
    return photo(written(ink(label, index, at=tuple(rng.integers(4, SIDE - 145, 2)))), rng)


@kind("page askew")
def askew(label: int, index: int, rng: Rng) -> Image.Image:
    page = rules(written(ink(label, index)), rng, 30, 0.6)
    return photo(around(turned(page, angle := rng.uniform(-8, 8)), 0.3, angle), rng)


@kind("perspective")
def perspective(label: int, index: int, rng: Rng) -> Image.Image:
    page = Image.fromarray((written(ink(label, index)) * 255).astype(np.uint8))
    lean = rng.uniform(-0.0006, 0.0006)
    page = page.transform(
        page.size, Image.Transform.PERSPECTIVE, (1, 0.05, -10, 0, 1, 0, lean, 0), fillcolor=60
    )
    return photo(np.asarray(page) / 255, rng)


@kind("tight")
def tight(label: int, index: int, rng: Rng) -> Image.Image:
    cover = ink(label, index)
    rows, columns = np.nonzero(cover > 0.3)
    return photo(written(cover[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]), rng)


@kind("wide page")
def wide(label: int, index: int, rng: Rng) -> Image.Image:
    return photo(written(ink(label, index, 56, (64, 1200))), rng)


@kind("high page")
def high(label: int, index: int, rng: Rng) -> Image.Image:
    return photo(written(ink(label, index, 56, (1200, 64))), rng)


@kind("20 pixels")
def twenty(label: int, index: int, rng: Rng) -> Image.Image:
    return Image.fromarray((written(ink(label, index, 20, (20, 20))) * 255).astype(np.uint8))


@kind("phone photo")
def phone(label: int, index: int, rng: Rng) -> Image.Image:
    page = around(rules(written(ink(label, index)), rng, 28, 0.6), 0.3, rng.uniform(-4, 4), 20)
    y, x = plane()
    return photo(page * (1 - 0.2 * (x * x + y * y)) * (0.75 + 0.2 * x), rng, 0.02, 75)


def on_clear(level: int, strength: int = 255) -> Draw:
    def draw(label: int, index: int, rng: Rng) -> Image.Image:
        cover = ink(label, index) * strength
        return Image.fromarray(np.dstack([np.full((*cover.shape, 3), level), cover]).astype(np.uint8))

    return draw


KINDS |= {
    "black on clear": on_clear(0),
    "white on clear": on_clear(255),
    "black on clear, half transparent": on_clear(0, 130),
    "white on clear, half transparent": on_clear(255, 130),
}


def read(name: str, each: int, labels: Sequence[int] = range(10)) -> list[tuple[int, int, int | str]]:
    """`each` digits of some classes on pages of a kind: (label, index, what is read, or why refused)."""
    found, digits = [], []
    for label in labels:
        for index in range(each):
            page = KINDS[name](label, index, np.random.default_rng(1000 * label + index))
            try:
                digits.append(to_digit(page))
                found.append((label, index, None))
            except Problem as problem:
                found.append((label, index, problem.key))
    answers = iter(load("classifier-mnist").model(torch.cat(digits)).argmax(1).tolist() if digits else [])
    return [(label, index, why or next(answers)) for label, index, why in found]


if __name__ == "__main__":
    for name in sys.argv[1:] or KINDS:
        wrong = [page for page in read(name, 10) if page[0] != page[2]]
        print(f"{name:34} {100 - len(wrong):4} {wrong[:6] if wrong else ''}", flush=True)
