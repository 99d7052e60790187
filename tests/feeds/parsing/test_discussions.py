"""Points, comments and the page of a discussion, as elements and as sites' texts give them."""

from __future__ import annotations

import json
from html import escape
from time import process_time

import pytest

from digest.feeds.identity import identify
from digest.feeds.parsing import fast, tolerant
from digest.feeds.parsing.discussions import with_discussion
from digest.model import Fact, ParsedEntry, ParsedFeed
from tests import limits
from tests.feed_xml import parse_feed

URL = "https://feeds.example/feed.xml"
STORY = "https://story.example/a"
ITEM = "https://news.ycombinator.com/item?id=42"
LOBSTERS = "https://lobste.rs/s/abc123/a_title"
POST = "https://www.reddit.com/r/x/comments/1abc/a_title/"
SLASH = 'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'


def rss(item: str, namespaces: str = SLASH) -> str:
    return (
        f'<rss version="2.0" {namespaces}><channel><title>T</title>'
        f"<link>https://site.example/</link><item><title>A</title>{item}</item></channel></rss>"
    )


def told(html: str, link: str = STORY, more: str = "") -> ParsedEntry:
    return read(f"<link>{link}</link><description>{escape(html)}</description>{more}")


def read(item: str) -> ParsedEntry:
    """An entry as both readers read it, also where its document is damaged."""
    body = rss(item).encode()
    (entry,) = tolerant.parse(body, URL).entries
    assert tolerant.parse(body.replace(b"<item>", b"<item x=1>"), URL).entries == (entry,)
    parsed = fast.parse(body, URL)
    assert parsed
    assert parsed.entries == (entry,)
    return entry


def hacker_news(points: int, comments: int, before: str = "") -> str:
    return (
        f'{before}\n<p>Article URL: <a href="{STORY}">{STORY}</a></p>\n'
        f'<p>Comments URL: <a href="{ITEM}">{ITEM}</a></p>\n'
        f"<p>Points: {points}</p>\n<p># Comments: {comments}</p>\n"
    )


def reddit(link: str, words: str = "") -> str:
    return (
        f'{words}&#32; submitted by &#32; <a href="https://www.reddit.com/user/j"> /u/j </a> <br/>'
        f' <span><a href="{link}">[link]</a></span> &#32;'
        f' <span><a href="{POST}">[comments]</a></span>'
    )


def counted(points: int = 0, comments: int = 0) -> tuple[Fact, ...]:
    facts = (Fact("points", points), Fact("comments", comments))
    return tuple(fact for fact in facts if fact.value)


@pytest.mark.parametrize(
    ("elements", "facts", "discussion"),
    [
        (f"<comments>{LOBSTERS}</comments>", (), LOBSTERS),
        ("<slash:comments>12</slash:comments>", counted(comments=12), ""),
        (
            f"<comments>{STORY}#comments</comments><slash:comments>\n12 </slash:comments>",
            counted(comments=12),
            f"{STORY}#comments",
        ),
        ("<comments>/talk?a=1&amp;b=2</comments>", (), "https://site.example/talk?a=1&b=2"),
        # That nobody says anything is no news, and the page of the entry no other page.
        (f"<comments>{STORY}#respond</comments><slash:comments>0</slash:comments>", (), ""),
        (f"<comments>{STORY}?utm_source=rss#respond</comments>", (), ""),
        ("<comments>none</comments><slash:comments>many</slash:comments>", (), ""),
        ("<comments>javascript:alert(1)</comments>", (), ""),
        ("<slash:comments>-3</slash:comments>", (), ""),
        (f"<slash:comments>{'9' * 5000}</slash:comments>", (), ""),
        ("<x><slash:comments>12</slash:comments></x>", (), ""),
    ],
)
def test_elements_that_tell_of_a_discussion(
    elements: str, facts: tuple[Fact, ...], discussion: str
) -> None:
    entry = told("<p>Text</p>", more=elements)

    assert (entry.link, entry.facts, entry.discussion) == (STORY, facts, discussion)
    assert entry.html == "<p>Text</p>"


