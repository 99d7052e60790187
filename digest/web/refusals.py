"""Refused requests: counted, and summed up in the log, whoever refused them.

Anybody can make them up by the thousand. Links of readers cost no more than checking their
signature.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from functools import cache
from typing import NoReturn

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from digest.language import ENGLISH, language_of
from digest.log import event
from digest.web.public_page import HEADERS
from digest.web.reader_pages import nothing_here

_log = logging.getLogger(__name__)

_LONGEST_PATH = 200
# Words and numbers, which no token is; and what has one in its path, whatever it looks like.
_TELLABLE = re.compile(r"/(?:u|p|f|e|confirm)(?=/)|(?:/(?:[a-z.-]{0,15}|\d{1,15})(?![^/]))*")
# Of what a parser says, which may quote the request; every token is longer.
_LONGEST_WORD = 20
_QUIET_SECONDS = 60.0
BAD_LINK = "bad link"


class LinkRefused(web.HTTPNotFound):
    """The answer to a reader's link that leads nowhere; it has its page, and is counted."""

    def __init__(self) -> None:
        super().__init__(text=_nothing(), content_type="text/html", headers=HEADERS)


class Refusals:
    """Counts what is refused, by kind; a line a minute tells of it, however much it is.

    The first in a while, but for a link, is told at once, with what is known about it.
    """

    def __init__(self) -> None:
        self.totals: Counter[str] = Counter()
        self._untold: Counter[str] = Counter()
        self._timer: asyncio.TimerHandle | None = None

    def note(self, kind: str, **about: object) -> None:
        """Count one; there are few kinds, and `about` is what is known of this one."""
        is_first = self._untold.keys() <= {BAD_LINK}
        event(_log, logging.WARNING if is_first else logging.DEBUG, "refused", **about)
        self._count(kind)

    def refuse(self) -> NoReturn:
        """Refuse one more link of a reader.

        Raises:
            LinkRefused: always.
        """
        self._count(BAD_LINK)
        raise LinkRefused

    def tell(self) -> None:
        """Log how many there were since it was last told, if there were any."""
        if self._timer is None:
            return
        self._timer.cancel()
        untold, self._untold, self._timer = self._untold, Counter(), None
        links = untold.pop(BAD_LINK, 0)
        if links:
            event(_log, logging.WARNING, "readers' links refused", count=links)
        # One alone was told.
        if untold.total() > 1:
            kinds = ", ".join(f"{kind}: {count}" for kind, count in untold.most_common())
            event(_log, logging.WARNING, "refusals", count=untold.total(), kinds=kinds)

    def _count(self, kind: str) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_QUIET_SECONDS, self.tell)
        self.totals[kind] += 1
        self._untold[kind] += 1


@cache
def _nothing() -> str:
    return nothing_here(language_of(ENGLISH)).html()


def note_refusal(refusals: Refusals, request: web.Request, status: int, reason: str) -> None:
    """Count a request that was refused; its query and body may be anything, and are not told."""
    refusals.note(
        str(status),
        status=status,
        method=request.method,
        path=tellable(request.rel_url.raw_path),
        peer=request.remote,
        reason=reason,
    )


def tellable(path: str) -> str:
    """A path as it may be logged: up to what may be the token of a reader or an edition."""
    known = _TELLABLE.match(path)
    kept = known[0] if known else ""
    return (path if kept == path else f"{kept}/…")[:_LONGEST_PATH]


def http_logger(refusals: Refusals) -> logging.Logger:
    """The logger for the HTTP server, which logs what it cannot read with a traceback."""
    logger = logging.getLogger(f"{__name__}.http")
    # It takes some of that for no news.
    logger.setLevel(logging.DEBUG)
    logger.filters[:] = [_Unreadable(refusals)]
    return logger


class _Unreadable(logging.Filter):
    """Has what is no HTTP counted, and all else of note logged, but that a client went away."""

    def __init__(self, refusals: Refusals) -> None:
        super().__init__()
        self._refusals = refusals

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, ConnectionError):
            return False
        if not isinstance(error, HttpProcessingError):
            return _log.isEnabledFor(record.levelno)
        peer = record.args[0] if isinstance(record.args, tuple) and record.args else None
        words = error.message.split(":")[0].split()
        reason = " ".join(word if len(word) <= _LONGEST_WORD else "…" for word in words)
        self._refusals.note(str(error.code), status=error.code, peer=peer, reason=reason)
        return False
