"""The memory of a lab that each endpoint was asked once: a lab of its own, which no other test has used."""

import time
from pathlib import Path

from tests.processes import PATIENCE, running_lab
from tests.smoke import check_endpoints

MOST_MB = 900
"""with all packages; a Space holds 340 less, by its PyTorch for CPUs: docs/operating.md has both"""
FORGOTTEN = "/nearest"
"""what it reads is given back after a minute without a question; tests/space/pictures has that"""


def test_all_models_together_leave_little_behind(tmp_path: Path) -> None:
    with running_lab(tmp_path) as lab:
        check_endpoints(lab, left_out=(FORGOTTEN,))
        end = time.monotonic() + PATIENCE
        while lab.resident_mb() >= MOST_MB:  # the app gives back what is free every few seconds
            assert time.monotonic() < end, f"{lab.resident_mb():.0f} MB"
            time.sleep(0.5)
