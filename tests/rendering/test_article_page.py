"""The article of a page: taken where it is one, and left where the page is something else."""

from __future__ import annotations

import pytest

from digest.rendering.article_page import Article, Page, read_article
from tests.rendering import article_pages as pages
from tests.rendering.article_pages import TEASER, Made

pytest.importorskip("trafilatura")

URL = "https://herald.example/2026/bridge.html"
WORDS = len(TEASER.split())


def article_of(
    html: str | bytes,
    title: str = "The old bridge reopens",
    excerpt: str = TEASER,
    words: int = WORDS,
    url: str = URL,
) -> Article:
    body = html if isinstance(html, bytes) else html.encode()
    return read_article(Page(body, url, URL, title, excerpt, words))


@pytest.mark.parametrize("made", pages.ARTICLES, ids=lambda made: made.name)
def test_the_article_of_a_page(made: Made) -> None:
    article = article_of(made.body, made.title, made.excerpt)
    assert article.reason == ""
    for text in made.has:
        assert text in article.html
    for text in made.has_not:
        assert text not in article.html
    assert article.words > WORDS
    assert article.excerpt
    if made.image:
        assert article.image.endswith(made.image)
        assert article.image.startswith("https://")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (pages.COOKIE_WALL, "the page asks for consent to cookies"),
        (pages.LOGIN, "the page is a login"),
        (pages.PAYWALL, "the page has a paywall"),
        (pages.LOCKED, "the page has a paywall"),
        (pages.CHALLENGE, "the page only checks who asks"),
        (pages.BOT_CHECK, "the page only checks who asks"),
        *((pages.gated(gate), "the page has a paywall") for gate in pages.GATES),
        (pages.gated(pages.GATES[0], pages.BRIDGE * 2), "the page has a paywall"),
        *((pages.gated("", head=mark), "the page has a paywall") for mark in pages.MARKS),
        *(
            (pages.gated("", [text]), "the page asks for consent to cookies")
            for text in pages.CONSENTS
        ),
        *(
            (pages.gated("", [text]), "the page says that it has no such article")
            for text in pages.ABSENT
        ),
        (pages.OTHER, "the page is about something else"),
        ("<html><body><p>Share this</p></body></html>", "no article was found on the page"),
        ("<html></html>", "no article was found on the page"),
        ("%PDF-1.7 \x00\x01", "the page is no HTML"),
        ("", "the page is no HTML"),
    ],
)
def test_what_is_no_article(html: str, reason: str) -> None:
    assert article_of(html).reason == reason


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://herald.example/login?next=/2026/bridge.html", "the page is a login"),
        ("https://consent.herald.example/v2", "the page asks for consent to cookies"),
        ("https://herald.example/2026/bridge.html?from=feed", ""),
    ],
)
def test_where_an_address_led(url: str, reason: str) -> None:
    assert article_of(pages.SEMANTIC.html, url=url).reason == reason


def test_an_article_about_cookies_is_one() -> None:
    assert (
        article_of(pages.ABOUT_COOKIES, "Why every site asks for consent to cookies").reason == ""
    )


def test_only_what_is_longer_is_kept() -> None:
    whole = article_of(pages.SEMANTIC.html)
    again = article_of(pages.SEMANTIC.html, words=whole.words)
    assert again.reason == f"the page has no more words than the feed ({whole.words})"
    assert article_of(pages.SEMANTIC.html, words=whole.words - 1).reason == ""


@pytest.mark.parametrize("made", [pages.SEMANTIC, pages.LINES], ids=lambda made: made.name)
def test_the_title_does_not_come_twice(made: Made) -> None:
    assert "The old bridge reopens" not in article_of(made.html).html


def test_a_table_that_lays_out_a_page_is_none() -> None:
    assert "<t" not in article_of(pages.TABLES.html).html
    assert "<td>2 million</td>" in article_of(pages.LISTING.html, pages.LISTING.title).html


def test_what_is_hostile_is_cleaned_and_bounded() -> None:
    tricks = (
        '<p onclick="x()">The old bridge over the river reopened <a href="javascript:x()">now</a>'
        "<script>alert(1)</script><iframe src=//x></iframe></p>"
    )
    html = pages.SEMANTIC.html.replace("</article>", f"{tricks * 3}</article>")
    article = article_of(html)
    assert article.reason == ""
    for bad in ("onclick", "javascript:", "<script", "<iframe"):
        assert bad not in article.html
    assert (
        article_of("<p>" + "x" * 1_000_001).reason == "the page has more than 1,000,000 characters"
    )
    # Openings without an end take no longer than what they are.
    assert article_of("<p>" + "<script" * 400_000).reason
    assert article_of("<html>" + "<!--" * 500_000).reason
    assert article_of("<p>" + "<script type=ld+json>" * 100_000).reason
    assert article_of(f"<p><script type=ld+json>{'[' * 100_000}</script>").reason
