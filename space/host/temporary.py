"""The folder for uploads and for pictures made: this process's own, and nothing stays in it.

Gradio's own `delete_cache` knows only the files that it keeps lists of. These lack uploads that broke off and
what a killed process left, and do not end at any number; and its loop over a growing list ends it for good
under load. Hence `sweep`, which looks at the folder, and `forget`, which shortens the lists. This must be
imported before Gradio, which reads the folder's name at once.
"""

import asyncio
import atexit
import os
import shutil
import signal
import stat
import sys
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
"""what is younger may still be in use, so that it stays whatever the limits"""


def own_folder() -> Path:
    """A new folder that goes when this process ends; folders whose process was killed go now."""
    # resolved, as Gradio's paths of pictures are, else `sweep` would not know those that stay
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


def take_over() -> None:
    """For a process that only serves: all temporary files go there, and it is emptied on SIGTERM as well."""
    tempfile.tempdir = str(FOLDER)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def sweep(keep: Collection[str] = ()) -> int:
    """Delete what is too old, then the oldest until the rest is within the limits; the bytes of the rest.

    `keep` are paths that stay: pictures that are part of the page.
    """
    global _used_bytes, _swept
    with _lock:
        now, files = time.time(), []
        for path in sorted(FOLDER.rglob("*"), reverse=True):  # what is in a folder before the folder
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
                path.unlink()
                used, count = used - size, count - 1
        with suppress(OSError):
            os.utime(FOLDER)
        _used_bytes, _swept = used, time.monotonic()
        return used


def make_room(size: int, keep: Callable[[], Collection[str]]) -> bool:
    """Whether an upload of `size` bytes fits; where it does not, the oldest files make room for it."""
    global _used_bytes
    if _used_bytes + size > MAX_TEMPORARY_BYTES and time.monotonic() > _swept + 1:
        sweep(keep())
    with _lock:
        if _used_bytes + size > MAX_TEMPORARY_BYTES:
            return False
        _used_bytes += size
    return True


def kept_files(blocks: Any) -> set[str]:
    """The files that are part of the page of a `gr.Blocks`."""
    return {path for block in list(blocks.blocks.values()) for path in getattr(block, "keep_in_cache", ())}


def forget(blocks: Any) -> None:
    """Take the files that are gone from the lists that a `gr.Blocks` keeps of them, which only grow."""
    for files in blocks.temp_file_sets:
        files.difference_update([path for path in list(files) if not os.path.lexists(path)])


@asynccontextmanager
async def swept(app: Any) -> AsyncIterator[None]:
    """Sweeps as long as the server runs: a lifespan of its `app`."""

    def tidy() -> None:
        sweep(kept_files(app.get_blocks()))
        forget(app.get_blocks())

    async def go_on() -> None:
        while True:
            await asyncio.to_thread(tidy)
            await asyncio.sleep(SWEEP_SECONDS)

    task = asyncio.create_task(go_on())
    yield
    task.cancel()
