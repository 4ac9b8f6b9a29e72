"""The queue of calls: visitors take turns, and a full queue says so in the visitor's language.

Gradio's own queue is first come, first served, so that one script can fill it for everybody.
`python -m training.bench.load_test` measures the gain.

Gradio's `batch=True` would answer 1.5 times as many /decode. It is not used, because one wrong call would be
an error for every call of its batch.
"""

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from itertools import islice
from typing import Any

import gradio as gr
from fastapi import HTTPException
from gradio.queueing import Event, Queue
from gradio.route_utils import FnIndexInferError, get_fn
from gradio.server_messages import EventMessage, ProcessCompletedMessage
from gradio.utils import error_payload
from starlette.requests import Request

from space.text.limits import MAX_WAITING_EACH
from space.text.refusals import Problem

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5
LET_GO_SECONDS = 3.0
"""how long a call waits for its page to close a stream that has ended"""


def address(request: Request) -> str:
    """The address a request comes from; a Space's proxy names it in a header."""
    forwarded = request.headers.get("x-forwarded-for", "").split(",")[0].strip()
    return forwarded or (request.client.host if request.client else "")


def visitor(event: Event) -> str:
    """The session of a browser or of a `gradio_client`; the address where a plain HTTP call names none."""
    return address(event.request) if event.session_hash == event._id else event.session_hash


class FairQueue(Queue):
    """Gradio's queue with turns and limits."""

    def __init__(self, max_waiting: dict[str, int], **options: Any) -> None:
        """`max_waiting`: calls that may wait in each group, of all visitors together."""
        super().__init__(**options)
        self.max_waiting = max_waiting
        self.ending: dict[str, asyncio.Event] = {}
        """by session: set when the page has closed a stream that has ended (`Streams`)"""

    async def push(self, body: Any, request: Request, username: str | None) -> Any:
        """Accept a call. Where too many wait already, answer 429, or 503 to `gradio_client`."""
        if body.fn_index is None:
            raise FnIndexInferError
        body.session_hash = body.session_hash or None  # Gradio itself takes "" for one in some places
        await self.until_let_go(body.session_hash)
        group = get_fn(self.blocks, None, body).concurrency_id
        who = body.session_hash or address(request)
        waiting = [event for queue in self.event_queue_per_concurrency_id.values() for event in queue.queue]
        if sum(event.concurrency_id == group for event in waiting) >= self.max_waiting[group]:
            raise refusal(Problem("busy"), request)
        if sum(visitor(event) == who for event in waiting) >= MAX_WAITING_EACH:
            raise refusal(Problem("too_many_calls", most=MAX_WAITING_EACH), request)
        answer = await super().push(body, request, username)
        take_turns(self.event_queue_per_concurrency_id[group].queue)
        self._forget_answered()
        return answer

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
        await super().process_events(events, *arguments)
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


def take_turns(waiting: list[Event]) -> None:
    """Sort calls so that everybody's first one comes before anybody's second one."""
    seen: Counter[str] = Counter()

    def turn(event: Event) -> int:
        seen[visitor(event)] += 1
        return seen[visitor(event)]

    waiting.sort(key=turn)  # stable: within a turn, first come, first served


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
