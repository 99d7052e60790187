"""Limits how many wrong passwords are tried in a minute."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Limiter:
    """Allows so many failures a minute: each browser that was let in before, and all others in all.

    Those others are not told apart by their addresses: behind a proxy all have the same.
    """

    def __init__(self, most: int = 10, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._failures: defaultdict[str, deque[float]] = defaultdict(deque)

    def seconds(self, browser: str = "") -> int:
        """How long it may not try; 0 where it may now."""
        now, failures = self._clock(), self._failures[browser]
        while failures and now - failures[0] >= 60:
            failures.popleft()
        if len(failures) < self._most:
            return 0
        return int(60 - (now - failures[0])) + 1

    def note_failure(self, browser: str = "") -> None:
        """Count one."""
        self._failures[browser].append(self._clock())
