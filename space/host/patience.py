"""How long the server waits for the other end of a connection.

uvicorn ends a connection on which nothing comes after an answer. But it waits for good for the first request,
for the rest of a request that comes byte by byte, and for somebody who does not read the answer.
"""

import asyncio
import sys
from contextlib import suppress
from typing import Any

from uvicorn import config
from uvicorn.protocols.http.auto import AutoHTTPProtocol

with suppress(ImportError):
    from fcntl import ioctl
    from termios import TIOCOUTQ

WINDOW_SECONDS = 20.0
"""how long the head of a request may take, and how long `WINDOW_BYTES` of a body or of an answer may"""
WINDOW_BYTES = 10_000
"""500 bytes a second: a tenth of what the slowest phones do"""
MAX_HEAD_BYTES = 64_000
"""bytes of the head of a request, on which httptools has no limit"""


class PatientProtocol(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """uvicorn's connection, which ends where the other end does not send a head, or does not read.

    `Guard` does the same for the body of a request.
    """

    watch: asyncio.TimerHandle | None = None
    owed = ""
    """what the other end has to send: the `head` of a request, or the `rest` of one that is answered"""
    came = 0
    """bytes of it so far"""
    unread = 0
    """bytes of answers that were not read when the window began"""
    read_some = False
    """whether so many were read since that the app could go on"""

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self.note_owed()
        self.read_began = self.loop.time()
        self.look()

    def note_owed(self) -> None:
        """Look what is owed now, and since when."""
        cycle = self.cycle
        if cycle is not None and (not cycle.response_complete or self.timeout_keep_alive_task):
            owed = ""  # uvicorn's own timer, or an answer that is not complete
        else:
            owed = "rest" if cycle is not None and cycle.more_body else "head"
        if owed != self.owed:
            self.owed, self.came, self.owed_since = owed, 0, self.loop.time()

    def data_received(self, data: bytes) -> None:
        cycle = self.cycle
        super().data_received(data)
        if self.cycle is not cycle:
            self.owed = ""
        self.note_owed()
        self.came += len(data)
        if self.owed == "head" and self.came > MAX_HEAD_BYTES:
            self.transport.abort()

    def resume_writing(self) -> None:
        self.read_some = True
        super().resume_writing()

    def bytes_unread(self) -> int:
        """Bytes of answers that wait here and in the system, whose buffer is refilled only now and then."""
        waiting = self.transport.get_write_buffer_size()
        with suppress(NameError, OSError, AttributeError, RuntimeError):  # no Unix, or an end meanwhile
            if waiting:
                place = ioctl(self.transport.get_extra_info("socket").fileno(), TIOCOUTQ, bytes(4))
                return waiting + int.from_bytes(place, sys.byteorder)
        return waiting

    def look(self) -> None:
        """End the connection where the other end is late."""
        now = self.loop.time()
        self.note_owed()
        if self.owed and now - self.owed_since >= WINDOW_SECONDS:
            if self.owed == "head" and self.came:
                self.transport.write(
                    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                )
            self.transport.close()  # and, if that is not read, in the next window
        unread = self.bytes_unread()
        if not unread or not self.unread:
            self.unread, self.read_began, self.read_some = unread, now, False
        elif now - self.read_began >= WINDOW_SECONDS:
            if unread > self.unread - WINDOW_BYTES and not self.read_some:
                self.transport.abort()
            self.unread, self.read_began, self.read_some = unread, now, False
        self.watch = self.loop.call_later(WINDOW_SECONDS / 4, self.look)

    def handle_websocket_upgrade(self, *arguments: Any) -> None:
        """Hand the connection over to another protocol, which watches it."""
        if self.watch:
            self.watch.cancel()
        super().handle_websocket_upgrade(*arguments)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.watch:
            self.watch.cancel()
        super().connection_lost(exc)


def be_patient() -> None:
    """Let uvicorn use `PatientProtocol` where it chooses by itself, as in Gradio."""
    config.HTTP_PROTOCOLS["auto"] = f"{__name__}:{PatientProtocol.__name__}"
