"""`space.weights.hub` against a Hub on loopback: the real client in its own process, one namespace a test."""

import fcntl
import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from space.models import roles
from space.models.vae import VAE
from space.page.words import words
from space.text.refusals import Problem
from space.weights import hub, model_folder
from tests.hub_server import Altered, HubServer, make_model_folder, read_folder, start_client
from tests.space.weights.bench import (
    NAME,
    OTHER,
    Bench,
    digest,
    error_of_visit,
    visit_again,
    visit_at_once,
    visit_until,
)

DEADLINE = 0.5
"""seconds, in place of the app's five where a test waits for them"""
SILENCE = "the Hub did not answer within 0.5 seconds"
LATE = "the download from the Hub takes longer than 0.5 seconds"
SLOW = "the Hub sends fewer than 1,000 bytes a second"


# ---- the Hub answers


def test_without_a_namespace_nothing_is_asked(bench: Bench) -> None:
    bench.namespace = ""
    answer = bench.visit()
    assert (answer["source"], answer["commit"], answer["reason"]) == ("bundled", None, None)
    assert answer["digest"] == digest(bench.bundled)
    assert bench.hub.log == []


@pytest.mark.parametrize(
    ("environment", "source"),
    [
        ({"SPACE_AUTHOR_NAME": "{}"}, "hub"),
        ({"SPACE_AUTHOR_NAME": "nobody", "MODEL_NAMESPACE": "{}"}, "hub"),
        ({"SPACE_AUTHOR_NAME": "{}", "MODEL_NAMESPACE": ""}, "bundled"),
    ],
)
def test_where_the_namespace_comes_from(bench: Bench, environment: dict[str, str], source: str) -> None:
    bench.repo(bench.first)
    environment = {name: value.format(bench.namespace) for name, value in environment.items()}
    assert bench.visit(environment=environment)["source"] == source


def test_weights_come_from_the_hub(bench: Bench) -> None:
    repo = bench.repo(bench.first)
    repo.commit("a stranger's files", {"pytorch_model.bin": b"no", "logs/events": b"no"})
    answer = bench.visit()
    assert (answer["source"], answer["commit"], answer["reason"]) == ("hub", repo.at("main").oid, None)
    assert answer["digest"] == digest(bench.first) != digest(bench.bundled)
    assert answer["files"] == sorted(read_folder(bench.first))
    assert not answer["training"]


def test_a_revision_is_pinned(bench: Bench) -> None:
    repo = bench.repo(bench.first)
    first = repo.at("main").oid
    repo.commit("new weights", read_folder(bench.second))
    assert bench.visit()["digest"] == digest(bench.second)
    answer = bench.visit(revision=first)
    assert (answer["commit"], answer["digest"]) == (first, digest(bench.first))
    answer = bench.visit(revision="v9")
    assert answer["source"] == "bundled"
    assert answer["reason"] == f"{bench.namespace}/{NAME} has no revision v9"


def test_the_token_opens_a_private_repository_and_stays_on_the_hub(bench: Bench) -> None:
    bench.repo(bench.first, private=True)
    bench.hub.tokens["hf_reader"] = bench.namespace
    answer = bench.visit(token="hf_reader")
    assert answer["source"] == "hub", answer["reason"]
    assert bench.requests("/api/models/{ns}/")[0].authorized
    assert [entry.authorized for entry in bench.requests("GET /cdn/{ns}/")] == [False]


def test_visitors_at_once_cause_one_fetch(bench: Bench) -> None:
    bench.repo(bench.first)
    answers = bench.client.submit(visit_at_once, bench.settings(), 8).result(timeout=120)
    assert {answer["source"] for answer in answers} == {"hub"}
    assert len({answer["identity"] for answer in answers}) == 1
    assert bench.lookups() == 1
    assert bench.downloads() == len(read_folder(bench.first))


