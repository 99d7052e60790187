from __future__ import annotations

import json
import random
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from digest.errors import FeedError
from digest.feeds.parse import (
    MAX_ENTRIES,
    MAX_HTML,
    MAX_ID,
    MAX_LINK,
    MAX_NAME,
    MAX_TITLE,
    parse_feed,
)
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from digest.model import ParsedFeed
    from tests.servers import HttpServer

URL = "https://site.example/feed.xml"
CASES = Path(__file__).parent / "cases"
ATOM = (CASES / "atom" / "feed.xml").read_bytes()


def said(feed: ParsedFeed) -> object:
    return json.loads(json.dumps(asdict(feed), default=datetime.isoformat))


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case(case: str) -> None:
    expected = json.loads((CASES / case / "expected.json").read_text("utf-8"))
    assert said(parse_feed((CASES / case / "feed.xml").read_bytes(), URL)) == expected


def refusal(body: bytes) -> str:
    with pytest.raises(FeedError) as caught:
        parse_feed(body, URL)
    return caught.value.reason


def test_a_body_that_is_a_path_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_text(rss(item(1)))
    for body in (path, path.as_uri(), "/etc/passwd", "file:///etc/passwd"):
        assert refusal(str(body).encode()) == "is not a feed but something else"


def test_a_body_that_is_an_address_is_not_fetched(feed_server: HttpServer) -> None:
    feed_server.replies["/feed"] = Reply(rss(item(1)))
    for body in (f"{feed_server.url}/feed", f"feed:{feed_server.url}/feed", "http://127.0.0.1:1/"):
        assert refusal(body.encode()) == "is not a feed but something else"
    assert feed_server.seen == []


def test_an_external_entity_is_neither_opened_nor_fetched(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    for target in (secret.as_uri(), f"{feed_server.url}/entity"):
        doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{target}">]><rss'
        body = rss(item(1, title="TITLE")).replace("<rss", doctype).replace("TITLE", "a &x; b")
        assert "s3cret" not in str(parse_feed(body.encode(), URL))
    assert feed_server.seen == []


def test_entities_do_not_blow_up() -> None:
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 100}">' for n in range(9)
    )
    body = rss(item(1, title="TITLE")).replace("<rss", f"<!DOCTYPE rss [{entities}]><rss")
    outcome = attempt(body.replace("TITLE", "&e8;").encode())
    assert isinstance(outcome, FeedError) or len(outcome.entries[0].title) <= MAX_TITLE


@pytest.mark.parametrize(
    "page",
    ["<!DOCTYPE html><title>x</title>", "<html><body>x</body></html>", "\n<HTML lang=en><p>x"],
)
def test_a_web_page_is_said_to_be_one(page: str) -> None:
    assert refusal(page.encode()) == "is not a feed but a web page"


@pytest.mark.parametrize(
    "body", [b"", b"\n", b"\xef\xbb\xbf", b"\0\0\0\0", b"{}", b"<x/>", b"GIF89a"]
)
def test_what_is_no_feed(body: bytes) -> None:
    assert refusal(body) == "is not a feed but something else"


WHOLE = rss(*(item(n) for n in range(3)))


@pytest.mark.parametrize(
    "end", [len(WHOLE) - 6, WHOLE.rindex("<pubDate>"), WHOLE.rindex("</item>")]
)
def test_a_feed_without_its_end_is_refused(end: int) -> None:
    assert len(parse_feed(WHOLE.encode(), URL).entries) == 3
    assert refusal(WHOLE[:end].encode()) == "ends before its closing tag"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "iso-8859-1"])
def test_the_end_is_found_in_any_encoding(encoding: str) -> None:
    body = rss(item(1, title="Über")).replace("utf-8", encoding) + "<!-- cached -->\n"
    assert parse_feed(body.encode(encoding), URL).entries[0].title == "Über"


def attempt(body: bytes) -> ParsedFeed | FeedError:
    """Parse a body that may be anything: only these two outcomes are allowed."""
    try:
        feed = parse_feed(body, URL)
    except FeedError as error:
        return error
    # Whatever came through can be stored.
    json.dumps(said(feed), ensure_ascii=False).encode("utf-8")
    assert "\0" not in str(said(feed))
    return feed


@pytest.mark.parametrize(
    "reference",
    [
        *("&#55296;", "&#xD800;", "&#xDFFF;", "&#x110000;", "&#X00110000;", "&#99999999999;"),
        *("&#0;", "&#x;", "&#;", "&nope;"),
        pytest.param(f"&#{'9' * 5_000};", id="5,000 digits"),
    ],
)
@pytest.mark.parametrize("place", ["Story 1", "https://site.example/1", "Some words", "A feed"])
def test_a_reference_to_no_character_costs_no_entry(reference: str, place: str) -> None:
    body = rss(item(1), item(2)).replace(place, f"{place}{reference}", 1)
    outcome = attempt(body.encode())
    assert not isinstance(outcome, FeedError)
    assert len(outcome.entries) == 2


