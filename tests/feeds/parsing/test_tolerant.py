from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import asdict

from digest.errors import FeedError
from digest.feeds.limits import (
    MAX_ENTRIES,
    MAX_HTML,
    MAX_ID,
    MAX_LINK,
    MAX_NAME,
    MAX_TITLE,
)
from tests.feed_xml import item, parse_feed, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from digest.model import ParsedFeed
    from tests.servers import HttpServer

URL = "https://site.example/feed.xml"
CASES = Path(__file__).parents[1] / "cases"
ATOM = (CASES / "atom" / "feed.xml").read_bytes()


def plain(value: object) -> object:
    """What JSON has no word for."""
    match value:
        case Struct():
            # What few say.
            few = {"facts", "discussion", "video", "resolved"}
            return {k: v for k, v in asdict(value).items() if v or k not in few}
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case frozenset():
            return sorted(value)
    raise TypeError(value)


def said(feed: ParsedFeed) -> object:
    return json.loads(json.dumps(feed, default=plain))


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_case(case: str) -> None:
    expected = json.loads((CASES / case / "expected.json").read_text("utf-8"))
    (body,) = (CASES / case).glob("feed.*")
    assert said(parse_feed(body.read_bytes(), URL)) == expected


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
        f'\n<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 100}">' for n in range(9)
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


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf", b"\0\0\0\0", b"<x/>", b"GIF89a"])
def test_what_is_no_feed(body: bytes) -> None:
    assert refusal(body) == "is not a feed but something else"


@pytest.mark.parametrize("body", [b"", b"\n"])
def test_nothing_is_said_to_be_nothing(body: bytes) -> None:
    assert refusal(body) == "answered with an empty body"


WHOLE = rss(*(item(n) for n in range(3)))


@pytest.mark.parametrize(
    "end", [len(WHOLE) - 6, WHOLE.rindex("<pubDate>"), WHOLE.rindex("</item>")]
)
def test_a_feed_without_its_end_is_refused(end: int) -> None:
    assert len(parse_feed(WHOLE.encode(), URL).entries) == 3
    assert refusal(WHOLE[:end].encode()) == "ends before its closing tag"


def test_a_feed_without_entries_needs_its_end_too() -> None:
    empty = rss()
    assert parse_feed(empty.encode(), URL).entries == ()
    assert refusal(empty.replace("</rss>", "").encode()) == "ends before its closing tag"


DECOYS = "</rss> </feed></rdf:RDF></channel> <item> </item>"
DECOYED = rss(
    f"<item><guid>1</guid><title><![CDATA[a{DECOYS}b]]></title></item><!-- c{DECOYS} -->",
    "<item><guid>2</guid><description><![CDATA[<!-- x]]>y</description></item>",
)
GOLDEN = {
    "rss": DECOYED,
    # A reader that is not strict has to find the end of this one.
    "rss, not well-formed": DECOYED.replace("<title>A feed", "<title>Q & A"),
    "atom": (
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:id>1</a:id><a:title>'
        f"<![CDATA[{DECOYS}]]></a:title></a:entry><a:entry><a:id>2</a:id></a:entry></a:feed>"
    ),
    "rdf": (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/"><channel><title>t</title></channel>'
        f'<item r:about="1"><title><![CDATA[{DECOYS}]]></title></item><item r:about="2"/></r:RDF>'
    ),
    "cdf": (
        f'<Channel HREF="/"><Item HREF="/1"><Title><![CDATA[{DECOYS}]]></Title></Item>'
        '<Item HREF="/2"><Title>b</Title></Item></Channel>'
    ),
    "json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [{"id": "1", "title": f'{DECOYS}"}}]}}'}, {"id": "2"}],
        }
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_every_beginning_is_refused_or_says_the_same(name: str) -> None:
    body = (GOLDEN[name] + "\n<!-- cached -->\n" * (name != "json")).encode()
    whole = parse_feed(body, URL).entries
    assert len(whole) == 2
    accepted = 0
    for end in range(len(body)):
        outcome = attempt(body[:end])
        accepted += not isinstance(outcome, FeedError)
        assert isinstance(outcome, FeedError) or outcome.entries == whole, body[:end]
    # Only what comes after the last entry may be missing.
    assert accepted <= len("</item></channel></rss>\n<!-- cached -->\n")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32", "utf-32-le"])
@given(cut=st.integers(1, 400))
def test_a_beginning_in_any_encoding_is_refused_or_says_the_same(encoding: str, cut: int) -> None:
    body = DECOYED.replace("utf-8", encoding[:6]).encode(encoding)
    whole = parse_feed(body, URL).entries
    outcome = attempt(body[:-cut])
    assert isinstance(outcome, FeedError) or outcome.entries == whole


