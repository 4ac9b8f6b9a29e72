"""Settings and fixtures of all tests: one thread, no network, and a real browser if there is one."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", OMP_NUM_THREADS="1")
worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
os.environ["GRADIO_SERVER_PORT"] = str(7860 + 100 * int(worker))  # no two workers race for a port
for name in ("MODEL_NAMESPACE", "MODEL_REVISION", "SPACE_AUTHOR_NAME"):
    os.environ.pop(name, None)

import torch  # noqa: E402  after the environment is set
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from space.host import import_first  # noqa: E402, F401  before Gradio, as in the app
from tests.pages import new_page  # noqa: E402
from tests.processes import PATIENCE, Lab, running_lab  # noqa: E402

torch.set_num_threads(1)
expect.set_options(timeout=1000 * PATIENCE)

CHROMIUM = shutil.which("chromium") or shutil.which("chromium", path="/usr/bin")
WITHOUT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),  # pages behind the address bar: a third of a page's cost
    # of Playwright's own list, for only the last one counts
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("MediaRouter", "OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning"),
)
"""features of Chromium that are off"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests if no Chromium is installed. With REQUIRE_BROWSER set they fail instead."""
    if CHROMIUM is None and not os.environ.get("REQUIRE_BROWSER"):
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no chromium on PATH or in /usr/bin"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "REQUIRE_BROWSER is set, but there is no chromium on PATH or in /usr/bin"
    with sync_playwright() as playwright:
        flags = ["--disable-gpu", f"--disable-features={','.join(WITHOUT)}"]
        sandbox = [] if os.geteuid() else ["--no-sandbox"]  # Chromium refuses a sandbox to root
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*flags, *sandbox])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of its own; a test may parametrize the options of its context."""
    with new_page(browser, **getattr(request, "param", {})) as page:
        yield page


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The app as it is shipped, in a process of its own, for all tests that do not change it.

    A test may put model folders into `mine` of its folder: the models tab lists them.
    """
    with running_lab(tmp_path_factory.mktemp("lab"), MODELS_DIR="mine") as lab:
        yield lab


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """A function that writes a picture to a file and returns its path."""

    def write(image: Image.Image, name: str = "picture.png", **options: object) -> Path:
        image.save(tmp_path / name, **options)
        return tmp_path / name

    return write
