"""The endpoint /models as a function."""

import json

from space.lessons.models import api
from space.models import MODELS, roles
from space.weights import hub
from tests.space.lessons.models.conftest import NAME


def test_the_list_holds_every_model_and_is_plain_json(folder):
    (folder.parent / roles.VAE_DEEP / "config.json").unlink()
    hub.clear()
    listed = {entry["name"]: entry for entry in api.list_models()}
    assert list(listed) == list(MODELS)
    json.dumps(list(listed.values()), allow_nan=False)
    one = listed[NAME]
    assert (one["family"], one["source"], one["commit"], one["reason"]) == (
        "autoencoder",
        "bundled",
        None,
        None,
    )
    assert one["bytes"] == (folder / "model.safetensors").stat().st_size
    assert one["parameters"] == sum(p.numel() for p in hub.load(NAME).model.parameters())
    assert one["config"]["hidden_dim"] == 8 and one["metrics"]["reconstruction_psnr"]["value"] == 23.456
    missing = listed[roles.VAE_DEEP]
    assert missing["source"] is None and "config.json is missing" in missing["reason"]
    assert missing.keys() == one.keys()
