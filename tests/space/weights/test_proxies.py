"""Behind a proxy, as in schools and companies: the app starts, and only the Hub is reached through it."""

import importlib
import json
import os
import runpy
import subprocess
import sys
import urllib.request
from unittest.mock import patch

import pytest

from space.weights import proxies
from space.weights.proxies import ProxyError, use_proxies
from tests.hub_server import HubServer, Repo, make_model_folder, read_folder
from tests.processes import ROOT, running_lab


@pytest.fixture
def environment():
    """The environment, without any proxy to begin with; put back afterwards."""
    with patch.dict(os.environ):
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            del os.environ[name]
        yield os.environ


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"])
@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("ftp://student:secret@proxy:21", "no proxy that can be used"),
        ("socks4://student:secret@proxy", "no proxy that can be used"),
        ("http://student:secret@proxy:port", "no proxy that can be used"),
        ("http://student:sec/ret@proxy:1", "no proxy that can be used"),
        ("http://proxy:99999", "no proxy that can be used"),
        ("http://[::1", "no proxy that can be used"),
        ("http://", "no proxy that can be used"),
        ("http:/proxy:1", "no proxy that can be used"),
        ("://secret", "no proxy that can be used"),
        ("file:///secret.pac", "no proxy that can be used"),
        ("socks5://student:secret@proxy:1080", "pip install socksio"),
        ("socks5h://student:secret@proxy:1080", "pip install socksio"),
    ],
)
def test_an_unusable_proxy_is_one_sentence_that_names_the_variable(environment, name, value, says):
    environment[name] = value
    with pytest.raises(ProxyError, match=rf"^{name} names .*{says}") as raised:
        use_proxies()
    assert "sec" not in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "value", ["http://proxy:3128", "proxy:3128", "proxy", "https://student:se%20t@proxy"]
)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, "localhost,127.0.0.1,::1"),
        ({"NO_PROXY": ".school.kr, 127.0.0.1,"}, ".school.kr,127.0.0.1,localhost,::1"),
        ({"no_proxy": "a", "NO_PROXY": "b"}, "a,localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "[::1],10.0.0.0/8"}, "::1,10.0.0.0/8,localhost,127.0.0.1"),
        ({"NO_PROXY": "fd00::/8,a"}, "a,localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "*"}, "*"),
        ({"GRADIO_SERVER_NAME": "192.168.0.7"}, "localhost,127.0.0.1,::1,192.168.0.7"),
    ],
)
def test_this_machine_is_excepted(environment, capsys, value, before, after):
    environment.update(before, ALL_PROXY=value)
    use_proxies()
    assert environment["no_proxy"] == environment["NO_PROXY"] == after
    assert ("fd00::/8" in capsys.readouterr().err) == ("fd00::/8" in before.get("NO_PROXY", ""))
    for library in ("httpx", "httpx2"):  # Gradio's, and that of the Hub's client
        client = pytest.importorskip(library).Client(verify=False)
        proxied = {
            host: client._transport_for_url(sys.modules[library].URL(f"http://{host}/"))
            is not client._transport
            for host in ("huggingface.co", "localhost:7860", "127.0.0.1:7860", "[::1]:7860")
        }
        assert [host for host, through in proxied.items() if through and after != "*"] == [
            "huggingface.co"
        ] * (after != "*")


def test_without_a_proxy_nothing_changes(environment, monkeypatch):
    environment.update(HTTP_PROXY="", NO_PROXY="a", FTP_PROXY="what")
    use_proxies()
    assert "no_proxy" not in environment and environment["NO_PROXY"] == "a"
    monkeypatch.setattr(proxies, "getproxies", lambda: {"https": "http://proxy:1"})  # the system's settings
    use_proxies()
    assert environment["https_proxy"] == "http://proxy:1" and "localhost" in environment["no_proxy"]


def test_the_app_says_so_before_it_imports_anything(tmp_path):
    env = {**os.environ, "HOME": str(tmp_path), "ALL_PROXY": "ftp://student:secret@proxy"}
    done = subprocess.run(
        [sys.executable, ROOT / "app.py"], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ALL_PROXY names no proxy") and len(done.stderr.splitlines()) == 1
    assert "secret" not in done.stderr


def test_the_app_reaches_the_hub_through_the_proxy_and_itself_without(tmp_path):
    (tmp_path / "lab").mkdir()
    with HubServer() as hub:  # as a proxy is asked: by whole addresses
        model = make_model_folder(tmp_path / "model")
        hub.repos["lab/vae-mnist-2d"] = Repo()
        hub.repos["lab/vae-mnist-2d"].commit("weights", read_folder(model))
        settings = {
            "MODEL_NAMESPACE": "lab",
            "HF_ENDPOINT": "http://hub.test",  # which only the proxy can resolve
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_OFFLINE": "",
            "HTTP_PROXY": hub.url.replace("http://", "http://student:secret@"),
            "ALL_PROXY": "http://127.0.0.1:9",  # where nobody answers
            "NO_PROXY": "[::1],fd00::/8",
        }
        with running_lab(tmp_path / "lab", **settings) as lab:
            data = json.dumps({"data": [[0.0, 1.0], "vae-mnist-2d"]}).encode()
            headers = {"Content-Type": "application/json"}
            call = urllib.request.Request(f"{lab.url}/gradio_api/call/decode", data, headers)
            with urllib.request.urlopen(call) as answer:
                event = json.load(answer)["event_id"]
            with urllib.request.urlopen(f"{lab.url}/gradio_api/call/decode/{event}") as answer:
                assert b"event: complete" in answer.read()
        log = (lab.folder / "app.log").read_text()
    assert {entry.path.split("/")[1] for entry in hub.log} <= {"api", "lab", "cdn"}
    assert hub.requests("GET /api/models/lab/vae-mnist-2d")
    assert lab.calls() == [] and "secret" not in log and "Traceback" not in log


@pytest.mark.parametrize("module", ["training.publish", "training.evaluate"])
def test_so_does_training(environment, monkeypatch, capsys, module):
    environment["HTTPS_PROXY"] = "socks4://student:secret@proxy"
    monkeypatch.setattr(sys, "argv", [module])  # without flags, of which it would complain next
    with pytest.warns(RuntimeWarning), pytest.raises(SystemExit) as exit_:
        importlib.import_module(module)
        runpy.run_module(module, run_name="__main__")
    said = str(exit_.value.code) if module == "training.publish" else capsys.readouterr().err
    assert said.removeprefix("error: ").startswith("HTTPS_PROXY names no proxy") and "secret" not in said
