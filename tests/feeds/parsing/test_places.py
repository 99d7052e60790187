"""What other vendors, media and people say within an entry is none of the entry's own fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.feeds.parsing import fast, tolerant
from digest.feeds.parsing.places import PLACES
from tests.feeds.reshaping import NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import ParsedEntry, ParsedFeed

URL = "https://site.example/feeds/feed.xml"
DECLARED = "".join(f" xmlns:{prefix}='{uri}'" for prefix, uri in NAMESPACES.items()) + (
    " xmlns:activity='http://activitystrea.ms/spec/1.0/' xmlns:x='urn:x'"
    " xmlns:a10='http://www.w3.org/2005/Atom' xmlns:podcast='https://podcastindex.org/namespace/1.0'"
)
RSS = [
    "<title>Own title</title>",
    "<link>https://site.example/own</link>",
    "<guid isPermaLink='false'>own</guid>",
    "<pubDate>Sun, 29 Nov 2026 10:00:00 GMT</pubDate>",
    "<description>Own text</description>",
    "<author>Ann</author>",
    "<category>Own category</category>",
]
ATOM = [
    "<title>Own title</title>",
    "<link href='https://site.example/own'/>",
    "<id>own</id>",
    "<published>2026-11-29T10:00:00Z</published>",
    "<summary>Own text</summary>",
    "<author><name>Ann</name></author>",
    "<category term='Own category'/>",
]
# Each with its own children, and the document around what stands beside the entry, and in it.
FORMS = {
    "rss": (
        RSS,
        f"<rss version='2.0'{DECLARED}><channel><title>Feed</title>",
        "{0}<item>{1}</item></channel></rss>",
    ),
    "atom": (
        ATOM,
        f"<feed xmlns='http://www.w3.org/2005/Atom'{DECLARED}><title>Feed</title>",
        "{0}<entry>{1}</entry></feed>",
    ),
    "rdf": (
        [*RSS[:5], "<dc:creator>Ann</dc:creator>", "<dc:subject>Own category</dc:subject>"],
        f"<rdf:RDF xmlns='http://purl.org/rss/1.0/'{DECLARED}><channel><title>Feed</title>",
        "{0}</channel><item>{1}</item></rdf:RDF>",
    ),
}
# Elements in which nothing counts, whatever it is called.
OTHERS = [
    *("x:related", "activity:object", "activity:target", "podcast:liveItem", "source", "thr:x"),
    *("contributor", "x:item", "x:author", "media:community", "media:player", "georss:where"),
    *("textInput", "itunes:owner", "slash:section", "div"),
]
FIELDS = sorted(
    {
        *(name for name in PLACES["entry"] if name.partition(":")[0] in {*NAMESPACES, name}),
        *("atom:title", "a10:link", "a10:id", "x:title", "item", "entry", "name", "email", "uri"),
        *("source", "url", "media:text", "managingEditor", "channel", "feed"),
    }
)
VALUES = [
    *("Other", "https://other.example/", "Mon, 01 Jan 2001 00:00:00 GMT", "2001-01-01T00:00:00Z"),
    *("A text that is much longer than the own text of the entry", "<x:y>Other</x:y>", ""),
    *("<name>Other</name>", "<title>Other</title>", "&lt;p&gt;Other&lt;/p&gt;"),
]
ATTRIBUTES = ["", " href='https://other.example/'", " rel='alternate' href='/o'", " type='html'"]
# What is never closed makes a document one for feedparser's loose parser.
UNCLOSED = "<rights>a<br>b</rights>"


def document(form: str, children: Sequence[str], beside: str = "") -> str:
    _, opening, rest = FORMS[form]
    return opening + rest.format(beside, "".join(children))


def tolerantly(text: str) -> ParsedFeed:
    return tolerant.parse(text.encode(), URL)


def loosely(text: str) -> ParsedFeed:
    end = "</feed>" if "</feed>" in text else "</channel>"
    before, end, after = text.rpartition(end)
    return tolerantly(f"{before}{UNCLOSED}{end}{after}")


def only_entry(feed: ParsedFeed) -> ParsedEntry:
    (entry,) = feed.entries
    return entry


@st.composite
def elements_of_others(draw: st.DrawFn, *, around_entries: bool = False) -> str:
    """An element of another vendor with any fields in it, which may be deep in others."""
    # Entries may be in a list of their own, but not in another entry.
    structure = {"item", "entry", "channel", "feed"} if around_entries else set()
    names = [name for name in FIELDS if name not in structure]
    inside = "".join(
        f"<{name}{draw(st.sampled_from(ATTRIBUTES))}>{draw(st.sampled_from(VALUES))}</{name}>"
        for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=4))
    )
    for other in draw(st.lists(st.sampled_from(OTHERS), min_size=1, max_size=3)):
        inside = f"<{other}>{inside}</{other}>"
    return inside


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@settings(max_examples=60)
def test_elements_of_others_change_nothing(form: str, data: st.DataObject) -> None:
    own, _, _ = FORMS[form]
    children = data.draw(st.permutations(own))
    plain = only_entry(tolerantly(document(form, children)))
    for element in data.draw(st.lists(elements_of_others(), min_size=1, max_size=3)):
        children.insert(data.draw(st.integers(0, len(children))), element)
    text = document(form, children, data.draw(elements_of_others(around_entries=True)))

    for read in (tolerantly, loosely):
        feed = read(text)
        assert (only_entry(feed), feed.title) == (plain, "Feed")
    assert fast.parse(text.encode(), URL) in {None, tolerantly(text)}
    assert (plain.title, plain.author) == ("Own title", "Ann")
    assert (plain.guid, plain.link) == ("own", "https://site.example/own")
    assert plain.categories == ("Own category",)


@pytest.mark.parametrize(
    ("form", "field"),
    [(form, field) for form in FORMS for field in FORMS[form][0] if "</" in field],
)
def test_a_field_that_is_not_closed_ends_before_the_next(form: str, field: str) -> None:
    own, _, _ = FORMS[form]
    unclosed = [
        own_field.rpartition("</")[0] if own_field == field else own_field for own_field in own
    ]
    entry = only_entry(tolerantly(document(form, unclosed)))
    plain = only_entry(tolerantly(document(form, own)))

    # Of the parts of an author nobody can tell where they end.
    assert replace(entry, categories=()) == replace(plain, categories=())
    assert entry.categories or "<name>" in field


@pytest.mark.parametrize(
    ("declared", "name", "counts"),
    [
        ("c='http://purl.org/rss/1.0/modules/content/'", "c:encoded", True),
        ("c='https://purl.org/rss/1.0/modules/content/'", "c:encoded", True),
        ("c='HTTP://PURL.ORG/rss/1.0/modules/content'", "c:encoded", True),
        # Only what is called as it usually is may be in a namespace that nobody knows.
        ("content='http://purl.org/content'", "content:encoded", True),
        ("c='http://purl.org/content'", "c:encoded", False),
        ("x='urn:x'", "x:description", False),
        ("content='http://search.yahoo.com/mrss/'", "content:encoded", False),
    ],
)
def test_the_namespace_decides(declared: str, name: str, *, counts: bool) -> None:
    text = (
        f"<rss version='2.0' xmlns:{declared}><channel><item><title>t</title>"
        f"<{name}>Other</{name}></item></channel></rss>"
    )
    for read in (tolerantly, loosely):
        assert only_entry(read(text)).html == ("Other" if counts else "")
    assert fast.parse(text.encode(), URL) == tolerantly(text)


@pytest.mark.parametrize("place", ["rss", "channel", "item"])
def test_a_namespace_that_is_all_of_the_feeds_is_its_own(place: str) -> None:
    text = "<rss version='2.0'><channel><item><title>Own</title></item></channel></rss>"
    text = text.replace(f"<{place}", f"<{place} xmlns='urn:own'")
    for read in (tolerantly, loosely):
        assert only_entry(read(text)).title == "Own"


def test_an_element_in_a_namespace_of_its_own_is_not_the_feeds() -> None:
    text = document("rss", [*RSS, "<guid xmlns='urn:x'>other</guid>"])
    for read in (tolerantly, loosely):
        assert only_entry(read(text)).guid == "own"
