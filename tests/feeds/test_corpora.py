"""What other projects' test suites state about real and made feeds, held against ours.

A fact that does not hold here is listed with its reason; one that is listed and holds fails too.
"""

from __future__ import annotations

import calendar
import json
from datetime import UTC, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Any

from digest.errors import FeedError
from digest.feeds.parsing.media import read_seconds
from digest.feeds.text import absolute_link, one_line, without_markup
from tests.feed_xml import parse_feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from digest.model import ParsedEntry, ParsedFeed

    Fact = tuple[str, bool]

URL = "https://site.example/feeds/feed.xml"


def parsed(body: bytes) -> ParsedFeed | FeedError:
    try:
        return parse_feed(body, URL)
    except FeedError as error:
        return error


def readings(text: str) -> set[str]:
    """A title or name as it shows, whether it was meant as text or as HTML."""
    return {one_line(text, 1_000), one_line(without_markup(text), 1_000)}


def moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp).replace(microsecond=0)


def words(html: str) -> str:
    return " ".join(without_markup(html.replace("<", " <")).split())


# What the authors of realworld's feeds state.


def item_facts(entries: tuple[ParsedEntry, ...], stated: list[Any], text: str) -> Iterator[Fact]:
    for number, (entry, item) in enumerate(zip(entries, stated, strict=False)):
        # feed-rs makes an id where there is none.
        if item["id"] in text:
            yield f"item {number} id", entry.guid == item["id"]
        yield f"item {number} title", entry.title in readings(item["title"] or "")
        yield f"item {number} link", entry.link == absolute_link(URL, item["link"] or "", 4_096)
        said = item["published"] or item["updated"]
        yield f"item {number} published", entry.published == (moment(said) if said else None)


def stated_item(entries: tuple[ParsedEntry, ...], item: dict[str, Any]) -> Iterator[Fact]:
    """What is said of one item, found by its title."""
    found = next((one for one in entries if one.title in readings(item["title"])), None)
    yield "item title", found is not None
    if found and "id" in item:
        yield "item id", found.guid == item["id"]
    if found and "link" in item:
        yield "item link", found.link == item["link"]
    if found and "published_epoch" in item:
        stated = datetime.fromtimestamp(item["published_epoch"], UTC)
        yield "item published", found.published == stated


HAS: dict[str, Callable[[ParsedEntry], object]] = {
    "title": lambda entry: entry.title,
    "link": lambda entry: entry.link,
    "externalURL": lambda entry: entry.link,
    "content": lambda entry: entry.html,
    # Where a recording is to be heard is not kept, that there is one is.
    "enclosure": lambda entry: entry.seconds,
}
FORMATS = {"Atom": "atom", "JSON": "json", "RSS0": "rss09", "RSS1": "rss10", "RSS2": "rss20"}
OF_A_FEED: dict[str, Callable[[ParsedFeed, Any], bool]] = {
    "items": lambda feed, value: len(feed.entries) == value,
    "title": lambda feed, value: feed.title in readings(value or ""),
    "feed_type": lambda feed, value: feed.format.startswith(FORMATS[value]),
    "every_item_has": lambda feed, value: all(
        HAS[name](entry) for name in value for entry in feed.entries
    ),
    "no_item_title_in": lambda feed, value: not {entry.title for entry in feed.entries} & {*value},
    "every_id_prefix": lambda feed, value: all(
        entry.guid.startswith(value) for entry in feed.entries
    ),
    "no_replacement_char_in_titles": lambda feed, _: (
        not any("\ufffd" in entry.title for entry in feed.entries)
    ),
    "date_format": lambda feed, _: all(entry.published for entry in feed.entries),
    "first_item_id": lambda feed, value: first(feed).guid == value,
}


def realworld_facts(body: bytes, stated: dict[str, Any]) -> Iterator[Fact]:
    feed = parsed(body)
    if "error" in stated:
        refused = isinstance(feed, FeedError)
        yield stated["error"], refused == (stated["error"] == "Not a feed")
        return
    yield "parses", not isinstance(feed, FeedError)
    if isinstance(feed, FeedError):
        return
    for name in stated.keys() & OF_A_FEED.keys():
        yield name, OF_A_FEED[name](feed, stated[name])
    if "item" in stated:
        yield from stated_item(feed.entries, stated["item"])
    text = body.decode("utf-8", "replace")
    yield from item_facts(feed.entries, stated.get("item_facts", []), text)


