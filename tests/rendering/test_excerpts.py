"""Excerpts: whole sentences of what the article says, and nothing around it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.errors import FeedError
from digest.feeds.identity import identify
from digest.feeds.limits import MAX_HTML
from digest.rendering.clean import clean_entries
from digest.rendering.excerpts import excerpt, telling
from tests import limits
from tests.feed_xml import parse_feed
from tests.rendering.test_clean import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterator

SAYS = "The article says this, and it says it well."
PAST = " And this is what follows it, so that there is more of it than fits."


@pytest.mark.parametrize(
    "around",
    [
        *("Continue reading", "Continue reading →", "Read more…", "Read the full article »", "[…]"),
        *(
            "Weiterlesen …",
            "Mehr lesen",
            "Lire la suite",
            "Leer más",
            "Seguir leyendo",
            "Learn more",
        ),
        "The post A title appeared first on A site.",
        "Der Beitrag Ein Titel erschien zuerst auf Eine Seite.",
        "L’article Un titre est apparu en premier sur Un site.",
        "La entrada Un título se publicó primero en Un sitio.",
        "This post was originally published on A site.",
        "Originally published at https://site.example/x on 3 May 2026.",
        *("Sponsored", "Advertisement", "Anzeige", "Publicité", "Sponsored by Acme"),
        *("Click here to view the gallery", "Comments"),
        *("Share this:", "Share on Facebook | Tweet | LinkedIn", "Teilen", "Follow us on Mastodon"),
        "Subscribe to our newsletter for more",
        *(
            "By Jane Doe",
            "By Jane Doe and John Smith",
            "Von Jana Müller | 3. Mai 2026",
            "Par Zoé Blanc",
        ),
        *(
            "5 min read",
            "Reading time: 5 minutes",
            "Lesezeit: 4 Min.",
            "Temps de lecture : 3 minutes",
        ),
        *(
            "Photo by Ada on Unsplash",
            "Image: Getty",
            "Foto: dpa",
            "© 2026 A paper",
            "Credit: NASA",
        ),
        *("May 3, 2026", "3. Mai 2026", "Published on 2026-05-03", "12 comments"),
        "submitted by /u/ada [link] [comments]",
    ],
)
def test_what_is_around_an_article_is_not_in_its_excerpt(around: str) -> None:
    assert cleaned(f"<p>{around}</p><p>{SAYS}</p>").excerpt == SAYS
    assert cleaned(f"<p>{SAYS}</p><p>{around}</p>").excerpt == SAYS
    assert cleaned(f"{around}<br>{SAYS}").excerpt == SAYS


@pytest.mark.parametrize(
    "said",
    [
        "By Monday everyone had read it.",
        "They say: Read more books, and learn from those who wrote them.",
        "Share prices fell after the news.",
        "Images of the galaxy show more than was thought.",
        "Comments were closed because nobody could keep up with them.",
        "Photographers by the thousand came to see it.",
        "Sponsored teams won every race of the season.",
        "Five minutes are enough to read it.",
        "Von Berlin nach Paris fährt jetzt ein Nachtzug.",
        "Points: the currency that nobody wanted.",
        "May 3, 2026 was a day to remember.",
    ],
)
def test_what_only_begins_like_it_stays(said: str) -> None:
    assert cleaned(f"<p>{said}</p><p>{SAYS}</p>").excerpt == f"{said} {SAYS}"


def test_of_a_link_to_a_discussion_nothing_is_left() -> None:
    entry = cleaned(
        '<p>Article URL: <a href="https://a.example/">https://a.example/</a></p>'
        '<p>Comments URL: <a href="https://b.example/1">https://b.example/1</a></p>'
        "<p>Points: 3</p><p># Comments: 0</p>"
    )

    assert entry.excerpt == ""
    assert cleaned('<a href="https://b.example/1">Comments</a>').excerpt == ""


@pytest.mark.parametrize(
    ("html", "left"),
    [
        (f"<p>{SAYS} Continue reading →</p>", SAYS),
        (f"<p>{SAYS} Read more</p>", SAYS),
        (f"<p>{SAYS} [&#8230;]</p>", SAYS),
        (f"<p>{SAYS} And here it is cut [&#8230;]</p>", SAYS),
        (f"<p>{SAYS} The post A title appeared first on A site.</p>", SAYS),
        ("<p>No sentence ends here but it is [...]</p>", "No sentence ends here but it is…"),
        (
            f"<p>{SAYS} Continue reading</p><p>The post A title appeared first on A site.</p>",
            SAYS,
        ),
    ],
)
def test_nor_is_what_ends_its_last_paragraph(html: str, left: str) -> None:
    assert cleaned(html).excerpt == left


@pytest.mark.parametrize(
    ("title", "html", "left"),
    [
        ("A title", f"<p>A title</p><p>{SAYS}</p>", SAYS),
        ("A title", f"<p>A TITLE.</p><p>{SAYS}</p>", SAYS),
        ("A title", f"<p>A title: {SAYS}</p>", SAYS),
        ("A title", f"<p>A title {SAYS}</p>", SAYS),
        ("A title", f"<p>A title is here.</p><p>{SAYS}</p>", f"… is here. {SAYS}"),
        ("Rust", f"<p>Rust Belt towns grow.</p><p>{SAYS}</p>", f"Rust Belt towns grow. {SAYS}"),
        ("It’s here", f"<p>It's here! {SAYS}</p>", SAYS),
        ("Cloud Agents", "<p>Cloud agents make it easy.</p>", "… make it easy."),
        ("南京版泰山", "<p>南京版泰山，银行原卷。</p>", "银行原卷。"),
        ("收三盒泰山", "<p>收三盒泰山 要求原盒好品。</p>", "要求原盒好品。"),
        ("A title", f"<p>Berlin (dpa) - A title. {SAYS}</p>", SAYS),
        ("arXiv", f"<p>arXiv:2611.1v1 Announce Type: new Abstract: {SAYS}</p>", SAYS),
        ("Go", "<p>Google says so.</p>", "Google says so."),
        ("A title", "<p>A title</p>", ""),
        ("", f"<p>{SAYS}</p>", SAYS),
    ],
)
def test_the_title_is_not_said_again(title: str, html: str, left: str) -> None:
    if title:
        assert cleaned(html, title=title).excerpt == left
    assert telling([SAYS], title) == SAYS


@pytest.mark.parametrize(
    ("sentence", "more"),
    [
        ("Many tools, e.g. Acme and others, do it.", PAST),
        ("It was Dr. Jane Doe who found it.", PAST),
        ("The U.S. Senate has passed it.", PAST),
        ("J. K. Rowling wrote it.", PAST),
        ("Das gilt z. B. Ende Mai und auch z.B. Ende Juni.", PAST),
        ("Am 3. Oktober ist es so weit.", PAST),
        ("Version 2.4.1 is 3.5 times as fast.", PAST),
        ("See site.example/?a=b for all of it.", PAST),
        ("“Really?” she asked, and left.", PAST),
        ("彼はv2.4.1を使う。", "そして、これが続く文です。" * 5),
        ("Certaines villes, p. ex. Paris, le disent.", PAST),
    ],
)
def test_a_sentence_ends_where_it_ends(sentence: str, more: str) -> None:
    for limit in range(len(sentence), len(sentence) + 12):
        assert excerpt(sentence + more, limit) == sentence
    for limit in range(8, len(sentence)):
        assert excerpt(sentence + more, limit).endswith("…")


def test_paragraphs_that_only_invite_are_soon_read() -> None:
    for unit in ("<p>share </p>", "<p>x x x x</p>", "share ", "Read ", "By A ", "… ", "<p></p>"):
        html = (unit * (MAX_HTML // len(unit) + 1))[:MAX_HTML]

        started = time.process_time()
        cleaned(html)

        assert time.process_time() - started < limits.seconds(2)


def test_what_says_nothing_for_long_has_no_excerpt() -> None:
    asked = 0

    def paragraphs() -> Iterator[str]:
        nonlocal asked
        for _ in range(10_000):
            asked += 1
            yield "Continue reading"

    assert telling(paragraphs(), "A title") == ""
    assert asked < 100


@pytest.mark.parametrize("folder", ["feeds", "corpora/realworld"])
def test_no_excerpt_of_real_feeds_begins_with_its_title(shared: Path, folder: str) -> None:
    begun = []
    count = 0
    for path in sorted(filter(Path.is_file, (shared / folder).rglob("*"))):
        try:
            keyed = identify(parse_feed(path.read_bytes(), f"https://site.example/{path.name}"))
        except FeedError:
            continue
        for said, entry in zip(keyed, clean_entries(keyed), strict=True):
            count += 1
            # A post has none: what stands for it is the beginning of its text.
            if entry.title == said.entry.title and _begins(entry.excerpt, entry.title):
                begun.append((entry.title, entry.excerpt))
    assert count
    assert not begun, f"{len(begun)} of {count} excerpts begin with their title"


def _begins(text: str, title: str) -> bool:
    return text.casefold().startswith(title.casefold())


def test_a_title_in_stars_is_not_said_again() -> None:
    said = cleaned("<p>★★★Sale of coins★★★ All from 1994.</p>", title="★★Sale of coins★★")
    assert said.excerpt == "All from 1994."
    other = "★ Other coins are here."
    assert cleaned(f"<p>{other}</p>", title="★ Other").excerpt == other
