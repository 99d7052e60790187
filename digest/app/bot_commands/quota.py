"""How many commands of people are answered."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

_MINUTE = 60.0


class Quota:
    """Allows so many commands in a minute, of each person and in all."""

    def __init__(self, each: int, in_all: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._each = each
        self._in_all = in_all
        self._clock = clock
        # Who asked when, in a minute: no more than are allowed, and one more that is told so.
        self._asked: deque[tuple[float, str]] = deque()
        self._told: dict[str, float] = {}

    def judge(self, person: str) -> Literal["allowed", "told", "ignored"]:
        """Whether somebody's command is answered; whoever is over is told so once a minute."""
        now = self._clock()
        while self._asked and now - self._asked[0][0] >= _MINUTE:
            self._asked.popleft()
        of_person = sum(asker == person for _, asker in self._asked)
        if of_person < self._each and len(self._asked) < self._in_all:
            self._asked.append((now, person))
            return "allowed"
        self._told = {asker: at for asker, at in self._told.items() if now - at < _MINUTE}
        if person in self._told or len(self._told) >= self._in_all:
            return "ignored"
        self._told[person] = now
        return "told"
