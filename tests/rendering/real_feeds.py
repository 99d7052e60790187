"""An edition of the real feeds, in the folder `shared` beside the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.feeds.identity import identify
from digest.model import More, Picture, Section, Story
from digest.rendering.clean import clean_entries
from tests.feed_xml import parse_feed
from tests.rendering.samples import NOW, edition

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model import CleanEntry, Edition

PICTURES = 3


def real_edition(feeds: Path, *, full: bool = False) -> Edition:
    """An edition of the newest entries of the feeds in a folder."""
    sections = [_section(path, full=full) for path in sorted(feeds.glob("*.xml"))]
    first = sections[0].stories[0]
    top = Section("Top stories", (replace(first, watched=("kubernetes",)),), top=True)
    sections[0] = replace(sections[0], stories=sections[0].stories[1:])
    stories = [story for section in (top, *sections) for story in section.stories]
    return edition(*stories, sections=(top, *sections), next_at=NOW.replace(day=23))


def _section(path: Path, *, full: bool) -> Section:
    parsed = parse_feed(path.read_bytes(), f"https://site.example/{path.name}")
    entries = clean_entries(identify(parsed))[:6]
    title = parsed.title or path.stem
    stories = [_story(n, entry, title, full=full) for n, entry in enumerate(entries)]
    return Section(title, tuple(stories), parsed.link, (More(title, parsed.link, 14),))


def _story(number: int, entry: CleanEntry, feed: str, *, full: bool) -> Story:
    return Story(
        title=entry.title,
        url=entry.link,
        feed=feed,
        author=entry.author,
        published=entry.published,
        excerpt=entry.excerpt,
        reading_minutes=max(1, entry.words // 230),
        html=entry.html if full and number < 2 else "",
        image=entry.image,
        picture=Picture(f"https://pictures.example/{number}.png", 1200, 630)
        if number < PICTURES
        else None,
        brief=number > 4,
    )
