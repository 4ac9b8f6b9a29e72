"""Whether a run is on in a folder: processes of one run may ask at the same moment."""

import subprocess
import sys

import pytest

from training import lock

HOLD = """
import fcntl, sys
file = open(sys.argv[1], sys.argv[2])
fcntl.lockf(file, fcntl.LOCK_SH if sys.argv[2] == "r" else fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(("mode", "locked"), [("r", False), ("a", True)])
def test_whoever_only_asks_locks_nobody_out(tmp_path, mode, locked):
    """`r` is another process that asks, `a` one that writes to the folder."""
    path = tmp_path / lock.NAME
    path.touch()
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path, mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        assert lock.is_locked(tmp_path) is locked
        other.communicate()
    assert lock.is_locked(tmp_path) is False
