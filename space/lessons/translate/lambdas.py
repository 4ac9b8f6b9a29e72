"""What the weight of the cycle does: the same emoji by runs that differ in nothing else."""

import json
from functools import lru_cache

from space.page import modules
from space.page.markup import img, picture
from space.page.words import words
from space.pictures.sheets import LAMBDA_FOLDER

LAZY = 'loading="lazy"'


@lru_cache
def lambda_card() -> str:
    """A card in HTML: x, then for each run G_AB(x) above the way back, and its figures on test images."""
    runs = json.loads((LAMBDA_FOLDER / "runs.json").read_text())
    address = f"{modules.BASE}pictures/lambda-{{}}.png"  # fetched when it is about to be seen
    x = img(address.format(0), "translate.lambda.alt.x", LAZY)
    shown = [picture(x, "<i>x</i>", "x.png")]
    for i, run in enumerate(runs, start=1):
        weight = f"{run['weight']:g}"
        figures = {"change": f"{run['change']:.3f}", "cycle": f"{run['cycle_l1']:.3f}"}
        caption = f"<b>λ = {weight}</b> {words('translate.lambda.run', **figures)}"
        image = img(address.format(i), "translate.lambda.alt", LAZY, weight=weight)
        shown.append(picture(image, caption, f"lambda-{weight}.png"))
    note = words("translate.lambda.note", steps=f"{runs[0]['steps']:,}")
    return (
        f'<section class="card lambdas"><h2>{words("translate.lambda")}</h2>'
        f'<div class="runs">{"".join(shown)}</div><p class="hint">{note}</p></section>'
    )
