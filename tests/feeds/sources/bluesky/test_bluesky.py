"""What only Bluesky has: DIDs behind handles, facets by bytes, errors that are bad requests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pydantic import ValidationError

from digest.config.sources.bluesky import BlueskySettings
from digest.feeds.sources import Document, bluesky
from digest.model import Fact
from tests.feeds.sources.examples import documented
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.feeds.sources.conftest import Follow

ANSWER = json.loads((Path(__file__).parent / "posts/first.json").read_text("utf-8"))
NO_PROFILE = {"error": "InvalidRequest", "message": "Profile not found"}
DID = "did:plc:abcdefghijklmnopqrstuvwx"


def html_of(text: str, *facets: tuple[int, int, str]) -> str:
    record = {
        "text": text,
        "facets": [
            {
                "index": {"byteStart": start, "byteEnd": end},
                "features": [{"$type": "app.bsky.richtext.facet#link", "uri": uri}],
            }
            for start, end, uri in facets
        ],
    }
    post = {"uri": f"at://{DID}/app.bsky.feed.post/1", "author": {"did": DID}, "record": record}
    body = json.dumps({"feed": [{"post": post}]}).encode()
    options = {"reposts": False, "replies": False}
    (entry,) = bluesky.SOURCE.parse(
        [Document(body, "https://public.api.bsky.app/")], options
    ).entries
    return entry.html


@pytest.mark.parametrize(
    ("text", "facets", "html"),
    [
        ("ü a", [(3, 4, "https://a.example/")], '<p>ü <a href="https://a.example/">a</a></p>'),
        ("🚂&", [(0, 4, "https://a.example/")], '<p><a href="https://a.example/">🚂</a>&amp;</p>'),
        ("a b", [(2, 3, "https://b/"), (0, 1, "https://a/")],
         '<p><a href="https://a/">a</a> <a href="https://b/">b</a></p>'),
        ("abc", [(0, 2, "https://a/"), (1, 3, "https://b/")], '<p><a href="https://a/">ab</a>c</p>'),
        ("abc", [(1, 1, "https://a/"), (2, 9, "https://b/"), (-1, 2, "https://c/")], "<p>abc</p>"),
        ("abc", [(0, 3, "javascript:alert(1)")], "<p>abc</p>"),
        ("a", [(0, 1, 'https://a/"><b>')], '<p><a href="https://a/&quot;&gt;&lt;b&gt;">a</a></p>'),
        # In the middle of a character.
        ("ü", [(1, 2, "https://a/")], '<p>\ufffd<a href="https://a/">\ufffd</a></p>'),
        ("one\n\ntwo\nthree", [], "<p>one</p><p>two<br>three</p>"),
    ],
)  # fmt: skip
def test_facets_are_over_bytes(text: str, facets: list[tuple[int, int, str]], html: str) -> None:
    assert html_of(text, *facets) == html


async def test_a_handle_is_known_by_its_did_from_the_first_answer_on(
    follow: Follow, feed_server: Any
) -> None:
    service = await follow({"kind": "bluesky", "account": "@Ada.example", "replies": True})

    assert (await service.poll(ANSWER)).new == 4
    # The account has another handle by now, and somebody else has this one.
    moved = json.loads(json.dumps(ANSWER).replace('"ada.example"', '"countess.example"'))
    moved["feed"][1]["post"]["likeCount"] = 60
    assert (await service.poll(moved)).new == 0

    queries = [parse_qs(urlsplit(seen.path).query) for seen in feed_server.seen]
    assert [query["actor"] for query in queries] == [["ada.example"], [DID]]
    assert queries[0]["filter"] == ["posts_with_replies"]
    entry = next(each for each in await service.pending() if "Größer" in each.title)
    assert entry.facts == (Fact("likes", 60), Fact("comments", 4))
    assert entry.title == (
        "Größer & schöner 🚂: looms.example/punch… is what @ben.example and #weaving are…"
    )


@pytest.mark.parametrize(("item", "new"), [*zip(documented("bluesky"), [4, 5], strict=True)])
async def test_what_the_guide_shows(follow: Follow, item: Any, new: int) -> None:
    service = await follow(item)

    assert (await service.poll(ANSWER)).new == new


async def test_who_only_shares_has_a_name_and_a_did_too(follow: Follow, feed_server: Any) -> None:
    by = {"did": DID, "handle": "ada.example", "displayName": "Ada"}
    reason = {"$type": "app.bsky.feed.defs#reasonRepost", "by": by}
    shared = {"feed": [item | {"reason": reason} for item in ANSWER["feed"]]}
    service = await follow({"kind": "bluesky", "account": "ada.example", "reposts": True})

    assert (await service.poll(shared)).name == "Ada"
    await service.poll(shared)
    assert [DID in unquote(seen.path) for seen in feed_server.seen] == [False, True]


async def test_a_profile_that_is_not_found(follow: Follow) -> None:
    service = await follow({"kind": "bluesky", "account": "nobody.example"})

    result = await service.poll(Reply(json.dumps(NO_PROFILE), 400))

    assert result.outcome == "failed"
    assert "see whether https://bsky.app/profile/nobody.example is there" in str(result.error)


async def test_an_answer_without_posts_is_no_failure(follow: Follow) -> None:
    service = await follow({"kind": "bluesky", "account": "new.example"})

    assert (await service.poll({"feed": []})).outcome == "unchanged"


def test_a_post_without_a_word_goes_by_who_posted_it() -> None:
    item = {
        "post": {"author": {"displayName": "Ada"}, "embed": {"thumbnail": "https://v.example/"}}
    }
    body = json.dumps({"feed": [item["post"] | {"post": item["post"] | {"uri": "at://x/y/1"}}]})
    options = {"reposts": False, "replies": False}

    feed = bluesky.SOURCE.parse([Document(body.encode(), "https://a.example/")], options)

    assert [entry.title for entry in feed.entries] == ["Ada"]


@pytest.mark.parametrize("account", ["ada", "did:plc:short", "ada@example.com", "https://bsky.app"])
def test_what_is_no_account(account: str) -> None:
    with pytest.raises(ValidationError, match="must be a handle like name"):
        BlueskySettings.model_validate({"kind": "bluesky", "account": account})
