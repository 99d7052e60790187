"""A selection to an edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.editions.subjects import arrange
from digest.model import AlsoIn, Edition, Failing, Held, Related, Section, Story

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from digest.editions.select import Selection
    from digest.editions.stories import Cluster
    from digest.model import Entry

_WORDS_A_MINUTE = 230
_LONGEST_LEAD = 90


@dataclass(frozen=True, slots=True)
class Frame:
    """What an edition is, apart from its stories.

    `period_from` is None for a first edition, which reaches as far back as its entries; where a
    clock was set back it may lie after the end, and the period is empty.
    `names` is what the configuration calls each feed, by address, in the order sections take;
    `marking` are the addresses of those whose edited entries are marked.
    """

    digest: str
    title: str
    timezone: str
    period_from: datetime | None
    period_to: datetime
    composed_at: datetime
    names: Mapping[str, str | None]
    marking: frozenset[str] = frozenset()
    held: tuple[Held, ...] = ()
    failing: tuple[Failing, ...] = ()


def compose(frame: Frame, selection: Selection) -> Edition:
    """Compose sections by feed, newest story first in each."""
    sections = tuple(
        Section(
            title=_feed_name(frame, selection.by_feed[url][0].lead),
            stories=tuple(_story(frame, one) for one in arrange(selection.by_feed[url])),
        )
        for url in frame.names
        if url in selection.by_feed
    )
    return Edition(
        digest=frame.digest,
        title=frame.title,
        subject=_subject(frame, sections),
        period_from=_start(frame, selection),
        period_to=frame.period_to,
        composed_at=frame.composed_at,
        timezone=frame.timezone,
        sections=sections,
        held_back=selection.held_back,
        held=frame.held,
        failing=frame.failing,
    )


def _start(frame: Frame, selection: Selection) -> datetime:
    if frame.period_from:
        return min(frame.period_from, frame.period_to)
    stories = (story for stories in selection.by_feed.values() for story in stories)
    return min((frame.period_to, *(entry.dated for story in stories for entry in story.everything)))


def _story(frame: Frame, cluster: Cluster) -> Story:
    lead = cluster.lead
    return Story(
        title=lead.title,
        url=lead.link,
        feed=_feed_name(frame, lead),
        author=lead.author,
        published=lead.published,
        excerpt=lead.excerpt,
        reading_minutes=max(1, round(max(lead.words / _WORDS_A_MINUTE, (lead.seconds or 0) / 60))),
        also_in=tuple(
            AlsoIn(_feed_name(frame, other), other.link) for other in cluster.entries[1:]
        ),
        entries=tuple(entry.id for entry in cluster.everything),
        updated=lead.edited_at is not None and lead.feed_url in frame.marking,
        related=tuple(
            Related(other.title, other.link, _feed_name(frame, other)) for other in cluster.related
        ),
        group=cluster.group,
    )


def _feed_name(frame: Frame, entry: Entry) -> str:
    return (
        frame.names.get(entry.feed_url)
        or entry.feed_title
        or urlsplit(entry.feed_url).hostname
        or entry.feed_url
    )


def _subject(frame: Frame, sections: tuple[Section, ...]) -> str:
    """The digest, its newest story, and how many more: different for each edition."""
    stories = [story for section in sections for story in section.stories]
    if not stories:
        return f"{frame.title}: nothing new"
    newest = max(stories, key=lambda story: story.published.timestamp() if story.published else 0)
    lead = newest.title
    if len(lead) > _LONGEST_LEAD:
        lead = lead[: _LONGEST_LEAD - 1].rsplit(" ", 1)[0] + "…"
    more = f", and {len(stories) - 1} more" if len(stories) > 1 else ""
    return f"{frame.title}: {lead}{more}"
