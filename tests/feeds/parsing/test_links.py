"""Where an entry leads and what its picture is, read alike by every reader."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from digest.feeds.parsing import fast, tolerant
from tests.feed_xml import parse_feed

if TYPE_CHECKING:
    from digest.model import ParsedEntry

URL = "https://feeds.example/f/feed.xml"
BASE = 'xml:base="https://base.example/x/"'
NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
CHANNEL = "<link>https://site.example/</link>"


def rss(item: str, *, root: str = "", channel: str = CHANNEL) -> str:
    return (
        f'<rss version="2.0" {NAMESPACES} {root}><channel><title>T</title>{channel}'
        f"<item><title>A</title>{item}</item></channel></rss>"
    )


def rdf(item: str) -> str:
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        f' xmlns="http://purl.org/rss/1.0/"><channel><title>T</title>{CHANNEL}</channel>{item}'
        "</rdf:RDF>"
    )


def atom(*entries: str) -> str:
    entries = tuple(entry if "<entry" in entry else f"<entry>{entry}</entry>" for entry in entries)
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{CHANNEL}'
        f"{''.join(entries)}</feed>"
    )


def entries_of(body: str) -> tuple[ParsedEntry, ...]:
    """The entries of a document, which every reader reads alike, also where it is damaged."""
    document = tolerant.parse(body.encode(), URL)
    damaged = body.replace("<item", "<item x=1", 1).replace("<entry", "<entry x=1", 1)
    assert tolerant.parse(damaged.encode(), URL) == document
    assert fast.parse(body.encode(), URL) in {None, document}
    return document.entries


LINKS = {
    # A guid is a permalink unless it says otherwise, in whatever case.
    '<link/><guid isPermaLink="YES">https://site.example/1</guid>': "https://site.example/1",
    '<guid isPermaLink="1">https://site.example/1</guid><link></link>': "https://site.example/1",
    '<guid isPermaLink="FALSE">https://site.example/1</guid><link/>': "",
    '<guid isPermaLink="0">https://site.example/1</guid>': "",
    "<guid>tag:site.example,2026:1</guid>": "",
    "<guid>22e86428-9533-4017-a4db-c468754b9304</guid>": "",
    "<guid>tag/2026-54</guid>": "",
    "<guid>/posts/1</guid>": "https://site.example/posts/1",
    "<link>javascript:go()</link><guid>https://site.example/1</guid>": "https://site.example/1",
    # The link of RSS before any other, the last that there is.
    '<atom:link href="/other"/><link>/1</link>': "https://site.example/1",
    '<link>/1</link><atom:link rel="alternate" href="/other"/>': "https://site.example/1",
    "<link>/0</link><link>/1</link><link/>": "https://site.example/1",
    # Files are no page, wherever they stand, but better than nothing; pictures are shown instead.
    '<enclosure url="/1.mp3" type="audio/mpeg"/><link>/1</link>': "https://site.example/1",
    '<atom:link rel="enclosure">/1.jpg</atom:link><link>/1</link>': "https://site.example/1",
    '<enclosure url="/1.mp3"/><comments>/1#comments</comments>': "https://site.example/1#comments",
    '<enclosure url="/1.pdf"/><enclosure url="/1.mp3"/>': "https://site.example/1.mp3",
    '<enclosure url="/1.pdf" type="application/pdf"/>': "https://site.example/1.pdf",
    '<enclosure url="/1.jpg" type="image/jpeg"/><media:content url="/2.jpg"/>': "",
    '<media:group><media:content url="/1.mp4?x=1"/></media:group>': "https://site.example/1.mp4?x=1",
    '<media:content url="/1" medium="video"/>': "https://site.example/1",
    # What else there is, in this order.
    '<atom:link rel="related" href="/r"/><atom:link rel="self" href="/s"/>': "https://site.example/s",
    '<comments>/c</comments><atom:link rel="related" href="/r"/>': "https://site.example/r",
    # Every character of a query stays.
    "<link>/?a=1&amp;b;c=2&amp;lang=de;</link>": "https://site.example/?a=1&b;c=2&lang=de;",
    "<link><![CDATA[ /?a=1&b=2&copy=3 ]]></link>": "https://site.example/?a=1&b=2&copy=3",
    "<link>/?a=1&amp;amp;b=2</link>": "https://site.example/?a=1&b=2",
}


@pytest.mark.parametrize(("elements", "link"), LINKS.items())
def test_where_an_item_leads(elements: str, link: str) -> None:
    (entry,) = entries_of(rss(elements))
    assert entry.link == link


@pytest.mark.parametrize(
    ("elements", "link"),
    [
        ('<link href="/1"/>', "https://feeds.example/1"),
        (
            '<link type="application/pdf" href="/1.pdf"/><link href="/1"/>',
            "https://feeds.example/1",
        ),
        ('<link type="text/plain" href="/1.txt"/><id>/1</id>', "https://feeds.example/1.txt"),
        ('<link rel="Alternate" type="text/html; charset=utf-8" href="/1"/>', URL[:21] + "/1"),
        ('<link hreflang="en" href="/en"/><link hreflang="de" href="/de"/>', URL[:21] + "/en"),
        (
            '<link rel="http://www.iana.org/assignments/relation/alternate" href="/1"/>',
            "https://feeds.example/1",
        ),
        ('<link rel="self" href="/s"/><id>https://site.example/1</id>', "https://site.example/1"),
        ('<link rel="edit" href="/e"/><link rel="replies" href="/c"/>', ""),
    ],
)
def test_where_an_entry_of_atom_leads(elements: str, link: str) -> None:
    (entry,) = entries_of(atom(elements))
    assert entry.link == link


def test_an_item_of_rdf_leads_where_it_says_what_it_is_about() -> None:
    about = '<item rdf:about="https://site.example/about"><title>A</title>'
    (entry,) = entries_of(rdf(f"{about}</item>"))
    assert entry.link == "https://site.example/about"
    (entry,) = entries_of(rdf(f"{about}<link>/1</link></item>"))
    assert entry.link == "https://site.example/1"


@pytest.mark.parametrize(
    ("channel", "link"),
    [
        ("<link>https://site.example/blog/</link>", "https://site.example/blog/1"),
        ("<link>/blog/</link>", "https://feeds.example/blog/1"),
        ('<atom:link rel="self" href="https://proxy.example/"/>', "https://feeds.example/f/1"),
        ("<link>mailto:a@site.example</link>", "https://feeds.example/f/1"),
    ],
)
def test_the_addresses_of_rss_are_relative_to_its_site(channel: str, link: str) -> None:
    (entry,) = entries_of(rss("<link>1</link>", channel=channel))
    assert entry.link == entry.base == link
    (entry,) = entries_of(rss("<media:thumbnail url='1'/>", channel=channel))
    assert entry.image == link


def test_a_base_holds_for_all_of_its_element_and_no_longer() -> None:
    first, second = entries_of(
        atom(
            f'<entry {BASE}><link href="a"/><link rel="enclosure" type="image/png" href="a.png"/>'
            '<content type="html">&lt;img src="b"&gt;</content></entry>',
            '<entry><link href="b"/><content type="html">&lt;img src="b"&gt;</content></entry>',
        )
    )
    assert (first.link, first.image) == (
        "https://base.example/x/a",
        "https://base.example/x/a.png",
    )
    assert first.base == "https://base.example/x/"
    assert second.link == second.base == "https://feeds.example/f/b"
    (entry,) = entries_of(rss("<link>a</link><media:content url='a.jpg'/>", root=BASE))
    assert (entry.link, entry.image) == (
        "https://base.example/x/a",
        "https://base.example/x/a.jpg",
    )
    (entry,) = entries_of(atom(f'<link {BASE} href="a"/><link rel="enclosure" href="b.png"/>'))
    assert (entry.link, entry.image) == (
        "https://base.example/x/a",
        "https://feeds.example/f/b.png",
    )


def test_a_base_within_xhtml_holds_for_what_is_in_it() -> None:
    (entry,) = entries_of(
        atom(
            '<link href="/1"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
            f'<p {BASE}><a href="a">a</a> <img src="/b"/></p><a href="c">c</a></div></content>'
        )
    )
    assert 'href="https://base.example/x/a"' in entry.html
    assert 'src="https://base.example/b"' in entry.html
    assert 'href="c"' in entry.html
    assert entry.base == "https://feeds.example/1"


IMAGES = {
    "<image>\nhttps://pictures.example/1.jpg\n</image>": "1.jpg",
    '<image href="https://pictures.example/1.jpg"/>': "1.jpg",
    "<image><title>L</title><url>https://pictures.example/1.jpg</url></image>": "1.jpg",
    '<media:content url="https://pictures.example/1.JPEG?w=1&amp;x=.html"/>': "1.JPEG?w=1&x=.html",
    '<media:content url="https://pictures.example/1" type="image"/>': "1",
    '<itunes:image href="https://pictures.example/1"/>': "1",
    "<itunes:image>https://pictures.example/1</itunes:image>": "1",
    '<media:content url="https://pictures.example/1.mp4"/>': "",
    '<media:content url="https://pictures.example/1.jpg" medium="video"/>': "",
    '<enclosure url="https://pictures.example/1.webp" type=""/>': "1.webp",
    '<enclosure url="https://pictures.example/1.jpg" type="text/html"/>': "",
    '<atom:link rel="enclosure" href="https://pictures.example/1.png"/>': "1.png",
    # Of several the narrowest that is wide enough, else the widest; without widths the first.
    "".join(
        f'<media:content url="https://pictures.example/{width}.jpg" width="{width}"/>'
        for width in (140, 460, 1900, 700)
    ): "700.jpg",
    "".join(
        f'<media:content url="https://pictures.example/{width}.jpg" width="{width}"/>'
        for width in (140, 460)
    ): "460.jpg",
    '<media:content url="https://pictures.example/1.jpg" width="wide"/>'
    '<media:content url="https://pictures.example/2.jpg" width="140"/>': "1.jpg",
}


@pytest.mark.parametrize(("elements", "name"), IMAGES.items())
def test_the_picture_of_an_item(elements: str, name: str) -> None:
    (entry,) = entries_of(rss(f"<link>/1</link>{elements}"))
    assert entry.image == (f"https://pictures.example/{name}" if name else "")
    assert entry.link == "https://site.example/1"


@pytest.mark.parametrize(
    ("item", "link", "image"),
    [
        ({"id": "https://site.example/1"}, "https://site.example/1", ""),
        ({"id": "https://site.example/1", "url": "/2"}, "https://feeds.example/2", ""),
        ({"id": "1"}, "", ""),
        ({"attachments": [{"url": "/1.jpg"}, {"url": "/1.mp3"}]}, "/1.mp3", "/1.jpg"),
        ({"attachments": [{"url": "/1", "mime_type": "video/mp4"}]}, "/1", ""),
        ({"attachments": [{"url": "/1.pdf", "mime_type": "application/pdf"}]}, "/1.pdf", ""),
        ({"url": "/2", "image": "/i", "attachments": [{"url": "/1.jpg"}]}, "/2", "/i"),
    ],
)
def test_where_an_item_of_a_json_feed_leads(item: dict[str, object], link: str, image: str) -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [item]}
    (entry,) = parse_feed(json.dumps(feed).encode(), URL).entries
    site = "https://feeds.example"
    assert entry.link == (f"{site}{link}" if link.startswith("/") else link)
    assert entry.image == (f"{site}{image}" if image else "")
