"""Modules that know no page, by node's own test runner: all `*.test.js` of tests/."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.space.browser import references

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
def references_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What PyTorch computes, for `nn.test.js`."""
    folder = tmp_path_factory.mktemp("references")
    references.write(folder)
    return folder


def test_modules_in_node(references_folder: Path) -> None:
    if reason := missing_node():
        assert not os.environ.get("REQUIRE_BROWSER"), f"REQUIRE_BROWSER is set, but there is {reason}"
        pytest.skip(reason)
    tests = sorted(TESTS.rglob("*.test.js"))
    assert len(tests) >= 5
    done = subprocess.run(
        ["node", "--test", "--test-reporter=spec", *tests],
        cwd=TESTS.parent,
        env=os.environ | {"REFERENCES": str(references_folder)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped 0" in done.stdout, done.stdout


def test_the_kernel_is_built_from_its_source() -> None:
    if not (TESTS.parent / "node_modules" / "wabt").is_dir():
        pytest.skip("`npm ci` has not installed the compiler")
    subprocess.run(["node", "tests/space/browser/build_kernel.js", "--check"], cwd=TESTS.parent, check=True)
