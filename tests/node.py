"""Run the browser's modules in Node.js, where it is new enough."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def missing_node() -> str | None:
    """Why node's tests cannot run here; None where they can."""
    node = shutil.which("node")
    if node is None:
        return "no node on PATH"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    ((major, minor),) = re.findall(r"^v(\d+)\.(\d+)", version)
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["engines"]["node"]
    least = wanted.removeprefix(">=")  # the first that knows --test-reporter
    fits = (int(major), int(minor)) >= tuple(map(int, least.split(".")))
    return None if fits else f"node {version} is older than {least}"


def need_node() -> None:
    """Skip the test where node is missing; with REQUIRE_BROWSER set it fails instead."""
    if reason := missing_node():
        assert not os.environ.get("REQUIRE_BROWSER"), f"REQUIRE_BROWSER is set, but there is {reason}"
        pytest.skip(reason)


def run_in_node(script: str, given: str = "") -> Any:
    """What a module prints as JSON. It runs in the root of the repository; `given` is its standard input."""
    need_node()
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        cwd=ROOT,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
