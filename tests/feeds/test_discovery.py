"""Pages to feeds: what links say, in which order, and whatever the bytes."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digest.feeds.discovery import feed_links, is_of_the_site, usual_addresses, web_address
from tests import limits

PAGE = "https://site.example/blog/page"


def links(html: str, url: str = PAGE, header: str = "") -> list[str]:
    return list(feed_links(html.encode(), url, header))


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
        ("rss://site.example/f", "http://site.example/f"),
        ("itpc://site.example/f", "http://site.example/f"),
        ("podcast:https://site.example/f", "https://site.example/f"),
        ("feeds://site.example/f", "https://site.example/f"),
        ("feed", "https://site.example/blog/feed"),
        ("/all posts.xml", "https://site.example/all%20posts.xml"),
        ("/a\u00a0b.xml", "https://site.example/a%C2%A0b.xml"),
        ("/long/\n\tfeed.xml", "https://site.example/long/feed.xml"),
        ("/a%20b?q=a b", "https://site.example/a%20b?q=a%20b"),
    ],
)
def test_addresses_are_made_absolute(href: str, link: str) -> None:
    assert links(declared(href)) == [link]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ('{"feedUrl":"https://pod.example/f.xml"}', ["https://pod.example/f.xml"]),
        (
            r'{"feedUrl" : "https:\/\/pod.example\/f?a=1\u0026b=2"}',
            ["https://pod.example/f?a=1&b=2"],
        ),
        (
            '[{"feedUrl":"https://a.example/1"},{"feedUrl":"https://b.example/2"}]',
            ["https://a.example/1"],
        ),
        (r'{"feedUrl":"https://pod.example/\x"}', []),
        ('{"feedUrl":"/relative","feedUrl":null}', []),
    ],
)
def test_pages_of_podcasts_tell_the_feed_among_their_data(data: str, found: list[str]) -> None:
    assert links(f'<script type="application/json" id="data">{data}</script>') == found


def test_the_base_of_a_page_holds_for_all_of_it() -> None:
    base = '<base target="_top"><base href="/blog/de/"><base href="/wrong/">'
    expected = ["https://site.example/blog/de/f", "https://site.example/blog/de/rss"]
    assert links(declared("f") + base + '<a href="rss">x</a>') == expected


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/atom+xml" href="/f">',
        '<LINK REL="ALTERNATE" TYPE="APPLICATION/RSS+XML" HREF="/f">',
        '<link rel="alternate home" type="application/feed+json; charset=utf-8" href="/f">',
        '<link rel="alternate" type="application/json" title="JSON Feed" href="/f">',
        '<link rel="alternate" type="application/x.atom+xml" href="/f">',
        '<link rel="alternate" type="text/rss+xml" href="/f">',
        '<link rel="feed" href="/f">',
        '<body><p>x</p><link rel="alternate" type="application/rss+xml" href="/f">',
        '<a rel="alternate" type="application/rss+xml" href="/f">x</a>',
    ],
)
def test_feeds_are_declared_in_many_ways(link: str) -> None:
    assert links(link) == ["https://site.example/f"]


@pytest.mark.parametrize(
    "header",
    [
        '</f>; rel="alternate"; type="application/rss+xml"',
        "</f>;rel=alternate;type=application/rss+xml",
        '</f>; TYPE="application/atom+xml"; REL="Alternate"; title="All, of it; really"',
        '</style.css>; rel=preload; as=style, </f>; rel="feed", <next>; rel="next"',
        '</f>; rel="alternate home"; rel="preload"; type="application/feed+json"',
        '<https://site.example/f>; rel="alternate"; type="application/rss+xml", <//[>; rel="feed"',
    ],
)
def test_feeds_are_declared_in_headers(header: str) -> None:
    assert links("<base href='/elsewhere/'>", header=header) == ["https://site.example/f"]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "</f>",
        "/f; rel=feed",
        '</f>; rel="preload"; type="application/rss+xml"',
        '</wp-json/>; rel="https://api.w.org/"',
        '</wp-json/posts/1>; rel="alternate"; type="application/json"',
        '</f>; title="; rel=feed',
    ],
)
def test_what_a_header_says_otherwise_is_no_feed(header: str) -> None:
    assert links("", header=header) == []


def test_a_header_comes_before_the_page_and_its_comments_last() -> None:
    header = '</comments/feed/>; rel="feed", </own>; rel="feed"'
    paths = ["own", "declared", "comments/feed/"]
    assert links(declared("/declared"), header=header) == [
        f"https://site.example/{path}" for path in paths
    ]


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="/f">RSS</a>',
        '<a href="/f">Subscribe to our <b>RSS</b> feed</a>',
        '<a href="/f">\n  Atom 1.0\n</a>',
        '<a href="/f">Feed</a>',
        '<a href="/f">RSSフィード</a>',
        '<a href="/f">RSS2.0</a>',
        '<a href="/f"><img src="/icon.png" alt="RSS"></a>',
        '<a href="/f" title="RSS feed"><i class="icon"></i></a>',
        '<a href="/f" aria-label="RSS"><svg></svg></a>',
        '<map><area href="/f" alt="RSS"></map>',
        '<a href="/f">RSS<a href="/about">About</a>',
        '<a href="/f">RSS',
    ],
)
def test_what_is_called_a_feed_is_one_where_none_is_declared(anchor: str) -> None:
    assert links(anchor) == ["https://site.example/f"]
    assert links(anchor + '<a href="/rss.xml">x</a>')[0] == "https://site.example/rss.xml"
    assert links(anchor + declared("/own")) == ["https://site.example/own"]
    assert links(anchor + declared("/comments/feed/"))[0] == "https://site.example/f"


@pytest.mark.parametrize(
    "content",
    [
        "0; url=/f",
        "0;URL='/f'",
        ' 3 ; url = "/f" ',
        "0,/f",
        ";/f",
        "0.5; /f",
    ],
)
def test_where_a_page_leads_on_to_may_be_its_feed(content: str) -> None:
    refresh = '<meta http-equiv="Refresh" content="{}">'.format(content.replace('"', "&quot;"))
    assert links(refresh) == ["https://site.example/f"]
    assert links(refresh + declared("/own")) == ["https://site.example/own"]


@pytest.mark.parametrize("content", ["", "300", "300; url=", "5; url=page", "0 /f", "x; /f"])
def test_a_page_that_loads_itself_anew_leads_nowhere(content: str) -> None:
    assert links(f'<meta http-equiv="refresh" content="{content}">') == []


@pytest.mark.parametrize(
    "label",
    ["Feedback", "Atomic energy", "Press", "x" * 80, "How we came to have an RSS feed, and why it"],
)
def test_what_is_called_otherwise_is_no_feed(label: str) -> None:
    assert links(f'<a href="/f">{label}</a> RSS') == []


@pytest.mark.parametrize(
    "link",
    [
        declared("/kommentare/feed/"),
        declared("/?feed=comments-rss2"),
        declared("/feeds/7/comments/default"),
        declared("/feed/coment%C3%A1rios"),
        *(
            declared("/post/feed/", f'title="Site » {title}"')
            for title in (
                *("Comments Feed", "A post Comments Feed", "Kommentar-Feed", "Kommentarfeed"),
                *("Flux des commentaires", "Feed dei commenti", "Feed de los comentarios"),
                *(
                    "Feed de comentários",
                    "Canal dels comentaris",
                    "Flux comentarii",
                    "RSS reacties",
                ),
                *("Kommentarsflöde", "Kommentarer", "Kommenttien syöte", "Kanał z komentarzami"),
                *("RSS komentářů", "Лента комментариев", "Канал коментарів", "Стужка каментараў"),
                *("Ροή σχολίων", "yorum beslemesi", "hozzászólás hírcsatorna", "コメントフィード"),
                *("评论 Feed", "迴響資訊提供", "댓글 피드", "خلاصة التعليقات", "הזנת תגובות"),
                *("ฟีดความเห็น", "Dòng bình luận", "टिप्पणी फ़ीड"),
            )
        ),
    ],
)
def test_feeds_of_comments_come_last_in_any_language(link: str) -> None:
    assert links(link + declared("/one") + '<a href="/rss">x</a>')[:2] == [
        "https://site.example/one",
        "https://site.example/rss",
    ]
    assert len(links(link + declared("/one"))) == 2


@pytest.mark.parametrize(
    "title", ["Commentary", "Common entries", "Recommended", "Reaction wheels"]
)
def test_other_titles_are_no_comments(title: str) -> None:
    assert links(declared("/first", f'title="{title}"') + declared("/second")) == [
        "https://site.example/first",
        "https://site.example/second",
    ]


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
        b"<a href=/f>RSS " * 200_000,
        (b"<meta http-equiv=refresh content='" + b" " * 4_000 + b"'>") * 250,
        b"<a href=/f>" + b"RSS <b>" * 300_000,
    ],
    ids=[
        *("attributes", "nested", "same", "bad hosts", "many", "comments", "long", "zeros"),
        *("called", "refreshed", "label"),
    ],
)
def test_hostile_pages_do_not_take_long(body: bytes) -> None:
    started = time.process_time()
    feed_links(body, PAGE)
    assert time.process_time() - started < limits.seconds(2)


@pytest.mark.parametrize(
    "header",
    [
        "<" * 1_000_000,
        '<a>"' * 250_000,
        "<a>; " * 200_000,
        "<a>" + "; x" * 300_000,
        "<a>" + ";" + " " * 1_000_000,
        "<a>;" + "x" * 1_000_000,
        '<a>;x="' + "\\" * 1_000_000,
        '</f>;rel="feed",' * 60_000,
    ],
)
def test_hostile_headers_do_not_take_long(header: str) -> None:
    started = time.process_time()
    feed_links(b"", PAGE, header)
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
        ("rss://example.com/f", "http://example.com/f"),
        ("pcast://example.com/f", "http://example.com/f"),
        ("podcast://example.com/f", "http://example.com/f"),
        ("itpc:http://example.com/f", "http://example.com/f"),
        ("localhost:8080/a b", "https://localhost:8080/a%20b"),
        ("feed.example.com", "https://feed.example.com"),
        ("https://example.com/my feed.xml", "https://example.com/my%20feed.xml"),
        ("ftp://example.com", "ftp://example.com"),
    ],
)
def test_addresses_as_people_write_them(text: str, address: str) -> None:
    assert web_address(text) == address
