"""An edition as JSON, for programs (the `preview` contract) and for the file channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.model import as_dict

if TYPE_CHECKING:
    from digest.model import Edition, Story


def as_json(edition: Edition) -> dict[str, Any]:
    """The edition as plain data; times are ISO 8601."""
    return {
        "digest": edition.digest,
        "subject": edition.subject,
        "period": {
            "from": edition.period_from.isoformat(),
            "to": edition.period_to.isoformat(),
        },
        "sections": [
            {"title": section.title, "stories": [_story(story) for story in section.stories]}
            for section in edition.sections
        ],
        "held_back": edition.held_back,
    }


def _story(story: Story) -> dict[str, Any]:
    return {
        "title": story.title,
        "url": story.url,
        "feed": story.feed,
        "published": story.published.isoformat() if story.published else None,
        "excerpt": story.excerpt,
        "reading_minutes": story.reading_minutes,
        "facts": [as_dict(fact) for fact in story.facts],
        "discussion": story.discussion,
        "also_in": [{"feed": other.feed, "url": other.url} for other in story.also_in],
        "related": [
            {"title": other.title, "feed": other.feed, "url": other.url} for other in story.related
        ],
    }
