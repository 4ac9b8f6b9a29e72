"""The page as a server: its endpoints through `gradio_client`, the weights route, its settings."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image, ImageChops
from safetensors.torch import load as load_safetensors

from space import app
from space.models import MODELS, roles
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet
from space.weights import hub
from tests.processes import ROOT
from tests.small_models import bundled, small
from tests.smoke import CALLS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Untrained models in place of the bundled ones."""
    folder, shipped = tmp_path_factory.mktemp("pretrained"), hub.BUNDLED
    for name, model_class in MODELS.items():
        sizes = {"2d": 2, "20d": 20}
        latent_dim = sizes.get(name.split("-")[-1], 32)
        small(model_class, latent_dim=latent_dim).save_pretrained(folder / name)
        if latent_dim == 2:
            (folder / name / "latents.csv").write_text("z1,z2,label\n0.5,-0.5,3\n1,1,7\n")
    for name in (roles.GAN, roles.DCGAN):
        shutil.copytree(shipped / name / "samples", folder / name / "samples")
        shutil.copy(shipped / name / "history.csv", folder / name)
    with bundled(folder):
        yield folder


@pytest.fixture(scope="module")
def url(folder):
    """Address of the served page, without the last slash."""
    demo = app.build()
    _, url, _ = app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield url.rstrip("/")
    demo.close()


@pytest.fixture(scope="module")
def client(url):
    return Client(url, verbose=False)


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "two.png"
    to_pil(1 - digit_sheet()[2, 0][None] / 255, 10).save(path)
    return path


def get(url: str, **headers: str):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=120) as response:
        return response.status, response.headers, response.read()


def test_the_public_endpoints_are_those_that_the_design_names(client):
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(endpoints) == {
        *("/reconstruct", "/models", "/encode", "/decode", "/manifold", "/interpolate"),
        *("/generate", "/timeline", "/translate", "/heights", "/denoise", "/complete"),
        "/nearest",
    }
    assert endpoints.keys() == CALLS.keys(), "tests.smoke asks each of them where nothing else is installed"


def test_models_lists_all(client):
    listed = client.predict(api_name="/models")
    assert [entry["name"] for entry in listed] == list(MODELS)
    assert all(entry["source"] == "bundled" for entry in listed)


def test_generate_gives_a_file_and_the_scores_of_the_discriminator(client):
    def call(number):
        return client.predict(roles.DCGAN, number, 7, 1.0, api_name="/generate")

    (few, numbers), (many, more) = call(3), call(8)
    assert Image.open(few).size == (3 * 28, 28) and Image.open(many).size == (8 * 28, 28)
    assert len(numbers["scores"]) == 3 and all(0 < score < 1 for score in numbers["scores"])
    assert numbers["scores"] == pytest.approx(more["scores"][:3], abs=1e-4)
    difference = ImageChops.difference(Image.open(few), Image.open(many).crop((0, 0, 3 * 28, 28)))
    assert max(high for _, high in [difference.getextrema()]) <= 1


def test_timeline_gives_an_animation_and_the_history(client):
    animation, history = client.predict(roles.GAN, api_name="/timeline")
    with Image.open(animation) as frames:
        assert frames.n_frames == len(history["snapshots"]) >= 8
    assert {"step", "loss_d", "loss_g", "d_real", "d_fake", "value"} <= history["columns"].keys()


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("/encode", [roles.DCGAN], f"model is {roles.DCGAN}; choose one of: {roles.PLAIN}"),
        ("/generate", [roles.DIGIT_JUDGE, 4, 0, 1.0], f"model is {roles.DIGIT_JUDGE}; choose one of:"),
        ("/generate", [roles.DCGAN, 65, 0, 1.0], "number is 65"),
        ("/timeline", ["gan"], "There is no model named gan"),
    ],
)
def test_a_model_that_cannot_is_named(client, picture, name, arguments, sentence):
    first = [handle_file(picture)] if name == "/encode" else []
    with pytest.raises(AppError) as error:
        client.predict(*first, *arguments, api_name=name)
    assert sentence in str(error.value) and "\n" not in str(error.value)


