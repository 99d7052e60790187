"""What feeds are called: none by another's name."""

from __future__ import annotations

import pytest

from digest.editions.compose import Frame, compose
from digest.editions.feed_names import feed_names
from digest.editions.select import Room, select
from tests.editions.entries import NOW, entry

A, B, C = "https://a.example/f", "https://b.example/f", "https://c.example/f"


@pytest.mark.parametrize(
    "alike",
    [
        *("BBC News", "bbc  news", "BBC\u200bNews", "ВВС News", "BBC Ν\u0435ws"),
        *("BBC News (Official)", "BBC News（bbc.com）", "BBC News [live]", "Official BBC News"),
        *("BBC News ✅", "BBC News™", "BBC-News!", "🅱🅱🅲 News", "ⓑⓑⓒ News", "B B C News"),
        *("ＢＢＣ Ｎｅｗｓ", "BBC\u3164News", "\u202eBBC News", "BBC N\u0301ews", "BBC Nevvs"),
    ],
)
def test_a_feed_that_calls_itself_like_another_has_its_host_beside_it(alike: str) -> None:
    names = feed_names({A: None, B: None}, {A: "BBC News", B: alike})
    assert names == {A: "BBC News (a.example)", B: f"{alike} (b.example)"}


def test_what_the_operator_calls_a_feed_is_trusted() -> None:
    names = feed_names({A: "BBC News", B: None, C: "BBC News"}, {A: "x", B: "bbc news", C: "y"})
    assert names == {A: "BBC News", B: "bbc news (b.example)", C: "BBC News"}


def test_what_has_no_name_is_called_by_its_host_whatever_its_kind() -> None:
    json, mail = "json:https://api.example/v1?a=b", "mail:ada@imap.example/News"
    assert feed_names({}, {json: "", mail: ""}) == {json: "api.example", mail: "imap.example/News"}


def test_what_is_unlike_stays_as_it_is() -> None:
    assert feed_names({A: None, B: None}, {A: "BBC News", B: "BBC Sport"}) == {
        A: "BBC News",
        B: "BBC Sport",
    }


@pytest.mark.parametrize("own", ["", " ", "\u200b", "\u3164", "\u2800", "\u0301", "\U000e0041"])
def test_a_name_that_nobody_sees_is_none(own: str) -> None:
    assert feed_names({A: None}, {A: own}) == {A: "a.example"}


@pytest.mark.parametrize(
    "own",
    ["a.example", "www.A.example", "ａ．ｅｘａｍｐｌｅ", "News of a。example", "x (a.example)"],
)
def test_a_feed_that_calls_itself_by_another_host_has_its_own_beside_it(own: str) -> None:
    assert feed_names({A: None, B: None}, {B: own}) == {A: "a.example", B: f"{own} (b.example)"}


@pytest.mark.parametrize("own", ["b.example", "www.b.example", "News of b.example", "5.5 facts"])
def test_its_own_host_may_be_in_a_name(own: str) -> None:
    assert feed_names({B: None}, {B: own}) == {B: own}


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("github:ggml-org/llama.cpp", "ggml-org/llama.cpp"),
        ("github:ggml-org/llama.cpp:issues", "ggml-org/llama.cpp issues"),
        ("bluesky:bbc.example", "News of bbc.example"),
        ("mastodon:@ada@social.example", "@ada@social.example"),
    ],
)
def test_what_the_operator_wrote_into_an_address_is_no_other_host(address: str, own: str) -> None:
    other = f"{own}, cnn.example"
    place = address.rpartition("@")[2]

    assert feed_names({address: None}, {address: own}) == {address: own}
    assert feed_names({address: None}, {address: other}) == {address: f"{other} ({place})"}


def test_the_host_itself_cannot_be_mistaken() -> None:
    address = "https://xn--80ak6aa92e.com/feed"
    assert feed_names({address: None}, {}) == {address: "xn--80ak6aa92e.com"}


@pytest.mark.parametrize("own", ["Weekly", "weekly!", "Science", "More", "Top Stories (live)"])
def test_no_feed_is_called_like_the_digest_or_what_it_is_filed_under(own: str) -> None:
    frame = Frame(
        digest="weekly",
        title="Weekly",
        timezone="UTC",
        period_from=NOW,
        period_to=NOW,
        composed_at=NOW,
        names={"https://a.example/": None},
        tags={"https://a.example/": "Science"},
    )
    (story,) = compose(frame, select([entry(1, "a", feed_title=own)], Room(10))).stories
    assert story.feed == f"{own} (a.example)"


def test_no_feed_is_called_like_a_heading_of_ours_or_like_another_that_has_nothing_new() -> None:
    frame = Frame(
        digest="weekly",
        title="Weekly",
        timezone="UTC",
        period_from=NOW,
        period_to=NOW,
        composed_at=NOW,
        names={f"https://{name}.example/": None for name in "abc"},
        titles={"https://c.example/": "The Paper"},
    )
    entries = [entry(1, "a", feed_title="Top stories"), entry(2, "b", feed_title="The paper")]
    edition = compose(frame, select(entries, Room(10)))
    titles = [section.title for section in edition.sections]
    assert titles == ["Top stories (a.example)", "The paper (b.example)"]
    assert [story.feed for story in edition.stories] == titles


@pytest.mark.parametrize(
    ("address", "own", "shown"),
    [
        ("https://www.reddit.com/r/a/top/.rss", "top scoring links : selfhosted", "r/selfhosted"),
        (A, "top scoring links : selfhosted", "top scoring links : selfhosted"),
        (A, "Release notes from larder", "larder"),
        (A, "Tags from larder", "larder"),
        (A, "Span & Bolt - YouTube", "Span & Bolt"),
        (A, "Werkstattnotizen » Feed", "Werkstattnotizen"),
        (A, "Slow News - RSS Feed", "Slow News"),
        (A, "Slow News RSS", "Slow News"),
        (A, "RSS-Feed von Nebelpost", "Nebelpost"),
        (A, "Flux RSS de Mirelle", "Mirelle"),
        (A, "街角観察日記のフィード", "街角観察日記"),
        (A, "Meridian Wire - All stories", "Meridian Wire"),
        (A, "Recent content on Crumb", "Crumb"),
        ("https://ada.medium.com/feed", "Stories by Ada Lind on Medium", "Ada Lind"),
        *((A, name, name) for name in ("RSS", "The Feed", "Chicken Feed", "Atom", "Feed me")),
        *((A, name, name) for name in ("Posts on Crumb", "All stories", "YouTube", "Tags from")),
    ],
)
def test_what_services_write_around_a_name_is_not_shown(address: str, own: str, shown: str) -> None:
    assert feed_names({address: None}, {address: own}) == {address: shown}
    assert feed_names({address: own}, {address: "x"}) == {address: own}


def test_a_name_that_is_freed_of_it_is_another_feeds_or_a_sections_no_more() -> None:
    assert feed_names({A: None, B: None}, {A: "BBC News", B: "BBC News RSS"}) == {
        A: "BBC News (a.example)",
        B: "BBC News (b.example)",
    }
    assert feed_names({A: None}, {A: "Top stories RSS"}, ["Top stories"]) == {
        A: "Top stories (a.example)"
    }
