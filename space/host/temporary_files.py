"""The folder of uploads and of pictures made: this process's own, swept, and gone when the process ends.

Gradio's own `delete_cache` deletes only files on its lists. Missing from these are uploads that broke off and
files of a killed process. Neither lists nor files have a limit, and under load the clean-up fails for good,
because it loops over a list that grows. Hence `sweep`, which looks at the folder itself, and `forget`, which
shortens the lists. Import this before Gradio, which reads the folder's name as it is imported.
"""

import asyncio
import atexit
import os
import shutil
import stat
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from space.text.limits import MAX_TEMPORARY_BYTES, MAX_TEMPORARY_FILES, TEMPORARY_SECONDS

PREFIX = "generative-lab-"
SWEEP_SECONDS = 60
"""from one sweep to the next"""
GRACE_SECONDS = 60
"""a younger file may be in use, and stays whatever the limits"""


def own_folder() -> Path:
    """Make a folder that is deleted when this process ends. Delete folders whose process was killed."""
    # resolved, as Gradio's paths of pictures are, so that `sweep` recognises the files that stay
    parent = Path(os.environ.get("GRADIO_TEMP_DIR") or tempfile.gettempdir()).resolve()
    parent.mkdir(parents=True, exist_ok=True)
    for other in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if other.stat().st_mtime < time.time() - TEMPORARY_SECONDS:  # a live process touches its own
                shutil.rmtree(other, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


FOLDER = own_folder()
os.environ["GRADIO_TEMP_DIR"] = str(FOLDER)
_used_bytes = 0
_swept = 0.0
_lock = Lock()


def is_inside(path: str) -> bool:
    """Whether a path leads to somewhere in the folder."""
    try:
        return Path(path).resolve().is_relative_to(FOLDER.resolve())
    except (OSError, ValueError):  # no path at all
        return False


def take_over() -> None:
    """Put every temporary file of this process there."""
    tempfile.tempdir = str(FOLDER)


def sweep(keep: Collection[str] = ()) -> int:
    """Delete files that are too old, then the oldest until the rest is within the limits.

    Returns the bytes of the rest. `keep`: paths that stay, the pictures that are part of the page.
    """
    global _used_bytes, _swept
    with _lock:
        now, files = time.time(), []
        below = [  # unlike rglob, os.walk passes over folders that vanish meanwhile
            Path(folder, name) for folder, *names in os.walk(FOLDER) for name in (*names[0], *names[1])
        ]
        for path in sorted(below, reverse=True):  # a folder comes after its files
            with suppress(OSError):
                found = path.lstat()
                if not stat.S_ISDIR(found.st_mode):
                    files.append((found.st_ctime, found.st_size, path))
                elif now - found.st_mtime > GRACE_SECONDS:
                    path.rmdir()  # fails where it is not empty
        files = sorted(file for file in files if str(file[2]) not in keep)
        used, count = sum(size for _, size, _ in files), len(files)
        for changed, size, path in files:
            old = now - changed > TEMPORARY_SECONDS
            many = used > MAX_TEMPORARY_BYTES or count > MAX_TEMPORARY_FILES
            if not old and not (many and now - changed > GRACE_SECONDS):
                break
            with suppress(OSError):
                if path.lstat().st_ctime == changed:  # else it was made again meanwhile
                    path.unlink()
                used, count = used - size, count - 1
        with suppress(OSError):
            os.utime(FOLDER)
        _used_bytes, _swept = used, time.monotonic()
        return used


def make_room(size: int, keep: Callable[[], Collection[str]]) -> bool:
    """Whether `size` bytes fit, if need be after the oldest files are deleted."""
    if _used_bytes + size > MAX_TEMPORARY_BYTES and time.monotonic() > _swept + 1:
        sweep(keep())
    return _used_bytes + size <= MAX_TEMPORARY_BYTES


def take_room(size: int) -> bool:
    """Count bytes that are about to be written, unless they do not fit. The next sweep counts anew."""
    global _used_bytes
    with _lock:
        if _used_bytes + size > MAX_TEMPORARY_BYTES:
            return False
        _used_bytes += size
    return True


def kept_files(blocks: Any) -> set[str]:
    """The files that are part of the page of a `gr.Blocks`."""
    return {path for block in list(blocks.blocks.values()) for path in getattr(block, "keep_in_cache", ())}


def forget(blocks: Any) -> None:
    """Take deleted files off the lists that a `gr.Blocks` keeps of its files. Gradio only adds to them."""
    for files in blocks.temp_file_sets:
        files.difference_update([path for path in list(files) if not os.path.lexists(path)])


@asynccontextmanager
async def swept(app: Any) -> AsyncIterator[None]:
    """A lifespan of Gradio's `app` that sweeps as long as the server runs."""

    def sweep_once() -> None:
        sweep(kept_files(app.get_blocks()))
        forget(app.get_blocks())

    async def sweep_for_good() -> None:
        while True:
            await asyncio.to_thread(sweep_once)
            await asyncio.sleep(SWEEP_SECONDS)

    task = asyncio.create_task(sweep_for_good())
    yield
    task.cancel()
