"""Run the app as a process of its own, with no network but loopback."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
REFUSE = '''
"""Refuse and log every connection to another machine."""
import os, socket

def guard(name, owner, address_of):
    original = getattr(owner, name)
    def guarded(*arguments, **options):
        address = address_of(*arguments)
        host = address[0] if isinstance(address, tuple) else address
        if isinstance(host, str) and not host.startswith(("127.", "::1", "localhost", "/", "0.0.0.0")):
            with open(os.environ["CALLS_LOG"], "a") as log:
                log.write(f"{name} {address}\\n")
            raise OSError("there is no network")
        return original(*arguments, **options)
    setattr(owner, name, guarded)

guard("getaddrinfo", socket, lambda host, *_: host)
guard("connect", socket.socket, lambda _, address: address)
guard("connect_ex", socket.socket, lambda _, address: address)
guard("sendto", socket.socket, lambda _, data, *more: more[-1])
'''
PATIENCE = 120.0
"""seconds that a test waits for what must come; a busy machine is slow, not wrong"""
SETTINGS = ("GRADIO_", "HF_", "OMP_", "MODEL_", "SPACE_")
"""prefixes of variables that the app does not inherit from the test process"""


@dataclass(frozen=True)
class Lab:
    """A running app."""

    url: str
    process: subprocess.Popen
    folder: Path
    """HOME and working directory of the app; it also holds the logs"""

    def calls(self) -> list[str]:
        """Attempts of the app to reach other machines, a line each."""
        log = self.folder / "calls.log"
        return log.read_text().splitlines() if log.exists() else []

    def resident_mb(self) -> float:
        """Resident memory of the app, MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024 / 1e6


def run_apart(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """What a coroutine returns: run in a thread of its own, for a browser's loop may run in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def free_port() -> int:
    """A free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def running_lab(folder: Path, root: Path = ROOT, **environment: str) -> Iterator[Lab]:
    """Run `app.py` of the tree `root` in an empty `folder`; of its settings only `environment` is set."""
    (folder / "refuse").mkdir()
    (folder / "refuse" / "sitecustomize.py").write_text(REFUSE)
    port = free_port()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(SETTINGS)}
    settings = {
        "HOME": str(folder),
        "PYTHONPATH": str(folder / "refuse"),
        "CALLS_LOG": str(folder / "calls.log"),
        "GRADIO_SERVER_PORT": str(port),
    }
    url = f"http://127.0.0.1:{port}"
    with (folder / "app.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, root / "app.py"],
            cwd=folder,
            env=kept | settings | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            for waited in range(1200):
                assert process.poll() is None and waited < 1199, (folder / "app.log").read_text()
                try:
                    urllib.request.urlopen(url, timeout=60).close()
                    break
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.1)
            yield Lab(url, process, folder)
        finally:
            process.kill()
            process.wait()
