"""The code behind the pictures: it is run, and gives the pictures of the page, pixel by pixel."""

import base64
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from huggingface_hub import constants
from PIL import Image, ImageDraw
from torch import Tensor

from space.lessons.diffusion import tab as diffusion
from space.lessons.diffusion.api import denoise_api
from space.lessons.diffusion.settings import NETWORKS
from space.lessons.diffusion.work import Asked, denoise
from space.lessons.generate import api as generate_api
from space.lessons.generate import tab as generate
from space.lessons.generate import work as generate_work
from space.lessons.manifold import digits, maps, sliders
from space.lessons.manifold.api import decode, manifold
from space.lessons.manifold.work import MAPS, NUM_RESAMPLES, blend
from space.lessons.pixels import tab as pixels_tab
from space.lessons.pixels.work import binarised, complete, rows_known
from space.lessons.reconstruct import tab as reconstruct
from space.lessons.reconstruct import work as reconstruct_work
from space.lessons.reconstruct.view import SCALE, error_map
from space.lessons.reconstruct.work import FAMILY
from space.lessons.timeline.tab import show_code, told
from space.lessons.translate import tab as translate
from space.lessons.translate import view as translate_view
from space.lessons.translate import work as translate_work
from space.models import models_that, roles
from space.models.latents import walk
from space.page.found_digit import cut, read_upload
from space.page.markup import source_badge
from space.pictures.files import read_image
from space.pictures.inputs import cut_square, sketch_to_digit, sketch_to_square, to_square
from space.pictures.outputs import to_grid, to_pil
from space.pictures.sheets import digit_sheet
from space.weights import hub, model_folder
from space.weights.hub import load
from tests.hub_server import HubServer, Repo, read_folder, start_client
from tests.processes import ROOT

Pictures = dict[str, np.ndarray]
PACKAGE = ROOT / "space" / "models"
"""what pip installs as `generative_lab`"""


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB"))


