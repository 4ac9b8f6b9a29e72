"""Modules that know no page, by node's own test runner: all `*.test.js` of tests/."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import torch

from space.models import roles
from space.weights.hub import BUNDLED, load

TESTS = Path(__file__).parents[2]


def missing_node() -> str | None:
    """Why node's tests cannot run here; None where they can."""
    node = shutil.which("node")
    if node is None:
        return "no node on PATH"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    ((major, minor),) = re.findall(r"^v(\d+)\.(\d+)", version)
    wanted = json.loads((TESTS.parent / "package.json").read_text(encoding="utf-8"))["engines"]["node"]
    least = wanted.removeprefix(">=")  # the first that knows --test-reporter
    fits = (int(major), int(minor)) >= tuple(map(int, least.split(".")))
    return None if fits else f"node {version} is older than {least}"


@pytest.fixture(scope="module")
def decoders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Codes and the pictures that PyTorch makes of them, for both maps."""
    z = torch.randn(20, 2, generator=torch.Generator().manual_seed(0)) * 2
    cases = []
    for name in (roles.VAE_MAP, roles.PLAIN_MAP):
        with torch.inference_mode():
            pixels = load(name).model.decode(z).flatten(1)
        cases.append(
            {
                "file": str(BUNDLED / name / "model.safetensors"),
                "z": z.tolist(),
                "pixels": pixels.tolist(),
            }
        )
    path = tmp_path_factory.mktemp("decoders") / "decoders.json"
    path.write_text(json.dumps(cases))
    return path


def test_modules_in_node(decoders: Path) -> None:
    if reason := missing_node():
        assert not os.environ.get("REQUIRE_BROWSER"), f"REQUIRE_BROWSER is set, but there is {reason}"
        pytest.skip(reason)
    tests = sorted(TESTS.rglob("*.test.js"))
    assert len(tests) >= 5
    done = subprocess.run(
        ["node", "--test", "--test-reporter=spec", *tests],
        cwd=TESTS.parent,
        env=os.environ | {"DECODERS": str(decoders)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped 0" in done.stdout, done.stdout
