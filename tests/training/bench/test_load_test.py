"""The load test itself: on a running app, in its sums, and in what it refuses."""

import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from space import app
from training.bench.load_server import check_loopback, running
from training.bench.load_test import COLUMNS, LoadTest, main, percentile, summarise
from training.bench.load_visitors import Record, Visitor, all_calls, heavy_calls, light_calls, one_call


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    yield app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")[1]
    gr.close_all()


def test_a_short_test_of_few_visitors_finds_no_error(url, tmp_path, capsys):
    path = tmp_path / "load.json"
    main(LoadTest(visitors=(2,), seconds=1, url=url, json=path))
    found, printed = json.loads(path.read_text()), capsys.readouterr().out
    names = ["2 visitors", "1 heavy, 7 light"]
    assert [stage["name"] for stage in found["stages"]] == names
    for stage in found["stages"]:
        assert stage["answered"] > 0 and stage["wrong"] == {} and stage["memory"] is None
        assert 0 < stage["p50"] <= stage["p95"] <= stage["p99"]
    assert found["recovery"] < 120 and "decode" not in found
    header, rule, *rows = [line for line in printed.splitlines() if line.startswith("|")]
    assert [cell.strip() for cell in header.strip("|").split("|")] == list(COLUMNS)
    assert [row.split("|")[1].strip() for row in rows] == names
    assert {line.count("|") for line in (header, rule, *rows)} == {len(COLUMNS) + 1}


def test_every_call_of_the_mix_is_answered(url):
    visitor = Visitor(url.split("/")[2], 1)
    mix = all_calls()
    assert sum(weight for weight, _ in mix.values()) == 100
    assert set(light_calls()) | set(heavy_calls()) < set(mix)
    for name, (_, call) in mix.items():
        record, _ = one_call(visitor, name, call)
        assert record.outcome == "answered", name


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1:7860",
        "https://127.0.0.1",
        "http://127.0.0.1.example",
        "http://127.0.0.1@lab.example/",
        "",
    ],
)
def test_only_this_machine_is_tested(url):
    with pytest.raises(ValueError, match="only an app on this machine"):
        LoadTest(url=url)


def test_loopback_is_this_machine():
    assert check_loopback("http://localhost:7860/") == "localhost:7860"
    assert check_loopback("http://[::1]:7860") == "[::1]:7860"


@pytest.mark.parametrize(
    "values", [{"visitors": ()}, {"visitors": (1, 201)}, {"seconds": 0}, {"seconds": 601}]
)
def test_it_is_bounded_in_time_and_number(values):
    with pytest.raises(ValueError, match=next(iter(values))):
        LoadTest(**values)


def test_percentiles():
    times = [second / 1000 for second in range(1, 101)]
    assert [percentile(times, percent) for percent in (50, 95, 99, 100)] == [50, 95, 99, 100]
    assert percentile([0.007], 50) == 7 and percentile([], 50) is None


def test_refusals_are_no_errors_and_errors_no_answers():
    records = [Record("decode", "answered", 0.1), Record("translate 256", "answered", 0.9)]
    records += [Record("decode", "refused: busy", 0.002), Record("models", "OSError: gone", 5.0)]
    stage = summarise("few", 3, 2.0, records, memory=None, app_cores=None, client_cores=0.1)
    assert (stage.answered, stage.refused, stage.errors, stage.per_second) == (2, 1, 1, 1.0)
    assert (stage.p50, stage.p99, stage.light_most, stage.refused_most) == (100, 900, 100, 2)
    assert stage.wrong == {"refused: busy": 1, "OSError: gone": 1}
    assert stage.calls["decode"]["answered"] == 1


@pytest.mark.parametrize(
    ("status", "outcome", "retry"), [(429, "refused: Come back.", 3.0), (500, "RuntimeError: ", 0.0)]
)
def test_what_the_app_says_is_understood(status, outcome, retry):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(status)
            self.send_header("retry-after", "3")
            self.end_headers()
            self.wfile.write(b'{"detail": "Come back."}')

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        visitor = Visitor(f"127.0.0.1:{server.server_port}", 0)
        record, after = one_call(visitor, "models", light_calls()["models"])
        server.shutdown()
    assert record.outcome.startswith(outcome) and after == retry


SITE = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="memory and cores are read from /proc")
def test_a_server_is_started_measured_and_stopped():
    with running("-c", SITE) as server:
        assert server.megabytes() > 5 and server.cpu_seconds() > 0
        assert len(os.sched_getaffinity(server.process.pid)) <= 2
    assert server.process.poll() is not None


def test_a_server_that_does_not_start_tells_why():
    with pytest.raises(RuntimeError, match="there is no lab"), running("-c", "exit('there is no lab')"):
        pass
