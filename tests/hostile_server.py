"""The app in a process of its own, for `test_hostile.py`, with a record of all that it does beyond answering.

It prints its address and its temporary folder. Each line on standard input is then a question, and a line of
JSON answers it. `seen`: what the app did (see `watch`). `empty`: the files left once all are too old to stay.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

seen: dict[str, list[str]] = {"connected": [], "read": [], "written": [], "started": []}
HERE = ("127.0.0.1", "localhost", "::1", None)


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: notes what the app connects to, reads, writes and starts; refuses other machines."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        seen["connected"].append(str(arguments[1]))
        if arguments[1][0] not in HERE:
            raise OSError(f"no connection to {arguments[1]} in this test")
    elif event == "socket.getaddrinfo" and arguments[0] not in HERE:
        seen["connected"].append(str(arguments[0]))
        raise OSError(f"no look-up of {arguments[0]} in this test")
    elif event == "open" and isinstance(arguments[0], str | bytes):
        path, _, flags = arguments
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        seen["written" if writes else "read"].append(os.fsdecode(path))
    elif event in ("os.mkdir", "os.rename", "shutil.copyfile", "shutil.move"):
        seen["written"].append(str(arguments[1 if event != "os.mkdir" else 0]))
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"):
        seen["started"].append(str(arguments[0]))


def main() -> None:
    from space import app
    from space.host import temporary_files
    from space.host.ending import end_on_signals

    end_on_signals()
    temporary_files.take_over()
    demo = app.build()
    _, url, _ = app.launch(demo, prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    sys.addaudithook(watch)
    print(json.dumps({"url": url.rstrip("/"), "folder": str(temporary_files.FOLDER)}), flush=True)
    for line in sys.stdin:
        if line.strip() == "seen":
            print(json.dumps(seen), flush=True)
        elif line.strip() == "empty":
            temporary_files.TEMPORARY_SECONDS = temporary_files.GRACE_SECONDS = -1e9
            keep = temporary_files.kept_files(demo)
            temporary_files.sweep(keep)
            left = {str(path) for path in temporary_files.FOLDER.rglob("*") if path.is_file()}
            print(json.dumps(sorted(left - keep)), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
