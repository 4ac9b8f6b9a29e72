"""The queue of calls: visitors take turns, and a full queue says so in the visitor's language.

Gradio's own queue is first come, first served, so that one script can fill it for everybody. Whose turn it
is, and who gives way where it is full, is in `turns`.
`python -m training.bench.load_test` measures the gain.

Gradio's `batch=True` would answer 1.5 times as many /decode. It is not used, because one wrong call would be
an error for every call of its batch.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from contextlib import suppress
from itertools import count, islice
from typing import Any

import gradio as gr
from fastapi import HTTPException
from gradio.queueing import Event, Queue
from gradio.route_utils import FnIndexInferError
from gradio.server_messages import EventMessage, ProcessCompletedMessage
from gradio.utils import error_payload, set_task_name
from starlette.requests import Request

from space.host.turns import Visitor, address, gives_way, take_turns, visitor
from space.text.limits import ANSWER_SECONDS, MAX_ANSWERS_EACH, MAX_KNOWN, MAX_WAITING_EACH
from space.text.refusals import Problem

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5
LET_GO_SECONDS = 3.0
"""how long a call waits for its page to close a stream that has ended"""
LOOK_SECONDS = 1.0
"""from one look whether the queue is to end to the next"""


class FairQueue(Queue):
    """Gradio's queue with turns and limits."""

    def __init__(self, max_waiting: dict[str, int], **options: Any) -> None:
        """`max_waiting`: calls that may wait in each group, of all visitors together."""
        super().__init__(**options)
        self.max_waiting = max_waiting
        self.numbers = count()
        self.since: OrderedDict[Visitor, int] = OrderedDict()
        """visitor -> a number that is higher for those who came later"""
        self.answers: dict[str, dict[str, str]] = {}
        """address -> call that is answered -> its session; those whose answer was fetched are passed over"""
        self.ending: dict[str, asyncio.Event] = {}
        """by session: set when the page has closed a stream that has ended (`Streams`)"""
        self.changed = asyncio.Event()
        """a call has come, or one has ended"""
        self.progress_update_sleep_when_free = LOOK_SECONDS  # no handler of the lab reports progress

    async def start_processing(self) -> None:
        """Start calls as they come and as places become free.

        Gradio looks a thousand times a second whether there is one, which takes 3 % of a core day and night.
        """
        try:
            while not self.stopped:
                self.changed.clear()
                while None in self.active_jobs and (found := self.get_events()):
                    self.start_calls(*found)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.changed.wait(), LOOK_SECONDS)
        finally:
            self.stopped = True
            self._cancel_asyncio_tasks()

    def start_calls(self, events: list[Event], batch: bool, group: str) -> None:
        """Answer calls that have left the queue, as Gradio does: note them where it looks for them."""
        event, began = events[0], time.time()
        self.active_jobs[self.active_jobs.index(None)] = events
        running = self.event_queue_per_concurrency_id[group]
        running.current_concurrency += 1
        running.start_times_per_fn[event.fn].add(began)
        task = asyncio.create_task(self.process_events(events, batch, began, event.fn))
        set_task_name(task, event.session_hash, event.fn._id, event._id, batch)  # by which it is cancelled
        self._asyncio_tasks.add(task)
        task.add_done_callback(self._asyncio_tasks.discard)

    async def push(self, body: Any, request: Request, username: str | None) -> Any:
        """Accept a call. Where too many wait already, answer 429, or 503 to `gradio_client`."""
        if body.fn_index is None:
            raise FnIndexInferError
        body.session_hash = body.session_hash or None  # Gradio itself takes "" for one in some places
        await self.until_let_go(body.session_hash)
        group = self.blocks.fns[body.fn_index].concurrency_id
        who = Visitor(address(request), body.session_hash or "")
        self.since[who] = self.since.pop(who, next(self.numbers))
        if len(self.since) > MAX_KNOWN:
            self.since.popitem(last=False)
        waiting = [event for queue in self.event_queue_per_concurrency_id.values() for event in queue.queue]
        if sum(visitor(event) == who for event in waiting) + len(self.unfetched(who)) >= MAX_WAITING_EACH:
            raise refusal(Problem("too_many_calls", most=MAX_WAITING_EACH), request)
        waiting = [event for event in waiting if event.concurrency_id == group]
        if len(waiting) >= self.max_waiting[group]:
            loser = gives_way(waiting, who, self.since)
            if loser is None:
                raise refusal(Problem("busy"), request)
            self.event_queue_per_concurrency_id[group].queue.remove(loser)
            self.event_ids_to_events.pop(loser._id, None)
            self.send_message(loser, failed(loser, Problem("busy")))
        answer = await super().push(body, request, username)
        take_turns(self.event_queue_per_concurrency_id[group].queue)
        self.changed.set()
        self._forget_answered()
        return answer

    def unfetched(self, who: Visitor) -> list[str]:
        """The calls of a visitor whose answers nobody has fetched."""
        made = self.answers.get(who.address, {})
        for event_id, session in list(made.items()):
            if event_id not in self.pending_event_ids_session.get(session, ()):
                del made[event_id]
        if not made:
            self.answers.pop(who.address, None)
        return [one for one, session in made.items() if session == (who.session or one)]

    def drop(self, where: str, event_id: str) -> None:
        """Drop an answer, if nobody has fetched it."""
        made = self.answers.get(where, {})
        session = made.pop(event_id, None)
        if not made:
            self.answers.pop(where, None)
        pending = self.pending_event_ids_session.get(session or "", set())
        messages = self.pending_messages_per_session.get(session or "")
        if event_id not in pending or messages is None:
            return
        pending.remove(event_id)
        if not pending:
            self.pending_event_ids_session.pop(session)
            self.pending_messages_per_session.pop(session)
        for message in [messages.get_nowait() for _ in range(messages.qsize())]:
            if message.event_id != event_id:
                messages.put_nowait(message)

    def waits_for(self, event_id: str) -> bool:
        """Whether a call is still to be answered, or its answer still to be fetched."""
        return any(event_id in pending for pending in self.pending_event_ids_session.values())

    async def until_let_go(self, session: str | None) -> None:
        """Wait until the session's page has closed a stream that has ended, at most `LET_GO_SECONDS`."""
        if session in self.ending:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ending[session].wait(), LET_GO_SECONDS)

    async def process_events(self, events: list[Event], *arguments: Any) -> None:
        """Answer calls, in any case. A call outside a session leaves no session behind."""
        try:
            await super().process_events(events, *arguments)
        finally:
            self.changed.set()
        for event in events:
            if event.alive and not event.closed:
                logger.error("a call of %s was not answered", event.fn.api_name)
                self.send_message(event, failed(event, Problem("internal")))
            if event.session_hash == event._id:
                self.server_app.state_holder.session_data.pop(event._id, None)
                self.server_app.state_holder.time_last_used.pop(event._id, None)

    def send_message(self, event: Event, event_message: EventMessage) -> None:
        """Send a message to who waits for a call, unless the session is forgotten already."""
        if event.session_hash in self.pending_messages_per_session:
            super().send_message(event, event_message)
        if isinstance(event_message, ProcessCompletedMessage):
            event.closed = True  # Gradio uses it for calls with a stream of inputs, which the lab has not
            who = visitor(event)
            self.answers.setdefault(who.address, {})[event._id] = event.session_hash
            asyncio.get_running_loop().call_later(ANSWER_SECONDS, self.drop, who.address, event._id)
            if len(self.answers[who.address]) > MAX_ANSWERS_EACH:
                self.unfetched(who)
            if len(made := self.answers.get(who.address, {})) > MAX_ANSWERS_EACH:
                self.drop(who.address, next(iter(made)))

    def _forget_answered(self) -> None:
        """Forget sessions without a pending call, two at a time.

        Gradio keeps a set of calls for every session, and searches all of them for every call.
        """
        for session in list(islice(self.pending_event_ids_session, 2)):
            pending = self.pending_event_ids_session.pop(session)
            if pending and session in self.pending_messages_per_session:
                self.pending_event_ids_session[session] = pending  # to the end of the line
            else:
                self.pending_messages_per_session.pop(session, None)


