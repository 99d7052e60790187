"""Words, dates and escapes that the built-in templates and Slack posts share."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import datetime

    from digest.model import Edition

# What means something anywhere, then what does at the start of a line or, a #, of a word.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>~&]|^[+-]|(?<!\S)#")
# A number with a dot makes a list at the start of a line only.
_NUMBERED = re.compile(r"^(\d+)([.)])")
_MARKDOWN_URL = re.compile(r"[<>\s\\]|&(?=#?\w+;)")
_NAME, _NAMED = 60, 3


def short(text: str, graphemes: int) -> str:
    """The text cut to what readers see as so many characters."""
    if len(text) <= graphemes:
        return text
    # Few texts are so long.
    import regex

    found = regex.finditer(r"\X", text)
    ends = [match.end() for match, _ in zip(found, range(graphemes + 1), strict=False)]
    return text if len(ends) <= graphemes else text[: ends[graphemes - 2]].rstrip() + "…"


def day(at: datetime, timezone: str) -> str:
    """`20 November 2026`, in the digest's time zone."""
    local = at.astimezone(ZoneInfo(timezone))
    return f"{local.day} {local:%B %Y}"


def period(edition: Edition) -> str:
    """`13 to 20 November 2026`, or the one day."""
    zone = ZoneInfo(edition.timezone)
    start, end = (at.astimezone(zone) for at in (edition.period_from, edition.period_to))
    if start.date() == end.date():
        return day(end, edition.timezone)
    first = str(start.day)
    if (start.year, start.month) != (end.year, end.month):
        first = f"{start.day} {start:%B}" + (f" {start.year}" if start.year != end.year else "")
    return f"{first} to {day(end, edition.timezone)}"


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 story`, `12 stories`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def reading_time(minutes: int) -> str:
    """`4 min`, `1 h 20 min`."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def summary(edition: Edition) -> str:
    """Period, count and reading time, in a line."""
    if edition.stories and not edition.reading_minutes:
        # An alert says all there is.
        return period(edition)
    parts = [period(edition), count(len(edition.stories), "story", "stories")]
    if edition.stories:
        parts.append(f"{reading_time(edition.reading_minutes)} to read in full")
    return " · ".join(parts)


def notes(edition: Edition) -> str:
    """Sentences about what waits, what is held and what cannot be read; or nothing."""
    sentences = []
    if edition.held_back:
        number = count(edition.held_back, "more story", "more stories")
        sentences.append(f"{number} will come with the next edition.")
    if edition.held:
        held = [
            f"{count(one.entries, 'entry', 'entries')} of {inline(short(one.feed, _NAME))}"
            for one in edition.held[:_NAMED]
        ]
        if more := len(edition.held) - len(held):
            held.append(f"those of {count(more, 'more feed')}")
        sentences.append(f"Held for review, since they came all at once: {', '.join(held)}.")
    if edition.failing:
        failing = [
            f"{inline(short(one.feed, _NAME))} (since {day(one.since, edition.timezone)})"
            for one in edition.failing[:_NAMED]
        ]
        if more := len(edition.failing) - len(failing):
            failing.append(count(more, "more feed"))
        sentences.append(f"Cannot be read: {', '.join(failing)}.")
    return " ".join(sentences)


def direction(text: str) -> str:
    """`rtl` or `ltr`, by the first letter that has a direction (Unicode UAX 9, rule P2)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def inline(text: str) -> str:
    """Text for inside an English line: what follows keeps its place after words written rtl."""
    rtl = any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)
    return f"{text}\u200e" if rtl else text


def markdown(text: str) -> str:
    """Text that Markdown shows as it is (CommonMark, backslash escapes)."""
    return _NUMBERED.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", text))


def markdown_url(url: str) -> str:
    """An address for the inside of `<...>` in a Markdown link."""
    return _MARKDOWN_URL.sub(
        lambda match: "&amp;" if match[0] == "&" else f"%{ord(match[0]):02X}", url
    )


def wrap(text: str, indent: int = 0, width: int = 72) -> str:
    """Lines of at most `width` columns; a word that is longer stays whole."""
    space = " " * indent
    return textwrap.fill(
        text,
        width,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )
