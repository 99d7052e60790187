"""What a poll leaves in the store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from digest.errors import StoreError
from digest.store import Validators
from tests.feed_xml import NOW
from tests.store.build import (
    DAY,
    URL,
    WEEK,
    dump,
    entry,
    feed_id,
    learn,
    pending,
    update_of,
)

if TYPE_CHECKING:
    from digest.model import FeedState
    from digest.store import Store


def state(store: Store) -> FeedState:
    return store.feeds.states([URL])[0]


def health(store: Store) -> dict[str, Any]:
    return store.health.read().feeds[URL]


def test_an_update_is_remembered_whole(store: Store) -> None:
    store.feeds.record_update(feed_id(store), update_of(entry("a")), NOW, NOW + DAY)
    after = state(store)
    assert (after.title, after.etag, after.last_modified, after.body_hash) == (
        "A feed",
        '"a"',
        None,
        "hash",
    )
    assert store.feeds.fingerprints(after.id, ["a", "b"]) == {"a": "f"}
    row = health(store)
    assert (row["polled_at"], row["succeeded_at"], row["next_poll_at"]) == (NOW, NOW, NOW + DAY)
    assert row["last_status"] == 200


def test_an_update_that_fails_leaves_nothing_behind(store: Store) -> None:
    learn(store, entry("a"))
    before = dump(store)
    twice = replace(
        update_of(entry("b"), entry("c"), entry("a"), edited=[entry("a", fingerprint="g")]),
        validators=Validators('"new"', "new"),
        body_hash="new",
    )
    with pytest.raises(StoreError, match="UNIQUE"):
        store.feeds.record_update(feed_id(store), twice, NOW + DAY, NOW + WEEK)
    assert dump(store) == before


def test_an_update_with_what_cannot_be_stored_leaves_nothing_behind(store: Store) -> None:
    before = dump(store)
    with pytest.raises(UnicodeEncodeError):
        learn(store, entry("a"), replace(entry("b"), title="\ud800"))
    assert dump(store) == before
    learn(store, entry("a"))
    assert pending(store) == ["a"]


def test_an_edit_changes_what_an_entry_says_and_not_when_it_was_seen(store: Store) -> None:
    learn(store, entry("a", NOW - DAY))
    said = replace(entry("a", NOW + DAY, fingerprint="g"), title="A, mended", link="https://b/")
    update = update_of(edited=[said], seen=["a"])
    store.feeds.record_update(feed_id(store), update, NOW + DAY, NOW + WEEK)
    found = store.editions.pending("weekly", [URL])[0]
    assert (found.title, found.link) == ("A, mended", "https://b/")
    assert (found.published, found.first_seen_at) == (NOW - DAY, NOW)
    assert store.feeds.fingerprints(feed_id(store), ["a"]) == {"a": "g"}


def test_an_unchanged_body_keeps_the_validators_it_did_not_replace(store: Store) -> None:
    learn(store, entry("a"))
    same = Validators(None, None)
    store.feeds.record_unchanged(feed_id(store), 304, same, NOW + DAY, NOW + WEEK)
    assert (state(store).etag, state(store).body_hash) == ('"a"', "hash")
    new = Validators('"b"', "Mon, 16 Nov 2026 09:00:00 GMT")
    store.feeds.record_unchanged(feed_id(store), 304, new, NOW + DAY, NOW + WEEK)
    assert Validators(state(store).etag, state(store).last_modified) == new
    assert health(store)["last_status"] == 304
    assert [feed.url for feed in store.feeds.due(NOW + WEEK)] == [URL]


def test_a_changed_body_without_validators_forgets_the_old_ones(store: Store) -> None:
    learn(store, entry("a"))
    store.feeds.record_update(feed_id(store), update_of(etag=None), NOW, NOW + DAY)
    assert (state(store).etag, state(store).last_modified) == (None, None)


def test_failures_are_counted_and_teach_nothing_else(store: Store) -> None:
    learn(store, entry("a"))
    before = state(store)
    for n in range(3):
        at = NOW + (n + 1) * DAY
        store.feeds.record_failure(state(store), f"answered 50{n}", 500 + n, at, at + DAY)
    after = state(store)
    assert (after.failures, after.failing_since) == (3, NOW + DAY)
    assert replace(after, failures=0, failing_since=None) == before
    row = health(store)
    assert (row["last_error"], row["last_status"]) == ("answered 502", 502)
    assert (row["polled_at"], row["succeeded_at"]) == (NOW + 3 * DAY, NOW)
    assert row["next_poll_at"] == NOW + 4 * DAY


@pytest.mark.parametrize("outcome", ["updated", "unchanged"])
def test_a_poll_that_works_ends_the_failures(store: Store, outcome: str) -> None:
    store.feeds.record_failure(state(store), "answered 500", 500, NOW, NOW)
    if outcome == "updated":
        learn(store, entry("a"))
    else:
        store.feeds.record_unchanged(feed_id(store), 304, Validators(None, None), NOW, NOW)
    assert (state(store).failures, state(store).failing_since) == (0, None)
    assert health(store)["last_error"] is None


def test_due_is_a_matter_of_time_alone_and_the_longest_waiting_come_first(store: Store) -> None:
    learn(store, entry("a"))
    assert store.feeds.due(NOW) == []
    assert [feed.url for feed in store.feeds.due(NOW + DAY)] == [URL]


def test_as_many_keys_as_a_feed_can_have(store: Store) -> None:
    keys = [f"key {n}" for n in range(2_000)]
    learn(store, *(entry(key) for key in keys))
    update = update_of(entry("one more"), seen=keys)
    store.feeds.record_update(feed_id(store), update, NOW + DAY, NOW + WEEK)
    assert store.feeds.fingerprints(feed_id(store), keys) == dict.fromkeys(keys, "f")
