"""Measure how many visitors this machine can serve: `python -m training.bench.load_test`.

Starts the app as a process of its own on two cores and calls it over loopback, never over a network. Each
visitor is a thread that makes one call after another without a pause, so it stands for several people, who
would look at each answer. A call does what `curl` would do: upload a picture if the endpoint takes one, POST
to /gradio_api/call/<name>, and read the answer from its stream. Every second visitor has a session, as a
browser has.

It measures four things: the mix of calls at each number of visitors; the seconds until the app is quick again
after the last crowd; light calls beside one visitor who makes only heavy calls; and /decode against the same
function in a Gradio app without settings.
"""

import json
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from training.bench.load_server import Server, check_loopback, running
from training.bench.load_visitors import (
    TIMEOUT_SECONDS,
    Call,
    Record,
    Visitor,
    all_calls,
    crowd,
    heavy_calls,
    light_calls,
    one_call,
)

MAX_VISITORS, MAX_SECONDS = 200, 600
TURN = 25
"""calls in a row to one app, before the other app has its turn (`compare_decode`)"""
STOCK = """
import sys
import gradio as gr
import torch
from space.pictures.outputs import to_pil
from space.weights import hub

@torch.inference_mode()
def decode(z, model):
    return to_pil(hub.load(model).model.decode(torch.tensor([z]))[0], 10)

gr.Interface(decode, [gr.JSON(), gr.Textbox()], gr.Image(format="png", type="pil"), api_name="decode").launch(
    server_port=int(sys.argv[1]))
"""
"""a Gradio app without settings, whose /decode does what the lab's does"""


@dataclass(frozen=True)
class LoadTest:
    """Measure how many visitors this machine can serve."""

    visitors: tuple[int, ...] = (1, 8, 32, 100)
    """simultaneous visitors of each stage"""
    seconds: float = 20.0
    """length of each stage"""
    soak_minutes: int = 0
    """minutes of 32 visitors after the other stages; memory is measured in each minute"""
    decode_calls: int = 500
    """calls of /decode in the lab and in an app without settings, to compare both; 0: no comparison"""
    decode_only: bool = False
    """compare /decode and measure nothing else"""
    url: str | None = None
    """address of an app that runs on this machine, instead of starting one; its memory is not measured"""
    json: Path | None = None
    """file to write all measurements to"""
    seed: int = 0
    """decides which visitor makes which calls"""

    def __post_init__(self) -> None:
        if not self.visitors or not all(1 <= number <= MAX_VISITORS for number in self.visitors):
            raise ValueError(f"visitors is {self.visitors}; each must be 1 to {MAX_VISITORS}")
        if not 0 < self.seconds <= MAX_SECONDS:
            raise ValueError(f"seconds is {self.seconds}; it must be at most {MAX_SECONDS}")
        if self.url is not None:
            check_loopback(self.url)


@dataclass
class Stage:
    """Measurements of one crowd: times in milliseconds, rates a second, memory in MB."""

    name: str
    visitors: int
    seconds: float
    answered: int
    per_second: float
    p50: float | None
    p95: float | None
    p99: float | None
    light_most: float | None
    """longest time of a /decode or /models call"""
    refused: int
    refused_most: float | None
    """longest time of a refusal"""
    errors: int
    memory: float | None
    """peak memory of the app"""
    app_cores: float | None
    """cores that the app used, on average"""
    client_cores: float
    """cores that this process, which makes the calls, used on average"""
    wrong: dict[str, int] = field(default_factory=dict)
    """error or sentence of a refusal -> how often it came"""
    calls: dict[str, dict[str, float | None]] = field(default_factory=dict)
    """name of the call -> answered, p50, p95, p99, most"""


