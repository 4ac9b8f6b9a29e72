"""Modules that know no page, by node's own test runner: all `*.test.js` of tests/."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.node import need_node
from tests.space.browser import references

TESTS = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def references_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What PyTorch computes, for `nn.test.js`."""
    folder = tmp_path_factory.mktemp("references")
    references.write(folder)
    return folder


def test_modules_in_node(references_folder: Path) -> None:
    need_node()
    tests = sorted(TESTS.rglob("*.test.js"))
    assert len(tests) >= 5
    done = subprocess.run(
        ["node", "--test", "--test-reporter=spec", *tests],
        cwd=TESTS.parent,
        env=os.environ | {"REFERENCES": str(references_folder)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped 0" in done.stdout, done.stdout


def test_the_kernel_is_built_from_its_source() -> None:
    if not (TESTS.parent / "node_modules" / "wabt").is_dir():
        pytest.skip("`npm ci` has not installed the compiler")
    subprocess.run(["node", "tests/space/browser/build_kernel.js", "--check"], cwd=TESTS.parent, check=True)
