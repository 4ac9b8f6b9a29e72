"""Memory that the C library keeps although nobody uses it: 190 MB of 1,000 after a visit to every tab.

glibc keeps a heap for each of the threads that Gradio answers in, up to eight a core, and gives free memory
back only from the top of each. Two heaps are enough where Python lets one thread run at a time, and now and
then all that is free goes back. Other C libraries do neither, and there nothing is done.
"""

import ctypes
import sys
import time
from threading import Thread

ARENAS = 2
TRIM_SECONDS = 20
LARGE = 4 << 20
"""Bytes from which on a block is no part of a heap and goes back when it is freed. Else glibc raises this
mark, up to 32 MB, and with 32 visitors at a time 35 MB a minute stay. It costs a call 5 % more of a core."""
M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3
"""of malloc.h"""


def keep_small() -> None:
    """Call it before threads are started."""
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
