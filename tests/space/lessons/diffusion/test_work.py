"""Trajectories on the server, the endpoint /denoise, and what cannot be asked of it."""

import hashlib
import json
import math
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from space.lessons.diffusion import api, settings, tab, view, work
from space.lessons.generate.work import draw_samples
from space.models.ddpm import DDPM, DDPMConfig, path_levels
from space.models.samplers import CLEAN
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet
from space.text.refusals import Problem
from space.weights import hub
from space.weights.model_folder import ModelUnavailable
from tests.processes import ROOT
from tests.small_models import bundled, small

THREE = digit_sheet()[3, 0][None, None] / 255


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A small untrained model in place of the shipped one, which says something at once."""
    folder = tmp_path_factory.mktemp("pretrained")
    model = small(DDPM)
    torch.nn.init.normal_(model.unet.head.weight, std=0.2)
    model.save_pretrained(folder / work.MODEL)
    with bundled(folder), torch.inference_mode():
        yield hub.load(work.MODEL)


def save(image: Image.Image, path: Path) -> str:
    image.save(path)
    return str(path)


def test_a_seed_alone_gives_the_sample_of_generate(loaded):
    for seed in (0, 7, 2**32 - 1):
        made = work.denoise(loaded, work.Asked(seed=seed))
        assert torch.equal(made.image, draw_samples(loaded, 1, seed, 1.0).images)
        assert made.asked.digit in range(10) and len(made.times) == loaded.model.config.num_inference_steps


def test_a_picture_is_noised_as_far_as_its_start(loaded):
    asked = work.Asked(picture=THREE, start=0.4, steps=10)
    made = work.denoise(loaded, asked)
    assert made.times[0] == 399 and len(made.times) == 4 and made.asked.digit is None
    a, sigma = loaded.model.levels[:, 400]
    noise = work.denoise(loaded, work.Asked(steps=1)).x
    assert torch.allclose(made.x[:1], a * (2 * THREE - 1) + sigma * noise, atol=1e-6)
    near = work.denoise(loaded, work.Asked(picture=THREE, start=0.01, steps=10))
    assert near.times == [9] and (near.image - THREE).abs().mean() < 0.1


def test_the_steps_of_a_way_lie_behind_its_start():
    for num_timesteps in (1, 10, 1000):
        levels = path_levels(DDPMConfig(num_timesteps=num_timesteps, num_inference_steps=1))
        for steps in (1, 3, 10, 64):
            for start in (0.01, 0.05, 0.5, 0.975, 1):
                if steps <= num_timesteps:
                    times = work.way(levels, steps, start)
                    assert times[-1] == CLEAN and times == sorted(set(times), reverse=True)
                    assert 0 <= times[0] < max(1, start * num_timesteps + 0.5)
                    assert abs(len(times) - 1 - start * steps) <= 1


def test_what_is_known_stays_and_resampling_changes_the_rest(loaded):
    known = torch.ones_like(THREE)
    known[..., :14, :] = 0
    once, often = (
        work.denoise(loaded, work.Asked(picture=THREE, known=known, steps=3, resamplings=passes)).image
        for passes in (1, 3)
    )
    for made in (once, often):
        assert torch.allclose(made[..., 14:, :], THREE[..., 14:, :], atol=1e-6)
    assert not torch.allclose(once[..., :14, :], often[..., :14, :], atol=1e-2)


def test_the_endpoint_gives_picture_strips_animation_and_numbers(loaded, tmp_path):
    path = save(to_pil(1 - THREE, 10), tmp_path / "three.png")
    picture, strips, (name, gif), numbers = api.denoise_api(path, digit=8, steps=6, guidance=2)
    assert picture.size == (280, 280) and strips.size == (3 * 29 - 1, 3 * 29 - 1)  # half of the way
    assert name == f"{work.MODEL}.gif" and Image.open(BytesIO(gif)).n_frames == 4
    assert numbers["digit"] == 8 and numbers["start"] == 0.5 and len(numbers["t"]) == 3
    assert np.allclose(np.square(numbers["a"]) + np.square(numbers["sigma"]), 1, atol=1e-5)
    mask = save(
        Image.fromarray(np.uint8(255 * (np.arange(784).reshape(28, 28) < 392))), tmp_path / "mask.png"
    )
    *_, numbers = api.denoise_api(path, steps=2, mask=mask)
    assert numbers["start"] == 1 and numbers["digit"] is None


def test_the_endpoint_guides_where_it_is_told(loaded):
    held, everywhere, *narrow = (
        api.denoise_api(None, digit=3, steps=6, guidance=4, guidance_low=low, guidance_high=high)
        for low, high in ((0.3, 0.8), (0, 1), (0.3, 0.3))
    )
    assert held[-1]["guidance_low"] == 0.3 and held[-1]["guidance_high"] == 0.8
    unguided = api.denoise_api(None, digit=3, steps=6, guidance=1)
    pictures = [np.asarray(one[1]) for one in (held, everywhere, *narrow, unguided)]
    assert np.array_equal(pictures[2], pictures[3])  # no step lies there
    assert not np.array_equal(pictures[0], pictures[1]) and not np.array_equal(pictures[0], pictures[3])


def masked(tmp_path: Path, value: int, side: int = 28) -> dict[str, str]:
    image = save(to_pil(THREE), tmp_path / "three.png")
    return {"image": image, "mask": save(Image.new("L", (side, side), value), tmp_path / f"{value}.png")}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        *(({"steps": steps}, "steps is") for steps in (0, -1, 65, 10**6, 2.5, math.nan, math.inf, "4", True)),
        *(({"start": start}, "start is") for start in (0, -0.1, 1.01, math.nan, math.inf, "noise", [1])),
        *(({"guidance": guidance}, "guidance is") for guidance in (-0.1, 5.1, 100, math.nan, -math.inf, "1")),
        *(({"guidance_low": low}, "guidance_low is") for low in (-0.1, 1.1, math.nan, "0")),
        ({"guidance_low": 0.6, "guidance_high": 0.4}, "guidance_high is"),
        *(({"guidance_high": high}, "guidance_high is") for high in (1.1, math.inf, [1])),
        *(({"digit": digit}, "digit is") for digit in (-1, 10, 1.5, "3", math.nan)),
        *(({"seed": seed}, "seed is") for seed in (-1, 2**32, 0.5, None)),
        *(({"resamplings": passes}, "resamplings is") for passes in (0, 11, math.nan)),
        *(({"sampler": sampler}, "sampler is") for sampler in ("heun", "", None, 3)),
        ({"model": "ddpm"}, "There is no model named ddpm"),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_a_sentence(loaded, arguments: dict[str, Any], sentence: str):
    with pytest.raises(Problem, match=sentence) as found:
        api.denoise_api(**arguments)
    assert "\n" not in str(found.value) and len(found.value.said("ko")) < 300


def test_masks_that_make_no_sense(loaded, tmp_path):
    for value, side, sentence in (
        (255, 28, "Everything is erased"),
        (0, 28, "Nothing is erased"),
        (255, 64, "The mask has 64x64 pixels"),
    ):
        with pytest.raises(Problem, match=sentence):
            api.denoise_api(**masked(tmp_path, value, side))
    with pytest.raises(Problem, match="no picture yet"):
        api.denoise_api(mask=masked(tmp_path, 255)["mask"])
    with pytest.raises(Problem, match="Nothing stands out"):
        api.denoise_api(save(Image.new("L", (90, 70), 200), tmp_path / "blank.png"))


@pytest.mark.parametrize(
    "config",
    [
        {"image_size": 32},
        {"in_channels": 3},
        {"prediction": "flow"},
        {"prediction": "noise"},
        {"num_classes": 0},
        {"num_timesteps": 7},
    ],
)
def test_weights_of_another_kind_work_or_are_refused_in_a_sentence(tmp_path, config):
    small(DDPM, **config).save_pretrained(tmp_path / work.MODEL)
    with bundled(tmp_path), torch.inference_mode():
        other = hub.load(work.MODEL)
        if tuple(other.model.config.image_shape) != (1, 28, 28):
            made = work.denoise(other, work.Asked(steps=2))  # out of noise it makes what it makes
            assert made.image.shape[1:] == other.model.config.image_shape and made.image.isfinite().all()
            with pytest.raises(ModelUnavailable, match="28x28 in grey"):
                work.denoise(other, work.Asked(picture=THREE, start=0.5))
            return
        made = work.denoise(other, work.Asked(steps=2, picture=THREE, start=0.5))
        assert made.image.isfinite().all()
        if not other.model.config.num_classes:
            assert work.denoise(other, work.Asked(steps=2)).asked.digit is None
            with pytest.raises(Problem, match="was trained without classes"):
                work.denoise(other, work.Asked(digit=3))


def test_the_page_knows_the_very_bytes(loaded):
    facts, _ = tab.facts("velocity")
    content = (loaded.folder / "model.safetensors").read_bytes()
    assert facts["sha256"] == hashlib.sha256(content).hexdigest()
    assert facts["where"] == {"en": "bundled with this app", "ko": "앱에 포함됨"}
    with pytest.raises(Problem):
        tab.way_snippet({"digit": 3})
    for network in ("euler", "all", "", None, 3, ["noise"], {"velocity": 1}):
        with pytest.raises(Problem):
            tab.facts(network)


def test_each_network_is_known_by_what_it_puts_out(tmp_path):
    """Weights of another parametrization, pushed under a model's name, are refused in a sentence."""
    for network, name in settings.NETWORKS.items():
        config = json.loads((ROOT / "space/pretrained" / name / "config.json").read_text())
        assert config["prediction"] == network
        small(DDPM, prediction="x_start").save_pretrained(tmp_path / name)
    with bundled(tmp_path):
        for network in settings.NETWORKS:
            place = {"digit": 3, "seed": 1, "steps": 2, "guidance": 1.0, "network": network}
            place |= {"guidance_low": 0.0, "guidance_high": 1.0}
            for use, *given in (
                (tab.facts, network),
                (tab.way_snippet, place | {"sampler": "ddim"}),
                (tab.own_snippet, place | {"start": 0.5}, "digit", 3, None, None),
            ):
                with pytest.raises(ModelUnavailable, match=f"puts out x_start, .* puts out {network}"):
                    use(*given)


