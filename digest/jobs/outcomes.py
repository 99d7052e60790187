"""What becomes of a delivery, or of its channel, after an attempt that failed: pure decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from digest.errors import DeliveryError
from digest.model import Backoff, Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from digest.errors import ChannelError
    from digest.model import Delivery, DeliveryState

_FIRST_PAUSE = timedelta(minutes=1)
_PAUSE_OF_ONE = timedelta(minutes=30)
_LONGEST_PAUSE = timedelta(hours=4)
# RFC 5321, section 4.5.4.1: give up after four or five days.
_GIVE_UP_AFTER = timedelta(days=5)
# Days of those were with the daemon down, where there were fewer.
_FEWEST_ATTEMPTS = 4
_MOST_DOUBLINGS = 12
_LONGEST_REST = timedelta(minutes=30)
_LASTING_REST = timedelta(hours=6)


def outcome_of(
    delivery: Delivery, error: DeliveryError, patience: timedelta | None, now: datetime
) -> Outcome:
    """What becomes of a delivery after an attempt that failed.

    `delivery` is as it was before the attempt. Pauses double from a minute, or from what the
    server asked for, to four hours, over five days from the first. What nobody knows the end of is
    tried once more after `patience`, if the channel has any; whatever follows, never a second time.
    What is refused as it is, is sent in a plainer form at once, also once.
    """
    if error.verdict == "refused" and not delivery.plainer:
        return Outcome("retrying", error=error.reason, next_attempt_at=now, plainer=True)
    if error.verdict == "unknown":
        once_more = patience is not None and not delivery.doubtful
        again = now + patience if once_more and patience is not None else None
        return Outcome("unknown", error=error.reason, next_attempt_at=again)
    # What may have arrived before has not failed because a copy was refused, or put off for days.
    final: DeliveryState = "unknown" if delivery.doubtful else "failed"
    if error.verdict in {"failed", "refused"}:
        return Outcome(final, error=error.reason, bounced=error.bounced)
    # A week in which nothing was tried, with the daemon or the server down, is not held against it.
    long = now - (delivery.deferred_at or now) >= _GIVE_UP_AFTER
    if long and delivery.attempts + 1 >= _FEWEST_ATTEMPTS:
        reason = f"given up after {_GIVE_UP_AFTER.days} days: {error.reason}"
        return Outcome(final, error=reason)
    doubled = 2 ** min(delivery.attempts, _MOST_DOUBLINGS)
    pause = min((error.retry_after or _FIRST_PAUSE) * doubled, _LONGEST_PAUSE)
    # A server that asks for longer than that is obeyed.
    pause = max(pause, error.retry_after or pause)
    return Outcome("retrying", error=error.reason, next_attempt_at=now + pause)


def put_off(error: ChannelError) -> DeliveryError:
    """What a channel's trouble is for the one delivery that meets it while others are made."""
    return DeliveryError(error.reason, "retrying", retry_after=error.retry_after or _PAUSE_OF_ONE)


def backoff_after(error: ChannelError, before: Backoff | None, now: datetime) -> Backoff:
    """How long a channel is left alone that takes nothing from anybody.

    Pauses double from a minute, or from what the server asked for, to half an hour. What somebody
    has to mend is tried every few hours only: too many logins that fail can close an account.
    What a server asked for does not count as time in which nothing passed, where a restart or a
    reload has cut it short.
    """
    failures = before.failures + 1 if before else 1
    doubled = 2 ** min(failures - 1, _MOST_DOUBLINGS)
    pause = min((error.retry_after or _FIRST_PAUSE) * doubled, _LONGEST_REST)
    pause = _LASTING_REST if error.lasting else max(pause, error.retry_after or pause)
    asked = error.retry_after or timedelta(0)
    return Backoff(
        since=before.since if before and now - before.since >= asked else now,
        failures=failures,
        reason=error.reason,
        next_attempt_at=now + pause,
        lasting=error.lasting,
    )
