"""Visitors of the load test: the calls they make, as `curl` would make them, and a record of each."""

import http.client
import io
import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from space.models import roles
from space.pictures.outputs import to_pil
from space.pictures.sheets import digit_sheet, emoji_sheet

TIMEOUT_SECONDS = 120
"""longest wait for one answer"""
Call = Callable[["Visitor"], None]


@dataclass
class Record:
    """One call, its outcome and its time."""

    name: str
    outcome: str
    """'answered', 'refused: ' and the reason, or the error"""
    seconds: float


class Refused(Exception):
    """The app has no room; it asks to try again after `retry` seconds."""

    def __init__(self, retry: float, sentence: str) -> None:
        self.retry, self.sentence = retry, sentence
        super().__init__(sentence)


class Visitor:
    """A visitor, who makes all calls over one connection."""

    def __init__(self, host: str, number: int, seed: int = 0) -> None:
        self.connection = http.client.HTTPConnection(host, timeout=TIMEOUT_SECONDS)
        self.session = {"session_hash": f"visitor{number}"} if number % 2 else {}
        self.headers = {"x-forwarded-for": f"192.0.2.{number}"}  # set by the proxy of a Space
        self.random = random.Random(f"{seed} {number}")

    def get(self, path: str) -> bytes:
        return self._request("GET", path, headers={"accept-encoding": "gzip"})

    def call(self, name: str, *data: Any) -> list[Any]:
        """The answer of the endpoint `name`. Bytes in `data` are PNG files, uploaded first."""
        values = [self._upload(value) if isinstance(value, bytes) else value for value in data]
        body = json.dumps({"data": values, **self.session})
        path = f"/gradio_api/call/{name}"
        started = self._request("POST", path, body, {"content-type": "application/json"})
        answer = self._request("GET", f"{path}/{json.loads(started)['event_id']}").decode()
        event, _, found = answer.strip().rpartition("event: ")[2].partition("\ndata: ")
        if event != "complete":
            raise RuntimeError(f"/{name} answered {event}: {found[:200]}")
        return json.loads(found)

    def _upload(self, picture: bytes) -> dict[str, Any]:
        part = b'--part\r\nContent-Disposition: form-data; name="files"; filename="picture.png"\r\n\r\n'
        kind = {"content-type": "multipart/form-data; boundary=part"}
        (path,) = json.loads(
            self._request("POST", "/gradio_api/upload", part + picture + b"\r\n--part--\r\n", kind)
        )
        return {"path": path, "meta": {"_type": "gradio.FileData"}}

    def _request(self, method: str, path: str, body: Any = None, headers: Any = None) -> bytes:
        try:
            self.connection.request(method, path, body, self.headers | (headers or {}))
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()  # the next request connects anew
            raise
        if response.status in (429, 503):
            sentence = json.loads(content)["detail"]
            raise Refused(float(response.headers["retry-after"]), sentence)
        if response.status != 200:
            raise RuntimeError(f"{method} {path} answered {response.status}: {content[:200]!r}")
        return content


def _png(image: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def light_calls() -> dict[str, Call]:
    """Calls that take a few milliseconds, by name."""
    return {
        "decode": lambda v: v.call("decode", [v.random.gauss(0, 1), v.random.gauss(0, 1)], roles.VAE_MAP),
        "models": lambda v: v.call("models"),
    }


def heavy_calls() -> dict[str, Call]:
    """The calls that take longest, by name."""
    emoji = [_png(to_pil(pair[0] / 255, 4)) for pair in emoji_sheet()[:8]]
    return {
        "translate 256": lambda v: v.call("translate", v.random.choice(emoji), "ab", 256, roles.TRANSLATOR),
        "generate 64": lambda v: v.call(
            "generate", roles.DCGAN, 64, v.random.randrange(1000), 1.0, None, None
        ),
    }


def all_calls() -> dict[str, tuple[int, Call]]:
    """The mix of calls: name -> (how often in a hundred calls, call)."""
    digits = [_png(to_pil(1 - digit_sheet()[digit, 0][None] / 255, 10)) for digit in range(10)]
    emoji = [_png(to_pil(pair[0] / 255)) for pair in emoji_sheet()[:8]]
    light, heavy = light_calls(), heavy_calls()
    return {
        "page": (6, lambda v: v.get("/")),
        "weights": (6, lambda v: v.get(f"/weights/{roles.VAE_MAP}")),
        "decode": (30, light["decode"]),
        "models": (4, light["models"]),
        "reconstruct": (
            14,
            lambda v: v.call("reconstruct", v.random.choice(digits), roles.DENOISING, "gaussian", 0.5, 1),
        ),
        "encode": (8, lambda v: v.call("encode", v.random.choice(digits), roles.VAE_MAP)),
        "interpolate": (
            6,
            lambda v: v.call("interpolate", *v.random.choices(digits, k=2), roles.VAE_DEEP, 10),
        ),
        "manifold": (6, lambda v: v.call("manifold", roles.VAE_MAP, 20, "linear", None)),
        "generate 16": (
            8,
            lambda v: v.call("generate", roles.DCGAN, 16, v.random.randrange(1000), 1.0, None, None),
        ),
        "generate 64": (4, heavy["generate 64"]),
        "translate 64": (
            6,
            lambda v: v.call("translate", v.random.choice(emoji), "ab", 64, roles.TRANSLATOR),
        ),
        "translate 256": (2, heavy["translate 256"]),
    }


def one_call(visitor: Visitor, name: str, call: Call) -> tuple[Record, float]:
    """Make a call; returns its record, and the seconds after which the app asks to try again (0: none)."""
    started, outcome, retry = time.perf_counter(), "answered", 0.0
    try:
        call(visitor)
    except Refused as refused:
        outcome, retry = f"refused: {refused.sentence}", refused.retry
    except Exception as error:  # every error counts
        outcome = f"{type(error).__name__}: {error}"[:300]
    return Record(name, outcome, time.perf_counter() - started), retry


def crowd(host: str, plans: Sequence[dict[str, tuple[int, Call]]], seconds: float, seed: int) -> list[Record]:
    """Let one visitor for each plan make calls at the same time for so many `seconds`; returns all records.

    A plan is {name: (how often, call)}. Calls that are under way at the end are completed. A visitor who is
    refused tries again when the app says.
    """
    records: list[Record] = []
    end = time.perf_counter() + seconds

    def stay(number: int, plan: dict[str, tuple[int, Call]]) -> None:
        visitor = Visitor(host, number, seed)
        weights = [weight for weight, _ in plan.values()]
        while (now := time.perf_counter()) < end:
            (name,) = visitor.random.choices(list(plan), weights)
            record, retry = one_call(visitor, name, plan[name][1])
            records.append(record)
            if retry:
                visitor.connection.close()  # the app would close it: it closes idle connections
                time.sleep(max(min(retry, end - now), 0))
        visitor.connection.close()

    threads = [threading.Thread(target=stay, args=pair) for pair in enumerate(plans)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return records
