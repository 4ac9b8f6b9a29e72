"""Many visitors on a real server: groups, turns, refusals and the way back."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import gradio as gr
import httpx
import pytest
from gradio_client import Client
from gradio_client.utils import QueueError
from playwright.sync_api import Page, expect

from space import app
from space.host import queue
from space.page.components import Drawing, PictureFile
from space.page.handlers import FILES, HEAVY, HUB, LIGHT, MAX_WAITING
from space.text import TEXT
from space.text.limits import MAX_SESSIONS, MAX_WAITING_EACH, TEMPORARY_SECONDS
from tests.door import Door, fill
from tests.processes import ROOT

GROUPS = {group["concurrency_id"]: group["concurrency_limit"] for group in (LIGHT, FILES, HEAVY, HUB)}


@pytest.fixture(scope="module")
def lab() -> gr.Blocks:
    demo = app.build()
    queue.use_fair_queue(demo, MAX_WAITING, LIGHT)
    return demo


def test_every_event_belongs_to_a_group_that_has_a_limit(lab):
    assert set(GROUPS) == set(MAX_WAITING)
    events = [fn for fn in lab.fns.values() if fn.fn is not None]
    assert len(events) > 30
    for fn in events:
        assert fn.concurrency_limit == GROUPS[fn.concurrency_id], fn.name


def test_a_visitor_pays_for_the_tabs_that_he_opens(lab):
    """No event belongs to the opening of the page."""
    events = [fn for fn in lab.fns.values() if fn.fn is not None]
    assert [fn.name for fn in events if any(event == "load" for _, event in fn.targets)] == []


def test_the_endpoints_are_in_the_group_of_what_they_cost(lab):
    public = {fn.api_name: fn.concurrency_id for fn in lab.fns.values() if fn.api_visibility == "public"}
    assert public == {
        **dict.fromkeys(("decode", "models"), "light"),
        **dict.fromkeys(("heights", "nearest"), "heavy"),
        **dict.fromkeys(("encode", "reconstruct", "interpolate"), "files"),
        **dict.fromkeys(("manifold", "generate", "timeline", "translate", "denoise", "complete"), "heavy"),
    }


def test_no_light_event_reads_files_or_computes_for_long(lab):
    for fn in lab.fns.values():
        if fn.fn is not None and fn.concurrency_id == "light":
            assert not any(isinstance(block, Drawing | PictureFile) for block in fn.inputs), fn.name
            assert fn.fn.__name__ != "show_large"


def test_an_idle_queue_sleeps_until_a_call_comes_or_ends(monkeypatch):
    monkeypatch.setattr(queue, "LOOK_SECONDS", 60.0)
    queue.use_fair_queue(demo := gr.Blocks(), MAX_WAITING, LIGHT)
    calls = demo._queue
    calls.active_jobs, calls.get_events = [None], Mock(return_value=None)

    async def watch() -> tuple[int, int]:
        running = asyncio.create_task(calls.start_processing())
        await asyncio.sleep(0.1)
        idle = calls.get_events.call_count
        calls.changed.set()
        await asyncio.sleep(0.1)
        running.cancel()
        return idle, calls.get_events.call_count

    with ThreadPoolExecutor(1) as thread:  # a browser of another test may have a loop in this one
        assert thread.submit(lambda: asyncio.run(watch())).result() == (1, 2)


def test_a_full_queue_says_so_in_the_visitors_language_and_recovers(door):
    knocked = fill(door)
    assert [one.status_code for one in knocked] == [200] * 4
    for language, text in zip(("en-US", "ko-KR,ko;q=0.9"), TEXT["problem.busy"]):
        refused = door.knock("d", "d", language)
        assert refused.status_code == 429 and refused.json() == {"detail": text}
        assert int(refused.headers["retry-after"]) > 0
    with pytest.raises(QueueError, match="Queue is full"):
        Client(door.url, verbose=False).predict("d", api_name="/enter")
    assert door.waiting() == 3

    door.open.set()
    assert [door.answer(one) for one in knocked] == ["hello first", "hello a", "hello b", "hello c"]
    assert door.answer(door.knock("d", "d")) == "hello d"


def test_one_visitor_cannot_fill_the_queue_and_others_come_between(door):
    door.knock("first", "first")
    door.wait_until(lambda: door.entered == ["first"])
    many = [door.knock(f"many {number}", "many", "en") for number in range(5)]
    assert [one.status_code for one in many] == [200, 200, 429, 429, 429]
    assert many[2].json()["detail"] == TEXT["problem.too_many_calls"][0].format(most=2)
    other = door.knock("other", "other")
    door.open.set()
    assert door.answer(other) == "hello other"
    door.answer(many[1])
    assert door.entered == ["first", "many 0", "other", "many 1"]


def test_calls_without_a_session_leave_nothing_behind(door):
    door.open.set()
    calls, holder = door.demo._queue, door.demo.state_holder
    for number in range(12):
        assert door.answer(door.knock(f"{number}")) == f"hello {number}"
    assert door.answer(door.knock("me", "mine")) == "hello me"
    door.wait_until(lambda: not calls.event_ids_to_events)
    assert set(holder.session_data) == set(holder.time_last_used) == {"mine"}
    assert len(calls.pending_event_ids_session) <= 3 and len(calls.pending_messages_per_session) <= 3


def test_an_answer_that_nobody_fetches_is_kept_until_gradio_forgets_it(door):
    door.open.set()
    late = door.knock("late")
    door.wait_until(lambda: "late" in door.entered)
    for number in range(9):
        door.answer(door.knock(f"{number}"))
    assert door.answer(late) == "hello late"


def crowd(door: Door, number: int, name: str, address: str) -> list[httpx.Response]:
    """A call each of visitors at one address."""
    return [door.knock(f"{name} {one}", f"{name} {one}", "en", address) for one in range(number)]


def test_a_script_that_invents_visitors_takes_no_place_and_no_turn_from_others(door):
    """Sixty phones of a class at one address, a visitor at another, a script with 220 sessions at a third."""
    door.demo._queue.max_waiting["heavy"] = MAX_WAITING["heavy"]
    door.knock("first", "first")
    door.wait_until(lambda: door.entered == ["first"])
    script = crowd(door, 220, "script", "203.0.113.9")
    assert [one.status_code for one in script] == [200] * 200 + [429] * 20
    phones = crowd(door, 60, "phone", "198.51.100.1")
    visitor = [door.knock(f"visitor {one}", "visitor", address="192.0.2.7") for one in range(2)]
    assert {one.status_code for one in (*phones, *visitor)} == {200}
    assert door.waiting() == 200
    gone = script[199].json()["event_id"]
    assert TEXT["problem.busy"][0] in httpx.get(f"{door.url}/gradio_api/call/enter/{gone}").text
    assert crowd(door, 1, "late script", "203.0.113.9")[0].status_code == 429

    door.open.set()
    assert [door.answer(one) for one in phones] == [f"hello phone {one}" for one in range(60)]
    turns = [entered.rpartition(" ")[0] for entered in door.entered[1:]]
    assert turns[:6].count("visitor") == 2  # one call in each round of three
    assert all(abs(turns[:end].count("phone") - turns[:end].count("script")) <= 1 for end in range(60))


def test_a_script_behind_the_address_of_a_class_gives_way_to_who_was_there_before(door):
    door.demo._queue.max_waiting["heavy"] = 30
    door.open.set()
    for one in range(20):  # the pages are opened
        door.answer(door.knock(f"phone {one}", f"phone {one}", address="198.51.100.1"))
    door.open.clear()
    door.knock("first", "first")
    door.wait_until(lambda: door.entered[-1] == "first")
    assert crowd(door, 40, "script", "198.51.100.1")[29].status_code == 200
    phones = crowd(door, 20, "phone", "198.51.100.1")
    assert {one.status_code for one in phones} == {200} and door.waiting() == 30
    assert crowd(door, 1, "late script", "198.51.100.1")[0].status_code == 429
    door.open.set()
    assert [door.answer(one) for one in phones] == [f"hello phone {one}" for one in range(20)]


def test_answers_that_nobody_fetches_are_dropped(door, monkeypatch):
    monkeypatch.setattr(queue, "ANSWER_SECONDS", 0.3)
    door.open.set()
    calls = door.demo._queue
    late = [door.knock("late"), door.knock("late", "page"), door.knock("late", "page")]
    door.wait_until(lambda: len(door.entered) == 3 and not calls.pending_event_ids_session)
    assert not calls.answers and not calls.pending_messages_per_session
    for one in late:
        answer = httpx.get(f"{door.url}/gradio_api/call/enter/{one.json()['event_id']}")
        assert (answer.status_code, answer.json()["detail"]) == (404, TEXT["problem.no_answer"][0])
    assert door.answer(door.knock("me", "page")) == "hello me"


def test_one_address_has_a_limit_of_answers_that_nobody_fetches(door, monkeypatch):
    monkeypatch.setattr(queue, "MAX_ANSWERS_EACH", 3)
    door.demo._queue.max_waiting["heavy"] = 20
    door.open.set()
    kept = door.knock("kept", "kept", address="192.0.2.7")
    late = [door.knock(f"{one}", f"{one}", address="203.0.113.9") for one in range(6)]
    door.wait_until(lambda: len(door.entered) == 7)
    door.wait_until(lambda: len(door.demo._queue.pending_event_ids_session) == 4)
    assert [door.answer(one) for one in (kept, *late[3:])] == ["hello kept", "hello 3", "hello 4", "hello 5"]
    many = []
    for _ in range(4):
        many.append(door.knock("many", "many", "en"))
        door.wait_until(lambda: many[-1].status_code != 200 or is_made(door, many[-1]))
    # of one visitor, two may wait to be made or fetched, besides the one that is being made
    assert [one.status_code for one in many] == [200, 200, 429, 429]


def is_made(door: Door, knocked: httpx.Response) -> bool:
    """Whether the answer of a call waits to be fetched."""
    answers = list(door.demo._queue.answers.values())
    return any(knocked.json()["event_id"] in made for made in answers)


def test_no_call_passes_the_queue(door):
    refused = httpx.post(f"{door.url}/gradio_api/run/enter", json={"data": ["me"], "session_hash": "mine"})
    assert refused.status_code == 404 and door.entered == []


@pytest.mark.browser
@pytest.mark.parametrize("page", [{"locale": "ko-KR"}], indirect=True)
def test_the_page_shows_the_sentence(page: Page, door):
    fill(door)
    page.goto(door.url)
    page.locator("#knock").click()
    expect(page.locator(".toast-body")).to_contain_text(TEXT["problem.busy"][1])
    door.open.set()
    door.wait_until(lambda: door.waiting() == 0)
    page.locator("#knock").click()
    expect(page.get_by_label("answer")).to_have_value("hello me")


def test_the_docs_tell_the_limits():
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    for name, at_once in GROUPS.items():
        assert re.search(rf"^\| {name} .*\| {at_once} \| {MAX_WAITING[name]} \|$", text, re.MULTILINE)
    assert f"{MAX_WAITING_EACH} calls of one may wait" in text
    assert f"{MAX_SESSIONS} sessions" in text and TEMPORARY_SECONDS == 3600
