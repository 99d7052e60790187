"""Editions that templates are tried on: made up, but of every kind that can come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from digest.model import (
    AlsoIn,
    BlockDay,
    BlockLine,
    Edition,
    EditionBlock,
    Fact,
    Failing,
    Held,
    Listed,
    More,
    Picture,
    Quiet,
    Related,
    Section,
    Story,
)
from digest.rendering.email.personal import Links, links_of

_PUBLIC = "https://digest.example.com"
_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
_CONTENT = (
    "<h2>A heading</h2><p>Words with a <a href='https://example.com/b'>link</a>.</p>"
    "<pre><code>a = 1\nb = 2</code></pre><blockquote><p>Said before.</p></blockquote>"
    "<ul><li>One</li><li>Two</li></ul><table><tr><th>A</th></tr><tr><td>1</td></tr></table>"
)
_FULL = Story(
    title="A title with <angle brackets> & more",
    url="https://example.com/a?b=c&d=e",
    feed="A feed",
    author="Ada",
    published=_AT,
    excerpt="Two sentences. Not more.",
    reading_minutes=4,
    also_in=(AlsoIn("Another feed", "https://example.org/a"), AlsoIn("A third feed", "")),
    entries=(1, 2),
    updated=True,
    html=_CONTENT,
    image="https://example.com/a.jpg",
    picture=Picture("https://example.com/a.jpg", 1200, 630),
    watched=("watched", "title:sample"),
    related=(
        Related("A title like it", "https://example.net/a", "A third feed", _AT, "How it begins."),
    ),
    group="A subject",
    facts=(Fact("points", 312), Fact("comments", 1), Fact("length", 4.5, "km")),
    discussion="https://example.com/talk?id=1",
)
_BARE = Story("Untitled", "", "A feed", "", None, "", 1, entries=(3,))
_BRIEF = replace(_FULL, title="In short", entries=(4,), brief=True, html="", picture=None)


_BLOCK = EditionBlock(
    kind="sample",
    title="A block",
    days=(
        BlockDay("Monday", (BlockLine("Rain", "likely", at="09:30", symbol="\u2602"),)),
        BlockDay("Tuesday", (BlockLine("One"), BlockLine("Two"))),
    ),
    credit="Data by somebody",
    credit_url="https://example.com/data",
)
_LISTED = (Listed("One of the rest", "https://example.com/rest"), Listed("Another", ""))


def ordinary() -> Edition:
    """An edition in which everything is set that can be."""
    return Edition(
        digest="sample",
        title="A sample",
        subject="A sample: a title, and 5 more",
        period_from=_AT - timedelta(days=7),
        period_to=_AT,
        composed_at=_AT,
        timezone="Europe/Berlin",
        sections=(
            Section("Top stories", (_FULL,), top=True),
            Section(
                "A feed",
                (replace(_FULL, html="", group=""), _FULL, _BARE, _BRIEF),
                url="https://example.com/",
                more=(
                    More("A feed", "https://example.com/", 12, _LISTED),
                    More("Another feed", "", 1),
                ),
            ),
            Section("Other news", (_BRIEF,)),
        ),
        held_back=3,
        held=(Held("A flood", 40),),
        failing=(Failing("A dead feed", _AT - timedelta(days=9)),),
        quiet=tuple(Quiet(f"A silent feed {n}", _AT - timedelta(days=90)) for n in range(5)),
        next_at=_AT + timedelta(days=7),
        blocks=(_BLOCK, replace(_BLOCK, credit="", credit_url="")),
    )


def links() -> Links:
    """The links of an email that has all of them."""
    return links_of(ordinary(), _PUBLIC, f"{_PUBLIC}/e/sample", feedback=True)


def empty() -> Edition:
    """An edition without stories."""
    return replace(ordinary(), subject="A sample: nothing new", sections=(), held_back=0)


def long() -> Edition:
    """An edition of 60 stories in 6 sections, some of which are cut."""
    sections = tuple(Section(f"Feed {n}", tuple(_long(n, m) for m in range(10))) for n in range(6))
    return replace(ordinary(), sections=sections)


def _long(section: int, number: int) -> Story:
    cut = section == 5 or number > 7
    feed, title = f"Feed {section}", f"Story {section}.{number}"
    return replace(_FULL, title=title, feed=feed, html="", cut=cut)


def right_to_left() -> Edition:
    """An edition in Hebrew, with a title in English."""
    hebrew = replace(
        _FULL, title="שלום עולם", feed="צוהר", author="דנה", excerpt="ויש גם תקציר.", html=""
    )
    whole = replace(hebrew, html=_CONTENT.replace("Words with a", "מילים עם"))
    sections = (Section("צוהר", (hebrew, whole, replace(_FULL, feed="צוהר"))),)
    return replace(ordinary(), title="קריאה", language="he", sections=sections)


def hostile() -> Edition:
    """An edition whose feeds write HTML, Markdown, templates and too much."""
    nasty = '"><script>alert(1)</script> {{ 7 * 7 }} ](javascript:alert(1)) <!-- ' + "x" * 500
    story = replace(
        _FULL,
        title=nasty,
        author=nasty,
        feed=nasty,
        excerpt=nasty,
        also_in=(AlsoIn(nasty, "https://example.org/a"),),
        html=f"<div onclick='x'>{'<blockquote><table><tr><td>' * 20}{nasty}",
        watched=(nasty,),
        related=(Related(nasty, "https://example.net/a", nasty),),
        group=nasty,
    )
    lines = tuple(BlockLine(nasty, nasty, nasty) for _ in range(20))
    block = EditionBlock("sample", nasty, (BlockDay(nasty, lines),), nasty)
    return replace(
        ordinary(),
        title=nasty[:100],
        sections=(Section(nasty, (story,)),),
        blocks=(block,) * 3,
    )


SAMPLES = {
    "ordinary": ordinary,
    "empty": empty,
    "long": long,
    "right to left": right_to_left,
    "hostile": hostile,
}