def test_hacker_news_writes_it_into_the_text() -> None:
    entry = told(hacker_news(812, 301), more=f"<comments>{ITEM}</comments>")

    assert entry.facts == counted(812, 301)
    assert (entry.link, entry.discussion, entry.html) == (STORY, ITEM, "")


def test_what_is_asked_on_hacker_news_keeps_its_text() -> None:
    text = hacker_news(12, 30, "I read on paper. Do you?<hr />")
    entry = told(text, ITEM)

    assert entry.facts == counted(12, 30)
    assert (entry.link, entry.discussion, entry.html) == (ITEM, ITEM, "I read on paper. Do you?")


def test_another_number_of_points_is_no_edit() -> None:
    before, after = (
        identify(ParsedFeed("", (told(hacker_news(points, 3 * points)),)))[0] for points in (2, 90)
    )

    assert before.entry.facts != after.entry.facts
    assert (before.fingerprint, before.names) == (after.fingerprint, after.names)


def test_a_text_that_only_speaks_of_points_stays() -> None:
    text = "<p>Points: 3</p><p># Comments: 4</p>"
    assert told(text).html == text
    assert told(text).facts == ()


@pytest.mark.parametrize(
    "text", ['<a href="{0}">Comments</a>', '<p>So.</p><p><a href="{0}">Comments</a></p>']
)
def test_lobsters_ends_with_a_link_to_the_comments(text: str) -> None:
    entry = told(text.format(LOBSTERS))
    assert (entry.link, entry.facts, entry.discussion) == (STORY, (), LOBSTERS)


def test_lemmy_writes_both_numbers_into_a_line() -> None:
    post = "https://lemmy.example/post/1"
    entry = told(
        f'submitted by <a href="https://lemmy.example/u/j">j</a><br>1 point | <a href="{post}">'
        f'24 comments</a><br><a href="{STORY}">{STORY}</a>'
    )

    assert (entry.facts, entry.discussion) == (counted(1, 24), post)
    assert entry.html == (
        f'submitted by <a href="https://lemmy.example/u/j">j</a><br><a href="{STORY}">{STORY}</a>'
    )


def test_a_post_on_reddit_leads_to_what_it_links_to() -> None:
    entry = told(reddit(f"{STORY}?a=1&amp;b=2"), POST, "<guid isPermaLink='false'>t3_1abc</guid>")

    assert (entry.link, entry.discussion) == (f"{STORY}?a=1&b=2", POST)
    assert entry.guid == "t3_1abc"
    assert entry.base == POST


@pytest.mark.parametrize("link", [POST, "/r/other/comments/2/", "https://www.reddit.com/gallery/1"])
def test_what_is_on_reddit_itself_leads_to_its_post(link: str) -> None:
    entry = told(reddit(link, '<p>See <a href="https://x.example/">[link]</a>.</p>'), POST)
    assert (entry.link, entry.discussion) == (POST, "")


def test_a_post_on_reddit_without_a_guid_is_known_by_its_page() -> None:
    assert told(reddit(STORY), POST).guid == POST


def test_a_link_of_reddit_that_leads_nowhere_is_none() -> None:
    assert told(reddit("javascript:alert(1)"), POST).link == POST


def test_a_json_feed_says_it_in_its_text() -> None:
    item = {"id": "1", "url": STORY, "content_html": hacker_news(5, 6)}
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [item]}
    (entry,) = parse_feed(json.dumps(document).encode(), URL).entries

    assert (entry.facts, entry.discussion, entry.html) == (counted(5, 6), ITEM, "")


@pytest.mark.parametrize(
    "unit",
    [
        *("<p>Points: ", "<p>Comments URL: <a ", "[link]</a>[comments]", '<a href="x">[link]</a>'),
        *('1 points | <a href="', '<a href="x">Comments</a> ', "<hr>", "<p>Comments URL: a</p>"),
    ],
)
@pytest.mark.parametrize("begins", ["Comments URL:", "[comments]", "points | ", ""])
def test_hostile_texts_take_no_time(begins: str, unit: str) -> None:
    entry = ParsedEntry("", STORY, "A", "", None, begins + unit * (200_000 // len(unit)))
    began = process_time()
    with_discussion(entry)
    assert process_time() - began < limits.seconds(1)