def failed(event: Event, problem: Problem) -> ProcessCompletedMessage:
    """The answer to a call that was accepted and is not made."""
    said = problem.said(event.request.headers.get("accept-language", ""))
    return ProcessCompletedMessage(output=error_payload(gr.Error(said), False), success=False)


def refusal(problem: Problem, request: Request) -> HTTPException:
    """The answer to a call that must come back later, with the sentence for the visitor.

    Gradio's page shows the sentence of any status but 503, for which it has its own English one.
    `gradio_client` knows only 503.
    """
    status = 503 if "gradio_client" in request.headers.get("user-agent", "") else 429
    sentence = problem.said(request.headers.get("accept-language", ""))
    return HTTPException(status, sentence, {"retry-after": str(RETRY_SECONDS)})


def use_fair_queue(demo: gr.Blocks, max_waiting: dict[str, int], default: dict[str, Any]) -> None:
    """Give a page a `FairQueue`.

    Events outside the groups of `max_waiting` get the group `default` (`concurrency_id`,
    `concurrency_limit`).
    """
    demo.api_open = False  # else a POST to /gradio_api/run passes the queue
    for fn in demo.fns.values():
        if fn.concurrency_id not in max_waiting:
            fn.concurrency_id, fn.concurrency_limit = default["concurrency_id"], default["concurrency_limit"]
    demo._queue = FairQueue(
        max_waiting,
        live_updates=False,  # else every call that starts sends a message to every waiting one
        concurrency_count=demo.max_threads,
        update_intervals=1,
        max_size=None,  # `push` limits it
        blocks=demo,
    )
