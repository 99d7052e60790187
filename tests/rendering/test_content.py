"""Whole entries: as HTML that holds in an email, as plain text, and as Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from digest.rendering.content import email_html
from digest.rendering.text_blocks import content_markdown, content_text
from tests.rendering.markup import fragment, links

ARTICLE = """\
<h2>A heading</h2><p>One <a href="https://x.example/a?b=1&amp;c=2">link</a> &amp; <b>more</b>.<br>A
new line.</p><ul><li>first</li><li>second<ol start="3"><li>inner</li></ol></li></ul><pre><code>if x:
    y &lt; 2
</code></pre><blockquote><p>Said once.</p><p>Said twice.</p><blockquote>Within.</blockquote>
</blockquote><table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td><p>1</p></td><td>2</td>
</tr></tbody></table><p>The end.</p>"""


def test_as_plain_text() -> None:
    assert content_text(ARTICLE, 2) == (
        "  A heading\n\n"
        "  One link <https://x.example/a?b=1&c=2> & more.\n\n"
        "  A new line.\n\n"
        "  - first\n"
        "  - second\n\n"
        "     3. inner\n\n"
        "      if x:\n"
        "          y < 2\n\n"
        "  > Said once.\n"
        "  >\n"
        "  > Said twice.\n"
        "  >\n"
        "  > > Within.\n\n"
        "  A | B\n"
        "  1 | 2\n\n"
        "  The end."
    )


def test_as_markdown() -> None:
    root = fragment(MarkdownIt("commonmark").render(content_markdown(ARTICLE)))

    assert [one.text for one in root.iter("strong")] == ["A heading"]
    assert root.findtext(".//pre/code") == "if x:\n    y < 2\n"
    assert [(item.findtext("p") or item.text).strip() for item in root.findall("ul/li")] == [
        "first",
        "second",
        "A | B",
        "1 | 2",
    ]
    assert root.findtext("ul/li/ol/li") == "inner"
    assert [p.text for p in root.findall("blockquote/p")] == ["Said once.", "Said twice."]
    assert root.findtext("blockquote/blockquote/p") == "Within."
    assert "One link <https://x.example/a?b=1&c=2> & more." in root.text_content()


def test_a_listing_keeps_its_fences_to_itself() -> None:
    source = content_markdown("<pre>```\nnot the end\n```</pre><p>After.</p>")

    root = fragment(MarkdownIt("commonmark").render(source))

    assert root.findtext("pre/code") == "```\nnot the end\n```\n"
    assert root.findtext("p") == "After."


def test_lines_are_short_but_for_listings_and_addresses() -> None:
    words = "quite a few words " * 20
    deep = "<blockquote>" * 30 + words + "</blockquote>" * 30 + "<ul><li>" * 30 + words
    html = f"<p>{words}</p><blockquote>{words}</blockquote><ul><li>{words}</li></ul>{deep}"

    assert max(map(len, content_text(html, 2).splitlines())) <= 78


def test_as_html_it_keeps_what_it_is_made_of() -> None:
    root = fragment(email_html(ARTICLE))

    assert root.findtext("h4") == "A heading"
    assert root.findtext(".//td[@class='code-cell']/pre/code") == "if x:\n    y < 2\n"
    assert [p.text for p in root.findall(".//td[@class='quote-cell']/p")] == [
        "Said once.",
        "Said twice.",
    ]
    assert [cell.text_content() for cell in root.findall(".//table[@class='data']//td")] == [
        "1",
        "2",
    ]
    assert links(root) == {"https://x.example/a?b=1&c=2"}


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ('a<img src="https://x.example/a.png" alt="b">c', "ac"),
        ("<script>alert(1)</script>a", "a"),
        ('<p style="color: red" class="card" id="x" onclick="y">a</p>', "<p>a</p>"),
        ('<a href="/relative">a</a>', "<a>a</a>"),
        ('<a href="javascript:x">a</a>', "<a>a</a>"),
        ("<h1>a</h1><h6>b</h6>", "<h4>a</h4><h6>b</h6>"),
        ('<p title="a > b <pre>">c</p>', "<p>c</p>"),
    ],
)
def test_what_does_not_belong_into_an_email_goes(html: str, safe: str) -> None:
    assert email_html(html) == safe


MARKUP = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<ul>", "</ul>", "<ol start='9'>", "<li>", "</li>", "<pre>", "</pre>"),
            *("<blockquote>", "</blockquote>", "<table>", "<tr>", "<td>", "</td>", "</table>"),
            *("<a href='https://x.example/'>", "</a>", "<h1>", "</h1>", "<br>", "word", " ", "\n"),
        ]
    ),
    max_size=40,
).map("".join)


@given(html=MARKUP)
def test_no_word_is_lost(html: str) -> None:
    words = fragment(email_html(html)).text_content().split()

    for text in (content_text(html), content_markdown(html)):
        assert text.count("word") == "".join(words).count("word")


@given(html=MARKUP)
def test_html_stays_inside_its_story(html: str) -> None:
    root = fragment(f'<div class="content">{email_html(html)}</div><p class="after"></p>')

    assert [child.get("class") for child in root] == ["content", "after"]
