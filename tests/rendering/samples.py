"""Editions for tests, plain and arbitrary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from digest.model import AlsoIn, Edition, Held, Section, Story

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def story(number: int = 1, **changes: Any) -> Story:
    """A story of its own title and address."""
    fields: dict[str, Any] = {
        "title": f"Story {number}",
        "url": f"https://site.example/{number}",
        "feed": "A feed",
        "author": "Ada",
        "published": NOW - timedelta(hours=number),
        "excerpt": f"What story {number} is about. And a little more.",
        "reading_minutes": 4,
        "entries": (number,),
    }
    return Story(**(fields | changes))


def edition(*stories: Story, **changes: Any) -> Edition:
    """An edition whose stories are in one section for each feed."""
    by_feed: dict[str, list[Story]] = {}
    for each in stories:
        by_feed.setdefault(each.feed, []).append(each)
    fields: dict[str, Any] = {
        "digest": "weekly",
        "title": "Weekly reading",
        "subject": f"Weekly reading: {stories[0].title if stories else 'nothing new'}",
        "period_from": NOW - timedelta(days=7),
        "period_to": NOW,
        "composed_at": NOW,
        "timezone": "Europe/Berlin",
        "sections": tuple(Section(feed, tuple(group)) for feed, group in by_feed.items()),
    }
    return Edition(**(fields | changes))


def ordinary(count: int) -> Edition:
    """An edition with so many entries of the usual length, from four feeds."""
    return edition(
        *(
            story(
                number,
                title=f"Number {number}: how a small team moved its database with no downtime",
                url=f"https://engineering.site.example/2026/11/moving-a-database-{number}.html",
                feed=f"Feed {number % 4}",
                excerpt="It took three weeks of work and one long night. Here is what they learned "
                "on the way, what went wrong twice, and which of it they would do again tomorrow.",
            )
            for number in range(count)
        )
    )


_ALPHABETS = (
    st.text(min_size=1, max_size=40),
    st.text("abc <>&*_~|`\\\"'\n\r\u2028\u202e{}%", min_size=1, max_size=400),
    st.text("😀👩‍👧日本語אב", min_size=1, max_size=1_000),
)
TEXT = st.one_of(*_ALPHABETS)
_URLS = st.one_of(
    st.just(""),
    st.integers(0, 3_000).map(lambda length: "https://site.example/" + "a" * length),
    st.integers(0, 500).map(lambda length: "https://site.example/" + "語" * length),
)
_ALSO = st.lists(st.builds(AlsoIn, feed=TEXT, url=_URLS), max_size=7).map(tuple)


def _numbered(sections: list[tuple[str, list[Story]]]) -> tuple[Section, ...]:
    """Sections whose stories have titles that begin with their own number."""
    number = 0
    numbered = []
    for title, stories in sections:
        group = []
        for each in stories:
            number += 1
            fields = {
                field: getattr(each, field)
                for field in ("url", "author", "published", "excerpt", "also_in")
            }
            group.append(story(number, title=f"#{number}: {each.title}", feed=title, **fields))
        numbered.append(Section(title, tuple(group)))
    return tuple(numbered)


def editions(max_sections: int = 5, max_stories: int = 12) -> SearchStrategy[Edition]:
    """Any edition; each title begins with `#N:`, counting stories from 1."""
    stories = st.builds(
        Story,
        title=TEXT,
        url=_URLS,
        feed=st.just(""),
        author=st.one_of(st.just(""), TEXT),
        published=st.one_of(st.none(), st.just(NOW)),
        excerpt=st.one_of(st.just(""), TEXT),
        reading_minutes=st.just(1),
        also_in=_ALSO,
        updated=st.booleans(),
    )
    sections = st.lists(
        st.tuples(TEXT, st.lists(stories, min_size=1, max_size=max_stories)),
        max_size=max_sections,
    ).map(_numbered)
    return st.builds(
        Edition,
        digest=st.just("weekly"),
        # The settings have no title without a visible character.
        title=st.text(max_size=119).map("T{}".format),
        subject=TEXT.map("Weekly: {}".format),
        period_from=st.just(NOW - timedelta(days=7)),
        period_to=st.just(NOW),
        composed_at=st.just(NOW),
        timezone=st.sampled_from(["UTC", "Asia/Tokyo"]),
        sections=sections,
        held_back=st.sampled_from([0, 1, 2_000]),
        held=st.lists(st.builds(Held, TEXT, st.integers(1, 2_000)), max_size=5).map(tuple),
        language=st.sampled_from(["en", "de", "ar", "ja"]),
    )
