"""What an earlier version read otherwise is recognised, and nothing else is taken for it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.feeds.diff import Changes, Overlap, diff
from digest.feeds.identity import identify
from digest.model import KnownEntry, ParsedEntry, ParsedFeed
from tests.feed_xml import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = timedelta(days=1)
HOME = "https://site.example/"


def plain(n: int, **said: object) -> ParsedEntry:
    """An entry without a guid."""
    usual = ParsedEntry(
        "",
        f"{HOME}{n}?id={n}&lang=en",
        f"Größe für Übung {n}",
        "",
        NOW - n * DAY,
        f"<p>Füße {n}</p>",
    )
    return replace(usual, **said)


def remembered(*entries: ParsedEntry, listed: bool = True) -> list[KnownEntry]:
    """Entries as a database of before has them."""
    return [
        KnownEntry(
            number,
            keyed.key,
            keyed.fingerprint,
            frozenset(keyed.names),
            listed,
            keyed.entry.title,
            keyed.entry.link,
            keyed.entry.published,
            outdated=True,
        )
        for number, keyed in enumerate(identify(ParsedFeed("", entries, "rss20", HOME)))
    ]


def compare(before: list[ParsedEntry], now: list[ParsedEntry], *, listed: bool = True) -> Changes:
    return diff(
        identify(ParsedFeed("", tuple(now), "rss20", HOME)), remembered(*before, listed=listed)
    )


def garbled(text: str, *, wrong: str = "mac_roman") -> str:
    return text.encode().decode(wrong, "replace")


def in_mac_roman(entry: ParsedEntry) -> ParsedEntry:
    return replace(entry, title=garbled(entry.title), html=garbled(entry.html))


READINGS: dict[str, Callable[[ParsedEntry], ParsedEntry]] = {
    "garbled": in_mac_roman,
    "an entity in the link": lambda entry: replace(
        entry, link=entry.link.replace("&lang", "〈"), html=garbled(entry.html)
    ),
    "a relative link, resolved elsewhere": lambda entry: replace(
        entry, link=entry.link.replace("site", "elsewhere"), html=""
    ),
    "no link": lambda entry: replace(entry, link="", html=""),
    "no date": lambda entry: replace(entry, published=None),
    "another title": lambda entry: replace(entry, title="A caption"),
    "the text as the title": lambda entry: replace(entry, title=entry.html, link=""),
}


LACKS: list[dict[str, object]] = [{}, {"published": None}, {"html": ""}, {"link": ""}]


def _agreeing(before: ParsedEntry, now: ParsedEntry) -> int:
    names = ("published", "title", "link", "html")
    return sum(
        bool(getattr(now, name)) and getattr(before, name) == getattr(now, name) for name in names
    )


@pytest.mark.parametrize(
    ("reading", "lacks"),
    [
        pytest.param(
            reading, lacks, id=f"{name}, {'' if lacks else 'nothing'}{''.join(lacks)} lacks"
        )
        for name, reading in READINGS.items()
        for lacks in LACKS
        if _agreeing(reading(plain(1, **lacks)), plain(1, **lacks)) >= 2
    ],
)
def test_what_was_read_otherwise_is_recognised(
    reading: Callable[[ParsedEntry], ParsedEntry], lacks: dict[str, object]
) -> None:
    entries = [plain(n, **lacks) for n in range(5)]
    changes = compare(list(map(reading, entries)), entries)
    assert changes.new == ()
    assert [one.known.id for one in changes.recognised] == list(range(5))
    assert all(one.restored for one in changes.recognised if one.edited)


def test_titles_without_any_latin_letter_are_told_by_their_dates() -> None:
    entries = [plain(n, link="", title=f"Русский {letter}") for n, letter in enumerate("абвгд")]
    assert compare(list(map(in_mac_roman, entries)), entries).new == ()


def test_what_is_really_new_is_new() -> None:
    entries = [plain(n) for n in range(5)]
    changes = compare(list(map(in_mac_roman, entries[1:])), entries)
    assert [one.entry.title for one in changes.new] == [entries[0].title]


def test_another_guid_is_another_entry() -> None:
    before = [plain(n, guid=f"urn:{n}") for n in range(5)]
    now = [
        plain(n, guid=f"urn:other-{n}", link=f"{HOME}other/{n}", title=f"Other {n}")
        for n in range(5)
    ]
    assert len(compare(before, now).new) == 5


def test_a_guid_that_may_be_read_otherwise_is_no_other() -> None:
    now = [plain(n, guid=f"{HOME}{n}?a=1&lang=en", html=f"{n}") for n in range(5)]
    before = [
        replace(entry, guid=entry.guid.replace("&lang", "〈"), html="", link="") for entry in now
    ]
    assert compare(before, now).new == ()


def test_what_the_last_body_did_not_have_is_not_guessed() -> None:
    entries = [plain(n, link="") for n in range(5)]
    assert len(compare(list(map(in_mac_roman, entries)), entries, listed=False).new) == 5


def test_bytes_that_are_the_same_say_the_same() -> None:
    before = remembered(plain(0), plain(1))
    now = identify(ParsedFeed("", (plain(2), plain(3), plain(4)), "rss20", HOME))
    overlap = Overlap(3, {now[1].key: before[0].id, now[2].key: before[1].id})
    changes = diff(now, before, overlap)
    assert [one.entry for one in changes.new] == [now[0].entry]
    assert [one.known.id for one in changes.recognised] == [0, 1]


TEXTS = st.sampled_from(["", "Größe", "Русский", "Some title", "Another title"])
ENTRIES = st.builds(
    ParsedEntry,
    guid=st.sampled_from(["", "urn:1", "urn:2"]),
    link=st.sampled_from(["", f"{HOME}one", f"{HOME}two?a&b"]),
    title=TEXTS,
    author=st.just(""),
    published=st.sampled_from([None, NOW, NOW + DAY]),
    html=TEXTS,
)
BODIES = st.lists(ENTRIES, max_size=6)


@given(BODIES, BODIES)
def test_every_entry_is_new_or_one_that_is_known(
    before: list[ParsedEntry], now: list[ParsedEntry]
) -> None:
    changes = compare(before, now)
    found = [one.known.id for one in changes.recognised]
    assert len(found) == len(set(found))
    assert len(found) + len(changes.new) == len(identify(ParsedFeed("", tuple(now), "rss20", HOME)))
    assert len({one.key for one in changes.new}) == len(changes.new)


@given(BODIES)
def test_read_as_before_nothing_is_new(body: list[ParsedEntry]) -> None:
    changes = compare(body, body)
    assert changes.new == ()
    assert not [one for one in changes.recognised if one.edited]


def test_a_post_without_a_guid_that_leads_elsewhere_now_is_the_same() -> None:
    post, story = f"{HOME}r/x/comments/1/", "https://story.example/"
    text = f'submitted by <a href="{story}">[link]</a> <a href="{post}">[comments]</a>'
    before = [plain(n, link=f"{post}{n}", html=text) for n in range(3)]
    now = [replace(entry, guid=entry.link, link=f"{story}{n}") for n, entry in enumerate(before)]

    changes = compare(before, now)

    assert not changes.new
    assert [(entry.known.id, entry.restored) for entry in changes.recognised] == [
        *((0, True), (1, True), (2, True)),
    ]
