"""What feeds say, made safe: nothing that runs, everything that reads."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.limits import MAX_HTML
from digest.model import CleanEntry, KeyedEntry, ParsedEntry
from digest.rendering.clean import clean_entries
from digest.rendering.entry_text import EXCERPT_CHARACTERS, count_words
from digest.rendering.excerpts import excerpt
from tests import limits
from tests.rendering.markup import fragment, links, structure

PAGE = "https://site.example/2026/post.html"
SECONDS_FOR_THE_WORST = limits.seconds(2.0)


def cleaned(html: str, *, title: str = "A title", link: str = PAGE, base: str = PAGE) -> CleanEntry:
    entry = ParsedEntry(
        guid="1", link=link, title=title, author="", published=None, html=html, base=base
    )
    return clean_entries([KeyedEntry("key", "fingerprint", entry)])[0]


def assert_safe(html: str) -> None:
    """No element or attribute that runs, loads or restyles; only web and mail addresses."""
    for tag, attributes in structure(fragment(html)):
        assert tag not in {"script", "style", "iframe", "object", "embed", "form", "svg", "base"}
        assert not {"style", "class", "id", "srcdoc", "formaction"}.intersection(attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert all(link.startswith(("https:", "http:", "mailto:")) for link in links(fragment(html)))


def nesting(html: str) -> int:
    """How deep the elements of well-formed HTML go."""
    tags = re.sub(r"<(?:br|hr|img)\b[^>]*>", "", html)
    steps = (-1 if tag.startswith("</") else 1 for tag in re.findall(r"</?[a-z]", tags))
    return max(accumulate(steps), default=0)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<scr<script>ipt>alert(1)</script>",
        '<p onclick="alert(1)">Words</p>',
        '<a href="javascript:alert(1)">Words</a>',
        '<a href="jav&#x09;ascript:alert(1)">Words</a>',
        '<a href="data:text/html,<script>alert(1)</script>">Words</a>',
        '<img src="x" onerror="alert(1)">',
        '<img src="data:image/svg+xml;base64,AAAA">',
        '<p style="position:fixed;top:0">Words</p>',
        "<style>p { display: none }</style>",
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        '<object data="https://evil.example/x.swf"></object>',
        "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>Words</a></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
        "<form action=https://evil.example><input name=password></form>",
        "<base href=https://evil.example>",
        "<meta http-equiv=refresh content='0;url=https://evil.example'>",
        "<template><script>alert(1)</script></template>",
        "<!--[if mso]><script>alert(1)</script><![endif]-->",
        "<p id=x class=y>Words</p>",
    ],
)
def test_what_could_run_is_gone(hostile: str) -> None:
    entry = cleaned(f"<p>Before.</p>{hostile}<p>After.</p>")

    assert_safe(entry.html)
    assert entry.excerpt.startswith("Before.")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("other.html", "https://site.example/2026/other.html"),
        ("/images/a.png", "https://site.example/images/a.png"),
        ("//cdn.example/a.png", "https://cdn.example/a.png"),
        ("#part", "https://site.example/2026/post.html#part"),
        ("?page=2", "https://site.example/2026/post.html?page=2"),
        ("https://elsewhere.example/x", "https://elsewhere.example/x"),
    ],
)
def test_links_and_images_become_absolute(said: str, meant: str) -> None:
    html = cleaned(f'<p><a href="{said}">there</a> <img src="{said}" alt="a"></p>').html

    assert html.count(f'"{meant}"') == 2
    assert links(fragment(html)) == {meant}


def test_a_relative_link_without_a_base_leads_nowhere() -> None:
    assert "href" not in cleaned('<a href="/x">there</a>', link="", base="").html


@pytest.mark.parametrize(
    "base", ["http://[fe80::1%25eth0]/feed", "http://exa mple/", "mailto:a@b.example", "nonsense"]
)
def test_nor_does_one_with_a_base_that_is_no_address(base: str) -> None:
    html = cleaned('<a href="/x">there</a> <a href="https://b.example/">b</a>', base=base).html

    assert links(fragment(html)) == {"https://b.example/"}


@pytest.mark.parametrize(
    "kept",
    [
        "<pre><code>if a &lt; b:\n    return a</code></pre>",
        '<ul><li>One</li><li>Two<ol start="3"><li>Three</li></ol></li></ul>',
        '<table><thead><tr><th colspan="2">Head</th></tr></thead></table>',
        "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>",
        "<blockquote><p>Said <em>so</em>.</p></blockquote>",
        '<p dir="rtl" lang="he">שלום</p>',
        "<dl><dt>Word</dt><dd>Meaning</dd></dl>",
        "<p>H<sub>2</sub>O, x<sup>2</sup>, <del>old</del> <ins>new</ins>, <kbd>Ctrl</kbd></p>",
    ],
)
def test_what_reads_survives(kept: str) -> None:
    assert cleaned(kept).html == kept


# What feeds write to be read, by the HTML Standard, and what it means without a style sheet.
READ = [
    *("a", "abbr", "b", "blockquote", "caption", "cite", "code", "dd", "del", "div", "dl", "dt"),
    *("em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "i", "ins", "kbd", "li"),
    *("mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "sup"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var"),
]
INSIDE = {
    **dict.fromkeys(["caption", "tbody", "tfoot", "thead"], "<table>{}</table>"),
    "tr": "<table><tbody>{}</tbody></table>",
    **dict.fromkeys(["td", "th"], "<table><tbody><tr>{}</tr></tbody></table>"),
}


@pytest.mark.parametrize("name", READ)
def test_every_element_that_reads_is_kept(name: str) -> None:
    said = INSIDE.get(name, "{}").format(f'<{name} dir="rtl" lang="he"></{name}>')
    html = cleaned(said).html
    (element,) = fragment(html).iter(name)
    assert dict(element.attrib) == {"dir": "rtl", "lang": "he"} | (
        {"rel": "noopener noreferrer"} if name == "a" else {}
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a", {"href": "https://b.example/", "title": "There"}),
        ("ol", {"start": "3"}),
        ("td", {"colspan": "2", "rowspan": "3"}),
        ("th", {"colspan": "2", "rowspan": "3"}),
        ("time", {"datetime": "2026-03-02"}),
    ],
)
def test_what_attributes_say_is_kept_and_no_more(name: str, said: dict[str, str]) -> None:
    written = " ".join(f'{key}="{value}"' for key, value in said.items())
    html = cleaned(INSIDE.get(name, "{}").format(f'<{name} {written} class="x">x</{name}>')).html
    (element,) = fragment(html).iter(name)
    assert {key: value for key, value in element.attrib.items() if key != "rel"} == said


@pytest.mark.parametrize("name", ["br", "hr"])
def test_lines_and_breaks_are_kept(name: str) -> None:
    assert cleaned(f"one<{name}>two").html == f"one<{name}>two"


@pytest.mark.parametrize(
    "scheme", ["http://b.example/", "https://b.example/", "mailto:b@b.example"]
)
@pytest.mark.parametrize("base", [PAGE, ""])
def test_addresses_that_people_follow_are_kept(scheme: str, base: str) -> None:
    html = cleaned(f'<a href="{scheme}">b</a> <a href="tel:1">c</a> <a href="x">d</a>', base=base)
    assert [link for link in links(fragment(html.html)) if not link.startswith(PAGE[:20])] == [
        scheme
    ]


def test_an_excerpt_is_prose_only() -> None:
    entry = cleaned(
        "<h1>A heading</h1><pre>code()</pre><table><tr><td>cell</td></tr></table>"
        "<figure><img src=a.png><figcaption>caption</figcaption></figure><style>p{}</style>"
        "<p>The first sentence.</p><script>run()</script><blockquote>The second.</blockquote>"
    )

    assert entry.excerpt == "The first sentence. The second."


def test_an_excerpt_ends_with_a_sentence() -> None:
    sentence = "This sentence is about sixty characters long, more or less. "

    short = cleaned(f"<p>{sentence * 20}</p>").excerpt

    assert short == (sentence * 4).strip()
    assert len(short) <= EXCERPT_CHARACTERS


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("One. Two. Three.", 10, "One. Two."),
        ("It is 3.5 percent. More of it follows here.", 20, "It is 3.5 percent."),
        ("“Really?” she said. And left.", 24, "“Really?” she said."),
        ("これは最初の文です。これは二番目の文です。", 12, "これは最初の文です。"),
        ("No sentence ends anywhere near this place", 20, "No sentence ends…"),
        ("A. " + "word " * 20, 40, "A. word word word word word word word…"),
        ("Donaudampfschifffahrtsgesellschaft", 10, "Donaudamp…"),
        ("Short.", 280, "Short."),
    ],
)
def test_an_excerpt_is_cut_between_sentences_or_else_words(
    text: str, limit: int, expected: str
) -> None:
    assert excerpt(text, limit) == expected


@given(st.text(max_size=400) | st.text("ab .!?。…\"'", max_size=400), st.integers(1, 300))
def test_an_excerpt_is_the_beginning_of_the_text_within_the_limit(text: str, limit: int) -> None:
    short = excerpt(text, limit)

    assert len(short) <= limit
    assert short == text or text.startswith(short.removesuffix("…"))
    assert not text.strip() or short.strip()


@pytest.mark.parametrize(
    ("html", "link", "expected"),
    [
        ("<p>What it says. And then some.</p>", PAGE, "What it says. And then some."),
        ("<p>" + "Many words of it " * 20 + "</p>", PAGE, "Many words of it"),
        # One character too many: seven times eleven, and four.
        ("<p>" + "many words " * 7 + "many</p>", PAGE, "many words many"),
        ("<img src=a.png>", PAGE, "post.html"),
        ("", "https://site.example/", "https://site.example/"),
        ("", "", "Untitled"),
    ],
)
@pytest.mark.parametrize("title", ["", "\u200b", "\u200b \u00ad"])
def test_an_entry_without_a_visible_title_gets_one(
    html: str, link: str, expected: str, title: str
) -> None:
    given_title = cleaned(html, title=title, link=link).title

    assert given_title.startswith(expected)
    assert len(given_title) <= 80


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("four words of text", 4),
        ("日本語の文章です", 4),
        ("한국어", 1),
        ("Python で書く", 2),
        ("one 日本 two", 3),
        ("one日two", 2),
        ("字" * 5_000, 2_300),
        ("שלום עולם", 2),
    ],
)
def test_words_are_counted_in_every_script(text: str, words: int) -> None:
    assert count_words(text) == words
    assert cleaned(f"<p>{text}</p>").words == words


def test_code_counts_as_words_to_read() -> None:
    assert cleaned("<p>Two words.</p><pre>and three more</pre>").words == 5


@pytest.mark.parametrize("depth", [100, 200, 201, 255, 300, 1_000])
def test_text_survives_however_deep_it_is_nested(depth: int) -> None:
    entry = cleaned("<div>" * depth + "<p>At the bottom.</p>" + "</div>" * depth)

    assert entry.excerpt == "At the bottom."
    assert entry.words == 3


def test_a_format_that_opens_again_and_again_is_soon_done() -> None:
    html = "".join(f"<div><b lang=x{n}></div>x" for n in range(12_000))

    started = time.process_time()
    cleaned(html)

    assert time.process_time() - started < SECONDS_FOR_THE_WORST


@pytest.mark.parametrize(
    "unit",
    [
        *("<p><b>x</p>", "<div><span>x</div>", "<ul><li>x</ul>", "<b><i>x</b></i>"),
        *("<table><tr><td>x<td>y</table>", "<dl><dt>x<dd>y</dl>", "<section><div>x</section>"),
    ],
)
def test_a_long_page_with_slips_is_not_deep(unit: str) -> None:
    # An element that formats may stay open, as in a browser; others end with what is around them.
    html = cleaned("<h2>An <em>old</em> page</h2>" + unit * 150).html

    assert "<em>old</em>" in html


# Elements of the HTML Standard that are empty, or end where another one begins.
FLAT = [
    *("area", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "p", "wbr"),
    *("option", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "br"),
]


@pytest.mark.parametrize("tag", [*FLAT, "img src=a.png", "BR/"])
def test_many_elements_that_do_not_nest_are_not_deep(tag: str) -> None:
    html = cleaned("<p>An <em>old</em> page" + f"<{tag}>" * 1_000).html

    assert "<em>old</em>" in html


FORMATTING = [
    *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt"),
    "u",
]
INLINE = [
    *FORMATTING,
    *("abbr", "cite", "del", "ins", "kbd", "label", "mark", "q", "samp", "span", "sub", "sup"),
    *("time", "var"),
]
BLOCKS = [
    *("address", "article", "aside", "blockquote", "center", "details", "div", "dl", "figcaption"),
    *("figure", "footer", "header", "main", "nav", "ol", "pre", "section", "summary", "ul"),
]


def is_kept(slips: str) -> bool:
    """Whether what is marked up beside so many of these keeps its marks."""
    return "<em>old</em>" in cleaned("<h2>An <em>old</em> page</h2>" + slips * 250).html


@pytest.mark.parametrize("name", [*INLINE, *BLOCKS])
def test_what_overlaps_ends_with_the_block_around_it(name: str) -> None:
    assert is_kept(f"<div><{name}>x</div></{name}>")
    assert is_kept(f"<table><{name}>x</table></{name}>")


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_ends_the_blocks_in_it(name: str) -> None:
    assert is_kept(f"<{name}><div>x</{name}></div>")


@pytest.mark.parametrize("name", INLINE)
def test_what_marks_words_ends_no_block(name: str) -> None:
    assert not is_kept(f"<{name}><div>x</{name}>")
    assert is_kept(f"<span><{name}>x</span></{name}>")


@pytest.mark.parametrize("name", FORMATTING)
def test_what_formats_goes_on_after_the_block_it_was_opened_in(name: str) -> None:
    # Each stays open, and the next is inside of it, as in a browser.
    assert not is_kept(f"<div><{name}>x</div>")


@pytest.mark.parametrize("beside", ["", "<br>"])
@pytest.mark.parametrize(("depth", "kept"), [(200, True), (201, False)])
def test_marks_are_kept_as_deep_as_people_write(depth: int, beside: str, *, kept: bool) -> None:
    html = cleaned("<div>" * (depth - 1) + beside + "<em>x</em>").html
    assert ("<em>x</em>" in html) == kept


@pytest.mark.parametrize(
    "unit",
    [
        *("<div>", "<b>", "<table>", "<a ", "<a<", "<!--", "<p><b>", "<div title='<b>'>", "&lt"),
        *("<div></x>", "<b></x>", "<p></x>", "<x><div></x></div>", "<span><div></span></div>"),
        *("<div><table><td></div></table>", "<div><b></div></b>x", "<b><div></b></div>", "</p>"),
        *("<section><x></section>", "<svg><desc><div></svg>", "<object><b></object>"),
        *("<li></li>", "<pre>x</pre>", "<img title='\">'>"),
    ],
)
def test_the_worst_of_the_largest_texts_is_soon_done(unit: str) -> None:
    html = (unit * (MAX_HTML // len(unit) + 1))[:MAX_HTML]

    started = time.process_time()
    entry = cleaned(html)

    assert time.process_time() - started < SECONDS_FOR_THE_WORST
    assert_safe(entry.html)
    assert nesting(entry.html) < 1_000


_PIECES = st.sampled_from(
    [
        *("<p>", "</p>", "<div>", "</div>", "<ul>", "<ol start=x>", "<li>", "<table>", "<td>"),
        *("<tr>", "</table>", "<a href='/x'>", "<a href=javascript:x>", "</a>", "<img src=//h/>"),
        *("<script>", "</script>", "<svg>", "<math>", "<style>", "<!--", "-->", "<![CDATA[", "]]>"),
        *("<b onclick=x>", "<title>", "<noscript>", "<plaintext>", "&#0;", "&amp;lt;", "<", ">"),
        *("\0", "\x0b", "\u2028", "\ufffd", "text. ", "日本。", "'", '"', "<pre>", "<h1>"),
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_any_soup_of_tags_comes_out_safe(soup: str) -> None:
    entry = cleaned(soup, title="")

    assert_safe(entry.html)
    assert len(entry.excerpt) <= EXCERPT_CHARACTERS
    assert entry.title.strip()
    assert entry.excerpt.isprintable()


def test_entries_keep_their_order_and_identity() -> None:
    first = ParsedEntry("1", PAGE, "First", "Ada", None, "<p>a</p>", PAGE)
    second = ParsedEntry("2", PAGE, "Second", "", None, "", PAGE)

    named = ("guid:1",)
    entries = clean_entries([KeyedEntry("k1", "f1", first, named), KeyedEntry("k2", "f2", second)])

    assert [(entry.key, entry.fingerprint, entry.title) for entry in entries] == [
        ("k1", "f1", "First"),
        ("k2", "f2", "Second"),
    ]
    assert isinstance(entries, tuple)
    assert [entry.names for entry in entries] == [named, ()]
    assert entries[0].author == "Ada"
    assert entries[0].link == PAGE


def test_what_an_entry_says_beside_its_text_stays() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    said = ParsedEntry(
        "1", PAGE, "First", "Ada", at, "<p>a</p>", PAGE, f"{PAGE}.png", 90, ("Cats", "Dogs")
    )
    (entry,) = clean_entries([KeyedEntry("k", "f", said)])
    assert (entry.published, entry.image, entry.seconds) == (at, f"{PAGE}.png", 90)
    assert (entry.categories, entry.html, entry.excerpt) == (("Cats", "Dogs"), "<p>a</p>", "a")


def test_an_excerpt_has_two_hundred_and_eighty_characters_at_most() -> None:
    words = "word " * 55
    fits, longer = f"{words}words", f"{words}worded"
    assert (len(fits), cleaned(f"<p>{fits}</p>").excerpt) == (280, fits)
    assert cleaned(f"<p>{longer}</p>").excerpt.endswith("…")


def test_a_title_that_can_be_seen_stays() -> None:
    assert cleaned("<p>Words.</p>", title="A title").title == "A title"


def test_what_a_picture_is_said_to_show_is_kept() -> None:
    said = '<p><img src="https://a.example/a.png" alt="Two cats" width="3" height="4" id="x"></p>'
    (picture,) = fragment(cleaned(said).html).iter("img")
    assert dict(picture.attrib) == {
        "src": "https://a.example/a.png",
        "alt": "Two cats",
        "width": "3",
        "height": "4",
    }


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            '<a href="https://u:p@host.example/?a=1&amp;b=@">x</a>',
            "https://host.example/?a=1&amp;b=@",
        ),
        ('<a href="https://bank.example@evil.example/">x</a>', "https://evil.example/"),
        ('<a href="//u:p@host.example/y">x</a>', "https://host.example/y"),
        ('<a href="/y">x</a>', "https://site.example/y"),
        ('<img src="https://u:p@host.example/i.png">', "https://host.example/i.png"),
        ('<a href="ht&#9;tps:\\\\u@host.example">x</a>', "https://host.example"),
        ('<a href="mailto:ada@host.example">x</a>', "mailto:ada@host.example"),
    ],
)
def test_addresses_inside_have_no_user(html: str, expected: str) -> None:
    found = re.search(
        r'(?:href|src)="([^"]*)"', cleaned(html, base="https://u:p@site.example/feed").html
    )
    assert found
    assert found[1] == expected


def test_what_only_reads_like_an_address_stays() -> None:
    listing = '<pre>&lt;a href="https://u:p@host.example/"&gt; a@b "x@y"</pre>'
    assert cleaned(listing).html == listing
