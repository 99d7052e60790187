"""Which hosts allow no more requests now, and how many feeds wait for each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from digest.app.human_units import clock_time
from digest.app.results import WaitingHost
from digest.feeds.http.permanent_moves import settled
from digest.language import counted
from digest.model import Move

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from digest.model import HostBackoff, PollResult


def host_waited_for(
    url: str, row: Mapping[str, Any], backoffs: Collection[HostBackoff], now: datetime
) -> HostBackoff | None:
    """The host that a feed waits for, by its row in the store; None where it waits for none."""
    close = [backoff for backoff in backoffs if backoff.until > now]
    if not close or row.get("next_poll_at") is None:
        return None
    # Most have no need of it, and it loads what takes addresses apart.
    from digest.feeds.http.host_backoffs import asked_hosts

    hosts = asked_hosts(moved_to(row, now) or url, row["answered_by"])
    waits = (each for each in close if each.host in hosts and row["next_poll_at"] <= each.until)
    return max(waits, key=lambda backoff: backoff.until, default=None)


def moved_to(row: Mapping[str, Any], now: datetime) -> str | None:
    """Where a feed moved for good, by its row in the store."""
    to = row.get("moved_to")
    move = Move(to, row["moved_since"], row["moved_answers"]) if to else None
    return to if settled(move, now) else None


def waiting_hosts(waiting: Iterable[tuple[str, datetime]]) -> tuple[WaitingHost, ...]:
    """A line for each host, of the host and the time that each feed waits for."""
    until: dict[str, list[datetime]] = defaultdict(list)
    for host, moment in waiting:
        until[host].append(moment)
    return tuple(
        WaitingHost(host, len(moments), max(moments)) for host, moments in sorted(until.items())
    )


def hosts_of_polls(results: Iterable[PollResult]) -> tuple[WaitingHost, ...]:
    """The hosts that polls were postponed for."""
    return waiting_hosts(
        (result.waits_for, result.waits_until)
        for result in results
        if result.waits_for and result.waits_until
    )


def waiting_line(waiting: WaitingHost, zone: ZoneInfo, name: str = "") -> str:
    """`3 feeds wait until 2026-11-30 10:15 CET, since a.example allows no more requests...`.

    One feed is called by its `name`, where that is given.
    """
    who = f"{name} waits" if name else f"{counted(waiting.feeds, 'feed waits', 'feeds wait')}"
    until = clock_time(waiting.until, zone)
    return f"{who} until {until}, since {waiting.host} allows no more requests until then"
