from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.feeds.http.messages import Request, Response
from digest.feeds.parsing.body import Body
from digest.model import Delivery, FeedState, Move, PictureFile, PollHints, as_dict

if TYPE_CHECKING:
    from msgspec import Struct

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SECRET = "hunter2"
DELIVERY = Delivery(
    *(1, 2, "weekly", "mail", "ada@example.com", 1, "pending", 0, NOW, "<1@x.example>"),
    token=SECRET,
    payload=SECRET.encode(),
)
FEED = "https://site.example/feed"


@pytest.mark.parametrize(
    "noun",
    [
        DELIVERY,
        Request(FEED, headers={"Authorization": SECRET}),
        Response(200, FEED, body=SECRET.encode()),
        Body(SECRET.encode(), "gzip", 10, FEED, last=SECRET.encode()),
        FeedState(1, FEED, entry_hashes=SECRET.encode()),
        PictureFile("png", SECRET.encode()),
    ],
    ids=lambda noun: type(noun).__name__,
)
def test_what_is_secret_or_long_is_not_shown(noun: Struct) -> None:
    assert SECRET not in repr(noun)
    assert SECRET not in f"{[noun]}"


def test_the_rest_is_shown() -> None:
    assert repr(Response(200, FEED, etag='"a"')).startswith(
        f"Response(status=200, url='{FEED}', etag='\"a\"', last_modified=None, body_hash=None"
    )


def test_a_noun_and_those_in_it_as_dicts() -> None:
    poll_hints = PollHints(interval=timedelta(hours=2))
    state = FeedState(1, FEED, move=Move("b", NOW, 3), poll_hints=poll_hints, entry_hashes=b"\0")
    said = as_dict(state)
    assert list(said) == list(FeedState.__struct_fields__)
    assert said["move"] == {"to": "b", "since": NOW, "answers": 3}
    assert said["poll_hints"]["interval"] == timedelta(hours=2)
    assert said["entry_hashes"] == b"\0"