def test_a_second_start_downloads_nothing_and_the_cache_outlives_the_hub(tmp_path: Path) -> None:
    with HubServer() as hub, start_client(hub, tmp_path / "home") as client:
        bench = Bench(hub, client, tmp_path)
        bench.namespace = "lab"
        commit = bench.repo(bench.first).at("main").oid
        assert bench.visit()["source"] == "hub"
        assert bench.downloads() == len(read_folder(bench.first))
        with start_client(hub, tmp_path / "home") as bench.client:
            hub.log.clear()
            answer = bench.visit()
            assert (answer["source"], answer["commit"]) == ("hub", commit)
            assert [entry.path for entry in hub.log] == [f"/api/models/lab/{NAME}/revision/main"]

            hub.__exit__()  # refuses connections from now on
            answer = bench.visit()
            assert (answer["source"], answer["commit"]) == ("cache", commit)
            assert answer["reason"] == "the Hub cannot be reached"
            assert answer["digest"] == digest(bench.first)
            bench.namespace = "nobody"
            answer = bench.visit()
            assert (answer["source"], answer["reason"]) == ("bundled", "the Hub cannot be reached")
            assert words("source.because", reason=answer["reason"]) == (
                '<span lang="en">Not from the Hub, because the Hub cannot be reached.</span>'
                '<span lang="ko">Hub에서 받지 못한 이유: Hub에 연결할 수 없음.</span>'
            )
            assert answer["seconds"] < 2


# ---- the Hub does not answer, or badly


@pytest.mark.parametrize(
    ("pattern", "kind", "reason"),
    [
        ("/api/models/{ns}/", "503", "the Hub answered with HTTP status 503"),
        ("/api/models/{ns}/", "429", "the Hub answered with HTTP status 429"),
        ("/api/models/{ns}/", "hang", SILENCE),
        ("/api/models/{ns}/", "drip", SLOW),
        ("/api/models/{ns}/", "reset", "the connection to the Hub broke off"),
        ("HEAD /{ns}/.*/resolve/", "hang", SILENCE),
        ("GET /cdn/{ns}/", "hang", SILENCE),
        ("GET /cdn/{ns}/", "drip", SLOW),
        ("GET /cdn/{ns}/", "503", "the Hub answered with HTTP status 503"),
        ("GET /{ns}/.*/resolve/.*config.json", "reset", "the connection to the Hub broke off"),
        ("GET /cdn/{ns}/", "break_off", "the connection to the Hub broke off"),
        ("GET /cdn/{ns}/", "truncate", LATE),
        ("GET /cdn/{ns}/", "flip", "model.safetensors on the Hub is damaged"),
        ("GET /{ns}/.*/resolve/.*config.json", "flip", "config.json on the Hub is damaged"),
    ],
)
def test_a_bad_hub_is_not_waited_for(bench: Bench, pattern: str, kind: Any, reason: str) -> None:
    bench.repo(bench.first)
    bench.fault(pattern, kind)
    waits = reason in (SILENCE, LATE, SLOW)
    deadline = DEADLINE if waits else 5.0
    answer = bench.visit(deadline=deadline, slow=DEADLINE)
    assert (answer["source"], answer["commit"]) == ("bundled", None)
    assert answer["reason"] == reason or (waits and answer["reason"] in (SILENCE, LATE))
    assert answer["digest"] == digest(bench.bundled)
    assert answer["seconds"] < deadline + 0.5
    seen = bench.lookups()
    again = bench.client.submit(visit_until, "bundled", reason).result(timeout=120)
    assert again["slowest"] < 0.3  # remembered
    assert bench.lookups() == seen


def test_the_real_deadline_and_no_wait_at_the_end(benches: Bench) -> None:
    with start_client(benches.hub, benches.home) as client:
        bench = Bench(benches.hub, client, benches.home / "again")
        bench.namespace = "slow"
        bench.repo(bench.first)
        bench.fault("HEAD /{ns}/.*/resolve/", "hang")
        answer = bench.visit()
        assert answer["reason"] == "the download from the Hub takes longer than 5 seconds"
        assert 5 <= answer["seconds"] < 6
        start = time.monotonic()
    assert time.monotonic() - start < 3  # the process ends with its downloads open


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "{repo} does not exist or is private"),
        ({"token": "hf_writer"}, "{repo} does not exist or is private"),
        ({"token": "hf_wrong"}, "the Hub does not accept the access token"),
        ({"offline": True}, "HF_HUB_OFFLINE is set"),
        ({"namespace": "a b"}, f"a b/{roles.VAE_MAP} is not a valid repository name"),
    ],
)
def test_what_is_not_there_for_us(bench: Bench, settings: dict[str, Any], reason: str) -> None:
    bench.repo(bench.first, private=True)
    answer = bench.visit(**settings)
    assert answer["source"] == "bundled"
    assert answer["reason"] == reason.format(repo=f"{bench.namespace}/{NAME}")


