"""How often, and when, a feed asks to be polled."""

from __future__ import annotations

import calendar
import re
from datetime import timedelta
from typing import Any

from digest.feeds.parsing.feedparser_fields import text_in
from digest.model import PollHints

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_NUMBER = re.compile(r"\s*\d{1,6}\s*")
_HOUR = re.compile(r"<(?:\w+:)?hour\s*>\s*(\d{1,2})\s*<", re.IGNORECASE)
_DAY = re.compile(r"<(?:\w+:)?day\s*>\s*([a-z]+)\s*<", re.IGNORECASE)


def poll_hints(feed: Any, body: bytes) -> PollHints:
    """The hints of a feed of feedparser's and of its document in UTF-8; nonsense is ignored.

    RSS 2.0 rules `ttl`, `skipHours` and `skipDays`, RSS 1.0's syndication module `updatePeriod`.
    """
    asked = [interval for interval in (_time_to_live(feed), _period(feed)) if interval]
    # Of several hours or days feedparser keeps only the last.
    hours_listed = [int(hour) for hour in _HOUR.findall(_skipped(feed, body, "hours"))]
    days_listed = [day.lower() for day in _DAY.findall(_skipped(feed, body, "days"))]
    hours = frozenset(hour % 24 for hour in hours_listed if hour <= 24)
    days = frozenset(_DAYS[day] for day in days_listed if day in _DAYS)
    return PollHints(
        interval=max(asked, default=None),
        skip_hours=hours if len(hours) < 24 else frozenset(),
        skip_days=days if len(days) < 7 else frozenset(),
    )


def _time_to_live(feed: Any) -> timedelta | None:
    minutes = _count(text_in(feed, "ttl"))
    return timedelta(minutes=minutes) if minutes else None


def _period(feed: Any) -> timedelta | None:
    if "sy_updateperiod" not in feed and "sy_updatefrequency" not in feed:
        return None
    period = _PERIODS.get((text_in(feed, "sy_updateperiod") or "daily").strip().lower())
    times = _count(text_in(feed, "sy_updatefrequency") or "1")
    return period / times if period and times else None


def _count(text: str) -> int:
    return int(text) if _NUMBER.fullmatch(text) else 0


def _skipped(feed: Any, body: bytes, unit: str) -> str:
    """The markup in the first `skipHours` or `skipDays` of a document."""
    if f"skip{unit}" not in feed:
        return ""
    text = body.decode("utf-8", "replace")
    start = re.search(rf"<(?:\w+:)?skip{unit}\s*>", text, re.IGNORECASE)
    if not start:
        return ""
    # Room for twenty-four hours, however widely set.
    following = text[start.end() : start.end() + 4_000]
    return re.split(rf"</(?:\w+:)?skip{unit}", following, maxsplit=1, flags=re.IGNORECASE)[0]
