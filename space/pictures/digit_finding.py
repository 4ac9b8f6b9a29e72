"""Finds the digit on a photographed page: evens out the light, takes rules away, and picks the piece of ink
that is most like a digit.

Nothing is known of the page: ink may be darker or lighter than the paper, or differ in colour alone. So each
of these readings is tried at several thresholds, and the best piece of all wins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

from space.text.refusals import Problem

MIN_CONTRAST = 0.15
"""difference between ink and paper, of 1 between black and white; what has less does not stand out"""
SIDE = 300
"""pages are searched at this many pixels squared; the grain of a larger photo would pass for ink"""
THRESHOLDS = (0.12, 0.2, 0.33, 0.5, 0.7)
SLOPES = np.arange(-0.2, 0.201, 0.0125)
"""of ruled lines: pages are photographed up to 11 degrees askew"""

Box = tuple[float, float, float, float]
"""left, top, right and bottom, in pixels of a picture"""


class Found(NamedTuple):
    """A digit on a picture."""

    ink: np.ndarray
    """from 0 to 1, (height, width), nothing but the digit"""
    box: Box
    """where it lies on the picture"""


@dataclass(eq=False)
class _Piece:
    """Connected ink: where it lies, its pixels there, how dark it is, how like a digit from 0 to 1."""

    place: tuple[slice, slice]
    own: np.ndarray
    contrast: float
    likeness: float
    at_border: bool

    @property
    def height(self) -> int:
        return self.own.shape[0]

    @property
    def size(self) -> int:
        return max(self.own.shape)


class _Ink(NamedTuple):
    """A reading of the picture: how far each pixel is from the paper around it, relative to the paper."""

    raw: np.ndarray
    smooth: np.ndarray
    """the same without its grain"""
    edges: np.ndarray
    """how much it changes nearby"""


def find_digit(image: Image.Image, box: Box | None = None) -> Found:
    """The one digit on an RGB picture; with a `box`, all that stands out within it.

    Raises `Problem` if nothing stands out, or several things that could be digits.
    """
    around = (0, 0, image.width, image.height) if box is None else _widened(box, 0.4, image.size)
    width, height = around[2] - around[0], around[3] - around[1]
    scale = SIDE / (width * height) ** 0.5
    scale = scale if scale < 1 else max(1, round(0.4 * scale))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    resample = Image.Resampling.BOX if scale < 1 else Image.Resampling.NEAREST
    pixels = np.asarray(image.resize(size, resample, around), np.float32) / 255
    step = np.array([width, height] * 2) / [*size, *size]  # pixels of the picture in one of `pixels`
    corner = np.array([*around[:2], *around[:2]])

    within = None if box is None else tuple((np.array(box) - corner) / step)
    ink, own = _digit(pixels, within)
    rows, columns = np.nonzero(own)
    bounds = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
    found = tuple(float(edge) for edge in corner + bounds * step)
    if box is None and scale < 1 and max(np.ptp(rows), np.ptp(columns)) < SIDE / 4:
        return find_digit(
            image, _widened(found, 0.1, image.size)
        )  # a small digit on a large page: look closer
    left, top, right, bottom = bounds
    return Found(ink[top:bottom, left:right], found)


def _widened(box: Box, share: float, size: tuple[int, int]) -> Box:
    """A box with a margin, of a share of its longer side, but within a picture of that size."""
    margin = max(1, share * max(box[2] - box[0], box[3] - box[1]))
    return (
        max(0, box[0] - margin),
        max(0, box[1] - margin),
        min(size[0], box[2] + margin),
        min(size[1], box[3] + margin),
    )


def _digit(pixels: np.ndarray, within: Box | None) -> tuple[np.ndarray, np.ndarray]:
    """The digit's ink on a picture (H, W, 3), from 0 to 1, and a mask of where it is."""
    best, group, others, ink = 0.0, [], [], None
    # in a box a stroke may be as long as half the picture
    for reading, threshold, edges in _readings(pixels, span=0.5 if within is None else 0.8):
        pieces = _pieces(reading, threshold, edges, within)
        for first in pieces:
            near = [first, *(piece for piece in pieces if _is_stroke_of(piece, first))]
            score = _score(first, near, pieces, reading.shape)
            if score > 1.02 * best:
                best, group, ink = score, near, reading
                others = [piece for piece in pieces if piece not in near]
    if ink is None:
        raise Problem("blank_image")
    if within is None:
        _check_alone(group, others)
    else:
        group += [piece for piece in others if piece.contrast > 0.5 * group[0].contrast]
    own = np.zeros(ink.shape, bool)
    for piece in group:
        own[piece.place] |= piece.own
    soft = ndimage.binary_dilation(own, iterations=max(1, round(0.055 * _size(group))))
    level = np.quantile(ink[own], 0.9)
    ink = np.where(soft, np.clip(ink / level, 0, 1), 0).astype(np.float32)
    return ink, ink > 0.3


def _extent(group: Sequence[_Piece], axis: int) -> int:
    """Height (axis 0) or width (1) of the box around pieces."""
    return max(piece.place[axis].stop for piece in group) - min(piece.place[axis].start for piece in group)


