"""Texts are of the types that they say, and titles show no markup but what they are about."""

from __future__ import annotations

import pytest

from digest.feeds.parsing import fast, tolerant

URL = "https://site.example/feed.xml"
DECLARED = (
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
)


def read(form: str, child: str) -> tuple[str, str]:
    """The title and the text of an entry with this child, the same with either reader."""
    if form == "atom":
        body = f"<feed xmlns='http://www.w3.org/2005/Atom' {DECLARED}><entry>{child}</entry></feed>"
    else:
        body = f"<rss version='2.0' {DECLARED}><channel><item>{child}</item></channel></rss>"
    (entry,) = tolerant.parse(body.encode(), URL).entries
    fast_feed = fast.parse(body.encode(), URL)
    assert fast_feed is None or fast_feed.entries == (entry,)
    return entry.title, entry.html


@pytest.mark.parametrize(
    ("media_type", "html"),
    [
        *(
            (name, "<p>a &lt;b&gt; c</p>")
            for name in ("text", "TEXT", "text/plain", "text/markdown")
        ),
        ("text/plain; charset=utf-8", "<p>a &lt;b&gt; c</p>"),
        *((name, "a <b> c") for name in ("html", "text/html", "", "string")),
        *((f"{name}/x+xml", "<p>Summary</p>") for name in ("image", "application", "text")),
        *((f"application/{name}", "<p>Summary</p>") for name in ("json", "xml", "octet-stream")),
        *((name, "<p>Summary</p>") for name in ("text/json", "image/png", "video/mp4", "text/css")),
    ],
)
def test_a_content_is_what_it_says(media_type: str, html: str) -> None:
    content = f"<content type='{media_type}'>a &lt;b&gt; c</content>"
    assert read("atom", f"<summary>Summary</summary>{content}")[1] == html
    assert read("atom", f"{content}<summary>Summary</summary>")[1] == html


@pytest.mark.parametrize(
    ("child", "html"),
    [
        ("<summary type='text'>a\nb\n\nc</summary>", "<p>a<br>b</p><p>c</p>"),
        ("<summary type='text'>AT&amp;T</summary>", "<p>AT&T</p>"),
        ("<summary>std::vector&lt;int&gt; is</summary>", "<p>std::vector&lt;int&gt; is</p>"),
        ("<summary>if a &lt; b &amp;&amp; c</summary>", "<p>if a &lt; b &amp;&amp; c</p>"),
        ("<summary>a&lt;br&gt;b</summary>", "a<br>b"),
        ("<media:description>a\nb &lt;3</media:description>", "<p>a<br>b &lt;3</p>"),
        ("<media:description>a &amp;amp; b</media:description>", "a & b"),
        ("<media:description>a&lt;br&gt;b</media:description>", "a<br>b"),
        ("<media:description type='plain'>&lt;b&gt;</media:description>", "<p>&lt;b&gt;</p>"),
        ("<media:description type='html'>&lt;x&gt;</media:description>", "<x>"),
    ],
)
def test_a_text_is_shown_as_it_is(child: str, html: str) -> None:
    assert read("atom", child)[1] == html


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("&lt;p&gt;Hello &amp;amp; you&lt;/p&gt;", "<p>Hello &amp; you</p>"),
        (
            "<div xmlns='http://www.w3.org/1999/xhtml'>&lt;p&gt;Hello&lt;/p&gt;</div>",
            "<p>Hello</p>",
        ),
        ("Use &lt;b&gt;x&lt;/b&gt; here", "Use &lt;b&gt;x&lt;/b&gt; here"),
        ("&lt;int&gt;", "&lt;int&gt;"),
        ("<p xmlns='http://www.w3.org/1999/xhtml'>&lt;b&gt;</p>", "<p>&lt;b&gt;</p>"),
    ],
)
def test_xhtml_that_was_escaped_is_still_markup(written: str, html: str) -> None:
    assert read("atom", f"<content type='xhtml'>{written}</content>")[1] == html


