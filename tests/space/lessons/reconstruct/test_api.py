"""The endpoint /reconstruct as a function."""

import json
import math

import pytest
from PIL import Image

from space.lessons.reconstruct import api
from space.models import roles
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet


def test_the_api_gives_files_and_numbers(bundled, tmp_path):
    path = tmp_path / "two.png"
    to_pil(1 - digit_sheet()[2, 0][None] / 255, 10).save(path)
    *pictures, numbers = api.reconstruct_api(str(path), roles.VAE_MAP, "masking", 0.5, 3)
    assert all(isinstance(picture, Image.Image) and picture.size == (28, 28) for picture in pictures)
    assert len(pictures) == 4 and len(numbers["latent"]) == len(numbers["sigma"]) == 2
    assert numbers["psnr"] == pytest.approx(-10 * math.log10(numbers["mse"]))
    assert (numbers["bytes_image"], numbers["bytes_latent"]) == (784, 8)
    json.dumps(numbers, allow_nan=False)
    assert api.reconstruct_api(str(path), roles.VAE_MAP)[-1]["psnr_noisy"] is None  # infinite without noise
