"""Starts the lab: `python app.py`, or the file that a Space runs."""

from space.memory import keep_small

if __name__ == "__main__":
    keep_small()  # before the libraries start threads
    from space import temporary
    from space.app import launch

    temporary.take_over()
    launch()
