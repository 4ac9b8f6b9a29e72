"""What is wrong with a disk, in words: full, over a quota, read-only. Libraries say it each in its way."""

import errno
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from training.errors import one_line

WORDS = {
    errno.ENOSPC: "the disk of {folder} is full",
    errno.EDQUOT: "your quota on the disk of {folder} is used up",
    errno.EFBIG: "{folder} takes no larger files (a limit of the disk, or `ulimit -f`)",
    errno.EROFS: "{folder} is on a disk that can only be read",
}
SAID = {
    errno.ENOSPC: r"no space left on device|disk is full|not enough disk space|disk full",
    errno.EDQUOT: r"quota exceeded",
    errno.EFBIG: r"file too large",
    errno.EROFS: r"read-only file system",
}
"""what messages say that come without a number: of Rust (safetensors), SQLite (trackio), torch, `datasets`"""
UNCLEAR = r"unexpected pos|PytorchStreamWriter failed|iostream error|write\(\)"
"""messages of torch where writing failed for a reason that it does not tell"""
PROBE_BYTES = 1_000_000


def disk_trouble(error: BaseException, folders: Iterable[Path | str]) -> str | None:
    """Half a sentence if the `error`, or one that caused it, is a disk that takes no more; else None.

    It names the folder of the file in the error. Where the error names no file, or no reason, it names that
    of `folders` which cannot be written to, or all where there is room again.
    """
    for cause in chain(error):
        number = getattr(cause, "errno", None) if isinstance(cause, OSError) else None
        said = str(cause)
        if number not in WORDS:
            number = next((n for n, words in SAID.items() if re.search(words, said, re.IGNORECASE)), None)
        if number is None and not re.search(UNCLEAR, said):
            continue
        named = getattr(cause, "filename", None)
        tried = {Path(folder): probe(Path(folder)) for folder in folders} if not named or not number else {}
        failed = [folder for folder, why in tried.items() if why in WORDS]
        number = number or (tried[failed[0]] if failed else None)
        if number is None:
            continue
        places = [Path(os.fsdecode(named)).parent] if named else failed[:1] or [*tried]
        return WORDS[number].format(folder=" or ".join(map(str, places)))
    return None


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that caused it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def probe(folder: Path) -> int | None:
    """The number of the error that writing a file into `folder`, or into the nearest that exists, gives."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno
    return None


def why_not_written(error: BaseException, folder: Path) -> str:
    """Why a file could not be written into `folder`: of a disk in words, else the error's own message."""
    return disk_trouble(error, [folder]) or one_line(error)
