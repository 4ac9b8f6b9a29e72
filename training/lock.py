"""One run a folder: whoever writes to a model folder holds a lock on `.lock` in it, and others are refused.

The lock belongs to the process, not to the file: the system frees it however the process ends, so that a file
that a killed run has left is no obstacle. Processes that a run forks do not hold it. A process that opens and
closes the file once more loses it. Windows has no such locks.
"""

import atexit
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from training.errors import TrainingError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

NAME = ".lock"
_held: dict[Path, IO[str]] = {}


def lock(folder: Path) -> None:
    """Hold the lock of a folder until `unlock` or the end of the process.

    Raises `TrainingError` if another process holds it. On a file system without locks (some network file
    systems) it prints a line and goes on.
    """
    path = folder.resolve() / NAME
    while fcntl and path not in _held:
        file = path.open("a")
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError) as error:
            file.close()
            raise _refusal(folder) from error
        except OSError as error:
            print(f"{folder} is on a disk without locks ({error.strerror}): let no other run write to it")
        if os.fstat(file.fileno()).st_nlink:  # else the process that held it has removed it meanwhile
            _held[path] = file


def check_unlocked(folder: Path) -> None:
    """Raise `TrainingError` if another process holds the lock of a folder, which may be none yet."""
    if is_locked(folder):
        raise _refusal(folder)


def _refusal(folder: Path) -> TrainingError:
    return TrainingError(
        f"another process trains or measures in {folder}; wait until it ends, or choose another one"
    )


def is_locked(folder: Path) -> bool:
    """Whether another process holds the lock of a folder."""
    path = folder.resolve() / NAME
    if fcntl is None or path in _held or not path.exists():
        return False
    with path.open() as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # processes of one run may ask at the same time
        except (BlockingIOError, PermissionError):
            return True
        except OSError:  # a disk without locks
            return False
    return False


@atexit.register
def unlock() -> None:
    """Free all locks of this process, and remove their files."""
    for path, file in list(_held.items()):
        with suppress(OSError):
            path.unlink()
        file.close()
        del _held[path]
