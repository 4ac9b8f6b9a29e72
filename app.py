"""Starts the lab: `python app.py`, or the file that a Space runs."""

from space.app import launch

if __name__ == "__main__":
    launch()
