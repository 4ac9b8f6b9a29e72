"""One try to get a model from the Hub. It ends by itself, whatever the Hub does.

The Hub's client sleeps as long as a `Retry-After` says, and reads for as long as bytes drip in. An `Attempt`
sends the requests of its threads through an HTTP client of its own; the Hub's client is told to use it. All
answers pass `_check`. What does not belong there ends the attempt with the reason before it reaches the disk.
"""

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import suppress
from contextvars import ContextVar, copy_context
from email.utils import parsedate_to_datetime
from functools import cache
from socket import SHUT_RDWR, socket
from threading import Event, Lock, Thread
from typing import Any, TypeVar

from huggingface_hub import get_session, set_client_factory
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import hf_raise_for_status, httpx
from huggingface_hub.utils._http import hf_request_event_hook

from space.text import why
from space.text.limits import MAX_LISTING_BYTES
from space.weights.model_folder import ModelUnavailable

SLOWEST = 1000
"""bytes a second; a file that comes more slowly is not waited for"""
SLOW_SECONDS = 5.0
"""how long it may"""
SILENCE_SECONDS = 60.0
"""how long requests outside of an attempt, such as those of a push, wait for the next byte"""
LONGEST_PAUSE = 300.0
"""seconds that a `Retry-After` outside of an attempt may ask for; the Hub counts requests over as many"""
COMMIT = re.compile("[0-9a-f]{40}")
HASH = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
"""the hash that names a file: git's SHA-1, or SHA-256 for a file in LFS"""
MAY_PASS = {408, 425, 429, 500, 502, 503, 504}
"""statuses after which the same request may succeed"""

T = TypeVar("T")
_attempt: ContextVar["Attempt | None"] = ContextVar("attempt", default=None)


class RequestFailed(Exception):
    """A request that failed for good; its cause says why. The Hub's client would try most causes again."""


class _Client(httpx.Client):
    """The client of the whole process, as the Hub's library makes it; an attempt sends its own requests."""

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        attempt = _attempt.get()
        return attempt.send(request, **options) if attempt else super().send(request, **options)


def _make_client(client_class: type[httpx.Client] = _Client) -> httpx.Client:
    hooks = {"request": [hf_request_event_hook], "response": [_shorten_pause]}
    return client_class(
        event_hooks=hooks, follow_redirects=True, timeout=SILENCE_SECONDS, verify=_certificates()
    )


_certificates = cache(httpx.create_ssl_context)  # reading them takes longer than all else of a client


def _shorten_pause(response: httpx.Response) -> None:
    """Let the Hub's client come back in seconds, as without a `Retry-After`, where one asks for hours."""
    if _seconds_of(response.headers.get("Retry-After", "")) > LONGEST_PAUSE:
        del response.headers["Retry-After"]


set_client_factory(_make_client)


def in_background(job: Callable[..., T], *arguments: object) -> Future[T]:
    """Do a job in a daemon thread, in the same attempt; unlike a pool's threads it does not delay the end of
    the program."""
    answer: Future[T] = Future()

    def work() -> None:
        try:
            answer.set_result(job(*arguments))
        except Exception as error:
            answer.set_exception(error)

    Thread(target=copy_context().run, args=(work,), daemon=True).start()
    return answer