_HOSTILE = [
    *(b"&#55296;", b"&#x110000;", b"&#99999999999;", b"&amp;", b"&", b"<", b">", b'"', b"'"),
    *(b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<!", b"<?", b"<!DOCTYPE x [", b"<![if", b"</title>"),
    *(b"\0", b"\xff", b"\xed\xa0\x80", b"http://[", b"<entry>", b"<item>", b" xml:base='http://['"),
]


def mutate(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body))
    match chance.randrange(4):
        case 0:
            return body[:at] + body[at + chance.randrange(1, 30) :]
        case 1:
            return body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
        case 2:
            return body[:at] + chance.choice(_HOSTILE) + body[at:]
        case _:
            return body[:at]


def test_one_edit_never_raises_anything_but_a_feed_error() -> None:
    chance = random.Random(2026)
    feeds = [(path / "feed.xml").read_bytes() for path in sorted(CASES.iterdir())]
    outcomes = [attempt(mutate(chance.choice(feeds), chance)) for _ in range(2_000)]
    parsed = sum(not isinstance(outcome, FeedError) for outcome in outcomes)
    assert 500 < parsed < 2_000


def test_everything_is_capped() -> None:
    long = "x" * 300_000
    # An author ten times as long would take feedparser minutes.
    author = f"<item><author>{long[:1_000]}</author>"
    body = rss(
        item(1, title=f"T{long}", link=f"https://site.example/{long}", html=f"<p>{long}"),
        title=long,
    ).replace("/id/1<", f"/id/{long}<")
    feed = parse_feed(body.replace("<item>", author).encode(), URL)
    entry = feed.entries[0]
    assert (len(feed.title), len(entry.title), len(entry.author)) == (MAX_NAME, MAX_TITLE, MAX_NAME)
    assert (len(entry.guid), len(entry.html), entry.link) == (MAX_ID, MAX_HTML, "")
    assert len(entry.base) <= MAX_LINK


def test_entries_are_capped() -> None:
    body = rss(*("<item><guid>x</guid></item>" for _ in range(MAX_ENTRIES + 10)))
    assert len(parse_feed(body.encode(), URL).entries) == MAX_ENTRIES


def test_ids_are_taken_as_they_are() -> None:
    body = ATOM.replace(b"tag:site.example,2026:html", b"../Relative ID/")
    assert parse_feed(body, URL).entries[0].guid == "../Relative ID/"
    assert parse_feed(body, URL.replace("https", "http")).entries[0].guid == "../Relative ID/"


def test_the_real_feeds(shared: Path) -> None:
    bodies = [path.read_bytes() for path in sorted((shared / "feeds").glob("*.xml"))]
    feeds = [parse_feed(body, URL) for body in bodies]
    assert [len(feed.entries) for feed in feeds] == [6, 11, 12]
    for body, feed in zip(bodies, feeds, strict=True):
        items = ET.fromstring(body).findall("channel/item")
        assert [" ".join((found.findtext("title") or "").split()) for found in items] == [
            entry.title for entry in feed.entries
        ]
        assert [(found.findtext("link") or "").strip() for found in items] == [
            entry.link for entry in feed.entries
        ]


def test_feeds_of_other_test_suites_raise_only_feed_errors(shared: Path) -> None:
    paths = [path for path in (shared / "corpora").rglob("*.xml") if path.is_file()]
    assert len(paths) > 900
    parsed = [attempt(path.read_bytes()) for path in paths]
    assert sum(not isinstance(outcome, FeedError) for outcome in parsed) > 800


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("a&#xD83D;b", "a\ufffdb"),
        ("a&#55296;b", "a\ufffdb"),
        ("a&#x110000;b", "a\ufffdb"),
        ("a&#99999999999;b", "a\ufffdb"),
        ("a&#x1F600;b", "a\U0001f600b"),
    ],
)
def test_a_reference_to_no_character_costs_only_itself(written: str, seen: str) -> None:
    body = rss(item(1), item(2)).replace("Story 1", written).encode()
    assert [entry.title for entry in parse_feed(body, URL).entries] == [seen, "Story 2"]


@pytest.mark.parametrize(
    "never", ["Fri, 31 Dec 9999 23:59:59 GMT", "Sat, 01 Jan 0001 00:00:00 GMT"]
)
def test_a_date_that_means_never_is_none(never: str) -> None:
    body = rss(item(1)).replace("Mon, 16 Nov 2026 09:00:00 +0000", never).encode()
    assert parse_feed(body, URL).entries[0].published is None


def test_of_too_many_entries_the_newest_are_kept_wherever_they_are() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    many = [item(n, published=at + timedelta(hours=n)) for n in range(MAX_ENTRIES + 10)]
    for items in (many, many[::-1]):
        titles = {entry.title for entry in parse_feed(rss(*items).encode(), URL).entries}
        assert titles == {f"Story {n}" for n in range(10, MAX_ENTRIES + 10)}
