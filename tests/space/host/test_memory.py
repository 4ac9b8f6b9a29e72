"""The memory of a lab that each endpoint was asked once: a lab of its own, which no other test has used."""

import time
from pathlib import Path

from gradio_client import Client

from tests.processes import PATIENCE, running_lab
from tests.smoke import CALLS

MOST_MB = 900
"""with PyTorch for CUDA, whose libraries alone take 300; docs/operating.md has both"""
FORGOTTEN = "/nearest"
"""what it reads is given back after a minute without a question; tests/space/pictures has that"""


def test_all_models_together_leave_little_behind(tmp_path: Path) -> None:
    with running_lab(tmp_path) as lab:
        client = Client(lab.url, verbose=False, download_files=tmp_path)
        for name, arguments in CALLS.items():
            if name != FORGOTTEN:
                client.predict(api_name=name, **arguments)
        end = time.monotonic() + PATIENCE
        while lab.resident_mb() >= MOST_MB:  # the app gives back what is free every few seconds
            assert time.monotonic() < end, f"{lab.resident_mb():.0f} MB"
            time.sleep(0.5)
