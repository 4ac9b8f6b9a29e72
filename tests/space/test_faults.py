"""The lab as it is published to a Space, a process of its own, on a bad day: the Hub, the disk and the token
fail in turn. Whatever happens, every model answers, and `/models` says in a sentence why it is not the Hub's.

`test_hub.py` has the same faults, and more, against `space.weights.hub` alone.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import torch
from gradio_client import Client
from PIL import Image
from safetensors.torch import load, load_file

from space.models import MODELS, models_that, roles
from space.weights.hub import BUNDLED, DEADLINE_SECONDS
from tests.hub_server import HubServer, Repo, client_settings, read_folder
from tests.processes import ROOT, Lab, running_lab

SILENCE = f"the Hub did not answer within {DEADLINE_SECONDS:g} seconds"
BROKEN = "the connection to the Hub broke off"
GOOD = roles.VAE_MAP
FAULTS = {  # model -> what goes wrong with it on the Hub, and the reasons that may be given
    roles.PLAIN: ("GET /cdn/lab/{}/", "break_off", {BROKEN}),
    roles.CONVOLUTIONAL: ("GET /cdn/lab/{}/", "flip", {"model.safetensors on the Hub is damaged"}),
    roles.VAE_DEEP: ("/api/models/lab/{}/", "hang", {SILENCE}),
    roles.GAN: ("GET /cdn/lab/{}/", "truncate", {SILENCE, BROKEN}),
    roles.DCGAN: ("/api/models/lab/{}/", "500", {"the Hub answered with HTTP status 500"}),
    roles.DIFFUSION: ("/api/models/lab/{}/", "503", {"the Hub answered with HTTP status 503"}),
    roles.DIFFUSION_NOISE: ("/api/models/lab/{}/", "500", {"the Hub answered with HTTP status 500"}),
    roles.FLOW: ("/api/models/lab/{}/", "429", {"the Hub answered with HTTP status 429"}),
    roles.PIXELS: ("/api/models/lab/{}/", "503", {"the Hub answered with HTTP status 503"}),
    roles.DIGIT_JUDGE: ("", "no tag", {f"lab/{roles.DIGIT_JUDGE} has no revision v1"}),
    roles.EMOJI_JUDGE: ("/api/models/lab/{}/", "429", {"the Hub answered with HTTP status 429"}),
    roles.STYLE_JUDGE: ("/api/models/lab/{}/", "500", {"the Hub answered with HTTP status 500"}),
    roles.TRANSLATOR: ("", "private", {f"lab/{roles.TRANSLATOR} does not exist or is private"}),
    roles.LIGHT: ("GET /cdn/lab/{}/", "break_off", {BROKEN}),
}
UNREACHABLE, TOKEN = roles.PLAIN_MAP, roles.SPARSE
FULL, READ_ONLY = roles.DENOISING, roles.CONTRACTIVE


@dataclass
class World:
    """A running Space and the Hub that it knows."""

    lab: Lab
    hub: HubServer
    client: Client
    cache: Path

    def decode(self, name: str) -> np.ndarray:
        """The picture of one code, as grey values (28, 28)."""
        latent_dim = MODELS[name].from_pretrained(BUNDLED / name, strict=True).config.latent_dim
        z = [0.5, -0.5] + [0.0] * (latent_dim - 2)
        with Image.open(self.client.predict(z, name, api_name="/decode")) as image:
            return np.asarray(image.convert("L"))[::10, ::10].astype(float)

    def models(self) -> dict[str, dict[str, Any]]:
        return {entry["name"]: entry for entry in self.client.predict(api_name="/models")}

    def repo(self, name: str) -> Repo:
        """The bundled model, on the Hub as well."""
        repo = self.hub.repos[f"lab/{name}"] = Repo()
        files = {path: data for path, data in read_folder(BUNDLED / name).items() if "samples" not in path}
        repo.tags["v1"] = repo.commit("weights", files)
        return repo

    def wait_for_log(self, line: str) -> None:
        """Until the app has said something to its operator."""
        log = self.lab.folder / "app.log"
        deadline = time.monotonic() + 120
        while line not in log.read_text(errors="replace"):
            assert time.monotonic() < deadline, log.read_text(errors="replace")
            time.sleep(0.05)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """This project, published to a Hub by its own command, and started from what the Hub then has."""
    home = tmp_path_factory.mktemp("faults")
    with HubServer() as hub:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "MODEL_"))}
        environment = kept | client_settings(hub, home / "publisher") | {"HF_TOKEN": "hf_writer"}
        command = [sys.executable, "-m", "training.publish", "--space", "lab/lab", "--models", GOOD]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert set(hub.repos) == {"spaces/lab/lab", f"lab/{GOOD}"}
        hub.repos[f"lab/{GOOD}"].tags["v1"] = hub.repos[f"lab/{GOOD}"].at("main")
        for path, data in hub.repos["spaces/lab/lab"].at("main").files.items():
            (home / "space" / path).parent.mkdir(parents=True, exist_ok=True)
            (home / "space" / path).write_bytes(data)
        (home / "run").mkdir()
        hub.tokens["hf_guest"] = "guest"
        settings = client_settings(hub, home / "hf")
        settings |= {"SPACE_AUTHOR_NAME": "lab", "MODEL_REVISION": "v1", "HF_TOKEN": "hf_guest"}
        with running_lab(home / "run", home / "space", **settings) as lab:
            client = Client(lab.url, verbose=False, httpx_kwargs={"timeout": 120})
            world = World(lab, hub, client, home / "hf" / "hub")
            world.decode(GOOD)
            deadline = time.monotonic() + 120
            while not (world.cache / f"models--lab--{GOOD}" / "refs" / "v1").exists():
                assert time.monotonic() < deadline, (lab.folder / "app.log").read_text()
                time.sleep(0.05)
            yield world
            assert lab.calls() == []


def test_every_fault_ends_in_a_working_app_and_a_sentence(world: World) -> None:
    for name in (TOKEN, FULL, READ_ONLY):
        world.repo(name)

    world.hub.__exit__()  # nobody listens there now
    pictures = {UNREACHABLE: world.decode(UNREACHABLE)}
    world.wait_for_log(f"lab/{UNREACHABLE}: the Hub cannot be reached")
    with HubServer(world.hub.server.server_port) as hub:
        hub.repos, hub.tokens, world.hub = world.hub.repos, world.hub.tokens, hub

        del hub.tokens["hf_guest"]  # revoked
        pictures[TOKEN] = world.decode(TOKEN)
        world.wait_for_log(f"lab/{TOKEN}: the Hub does not accept the access token")
        hub.tokens["hf_guest"] = "guest"

        limits = resource.prlimit(
            world.lab.process.pid, resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY)
        )
        pictures[FULL] = world.decode(FULL)
        full = "a file on this machine cannot be read or written (File too large)"
        world.wait_for_log(f"lab/{FULL}: {full}")
        resource.prlimit(world.lab.process.pid, resource.RLIMIT_FSIZE, limits)

        (world.cache / f"models--lab--{READ_ONLY}").write_text("a file where a folder must be")
        pictures[READ_ONLY] = world.decode(READ_ONLY)
        world.wait_for_log(f"lab/{READ_ONLY}: a file on this machine cannot be read or written (")

        for name, (pattern, kind, _) in FAULTS.items():
            repo = world.repo(name)
            repo.private = kind == "private"
            if kind == "no tag":
                repo.tags.clear()
            elif pattern:
                hub.fault(pattern.format(name), kind)
        models = world.models()
        pictures |= {name: world.decode(name) for name in models_that("decode") if name not in pictures}
        deadline = time.monotonic() + 120
        while any(models[name]["reason"] not in allowed for name, (*_, allowed) in FAULTS.items()):
            assert time.monotonic() < deadline, models
            models = world.models()  # until then: that the Hub is slow

    assert models.keys() == MODELS.keys() == {GOOD, UNREACHABLE, TOKEN, FULL, READ_ONLY, *FAULTS}
    reasons = {name: entry["reason"] for name, entry in models.items()}
    assert (models[GOOD]["source"], reasons.pop(GOOD)) == ("hub", None)
    assert {entry["source"] for name, entry in models.items() if name != GOOD} == {"bundled"}
    assert reasons[UNREACHABLE] == "the Hub cannot be reached"
    assert reasons[TOKEN] == "the Hub does not accept the access token"
    assert reasons[FULL] == full
    assert reasons[READ_ONLY].startswith("a file on this machine cannot be read or written (")
    for name, picture in pictures.items():
        model = MODELS[name].from_pretrained(BUNDLED / name, strict=True)
        z = torch.tensor([[0.5, -0.5] + [0.0] * (model.config.latent_dim - 2)])
        with torch.inference_mode():
            expected = model.decode(z)[0, 0].mul(255).round().numpy()
        assert np.abs(picture - expected).max() <= 1, name


@pytest.mark.parametrize("damage", ["flip", "cut off", "gone"])
def test_weights_damaged_on_disk_after_the_start(world: World, damage: str) -> None:
    """The model in memory goes on, and what the visitor's browser decodes with is what is in memory."""
    good, weights = load_file(BUNDLED / GOOD / "model.safetensors"), f"{world.lab.url}/weights/{GOOD}"
    before = world.decode(GOOD)
    (path,) = world.cache.glob(f"models--lab--{GOOD}/snapshots/*/model.safetensors")
    blob, content = path.resolve(), path.read_bytes()
    maps = Path(f"/proc/{world.lab.process.pid}/maps").read_text()
    assert blob.name not in maps and path.name not in maps  # else a file that is cut off ends the process
    untouched = httpx.get(weights, timeout=120)
    assert untouched.content == content and "etag" in untouched.headers
    try:
        if damage == "flip":
            blob.write_bytes(content[:-1000] + bytes([content[-1000] ^ 0xFF]) + content[-999:])
        elif damage == "cut off":
            os.truncate(blob, len(content) // 2)
        else:
            blob.unlink()
        assert np.array_equal(world.decode(GOOD), before)
        for headers in ({}, {"if-none-match": untouched.headers["etag"]}, {"range": "bytes=8-19"}):
            answer = httpx.get(weights, timeout=120, headers=headers)
            assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
            found = load(answer.content)
            assert found.keys() == good.keys() and all(torch.equal(found[key], good[key]) for key in good)
        world.wait_for_log("is not what was loaded from it")
        assert world.models()[GOOD]["bytes"] > 100_000
        assert world.lab.process.poll() is None
    finally:
        blob.write_bytes(content)
    assert httpx.get(weights, timeout=120).content == content
