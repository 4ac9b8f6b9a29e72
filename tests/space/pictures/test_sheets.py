"""The sheets of test images: digits of every class, and pairs of emoji."""

import pytest
import torch

from space.pictures.sheets import (
    EMOJI,
    EMOJI_SHEETS,
    PLAIN_EMOJI,
    EmojiSheet,
    digit_sheet,
    emoji_sheet,
    flat_emoji_sheet,
    read_emoji,
)


def test_the_sheet_holds_20_digits_of_each_class():
    sheet = digit_sheet()
    assert sheet.shape == (10, 20, 28, 28) and sheet.dtype == torch.uint8
    ink = sheet.float().mean((1, 2, 3))
    assert ink.argmax() == 0 and ink.argmin() == 1  # zeros have most ink, ones least


@pytest.mark.parametrize("sheet", EMOJI_SHEETS.values(), ids=lambda sheet: sheet.name)
def test_the_sheet_holds_pairs_of_emoji(sheet: EmojiSheet) -> None:
    pixels = read_emoji(sheet)
    assert pixels.shape == (len(sheet.emoji), 2, 3, sheet.side, sheet.side) and pixels.dtype == torch.uint8
    assert len(set(sheet.emoji)) == len(sheet.emoji) == 40
    corners = pixels[..., [0, 0, -1, -1], [0, -1, 0, -1]].float()
    assert corners.mean() > 240  # on white
    pairs = (pixels[:, 0].float() - pixels[:, 1].float()).abs().mean((1, 2, 3))
    least = 1 if sheet.emoji == EMOJI else 0.5  # flags are drawn alike by the same designers
    assert least < pairs.min() < pairs.max() < 128  # alike, and never the same


def test_both_sheets_have_the_same_emoji_at_the_same_places() -> None:
    """So that a link to one of them shows it in every pair of sets; tones of skin aside."""
    without_tones = [one.translate(dict.fromkeys(range(0x1F3FB, 0x1F400))) for one in EMOJI]
    assert list(PLAIN_EMOJI) == without_tones
    rendered, small = flat_emoji_sheet()[:, 1].float(), emoji_sheet()[:, 1].float()
    shrunk = torch.nn.functional.avg_pool2d(rendered, 2)
    distances = (shrunk[:, None] - small[None]).abs().mean((2, 3, 4))  # of each to each
    same = [i for i, one in enumerate(EMOJI) if one == PLAIN_EMOJI[i]]
    assert distances.argmin(1)[same].tolist() == same and len(same) == 36