def test_reconstruct_takes_a_file_and_gives_files_and_numbers(client, picture):
    def call():
        return client.predict(handle_file(picture), roles.PLAIN, "gaussian", 0.5, 7, api_name="/reconstruct")

    *files, numbers = call()
    assert [Image.open(file).size for file in files] == [(28, 28)] * 4
    assert len(numbers["latent"]) == 32 and numbers["bytes_latent"] == 128
    *again, same = call()
    assert same == numbers  # the same seed
    assert [Path(a).read_bytes() for a in again] == [Path(b).read_bytes() for b in files]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("vae", "none", 0.5, 0), "There is no model named vae"),
        ((roles.PLAIN, "fog", 0.5, 0), "noise is fog"),
        ((roles.PLAIN, "gaussian", 7, 0), "level is 7"),
        ((roles.PLAIN, "gaussian", "loud", 0), "level is loud"),
        ((roles.PLAIN, "gaussian", 0.5, -1), "seed is -1"),
        ((roles.PLAIN, "gaussian", None, 0), "level is None"),
    ],
)
def test_bad_arguments_get_one_sentence(client, picture, arguments, sentence):
    with pytest.raises(AppError) as error:
        client.predict(handle_file(picture), *arguments, api_name="/reconstruct")
    assert sentence in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("level", ["NaN", "Infinity", "1e999", "[1]", "true"])
def test_not_a_number_gets_one_sentence(url, picture, level):
    """`gradio_client` refuses to send these; other clients do not."""
    (path,) = httpx.post(f"{url}/gradio_api/upload", files={"files": picture.read_bytes()}).json()
    image = json.dumps({"path": path, "meta": {"_type": "gradio.FileData"}})
    data = f'{{"data": [{image}, "{roles.PLAIN}", "gaussian", {level}, 0]}}'
    call = f"{url}/gradio_api/call/reconstruct"
    event = httpx.post(call, content=data, headers={"content-type": "application/json"}).json()["event_id"]
    answer = httpx.get(f"{call}/{event}").text
    assert "event: error" in answer and "level is" in answer and "must be a number from 0 to 1" in answer


@pytest.mark.parametrize(
    ("rows", "limit", "named"),
    [
        ("NaN", "null", "rows"),
        ("Infinity", "null", "rows"),
        ('"abc"', "null", "rows"),
        ("4", '"abc"', "limit"),
    ],
)
def test_not_a_number_of_rows_gets_one_sentence(url, rows, limit, named):
    call = f"{url}/gradio_api/call/manifold"
    data = f'{{"data": ["{roles.VAE_MAP}", {rows}, "linear", {limit}]}}'
    event = httpx.post(call, content=data, headers={"content-type": "application/json"}).json()["event_id"]
    answer = httpx.get(f"{call}/{event}").text
    assert "event: error" in answer and f"{named} is" in answer and "must be a number from" in answer


def test_a_file_that_is_no_picture_gets_one_sentence(client, tmp_path):
    path = tmp_path / "picture.png"
    path.write_text("not a picture")
    with pytest.raises(AppError, match="not a picture that can be read"):
        client.predict(handle_file(path), roles.PLAIN, "none", 0.5, 0, api_name="/reconstruct")


def test_a_photo_of_60_megapixels_gets_one_sentence(client, tmp_path):
    path = tmp_path / "photo.png"
    Image.new("1", (10_000, 6_000)).save(path)
    with pytest.raises(AppError, match="60 megapixels"):
        client.predict(handle_file(path), roles.PLAIN, "none", 0.5, 0, api_name="/reconstruct")


def test_sentences_come_in_the_visitors_language(url, tmp_path):
    path = tmp_path / "picture.png"
    path.write_text("not a picture")
    korean = Client(url, verbose=False, headers={"accept-language": "ko-KR,ko;q=0.9"})
    with pytest.raises(AppError, match="이미지 파일이 아닙니다"):
        korean.predict(handle_file(path), roles.PLAIN, "none", 0.5, 0, api_name="/reconstruct")


