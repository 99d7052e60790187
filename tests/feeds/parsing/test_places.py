"""What other vendors, media and people say within an entry is none of the entry's own fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.parsing import fast, tolerant
from digest.feeds.parsing.places import PLACES

if TYPE_CHECKING:
    from digest.model import ParsedEntry, ParsedFeed

URL = "https://site.example/feeds/feed.xml"
NAMESPACES = (
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:activity='http://activitystrea.ms/spec/1.0/' "
    "xmlns:x='urn:x' xmlns:a10='http://www.w3.org/2005/Atom' xmlns:podcast='https://podcast.example/' "
    "xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
)
OWN = {
    "rss": [
        "<title>Own title</title>",
        "<link>https://site.example/own</link>",
        "<guid isPermaLink='false'>own</guid>",
        "<pubDate>Sun, 29 Nov 2026 10:00:00 GMT</pubDate>",
        "<description>Own text</description>",
        "<author>Ann</author>",
    ],
    "atom": [
        "<title>Own title</title>",
        "<link href='https://site.example/own'/>",
        "<id>own</id>",
        "<published>2026-11-29T10:00:00Z</published>",
        "<summary>Own text</summary>",
        "<author><name>Ann</name></author>",
    ],
}
OWN["rdf"] = OWN["rss"][:4] + [
    "<description>Own text</description>",
    "<dc:creator>Ann</dc:creator>",
]
DOCUMENTS = {
    "rss": "<rss version='2.0' {0}><channel><title>Feed</title>{1}<item>{2}</item></channel></rss>",
    "atom": "<feed xmlns='http://www.w3.org/2005/Atom' {0}><title>Feed</title>{1}<entry>{2}</entry></feed>",
    "rdf": (
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' {0}>"
        "<channel><title>Feed</title>{1}</channel><item>{2}</item></rdf:RDF>"
    ),
}
# An element that is never closed makes a document one for feedparser's loose parser.
BROKEN = "<rights>a<br>b</rights>"
# Elements of others, in which nothing counts, and what could be taken for the entry's own.
FOREIGN = [
    *(
        "x:related",
        "activity:object",
        "activity:target",
        "podcast:liveItem",
        "source",
        "a10:source",
    ),
    *("contributor", "x:item", "x:author", "media:community", "media:comments", "media:player"),
    *("image/link", "georss:where", "textInput"),
]
FIELDS = sorted(
    {
        *(name for name in PLACES["entry"] if ":" not in name),
        *("dc:title", "dc:date", "dc:creator", "itunes:title", "itunes:author", "itunes:summary"),
        *("content:encoded", "a10:title", "a10:link", "a10:id", "x:title", "media:title", "name"),
        *("media:description", "media:credit", "item", "entry", "email", "uri", "source", "url"),
    }
)
VALUES = [
    *("Other", "https://other.example/", "Mon, 01 Jan 2001 00:00:00 GMT", "2001-01-01T00:00:00Z"),
    *("A text that is much longer than the own text of the entry", "<x:y>Other</x:y>", ""),
    *("<name>Other</name>", "<title>Other</title>", "&lt;p&gt;Other&lt;/p&gt;"),
]
ATTRIBUTES = ["", " href='https://other.example/'", " rel='alternate' href='/o'", " type='html'"]


def entry_of(form: str, children: list[str], beside: str = "") -> str:
    return DOCUMENTS[form].format(NAMESPACES, beside, "".join(children))


def tolerantly(document: str) -> ParsedFeed:
    return tolerant.parse(document.encode(), URL)


def loosely(document: str) -> ParsedFeed:
    end = "</feed>" if "</feed>" in document else "</channel>"
    return tolerantly(document.replace(end, BROKEN + end))


def only_entry(feed: ParsedFeed) -> ParsedEntry:
    (entry,) = feed.entries
    return entry


@st.composite
def foreign_children(draw: st.DrawFn) -> str:
    """An element of another vendor with anything in it, which may have more such elements."""
    inner = [
        f"<{name}{draw(st.sampled_from(ATTRIBUTES))}>{draw(st.sampled_from(VALUES))}</{name}>"
        for name in draw(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=4))
    ]
    for _ in range(draw(st.integers(1, 3))):
        outer = draw(
            st.sampled_from([name for name in FOREIGN if "/" not in name and "georss" not in name])
        )
        inner = [f"<{outer}>{''.join(inner)}</{outer}>"]
    return inner[0]


@pytest.mark.parametrize("form", DOCUMENTS)
@given(data=st.data())
@settings(max_examples=60)
def test_elements_of_others_change_nothing(form: str, data: st.DataObject) -> None:
    own = data.draw(st.permutations(OWN[form]))
    plain = only_entry(tolerantly(entry_of(form, own)))
    children = list(own)
    for foreign in data.draw(st.lists(foreign_children(), min_size=1, max_size=3)):
        children.insert(data.draw(st.integers(0, len(children))), foreign)
    beside = data.draw(foreign_children())
    document = entry_of(form, children)
    around = (
        entry_of(form, children, beside)
        if "item>" not in beside and "entry>" not in beside
        else document
    )

    assert (plain.title, plain.guid, plain.link) == ("Own title", "own", "https://site.example/own")
    for read in (tolerantly, loosely):
        assert only_entry(read(document)) == plain
        feed = read(around)
        assert (only_entry(feed), feed.title) == (plain, "Feed")
    assert fast.parse(around.encode(), URL) in (None, tolerantly(around))
