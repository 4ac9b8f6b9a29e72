"""Whether the lab runs with `requirements.txt` alone, as in a Space: `python -m tests.smoke`.

Needs nothing else itself. Says how large the environment is, how long the lab takes to its first answer, and
what memory it holds then and after a call of each endpoint. The exit code is 1 if anything fails.
"""

import importlib.metadata
import re
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from gradio_client import Client, handle_file

from tests.processes import ROOT, Lab, running_lab

OTHERS = ("training/requirements.txt", "tests/requirements.txt")
NEEDED_BY_BOTH = {"setuptools"}
"""packages that a new environment may have by itself"""
DIGIT = handle_file(str(ROOT / "tests" / "turned.heic"))
CALLS = {
    "/models": {},
    "/heights": {"values": [160, 171.5, 168, 180]},
    "/reconstruct": {"image": DIGIT},
    "/encode": {"image": DIGIT},
    "/decode": {"z": [0.5, -1.2]},
    "/manifold": {},
    "/interpolate": {"image": DIGIT, "other": DIGIT},
    "/generate": {"model": "dcgan-mnist"},
    "/nearest": {"image": DIGIT},
    "/timeline": {},
    "/translate": {"image": DIGIT},
    "/denoise": {},
    "/complete": {},
}
"""endpoint -> what it is asked with; the rest are defaults"""


def names_in(requirements: str) -> set[str]:
    """Names of the packages that a requirements file asks for."""
    lines = (ROOT / requirements).read_text(encoding="utf-8").splitlines()
    return {re.match(r"[\w-]+", line)[0].lower().replace("_", "-") for line in lines if line[:1].isalpha()}


def installed() -> dict[str, int]:
    """Package of this environment -> bytes of its files."""
    return {
        found.name.lower().replace("_", "-"): sum(
            path.stat().st_size for file in found.files or [] if (path := Path(file.locate())).is_file()
        )
        for found in importlib.metadata.distributions(path=[Path(sys.prefix, *SITE).as_posix()])
    }


SITE = ("lib", f"python{sys.version_info.major}.{sys.version_info.minor}", "site-packages")


def check_environment() -> None:
    """Exits if a package is there that only training or tests ask for."""
    packages = installed()
    more = set().union(*map(names_in, OTHERS)) - names_in("requirements.txt") - NEEDED_BY_BOTH
    if found := sorted(more & packages.keys()):
        sys.exit(f"this is no environment of requirements.txt alone: {', '.join(found)}")
    print(f"{len(packages)} packages, {sum(packages.values()) / 1e9:.2f} GB, Python {sys.version.split()[0]}")


def check_files(lab: Lab) -> None:
    """What a page asks for besides Gradio's own."""
    for path, least in (
        ("/", 10_000),
        ("/weights/dcgan-mnist/config.json", 50),
        ("/weights/dcgan-mnist", 100_000),
        ("/facts/manifold/vae-mnist-2d", 1000),
        ("/qr?of=https://example.org/", 500),
    ):
        with urllib.request.urlopen(lab.url + path, timeout=60) as answer:
            size = len(answer.read())
        assert size > least, f"{path} has {size} bytes"


def check_endpoints(lab: Lab, left_out: tuple[str, ...] = ()) -> None:
    """Every endpoint but those left out, with its defaults."""
    client = Client(lab.url, verbose=False, download_files=lab.folder)
    known = set(client.view_api(return_format="dict", print_info=False)["named_endpoints"])
    assert known == CALLS.keys(), f"endpoints: {sorted(known)}"
    for name, arguments in CALLS.items():
        if name not in left_out:
            client.predict(api_name=name, **arguments)


def main() -> None:
    check_environment()
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        with running_lab(Path(folder)) as lab:
            print(f"first answer after {time.monotonic() - began:.1f} s, {lab.resident_mb():.0f} MB")
            check_files(lab)
            check_endpoints(lab)
            assert lab.calls() == [], f"reached for the network: {lab.calls()}"
            print(f"{len(CALLS)} endpoints answered, {lab.resident_mb():.0f} MB")


if __name__ == "__main__":
    main()