# What feedparser's own tests state, where our nouns carry it.


def first(feed: ParsedFeed) -> ParsedEntry:
    return feed.entries[0]


def same_words(entry: ParsedEntry, value: str) -> bool:
    return any(words(text) in words(entry.html) for text in (value, escape(value)))


def same_moment(stamp: datetime | None, value: list[int]) -> bool:
    return stamp == datetime.fromtimestamp(calendar.timegm((*value,)), UTC)


TRANSLATED: dict[str, Callable[[ParsedFeed, Any], bool]] = {
    "len(entries)": lambda feed, value: len(feed.entries) == value,
    "version": lambda feed, value: feed.format == value,
    "feed.title": lambda feed, value: feed.title in readings(value),
    "feed.title_detail.value": lambda feed, value: feed.title in readings(value),
    "feed.link": lambda feed, value: feed.link == absolute_link(URL, value, 4_096),
    "feed.ttl": lambda feed, value: feed.poll_hints.interval == timedelta(minutes=int(value)),
    **dict.fromkeys(
        ("entries[0].title", "entries[0].title_detail.value"),
        lambda feed, value: first(feed).title in readings(value),
    ),
    **dict.fromkeys(
        ("entries[0].id", "entries[0].guid"), lambda feed, value: first(feed).guid == value
    ),
    "entries[0].link": lambda feed, value: first(feed).link == absolute_link(URL, value, 4_096),
    "entries[0].author": lambda feed, value: first(feed).author in value != "",
    "entries[0].author_detail.name": lambda feed, value: first(feed).author == value,
    "entries[0].authors[0].name": lambda feed, value: value in first(feed).author,
    "entries[0].image.href": lambda feed, value: first(feed).image == value,
    "entries[0].itunes_duration": lambda feed, value: first(feed).seconds == read_seconds(value),
    **dict.fromkeys(
        (
            *("entries[0].summary", "entries[0].description", "entries[0].summary_detail.value"),
            "entries[0].content[0].value",
        ),
        lambda feed, value: same_words(first(feed), value),
    ),
    **dict.fromkeys(
        (
            *("entries[0].published_parsed", "entries[0].updated_parsed"),
            "entries[0].created_parsed",
        ),
        lambda feed, value: same_moment(first(feed).published, value),
    ),
}


def feedparser_facts(body: bytes, assertions: list[dict[str, Any]]) -> Iterator[Fact]:
    translated = [one for one in assertions if one["path"] in TRANSLATED and one["op"] == "=="]
    feed = parsed(body) if translated else None
    if isinstance(feed, FeedError):
        yield f"parses: {feed.reason}", False
        return
    for one in translated:
        if feed is not None:
            holds = bool(feed.entries or "entries" not in one["path"])
            yield one["path"], holds and TRANSLATED[one["path"]](feed, one["value"])


OTHER_SANITISER = (
    "a browser's reading of broken script tags, where feedparser's sanitiser has its own"
)
FULLEST_TEXT = "only the fullest text of an entry is kept, here the content"
WITHOUT_END = "ends before or within its closing tag"
NO_HEADERS = "made absolute with a response header, which we never pass on"