def _size(group: Sequence[_Piece]) -> int:
    return max(_extent(group, 0), _extent(group, 1))


def _score(first: _Piece, group: Sequence[_Piece], pieces: Sequence[_Piece], shape: tuple[int, ...]) -> float:
    """How sure it is that a piece, with its loose strokes, is the digit: large, dark, central, like one."""
    score = (_size(group) / _side(shape)) ** (1 / 3) * min(1.0, 2 * first.contrast) ** 0.5 * first.likeness
    score *= 1 - 0.3 * max(abs((a.start + a.stop) / whole - 1) for a, whole in zip(first.place, shape))
    framed = any(
        piece is not first
        and _is_inside(piece, first)
        and piece.size > 0.3 * first.size
        and piece.likeness > 0.7
        and piece.contrast > 0.5 * first.contrast
        for piece in pieces
    )
    crosses = any(  # from border to border, like a margin line
        first.own.shape[axis] == shape[axis] and first.own.shape[1 - axis] < 0.05 * shape[1 - axis]
        for axis in (0, 1)
    )
    return score * (0.4 if framed else 1) * (0.3 if crosses else 0.8 if first.at_border else 1)


def _check_alone(group: Sequence[_Piece], others: Sequence[_Piece]) -> None:
    """Raise `Problem` if other pieces are as much a digit as this one, or this one is as wide as a word."""
    first, size = group[0], _size(group)
    rivals = [
        piece
        for piece in others
        if piece.size > 0.6 * size
        and piece.contrast > 0.5 * first.contrast
        and piece.likeness > 0.5 * first.likeness
        and not piece.at_border
        and not _is_inside(piece, first)
    ]
    height, width = (_extent(group, axis) for axis in (0, 1))
    if rivals or width > 2.2 * height:
        raise Problem("several_things")


def _is_inside(piece: _Piece, other: _Piece) -> bool:
    return all(a.start >= b.start and a.stop <= b.stop for a, b in zip(piece.place, other.place))


def _is_stroke_of(piece: _Piece, first: _Piece) -> bool:
    """Whether a piece is a loose stroke of another, like the bar of a 5: near it, and not as high."""
    gap = max(max(a.start, b.start) - min(a.stop, b.stop) for a, b in zip(piece.place, first.place))
    return (
        piece is not first
        and gap < (0.2 if piece.height < 0.6 * first.height else 0.05) * _size([first, piece])
        and 0.15 * first.size < piece.size <= first.size
        and piece.contrast > 0.5 * first.contrast
        and piece.likeness > 0.2 * first.likeness  # a bar is wide
    )


def _readings(pixels: np.ndarray, span: float) -> Iterator[tuple[np.ndarray, float, np.ndarray]]:
    """All readings of a picture: the ink, a threshold, and edges; with ruled lines, and without them."""
    for values in _brightness_and_colour(pixels):
        for paper in (values, 1 - values):  # ink darker than the paper, or lighter
            ink = _darkness(paper)
            noise = 1.5 * float(np.median(np.abs(ink.raw - ink.smooth)))
            rest, lines = _without_lines(ink.raw, max(0.06, 3 * noise), span)
            readings = [ink.raw] if lines < 3 else []  # no digit has three long straight parallel lines
            for reading in [*readings, rest] if lines else readings:
                for threshold in THRESHOLDS:
                    if threshold > 4 * noise:
                        yield reading, threshold, ink.edges


