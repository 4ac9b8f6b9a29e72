"""A Hub on loopback, a process whose real client talks to it, and versions of a model for both."""

import hashlib
import os
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import close_session, constants
from safetensors.torch import load_file

from space.models import roles
from space.weights import attempt, hub, model_folder
from tests.hub_server import HubServer, Repo, Request, make_model_folder, read_folder

NAME, OTHER = roles.VAE_MAP, roles.VAE_DEEP


class Bench:
    """A Hub, a client process, and three versions of a model: bundled, and two for the Hub."""

    def __init__(self, hub: HubServer, client: ProcessPoolExecutor, home: Path) -> None:
        self.hub, self.client, self.home = hub, client, home
        self.bundled = make_model_folder(home / "bundled" / NAME, seed=0)
        make_model_folder(home / "bundled" / OTHER, seed=0)
        self.first = make_model_folder(home / "first", seed=1)
        self.second = make_model_folder(home / "second", seed=2)
        self.namespace = ""

    def repo(self, folder: Path, private: bool = False) -> Repo:
        repo = self.hub.repos[f"{self.namespace}/{NAME}"] = Repo(private)
        repo.commit("weights", read_folder(folder))
        return repo

    def visit(self, **settings: Any) -> dict[str, Any]:
        """What `load` gives in the client process, after it has forgotten everything."""
        return self.client.submit(visit, self.settings(**settings)).result(timeout=120)

    def settings(self, **settings: Any) -> dict[str, Any]:
        return {"namespace": self.namespace, "bundled": self.home / "bundled", **settings}

    # what a test started may still go on in the next one, so that all patterns have {ns} for the namespace

    def fault(self, pattern: str, kind: Any, times: int = 1_000_000) -> None:
        self.hub.fault(pattern.format(ns=self.namespace), kind, times)

    def requests(self, pattern: str) -> list[Request]:
        return self.hub.requests(pattern.format(ns=self.namespace))

    def written(self) -> list[str]:
        """Files and folders that the namespace has in the cache."""
        folder = self.home / "hub" / f"models--{self.namespace}--{NAME}"
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())

    def lookups(self) -> int:
        return len(self.requests("GET /api/models/{ns}/.*/revision/main"))

    def downloads(self) -> int:
        """How many files were sent."""
        answers = self.requests("GET (/{ns}/.*/resolve/|/cdn/{ns}/)")
        return sum(answer.status in (200, 206) for answer in answers)


def digest(folder: Path) -> str:
    """Of the weights, read without `space.weights.hub`."""
    weights = load_file(folder / "model.safetensors")
    return hashlib.sha256(b"".join(weights[key].numpy().tobytes() for key in sorted(weights))).hexdigest()


# ---- in the client process


def configure(settings: dict[str, Any]) -> None:
    hub.clear()
    for name in ("MODEL_NAMESPACE", "SPACE_AUTHOR_NAME", "HTTP_PROXY", "HTTPS_PROXY"):
        os.environ.pop(name, None)
    os.environ.update(settings.get("environment", {"MODEL_NAMESPACE": settings["namespace"]}))
    os.environ.update(MODEL_REVISION=settings.get("revision", ""), HF_TOKEN=settings.get("token", ""))
    hub.BUNDLED = settings["bundled"]
    hub.DEADLINE_SECONDS = settings.get("deadline", 5.0)
    hub.REMEMBER_SECONDS = settings.get("remember", 600.0)
    attempt.SLOW_SECONDS = settings.get("slow", 5.0)
    hub.MAX_MODEL_BYTES = settings.get("max_bytes", 200_000_000)
    constants.ENDPOINT = settings.get("endpoint", os.environ["HF_ENDPOINT"])
    close_session()  # it has read the proxies
    constants.HF_HUB_OFFLINE = settings.get("offline", False)


def load_once(name: str = NAME) -> dict[str, Any]:
    start = time.monotonic()
    loaded = hub.load(name)
    seconds = time.monotonic() - start
    weights = loaded.model.state_dict()
    content = b"".join(weights[key].numpy().tobytes() for key in sorted(weights))
    return {
        "source": loaded.source,
        "commit": loaded.commit,
        "reason": loaded.reason,
        "files": sorted(read_folder(loaded.folder)),
        "training": loaded.model.training,
        "identity": id(loaded.model),
        "digest": hashlib.sha256(content).hexdigest(),
        "seconds": seconds,
    }


def visit_each(
    settings: dict[str, Any] | None, wanted: dict[str, str | None], seconds: float
) -> dict[str, dict[str, Any]]:
    """Visit each namespace again and again until it gives the reason that is wanted; the last answers."""
    if settings:
        configure(settings)
    start, answers = time.monotonic(), {}
    missing = list(wanted)
    while missing and time.monotonic() < start + seconds:
        for namespace in missing:
            os.environ["MODEL_NAMESPACE"] = namespace
            loaded = hub.load(NAME)
            answers[namespace] = {
                "source": loaded.source,
                "reason": loaded.reason,
                "korean": getattr(loaded.reason, "korean", None),
                "seconds": time.monotonic() - start,
            }
        missing = [namespace for namespace in missing if answers[namespace]["reason"] != wanted[namespace]]
        time.sleep(0.3)
    return answers


def visit(settings: dict[str, Any]) -> dict[str, Any]:
    configure(settings)
    return load_once()


def visit_again(name: str = NAME) -> dict[str, Any]:
    return load_once(name)


def visit_until(source: str, reason: str | None = None) -> dict[str, Any]:
    """Come back every 0.1 seconds until the model is from `source`, for that reason if one is given; the
    longest wait is under 'slowest'."""
    slowest = 0.0
    for _ in range(100):
        answer = load_once()
        slowest = max(slowest, answer["seconds"])
        if answer["source"] == source and reason in (None, answer["reason"]):
            return {**answer, "slowest": slowest}
        time.sleep(0.1)
    raise AssertionError(f"still {answer['source']}: {answer['reason']}")


def visit_at_once(settings: dict[str, Any], visitors: int) -> list[dict[str, Any]]:
    configure(settings)
    with ThreadPoolExecutor(visitors) as threads:
        return list(threads.map(lambda _: load_once(), range(visitors)))


def error_of_visit(settings: dict[str, Any]) -> str:
    configure(settings)
    with pytest.raises(model_folder.ModelUnavailable) as caught:
        hub.load(NAME)
    return str(caught.value)
