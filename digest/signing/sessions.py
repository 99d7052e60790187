"""Sessions: signed by a key of this installation and the password, and kept nowhere.

So are the marks of browsers that somebody logged in with: who guesses passwords has none, and
cannot keep those away that have one.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.signing.web_links import is_same

if TYPE_CHECKING:
    from collections.abc import Callable

DAYS = 30
_SECONDS = DAYS * 86_400


class Session(Struct, frozen=True):
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

    def mark(self, password: str) -> str:
        """What the cookie of a browser holds that somebody has logged in with."""
        name = secrets.token_urlsafe(16)
        return f"{name}.{self._sign(password, 'browser', name)}"

    def browser(self, password: str, cookie: str) -> str:
        """The browser that has this mark; empty, as for all others, where it is none of ours."""
        name, _, signature = cookie.rpartition(".")
        return name if is_same(signature, self._sign(password, "browser", name)) else ""

    def _sign(self, password: str, purpose: str, said: str) -> str:
        key = hmac.digest(self._key, password.encode(), "sha256")
        return hmac.digest(key, f"{purpose} {said}".encode("utf-8", "replace"), "sha256").hex()


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
