"""Start and stop the app for the load test: a process of its own on two cores, reached over loopback only."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from training.bench.load_visitors import TIMEOUT_SECONDS, Visitor

ROOT = Path(__file__).parents[2]
LOOPBACK = ("127.0.0.1", "localhost", "::1")
CORES = 2
"""CPU cores of a free Space"""


def check_loopback(url: str) -> str:
    """host:port of an http address on this machine; raises `ValueError` for any other address."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK:
        raise ValueError(f"url is {url}; only an app on this machine is tested: http://127.0.0.1:PORT")
    return parts.netloc.rpartition("@")[2]


class Server:
    """An app that runs as a process of its own on two cores."""

    def __init__(self, command: Sequence[str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.host = f"127.0.0.1:{port}"
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  closed with the last reference
        # without the settings of this shell, and without network
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("GRADIO_", "OMP_", "MODEL_"))}
        environment |= {"GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
        environment |= {"HF_HUB_OFFLINE": "1", "SPACE_AUTHOR_NAME": ""}
        self.process = subprocess.Popen(
            [sys.executable, *command, str(port)],
            cwd=ROOT,
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        if hasattr(os, "sched_setaffinity"):  # the app's threads inherit it
            os.sched_setaffinity(self.process.pid, sorted(os.sched_getaffinity(0))[:CORES])

    def wait(self) -> None:
        """Wait until the app answers; raises `RuntimeError` with the end of its log if it never does."""
        end = time.monotonic() + TIMEOUT_SECONDS
        while self.process.poll() is None and time.monotonic() < end:
            try:
                Visitor(self.host, 0).get("/config")
                return
            except OSError:
                time.sleep(0.2)
        self.log.seek(0)
        raise RuntimeError(f"the app did not start:\n{self.log.read().decode(errors='replace')[-2000:]}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def megabytes(self) -> float | None:
        """Resident memory of the app in MB; None without /proc."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return None
        return int(status.partition("VmRSS:")[2].split()[0]) / 1000

    def cpu_seconds(self) -> float | None:
        """Processor seconds that the app has used so far; None without /proc."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(*command: str) -> Iterator[Server]:
    """A `Server` that answers; it is stopped at the end of the block."""
    server = Server(command)
    try:
        server.wait()
        yield server
    finally:
        server.stop()
