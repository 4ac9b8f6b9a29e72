"""Files and folders that are complete or absent, even if the process or the machine dies while writing.

Everything is written under another name, brought to the disk (fsync), and only then renamed.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError

from training.disk import why_not_written
from training.errors import ProcessError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to; the file is then renamed to `path`. Raises `ProcessError`."""
    fresh = path.with_name(f"{path.name}.partial")  # no .png or .csv at the end, in case it is left behind
    try:
        yield fresh
        put_in_place(fresh, path)
    except OSError as error:
        why = why_not_written(error, path.parent)
        fresh.unlink(missing_ok=True)
        raise ProcessError(f"{path} cannot be written: {why}. What was saved before is whole") from error
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def put_in_place(fresh: Path, final: Path) -> None:
    """Rename a file or folder once all of its content is on the disk; a file may replace another."""
    for path in [*fresh.rglob("*"), fresh]:
        _sync(path)
    fresh.replace(final)
    _sync(final.parent)


def remove_folder(folder: Path) -> None:
    """Remove a folder. It is renamed first, so that a half removed one is never taken for complete."""
    doomed = folder.with_name(f"partial-{folder.name}")
    folder.rename(doomed)
    shutil.rmtree(doomed)


@contextmanager
def writing(what: str, partial: Path) -> Iterator[None]:
    """Turn errors of a full or broken disk into a `ProcessError` about `what`, and remove `partial`."""
    try:
        yield
    except (
        OSError,
        RuntimeError,
        SafetensorError,
    ) as error:  # torch raises the second, safetensors the third
        why = why_not_written(error, partial)  # asked before there is room again
        shutil.rmtree(partial, ignore_errors=True)
        raise ProcessError(f"{what} cannot be written: {why}. What was saved before is whole") from error
    except BaseException:  # a signal
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():  # Windows cannot open folders
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