def from_url(url: str) -> np.ndarray:
    return pixels(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where code is run: a copy of the repository, as far as it is needed."""
    (tmp_path / "space").symlink_to(ROOT / "space")
    (tmp_path / "generative_lab").symlink_to(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    with torch.inference_mode():
        yield tmp_path


def run(code: str) -> Pictures:
    """What the code saves in the working directory."""
    for old in Path().glob("*.png"):
        if not old.name.startswith("your-"):
            old.unlink()
    graded = torch.is_grad_enabled()
    try:
        with torch.inference_mode(False):
            exec(code, {})
    finally:
        torch.set_grad_enabled(graded)
    return {path.name: pixels(Image.open(path)) for path in Path().glob("*.png") if "your-" not in path.name}


def assert_same(made: Pictures, shown: Pictures) -> None:
    assert sorted(made) == sorted(shown) and shown
    for name, picture in shown.items():
        assert np.array_equal(made[name], picture), name


@pytest.fixture
def photo(home: Path) -> str:
    """A visitor's own picture, of a digit on grey paper."""
    image = Image.new("RGB", (300, 200), (200, 210, 190))
    ImageDraw.Draw(image).line([(100, 40), (180, 40), (120, 170)], (40, 30, 60), 18)
    image.save(home / "your-picture.png")
    return "your-picture.png"


@pytest.fixture
def drawing(home: Path) -> str:
    image = Image.new("RGB", (280, 280), "white")
    ImageDraw.Draw(image).ellipse([80, 50, 200, 230], outline=(200, 0, 50), width=20)
    image.save(home / "your-drawing.png")
    return "your-drawing.png"


# ---- reconstruction


FIRST_SEVEN = ("digit", 7 * 20, None, None)


def reconstructed(x: Tensor, case: str, name: str, *noise: Any) -> Pictures:
    """What the page shows of x, computed here, by the names that a visitor keeps it under."""
    noisy = reconstruct_work.add_noise(x, *noise)
    shown = {f"{case}_x.png": to_pil(x, SCALE), f"{case}_noisy.png": to_pil(noisy, SCALE)}
    found = reconstruct_work.load_models() if name == FAMILY else {name: None}
    for one in (one for one, why in found.items() if not isinstance(why, model_folder.ModelUnavailable)):
        result = reconstruct_work.reconstruct(x, noisy, one)
        shown[f"{one}_{case}_reconstruction.png"] = to_pil(result.output, SCALE)
        shown[f"{one}_{case}_error.png"] = error_map(result, SCALE)
    return {file: pixels(image) for file, image in shown.items()}


@pytest.mark.parametrize("name", models_that("encode"))
@pytest.mark.parametrize(("noise", "level", "seed"), [("none", 0.5, 0), ("gaussian", 0.35, 7)])
def test_a_reconstruction(home: Path, name: str, noise: str, level: float, seed: int) -> None:
    case = "digit-7-1" if noise == "none" else "digit-7-1_gaussian-0.35_seed7"
    code = reconstruct.show_code(*FIRST_SEVEN, name, noise, level, seed)
    assert_same(
        run(code), reconstructed(digit_sheet()[7, 0][None, None] / 255, case, name, noise, level, seed)
    )


@pytest.mark.parametrize("noise", ["masking", "salt_and_pepper", "coin_flip"])
def test_the_whole_family(home: Path, noise: str) -> None:
    settings = noise, 0.2, 4294967295
    case = f"digit-1-14_{noise}-0.2_seed4294967295"
    made = run(reconstruct.show_code("digit", 33, None, None, FAMILY, *settings))
    assert len(made) == 2 + 2 * len(models_that("encode"))
    assert_same(made, reconstructed(digit_sheet()[1, 13][None, None] / 255, case, FAMILY, *settings))


def test_a_family_with_a_gap(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load_each(names: list[str]) -> dict[str, Any]:
        return hub.load_each(names) | {roles.VAE_MAP: model_folder.ModelUnavailable(roles.VAE_MAP, "gone")}

    monkeypatch.setattr(reconstruct_work, "load_each", load_each)
    code = reconstruct.show_code("digit", 33, None, None, FAMILY, "none", 0, 0)
    assert roles.VAE_MAP not in code and roles.VAE_DEEP in code
    x = digit_sheet()[1, 13][None, None] / 255
    assert_same(run(code), reconstructed(x, "digit-1-14", FAMILY, "none", 0, 0))


def test_a_digit_of_the_visitor(photo: str, drawing: str) -> None:
    whole, box = read_upload(photo)[0], cut(photo, [0.1, 0.1, 0.9, 0.9])
    for source, name, drawn, uploaded, x in (
        ("upload", "upload", None, whole, whole.digit),
        ("upload", "upload", None, box, box.digit),
        ("draw", "drawing", sketch_to_digit(drawing), None, sketch_to_digit(drawing)),
    ):
        noise = "gaussian", 0.1, 3
        code = reconstruct.show_code(source, 0, drawn, uploaded, roles.CONVOLUTIONAL, *noise)
        case = f"{name}_gaussian-0.1_seed3"
        assert_same(run(code), reconstructed(x, case, roles.CONVOLUTIONAL, *noise))


def test_there_is_no_code_without_a_picture(home: Path) -> None:
    assert reconstruct.show_code("draw", 0, None, None, roles.VAE_MAP, "none", 0, 0) == ""
    assert translate.show_code("upload", 0, BLANK, None, roles.TRANSLATOR, "ab", 64) == ""


# ---- manifold


@pytest.mark.parametrize(
    ("start", "end", "seed", "steps"),
    [((0, 0), (7, 0), 0, 10), ((9, 3), (4, 1), 12, 3), ((5, 2), (5, 3), 1, 16)],
)
def test_two_digits_and_what_lies_between(home: Path, start: Any, end: Any, seed: int, steps: int) -> None:
    (x, first), (y, last) = (
        (digit_sheet()[label, row][None, None] / 255, f"digit-{label}-{row + 1}")
        for label, row in (start, end)
    )
    places = [digit_sheet().shape[1] * label + row for label, row in (start, end)]
    code = digits.show_code({"drawn": False}, None, *places, seed, steps)
    assert_same(run(code), two_digits(x, y, first, last, seed, steps))


def two_digits(x: Tensor, y: Tensor, first: str, last: str, seed: int, steps: int) -> Pictures:
    """What the page shows of two digits, computed here, by the names that a visitor keeps it under."""
    shown = {f"{first}_seen.png": to_pil(x, 10)}
    for name in MAPS:
        model = hub.load(name).model
        strip = blend(model, x, y, steps)
        shown[f"{name}_{first}_{last}_{steps}.png"] = to_grid(strip, columns=steps, scale=4)
        if hasattr(model, "posterior"):
            mu, sigma = model.posterior(x)
            noise = torch.randn(NUM_RESAMPLES, 2, generator=torch.Generator().manual_seed(seed))
            images = model.decode(torch.cat([mu, mu + sigma * noise]))
            shown[f"{name}_{first}_seed{seed}.png"] = to_grid(images, columns=len(images), scale=4)
    return {file: pixels(image) for file, image in shown.items()}


def test_a_drawn_digit_on_the_maps(drawing: str) -> None:
    drawn = sketch_to_digit(drawing)
    code = digits.show_code({"drawn": True}, drawn, *digits.FIRST_DIGITS, 0, 5)
    y = digit_sheet().flatten(0, 1)[digits.FIRST_DIGITS[1]][None, None] / 255
    assert_same(run(code), two_digits(drawn, y, "drawing", "digit-6-3", 0, 5))


def test_a_point_in_twenty_dimensions(home: Path) -> None:
    name = roles.VAE_DEEP
    for z in (torch.zeros(1, 20), hub.load(name).model.code(digit_sheet()[6, 2][None, None] / 255)):
        made = run(sliders.show_code({"z": z[0].tolist()}))
        assert_same(made, {f"{name}_point.png": pixels(to_pil(hub.load(name).model.decode(z), 10))})


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("spacing", ["linear", "inverse_gaussian"])
def test_the_grid_and_the_point_of_a_map(home: Path, name: str, spacing: str) -> None:
    made = run(maps.map_snippet(name, [-1.2345678901234567, 0.3], spacing, 13))
    point = decode([-1.2345678901234567, 0.3], name).resize((28, 28), Image.Resampling.NEAREST)
    grid = manifold(name, 13, spacing)
    assert_same(made, {f"{name}_point.png": pixels(point), f"{name}_{spacing}_13.png": pixels(grid)})


# ---- generation


@pytest.mark.parametrize(
    ("name", "number", "seed", "scale", "chosen"),
    [
        (roles.DCGAN, 32, 0, 1, {"walk": [0, 1, 2]}),
        (roles.GAN, 5, 4294967295, 1.35, {"walk": [4, 0], "a": [0], "b": [1, 2, 3], "c": [4, 0]}),
        (roles.VAE_DEEP, 64, 7, 0.05, {"walk": [63, 1, 1]}),
        (roles.PLAIN, 1, 2, 0, {"walk": [0], "a": [0], "b": [0], "c": [0]}),
        (roles.VAE_MAP, 3, 1, 2, {"walk": [2, 9, -1, "0", True]}),
    ],
)
def test_samples(home: Path, name: str, number: int, seed: int, scale: float, chosen: dict[str, Any]) -> None:
    """The pictures of the page are compared with these in tests/space/lessons/generate."""
    _, code = generate.tell(name, number, seed, scale, chosen)
    model, file = hub.load(name).model, generate.case_of(name, number, seed, scale)
    z = generate_work.draw_latents(model, number, seed, scale)
    chosen = generate_work.read_selection(chosen, number)
    pictures = {f"{file}.png": to_grid(model.decode(z), columns=8, padding=0)}
    if len(stops := chosen["walk"]) > 1:
        film = model.decode(walk(z[stops], generate_work.NUM_FRAMES))
        pictures[f"{file}_walk.png"] = to_grid(film, columns=generate_work.NUM_FRAMES, padding=0)
    if all(chosen[slot] for slot in "abc"):
        a, b, c = (z[chosen[slot]].mean(0) for slot in "abc")
        terms = model.decode(torch.stack([a, b, c, a - b + c]))
        pictures[f"{file}_arithmetic.png"] = to_grid(terms, columns=4, padding=0)
    assert_same(run(code), {name: pixels(picture) for name, picture in pictures.items()})


# ---- translation

BLANK = {"runs": []}


def translated(
    x: Tensor, name: str, case: str, direction: str, counterpart: Tensor | None = None
) -> Pictures:
    """What the page shows of x, computed here, by the names that a visitor keeps it under."""
    result = translate_work.translate(x, direction, name)
    scale = translate_view.SIDE // x.shape[-1]
    found = translate_view.shown(result, counterpart)["pictures"]
    shown = {key: from_url(url) for key, url in found.items()}
    return {f"{case}_{key}.png": one.repeat(scale, 0).repeat(scale, 1) for key, one in shown.items()}


@pytest.mark.parametrize("name", translate_work.NAMES)
@pytest.mark.parametrize(("direction", "index", "size"), [("ab", 0, 0), ("ba", 39, 256)])
def test_an_emoji(home: Path, name: str, direction: str, index: int, size: int) -> None:
    loaded = translate_work.load_model(name)
    x, y = (
        translate_work.choose_picture(loaded, "emoji", index, None, None, way, size)
        for way in (direction, direction[::-1])
    )
    made = run(translate.show_code("emoji", index, BLANK, None, name, direction, size))
    assert len(made) == 8
    case = f"{name}_{direction}_emoji-{index + 1}_{x.shape[-1]}"
    assert_same(made, translated(x, name, case, direction, y))


def test_a_picture_of_the_visitor(photo: str, drawing: str) -> None:
    model, drawn = roles.TRANSLATOR, {"runs": [3, 40_000, 7, 256 * 256 - 40_000]}
    made = run(translate.show_code("upload", 0, BLANK, cut_square(read_image(photo)), model, "ab", 128))
    x = to_square(cut_square(read_image(photo)), 128)
    assert_same(made, translated(x, model, f"{model}_ab_upload_128", "ab"))
    made = run(translate.show_code("draw", 0, drawn, None, model, "ab", 64))
    x = to_square(sketch_to_square(drawing), 64, drawn=True)
    assert_same(made, translated(x, model, f"{model}_ab_drawing_64", "ab"))


# ---- diffusion


@pytest.mark.parametrize(
    ("network", "place"),
    [
        ("velocity", (None, 5, 4, 1.5, "ddpm", 0.3, 0.8)),
        ("flow", (8, 4294967295, 3, 0, "ddim", 0, 1)),
    ],
)
def test_a_trajectory(home: Path, network: str, place: tuple[Any, ...]) -> None:
    names = ("digit", "seed", "steps", "guidance", "sampler", "guidance_low", "guidance_high")
    model, interval = NETWORKS[network], place[5:]
    code = diffusion.way_snippet(dict(zip(names, place)) | {"network": network})
    image, strips, _, numbers = denoise_api(None, model, *place[:3], 1.0, *place[3:5], None, 4, *interval)
    (case,) = re.findall(r'save\("(.+)_image.png"\)', code)
    what = "any" if place[0] is None else f"digit-{numbers['digit']}"
    assert case.startswith(f"{model}_{what}_seed{place[1]}_")
    assert case.endswith("_t0.3-0.8" if interval == (0.3, 0.8) else "_guidance0")
    image = image.resize((28, 28), Image.Resampling.NEAREST)
    assert_same(run(code), {f"{case}_image.png": pixels(image), f"{case}.png": pixels(strips)})


def test_a_digit_that_is_noised_and_brought_back(photo: str, drawing: str) -> None:
    place = {"digit": 8, "seed": 3, "steps": 4, "guidance": 2, "start": 0.5}
    place |= {"guidance_low": 0.1, "guidance_high": 0.4}
    network = "noise"
    for source, drawn, uploaded, changed in (
        ("digit", None, None, {}),
        ("upload", None, cut(photo, [0.1, 0.1, 0.9, 0.9]), {"digit": None}),
        ("draw", sketch_to_digit(drawing), None, {"start": 1}),
    ):
        x = {"digit": digit_sheet()[0, 7][None, None] / 255, "upload": uploaded and uploaded.digit}
        asked = Asked(**place | changed, picture=x.get(source, drawn))
        made = denoise(hub.load(NETWORKS[network]), asked)
        found = run(diffusion.own_snippet(place | changed | {"network": network}, source, 7, drawn, uploaded))
        (name,) = (name.removesuffix("_made.png") for name in found if name.endswith("_made.png"))
        shown = {"made": made.image, "noised": (made.x[:1] + 1) / 2, "seen": asked.picture}
        assert_same(found, {f"{name}_{part}.png": pixels(to_pil(one)) for part, one in shown.items()})
    assert diffusion.own_snippet(None, "digit", 7, None, None) == diffusion.way_snippet(None) == ""


# ---- pixels


def test_a_digit_that_is_drawn_and_completed(home: Path) -> None:
    loaded = hub.load(pixels_tab.MODEL)
    names = ("digit", "seed", "temperature", "guidance")
    for values in ((None, 5, 1, 1), (4, 0, 0.5, 1), (4, 0, 1, 1.5)):
        place = dict(zip(names, values))
        made = complete(loaded, pixels_tab.Asked(1, **place), None, None)
        (name, picture), *others = run(pixels_tab.play_snippet(place)).items()
        what = "any" if place["digit"] is None else f"digit-{place['digit']}"
        assert name == f"{loaded.name}_{what}_seed{values[1]}_temperature{values[2]}_guidance{values[3]}.png"
        assert not others and (picture[:, :28] == pixels(to_grid(made.images, columns=1))).all()
    asked = {"digit": None, "seed": 3}
    found = run(pixels_tab.own_snippet(asked | {"seam": 10}, "digit", 61, None, None))
    x = binarised(digit_sheet().flatten(0, 1)[61][None, None] / 255)
    made = complete(loaded, pixels_tab.Asked(**asked), x, rows_known(10))
    name = f"{loaded.name}_digit-3-2_completed.png"
    assert_same(found, {name: pixels(to_grid(made.images, columns=4, padding=0))})
    assert pixels_tab.play_snippet(None) == pixels_tab.own_snippet(None, "digit", 0, None, None) == ""


# ---- training


@pytest.mark.parametrize("name", [roles.GAN, roles.TRANSLATOR])
def test_the_pictures_of_training(home: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown, code = told(load(name))["run"], show_code(name)
    capsys.readouterr()  # the line of a model that is loaded here for the first time
    made = run(code)
    assert_same(
        made,
        {f"{name}_step{step}.png": from_url(u) for step, u in zip(shown["positions"], shown["frames"])},
    )
    header, *_ = capsys.readouterr().out.splitlines()
    assert header.startswith("step,epoch,")


# ---- weights from the Hub, and a process of its own


def in_client(namespace: str, show: Callable[[], Any]) -> tuple[Any, list[str]]:
    """In the client process: what the page shows, and what its code makes."""
    os.environ["MODEL_NAMESPACE"], constants.HF_HUB_OFFLINE = namespace, False
    hub.clear()
    hub.DEADLINE_SECONDS = 60.0  # a busy machine may take longer than a visitor waits
    with torch.inference_mode():
        shown = show()
    os.environ.pop("MODEL_NAMESPACE")
    return shown


def pictures_and_code() -> tuple[Pictures, str, str]:
    """What is shown of a digit, the code behind it, and what is said of the model."""
    settings = roles.VAE_MAP, "gaussian", 0.5, 7
    shown = reconstructed(digit_sheet()[7, 10][None, None] / 255, "digit-7-11_gaussian-0.5_seed7", *settings)
    badge = source_badge(hub.load(roles.VAE_MAP))
    return shown, reconstruct.show_code("digit", 150, None, None, *settings), badge


def work(folder: Path, code: str) -> None:
    os.chdir(folder)
    (folder / "generative_lab").symlink_to(PACKAGE)
    sys.path.insert(0, str(folder))
    exec(code, {})


def test_weights_from_the_hub_are_named_by_their_commit(tmp_path: Path) -> None:
    with HubServer() as server, start_client(server, tmp_path) as client:
        assert isinstance(client, ProcessPoolExecutor)
        repo = server.repos[f"teacher/{roles.VAE_MAP}"] = Repo()
        files = read_folder(hub.BUNDLED / roles.VAE_MAP)
        repo.commit("weights", files)
        shown, code, badge = client.submit(in_client, "teacher", pictures_and_code).result(timeout=120)
        commit = re.search(rf'"teacher/{roles.VAE_MAP}", revision="(\w{{40}})"', code)[1]
        repo.commit("other weights", files | {"model.safetensors": files["model.safetensors"][:-4] + b"abcd"})
        client.submit(work, tmp_path, code).result(timeout=120)
    assert commit[:7] in badge
    made = {path.name: pixels(Image.open(path)) for path in tmp_path.glob("*.png")}
    assert_same(made, shown)


def test_the_code_needs_nothing_else(home: Path) -> None:
    _, code = generate.tell(roles.VAE_DEEP, 8, 3, 0.5, None)
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": "."})
    picture = Image.open(home / f"{generate.case_of(roles.VAE_DEEP, 8, 3, 0.5)}.png")
    assert np.array_equal(pixels(picture), pixels(generate_api.generate(roles.VAE_DEEP, 8, 3, 0.5)[0]))