@given(data=st.data())
def test_a_beginning_of_any_case_is_refused_or_says_the_same(data: st.DataObject) -> None:
    folder = data.draw(st.sampled_from(sorted(CASES.iterdir())))
    body = next(folder.glob("feed.*")).read_bytes()
    cut = data.draw(st.integers(0, len(body)))
    outcome = attempt(body[:cut])
    whole = parse_feed(body, URL)
    assert isinstance(outcome, FeedError) or outcome.entries == whole.entries


@pytest.mark.parametrize(
    "after", ["\n\n", "<!-- </item> -->", "<script>track()</script>", "<br />\n<b>Warning</b>"]
)
@pytest.mark.parametrize("name", ["rss", "rss, not well-formed", "atom", "rdf", "cdf"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_what_servers_append_does_not_matter(after: str, name: str, encoding: str) -> None:
    body = GOLDEN[name].replace("utf-8", encoding)
    entries = parse_feed((body + after).encode(encoding), URL).entries
    assert entries == parse_feed(body.encode(encoding), URL).entries


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


# Under its own names feedparser keeps what it made of an element; a feed can use them too.
FIELDS = [
    *("links", "link", "href", "id", "guid", "title", "title_detail", "summary", "summary_detail"),
    *("subtitle", "content", "value", "author", "authors", "author_detail", "published", "updated"),
    *("published_parsed", "updated_parsed", "created", "created_parsed", "image", "source", "tags"),
    *("media_content", "media_thumbnail", "media_credit", "itunes_duration", "enclosures", "ttl"),
    *("sy_updateperiod", "sy_updatefrequency", "skiphours", "textinput", "base", "license", "feed"),
]


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("form", ["<{0}>x</{0}>", "<{0} a='b'/>", "<{0} type='text/html'>x</{0}>"])
def test_an_element_may_be_named_like_a_field_of_feedparser(name: str, form: str) -> None:
    element = form.format(name)
    greek = "Κυρ, 11 Ιούλ 2004 12:00:00 EST"
    for body in (
        rss(element, item(1)),
        rss(item(1), element),
        rss(item(1).replace("<item>", f"<item>{element}")),
        rss(item(1).replace("</item>", f"{element}</item>")),
        rss(f"<item><pubDate>{greek}</pubDate>{element}<title>t</title></item>"),
    ):
        for damaged in (body, body + "&"):
            outcome = attempt(damaged.encode())
            assert not isinstance(outcome, FeedError)


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


def test_the_text_of_all_entries_is_capped() -> None:
    # feedparser only knows an entity that is declared on a line of its own.
    entity = f'<!DOCTYPE rss [\n<!ENTITY e "{"x" * 1_000}">\n]><rss'
    items = "".join(f"<item><description>{'&e;' * 200}</description></item>" for _ in range(150))
    body = rss(items).replace("<rss", entity)
    assert len(body) < 200_000
    assert refusal(body.encode()) == "has more than 20,000,000 characters of text"


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


def test_a_web_page_tells_where_its_feed_may_be() -> None:
    link = '<link rel="alternate" type="application/rss+xml" href="/blog/rss">'
    page = f"<!doctype html><html><head>{link}</head><body>Hello</body></html>".encode()
    with pytest.raises(FeedError) as caught:
        parse_feed(page, "https://site.example/")
    feed = "https://site.example/blog/rss"
    assert caught.value.reason == f"is not a feed but a web page; its feed may be {feed}"


@pytest.mark.parametrize(
    ("said", "link"),
    [
        ("<guid>Buzz-1</guid>", ""),
        ("<guid>/posts/1</guid>", "https://site.example/posts/1"),
        ("<guid>https://site.example/1</guid>", "https://site.example/1"),
        ('<guid>Buzz-1</guid><enclosure url="/1.mp3" type="audio/mpeg" length="1"/>', "1.mp3"),
        ('<guid isPermaLink="false">x</guid><enclosure url="/1.mp3" type="video/mp4"/>', "1.mp3"),
        ('<link>/one</link><enclosure url="/1.mp3" type="audio/mpeg"/>', "one"),
    ],
)
def test_an_entry_links_to_its_page_or_else_to_its_recording(said: str, link: str) -> None:
    body = rss(f"<item><title>T</title>{said}</item>").encode()
    (entry,) = parse_feed(body, "https://site.example/feed").entries
    assert entry.link == (link if "://" in link or not link else f"https://site.example/{link}")


@pytest.mark.parametrize("encoding", ["koi8-r", "windows-1251", "windows-1252", "utf-8", "utf-16"])
def test_an_encoding_that_nobody_names(encoding: str) -> None:
    latin = encoding == "windows-1252"
    said = "Café à la crème, déjà vu" if latin else "Новости сегодня: принят закон о связи"
    items = (item(n, title=said, html=said) for n in range(5))
    body = rss(*items).partition("?>")[2].encode(encoding)
    assert parse_feed(body, "https://site.example/feed").entries[0].title == said