@pytest.mark.parametrize(
    ("endpoint", "proxy", "reason"),
    [
        ("http://hub.invalid", "", "the Hub cannot be reached"),
        ("http://127.0.0.1:1", "", "the Hub cannot be reached"),
        ("https://{hub}", "", "no secure connection to the Hub can be made ("),
        ("ftp://{hub}", "", "the Hub's address, or one that it leads to, is not a web address"),
        ("http://{hub}/login?", "", "what answers is not the Hub: a login page of this network, perhaps"),
        ("https://hub.invalid", "http://127.0.0.1:1", "the Hub cannot be reached"),
        ("https://hub.invalid", "http://{hub}", "the proxy that the environment names cannot be used"),
        ("https://hub.invalid", "nonsense://{hub}", "the proxy that the environment names cannot be used"),
    ],
)
def test_a_hub_that_is_not_reached(bench: Bench, endpoint: str, proxy: str, reason: str) -> None:
    place = bench.hub.url.removeprefix("http://")
    environment = {"MODEL_NAMESPACE": bench.namespace, "HTTPS_PROXY": proxy.format(hub=place)}
    answer = bench.visit(environment=environment, endpoint=endpoint.format(hub=place))
    assert answer["source"] == "bundled" and answer["reason"].startswith(reason)


@pytest.mark.parametrize("retry_after", [None, "1", "nonsense"])
def test_a_hub_that_is_busy_for_a_moment_is_asked_again(bench: Bench, retry_after: str | None) -> None:
    bench.repo(bench.first)
    for pattern in ("/api/models/{ns}/", "HEAD /{ns}/.*config.json", "GET /cdn/{ns}/"):
        bench.fault(pattern, Altered(429, {"Retry-After": retry_after}), times=1)
    answer = bench.visit(remember=10.0)
    assert answer["source"] == "hub" or bench.client.submit(visit_until, "hub").result(timeout=120)
    assert bench.lookups() == 2


def test_a_renamed_repository_is_found_under_its_former_name(bench: Bench) -> None:
    commit = bench.repo(bench.first).at("main").oid
    former, now = f"{bench.namespace}/{NAME}", f"{bench.namespace}/renamed"
    bench.hub.repos[now] = bench.hub.repos.pop(former)
    bench.hub.renamed[former] = now
    answer = bench.visit()
    assert (answer["source"], answer["commit"]) == ("hub", commit), answer["reason"]


@pytest.mark.parametrize("kind", ["flip", "truncate"])
def test_a_download_that_breaks_once_is_mended(bench: Bench, kind: Any) -> None:
    bench.repo(bench.first)
    bench.fault("GET /cdn/{ns}/", kind, times=1)
    answer = bench.visit()
    assert (answer["source"], answer["digest"]) == ("hub", digest(bench.first)), answer["reason"]
    assert len(bench.requests("GET /cdn/{ns}/")) == 2


def test_a_slow_download_serves_the_next_visitor(bench: Bench) -> None:
    bench.repo(bench.first)
    bench.fault("GET /{ns}/.*/resolve/.*metrics.json", "drip")  # 0.1 s
    bench.fault("GET /{ns}/.*/resolve/.*config.json", "drip")  # about 1 s
    answer = bench.visit(deadline=DEADLINE)
    assert (answer["source"], answer["seconds"] < 1) == ("bundled", True)
    answer = bench.client.submit(visit_until, "hub").result(timeout=120)
    assert answer["digest"] == digest(bench.first)
    assert answer["slowest"] < 0.4
    assert bench.lookups() == 1


def test_a_slow_hub_is_waited_for_once_and_not_for_every_model(bench: Bench) -> None:
    bench.repo(bench.first)
    bench.hub.repos[f"{bench.namespace}/{OTHER}"] = bench.hub.repos[f"{bench.namespace}/{NAME}"]
    bench.fault("/api/models/{ns}/", "hang")
    assert bench.visit(deadline=1.0)["seconds"] > 0.9
    answer = bench.client.submit(visit_again, OTHER).result(timeout=120)
    assert (answer["source"], answer["reason"]) == ("bundled", "the Hub is slow at the moment")
    assert answer["seconds"] < 0.3


# ---- the answer grows old


