"""Permanent redirects: remembered once they have proved to be meant (RFC 9110, section 15.4.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.model import Move

if TYPE_CHECKING:
    from digest.errors import FeedError

_ANSWERS = 3
_PERIOD = timedelta(hours=24)
_GONE = 410
_TOO_MANY = 429
_SERVER_ERROR = 500


def settled(move: Move | None, now: datetime) -> bool:
    """Whether a move was announced often and long enough to ask at the new address at once."""
    return move is not None and move.answers >= _ANSWERS and now - move.since >= _PERIOD


def after_answer(move: Move | None, moved_to: str | None, now: datetime) -> Move | None:
    """What to remember after a poll that led to a feed, by way of `moved_to` where it moved."""
    if moved_to is None:
        # Asked at its new address, a feed need not say again that it moved there.
        return move if settled(move, now) else None
    if move is None or move.to != moved_to:
        return Move(moved_to, now, 1)
    return replace(move, answers=move.answers + 1)


def after_failure(move: Move | None, status: int | None, now: datetime) -> Move | None:
    """What to remember after a failure: a new address with no feed there is forgotten."""
    hiccup = status is not None and (status == _TOO_MANY or status >= _SERVER_ERROR)
    return move if hiccup or not settled(move, now) else None


def is_gone(move: Move | None, error: FeedError, now: datetime) -> bool:
    """Whether there is nothing left to poll at the address that the operator gave.

    What is gone elsewhere may be at its own address still.
    """
    return error.status == _GONE and not error.elsewhere and not settled(move, now)
