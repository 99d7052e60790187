"""Incidents to an alert: an edition like any other, so that it goes the way of all editions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from digest.model import ALERTS, Edition, Section, Story

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_TITLE = "digest alerts"
_SAYS = {
    "feed": "{name} cannot be read",
    "gone": "{name} is gone",
    "flood": "{name} brought far more than usual",
    "quota": "{name} brings more than is kept",
    "host": "{name} allows no requests",
    "channel": "The channel {name} takes nothing",
    "commands": "The channel {name} hears no commands",
    "template": "The templates of {name} fail",
    "disk": "The disk of the database is full",
    "settings": "{name} has an error",
}


class Trouble(Struct, frozen=True):
    """An incident as a person is told of it; `url` is its feed's address, `until` when it ended."""

    kind: str
    name: str
    url: str
    message: str
    since: datetime
    until: datetime | None = None


def compose_alert(troubles: Sequence[Trouble], timezone: str, now: datetime) -> Edition:
    """What has begun, and what is over."""
    begun = tuple(_story(trouble) for trouble in troubles if trouble.until is None)
    ended = tuple(_story(trouble) for trouble in troubles if trouble.until is not None)
    sections = (("Needs attention", begun), ("Over", ended))
    return Edition(
        digest=ALERTS,
        title=_TITLE,
        subject=_subject(begun, ended),
        period_from=min(trouble.since for trouble in troubles),
        period_to=now,
        composed_at=now,
        timezone=timezone,
        sections=tuple(Section(title, stories) for title, stories in sections if stories),
    )


def _story(trouble: Trouble) -> Story:
    return Story(
        title=_SAYS[trouble.kind].format(name=trouble.name),
        url=trouble.url,
        feed="",
        author="",
        published=trouble.until or trouble.since,
        excerpt=trouble.message,
        reading_minutes=0,
    )


def _subject(begun: Sequence[Story], ended: Sequence[Story]) -> str:
    stories = [*begun, *ended]
    lead = stories[0].title if begun else f"Over: {stories[0].title}"
    return f"{lead}, and {len(stories) - 1} more" if len(stories) > 1 else lead
