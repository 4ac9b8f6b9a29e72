"""What the weight of the cycle does: the same emoji by runs that differ in nothing else."""

import json
from functools import lru_cache

from PIL import Image

from space.page.markup import img, picture
from space.page.words import words
from space.pictures.sheets import LAMBDA_SHEET


@lru_cache
def lambda_card() -> str:
    """A card in HTML: x, then for each run G_AB(x) above the way back, and its figures on test images."""
    runs = json.loads(LAMBDA_SHEET.with_suffix(".json").read_text())
    with Image.open(LAMBDA_SHEET) as file:
        sheet = file.convert("RGB")
    side = sheet.height // (1 + 2 * len(runs))
    shown = [
        picture(img(sheet.crop((0, 0, sheet.width, side)), "translate.lambda.alt.x"), "<i>x</i>", "x.png")
    ]
    for i, run in enumerate(runs):
        weight, top = f"{run['weight']:g}", side * (1 + 2 * i)
        rows = sheet.crop((0, top, sheet.width, top + 2 * side))
        figures = {"change": f"{run['change']:.3f}", "cycle": f"{run['cycle_l1']:.3f}"}
        caption = f"<b>λ = {weight}</b> {words('translate.lambda.run', **figures)}"
        image = img(rows, "translate.lambda.alt", weight=weight)
        shown.append(picture(image, caption, f"lambda-{weight}.png"))
    note = words("translate.lambda.note", steps=f"{runs[0]['steps']:,}")
    return (
        f'<section class="card lambdas"><h2>{words("translate.lambda")}</h2>'
        f'<div class="runs">{"".join(shown)}</div><p class="hint">{note}</p></section>'
    )
