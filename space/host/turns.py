"""Whose turn it is: addresses take turns, and at each address its visitors.

A visitor can be any number of sessions, as a script that makes up a new one for each call is. An address
cannot be made up. But a whole class may share one, so an address is never refused because of what it is: it
has its turns and its share of the places to wait at, and visitors there share those.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from gradio.queueing import Event
from starlette.requests import HTTPConnection


class Visitor(NamedTuple):
    """Who makes a call."""

    address: str
    session: str
    """of a page or a `gradio_client`; empty where a plain HTTP call names none"""


@lru_cache(10_000)
def household(host: str) -> str:
    """The address that a machine has together with those beside it: of IPv6 the 64 bits that a line gets."""
    try:
        ip = ip_address(host)
    except ValueError:  # a socket of the system, or a test
        return host
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)


def address(request: HTTPConnection) -> str:
    """Where a request comes from. uvicorn has taken it from `X-Forwarded-For` where a proxy that is trusted
    (`FORWARDED_ALLOW_IPS`) has sent it, and else from the connection."""
    return household(request.client.host) if request.client else ""


def visitor(event: Event) -> Visitor:
    """Who made a waiting call."""
    return Visitor(address(event.request), "" if event.session_hash == event._id else event.session_hash)


def take_turns(waiting: list[Event]) -> None:
    """Sort calls into rounds: in each, every address has one call, and at an address each visitor has one
    before anybody has two."""

    def in_rounds(whose: Callable[[Event], str | Visitor]) -> None:
        seen: Counter[str | Visitor] = Counter()

        def turn(event: Event) -> int:
            seen[whose(event)] += 1
            return seen[whose(event)]

        waiting.sort(key=turn)  # stable: within a round, first come, first served

    in_rounds(visitor)
    in_rounds(lambda event: address(event.request))


def gives_way(waiting: list[Event], newcomer: Visitor, since: Mapping[Visitor, int]) -> Event | None:
    """The call that loses its place to a newcomer where all places are taken; None where none has to.

    It is a call of the address that has the most, if that has two more than the newcomer's. Else it is one
    of his own address: of a visitor with more calls, or, where they have as many, of one who came later
    (`since`). So whoever invents visitors takes places from nobody who was there before.
    """
    places, calls = Counter(address(event.request) for event in waiting), Counter(map(visitor, waiting))
    greediest, most = max(places.items(), key=lambda item: item[1], default=("", 0))
    elsewhere = most > places[newcomer.address] + 1
    rivals = [
        event for event in waiting if address(event.request) == (greediest if elsewhere else newcomer.address)
    ]

    def greed(who: Visitor) -> tuple[int, int]:
        return calls[who], since.get(who, 0)

    loser = max(reversed(rivals), key=lambda event: greed(visitor(event)), default=None)
    if loser is None or elsewhere:
        return loser
    has, came = greed(visitor(loser))
    return loser if (has - 1, came) > greed(newcomer) else None
