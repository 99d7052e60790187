"""What a poll leaves in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.errors import StoreError
from digest.model import Move
from digest.store.updates import Failure, Unchanged, Validators
from tests.feed_xml import NOW
from tests.store.build import (
    DAY,
    URL,
    WEEK,
    dump,
    entry,
    fail,
    known,
    learn,
    pending,
    plan_of,
    state_of,
    update_of,
    visit,
)

if TYPE_CHECKING:
    from digest.model import FeedState
    from digest.store import Store


def state(store: Store) -> FeedState:
    return store.feeds.states([URL])[0]


def fail_for_days(store: Store, url: str) -> None:
    """Until it is an incident."""
    for day in range(5):
        failure = Failure("answered 500", 500, NOW + day * DAY, NOW + day * DAY)
        store.feeds.record_failure(state_of(store, url), failure)
    assert [one.subject for one in store.incidents.open_ones()] == [url]


def health(store: Store) -> dict[str, Any]:
    return store.health.read().feeds[URL]


def test_an_update_is_remembered_whole(store: Store) -> None:
    store.feeds.record_update(state_of(store), update_of(entry("a")), visit())
    after = state(store)
    assert (after.title, after.etag, after.last_modified, after.body_hash) == (
        "A feed",
        '"a"',
        None,
        "hash",
    )
    (found,) = known(store, "a", "b").values()
    assert (found.key, found.fingerprint) == ("a", "f")
    assert found.names == {"guid:a", "text:af"}
    assert found.in_last_body
    row = health(store)
    assert (row["polled_at"], row["succeeded_at"], row["next_poll_at"]) == (NOW, NOW, NOW + DAY)
    assert row["last_status"] == 200


def test_an_update_that_fails_leaves_nothing_behind(store: Store) -> None:
    learn(store, entry("a"))
    before = dump(store)
    number = known(store, "a")["a"].id
    edited = [(number, entry("a", fingerprint="g"))]
    twice = replace(
        update_of(entry("b"), entry("c"), entry("a"), edited=edited),
        validators=Validators('"new"', "new"),
        body_hash="new",
    )
    with pytest.raises(StoreError, match="UNIQUE"):
        store.feeds.record_update(state_of(store), twice, visit(NOW + DAY))
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
    number = known(store, "a")["a"].id
    update = update_of(edited=[(number, said)], seen=[number])
    store.feeds.record_update(state_of(store), update, visit(NOW + DAY))
    found = store.editions.pending("weekly", [URL])[0]
    assert (found.title, found.link) == ("A, mended", "https://b/")
    assert (found.published, found.first_seen_at) == (NOW - DAY, NOW)
    assert found.edited_at == NOW + DAY
    assert known(store, "a")["a"].fingerprint == "g"


def test_an_unchanged_body_keeps_the_validators_it_did_not_replace(store: Store) -> None:
    learn(store, entry("a"))
    same = Validators(None, None)
    store.feeds.record_unchanged([Unchanged(state_of(store), same, visit(NOW + DAY, status=304))])
    assert (state(store).etag, state(store).body_hash) == ('"a"', "hash")
    new = Validators('"b"', "Mon, 16 Nov 2026 09:00:00 GMT")
    store.feeds.record_unchanged([Unchanged(state_of(store), new, visit(NOW + DAY, status=304))])
    assert Validators(state(store).etag, state(store).last_modified) == new
    assert health(store)["last_status"] == 304
    assert [feed.url for feed in store.feeds.due(NOW + WEEK)] == [URL]


def test_polls_that_brought_nothing_are_recorded_together(store: Store) -> None:
    urls = [f"https://{name}.example/feed" for name in "abcd"]
    store.schedules.plan([plan_of(feeds=tuple(urls))], NOW)
    for url in urls:
        learn(store, entry("a"), url=url)
    fail_for_days(store, urls[1])
    first, second, third, fourth = (state_of(store, url) for url in urls)
    move = Move("https://new.example/feed", NOW, 1)
    later = visit(NOW + WEEK, status=304, move=move)
    store.feeds.record_unchanged(
        [
            Unchanged(first, Validators('"b"', None, "https://b.example/"), later),
            Unchanged(second, Validators(None, None), visit(NOW + WEEK)),
            Unchanged(third, Validators(None, "today"), visit(NOW + 2 * WEEK, status=304), "other"),
        ]
    )
    said = {"polled_at": NOW + WEEK, "succeeded_at": NOW + WEEK}
    moved = {"etag": '"b"', "answered_by": "https://b.example/", "move": move}
    assert state_of(store, urls[0]) == replace(first, **said, **moved, last_status=304)
    well = {"failures": 0, "failing_since": None, "last_status": 200}
    assert state_of(store, urls[1]) == replace(second, **said, **well, etag=None)
    said = {"polled_at": NOW + 2 * WEEK, "succeeded_at": NOW + 2 * WEEK}
    new = {"last_modified": "today", "body_hash": "other", "last_status": 304}
    assert state_of(store, urls[2]) == replace(third, **said, **new)
    assert state_of(store, urls[3]) == fourth
    assert store.incidents.open_ones() == []


def test_a_changed_body_without_validators_forgets_the_old_ones(store: Store) -> None:
    learn(store, entry("a"))
    store.feeds.record_update(state_of(store), update_of(etag=None), visit())
    assert (state(store).etag, state(store).last_modified) == (None, None)


def test_failures_are_counted_and_teach_nothing_else(store: Store) -> None:
    learn(store, entry("a"))
    before = state(store)
    for n in range(3):
        fail(store, f"answered 50{n}", 500 + n, NOW + (n + 1) * DAY)
    after = state(store)
    assert (after.failures, after.failing_since) == (3, NOW + DAY)
    assert replace(after, failures=0, failing_since=None, polled_at=NOW, last_status=200) == before
    row = health(store)
    assert (row["last_error"], row["last_status"]) == ("answered 502", 502)
    assert (row["polled_at"], row["succeeded_at"]) == (NOW + 3 * DAY, NOW)
    assert row["next_poll_at"] == NOW + 4 * DAY


@pytest.mark.parametrize("outcome", ["updated", "unchanged"])
def test_a_poll_that_works_ends_the_failures(store: Store, outcome: str) -> None:
    fail(store)
    if outcome == "updated":
        learn(store, entry("a"))
    else:
        store.feeds.record_unchanged(
            [Unchanged(state_of(store), Validators(None, None), visit(status=304))]
        )
    assert (state(store).failures, state(store).failing_since) == (0, None)
    assert health(store)["last_error"] is None


def test_due_is_a_matter_of_time_alone_and_the_longest_waiting_come_first(store: Store) -> None:
    learn(store, entry("a"))
    assert store.feeds.due(NOW) == []
    assert [feed.url for feed in store.feeds.due(NOW + DAY)] == [URL]


def test_as_many_keys_as_a_feed_can_have(store: Store) -> None:
    keys = [f"key {n}" for n in range(2_000)]
    learn(store, *(entry(key) for key in keys))
    numbers = [one.id for one in known(store, *keys).values()]
    update = update_of(entry("one more"), seen=numbers)
    store.feeds.record_update(state_of(store), update, visit(NOW + DAY))
    assert {one.key: one.in_last_body for one in known(store, *keys).values()} == dict.fromkeys(
        keys, True
    )


def test_a_home_page_is_remembered_and_comes_with_what_is_pending(store: Store) -> None:
    learn(store, entry("a"), home="https://site.example/")
    (waiting,) = store.editions.pending("weekly", [URL])
    assert state(store).home == waiting.feed_home == "https://site.example/"
    assert waiting.html == ""


def test_what_is_pending_comes_without_its_content_which_is_read_apart(store: Store) -> None:
    learn(store, replace(entry("a"), categories=("one", "two, three")))
    (waiting,) = store.editions.pending("weekly", [URL])
    assert waiting.categories == ("one", "two, three")
    assert store.editions.contents([waiting.id, 999]) == {waiting.id: "<p>a</p>"}


def test_what_is_pending_is_known_by_feed_the_newest_first(store: Store) -> None:
    learn(store, *(entry(name) for name in "abcde"))
    waiting = store.editions.pending("weekly", [URL])
    numbers = store.editions.pending_numbers("weekly", [URL])
    assert numbers == {URL: [one.id for one in reversed(waiting)]}
    assert store.editions.entries(numbers[URL][:2]) == waiting[-2:]
    assert store.editions.pending_numbers("weekly", []) == {}


@pytest.mark.parametrize(
    ("begin", "end", "told"),
    [(88, 89, False), (89, 90, True), (90, 91, False), (0, 200, True), (90, 90, False)],
)
def test_a_feed_falls_quiet_once(store: Store, begin: int, end: int, told: bool) -> None:
    learn(store, entry("a"), now=NOW)
    found = store.feeds.fell_quiet(NOW + begin * DAY, NOW + end * DAY)
    assert [one.url for one in found] == [URL] * told
