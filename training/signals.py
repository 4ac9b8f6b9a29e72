"""Signals that end a run: Ctrl-C, SIGTERM (`docker stop`, Slurm, torchrun), SIGHUP (a closed terminal)."""

import ctypes
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from types import FrameType
from typing import Any

ENDING = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
WORKER_SECONDS = 20.0
"""how long a process that reads images goes on after SIGTERM, so that the run can save a checkpoint"""
LAUNCHER = re.compile(rb"accelerate\0launch|accelerate-launch|accelerate[./]commands[./]")
PR_SET_PDEATHSIG = 1
_terminals: list[int] = []


class Stopped(BaseException):
    """SIGTERM or SIGHUP came where nothing is to be saved. No `Exception`, as `KeyboardInterrupt` is none."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def raise_stopped() -> None:
    """From now on SIGTERM and SIGHUP raise `Stopped` in the main thread, and so does the launcher's death."""

    def stop(number: int, frame: FrameType | None) -> None:
        _leave_terminal(number)
        raise Stopped(number)

    _terminals[:] = [number for number in (1, 2) if os.isatty(number)]
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup sets it
            signal.signal(number, stop)
    _end_with_launcher()


def _leave_terminal(number: int) -> None:
    """Write to nowhere once the terminal is gone: a line of progress would be an error."""
    if number in ENDING[1:]:
        for terminal in _terminals:
            os.dup2(os.open(os.devnull, os.O_WRONLY), terminal)


def _end_with_launcher() -> None:
    """Get SIGTERM when `accelerate launch` dies: it passes no signal on, and would leave the run behind."""
    with suppress(OSError):  # no Linux
        if LAUNCHER.search(Path(f"/proc/{os.getppid()}/cmdline").read_bytes()):
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def stop_on_signal() -> Iterator[Callable[[], int]]:
    """Yield a function that gives the signal that has come, or 0. A second Ctrl-C interrupts at once.

    A signal that came too late to be asked for counts when the block ends.
    """
    asked: list[int] = []
    handlers: dict[int, Any] = {}

    def note(number: int, frame: FrameType | None) -> None:
        asked.append(number)
        _leave_terminal(number)
        signal.signal(signal.SIGINT, handlers[signal.SIGINT])

    for number in (signal.SIGINT, *ENDING):
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
            handlers[number] = signal.signal(number, note)
    try:
        yield lambda: asked[0] if asked else 0
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if asked:
        signal.raise_signal(asked[0])


def outlive_signals() -> None:
    """In a process that reads images: let the run end first. Slurm and systemd signal both."""
    for number in ENDING[1:]:
        signal.signal(number, signal.SIG_IGN)

    def end_later(number: int, frame: FrameType | None) -> None:
        timer = Timer(WORKER_SECONDS, os._exit, (0,))
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, end_later)


def exit_code(number: int) -> int:
    """As shells give it for a process that a signal ended; 1 after a Ctrl-C that was waited for."""
    return 1 if number == signal.SIGINT else 128 + number
