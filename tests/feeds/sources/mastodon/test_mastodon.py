"""What only Mastodon has: ids behind names, closed servers, limits that end at a date."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from digest.config.sources.mastodon import MastodonSettings
from digest.feeds.sources import Document, mastodon
from digest.model import FeedState
from tests.feed_xml import NOW
from tests.feeds.sources.examples import documented
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.feeds.sources.conftest import Follow

HERE = Path(__file__).parent
ACCOUNT, POSTS, PINNED = (
    json.loads((HERE / f"account/{name}.json").read_text("utf-8"))
    for name in ("first", "further-1", "further-2")
)
LINKS = json.loads((HERE / "links/first.json").read_text("utf-8"))
STATUSES = f"/api/v1/accounts/{ACCOUNT['id']}/statuses"
REFUSAL = json.dumps({"error": "This method requires an authenticated user"})


def settings(**given: Any) -> MastodonSettings:
    return MastodonSettings.model_validate({"kind": "mastodon", **given})


def asked(state: FeedState | None = None, **given: Any) -> str:
    return mastodon.SOURCE.request(settings(**given), state, NOW).url


def test_what_is_asked_for() -> None:
    known = FeedState(1, "", resolved="7")
    server = "https://social.example/api/v1"

    assert asked(account="Ada@social.example") == f"{server}/accounts/lookup?acct=ada"
    assert asked(known, account="@ada@social.example") == (
        f"{server}/accounts/7/statuses?limit=40&exclude_replies=true&exclude_reblogs=true"
    )
    assert asked(known, account="@ada@social.example", replies=True, reposts=True) == (
        f"{server}/accounts/7/statuses?limit=40"
    )
    assert asked(tag="#Größe@SOCIAL.example") == f"{server}/timelines/tag/gr%C3%B6%C3%9Fe?limit=40"
    assert asked(links="social.example") == f"{server}/trends/links?limit=20"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"account": "@ada"}, "must be like '@name@server.example'"),
        ({"account": "@ada@social example"}, "'social example' is not the name of a server"),
        ({"tag": "weaving"}, "must be like '#tag@server.example'"),
        ({"links": "social.example", "tag": "#a@b.example"}, "not tag and links"),
        ({"tag": "#a@b.example", "pins": True}, "pins goes with an account"),
        ({"links": "social.example", "replies": True}, "replies goes with an account or a tag"),
    ],
)
def test_settings_that_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**given)


@pytest.mark.parametrize(
    ("item", "answers"),
    [
        *zip(
            documented("mastodon"),
            [[ACCOUNT, POSTS], [POSTS], [LINKS], [ACCOUNT, POSTS]],
            strict=True,
        )
    ],
)
async def test_what_the_guide_shows(follow: Follow, item: Any, answers: list[Any]) -> None:
    service = await follow(item)

    result = await service.poll(*(Reply(json.dumps(answer)) for answer in answers))

    assert (result.outcome, result.status) == ("updated", 200)


async def test_an_account_is_looked_up_once(follow: Follow, feed_server: Any) -> None:
    service = await follow({"kind": "mastodon", "account": "@ada@social.example", "pins": True})

    result = await service.poll(ACCOUNT, Reply(json.dumps(POSTS)), Reply(json.dumps(PINNED)))
    assert (result.new, result.name) == (4, "Ada Lovelace")
    again = Reply(json.dumps(POSTS))
    assert (await service.poll(again, Reply(json.dumps(PINNED)))).new == 0

    paths = [seen.path.partition("?") for seen in feed_server.seen]
    assert [path for path, _, _ in paths] == [
        "/api/v1/accounts/lookup", STATUSES, STATUSES, STATUSES, STATUSES,
    ]  # fmt: skip
    assert [query for _, _, query in paths][2::2] == ["pinned=true", "pinned=true"]
    warned = next(entry for entry in await service.pending() if "Spiders" in entry.title)
    assert (warned.excerpt, warned.image) == ("Spiders & webs", "")


def test_what_an_account_boosts_is_its_author_s_at_the_time_of_that() -> None:
    boost = {
        "uri": "https://social.example/boost/1",
        "created_at": "2026-11-15T12:00:00.000Z",
        "account": ACCOUNT,
        "reblog": POSTS[2] | {"account": {"username": "ben", "display_name": ""}},
    }
    given = settings(account="@ada@social.example", reposts=True)
    answer = Document(json.dumps([boost]).encode(), f"https://social.example{STATUSES}")

    feed = mastodon.SOURCE.parse([answer], mastodon.SOURCE.options(given))

    (entry,) = feed.entries
    assert (feed.title, entry.author, entry.guid) == ("Ada Lovelace", "ben", POSTS[2]["uri"])
    assert entry.published == NOW.replace(day=15, hour=12)


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        (
            {"account": "@ada@social.example"},
            401,
            "follow https://social.example/@ada.rss as a feed",
        ),
        ({"tag": "#loom@social.example"}, 422, "follow https://social.example/tags/loom.rss as a"),
        ({"links": "social.example"}, 401, "ask another server"),
        (
            {"account": "@ada@social.example"},
            404,
            "see whether https://social.example/@ada is there",
        ),
    ],
)
async def test_a_refusal_has_a_remedy(
    follow: Follow, given: dict[str, str], status: int, words: str
) -> None:
    service = await follow({"kind": "mastodon", **given})

    result = await service.poll(Reply(REFUSAL, status))

    assert (result.outcome, result.status) == ("failed", status)
    assert words in str(result.error)


async def test_a_limit_ends_at_the_date_that_the_server_says(follow: Follow) -> None:
    service = await follow({"kind": "mastodon", "links": "social.example"})
    # By the server's own clock, which its `Date` tells.
    reset = datetime.now(UTC) + timedelta(minutes=4)
    limit = {
        "X-RateLimit-Limit": "300",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": f"{reset:%Y-%m-%dT%H:%M:%S}.123456Z",
    }

    result = await service.poll(Reply('{"error": "Too many requests"}', 429, limit))

    assert result.outcome == "postponed"
    assert result.waits_until is not None
    waits = result.waits_until - service.bench.clock()
    assert timedelta(minutes=3, seconds=50) < waits < timedelta(minutes=4, seconds=10)
