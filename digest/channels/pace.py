"""How fast messages may follow each other."""

from __future__ import annotations


class Pace:
    """At most one message in so many seconds; 0 is no limit. Times are of the event loop."""

    def __init__(self, seconds: float = 0) -> None:
        self._seconds = seconds
        self._next = 0.0

    def delay(self, now: float) -> float:
        """Seconds until the next message may go out."""
        return max(0.0, self._next - now)

    def begin(self, now: float) -> None:
        """Note that a message goes out."""
        if self._seconds:
            self._next = now + self._seconds

    def rest(self, now: float, seconds: float) -> None:
        """Let no message go out for so long."""
        self._next = max(self._next, now + seconds)

    def slow_down(self, seconds: float) -> None:
        """Let messages be at least so far apart."""
        self._seconds = max(self._seconds, seconds)


class Paces:
    """The pace of each server, one for all channels that send to it."""

    def __init__(self) -> None:
        self._paces: dict[str, Pace] = {}

    def of(self, server: str, seconds: float) -> Pace:
        """The pace of a server, the slowest of those that channels have there, in seconds."""
        pace = self._paces.setdefault(server, Pace())
        pace.slow_down(seconds)
        return pace
