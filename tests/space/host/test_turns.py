"""Whose turn it is: addresses, then visitors; and who gives way."""

import random
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from space.host import import_first
from space.host.turns import Visitor, address, gives_way, household, take_turns, visitor
from tests.processes import run_apart


def event(where: str, who: str, number: int = 0) -> Any:
    """A call of a session at an address."""
    client = SimpleNamespace(host=where)
    return SimpleNamespace(session_hash=who, _id=number, request=SimpleNamespace(client=client))


@given(st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("abc")), max_size=30))
def test_addresses_take_turns_and_visitors_keep_their_own_order(callers):
    waiting = [event(*who, number) for number, who in enumerate(callers)]
    take_turns(waiting)
    assert Counter(map(visitor, waiting)) == Counter(Visitor(*who) for who in callers)
    rounds: Counter[str] = Counter()
    order = []
    for one in waiting:
        rounds[address(one.request)] += 1
        order.append(rounds[address(one.request)])
    assert order == sorted(order)  # everybody's first before anybody's second
    for where in "AB":
        at_home = [one for one in waiting if address(one.request) == where]
        turns: Counter[str] = Counter()
        order = []
        for one in at_home:
            turns[one.session_hash] += 1
            order.append(turns[one.session_hash])
        assert order == sorted(order)
        for who in "abc":
            own = [one._id for one in at_home if one.session_hash == who]
            assert own == sorted(own)


@pytest.mark.parametrize("seed", range(5))
def test_whoever_comes_to_a_full_queue_has_a_share(seed):
    """Seven addresses; at one a script calls fifty times as often, and never by the same name."""
    rng, places, waiting, since = random.Random(seed), 20, [], {}
    refused: Counter[str] = Counter()
    for number in range(3000):
        where = rng.choice("ABCDEF") if rng.random() < 0.1 else "script"
        who = Visitor(where, f"{number}" if where == "script" else rng.choice("ab"))
        since.setdefault(who, number)
        take_turns(waiting)
        if rng.random() < 0.12 and waiting:
            waiting.pop(0)
        if len(waiting) >= places:
            loser = gives_way(waiting, who, since)
            if loser is None:
                refused[where] += 1
                held = Counter(address(one.request) for one in waiting)
                assert where == "script" or held[where] >= max(held.values()) - 1
                continue
            waiting.remove(loser)
        waiting.append(event(*who, number))
    assert refused["script"] > 1000 and sum(refused.values()) - refused["script"] < 60, refused


def test_at_one_address_who_came_first_and_has_least_stays():
    old, new, greedy = (Visitor("A", name) for name in ("old", "new", "greedy"))
    since = {old: 1, greedy: 2, new: 3}
    waiting = [event("A", "greedy", 0), event("A", "greedy", 1), event("A", "new", 2)]
    assert gives_way(waiting, old, since)._id == 1
    assert gives_way(waiting[1:], old, since)._id == 2
    assert gives_way([event("A", "old", 0)], new, since) is None
    assert gives_way([event("A", "old", 0)], old, since) is None
    assert gives_way([], old, since) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("unix", "unix", True),
    ],
)
def test_a_line_is_one_address(one, other, same):
    assert (household(one) == household(other)) is same


def seen_from(peer: str, forwarded: str, trusted: str) -> str:
    """The address of a request by a connection from `peer`, as uvicorn hands it over."""
    found = []

    async def app(scope: Any, *_: Any) -> None:
        found.append(address(Request(scope)))

    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"type": "http", "client": (peer, 1), "headers": headers}
    run_apart(ProxyHeadersMiddleware(app, trusted)(scope, None, None))  # type: ignore[arg-type]
    return found[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "here", "in_a_space"),
    [
        ("203.0.113.9", "", "203.0.113.9", "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", "203.0.113.9", "203.0.113.9"),  # a visitor's own word
        ("127.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9", "203.0.113.9"),  # a proxy on this machine
        ("192.168.0.5", "1.2.3.4", "192.168.0.5", "1.2.3.4"),  # a phone in the room, or a Space's proxy
        ("10.16.3.80", "1.2.3.4, 203.0.113.9", "10.16.3.80", "203.0.113.9"),
        ("10.16.3.80", "1.2.3.4, 203.0.113.9, 10.16.1.2", "10.16.3.80", "203.0.113.9"),
        ("10.16.3.80", "1.2.3.4, 2001:db8:1:2::3", "10.16.3.80", "2001:db8:1:2::/64"),
    ],
)
def test_a_forwarded_address_is_that_which_a_trusted_proxy_has_added(peer, forwarded, here, in_a_space):
    assert seen_from(peer, forwarded, "127.0.0.1,::1") == here  # uvicorn's own setting
    assert seen_from(peer, forwarded, import_first.PROXIES) == in_a_space
