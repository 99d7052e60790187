"""Rows of the table of feeds: as states when they are read, from what polls bring when written."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from digest.model import FeedState, Move, PollHints, Spent
from digest.store.updates import Validators
from digest.untrusted_text import clean_words

if TYPE_CHECKING:
    from datetime import datetime

    from digest.store.updates import Failure, Unchanged, Update, Visit

# Most feeds have none.
_NO_HINTS = "{}"


def feed_state(row: Any) -> FeedState:
    """A row of the table of feeds as a state."""
    return FeedState(
        id=row.id,
        url=row.url,
        title=row.title,
        home=row.home,
        etag=row.etag,
        last_modified=row.last_modified,
        answered_by=row.answered_by,
        body_hash=row.body_hash,
        entries=row.body_entries,
        failures=row.failures,
        failing_since=row.failing_since,
        polled_at=row.polled_at,
        succeeded_at=row.succeeded_at,
        new_at=row.new_at,
        missed_at=row.missed_at,
        whole_at=row.whole_at,
        refused_at=row.refused_at,
        last_status=row.last_status,
        poll_hints=_hints_from_json(row.wishes),
        move=Move(row.moved_to, row.moved_since, row.moved_answers) if row.moved_to else None,
        gone=row.gone_at is not None,
        spent=Spent(row.quota_day, row.quota_entries, row.quota_size),
        over_quota_at=row.over_quota_at,
        entry_hashes=row.entry_hashes,
        reading=row.reading,
        reread_at=row.reread_at,
        resolved=row.resolved,
    )


def over_quota_before(state: FeedState, now: datetime) -> bool:
    """Whether a feed brought more than is kept on a day that is over."""
    return state.over_quota_at is not None and f"{now:%Y-%m-%d}" > state.spent.day


def visit_values(visit: Visit) -> dict[str, Any]:
    """What any poll that worked writes."""
    return {
        "polled_at": visit.at,
        "succeeded_at": visit.at,
        "next_poll_at": visit.next_poll_at,
        "failures": 0,
        "failing_since": None,
        "last_status": visit.status,
        "last_error": None,
        "gone_at": None,
        "whole_at": visit.whole_at,
        "refused_at": visit.refused_at,
        "resolved": visit.resolved,
        **_move_values(visit.move),
    }


def unchanged_values(poll: Unchanged) -> dict[str, Any]:
    """What a poll that brought nothing writes.

    Of a 304, a validator that came replaces the old one (RFC 9110, section 15.4.5).
    """
    state, came = poll.state, poll.validators
    if poll.visit.status == 304:
        came = Validators(
            came.etag or state.etag,
            came.last_modified or state.last_modified,
            came.url or state.answered_by,
        )
    return {
        **visit_values(poll.visit),
        **_validator_values(came),
        "body_hash": poll.body_hash or state.body_hash,
    }


def update_values(update: Update, state: FeedState, now: datetime) -> dict[str, Any]:
    """What a body that changed writes, beside its entries and the visit."""
    values: dict[str, Any] = {
        "title": update.title,
        "home": update.home,
        "body_hash": update.body_hash,
        "body_entries": len(update.new) + len(update.seen) + update.left,
        "wishes": _hints_to_json(update.poll_hints),
        "reading": update.reading,
        **_validator_values(update.validators),
        **_quota_values(update, state, now),
    }
    if update.new:
        values["new_at"] = now
    if update.missed:
        values["missed_at"] = now
    if update.rotates:
        values["rotated_at"] = now
    if update.reading != state.reading and state.succeeded_at:
        values["reread_at"] = now
    return values


def failure_values(failure: Failure, state: FeedState) -> dict[str, Any]:
    """What a poll that failed writes."""
    values: dict[str, Any] = {
        "polled_at": failure.at,
        "next_poll_at": failure.next_poll_at,
        "failures": state.failures + 1,
        "failing_since": state.failing_since or failure.at,
        "last_status": failure.status,
        "last_error": clean_words(failure.error),
        **_move_values(failure.move),
    }
    return values | {"gone_at": failure.at} if failure.gone else values


def _quota_values(update: Update, state: FeedState, now: datetime) -> dict[str, Any]:
    over = None if over_quota_before(state, now) else state.over_quota_at
    return {
        "quota_day": update.spent.day,
        "quota_entries": update.spent.entries,
        "quota_size": update.spent.size,
        "over_quota_at": now if update.complaint else over,
    }


def _validator_values(validators: Validators) -> dict[str, str | None]:
    return {
        "etag": validators.etag,
        "last_modified": validators.last_modified,
        "answered_by": validators.url,
    }


def _move_values(move: Move | None) -> dict[str, Any]:
    return {
        "moved_to": move.to if move else None,
        "moved_since": move.since if move else None,
        "moved_answers": move.answers if move else 0,
    }


def _hints_to_json(poll_hints: PollHints) -> str:
    if poll_hints == PollHints():
        return _NO_HINTS
    return json.dumps(
        {
            "seconds": poll_hints.interval.total_seconds() if poll_hints.interval else None,
            "skip_hours": sorted(poll_hints.skip_hours),
            "skip_days": sorted(poll_hints.skip_days),
        }
    )


def _hints_from_json(text: str) -> PollHints:
    if text == _NO_HINTS:
        return PollHints()
    hints = json.loads(text)
    return PollHints(
        interval=timedelta(seconds=hints["seconds"]) if hints["seconds"] else None,
        skip_hours=frozenset(hints["skip_hours"]),
        skip_days=frozenset(hints["skip_days"]),
    )