def test_an_unchanged_commit_keeps_the_model(bench: Bench) -> None:
    bench.repo(bench.first)
    before = bench.visit(remember=0.0)
    again = bench.client.submit(visit_again).result(timeout=120)
    assert again["identity"] == before["identity"]
    deadline = time.monotonic() + 120
    while bench.lookups() < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert bench.lookups() >= 2
    assert bench.downloads() == len(read_folder(bench.first))


def test_a_new_commit_arrives_without_a_wait(bench: Bench) -> None:
    repo = bench.repo(bench.first)
    bench.fault("/api/models/{ns}/", "503", times=2)  # the first one is tried again at once
    assert bench.visit(remember=0.0)["source"] == "bundled"
    answer = bench.client.submit(visit_until, "hub").result(timeout=120)
    assert (answer["digest"], answer["slowest"] < 0.5) == (digest(bench.first), True)
    new = repo.commit("new weights", read_folder(bench.second)).oid
    deadline = time.monotonic() + 120
    while answer["commit"] != new and time.monotonic() < deadline:
        answer = bench.client.submit(visit_again).result(timeout=120)
        assert (answer["source"], answer["seconds"] < 0.5) == ("hub", True)
    assert answer["digest"] == digest(bench.second)


# ---- what is on the Hub is not a model


def test_the_last_good_version_survives_a_bad_push(bench: Bench) -> None:
    repo = bench.repo(bench.first)
    good = bench.visit()["commit"]
    config = json.loads((bench.first / "config.json").read_text())
    repo.commit("bad", {"config.json": json.dumps({**config, "hidden_dim": 9}).encode()})
    answer = bench.visit()
    assert (answer["source"], answer["commit"], answer["digest"]) == ("cache", good, digest(bench.first))
    assert answer["reason"].startswith("the copy on the Hub cannot be used: encoder.1.weight in model.safe")


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_a_repository_without_a_model(bench: Bench, missing: str) -> None:
    bench.repo(bench.first).commit("oops", {missing: None})
    answer = bench.visit()
    assert (answer["source"], bench.downloads()) == ("bundled", 0)
    assert answer["reason"] == f"{bench.namespace}/{NAME} has no {missing}"


def test_a_huge_repository_is_not_downloaded(bench: Bench) -> None:
    bench.repo(bench.first)
    answer = bench.visit(max_bytes=10_000)
    assert (answer["source"], bench.downloads()) == ("bundled", 0)
    assert answer["reason"] == f"{bench.namespace}/{NAME} has 0 MB; at most 0 MB are loaded"


# ---- what is on this machine is damaged


def test_a_damaged_cache_is_mended(bench: Bench) -> None:
    bench.repo(bench.first)
    bench.visit()
    cached = bench.home / "hub" / f"models--{bench.namespace}--{NAME}" / "snapshots"
    (weights,) = cached.glob("*/model.safetensors")
    blob = weights.resolve()
    content = blob.read_bytes()
    blob.write_bytes(content[:-1] + b"x")
    bench.hub.log.clear()
    answer = bench.visit()
    assert (answer["source"], answer["digest"]) == ("hub", digest(bench.first))
    assert bench.downloads() == 1

    blob.write_bytes(content[:-1] + b"x")
    answer = bench.visit(offline=True)
    assert (answer["source"], answer["reason"]) == ("bundled", "HF_HUB_OFFLINE is set")


def test_only_what_lies_in_the_cache_is_deleted(bench: Bench, tmp_path: Path) -> None:
    bench.repo(bench.first)
    bench.visit()
    cached = bench.home / "hub" / f"models--{bench.namespace}--{NAME}"
    precious, notes = tmp_path / "precious", tmp_path / ("a" * 40)
    for path, name in ((precious, "README.md"), (notes, "metrics.json")):
        path.write_text("mine")
        (link,) = cached.glob(f"snapshots/*/{name}")
        link.unlink()
        link.symlink_to(path)
    (link.parent / "loop").symlink_to("loop")
    answer = bench.visit()
    assert (answer["source"], answer["digest"]) == ("hub", digest(bench.first))
    assert precious.read_text() == notes.read_text() == "mine"

    (tmp_path / "snapshot").mkdir()
    (tmp_path / "snapshot" / "link").symlink_to(precious)
    for name in ("config.json", "model.safetensors"):
        (tmp_path / "snapshot" / name).write_bytes((bench.second / name).read_bytes())
    (cached / "refs" / "main").write_text(os.path.relpath(tmp_path / "snapshot", cached / "snapshots"))
    answer = bench.visit(offline=True)
    assert (answer["source"], answer["reason"]) == ("bundled", "HF_HUB_OFFLINE is set")
    assert precious.exists() and (tmp_path / "snapshot" / "link").exists()


