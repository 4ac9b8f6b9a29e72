"""Noise and pictures made by the browser's modules are those that Python makes."""

import json
from base64 import b64decode
from io import BytesIO

import numpy as np
import torch
from PIL import Image

from space.lessons.reconstruct.work import NOISES, add_noise
from space.pictures.inputs import to_square
from space.pictures.outputs import to_grid, to_heat, to_opinion, to_pil
from space.pictures.sheets import digit_sheet, emoji_sheet
from tests.node import run_in_node

SCRIPT = """
import { readFileSync } from "node:fs";
import { corrupt } from "./space/browser/families/autoencoder.js";
import { bitmap, inARow, inChannels, toHeat, toOpinion, toRgb } from "./space/browser/pictures.js";
const given = JSON.parse(readFileSync(0, "utf8"));
const read = ({ shape, data }) => ({ shape, data: Float32Array.from(data) });
const noisy = given.noises.map((noise) => [...corrupt(read(given.digit), ...noise).data]);
const emoji = read(given.emoji);
const pictures = [
    bitmap(toRgb(read(given.digit)), 28),
    bitmap(toRgb(emoji), 64),
    bitmap(toRgb(inARow(read(given.row))), 4 * 65 - 1),
    bitmap(toRgb(inChannels(emoji, 1)), 64),
    bitmap(toRgb(inChannels(read(given.digit), 3)), 28),
    bitmap(toHeat(given.values), 30),
    ...given.scores.map(([scores, stride]) => bitmap(toOpinion(emoji, read(scores), stride), 64)),
];
const grey = [...inChannels(emoji, 1).data];
console.log(JSON.stringify({ noisy, pictures, grey }));
"""


def sent(image: torch.Tensor) -> dict[str, object]:
    """A tensor with its channels last, for the script."""
    image = image.movedim(1, -1)
    return {"shape": list(image.shape), "data": image.flatten().tolist()}


def test_noise_and_pictures_are_pythons() -> None:
    rng = torch.Generator().manual_seed(1)
    digit, emoji = digit_sheet()[3, 2][None, None] / 255, emoji_sheet()[4, 1][None] / 255
    row = emoji_sheet()[:4, 0] / 255
    noises = [
        (kind, level, seed)
        for kind in NOISES[1:]
        for level in (0, 0.05, 0.15, 0.35, 0.5, 0.7, 1)
        for seed in (0, 7, 2**32 - 1)
    ]
    values = 1.2 * torch.rand(30, 30, generator=rng)
    scores = [
        (2 * torch.rand(1, 1, rows, columns, generator=rng) - 0.5, stride)
        for rows, columns, stride in ((14, 14, 4), (6, 6, 8), (7, 7, 8), (15, 13, 4), (1, 1, 64))
    ]
    given = {
        "digit": sent(digit),
        "emoji": sent(emoji),
        "row": sent(row),
        "noises": noises,
        "values": values.flatten().tolist(),
        "scores": [(sent(one), stride) for one, stride in scores],
    }
    found = run_in_node(SCRIPT, json.dumps(given))
    for noise, result in zip(noises, found["noisy"], strict=True):
        error = (torch.tensor(result) - add_noise(digit, *noise).flatten()).abs().max()
        assert error < 1e-5, noise
    expected = [
        to_pil(digit),
        to_pil(emoji),
        to_grid(row, columns=4),
        to_pil(emoji).convert("L"),
        to_pil(digit),
        to_heat(values),
        *(to_opinion(emoji, one[0, 0], stride) for one, stride in scores),
    ]
    for url, picture in zip(found["pictures"], expected, strict=True):
        shown = Image.open(BytesIO(b64decode(url.removeprefix("data:image/bmp;base64,"))))
        difference = np.asarray(shown, int) - np.asarray(picture.convert("RGB"), int)
        assert np.abs(difference).max() <= 1
    grey = to_square(to_pil(emoji), 64, channels=1)
    assert (torch.tensor(found["grey"]) - grey.flatten()).abs().max() < 1e-6
