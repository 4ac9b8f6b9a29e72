"""Files made to harm: pictures that unpack to gigabytes, and model folders that are not what they say."""

import io
import json
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from space.lessons.manifold.work import read_latents
from space.lessons.models import tab as models
from space.models import roles
from space.models.cyclegan import CycleGAN
from space.models.vae import VAE
from space.text import limits
from space.weights.model_folder import ModelUnavailable, load_folder
from space.weights.side_files import read_metrics
from tests.processes import ROOT
from tests.small_models import bundled, small

LARGE = (8000, 5000)
LONG = "<script>" * 1000


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(*chunks: bytes, side: int = 8, depth: int = 8, pixels: bytes | None = None) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, depth, 2, 0, 0, 0))
    pixels = zlib.compress(bytes(side * (1 + 3 * side))) if pixels is None else pixels
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def animation(format: str) -> bytes:
    frames = [Image.new("RGB", (400, 400), (i % 250, 0, 0)) for i in range(200)]
    return saved(frames[0], format, save_all=True, append_images=frames[1:])


def tiff(*, megabytes: int) -> bytes:
    """A TIFF with tags that are no pixels', each with the same megabyte."""
    lists = [struct.pack("<HHII", tag, 1, 1 << 20, 8) for tag in range(1000, 1000 + megabytes)]
    plain = [(256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 8), (279, 64)]
    tags = [struct.pack("<HHII", tag, 4, 1, value) for tag, value in plain] + lists
    content = struct.pack("<H", len(tags)) + b"".join(tags) + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + (1 << 20)) + bytes(1 << 20) + content


def exif(*, megabytes: int) -> bytes:
    tags = b"".join(struct.pack("<HHII", tag, 1, 1 << 20, 8) for tag in range(megabytes))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", megabytes) + tags + bytes(1 << 20)