def test_another_process_that_hangs_in_a_download_holds_nobody_up_for_long(bench: Bench) -> None:
    bench.repo(bench.first)
    name = hashlib.sha256((bench.first / "model.safetensors").read_bytes()).hexdigest()
    lock = bench.home / "hub" / ".locks" / f"models--{bench.namespace}--{NAME}" / f"{name}.lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        answer = bench.visit(deadline=DEADLINE, remember=1.0)
        assert (answer["source"], answer["reason"]) == ("bundled", LATE)
        time.sleep(1.5)
        assert bench.client.submit(visit_again).result(timeout=120)["reason"] == LATE
        deadline = time.monotonic() + 120
        while bench.lookups() < 2:  # the first attempt has ended
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert bench.client.submit(visit_until, "hub").result(timeout=120)["digest"] == digest(bench.first)


def test_no_sound_copy_anywhere(bench: Bench, tmp_path: Path) -> None:
    (make_model_folder(tmp_path / NAME) / "config.json").unlink()
    error = bench.client.submit(error_of_visit, bench.settings(bundled=tmp_path)).result(timeout=120)
    repo = f"{bench.namespace}/{NAME}"
    reason = f"{repo} does not exist or is private, and in the bundled copy config.json is missing"
    assert error == f"{repo}: {reason}"


def test_an_unknown_name_is_a_problem() -> None:
    with pytest.raises(Problem, match="no model named nonsense"):
        hub.load("nonsense")


def change_config(folder: Path, **values: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def change_weights(folder: Path, change: Any) -> None:
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors")


DAMAGE = {
    "config.json is missing": lambda folder: (folder / "config.json").unlink(),
    "config.json is not JSON": lambda folder: (folder / "config.json").write_text("{"),
    "config.json is not a JSON object": lambda folder: (folder / "config.json").write_text("[2]"),
    "config.json has the unknown key 'latent_dims'": lambda folder: change_config(folder, latent_dims=2),
    "in config.json latent_dim is 2.5; its type must be int": lambda folder: change_config(
        folder, latent_dim=2.5
    ),
    "in config.json hidden_dim is 10000000000": lambda folder: change_config(folder, hidden_dim=10**10),
    "in config.json architecture is 'rnn'": lambda folder: change_config(folder, architecture="rnn"),
    "by config.json it is [8192, 784]": lambda folder: change_config(folder, hidden_dim=8192),
    "model.safetensors lacks": lambda folder: change_config(folder, num_layers=3),
    "model.safetensors is missing": lambda folder: (folder / "model.safetensors").unlink(),
    "model.safetensors is cut off or damaged": lambda folder: os.truncate(folder / "model.safetensors", 9999),
    "model.safetensors lacks decoder.0.bias": lambda folder: change_weights(
        folder, lambda weights: weights.pop("decoder.0.bias")
    ),
    "model.safetensors has 'extra', which is no part of": lambda folder: change_weights(
        folder, lambda weights: weights.update(extra=torch.zeros(1))
    ),
    "decoder.0.bias in model.safetensors is [7]": lambda folder: change_weights(
        folder, lambda weights: weights.update({"decoder.0.bias": torch.zeros(7)})
    ),
    "numbers that are not finite": lambda folder: change_weights(
        folder, lambda weights: weights["decoder.0.bias"].fill_(torch.nan)
    ),
}


@pytest.mark.parametrize("reason", DAMAGE)
def test_a_damaged_folder_is_refused_in_a_sentence(reason: str, tmp_path: Path) -> None:
    folder = make_model_folder(tmp_path / NAME)
    DAMAGE[reason](folder)
    with pytest.raises(model_folder.ModelUnavailable) as caught:
        model_folder.load_folder(VAE, folder)
    assert reason in caught.value.reason
    assert caught.value.repo_id == NAME
    assert "\n" not in caught.value.reason and str(tmp_path) not in caught.value.reason


def test_a_model_loaded_in_inference_mode_can_still_be_differentiated(tmp_path: Path) -> None:
    with torch.inference_mode():
        model = model_folder.load_folder(VAE, make_model_folder(tmp_path / NAME))
    x = torch.zeros(1, 1, 28, 28, requires_grad=True)
    model(x).sum().backward()
