"""What only Hacker News has: what is asked for each list, thresholds, and words to search for."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from digest.cli.source_names import source_named
from digest.config.sources.hackernews import HackernewsSettings
from digest.errors import FeedError, UsageError
from digest.feeds.sources import Document, hackernews
from digest.model import Fact
from tests.config.files import CHANNELS, DIGESTS, load, refusal
from tests.feed_xml import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from digest.model import ParsedFeed
    from tests.feeds.sources.conftest import Follow

SINCE = f"created_at_i>={(NOW - timedelta(days=2)).timestamp():.0f}"


def settings(**given: Any) -> HackernewsSettings:
    return HackernewsSettings.model_validate({"kind": "hackernews", **given})


def asked(**given: Any) -> tuple[str, dict[str, str]]:
    """The path that is asked, and the parameters that say something."""
    parts = urlsplit(hackernews.SOURCE.request(settings(**given), None, NOW).url)
    assert (parts.scheme, parts.netloc) == ("https", "hn.algolia.com")
    return parts.path, {name: value for name, (value,) in parse_qs(parts.query).items()}


def hit(number: int, **more: Any) -> dict[str, Any]:
    usual = {"objectID": str(number), "title": f"Story {number}", "points": 1}
    return {**usual, "created_at": NOW.isoformat(), **more}


def read(hits: Sequence[object], **given: Any) -> ParsedFeed:
    body = json.dumps({"hits": hits}).encode()
    options = hackernews.SOURCE.options(settings(**given))
    return hackernews.SOURCE.parse([Document(body, "https://hn.algolia.com/")], options)


@pytest.mark.parametrize(
    ("name", "path", "tag", "since"),
    [
        ("front", "search", "front_page", None),
        ("best", "search", "story", SINCE),
        ("new", "search_by_date", "story", None),
        ("ask", "search_by_date", "ask_hn", None),
        ("show", "search_by_date", "show_hn", None),
    ],
)
def test_each_list_is_one_request(name: str, path: str, tag: str, since: str | None) -> None:
    more = {"numericFilters": since} if since else {}

    assert asked(list=name) == (f"/api/v1/{path}", {"hitsPerPage": "200", "tags": tag, **more})


@pytest.mark.parametrize("threshold", [{"min_points": 100}, {"min_comments": 10}])
@pytest.mark.parametrize("name", ["new", "ask", "show"])
def test_with_a_threshold_those_with_the_most_points_are_asked_for(
    name: str, threshold: dict[str, int]
) -> None:
    path, parameters = asked(list=name, **threshold)

    # Not points: the service may answer 400 to that.
    assert (path, parameters["numericFilters"]) == ("/api/v1/search", SINCE)


def test_the_front_page_is_whole_whatever_the_threshold() -> None:
    assert asked(min_points=100, min_comments=10) == asked()


def test_words_are_sent_as_they_are() -> None:
    words = 'C++ & "größer" #1 100% a=b?'

    path, parameters = asked(list="search", query=words)

    assert path == "/api/v1/search_by_date"
    assert (parameters["tags"], parameters["query"]) == ("story", words)
    assert hackernews.SOURCE.request(settings(list="search", query=words), None, NOW).url.isascii()


def test_without_a_threshold_nothing_is_left_out() -> None:
    odd = read([hit(1, points=-4, num_comments=-1), hit(2, points="many")])

    assert [entry.facts for entry in odd.entries] == [
        (Fact("points", -4), Fact("comments", -1)),
        (),
    ]


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({}, "Hacker News"),
        ({"list": "best"}, "Hacker News: best"),
        ({"list": "search", "query": "self  Hosting "}, "Hacker News: self Hosting"),
    ],
)
def test_it_is_called_after_its_list(given: dict[str, str], title: str) -> None:
    assert read([], **given).title == title


@pytest.mark.parametrize(
    ("short", "address"),
    [
        ("hackernews:front", "hackernews:front"),
        ("hackernews:search:Self  Hosting", "hackernews:search:self hosting"),
        ("hackernews:search:site:example.com", "hackernews:search:site:example.com"),
    ],
)
def test_short_forms(short: str, address: str) -> None:
    assert source_named(short).address == address


@pytest.mark.parametrize(
    "short", ["hackernews:", "hackernews:frnt", "hackernews:search", "hackernews:search: "]
)
def test_short_forms_that_are_none(short: str) -> None:
    with pytest.raises(UsageError, match="hackernews"):
        source_named(short)


@pytest.mark.parametrize(
    ("lines", "line", "key", "words"),
    [
        ("list: search", 3, "feeds[1]", "list: search needs a query"),
        ("query: rust", 3, "feeds[1]", "a query goes with list: search, and not with list: front"),
        ("list: frnt", 4, "feeds[1].list", "did you mean 'front'?"),
        ("min_points: -1", 4, "feeds[1].min_points", "must be at least 0"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(
    tmp_path: Path, lines: str, line: int, key: str, words: str
) -> None:
    text = f"feeds:\n  - https://a.example/\n  - kind: hackernews\n    {lines}\n{CHANNELS}{DIGESTS}"

    error = refusal(tmp_path, text)

    (problem,) = error.problems
    assert (problem.line, problem.key) == (line, key)
    assert words in problem.message
    assert f"{error.path}:{line}: {key}: " in str(error)


def test_a_file_with_the_short_form_and_the_map(tmp_path: Path) -> None:
    text = (
        "feeds:\n  - hackernews:front\n  - {kind: hackernews, list: search, query: rust,"
        f" min_points: 100}}\n{CHANNELS}{DIGESTS}"
    )

    feeds = load(tmp_path, text).feeds

    assert [feed.address for feed in feeds] == ["hackernews:front", "hackernews:search:rust"]


def test_an_answer_of_another_service() -> None:
    with pytest.raises(FeedError, match="is no answer of Hacker News: it has no hits"):
        hackernews.SOURCE.parse(
            [Document(b'{"stories": []}', "https://hn.algolia.com/")],
            hackernews.SOURCE.options(settings()),
        )


async def test_points_that_change_are_no_news(follow: Follow) -> None:
    service = await follow({"kind": "hackernews"})
    await service.poll({"hits": [hit(1, points=12)]})

    assert (await service.poll({"hits": [hit(1, points=312, num_comments=104)]})).new == 0

    (entry,) = await service.pending()
    assert entry.facts == (Fact("points", 312), Fact("comments", 104))
    assert entry.edited_at is None


async def test_a_page_that_is_posted_again_is_another_story(follow: Follow) -> None:
    service = await follow({"kind": "hackernews"})
    page = {"title": "Twice", "url": "https://pages.example/twice"}
    await service.poll({"hits": [hit(1, points=2, **page)]})

    assert (await service.poll({"hits": [hit(2, points=300, **page)]})).new == 1


async def test_what_waits_for_points_is_no_flood(follow: Follow) -> None:
    service = await follow({"kind": "hackernews", "min_points": 10})
    await service.poll({"hits": [hit(n, points=100) for n in range(20)]})

    many = [hit(n, points=9) for n in range(100, 300)]
    result = await service.poll({"hits": [*many, hit(20, points=10)]})

    assert (result.outcome, result.new) == ("updated", 201)
    # What could be shown at once is one.
    popular = [hit(n, points=10) for n in range(300, 500)]
    assert (await service.poll({"hits": popular})).outcome == "held"


async def test_a_changed_threshold_asks_for_another_list_and_that_is_no_flood(
    follow: Follow,
) -> None:
    service = await follow({"kind": "hackernews", "list": "new"})
    await service.poll({"hits": [hit(n) for n in range(20)]})

    service = await follow({"kind": "hackernews", "list": "new", "min_points": 50})
    service.bench.clock.turn(hours=1)
    result = await service.poll({"hits": [hit(n, points=100) for n in range(100, 300)]})

    assert (result.outcome, result.new) == ("updated", 200)


@pytest.mark.parametrize(
    ("given", "missed"), [({"list": "new"}, True), ({}, False), ({"min_points": 5}, False)]
)
async def test_only_of_the_newest_stories_some_can_be_missed(
    follow: Follow, given: dict[str, Any], *, missed: bool
) -> None:
    service = await follow({"kind": "hackernews", **given})
    for first in (100, 300):
        await service.poll({"hits": [hit(n) for n in range(first, first + 10)]})

    address = service.bench.settings.feeds[0].address
    assert bool((await service.bench.feed(address))["missed_at"]) == missed


def test_points_are_asked_for_by_number_whatever_the_list() -> None:
    request = hackernews.SOURCE.refresh(settings(list="ask", min_points=9), ["7", "12"])

    parts = urlsplit(request.url)
    assert (parts.netloc, parts.path) == ("hn.algolia.com", "/api/v1/search")
    assert parse_qs(parts.query) == {
        "hitsPerPage": ["30"],
        "tags": ["(story,poll,job),(story_7,story_12)"],
    }


def test_what_is_measured_of_each_story() -> None:
    hits = [hit(1, points=3, num_comments=0), hit(2, points=None), None, {"points": 9}, "x"]
    document = Document(json.dumps({"hits": hits}).encode(), "https://hn.algolia.com/")

    assert hackernews.SOURCE.facts(document) == {
        "1": (Fact("points", 3), Fact("comments", 0)),
        "2": (),
    }
    for body in (b'{"hits": null}', b"{}", b"[]", b"<html>"):
        with pytest.raises(FeedError):
            hackernews.SOURCE.facts(Document(body, ""))