BOMBS = {  # what it is, and how many megabytes it may cost
    "pixels": (lambda: png(pixels=zeros(250)), 60),
    "declared": (lambda: png(side=100_000, pixels=b"x"), 60),
    "ztxt": (lambda: png(chunk(b"zTXt", b"a\0\0" + zeros(200))), 60),
    "itxt": (lambda: png(chunk(b"iTXt", b"a\0\1\0\0\0" + zeros(200))), 60),
    "profile": (lambda: png(chunk(b"iCCP", b"a\0\0" + zeros(200))), 60),
    "texts": (lambda: png(*[chunk(b"zTXt", b"a\0\0" + zeros(1))] * 1000), 150),
    "tags": (lambda: tiff(megabytes=500), 60),
    "exif": (lambda: png(chunk(b"eXIf", exif(megabytes=500))), 60),
    "gif frames": (lambda: animation("GIF"), 60),
    "webp frames": (lambda: animation("WEBP"), 60),
    "apng frames": (lambda: animation("PNG"), 60),
    "rgba": (lambda: saved(Image.new("RGBA", LARGE), "PNG"), 450),
    "palette": (lambda: saved(Image.new("P", LARGE), "GIF", transparency=0), 450),
    "deep": (lambda: png(side=2500, depth=16, pixels=zlib.compress(bytes(2500 * (1 + 6 * 2500)))), 120),
    "avif": (lambda: saved(Image.new("RGB", (2500, 2500)), "AVIF", speed=10), 120),
    "float": (lambda: saved(Image.new("F", LARGE), "TIFF", compression="tiff_adobe_deflate"), 650),
}
MEASURE = """
import re, sys
from pathlib import Path
from space.pictures.files import read_image
from space.text.refusals import Problem
def memory(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1000
for path in sys.argv[1:]:
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    try:
        said = read_image(path).size
    except Problem as problem:
        said = problem.key
    print(Path(path).name, memory("VmHWM") - before, said, sep="|")
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="measures memory as Linux tells it")
def test_no_picture_costs_more_memory_than_its_pixels(tmp_path):
    for name, (make, _) in BOMBS.items():
        (tmp_path / name).write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *(tmp_path / name for name in BOMBS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {
        name: (int(cost), said) for name, cost, said in (line.split("|") for line in done.stdout.splitlines())
    }
    assert {name: cost for name, (cost, _) in found.items() if cost > BOMBS[name][1]} == {}
    assert found["declared"][1] == "problem.image_too_large"
    for name in ("ztxt", "itxt", "profile", "texts"):
        assert found[name][1] == "problem.not_an_image"


@pytest.fixture
def folder(tmp_path):
    small(VAE, latent_dim=2).save_pretrained(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ('{"latent_dim": 2, "latent_dim": 3}', "a key twice"),
        ("[" * 4000, "is not JSON"),
        ('{"latent_dim": ' + "9" * 5000 + "}", "is not JSON"),
        ('{"latent_dim": ' + "9" * 4000 + "}", "latent_dim is 999"),
        ('{"latent_dim": true}', "its type must be int"),
        ('{"latent_dim": 1000000000}', "allowed: 1 to 4096"),
        ('{"num_layers": 1000000000}', "allowed: 1 to 16"),
        ('{"zoom": NaN}', "unknown key 'zoom'"),
        ('{"' + "<script>" * 100 + '": 1}', "unknown key '<script>"),
        ("{" + " " * limits.MAX_CONFIG_BYTES + "}", "at most 10000 are read"),
        ('{"hidden_dim": 8192, "num_layers": 16, "image_size": 256, "in_channels": 3}', "model.safetensors"),
    ],
    ids=lambda value: value[:24],
)
def test_a_config_that_lies_is_refused(folder, config, said):
    (folder / "config.json").write_text(config)
    with pytest.raises(ModelUnavailable) as refused:
        load_folder(VAE, folder)
    assert said in refused.value.reason and len(refused.value.reason) < 300


def test_weights_of_another_class_or_not_finite_are_refused(folder):
    with pytest.raises(ModelUnavailable, match="unknown key"):
        load_folder(CycleGAN, folder)
    weights = load_file(folder / "model.safetensors")
    first = min(weights)
    save_file(weights | {first: torch.full_like(weights[first], float("nan"))}, folder / "model.safetensors")
    with pytest.raises(ModelUnavailable, match="not finite"):
        load_folder(VAE, folder)


@pytest.mark.parametrize(
    "header",
    [
        struct.pack("<Q", 2**63),
        struct.pack("<Q", 90_000_000) + b"{",
        struct.pack("<Q", 4) + b"null",
        *(
            struct.pack("<Q", len(text)) + text + bytes(8)
            for text in (
                b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,800]}}',
                b'{"a":{"dtype":"F32","shape":[2000000000,2000000000],"data_offsets":[0,8]}}',
                b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
                b'"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
                b'{"%s":{"dtype":"F32","shape":[1],"data_offsets":[4,2]}}' % LONG.encode(),
                b'{"a":{"dtype":"%s","shape":[1],"data_offsets":[0,4]}}' % LONG.encode(),
            )
        ),
    ],
)
def test_a_header_that_lies_is_refused(folder, header):
    (folder / "model.safetensors").write_bytes(header)
    with pytest.raises(ModelUnavailable, match=r"cut off or damaged|which is no part|lacks") as refused:
        load_folder(VAE, folder)
    assert len(refused.value.reason) < 300


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({LONG: torch.zeros(1)}, r"has '(<script>){5}', which is no part"),
        ({"decoder.0.bias": torch.zeros([1] * 3000)}, r"is \[1, [1, ]*, by config\.json"),
    ],
    ids=["name", "shape"],
)
def test_of_weights_that_do_not_belong_there_little_is_repeated(folder, weights, said):
    save_file(load_file(folder / "model.safetensors") | weights, folder / "model.safetensors")
    with pytest.raises(ModelUnavailable, match=said) as refused:
        load_folder(VAE, folder)
    assert len(refused.value.reason) < 300


XSS = '"\'><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'


def test_what_a_folder_says_is_text_in_the_page(folder):
    name = roles.VAE_MAP
    metrics = {XSS: {"value": 1, "protocol": XSS, "unit": XSS}, "deep": {"value": 10**400}}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "history.csv").write_text(f'step,loss,"{XSS}"\n0,1,2\n1,{XSS},3\n')
    (folder / "README.md").write_text(f"---\nlicense: {XSS}\n---\n{XSS}")
    (folder / "samples").mkdir()
    (folder / "samples" / "step-<img onerror=1>.png").write_bytes(saved(Image.new("L", (9, 9)), "PNG"))
    with bundled(folder.parent):
        folder.rename(folder.parent / name)
        page = models.show_details(name) + models.show_overview()
    tags = re.findall(r"<(?:img|script)[^>]*>", page)
    assert "&lt;script&gt;window.hacked" in page
    assert not [tag for tag in tags if not tag.startswith('<img src="data:image/png;base64,')]


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a": {"value": 1e999}}', '{"a": {"value": [[1]]}}'])
def test_figures_that_cannot_be_shown_are_left_out(folder, content):
    (folder / "metrics.json").write_text(content)
    assert read_metrics(folder) == {}


def test_side_files_are_bounded(folder):
    many = {f"figure{i}": {"value": i, "protocol": "x" * 10_000} for i in range(400)}
    (folder / "metrics.json").write_text(json.dumps(many))
    figures = read_metrics(folder)
    assert len(figures) == limits.MAX_METRICS
    assert {len(figure["protocol"]) for figure in figures.values()} == {limits.MAX_PROTOCOL}
    for text in ("z1,z2,label\n1e300,0,1\n", "z1,z2,label\n" + "0,0,1\n" * 1_000_000):
        (folder / "latents.csv").write_text(text)
        assert len(read_latents(folder)[0]) == 0
