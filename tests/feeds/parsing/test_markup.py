"""Markup that is not well-formed is mended where the fault is, and nowhere else."""

from __future__ import annotations

from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.parsing.markup import mended
from tests.feed_xml import item, parse_feed, rss

URL = "https://site.example/feed.xml"
FEED = '<rss version="2.0"><channel><title>T</title>{}</channel></rss>'
GOOD = "<item><title>A &amp; <b>B</b></title><!-- x & y --></item>"


def within(entry: str) -> str:
    """What becomes of an entry between two that are well-formed, which stay as they are."""
    body = FEED.format(f"{GOOD}<item>{entry}</item>{GOOD}").encode()
    before, after = FEED.format("{}").encode().split(b"{}")
    start, end = before + GOOD.encode() + b"<item>", b"</item>" + GOOD.encode() + after
    text = mended(body)
    assert text.startswith(start)
    assert text.endswith(end)
    expat.ParserCreate().Parse(text, True)
    return text[len(start) : -len(end)].decode()


def test_what_is_well_formed_is_not_copied() -> None:
    body = rss(item(1), item(2)).encode()
    assert mended(body) is body


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("AT&T, Q&A, R&D", "AT&amp;T, Q&amp;A, R&amp;D"),
        ("&", "&amp;"),
        ("a&b;c", "a&amp;b;c"),
        ("&amp; &lt; &gt; &quot; &apos;", "&amp; &lt; &gt; &quot; &apos;"),
        ("&nbsp;&hellip;&AMP;&lbrack;&NotEqualTilde;", "\xa0…&amp;[\u2242\u0338"),
        ("&foo; &Hellip; &hellip", "&amp;foo; &amp;Hellip; &amp;hellip"),
        (
            "?id=5&lang=en&part=2&image=3&copy=4&reg=5",
            "?id=5&amp;lang=en&amp;part=2&amp;image=3&amp;copy=4&amp;reg=5",
        ),
        ("&#39;&#x27;&#X27;&#39", "&#39;&#39;&#39;&#39;"),
        ("&#0;&#8;&#xD800;&#x110000;&#99999999999;", "&#65533;\ufffd&#65533;&#65533;"),
        ("&#; &#x; &#xg;", "&amp;#; &amp;#x; &amp;#xg;"),
        ("a\x1fb\x08c\0d\x0be\ufffe", "a bcd e\ufffd"),
        (
            "<![CDATA[AT&T &nbsp; \x08<b>]]> & <?a & b?>",
            "<![CDATA[AT&T &nbsp; <b>]]> &amp; <?a & b?>",
        ),
    ],
)
def test_references_and_characters(written: str, meant: str) -> None:
    assert within(f"<title>{written} & </title>") == f"<title>{meant} &amp; </title>"


def test_references_in_attributes() -> None:
    assert within('<link href="/?a=1&lang=en&copy=2&nbsp;"/>') == (
        '<link href="/?a=1&amp;lang=en&amp;copy=2\xa0"/>'
    )


def test_names_that_the_document_declares_are_left_to_it() -> None:
    head = '<!DOCTYPE rss [<!ENTITY us "Ann &amp; Bob"><!ENTITY hellip "x">]>'
    body = (head + FEED.format("<item><title>&us; &hellip; &mdash; & </title></item>")).encode()
    assert "<title>&us; &hellip; — &amp; </title>".encode() in mended(body)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<title>A <b>bold</title><link>x</link>", "<title>A <b>bold</b></title><link>x</link>"),
        ("<title>A<link>x</link><guid>1</guid>", "<title>A</title><link>x</link><guid>1</guid>"),
        ("<title>A</titel><link>x</link>", "<title>A</title><link>x</link>"),
        ("<title>A</title><link>x", "<title>A</title><link>x</link>"),
        ("<title>A</b></title>", "<title>A</title>"),
        ("<title>A</item></title><link>x</link>", "<title>A</title><link>x</link>"),
        ("<title>1 < 2 <3 <b</title>", "<title>1 &lt; 2 &lt;3 &lt;b</title>"),
        ("<title>a]]>b</title>", "<title>a]]&gt;b</title>"),
        ("<category>a<category>b</category>", "<category>a</category><category>b</category>"),
        (
            "<description>a<br>b<p>c<p>d</description>",
            "<description>a<br/>b<p>c<p>d</p></p></description>",
        ),
        ("<enclosure url=/a.mp3 length=1 length='2'/>", '<enclosure url="/a.mp3" length="1"/>'),
        ("<a b='\"' c>x</A></a>", '<a b="&quot;" c="">x</a>'),
        (
            "<media:group><media:title>x</media:group>",
            "<media:group><media:title>x</media:title></media:group>",
        ),
        ("<o:p>x</b></o:p>", "<o:p>x</o:p>"),
    ],
)
def test_tags(written: str, meant: str) -> None:
    good = GOOD.replace("A &amp; <b>B</b>", "<![CDATA[x]]>")
    body = FEED.format(f"<item>{written}</item>{good}").encode()
    assert f"<item>{meant}</item>{good}".encode() in mended(body)


def test_what_is_around_the_entries() -> None:
    body = "\n<?xml version='1.1'?>" + FEED.format(f"<link>x{GOOD}</channel><b>") + "<script src=x>"
    assert mended(body.encode()).decode() == FEED.format(f"<link>x</link>{GOOD}").replace(
        "</channel>", "</channel><b></b>"
    )


def test_prefixes_that_nothing_declares() -> None:
    entry = "<item><dc:creator>Ann</dc:creator><x:y z:a='1'/></item>"
    feed = parse_feed(FEED.format(entry).encode(), URL)
    assert [entry.author for entry in feed.entries] == ["Ann"]
    assert b' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:x="urn:x:x"' in mended(
        FEED.format(entry).encode()
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "& no markup",
        "<html><body><p>a page</body>",
        "<!DOCTYPE html><rss><channel></rss>",
        "<rss><channel><item></channel>",
        "<rss><channel></channel></rss><item>",
        "<rss><!-- </rss>",
    ],
)
def test_what_is_no_whole_feed_keeps_its_tags(body: str) -> None:
    assert mended(body.encode()).decode() == body.replace("&", "&amp;")


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "<item>",
                    "</item>",
                    "<title>",
                    "</title>",
                    "<b>",
                    "</b>",
                    "<br>",
                    "x",
                    "&",
                    "&amp;",
                    "<",
                    "]]>",
                ),
                *(
                    "<![CDATA[",
                    "<!--",
                    "-->",
                    "<?",
                    "?>",
                    "<a b='c'>",
                    "</rss>",
                    "<rss>",
                    "</channel>",
                    "<d:e>",
                ),
            ]
        )
    )
)
def test_a_feed_with_an_end_is_well_formed_in_the_end(pieces: list[str]) -> None:
    body = mended(FEED.format("".join(pieces)).encode())
    assert mended(body) == body
    if not {"<!--", "<![CDATA[", "<?"}.intersection(pieces):
        expat.ParserCreate(namespace_separator=" ").Parse(body, True)
