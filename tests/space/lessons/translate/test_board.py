"""The board of the visitor's drawing: what its painting does, and how the server reads it."""

import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from space.lessons.translate.board import PALETTE, SIDE, read
from space.pictures.inputs import to_square
from space.text.refusals import Problem
from tests.node import run_in_node

CELLS = SIDE * SIDE
SCRIPT = """
import { readFileSync } from "node:fs";
import { Painting } from "./space/browser/painting.js";
const { side, palette, sides } = JSON.parse(readFileSync(0, "utf8"));
const painting = new Painting(side);
const found = { blank: painting.isBlank(), runs: painting.runs() };
painting.begin();
painting.ellipse([240, 230], [20, 30], 3); // dragged from the lower right
painting.begin();
painting.line([60, 60], [190, 200], 9, 5);
painting.begin();
painting.rectangle([100, 120], [300, 140], 7); // out of the board
painting.fill([128, 60], 9); // within the ellipse, up to the line
found.before = painting.runs();
painting.begin();
painting.fill([0, 0], 2);
found.filled = painting.runs();
painting.undo();
found.undone = painting.runs();
found.drawing = painting.runs();
found.pictures = sides.map((one) => [...painting.rgb(palette, one)]);
for (let i = 0; i < 3; i++) painting.undo();
found.emptied = painting.isBlank();
painting.undo(); // nothing is left to undo
console.log(JSON.stringify(found));
"""


def test_a_painting_is_drawn_filled_and_taken_back_and_the_server_reads_it() -> None:
    palette = [[int(one[i : i + 2], 16) for i in (1, 3, 5)] for one in PALETTE]
    sides = [256, 128, 96, 64, 28]
    found = run_in_node(SCRIPT, json.dumps({"side": SIDE, "palette": palette, "sides": sides}))
    assert found["blank"] and found["runs"] == [0, CELLS] and found["emptied"]
    assert found["undone"] == found["before"] != found["filled"]
    picture = read({"runs": found["drawing"]})

    def colour(x: int, y: int) -> str:
        return "#" + bytes(picture.getpixel((x, y))).hex()

    assert colour(128, 60) == PALETTE[9] and colour(40, 180) == PALETTE[3]  # both sides of the line
    assert colour(80, 82) == PALETTE[5] and colour(255, 130) == PALETTE[7] and colour(2, 2) == PALETTE[0]
    ellipse = np.asarray(picture)[30:230, 20:240].reshape(-1, 3)
    ink = (ellipse != 255).any(1).mean()
    assert ink == pytest.approx(np.pi / 4, abs=0.01)
    for side, sent in zip(sides, found["pictures"], strict=True):
        expected = (to_square(picture, side, drawn=True)[0] * 255).round().int().permute(1, 2, 0).flatten()
        assert np.abs(np.array(sent) - expected.numpy()).max() <= 1, side


@pytest.mark.parametrize(
    "value",
    [
        *(None, [], "x", {}, {"runs": None}, {"runs": "0,1"}, {"runs": [1]}, {"runs": [1, 2.0]}),
        *({"runs": [1, CELLS - 1]}, {"runs": [1, CELLS + 1]}, {"runs": [len(PALETTE), CELLS]}),
        *({"runs": [-1, CELLS]}, {"runs": [1, CELLS + 1, 2, -1]}, {"runs": [1, 10**30]}),
        *({"runs": [True, CELLS]}, {"runs": [1, 0, 2, CELLS]}, {"runs": [[1], CELLS]}),
    ],
)
def test_what_no_board_has_made_is_refused(value: Any) -> None:
    with pytest.raises(Problem) as problem:
        read(value)
    assert problem.value.key == "problem.request"


def test_a_blank_board_is_no_picture() -> None:
    assert read({"runs": []}) is None and read({"runs": [0, CELLS]}) is None
    assert read({"runs": [2, CELLS]}).getcolors() == [(CELLS, (99, 99, 99))]
    assert isinstance(read({"runs": [0, CELLS - 1, 1, 1]}), Image.Image)
