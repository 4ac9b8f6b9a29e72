"""Starts the lab: `python app.py`, or the file that a Space runs."""

import gc

from space.host.malloc import keep_small

if __name__ == "__main__":
    keep_small()  # before the libraries start threads
    gc.disable()  # imports leave nothing to collect
    from space.app import launch
    from space.host import temporary

    gc.enable()
    temporary.take_over()
    launch()
