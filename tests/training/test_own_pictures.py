"""The whole road of a folder of one's own: the notebook's cells, as they stand, with a Hub on loopback."""

import io
import json
import os
import re
import runpy
import shlex
import sys
from contextlib import chdir, redirect_stdout
from pathlib import Path
from typing import Any

from space.lessons.models import own as shown
from tests.hub_server import HubServer, start_client
from tests.processes import ROOT

NOTEBOOK = ROOT / "docs" / "train_your_own.ipynb"
SMALL = {
    "NAME": "tiles-vae",
    "SIZE": 32,
    "STEPS": 3,
    "HUB_ID": "lab/tiles-vae",
    "FLAGS": "--cpu --model.hidden_dim 16 --model.base_channels 4 --num_snapshots 2 --iw_samples 20",
}
"""in place of the notebook's settings"""


def run_cells(folder: Path) -> dict[str, Any]:
    """Run the cells in a folder, but for those that install or ask for a token; what they print and find.

    A line `!python -m module …` runs that module with its flags, in this process.
    """
    found: dict[str, Any] = {}

    def command(line: str) -> None:
        words = shlex.split(re.sub(r"{(\w+)}", lambda name: str(found[name[1]]), line))
        assert words[:2] == ["python", "-m"]
        sys.argv = words[2:]
        runpy.run_module(words[2], run_name="__main__", alter_sys=True)

    found["command"] = command
    with chdir(folder), redirect_stdout(io.StringIO()) as printed:
        for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
            tags = cell["metadata"].get("tags", [])
            if cell["cell_type"] == "code" and not {"install", "login"} & set(tags):
                source = "".join(cell["source"])
                source = re.sub(r"(?m)^( *)!(.*)$", lambda run: f"{run[1]}command({run[2]!r})", source)
                exec(source, found)
            if "settings" in tags:
                found |= SMALL
        os.environ.update(MODELS_DIR="runs", HF_TOKEN="")
        pages = []
        for name in (SMALL["NAME"], SMALL["HUB_ID"]):  # as a visitor opens it, by its folder and by its id
            about, *_, opened = shown.open_own(name)
            pages.append(about + shown.draw_own(opened, 4, 0, None))
    return {"printed": printed.getvalue(), "pages": pages, "config": found["again"].config}


def test_a_folder_of_ones_own_is_trained_pushed_and_shown(tmp_path):
    with HubServer() as hub, start_client(hub, tmp_path / "home", HF_TOKEN="hf_writer") as client:
        done = client.submit(run_cells, tmp_path).result(timeout=900)
    lines = done["printed"].splitlines()
    assert "my_pictures, train split: 360 images of 96×96 RGB, read as 32×32 RGB" in done["printed"]
    (run,) = (line for line in lines if "parameters, " in line)
    assert re.fullmatch(r"training: [\d,]+ parameters, float32, on the CPU \(\d+ threads?\)", run)
    assert "training: 3 optimizer steps of 64 images, 0.533 epochs of 360 images" in lines
    place = tmp_path / "runs" / "tiles-vae"
    assert f"writing to {place}: a checkpoint every 1,000 steps, the model at the end" in lines
    for what, line in (
        ("look at it, in the tab Models", "MODELS_DIR=runs python app.py"),
        ("measure it again", "python -m training.evaluate --model runs/tiles-vae --data_dir data"),
        ("push it", "python -m training.publish --folder runs/tiles-vae --hub_model_id OWNER/tiles-vae"),
    ):
        assert lines[lines.index(f"{what}:") + 1] == f"    {line}"
    assert (done["config"].in_channels, done["config"].image_size) == (3, 32)
    folder, repository = done["pages"]
    assert "a folder on this machine" in folder and "from the Hub" in repository
    images = [re.findall(r'src="(data:image/png[^"]+)"', page)[-2:] for page in done["pages"]]
    assert images[0] == images[1] and len(images[0]) == 2  # samples, and the walk between two of them
    for page in done["pages"]:
        assert "32×32, colour" in page and "VAE" in page
