"""Words, dates and escapes that the built-in templates and Slack posts share."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from digest.language import language_of
from digest.model import ALERTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from digest.language import Direction, Language
    from digest.model import BlockLine, Edition, More, Section, Story

# A word that is longer is cut in two.
_LONGEST_TAIL = 15
_DAYS_OF_A_WEEK = 7
# By bidirectional class, and the marks that count as a letter (Unicode UAX 9).
_DIRECTIONS: dict[str, Direction] = {"L": "ltr", "R": "rtl", "AL": "rtl"}
_MARKS: dict[Direction, str] = {"ltr": "\u200e", "rtl": "\u200f"}


def short(text: str, graphemes: int) -> str:
    """The text cut to what readers see as so many characters."""
    if len(text) <= graphemes:
        return text
    # Few texts are so long.
    import regex

    found = regex.finditer(r"\X", text)
    ends = [match.end() for match, _ in zip(found, range(graphemes + 1), strict=False)]
    return text if len(ends) <= graphemes else text[: ends[graphemes - 2]].rstrip() + "…"


def short_line(text: str, most: int) -> str:
    """The text cut to so many graphemes, and as many units of UTF-16, at the end of a word.

    A grapheme can be of any length, a message cannot; a unit is six characters of JSON or less.
    """
    encoded = text.encode("utf-16-le", "replace")
    whole = encoded[: 2 * most].decode("utf-16-le", "ignore")
    cut = short(whole if len(encoded) <= 2 * most else f"{whole[:-1]}…", most)
    if cut == whole:
        return cut
    head, _, tail = cut.rpartition(" ")
    return f"{head}…" if head.strip() and len(tail) <= _LONGEST_TAIL else cut


def day(at: datetime, timezone: str, language: Language) -> str:
    """`20 November 2026`, in the digest's time zone."""
    return language.day(at.astimezone(ZoneInfo(timezone)).date())


def age(at: datetime, edition: Edition) -> str:
    """`Tuesday`, `20 November`: the day as seen from the one of composing."""
    zone = ZoneInfo(edition.timezone)
    days = (time.astimezone(zone).date() for time in (at, edition.composed_at))
    return language_of(edition.language).age(*days)


def period(edition: Edition) -> str:
    """`13 to 20 November 2026`, or the one day."""
    zone = ZoneInfo(edition.timezone)
    days = (at.astimezone(zone).date() for at in (edition.period_from, edition.period_to))
    return language_of(edition.language).period(*days)


def summary(edition: Edition) -> str:
    """Period, count, and about how much there is to read, hear and watch, as far as known."""
    if edition.digest == ALERTS:
        # An alert says all there is.
        return period(edition)
    language = language_of(edition.language)
    parts = [period(edition)]
    if edition.stories:
        parts.append(language.count(len(edition.stories), "story", "stories"))
    parts += [inline(feed, language.direction) for feed in _unnamed(edition)]
    if edition.reading_minutes:
        time = language.duration(edition.reading_minutes)
        parts.append(language.translate("about {time} to read", time=time))
    if edition.listening_minutes:
        time = language.duration(edition.listening_minutes)
        parts.append(language.translate("about {time} to listen", time=time))
    if edition.watching_minutes:
        time = language.duration(edition.watching_minutes)
        parts.append(language.translate("about {time} to watch", time=time))
    return " · ".join(parts)


def _unnamed(edition: Edition) -> set[str]:
    """The feed of an edition without headings, unless its title says it."""
    return {
        section.title
        for section in edition.sections
        if not section.headed and section.title not in edition.title
    }


def facts(
    edition: Edition,
    section: Section,
    story: Story,
    *,
    brief: bool = False,
    whole_date: bool = False,
    dated: bool = True,
) -> list[str]:
    """What is known of a story beside its words: feed, author, date, how long it takes.

    Not the feed or the author where the heading of its section says the same; with `brief`
    neither author nor time, without `dated` no date. A date is told by its age, unless it is to be
    whole.
    """
    language = language_of(edition.language)
    facts_shown = [language.translate("Updated")] if story.updated else []
    if story.had:
        return [*facts_shown, had_before(edition, story)]
    facts_shown += [inline(who, language.direction) for who in sources(section, story, brief=brief)]
    if story.published and dated:
        facts_shown.append(_dated(edition, story.published, whole_date=whole_date))
    if time := "" if brief else time_taken(story, language):
        facts_shown.append(time)
    return facts_shown


