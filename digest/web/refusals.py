"""Refused requests: one line each in the log, whoever refused them.

Links of readers are the exception, since anybody can make them up by the thousand: they are
counted, and cost no more than checking their signature.
"""

from __future__ import annotations

import asyncio
import logging
import re
from functools import cache
from typing import NoReturn

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from digest.language import ENGLISH, language_of
from digest.log import event
from digest.web.public_page import HEADERS
from digest.web.readers import nothing_here

_log = logging.getLogger(__name__)

_LONGEST_PATH = 200
# Words and numbers, which no token is; and what has one in its path, whatever it looks like.
_TELLABLE = re.compile(r"/(?:u|p|e|confirm)(?=/)|(?:/(?:[a-z.-]{0,15}|\d{1,15})(?![^/]))*")
# Of what a parser says, which may quote the request; every token is longer.
_LONGEST_WORD = 20
_QUIET_SECONDS = 60.0


class LinkRefused(web.HTTPNotFound):
    """The answer to a reader's link that leads nowhere; it has its page, and is counted."""

    def __init__(self) -> None:
        super().__init__(text=_nothing(), content_type="text/html", headers=HEADERS)


class Refusals:
    """Refuses readers' links; logs how many a line a minute at most, however many there are."""

    def __init__(self) -> None:
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    def refuse(self) -> NoReturn:
        """Refuse one more.

        Raises:
            LinkRefused: always.
        """
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_QUIET_SECONDS, self.tell)
        self._count += 1
        raise LinkRefused

    def tell(self) -> None:
        """Log how many there were since it was last told, if there were any."""
        if self._timer is None:
            return
        self._timer.cancel()
        count, self._count, self._timer = self._count, 0, None
        event(_log, logging.WARNING, "readers' links refused", count=count)


@cache
def _nothing() -> str:
    return nothing_here(language_of(ENGLISH)).html()


def log_refusal(request: web.BaseRequest, status: int, reason: str) -> None:
    """Log a request that was refused; its query and its body may be anything, and are not told."""
    event(
        _log,
        logging.WARNING,
        "refused",
        status=status,
        method=request.method,
        path=tellable(request.rel_url.raw_path),
        peer=request.remote,
        reason=reason,
    )


def tellable(path: str) -> str:
    """A path as it may be logged: up to what may be the token of a reader or an edition."""
    told = _TELLABLE.match(path)
    kept = told[0] if told else ""
    return (path if kept == path else f"{kept}/…")[:_LONGEST_PATH]


def http_logger() -> logging.Logger:
    """The logger for the HTTP server, which logs what it cannot read with a traceback."""
    logger = logging.getLogger(f"{__name__}.http")
    logger.filters[:] = [_as_refusal]
    return logger


def _as_refusal(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.msg, record.levelno, record.levelname = "refused", logging.WARNING, "WARNING"
        peer, record.args, record.exc_info = record.args, (), None
        words = error.message.split(":")[0].split()
        reason = " ".join(word if len(word) <= _LONGEST_WORD else "…" for word in words)
        record.fields = {
            "status": error.code,
            "peer": peer[0] if isinstance(peer, tuple) and peer else None,
            "reason": reason,
        }
    return True
