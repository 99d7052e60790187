"""Links that lead to the same article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.editions.similarity.links import article_key

X = "https://site.example/2026/x"


@pytest.mark.parametrize(
    "link",
    [
        *(
            "http://site.example/2026/x",
            "https://www.site.example/2026/x",
            "HTTPS://Site.Example/2026/x",
        ),
        *(
            "https://site.example:443/2026/x",
            "http://site.example:80/2026/x/",
            "https://m.site.example/2026/x",
        ),
        *(
            f"{X}/",
            f"{X}#comments",
            f"{X}#",
            f"{X}#:~:text=2.4",
            f"{X}#xtor=RSS-32",
            f"{X}?",
            f"{X}/index.html",
        ),
        *(f"{X}?utm_source=a&utm_medium=b", f"{X}?fbclid=1", f"{X}?gclid=1&mc_cid=2&mc_eid=3"),
        *(
            f"{X}?ref=news.example.com",
            f"{X}?source=rss----1f2e",
            f"{X}?at_medium=RSS&at_campaign=K",
        ),
        *(f"{X}?mod=rss_markets", f"{X}?partner=rss&emc=rss", f"{X}?wt_mc=rss.red.x"),
        *(f"{X}/amp", f"{X}/amp/", f"{X}?amp", f"{X}?amp=1", f"{X}.amp", f"{X}?outputType=amp"),
        *("https://amp.site.example/2026/x", "https://site.example/amp/2026/x"),
        "https://site-example.cdn.ampproject.org/c/s/site.example/2026/x",
        "https://cdn.ampproject.org/c/site.example/2026/x",
        "https://www.google.com/amp/s/www.site.example/2026/x",
        "https://www.google.com/url?rct=j&sa=t&url=https://site.example/2026/x&ct=ga&usg=1",
        "https://www.google.de/url?q=http://site.example/2026/x%3Futm_source%3Da",
        "http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fsite.example%2f2026%2fx",
    ],
)
def test_how_a_link_gets_there_does_not_matter(link: str) -> None:
    assert article_key(link) == "site.example/2026/x"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://youtu.be/abc?si=1", "https://www.youtube.com/watch?v=abc&feature=share"),
        ("https://en.m.wikipedia.org/wiki/X", "https://en.wikipedia.org/wiki/X"),
        ("https://twitter.com/a/status/1", "https://x.com/a/status/1?ref_src=twsrc"),
        ("https://old.reddit.com/r/a/comments/1/", "https://www.reddit.com/r/a/comments/1"),
        ("https://a.blogspot.com/x.html?m=1", "https://a.blogspot.com/x.html"),
        ("https://a.example/?b=2&a=1", "https://a.example/?a=1&b=2"),
        ("https://a.example/caf%C3%A9", "https://a.example/café"),
    ],
)
def test_two_that_lead_to_the_same(one: str, other: str) -> None:
    assert article_key(one) == article_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (X, "https://site.example/2026/y"),
        (X, "https://other.example/2026/x"),
        (X, "https://blog.site.example/2026/x"),
        (X, f"{X}?page=2"),
        (X, "https://site.example/2026/X"),
        (X, "https://site.example:8080/2026/x"),
        ("https://a.example/?p=1", "https://a.example/?p=2"),
        ("https://a.example/#!/one", "https://a.example/#!/two"),
        ("https://a.example/#/one", "https://a.example/#/two"),
        ("https://a.example/log#v2.4.1", "https://a.example/log#v2.4.2"),
        ("https://a.example/log#2026-05-01", "https://a.example/log#2026-05-02"),
        ("https://github.com/a/b/blob/x?ref=main", "https://github.com/a/b/blob/x?ref=dev"),
        ("https://a.example/wiki?page=rss", "https://a.example/wiki?page=atom"),
        ("https://a.example/?y=2026&m=1", "https://a.example/?y=2026&m=2"),
        ("https://amp.dev/x", "https://dev/x"),
        ("https://a.example/amplifiers", "https://a.example/lifiers"),
        ("https://www.google.com/search?q=https://a.example/x", "https://a.example/x"),
        ("https://www.youtube.com/watch?v=a", "https://www.youtube.com/watch?v=b"),
    ],
)
def test_two_that_do_not(one: str, other: str) -> None:
    assert article_key(one) != article_key(other)


@pytest.mark.parametrize(
    "link",
    [
        *(
            "",
            "https://site.example",
            "https://site.example/",
            "http://www.site.example/?utm_source=a",
        ),
        *(
            "https://site.example/#top",
            "https://site.example/index.html",
            "https://site.example/blog/",
        ),
        *("https://site.example/amp/", "https://site.example/news?fbclid=1"),
    ],
)
def test_a_home_page_names_no_article(link: str) -> None:
    assert article_key(link) == ""


@pytest.mark.parametrize("link", ["http://[fe80", "https://a.example:port/", "urn:x", "x"])
def test_what_is_no_web_address_is_itself(link: str) -> None:
    assert article_key(link) == link


def test_an_address_wrapped_in_itself_for_ever_ends() -> None:
    link = "https://www.google.com/amp/s/www.google.com/amp/s/" * 9

    assert isinstance(article_key(link), str)


@given(st.from_regex(r"https?://[a-zA-Z0-9.%/?&=#:@\[\]-]{0,80}", fullmatch=True))
def test_any_address_folds_to_one_that_stays(link: str) -> None:
    assert isinstance(article_key(link), str)
