"""Which feeds may have had an entry of which nothing is known, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.app.human_units import clock_time
from digest.app.reports import status_report
from digest.app.waiting_hosts import waiting_line
from digest.app.wiring import utc_now

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.store import Store


def troubled_feeds(settings: Settings, store: Store) -> list[str]:
    """A line for each that is paused, fails, waits, is over its quota or outran its polls."""
    health = store.health.read()
    known = health.feeds
    paused = [feed.address for feed in settings.feeds if feed.paused]
    report = status_report(settings, health, utc_now())
    own = {url: row["title"] or url for url, row in known.items()}
    names = own | {feed.url: feed.name for feed in report.feeds}
    return [
        *(f"paused: {names[url]}" for url in paused),
        *(
            f"failing: {names[url]}: {row['last_error']}"
            for url, row in known.items()
            if row["failures"] and url not in paused
        ),
        *(waiting_line(waiting, settings.zone) for waiting in report.waiting),
        *(
            f"over its quota: {names.get(incident.subject, incident.subject)}: {incident.message}"
            for incident in health.incidents
            if incident.kind == "quota"
        ),
        *(
            f"outran its polls, last {clock_time(row['missed_at'], settings.zone)}: {names[url]}"
            for url, row in known.items()
            if row["missed_at"]
        ),
    ]