def most_first(counted: Iterable[More]) -> list[More]:
    """What is counted by feed, that of which there is most first."""
    return sorted(counted, key=lambda more: more.stories, reverse=True)


def glance(edition: Edition, line: BlockLine) -> str:
    """A line of a block as text: `09:30 Stand-up · Room 4`."""
    way = language_of(edition.language).direction
    begins = filter(None, (line.symbol, line.at, inline(line.text, way)))
    return " · ".join(filter(None, (" ".join(begins), inline(line.about, way))))


def had_before(edition: Edition, story: Story) -> str:
    """`you had this on Monday: now also in A feed`; nothing of a story that is new.

    The day has its name or its date, since it may be read on another than that of composing.
    """
    if not story.had:
        return ""
    language, zone = language_of(edition.language), ZoneInfo(edition.timezone)
    day, today = (time.astimezone(zone).date() for time in (story.had, edition.composed_at))
    is_of_this_week = (today - day).days < _DAYS_OF_A_WEEK
    return language.translate(
        "you had this on {day}: now also in {feed}",
        day=language.weekday(day) if is_of_this_week else language.day_and_month(day),
        feed=inline(story.feed, language.direction),
    )


def time_taken(story: Story, language: Language) -> str:
    """`4 min` to read, `listen 1 h 43 min` or `watch 12 min`; nothing where nobody knows."""
    if not story.reading_minutes:
        return ""
    time = language.duration(story.reading_minutes)
    if not story.recording:
        return time
    if story.video:
        return language.translate("watch {time}", time=time)
    return language.translate("listen {time}", time=time)


def posted(edition: Edition, story: Story, *, whole_date: bool = False) -> str:
    """What the link of a post without a title says: its date, else where or whose it is."""
    if story.published:
        return _dated(edition, story.published, whole_date=whole_date)
    return urlsplit(story.url).hostname or story.feed or story.title


def _dated(edition: Edition, at: datetime, *, whole_date: bool) -> str:
    language = language_of(edition.language)
    return day(at, edition.timezone, language) if whole_date else age(at, edition)


def sources(section: Section, story: Story, *, brief: bool = False) -> list[str]:
    """Feed and author of a story, but for what the heading of its section or the feed says."""
    known = [section.title]
    feed = "" if _is_release_of(story) else story.feed
    for who in (feed, "" if brief else story.author):
        if who and not any(f" {who} " in f" {shown} " for shown in known):
            known.append(who)
    return known[1:]


def _is_release_of(story: Story) -> bool:
    """Whether a title is the name of its feed and a version: `uv 0.12.4` of `uv`."""
    name, _, version = story.title.rpartition(" ")
    return name.casefold() == story.feed.casefold() and any(map(str.isdecimal, version))


def direction(text: str, unsaid: Direction = "ltr") -> Direction:
    """`ltr` or `rtl`, by the first letter that has a direction (Unicode UAX 9, rule P2)."""
    return next(filter(None, map(_direction, text)), unsaid)


def inline(text: str, around: Direction) -> str:
    """Text for inside a line: what follows keeps its place after words written the other way.

    So does what it begins and ends with itself, like a quotation mark.
    """
    if not any(_direction(letter) not in {None, around} for letter in text):
        return text
    end, own = _MARKS[around], direction(text)
    if own != around and not _direction(text[-1]):
        end = _MARKS[own] + end
    start = _MARKS[own] if own != around and not _direction(text[0]) else ""
    return f"{start}{text}{end}"


def line(text: str, around: Direction) -> str:
    """A line of plain text that reads in a direction, whatever name it begins with."""
    return text if direction(text, around) == around else f"{_MARKS[around]}{text}"


def _direction(letter: str) -> Direction | None:
    return _DIRECTIONS.get(unicodedata.bidirectional(letter))
