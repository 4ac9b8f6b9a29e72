"""Starts the lab: `python app.py`, or the file that a Space runs."""

import gc
import sys

from space.host.ending import end_on_signals
from space.host.malloc import limit_heaps
from space.weights.proxies import ProxyError, use_proxies

if __name__ == "__main__":
    limit_heaps()  # before the libraries start threads
    end_on_signals()
    try:
        use_proxies()
    except ProxyError as error:
        sys.exit(f"error: {error}")
    gc.disable()  # imports leave nothing to collect
    from space.app import launch
    from space.host import temporary_files

    gc.enable()
    temporary_files.take_over()
    launch()