def _brightness_and_colour(pixels: np.ndarray) -> Iterator[np.ndarray]:
    """Brightness, (H, W) in [0, 1]; and the direction in which colours vary most, if that is another one."""
    yield pixels.mean(2)
    small = pixels[:: max(1, pixels.shape[0] // 75), :: max(1, pixels.shape[1] // 75)]
    window = max(3, max(small.shape[:2]) // 4)
    local = (small - ndimage.uniform_filter(small, (window, window, 0), mode="nearest")).reshape(-1, 3)
    axis = np.linalg.eigh(local.T @ local)[1][:, -1]
    if abs(axis.sum()) < 0.8 * 3**0.5:  # the cosine of the angle to grey
        yield ((pixels @ axis - np.minimum(axis, 0).sum()) / np.abs(axis).sum()).astype(np.float32)


def _side(shape: tuple[int, ...]) -> float:
    """The length that all distances on a picture are relative to."""
    return min(max(shape), 2 * (shape[0] * shape[1]) ** 0.5)


def _darkness(values: np.ndarray) -> _Ink:
    """How much darker than the paper each pixel is.

    Paper is what a square of 0.3 of the page fits into: wider than any stroke, so that light which varies
    over the page counts as paper, and strokes do not (a grey closing). Outside of the picture it is bright.
    """
    window, reach = (max(3, round(share * _side(values.shape)) | 1) for share in (0.3, 0.02))
    smooth = ndimage.median_filter(values, 3, mode="nearest")
    paper = ndimage.maximum_filter(smooth, window, mode="constant", cval=smooth.max())
    paper = ndimage.minimum_filter(paper, window, mode="constant", cval=np.inf)
    white = np.maximum(paper, 0.35)  # in deep shadow, noise would be ink
    edges = ndimage.maximum_filter(smooth, reach) - ndimage.minimum_filter(smooth, reach)
    return _Ink(*(np.clip(paper - v, 0, None) / white for v in (values, smooth)), edges / white)


def _without_lines(ink: np.ndarray, least: float, span: float) -> tuple[np.ndarray, int]:
    """The ink without thin straight lines, nearly level or upright, that span the page; and their number.

    A Hough transform of what is thin: of the ink that an opening across the line takes away, so that strokes
    which cross a line stay.
    """
    total = 0
    for _ in range(2):
        height, width = ink.shape
        thick = max(2, round(0.02 * min(ink.shape)))
        opened = ndimage.grey_opening(ink, (thick + 2, 1))
        thin = ink - opened > least
        rows, columns = np.nonzero(thin)
        tops = ~thin[np.maximum(rows - 1, 0), columns] | (rows == 0)
        on_line, count = np.zeros(len(rows), bool), 0
        for slope in SLOPES:
            level = rows - np.round((columns - width / 2) * slope).astype(int) + width
            pixels = np.bincount(level[tops], minlength=height + 2 * width)
            peaks = np.r_[False, pixels[:-2] + pixels[1:-1] + pixels[2:] >= span * width, False]
            if peaks.any():
                count = max(count, np.count_nonzero(peaks[1:] & ~peaks[:-1]))
                on_line |= ndimage.binary_dilation(peaks, iterations=max(1, thick // 2))[level]
        if count:
            line = np.zeros(ink.shape, bool)
            line[rows[on_line], columns[on_line]] = True
            ink = np.where(ndimage.binary_dilation(line, np.ones((3, 1))), opened, ink)
        total += count
        ink = ink.T
    return ink, total


def _pieces(ink: np.ndarray, threshold: float, edges: np.ndarray, within: Box | None) -> list[_Piece]:
    """The largest pieces of ink whose contrast fits the threshold, within a box of (x, y) if given."""
    mask = ink > threshold
    if within is not None:
        left, top, right, bottom = (max(0, round(edge)) for edge in within)
        box = np.zeros_like(mask)
        box[top : bottom + 1, left : right + 1] = True
        mask &= box
    square = np.ones((3, 3))
    labels, _ = ndimage.label(ndimage.binary_dilation(mask, square), square)
    labels *= mask
    places = [(place, i) for i, place in enumerate(ndimage.find_objects(labels), 1) if place]
    places.sort(key=lambda found: -max(side.stop - side.start for side in found[0]))
    least, pieces = max(3, 0.04 * _side(ink.shape)), []
    for place, i in places[:12]:
        own = labels[place] == i
        if max(own.shape) < least:
            break
        contrast = float(np.quantile(ink[place][own], 0.8))
        if contrast >= MIN_CONTRAST and 0.3 < threshold / contrast < 0.8:
            at_border = any(side.start == 0 or side.stop == whole for side, whole in zip(place, ink.shape))
            likeness = _likeness(own, ink[place][own], edges[place], contrast)
            if likeness:
                pieces.append(_Piece(place, own, contrast, likeness, at_border))
    return pieces


def _likeness(own: np.ndarray, values: np.ndarray, edges: np.ndarray, contrast: float) -> float:
    """How like a digit a piece is, from 0 to 1: not wide, thin strokes, no sheet or frame, even, sharp."""
    height, width = own.shape
    size = max(own.shape)
    rim = own & ~ndimage.binary_erosion(own)
    sharp = float((edges[rim] > 0.35 * contrast).mean())
    if sharp < 0.3:  # a shadow, or a border between two lights
        return 0.0
    thickness = 2 * ndimage.distance_transform_edt(np.pad(own, 1)).max() - 1
    thin = float(np.clip(1.6 - 2.7 * thickness / size, 0.3, 1))  # sheets and blobs are not
    hair = own.sum() < 0.02 * size**2  # the edge of a sheet
    flaws = (width > 1.6 * height, hair, _is_rectangular(own, rim))
    even = min(1.0, 2 * float(np.quantile(values, 0.25)) / contrast)
    return sharp**2 * even * thin * 0.3 ** sum(flaws)


def _is_rectangular(own: np.ndarray, rim: np.ndarray) -> bool:
    """Whether a piece, its holes filled, is a sheet or a frame: it fills a rectangle, at any angle."""
    if min(own.shape) < 0.3 * max(own.shape):
        return False
    angles = np.deg2rad(np.arange(0, 90, 5))
    points = np.argwhere(rim)
    sides = [
        np.ptp(points @ direction, axis=0) + 1
        for direction in (
            np.stack([np.cos(angles), np.sin(angles)]),
            np.stack([-np.sin(angles), np.cos(angles)]),
        )
    ]
    best = np.argmin(sides[0] * sides[1])
    long, short = max(sides[0][best], sides[1][best]), min(sides[0][best], sides[1][best])
    if short < 0.4 * long:
        return False
    whole = ndimage.binary_closing(np.pad(own, 3), np.ones((3, 3)), iterations=2)
    return ndimage.binary_fill_holes(whole).sum() > 0.85 * long * short
