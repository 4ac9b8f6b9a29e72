"""Starts the lab: `python app.py`, or the file that a Space runs."""

import gc

from space.memory import keep_small

if __name__ == "__main__":
    keep_small()  # before the libraries start threads
    gc.disable()  # imports leave nothing to collect
    from space import temporary
    from space.app import launch

    gc.enable()
    temporary.take_over()
    launch()