def test_the_tables_show_what_was_measured_and_nothing_else():
    """A folder may come from the Hub: lists of other lengths, or none, make no table."""
    whole = {
        "curve_steps": {"value": [4, 8], "unit": "", "protocol": "where"},
        "lenet_fid_by_steps": {"value": [9.5, 7.25], "unit": "", "protocol": "how <b>"},
        "class_accuracy_by_steps": {"value": [98.5, 99], "unit": "%", "protocol": "how"},
    }
    table = view.curve_table(whole, "steps")
    assert re.findall(r"<td>(.*?)</td>", table) == ["4", "9.5", "98.5\u00a0%", "8", "7.25", "99.0\u00a0%"]
    assert "how &lt;b&gt;" in table and view.curve_table(whole, "guidance") == ""
    for key, value in {"curve_steps": [4], "lenet_fid_by_steps": 3.0, "class_accuracy_by_steps": []}.items():
        assert view.curve_table(whole | {key: whole[key] | {"value": value}}, "steps") == ""
    for missing in whole:
        rest = {key: one for key, one in whole.items() if key != missing}
        assert (view.curve_table(rest, "steps") == "") == (missing == "curve_steps")
    assert (
        view.curve_table({"curve_steps": whole["curve_steps"]}, "steps")
        == view.curve_table({}, "steps")
        == ""
    )