def test_so_is_a_title_that_was_escaped() -> None:
    assert read("atom", "<title type='xhtml'>&lt;b&gt;Own&lt;/b&gt;</title>")[0] == "Own"
    assert read("atom", "<title type='xhtml'>On &lt;b&gt;</title>")[0] == "On <b>"


def test_what_stands_in_xhtml_ends_nothing() -> None:
    inner = "<details><summary>S</summary></details><title>t</title><link href='/no'/><id>no</id>"
    content = f"<content type='xhtml'><div>{inner}</div></content>"
    title, html = read("atom", f"<title>Own</title>{content}<summary>x</summary>")
    assert title == "Own"
    assert html == inner.replace("<link href='/no'/>", '<link href="/no"></link>')


def test_a_section_that_was_escaped_is_no_text() -> None:
    section = "&lt;![CDATA[&lt;p&gt;Right&lt;/p&gt;]]&gt;"
    assert read("rss", f"<description> {section} </description>")[1] == "<p>Right</p>"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("First<br>Second", "First Second"),
        ("First <br /> Second", "First Second"),
        ("<p>One</p><p>Two</p>", "One Two"),
        ("<em>Blue</em>bird", "Bluebird"),
        ("CO<sub>2</sub>", "CO2"),
        ("<img src='x'> Tom &amp; Jerry", "Tom & Jerry"),
        ("<p>Tom &amp; Jerry", "Tom & Jerry"),
        ("See <img src='x'>", "See <img src='x'>"),
        ("<math><mi>x</mi><mo>=</mo><mn>1</mn></math> holds", "x=1 holds"),
        ("Fish &amp; Chips <br> and more", "Fish & Chips and more"),
        ("Use <b> or <strong>?", "Use <b> or <strong>?"),
        ("Use <b> &amp; <i>", "Use <b> & <i>"),
        ("When to use <br>", "When to use <br>"),
        ("Vec<T> and Box<T>", "Vec<T> and Box<T>"),
        ("Vec<T> &amp; Box<T>", "Vec<T> &amp; Box<T>"),
        ("I <3 U &amp; you", "I <3 U & you"),
        ("a <- b &gt; c", "a <- b > c"),
        ("Q&A; Tom &amp; Jerry", "Q&A; Tom & Jerry"),
        ("It&apos;s &lbrack;x&rbrack;", "It's [x]"),
        ("AT&amp;amp;T", "AT&amp;T"),
        ("&lt;b&gt;x&lt;/b&gt;", "<b>x</b>"),
    ],
)
def test_a_title_without_a_type(written: str, title: str) -> None:
    assert read("rss", f"<title><![CDATA[{written}]]></title>")[0] == title


@pytest.mark.parametrize("kind", ["", " type='text'"])
def test_a_title_of_atom_is_literal(kind: str) -> None:
    assert read("atom", f"<title{kind}>a&lt;br&gt;b &amp;amp; c</title>")[0] == "a<br>b &amp; c"
    assert read("atom", "<title type='html'>a&lt;br&gt;b &amp;amp; c</title>")[0] == "a b & c"


@pytest.mark.parametrize(
    ("children", "title"),
    [
        ("<dc:title>DC</dc:title><title>Own</title>", "Own"),
        ("<title/><media:title>M</media:title><itunes:title>I</itunes:title>", "I"),
        ("<itunes:title>I</itunes:title><dc:title>DC</dc:title>", "DC"),
        (
            "<title> </title><media:content url='x'><media:title>M</media:title></media:content>",
            "M",
        ),
        ("<title>One</title><title>Two</title>", "One"),
        ("<title/><title>Two</title>", "Two"),
        ("<title>One</title><source url='x'>Source</source><title>Two</title>", "One"),
    ],
)
def test_other_titles_stand_in_for_a_missing_one(children: str, title: str) -> None:
    assert read("rss", children)[0] == title
