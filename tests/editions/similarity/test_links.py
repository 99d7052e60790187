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
        *(
            (other, "https://arxiv.org/abs/2611.04411")
            for other in (
                "http://arxiv.org/abs/2611.04411v3",
                "https://www.arxiv.org/pdf/2611.04411",
                "https://arxiv.org/pdf/2611.04411v2.pdf",
                "https://arxiv.org/html/2611.04411v1",
                "https://export.arxiv.org/abs/2611.04411?context=cs",
                "https://ar5iv.labs.arxiv.org/html/2611.04411",
                "https://doi.org/10.48550/arXiv.2611.04411",
            )
        ),
        ("https://arxiv.org/pdf/hep-th/9901001v1", "https://arxiv.org/abs/hep-th/9901001"),
        ("http://dx.doi.org/10.1145/359545.359563", "https://doi.org/10.1145/359545.359563"),
        ("https://doi.org/10.1016/J.CELL.2026.01", "https://doi.org/10.1016/j.cell.2026.01"),
        *(
            (other, "https://www.youtube.com/watch?v=dQw4w9WgXcQ")
            for other in (
                "https://youtu.be/dQw4w9WgXcQ",
                "https://youtu.be/dQw4w9WgXcQ?si=Ab-1&t=42",
                "https://m.youtube.com/watch?v=dQw4w9WgXcQ&feature=youtu.be",
                "https://www.youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&index=2&t=1m2s&pp=ygU",
                "https://www.youtube.com/shorts/dQw4w9WgXcQ",
                "https://www.youtube.com/embed/dQw4w9WgXcQ?start=3",
                "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
                "https://www.youtube.com/live/dQw4w9WgXcQ?feature=shared",
            )
        ),
        ("https://player.vimeo.com/video/76979871?h=1", "https://vimeo.com/76979871"),
        *(
            (other, "https://medium.com/@dk/how-i-cut-my-bill-3c4d5e6f7a8b")
            for other in (
                "https://medium.com/@dk/how-i-cut-my-bill-3c4d5e6f7a8b?sk=1f&source=rss----1f2e",
                "https://dk.medium.com/how-i-cut-my-bill-3c4d5e6f7a8b?gi=1",
                "https://medium.com/p/3c4d5e6f7a8b",
            )
        ),
        *(
            (other, "https://jane.substack.com/p/slow-signals")
            for other in (
                "https://jane.substack.com/p/slow-signals?r=1ab2&utm_campaign=post",
                "https://jane.substack.com/p/slow-signals?s=r&showWelcomeOnShare=true",
                "https://open.substack.com/pub/jane/p/slow-signals?r=1ab2",
            )
        ),
        (
            "https://jane.example/p/a?publication_id=1&isFreemail=true&r=1",
            "https://jane.example/p/a",
        ),
        *(
            (other, "https://www.reddit.com/r/selfhosted/comments/1abcde/a_title/")
            for other in (
                "https://old.reddit.com/r/selfhosted/comments/1abcde/a_title/?share_id=1",
                "https://redd.it/1abcde",
                "https://www.reddit.com/comments/1abcde",
                "https://np.reddit.com/r/selfhosted/comments/1abcde/",
                "https://www.reddit.com/gallery/1abcde",
            )
        ),
        ("https://mobile.twitter.com/a/status/12?s=20&t=xY", "https://x.com/a/status/12"),
        ("https://nitter.net/a/status/12#m", "https://x.com/a/status/12/photo/1"),
        (
            "https://stackoverflow.com/q/11227809",
            "https://stackoverflow.com/questions/11227809/why",
        ),
        (f"{X}?srsltid=AfmB&spm=a2g0o.1", X),
        (f"{X}?share=twitter", f"{X}?share="),
        ("https://mobile.site.example/2026/x", X),
        ("https://open.spotify.com/episode/1?si=2", "https://open.spotify.com/episode/1"),
        ("https://www.nytimes.com/a.html?unlocked_article_code=1", "https://nytimes.com/a.html"),
        ("https://web.archive.org/web/20240101000000/https://site.example/2026/x", X),
        (
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fsite.example%2F2026%2Fx",
            X,
        ),
        ("https://www.youtube.com/redirect?event=1&q=https%3A%2F%2Fsite.example%2F2026%2Fx", X),
        ("https://github.com/a/b?tab=readme-ov-file", "https://github.com/a/b"),
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
        ("https://www.youtube.com/playlist?list=a", "https://www.youtube.com/playlist?list=b"),
        ("https://www.youtube.com/watch?v=a&list=b", "https://www.youtube.com/playlist?list=b"),
        ("https://youtu.be/abc", "https://youtu.be/abC"),
        ("https://arxiv.org/abs/2611.04411", "https://arxiv.org/abs/2611.04412"),
        ("https://arxiv.org/list/cs.DC/recent", "https://arxiv.org/list/cs.PL/recent"),
        (f"{X}?s=20", X),
        (f"{X}?s=cats", f"{X}?s=dogs"),
        (f"{X}?r=1", f"{X}?r=2"),
        (f"{X}?t=1", f"{X}?t=2"),
        (f"{X}?list=1", f"{X}?list=2"),
        (f"{X}?share=acme-inc", X),
        ("https://x.com/search?q=cats", "https://x.com/search?q=dogs"),
        ("https://x.com/a/status/12", "https://x.com/a/status/13"),
        ("https://old.site.example/2026/x", X),
        ("https://medium.com/@dk/one-3c4d5e6f7a8b", "https://medium.com/@dk/two-3c4d5e6f7a8c"),
        ("https://jane.substack.com/p/a", "https://joe.substack.com/p/a"),
        ("https://jane.substack.com/p/a", "https://jane.substack.com/p/a/comments"),
        ("https://jane.example/p/a?r=1", "https://jane.example/p/a"),
        (
            "https://www.reddit.com/r/a/comments/1abcde/a_title/k2x9/",
            "https://www.reddit.com/r/a/comments/1abcde/a_title/",
        ),
        (
            "https://www.reddit.com/r/a/comments/1abcde/a_title/k2x9/",
            "https://www.reddit.com/r/a/comments/1abcde/a_title/k2x8/",
        ),
        ("https://doi.org/10.1145/359545.359563", "https://doi.org/10.1145/359545.359564"),
        ("https://github.com/a?tab=repositories", "https://github.com/a?tab=stars"),
        ("https://stackoverflow.com/a/1", "https://stackoverflow.com/q/1"),
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
