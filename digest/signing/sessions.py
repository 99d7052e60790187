"""Sessions: signed by a key of this installation and the password, and kept nowhere.

So are the marks of browsers that somebody logged in with: who guesses passwords has none, and
cannot keep those away that have one.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.signing.signatures import SESSIONS, is_same, key_of

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
        text = f"{int(self._clock()) + _SECONDS}.{secrets.token_urlsafe(16)}"
        return f"{text}.{self._sign(password, 'session', text)}"

    def find(self, password: str, cookie: str) -> Session | None:
        """The session that a cookie stands for, unless it is over or none of ours."""
        text, _, signature = cookie.rpartition(".")
        if not is_same(signature, self._sign(password, "session", text)):
            return None
        until = int(text.partition(".")[0])
        return Session(self._sign(password, "form", text)) if until >= self._clock() else None

    def mark(self, password: str) -> str:
        """What the cookie of a browser holds that somebody has logged in with."""
        name = secrets.token_urlsafe(16)
        return f"{name}.{self._sign(password, 'browser', name)}"

    def browser(self, password: str, cookie: str) -> str:
        """The browser that has this mark; empty, as for all others, where it is none of ours."""
        name, _, signature = cookie.rpartition(".")
        return name if is_same(signature, self._sign(password, "browser", name)) else ""

    def _sign(self, password: str, purpose: str, text: str) -> str:
        return SESSIONS.sign(key_of(self._key, password), purpose, text).hex()
