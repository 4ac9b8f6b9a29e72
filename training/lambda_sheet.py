"""Writes `space/pictures/lambda/`: what the weight of the cycle does to a CycleGAN.

    python -m training.lambda_sheet runs/lambda-0 runs/lambda-3 runs/lambda-50 --data_dir data

The runs differ in `--lambda_cycle` alone. The pictures show the same emoji through each of them, A to B and
back; a file beside them has the mean changes over all test images of A.
"""

import json
import re
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from space.models.cyclegan import mean_difference
from space.pictures.inputs import to_square
from space.pictures.outputs import to_pil
from space.pictures.sheets import EMOJI_SHEETS, LAMBDA_FOLDER, read_emoji
from training.command_line import data_parser
from training.data import load_domains, to_float
from training.errors import TrainingError
from training.measure.translations import translate_all
from training.trained import read_trained

SHOWN = (0, 1, 9, 15, 38)
"""places of the emoji in the sheet of examples"""


def weight_of(command: str) -> float:
    """The weight of the cycle that a training command asks for; raises `TrainingError` without one."""
    found = re.search(r"--lambda_cycle[ =](\S+)", command)
    if not found:
        raise TrainingError(f"no --lambda_cycle in the command {command}")
    return float(found[1])


@torch.no_grad()
def row(folder: Path, data_dir: Path) -> tuple[list[Tensor], dict[str, float]]:
    """x, G_AB(x) and G_BA(G_AB(x)) of the emoji shown, (N, 3, H, H) each, and the figures of a run."""
    model, facts = read_trained(folder)
    config, device = model.config, torch.device("cpu")
    test, _ = load_domains(facts["dataset"], data_dir, "test", config.in_channels, config.image_size)
    sheet = read_emoji(EMOJI_SHEETS[config.domain_a, config.domain_b])
    examples = [
        to_square(to_pil(sheet[i, 0][None] / 255), config.image_size, config.in_channels) for i in SHOWN
    ]

    def both(x: Tensor) -> list[Tensor]:
        there = translate_all(model.generator_ab, x, device)
        return [x, there, translate_all(model.generator_ba, there, device)]

    x, there, back = both(to_float(test.pixels))
    return both(torch.cat(examples)), {
        "weight": weight_of(facts["command"]),
        "steps": facts["steps"],
        "change": round(mean_difference(there, x), 4),
        "cycle_l1": round(mean_difference(back, x), 4),
    }


def main() -> None:
    """Read the runs, write the pictures and the figures."""
    parser = data_parser(__doc__, "the data sets lie")
    parser.add_argument("folders", type=Path, nargs="+", help="model folders of the runs")
    given = parser.parse_args()
    strips, runs = [], []
    for folder in given.folders:
        pictures, figures = row(folder, given.data_dir)
        strips += [pictures[1:]] if strips else [pictures[:1], pictures[1:]]
        runs.append(figures)
    if len({run["steps"] for run in runs}) > 1:
        raise TrainingError(f"the runs have different numbers of steps: {[run['steps'] for run in runs]}")
    LAMBDA_FOLDER.mkdir(exist_ok=True)
    for i, rows in enumerate(strips):
        pixels = [np.hstack([np.asarray(to_pil(image[None])) for image in images]) for images in rows]
        Image.fromarray(np.vstack(pixels)).save(LAMBDA_FOLDER / f"{i}.png", optimize=True)
    (LAMBDA_FOLDER / "runs.json").write_text(json.dumps(runs, indent=1) + "\n")


if __name__ == "__main__":
    main()
