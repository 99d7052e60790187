"""Hosts that allow no more requests: until when each is left alone, by what it answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.errors import FeedError, PostponedError
from digest.feeds.http import redirects
from digest.model import HostBackoff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# Of a refusal that does not say how long; it doubles with each in a row, and no server that says
# less is asked sooner, which may be a second.
_FIRST = timedelta(minutes=1)
_LONGEST = timedelta(hours=6)
_MOST_DOUBLINGS = 10
# A host that nobody asked for so long is as good as new.
_REMEMBERED = timedelta(days=30)


def after_refusal(
    before: HostBackoff | None, host: str, wait: timedelta | None, now: datetime
) -> HostBackoff:
    """What follows from a refusal: the time that the host says, and a minute at the least.

    The minute doubles with each refusal in a row. One that was under way while the host was left
    alone is none more.
    """
    if before and before.until > now and before.refusals:
        return replace(before, until=max(before.until, now + (wait or timedelta(0))))
    refusals = before.refusals + 1 if before else 1
    least = min(_FIRST * 2 ** min(refusals - 1, _MOST_DOUBLINGS), _LONGEST)
    since = before.since if before and before.refusals else now
    until = now + max(wait or least, least)
    return HostBackoff(host, since, max(until, before.until) if before else until, refusals)


def after_wish(
    before: HostBackoff | None, host: str, wait: timedelta, now: datetime
) -> HostBackoff:
    """What follows from an answer that says how long the host is to be left alone after it."""
    if before and before.until > now:
        return replace(before, until=max(before.until, now + wait))
    return HostBackoff(host, now, now + wait)


def asked_hosts(*addresses: str | None) -> set[str]:
    """The hosts at these addresses, as backoffs name them: with a port that is not the usual."""
    hosts = set()
    for address in filter(None, addresses):
        try:
            hosts.add(redirects.host(redirects.address(address)))
        except FeedError:
            # A kind of source that is no address, or one that is never asked.
            continue
    return hosts


class HostBackoffs:
    """The hosts that are left alone, or refused the last request; `known` is replaced as a whole.

    Hosts count by name and port, since sites behind one address have limits of their own.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.known: Mapping[str, HostBackoff] = {}

    def restore(self, backoffs: Iterable[HostBackoff]) -> None:
        """Go on with those of before."""
        self.known = {backoff.host: backoff for backoff in backoffs} | {**self.known}

    def check(self, host: str) -> None:
        """Refuse a request that a host does not allow now.

        Raises:
            PostponedError: it is left alone.
        """
        backoff = self.known.get(host)
        if backoff and backoff.until > self._clock():
            raise PostponedError(backoff)

    def refused(self, host: str, wait: timedelta | None) -> HostBackoff:
        """Leave a host alone that refused a request for their number, and said how long or not."""
        return self._keep(after_refusal(self.known.get(host), host, wait, self._clock()))

    def leave_alone(self, host: str, wait: timedelta) -> None:
        """Leave a host alone as it wishes; it has refused nothing."""
        self._keep(after_wish(self.known.get(host), host, wait, self._clock()))

    def answered(self, host: str) -> None:
        """Note that a host allows requests."""
        backoff = self.known.get(host)
        if backoff and backoff.until <= self._clock():
            self.known = {name: each for name, each in self.known.items() if name != host}

    def _keep(self, backoff: HostBackoff) -> HostBackoff:
        oldest = self._clock() - _REMEMBERED
        kept = {name: each for name, each in self.known.items() if each.until > oldest}
        self.known = kept | {backoff.host: backoff}
        return backoff
