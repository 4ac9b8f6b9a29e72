"""The streams of answers: none is lost, none is waited for in vain, and who leaves is forgotten."""

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor, wait

from space.host import queue
from tests.door import read, stream


def test_a_call_waits_until_its_page_has_let_go_of_a_stream_that_ended(door, monkeypatch):
    monkeypatch.setattr(queue, "LET_GO_SECONDS", 60)
    door.open.set()
    door.knock("first", "page")
    with ThreadPoolExecutor() as pool:
        with stream(door, "page") as messages:
            assert read(messages) == ["hello first"]
            second = pool.submit(door.knock, "second", "page")
            assert door.answer(door.knock("other", "another page")) == "hello other"
            assert not wait([second], 0.5).done and "second" not in door.entered
        assert second.result(10).status_code == 200
    with stream(door, "page") as messages:
        assert read(messages) == ["hello second"]
    door.wait_until(lambda: not door.demo._queue.ending)


def test_a_page_that_keeps_its_stream_is_not_waited_for_long(door, monkeypatch):
    monkeypatch.setattr(queue, "LET_GO_SECONDS", 0.2)
    door.open.set()
    door.knock("first", "page")
    with stream(door, "page") as messages:
        assert read(messages) == ["hello first"]
        assert door.knock("second", "page").status_code == 200
    with stream(door, "page") as messages:
        assert read(messages) == ["hello second"]


def test_a_stream_that_nothing_will_come_by_ends_at_once(door):
    with stream(door, "nobody") as messages:
        assert [message["msg"] for message in messages] == ["close_stream"]
    door.open.set()
    assert door.answer(door.knock("first", "page")) == "hello first"
    with stream(door, "page") as messages:
        assert [message["msg"] for message in messages] == ["close_stream"]


def heartbeats() -> list[asyncio.Task]:
    tasks = [one for one in gc.get_objects() if type(one) is asyncio.Task and not one.done()]
    return [one for one in tasks if "heartbeat" in one.get_coro().__qualname__]


def test_who_leaves_in_the_middle_leaves_nothing_behind(door):
    door.knock("first", "one")
    door.wait_until(lambda: door.entered == ["first"])
    door.knock("second", "two")
    before = len(heartbeats())
    for session in ("one", "two"):
        with stream(door, session) as messages:
            assert next(messages)["msg"] == "estimation" and len(heartbeats()) == before + 1
        door.wait_until(lambda: len(heartbeats()) == before)
    assert door.waiting() == 0  # the second one's turn never comes
    door.open.set()
