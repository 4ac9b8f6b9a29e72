"""The sheets of test images: digits of every class, and pairs of emoji."""

import torch

from space.pictures.sheets import EMOJI, digit_sheet, emoji_sheet


def test_the_sheet_holds_20_digits_of_each_class():
    sheet = digit_sheet()
    assert sheet.shape == (10, 20, 28, 28) and sheet.dtype == torch.uint8
    ink = sheet.float().mean((1, 2, 3))
    assert ink.argmax() == 0 and ink.argmin() == 1  # zeros have most ink, ones least


def test_the_sheet_holds_pairs_of_emoji() -> None:
    sheet = emoji_sheet()
    assert sheet.shape == (len(EMOJI), 2, 3, 64, 64) and sheet.dtype == torch.uint8
    assert len(set(EMOJI)) == len(EMOJI) == 40
    corners = sheet[..., [0, 0, -1, -1], [0, -1, 0, -1]].float()
    assert corners.mean() > 240  # on white
    pairs = (sheet[:, 0].float() - sheet[:, 1].float()).abs().mean((1, 2, 3))
    assert 1 < pairs.min() < pairs.max() < 128  # alike, and never the same
