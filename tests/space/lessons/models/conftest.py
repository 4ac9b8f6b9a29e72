"""Model folders of untrained models: one complete with damaged parts, the others weights alone."""

import json

import pytest
from PIL import Image

from space.models import MODELS, roles
from tests.small_models import bundled, small

NAME = roles.PLAIN
"""the complete one"""


@pytest.fixture
def folder(tmp_path):
    """The folder of `NAME`, complete; the other models have weights only."""
    for name, model_class in MODELS.items():
        small(model_class).save_pretrained(tmp_path / name)
        (tmp_path / name / "README.md").unlink()
    folder = tmp_path / NAME
    (folder / "README.md").write_text("---\ntags:\n- a\nlicense: mit\n---\n# Model\nlicense: none\n")
    psnr = {"value": 23.456, "unit": "dB", "better": "higher", "protocol": "<i>10,000 images</i>"}
    metrics = {
        "reconstruction_psnr": psnr,
        "kl_per_dimension": psnr | {"value": [1, 2.5], "unit": "nats/image", "better": None},
        "new_one": psnr | {"value": 5, "unit": ""},
        "broken": {"value": "many"},
        "nothing": {"value": float("nan")},
    }
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "history.csv").write_text(
        "step,epoch,loss,recon,test_loss\n0,0,50,50,40\n100,1,20,20,\n200,2,nan,10,12\n300,3,9,,oops\n"
    )
    (folder / "samples").mkdir()
    for step in (10, 0, 200):
        Image.new("L", (4, 4), step).save(folder / "samples" / f"step-{step:06d}.png")
    (folder / "samples" / "step-000300.png").write_text("no picture")
    (folder / "samples" / "step-last.png").write_text("no number")
    with bundled(tmp_path):
        yield folder