class Attempt:
    """One try to get the model of `repo_id`, at most `seconds` long.

    Every request waits `patience` seconds for a connection and for the next byte.
    """

    def __init__(self, repo_id: str, seconds: float, patience: float) -> None:
        self.repo_id, self.seconds, self.patience = repo_id, seconds, patience
        self.started = time.monotonic()
        self.commit: str | None = None
        """the commit that is downloaded; None until the Hub has listed its files"""
        self._left, self._most = MAX_LISTING_BYTES, why("long_list", repo=repo_id, most=MAX_LISTING_BYTES)
        self._client: httpx.Client | None = None
        self._sockets: list[socket] = []
        self._ended = Event()
        self._lock = Lock()

    def run(self, job: Callable[..., T], *arguments: object) -> T:
        """What `job` returns; it and the threads that it starts belong to this attempt.

        Raises `ModelUnavailable` if it takes too long. Closes all connections at the end.
        """

        def work() -> T:
            _attempt.set(self)
            return job(*arguments)

        answer = in_background(work)
        try:
            wait([answer], timeout=self._remaining())
            if not answer.done():
                raise ModelUnavailable(self.repo_id, self.too_long())
            result = answer.result()
            if self._client:
                self._client.close()
            return result
        finally:
            self._end()

    def too_long(self) -> str:
        """The reason where this attempt takes, or has taken, too long."""
        if self.commit is None:
            return why("no_answer", seconds=self.patience)
        return why("not_done", seconds=self.patience)

    def download(self, commit: str, most: int, already: int) -> None:
        """From now on the files of a commit may come: `most` bytes, less those that are here already."""
        self.commit, self._left = commit, most - already
        self._most = why("larger", repo=self.repo_id, most=most / 1e6)

    def _go_on(self) -> None:
        """Raises `ModelUnavailable` in a thread that an attempt has left behind."""
        if self._ended.is_set() or not self._remaining():
            raise ModelUnavailable(self.repo_id, self.too_long())

    def _remaining(self) -> float:
        return max(self.started + self.seconds - time.monotonic(), 0)

    def _end(self) -> None:
        """Cut all connections: a thread that still reads from one stops there."""
        self._ended.set()
        with self._lock:
            for connection in self._sockets:
                with suppress(OSError):  # closed already
                    socket.shutdown(connection, SHUT_RDWR)
            self._sockets, self._client = [], None

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request; where that may help, once more. Raises `RequestFailed` and `ModelUnavailable`."""
        self._go_on()
        with self._lock:
            if self._client is None:
                self._client = _make_client(httpx.Client)
                requests = [hf_request_event_hook, self._prepare]
                self._client.event_hooks = {"request": requests, "response": [self._check]}
            client = self._client
        try:
            try:
                return client.send(request, **options)
            except (httpx.NetworkError, httpx.RemoteProtocolError, HfHubHTTPError) as error:
                pause = _pause(error)
                if pause is None or pause > min(self.patience, self._remaining()):
                    raise
            self._ended.wait(pause)
            return client.send(request, **options)
        except (httpx.RequestError, HfHubHTTPError) as error:
            if isinstance(error, HfHubHTTPError) and error.response.status_code not in MAY_PASS:
                raise
            raise RequestFailed from error

    def _prepare(self, request: httpx.Request) -> None:
        """What every request gets: an end, and an answer that is not compressed, so that bytes count."""
        self._go_on()
        timeout = dict.fromkeys(("connect", "write", "pool"), min(self.patience, self._remaining()))
        request.extensions["timeout"] = timeout | {
            "read": min(max(self.patience, SLOW_SECONDS), self._remaining())
        }
        request.extensions["trace"] = self._note_socket
        request.headers["Accept-Encoding"] = "identity"

    def _note_socket(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            with self._lock:
                self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self._ended.is_set():
                self._end()

    def _check(self, response: httpx.Response) -> None:
        """Let an answer pass, with its body watched, or raise why not. The body of an error is not read."""
        if response.status_code >= 300:
            response.stream.close()
            response.stream = httpx.ByteStream(b"")
            httpx.URL(response.headers.get("Location", ""))  # raises `InvalidURL`
        hf_raise_for_status(response)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise ModelUnavailable(self.repo_id, why("not_hub"))
        response.stream = _Body(self, response.stream)
        if response.request.method == "HEAD":
            self._check_file(response.headers)

    def _check_file(self, headers: httpx.Headers) -> None:
        """Check what the Hub says of a file: the client makes paths of its commit and of its hash.

        Where one of the two is missing, the client refuses the answer, or follows its redirect.
        """
        commit, etag = headers.get("X-Repo-Commit"), headers.get("X-Linked-Etag") or headers.get("ETag")
        if commit is not None and commit != self.commit:
            raise ModelUnavailable(self.repo_id, why("moved", repo=self.repo_id))
        if commit is not None and etag is not None and not HASH.fullmatch(etag.lstrip("W/").strip('"')):
            raise ModelUnavailable(self.repo_id, why("odd_name", name=ascii(etag)[:60]))
        size = headers.get("X-Linked-Size") or headers.get("Content-Length") or "0"
        if size.isdecimal() and (len(size) > 15 or int(size) > self._left):
            raise ModelUnavailable(self.repo_id, self._most)
        headers.pop("X-Xet-Hash", None)  # Xet's client is not ours to stop; the same file comes over HTTP

    def count(self, size: int) -> None:
        """Count bytes of a body; raises `ModelUnavailable` when it is too many, or too late."""
        with self._lock:
            self._left -= size
        if self._left < 0:
            raise ModelUnavailable(self.repo_id, self._most)
        self._go_on()

    def too_slow(self) -> ModelUnavailable:
        return ModelUnavailable(self.repo_id, why("too_slow", rate=SLOWEST))


class _Body(httpx.SyncByteStream):
    """The body of an answer; stops where it is too long or too slow."""

    def __init__(self, attempt: Attempt, stream: httpx.SyncByteStream) -> None:
        self._attempt, self._stream = attempt, stream

    def __iter__(self) -> Iterator[bytes]:
        since, received = time.monotonic(), 0
        try:
            for chunk in self._stream:
                self._attempt.count(len(chunk))
                received += len(chunk)
                seconds = time.monotonic() - since
                if seconds >= SLOW_SECONDS:
                    if received < SLOWEST * seconds:
                        raise self._attempt.too_slow()
                    since, received = time.monotonic(), 0
                yield chunk
        except httpx.TimeoutException as error:
            raise self._attempt.too_slow() from error

    def close(self) -> None:
        self._stream.close()


def _pause(error: Exception) -> float | None:
    """Seconds until a failed request is worth sending again; None if it is not."""
    if isinstance(error, httpx.ConnectError):
        return None
    if not isinstance(error, HfHubHTTPError):
        return 0.0  # a kept connection that the other side has closed
    if error.response.status_code not in MAY_PASS:
        return None
    return _seconds_of(error.response.headers.get("Retry-After", ""))


def _seconds_of(retry_after: str) -> float:
    """The seconds of a `Retry-After`, which holds a number or a date; 1 where it makes no sense."""
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(retry_after).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError, OSError):
            return 1.0
    return seconds if seconds >= 0 else 1.0  # negative, or NaN


def check_settings() -> None:
    """Raises `ValueError` or `ImportError` if the environment names a proxy that cannot be used."""
    get_session()
