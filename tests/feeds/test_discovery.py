"""Pages to feeds: what links say, in which order, and whatever the bytes."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.feeds.discovery import feed_links, is_of_the_site, usual_addresses, web_address
from tests import limits

PAGE = "https://site.example/blog/page"


def links(html: str, url: str = PAGE) -> list[str]:
    return list(feed_links(html.encode(), url))


def declared(href: str, more: str = "") -> str:
    return f'<link rel="alternate" type="application/rss+xml" href="{href}" {more}>'


def test_what_is_declared_comes_first_and_comments_last() -> None:
    html = (
        '<a href="https://other.example/feed">x</a><a href="/own/rss">x</a>'
        + declared("/comments/feed/")
        + declared("/c", 'title="All comments"')
        + declared("/two")
        + declared("/one")
    )
    paths = ["two", "one", "own/rss"]
    assert links(html) == [
        *(f"https://site.example/{path}" for path in paths),
        "https://other.example/feed",
        "https://site.example/comments/feed/",
        "https://site.example/c",
    ]


@pytest.mark.parametrize(
    ("href", "link"),
    [
        ("feed.xml", "https://site.example/blog/feed.xml"),
        ("//cdn.example/f", "https://cdn.example/f"),
        ("?feed=rss2", "https://site.example/blog/page?feed=rss2"),
        ("/f?a=1&amp;b=2&c=3", "https://site.example/f?a=1&b=2&c=3"),
        (" /f\n", "https://site.example/f"),
        ("/f#top", "https://site.example/f"),
        ("feed://site.example/f", "http://site.example/f"),
        ("feed:https://site.example/f", "https://site.example/f"),
    ],
)
def test_addresses_are_made_absolute(href: str, link: str) -> None:
    assert links(declared(href)) == [link]


@pytest.mark.parametrize("href", ["", "#", "javascript:feed()", "mailto:a@b.example", "http://[/"])
def test_what_is_no_web_address_is_left_out(href: str) -> None:
    assert links(declared(href)) in ([], [PAGE])


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/json" href="/wp-json/posts/1">',
        '<link rel="alternate" type="text/xml" href="/sitemap.xml">',
        '<link rel="alternate" type="application/json+oembed" href="/feed?oembed">',
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="stylesheet" type="application/rss+xml" href="/f">',
        '<link rel="alternate" href="/feed">',
        '<a href="/feedback">x</a>',
        '<a href="/newsfeed/item">x</a>',
        '<a href="/feature.xml">x</a>',
        "<!-- " + declared("/f") + " -->",
        "<script>'" + declared("/f") + "'</script>",
    ],
)
def test_what_is_no_feed_link_is_not_taken_for_one(link: str) -> None:
    assert links(link) == []


@pytest.mark.parametrize(
    "href",
    [
        "/feed",
        "/feed/",
        "/blog/rss",
        "/atom.xml",
        "/index.rdf",
        "/rss2.xml?x=1",
        "/feed.json",
        "/feeds/posts/default",
        "/news.rss",
        "/?feed=rss2",
        "/?a=1&format=atom",
    ],
)
def test_anchors_that_look_like_feeds_are_taken(href: str) -> None:
    assert links(f'<p><a href="{href}">x</a></p>') == [f"https://site.example{href}"]


@pytest.mark.parametrize(
    ("found", "is_so"),
    [
        ("http://nas.local/feed", True),
        ("https://NAS.local:8443/feed", True),
        ("http://user:pw@nas.local/", True),
        ("https://feeds.example/nas", False),
        ("http://nas.local.example/", False),
        ("http://nas.local@feeds.example/", False),
        ("http://sub.nas.local/", False),
    ],
)
def test_what_is_allowed_at_a_site_is_allowed_at_its_own_host(found: str, *, is_so: bool) -> None:
    assert is_of_the_site(found, "http://nas.local/news") is is_so


def test_each_feed_is_named_once_and_not_too_many() -> None:
    assert links(declared("/f") * 3 + '<a href="/f">x</a>') == ["https://site.example/f"]
    assert len(links("".join(declared(f"/{n}") for n in range(1_000)))) == 20


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "latin-1", "cp1251"])
def test_the_encoding_of_the_page_does_not_matter(encoding: str) -> None:
    html = f'<meta charset="utf-16"><title>x</title>{declared("/f")}'
    assert feed_links(html.encode(encoding), PAGE) == ("https://site.example/f",)


def test_entities_of_a_document_are_not_read() -> None:
    html = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><link rel=feed href="/&x;y">'
    assert links(html) == ["https://site.example/&x;y"]


@pytest.mark.parametrize(
    "body",
    [
        b"<a " + b" ".join(b"a%d" % n for n in range(100_000)) + b">",
        b"<div>" * 200_000,
        b"<a href=/feed>" * 280_000,
        b"<a href=//[/feed>" * 230_000,
        b"".join(b"<a href=/%d.rss>" % n for n in range(100_000)),
        b"<!--" * 200_000,
        b"<a href='" + b"/feed" * 200_000,
        b"\0" * 1_000_000,
    ],
    ids=["attributes", "nested", "same", "bad hosts", "many", "comments", "long", "zeros"],
)
def test_hostile_pages_do_not_take_long(body: bytes) -> None:
    started = time.process_time()
    feed_links(body, PAGE)
    assert time.process_time() - started < limits.seconds(2)


HREF = st.text(st.sampled_from("fed:/.[]@%#?& \n\t\0é"), max_size=12)


@given(st.binary(max_size=200) | HREF.map(lambda href: declared(href).encode()), st.text())
@example(b"<base href='http://['><a href=/feed>", "http://[")
def test_any_bytes_are_read(body: bytes, url: str) -> None:
    for link in feed_links(body, url):
        assert link.startswith(("http://", "https://"))


def test_usual_addresses_are_beside_the_page_then_at_the_root() -> None:
    addresses = usual_addresses("https://site.example/blog/page?x=1")
    assert addresses[0] == "https://site.example/blog/feed"
    half = len(addresses) // 2
    assert addresses[half] == "https://site.example/feed"
    assert len(usual_addresses("https://site.example")) == half


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("example.com", "https://example.com"),
        (" example.com/a?u=http://x ", "https://example.com/a?u=http://x"),
        ("localhost:8080", "https://localhost:8080"),
        ("http://example.com", "http://example.com"),
        ("feed://example.com/f", "http://example.com/f"),
        ("FEED:https://example.com/f", "https://example.com/f"),
        ("ftp://example.com", "ftp://example.com"),
    ],
)
def test_addresses_as_people_write_them(text: str, address: str) -> None:
    assert web_address(text) == address
