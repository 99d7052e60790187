"""Refused requests: one line each in the log, whoever refused them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from aiohttp.http_exceptions import HttpProcessingError

from digest.log import event

if TYPE_CHECKING:
    from aiohttp import web

_log = logging.getLogger(__name__)

_LONGEST_PATH = 200


def log_refusal(request: web.BaseRequest, status: int, reason: str) -> None:
    """Log a request that was refused; its query and its body may be anything, and are not told."""
    event(
        _log,
        logging.WARNING,
        "refused",
        status=status,
        method=request.method,
        path=request.rel_url.raw_path[:_LONGEST_PATH],
        peer=request.remote,
        reason=reason,
    )


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
        reason = " ".join(error.message.split(":")[0].split())
        record.fields = {
            "status": error.code,
            "peer": peer[0] if isinstance(peer, tuple) and peer else None,
            "reason": reason,
        }
    return True
