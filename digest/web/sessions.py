"""Sessions: signed by a key of this installation and the password, and kept nowhere."""

from __future__ import annotations

import hmac
import secrets
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digest.rendering.web_links import is_same

if TYPE_CHECKING:
    from collections.abc import Callable

DAYS = 30
_SECONDS = DAYS * 86_400


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in; `token` is what their forms bring back."""

    token: str


class Sessions:
    """Makes and knows sessions; with another password, none of before is one any more."""

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock

    def begin(self, password: str) -> str:
        """What the cookie of a new session holds."""
        said = f"{int(self._clock()) + _SECONDS}.{secrets.token_urlsafe(16)}"
        return f"{said}.{self._sign(password, 'session', said)}"

    def find(self, password: str, cookie: str) -> Session | None:
        """The session that a cookie stands for, unless it is over or none of ours."""
        said, _, signature = cookie.rpartition(".")
        if not is_same(signature, self._sign(password, "session", said)):
            return None
        if int(said.partition(".")[0]) < self._clock():
            return None
        return Session(self._sign(password, "form", said))

    def _sign(self, password: str, purpose: str, said: str) -> str:
        key = hmac.digest(self._key, password.encode(), "sha256")
        return hmac.digest(key, f"{purpose} {said}".encode("utf-8", "replace"), "sha256").hex()


class Limiter:
    """Allows so many failures a minute, in all: what nobody can guess nobody has to tell apart."""

    def __init__(self, most: int = 10, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._failures: deque[float] = deque()

    @property
    def seconds(self) -> int:
        """How long nobody may try; 0 where one may now."""
        now = self._clock()
        while self._failures and now - self._failures[0] >= 60:
            self._failures.popleft()
        if len(self._failures) < self._most:
            return 0
        return int(60 - (now - self._failures[0])) + 1

    def note_failure(self) -> None:
        """Count one."""
        self._failures.append(self._clock())