EXCEPTIONS = {
    "realworld/netnewswire/qemu.atom: item link": "relative, and the test does not know its host",
    "realworld/feed-rs/rss0/rss_0.91_encoding_1.xml: item 0 link": "feed-rs lower-cases the host",
    **dict.fromkeys(
        (
            "feedparser/wellformed/sanitize/entry_content_crazy.xml: entries[0].content[0].value",
            "feedparser/wellformed/sanitize/entry_summary_crazy.xml: entries[0].summary",
            "feedparser/wellformed/sanitize/entry_title_crazy.xml: entries[0].title",
            "feedparser/wellformed/sanitize/feed_title_crazy.xml: feed.title",
            "feedparser/wellformed/sanitize/item_content_encoded_crazy.xml: entries[0].description",
            "feedparser/wellformed/sanitize/xml_declaration_unexpected_character.xml: feed.title",
        ),
        OTHER_SANITISER,
    ),
    **dict.fromkeys(
        (
            "feedparser/wellformed/atom10/entry_content_and_summary.xml: entries[0].summary",
            "feedparser/wellformed/rss/item_summary_and_description.xml: entries[0].summary",
        ),
        FULLEST_TEXT,
    ),
    **dict.fromkeys(
        (
            "realworld/feed-rs/rss1/rss_1.0_example_1.xml: item 0 link",
            "realworld/feed-rs/rss1/rss_1.0_example_1.xml: item 1 link",
        ),
        "relative to the site that the feed names, where feed-rs leaves it as it is",
    ),
    **dict.fromkeys(
        (
            "feedparser/wellformed/http/headers_content_location-unsafe.xml: feed.link",
            "feedparser/wellformed/base/http_channel_link_base_content_location.xml: feed.link",
        ),
        NO_HEADERS,
    ),
    "feedparser/illformed/rss_item_link_corrupted_ampersands.xml: "
    "parses: ends before its closing tag": WITHOUT_END,
    "feedparser/wellformed/atom10/entry_title_base64_2.xml: entries[0].title": (
        "of a media type that is no text"
    ),
    "feedparser/wellformed/base/http_entry_id_base_docuri.xml: entries[0].id": (
        "feedparser resolves the id, and ids are never resolved"
    ),
}
# An entry within another is none, and ends none.
OTHER_COUNTS = {
    "realworld/node-feedparser/illegally-nested.xml": 10,
    # Compressed, which the library that it is from has to be told.
    "realworld/node-feedparser/invalid-characters-gzipped.xml": 25,
}
# Every file that is refused, and why that is right.
REFUSED = {
    "feedparser/encoding/bozo_invalid-bytes-with-bom.xml": WITHOUT_END,
    "feedparser/illformed/rdf_channel_empty_textinput.xml": WITHOUT_END,
    "feedparser/illformed/rss_item_link_corrupted_ampersands.xml": WITHOUT_END,
    "feedparser/illformed/rss_incomplete_cdata.xml": WITHOUT_END,
    "feedparser/wellformed/cdf/channel_abstract_map_description.xml": "without a single entry",
    "feedparser/wellformed/cdf/channel_href_map_links.xml": "without a single entry",
    "realworld/feed-rs/rss2/rss_2.0_invalid_1.xml": WITHOUT_END,
    "realworld/feed-rs/xml/xml_sample_1.xml": "a catalogue",
    "realworld/miniflux/xml/iso88591.xml": "some XML",
    "realworld/miniflux/xml/iso88591_utf8_mismatch.xml": "some XML",
    "realworld/netnewswire/ScriptingNews.json": "RSS spelt as JSON, which is no JSON Feed",
    "realworld/netnewswire/SubsNoTitleAttributes.opml": "a list of feeds, which is no feed",
    "realworld/node-feedparser/notafeed.html": "a web page",
}


def manifest(shared: Path, name: str) -> list[tuple[str, bytes, dict[str, Any]]]:
    folder = shared / "corpora" / name
    files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    return [(one["file"], (folder / one["file"]).read_bytes(), one) for one in files]


def assert_only_exceptions_fail(facts: dict[str, bool], corpus: str) -> None:
    listed = {fact for fact in EXCEPTIONS if fact.startswith(f"{corpus}/")}
    assert {fact for fact, holds in facts.items() if not holds} == listed


def test_what_is_stated_of_real_feeds_holds(shared: Path) -> None:
    facts = {
        f"realworld/{file}: {fact}": holds
        for file, body, one in manifest(shared, "realworld")
        if one.get("expected")
        for fact, holds in realworld_facts(body, one["expected"])
    }
    assert_only_exceptions_fail(facts, "realworld")
    assert len(facts) > 400


def test_what_feedparser_states_of_its_cases_holds(shared: Path) -> None:
    facts = {
        f"feedparser/{file}: {fact}": holds
        for file, body, one in manifest(shared, "feedparser")
        for fact, holds in feedparser_facts(body, one["assertions"])
    }
    assert_only_exceptions_fail(facts, "feedparser")
    assert len(facts) > 450


def test_only_what_is_no_whole_feed_is_refused(shared: Path) -> None:
    feeds = {
        f"{name}/{file}": (parsed(body), one.get("feedparser_6_0_14", {}).get("entries"))
        for name in ("feedparser", "realworld")
        for file, body, one in manifest(shared, name)
    }
    refused = {file for file, (feed, _) in feeds.items() if isinstance(feed, FeedError)}
    assert refused == REFUSED.keys()
    for file, (feed, seen) in feeds.items():
        if not isinstance(feed, FeedError) and not feed.format.startswith("json"):
            assert OTHER_COUNTS.get(file, seen) in {None, len(feed.entries)}, file
