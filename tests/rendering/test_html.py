"""The HTML, text and Markdown of an edition: what readers need of them.

What mail programs need of the HTML is in `checker.py`.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from digest.model import AlsoIn
from digest.rendering.columns import columns
from digest.rendering.templates import Templates
from tests.rendering.markup import document, fragment, links
from tests.rendering.samples import NOW, edition, ordinary, story

if TYPE_CHECKING:
    from digest.model import Edition

TEMPLATES = Templates()
HEBREW = "שלום עולם"


def full() -> Edition:
    """An edition in which every part of the templates is used."""
    return edition(
        story(
            1, also_in=(AlsoIn("Another feed", "https://other.example/1"), AlsoIn("A third", ""))
        ),
        story(2, title=HEBREW, excerpt="ויש גם תקציר."),
        story(3, url="", author="", excerpt="", published=None),
        story(4, feed="Second feed", url="https://site.example/?a=1&b=2#c"),
        story(5, feed="Second feed"),
        held_back=7,
    )


@pytest.fixture(scope="module")
def source() -> str:
    return TEMPLATES.html(full())


@pytest.fixture(scope="module")
def root(source: str) -> Any:
    return document(source)


def test_every_story_leads_to_its_article(root: Any) -> None:
    assert [
        (heading.text_content(), [str(link.get("href")) for link in heading.iter("a")])
        for heading in root.find_class("headline")
    ] == [
        ("Story 1", ["https://site.example/1"]),
        (HEBREW, ["https://site.example/2"]),
        ("Story 3", []),
        ("Story 4", ["https://site.example/?a=1&b=2#c"]),
        ("Story 5", ["https://site.example/5"]),
    ]


def test_every_link_is_absolute(root: Any) -> None:
    assert links(root)
    assert all(link.startswith(("https://", "http://")) for link in links(root))


def test_the_other_feeds_of_a_story_are_named_and_linked(root: Any) -> None:
    meta = root.find_class("meta")[0]

    assert meta.text_content() == "Ada · Monday · 4\u00a0min · also in Another feed, A third"
    assert [link.get("href") for link in meta.iter("a")] == ["https://other.example/1"]


def test_language_and_direction_are_said(root: Any) -> None:
    assert root.get("lang") == "en"
    assert root.get("dir") == "ltr"
    hebrew = root.xpath(f"//td[h3 = '{HEBREW}']")[0]
    assert hebrew.get("dir") == "rtl"
    assert hebrew.get("align") == "right"
    assert [p.get("dir") for p in hebrew.find_class("excerpt")] == ["rtl"]
    english = root.xpath("//td[h3 = 'Story 1']")[0]
    assert english.get("dir") == "ltr"


def test_names_written_from_right_to_left_do_not_turn_what_follows() -> None:
    mark = "\u200e"
    mixed = edition(
        story(title=HEBREW, author="דנה", also_in=(AlsoIn("צוהר", ""), AlsoIn("B", "")))
    )

    [meta] = document(TEMPLATES.html(mixed)).find_class("meta")
    said = f"דנה{mark} · Monday · 4\u00a0min · also in צוהר{mark}, B"
    assert meta.get("dir") == "ltr"
    assert meta.text_content() == said
    assert said.replace("Monday", "16 November 2026") in TEMPLATES.markdown(mixed)
    assert f"  {mark}דנה{mark} · Monday · 4\u00a0min\n" in TEMPLATES.text(mixed)
    assert f"Also in צוהר{mark}\n" in TEMPLATES.text(mixed)


def test_the_title_and_the_summary_open_the_edition(root: Any) -> None:
    assert root.findtext(".//title") == "Weekly reading: Story 1"
    assert [h1.text_content() for h1 in root.iter("h1")] == ["Weekly reading"]
    [summary] = root.find_class("summary")
    assert summary.text_content() == "9 to 16 November 2026 · 5 stories · about 20\u00a0min to read"


def test_the_preheader_holds_the_next_titles_and_a_filler(root: Any) -> None:
    preheader = root.find("body")[0]

    assert "display: none" in preheader.get("style")
    text = preheader.text_content()
    assert text.startswith(f"{HEBREW} · Story 3 · Story 4\u2007")
    filler = text.partition("Story 4")[2]
    # Most programs preview up to 140 characters or so.
    assert len(filler.replace(" ", "")) > 140
    assert set(filler) == {"\u2007", "\u034f", "\u00ad", " "}


@pytest.mark.parametrize(
    ("count", "begins"),
    [
        (0, "None of the feeds brought anything."),
        (1, "What story 1 is about. And a little more."),
        (2, "Story 2"),
    ],
)
def test_the_preheader_of_a_short_edition(count: int, begins: str) -> None:
    few = edition(*(story(number) for number in range(1, count + 1)))

    preheader = document(TEMPLATES.html(few)).find("body")[0]

    assert preheader.text_content().startswith(f"{begins}\u2007")


@pytest.mark.parametrize("tag", ["td", "p", "h1", "h2", "h3", "body"])
def test_styles_are_inline(root: Any, tag: str) -> None:
    elements = list(root.iter(tag))

    assert elements
    assert all(element.get("style") for element in elements)


def test_an_edition_without_stories_says_so() -> None:
    empty = edition(subject="Weekly reading: nothing new")

    assert "Nothing new this time." in document(TEMPLATES.html(empty)).text_content()
    assert "Nothing new this time." in TEMPLATES.text(empty)
    assert "Nothing new this time." in TEMPLATES.markdown(empty)


def test_stories_that_wait_are_mentioned() -> None:
    waiting = "7 more stories will come with the next edition."

    for form in (TEMPLATES.html, TEMPLATES.text, TEMPLATES.markdown):
        assert waiting in form(full())
        assert "will come" not in form(edition(story()))
    one = edition(story(), held_back=1)
    assert "1 more story will come with the next edition." in TEMPLATES.text(one)


def test_dates_are_in_the_time_zone_of_the_digest() -> None:
    evening = NOW.replace(hour=20)
    late = edition(
        story(published=NOW), timezone="Asia/Tokyo", period_to=evening, composed_at=evening
    )

    for form in (TEMPLATES.html, TEMPLATES.text, TEMPLATES.markdown):
        assert "9 to 17 November 2026" in form(late)
    for form in (TEMPLATES.html, TEMPLATES.text):
        assert "Monday · 4" in form(late)
    assert "16 November 2026 · 4\u00a0min" in TEMPLATES.markdown(late)


LONG_WORDS = "A rather long run of ordinary words that goes on "


@pytest.mark.parametrize(
    "wordy",
    [
        ordinary(3),
        full(),
        edition(story(title=LONG_WORDS * 6, author=LONG_WORDS * 3, excerpt=LONG_WORDS * 5)),
        edition(story(feed=LONG_WORDS * 4)),
        edition(story(also_in=(AlsoIn(LONG_WORDS * 3, "https://other.example/" + "x" * 80),))),
        edition(story(), title=LONG_WORDS * 2, subject="s"),
        edition(
            *(story(number, reading_minutes=75) for number in range(60)),
            period_from=NOW.replace(year=2025, month=9),
        ),
        edition(story(), held_back=1_000_000),
    ],
    ids=["ordinary", "full", "story", "feed", "also in", "title", "summary", "held back"],
)
def test_lines_of_text_are_at_most_78_columns(wordy: Edition) -> None:
    lines = TEMPLATES.text(wordy).splitlines()

    assert [
        line for line in lines if columns(line) > 78 and not line.strip().startswith("https://")
    ] == []


def test_text_is_laid_out_for_reading() -> None:
    text = TEMPLATES.text(edition(story(also_in=(AlsoIn("Other", "https://other.example/1"),))))

    assert text == (
        "Weekly reading\n"
        "9 to 16 November 2026 · 1 story · about 4\u00a0min to read\n"
        "\n"
        "\n"
        "A FEED\n"
        "\n"
        "* Story 1\n"
        "  Ada · Monday · 4\u00a0min\n"
        "  https://site.example/1\n"
        "  Also in Other: https://other.example/1\n"
        "\n"
        "  What story 1 is about. And a little more.\n"
        "\n"
        "\n"
        "-- \n"
        "You get this because your address is on the list for Weekly reading.\n"
    )


def test_a_title_that_takes_two_lines_stays_indented() -> None:
    lines = TEMPLATES.text(edition(story(title=LONG_WORDS * 2))).splitlines()

    start = lines.index("* A rather long run of ordinary words that goes on A rather long run of")
    assert lines[start + 1] == "  ordinary words that goes on"


def test_text_and_markdown_hold_no_html() -> None:
    tricky = edition(story(title="Q&A: is 1 < 2 > 0?", author='O\'Brien & "Co"', excerpt="a & b"))

    text = TEMPLATES.text(tricky)
    assert html.unescape(text) == text
    assert "Q&A: is 1 < 2 > 0?" in text
    assert 'O\'Brien & "Co"' in text
    assert "&amp;" not in TEMPLATES.markdown(tricky)


def test_markdown_is_laid_out_for_reading() -> None:
    markdown = TEMPLATES.markdown(
        edition(story(also_in=(AlsoIn("Other", "https://other.example/1"),)), story(2))
    )

    assert markdown == (
        "# Weekly reading\n"
        "\n"
        "9 to 16 November 2026 · 2 stories · about 8\u00a0min to read\n"
        "\n"
        "## A feed\n"
        "\n"
        "### [Story 1](<https://site.example/1>)\n"
        "\n"
        "Ada · 16 November 2026 · 4\u00a0min · also in [Other](<https://other.example/1>)\n"
        "\n"
        "What story 1 is about. And a little more.\n"
        "\n"
        "### [Story 2](<https://site.example/2>)\n"
        "\n"
        "Ada · 16 November 2026 · 4\u00a0min\n"
        "\n"
        "What story 2 is about. And a little more.\n"
    )


@pytest.mark.parametrize(
    "words",
    [
        "1. First of all",
        "2026. What a year",
        "1) First of all",
        "- a dash",
        "+ a plus",
        "* a star",
        "# a hash",
        "> a quote",
        "=== or ---",
        "`code` and ``more``",
        "*a* _b_ **c** __d__ ~~e~~",
        "[a](b) ![c](d) [e]: f",
        "<b>bold</b> <https://evil.example>",
        "AT&amp;T &copy; &#42;",
        "back\\slash \\* \\",
        "a | b | c",
        "snake_case and 2*3*4",
        "~~~ fence",
        "``` fence",
    ],
)
def test_markdown_shows_words_as_they_are(words: str) -> None:
    source = TEMPLATES.markdown(
        edition(
            story(title=words, author=words, excerpt=words, feed=words),
            story(2, title=words, url="", feed=words),
            title=words,
        )
    )

    root = fragment(MarkdownIt("commonmark").enable("table").render(source))

    assert [element.tag for element in root.iter("*")] == [
        *("main", "h1", "p", "h2"),
        *("h3", "a", "p", "p"),
        *("h3", "p", "p"),
    ]
    shown = [element.text_content() for element in root]
    assert [shown[n] for n in (0, 2, 3, 5, 6)] == [words] * 5
    # The author is not repeated where the feed has the same name.
    assert shown[4] == "16 November 2026 · 4\u00a0min"


@pytest.mark.parametrize(
    "url",
    [
        "https://site.example/a_(b)_c",
        "https://site.example/?a=1&b=2&copy=3#x_y*z",
        "https://site.example/?a=1&copy;=2&#42;",
        "https://site.example/a<b>c",
        "https://site.example/a\\b",
        "https://site.example/[a](b)",
        "https://site.example/日本",
    ],
)
def test_markdown_links_lead_where_they_should(url: str) -> None:
    root = fragment(MarkdownIt("commonmark").render(TEMPLATES.markdown(edition(story(url=url)))))

    [link] = root.iter("a")
    assert unquote(link.get("href")) == url
