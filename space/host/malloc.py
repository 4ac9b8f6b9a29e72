"""Settings of the C library's heaps, so that they give free bytes back to the system.

glibc keeps a heap for each of the threads that Gradio answers in, up to eight a core. It gives free bytes
back to the system only from the top of each. Two heaps are enough where Python lets one thread run at a time,
and `malloc_trim` gives back all that is free. Other C libraries have neither setting, and there nothing is
done. Without this, 190 MB of 1,000 were free bytes after a visit to every tab.
"""

import ctypes
import sys
import time
from threading import Thread

ARENAS = 2
"""heaps, for all threads together"""
TRIM_SECONDS = 20
LARGE = 4 << 20
"""Bytes from which on a block lies outside the heaps and goes back when it is freed. By default glibc raises
this mark, up to 32 MB, and with 32 visitors at a time 35 MB a minute stay. It costs a call 5 % more of a
core."""
M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3
"""of malloc.h"""


def limit_heaps() -> None:
    """Limit the heaps of this process. Call it before threads are started."""
    if not sys.platform.startswith("linux"):
        return
    library = ctypes.CDLL(None)
    if not (hasattr(library, "mallopt") and hasattr(library, "malloc_trim")):  # musl has neither
        return
    library.mallopt(M_ARENA_MAX, ARENAS)
    library.mallopt(M_MMAP_THRESHOLD, LARGE)

    def trim() -> None:
        while True:
            time.sleep(TRIM_SECONDS)
            library.malloc_trim(0)

    Thread(target=trim, daemon=True).start()