def test_the_weights_are_those_of_the_model(url, folder):
    status, headers, body = get(f"{url}/weights/{roles.VAE_MAP}")
    assert status == 200 and body == (folder / roles.VAE_MAP / "model.safetensors").read_bytes()
    assert load_safetensors(body).keys() == hub.load(roles.VAE_MAP).model.state_dict().keys()
    status, _, part = get(f"{url}/weights/{roles.VAE_MAP}", Range="bytes=8-19")
    assert status == 206 and part == body[8:20]
    assert headers["cache-control"] == "no-cache"
    with pytest.raises(urllib.error.HTTPError) as unchanged:
        get(f"{url}/weights/{roles.VAE_MAP}", **{"If-None-Match": headers["etag"]})
    assert unchanged.value.code == 304 and unchanged.value.headers["etag"] == headers["etag"]


@pytest.mark.parametrize("name", ["gan", "..%2f..%2fapp.py", "%2e%2e", f"{roles.VAE_MAP}%00"])
def test_other_weights_are_not_found(url, name):
    with pytest.raises(urllib.error.HTTPError) as error:
        get(f"{url}/weights/{name}")
    assert error.value.code == 404


def test_weights_that_cannot_be_loaded_are_unavailable(url, folder, monkeypatch, tmp_path):
    monkeypatch.setattr(hub, "BUNDLED", tmp_path)
    with pytest.raises(urllib.error.HTTPError) as error:
        get(f"{url}/weights/{roles.VAE_MAP}")
    assert error.value.code == 503 and b"missing" in error.value.read()


def test_files_of_the_app_are_not_served(url):
    for path in (Path(app.__file__), hub.BUNDLED):
        with pytest.raises(urllib.error.HTTPError):
            get(f"{url}/gradio_api/file={path}")


def test_a_fresh_process_keeps_what_is_set_and_borrows_from_zero_gpu(tmp_path):
    """Defaults are set before they are read, start and loading are cheap, and a GPU is optional."""
    (tmp_path / "spaces.py").write_text(
        """import sys
print("torch loaded:", "torch" in sys.modules)
def GPU(function, duration):
    def lend(device, *arguments):
        print("asked for", device)
        raise RuntimeError("no quota left")
    return lend
"""
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GRADIO_", "OMP_"))}
    environment |= {"OMP_NUM_THREADS": "2", "SPACES_ZERO_GPU": "true", "PYTHONPATH": f"{tmp_path}:."}
    script = """
import json, os, sys
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
import space.app, torch
print("type stubs:", [path for path in opened if path.endswith(".pyi")])
from space.weights.hub import load
from space.models import MODELS
from space.lessons.translate.work import once_round, translate
print("compilers:", [load(name) for name in MODELS] and "sympy" in sys.modules)
for size in (64, 128):
    x = torch.linspace(0, 1, 3 * size * size).view(1, 3, size, size)
    result = translate(x, "ab")
    print(size, torch.equal(result.back, once_round(result.loaded.model, x, "ab")[1]))
print(json.dumps(dict(os.environ)))
"""
    root = ROOT
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, env=environment, capture_output=True, check=True, text=True
    )
    *said, seen = [line for line in done.stdout.splitlines() if not line.startswith("Loading")]
    assert said == [
        "torch loaded: False",
        "type stubs: []",
        "compilers: False",
        "64 True",
        "asked for cuda",
        "128 True",
    ]
    assert "no GPU was lent" in done.stderr
    assert json.loads(seen)["OMP_NUM_THREADS"] == "2"
    assert json.loads(seen)["GRADIO_ANALYTICS_ENABLED"] == "False"


def test_the_calls_of_the_docs(url, picture, tmp_path, monkeypatch):
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(from gradio_client.*?)```", text, re.DOTALL)
    for name in ("digit.png", "other.png", "emoji.png"):
        shutil.copy(picture, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    done: dict[str, object] = {}
    exec(code.replace("http://127.0.0.1:7860", url), done)
    assert len(done["pictures"]) == 4 and done["numbers"]["model"] == roles.DENOISING
    public = done["lab"].view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(re.findall(r'api_name="(/\w+)"', code)) == set(public)