def percentile(seconds: Sequence[float], percent: float) -> float | None:
    """The `percent`-th percentile of `seconds`, in milliseconds; None if there are none."""
    if not seconds:
        return None
    rank = max(-(-len(seconds) * percent // 100), 1)
    return 1000 * sorted(seconds)[int(rank) - 1]


def summarise(name: str, visitors: int, seconds: float, records: Sequence[Record], **more: Any) -> Stage:
    """The `Stage` of a crowd's records; `more` gives the fields that cannot be computed from records."""
    times: dict[str, list[float]] = {}
    for record in records:
        if record.outcome == "answered":
            times.setdefault(record.name, []).append(record.seconds)
    refused = [record.seconds for record in records if record.outcome.startswith("refused")]
    answered = [second for group in times.values() for second in group]
    return Stage(
        name,
        visitors,
        seconds,
        len(answered),
        len(answered) / seconds,
        *(percentile(answered, percent) for percent in (50, 95, 99)),
        percentile([second for name in light_calls() for second in times.get(name, [])], 100),
        len(refused),
        percentile(refused, 100),
        len(records) - len(answered) - len(refused),
        wrong=dict(Counter(record.outcome for record in records if record.outcome != "answered")),
        calls={
            name: {
                "answered": len(group),
                **{f"p{percent}": percentile(group, percent) for percent in (50, 95, 99)},
                "most": percentile(group, 100),
            }
            for name, group in times.items()
        },
        **more,
    )


def stage(
    name: str,
    host: str,
    server: Server | None,
    plans: Sequence[dict[str, tuple[int, Call]]],
    seconds: float,
    seed: int,
) -> Stage:
    """Send a `crowd` to the app and measure it."""
    most, over = server and server.megabytes(), threading.Event()

    def watch() -> None:
        nonlocal most
        while server and most is not None and not over.wait(0.5):
            most = max(most, server.megabytes() or 0)

    watcher = threading.Thread(target=watch)
    watcher.start()
    started, own, its = time.perf_counter(), time.process_time(), server and server.cpu_seconds()
    records = crowd(host, plans, seconds, seed)
    taken, own = time.perf_counter() - started, time.process_time() - own
    its = None if its is None else server.cpu_seconds() - its
    over.set()
    watcher.join()
    return summarise(
        name,
        len(plans),
        taken,
        records,
        memory=most,
        app_cores=its and its / taken,
        client_cores=own / taken,
    )


def recovery(host: str) -> float:
    """Seconds until three light calls in a row take less than half a second each."""
    visitor, call = Visitor(host, 0), light_calls()["decode"]
    started, quick = time.perf_counter(), 0
    while quick < 3 and time.perf_counter() - started < TIMEOUT_SECONDS:
        record, _ = one_call(visitor, "decode", call)
        quick = quick + 1 if record.outcome == "answered" and record.seconds < 0.5 else 0
    return time.perf_counter() - started


def compare_decode(number: int) -> dict[str, float]:
    """Median milliseconds of /decode in the lab and in a Gradio app without settings, and their quotient.

    The apps take turns of 25 calls, so that a noisy neighbour slows both. Gradio still works after each
    answer, which delays the next call of the same turn.
    """
    call = light_calls()["decode"]
    with running("app.py") as ours, running("-c", STOCK) as stock:
        visitors = {"ours": Visitor(ours.host, 0), "stock": Visitor(stock.host, 0)}
        times: dict[str, list[float]] = {name: [] for name in visitors}
        for turn in range(1 + -(-number // TURN)):
            for name, visitor in visitors.items():
                for _ in range(TURN):
                    record, _ = one_call(visitor, "decode", call)
                    if record.outcome != "answered":
                        raise RuntimeError(f"/decode: {record.outcome}")
                    if turn:  # the first turn warms up
                        times[name].append(record.seconds)
    medians = {name: 1000 * statistics.median(taken) for name, taken in times.items()}
    return {**medians, "quotient": medians["ours"] / medians["stock"]}


COLUMNS = {
    "stage": lambda s: s.name,
    "answers": lambda s: s.answered,
    "a second": lambda s: s.per_second,
    "p50 ms": lambda s: s.p50,
    "p95 ms": lambda s: s.p95,
    "p99 ms": lambda s: s.p99,
    "light, most ms": lambda s: s.light_most,
    "refused": lambda s: s.refused,
    "in ms": lambda s: s.refused_most,
    "errors": lambda s: s.errors,
    "MB": lambda s: s.memory,
    "cores": lambda s: s.app_cores,
    "client's": lambda s: s.client_cores,
}


def row(values: Sequence[Any]) -> str:
    """A row of a Markdown table."""

    def cell(value: Any) -> str:
        if isinstance(value, float):
            return f"{value:.0f}" if value >= 20 else f"{value:.1f}"
        return "–" if value is None else str(value)

    return f"| {' | '.join(map(cell, values))} |"


def report(name: str, done: Stage) -> None:
    """Print the stage's row of the table, and its errors."""
    print(row([column(done) for column in COLUMNS.values()]), flush=True)
    for outcome, count in done.wrong.items():
        if not outcome.startswith("refused"):
            print(f"  {count} x {outcome}")
    if done.app_cores is not None and done.client_cores > max(done.app_cores, 0.5):
        print("  the calling itself took more of the processor than the app: these times are too long")


def run(test: LoadTest) -> dict[str, Any]:
    """Measure and print all stages; returns the measurements."""
    found: dict[str, Any] = {"test": {**asdict(test), "json": str(test.json)}, "stages": []}
    if test.decode_only:
        return found | {"decode": _print_decode(test)}

    def measure(name: str, server: Server | None, host: str, plans: Sequence[Any], seconds: float) -> None:
        done = stage(name, host, server, plans, seconds, test.seed)
        found["stages"].append(asdict(done))
        report(name, done)

    @contextmanager
    def target() -> Iterator[tuple[Server | None, str]]:
        if test.url is not None:
            yield None, check_loopback(test.url)
        else:
            with running("app.py") as server:
                yield server, server.host

    mix = all_calls()
    with target() as (server, host):
        print("\n".join((row(COLUMNS), row(["---"] * len(COLUMNS)))))
        crowd(host, [mix], min(test.seconds, 5), test.seed)  # the first calls load the models
        for number in test.visitors:
            measure(f"{number} visitor{'s' * (number > 1)}", server, host, [mix] * number, test.seconds)
            found["recovery"] = recovery(host)
        print(f"quick again {found['recovery']:.1f} s later", flush=True)
        light, heavy = (
            {name: (1, call) for name, call in calls().items()} for calls in (light_calls, heavy_calls)
        )
        measure("1 heavy, 7 light", server, host, [heavy, *[light] * 7], test.seconds)
        for minute in range(test.soak_minutes):
            measure(f"32 visitors, minute {minute + 1}", server, host, [mix] * 32, 60)
    if test.decode_calls and test.url is None:
        found["decode"] = _print_decode(test)
    return found


def _print_decode(test: LoadTest) -> dict[str, float]:
    found = compare_decode(test.decode_calls)
    print("/decode: {ours:.1f} ms, in a stock app {stock:.1f} ms, {quotient:.2f} of it".format(**found))
    return found


def main(test: LoadTest) -> None:
    """Measure, and write the measurements to `test.json`."""
    found = run(test)
    if test.json is not None:
        test.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    import tyro  # used by scripts only; the app does not need it

    main(tyro.cli(LoadTest))
