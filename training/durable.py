"""Files that are whole or not there, whatever ends the process or the machine.

Everything is written under another name, brought to the disk (fsync), and only then renamed.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields the name to write to; what is there at the end becomes `path`. An `OSError` names `path`."""
    fresh = path.with_name(f"{path.name}.partial")  # no longer *.png or *.csv, if it is left behind
    try:
        yield fresh
        put_in_place(fresh, path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise OSError(f"{path} cannot be written: {error}") from error


def put_in_place(fresh: Path, final: Path) -> None:
    """Rename a file, which may replace another, or a folder, with all that it holds on the disk before."""
    for path in [*fresh.rglob("*"), fresh]:
        _sync(path)
    fresh.replace(final)
    _sync(final.parent)


def remove_folder(folder: Path) -> None:
    """Remove a folder; one that is half removed no longer has its name."""
    doomed = folder.with_name(f"partial-{folder.name}")
    folder.rename(doomed)
    shutil.rmtree(doomed)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():  # Windows opens no folders
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
