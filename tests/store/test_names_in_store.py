"""What the store keeps of the names that entries go by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from digest.errors import StoreError
from tests.feed_xml import NOW
from tests.store.build import DAY, dump, entry, feed_id, learn, plan_of, state_of, update_of, visit

if TYPE_CHECKING:
    from digest.model import CleanEntry, KnownEntry
    from digest.store import Store

OTHER_URL = "https://other.example/feed.xml"


def named(key: str, *names: str) -> CleanEntry:
    return replace(entry(key), names=names)


def found(store: Store, *names: str) -> dict[str, KnownEntry]:
    return {one.key: one for one in store.feeds.known(feed_id(store), names)}


def test_an_entry_is_found_by_any_of_its_names(store: Store) -> None:
    learn(store, named("a", "guid:1", "link:1"), named("b", "guid:2", "link:1"))
    assert set(found(store, "guid:1")) == {"a"}
    assert set(found(store, "link:1")) == {"a", "b"}
    assert set(found(store, "guid:1", "guid:2", "guid:3")) == {"a", "b"}
    assert found(store, "guid:3") == found(store) == {}


def test_all_that_an_entry_goes_by_is_told(store: Store) -> None:
    learn(store, named("a", "guid:1", "link:1", "text:1"))
    assert found(store, "link:1", "text:2")["a"].names == {"guid:1", "link:1", "text:1"}


def test_an_entry_is_found_by_its_key(store: Store) -> None:
    learn(store, named("a", "guid:1"), named("b", "guid:2"))
    known = store.feeds.known(feed_id(store), ["guid:2"], ["a", "c"])
    assert [one.key for one in known] == ["a", "b"]


def test_names_are_of_their_feed(store: Store) -> None:
    store.editions.plan([plan_of(feeds=(OTHER_URL,))], NOW)
    learn(store, named("a", "guid:1"), url=OTHER_URL)
    assert found(store, "guid:1") == {}
    learn(store, named("a", "guid:1"))
    assert set(found(store, "guid:1")) == {"a"}


def test_an_entry_goes_by_further_names_from_now_on(store: Store) -> None:
    learn(store, named("a", "guid:1"))
    number = found(store, "guid:1")["a"].id
    update = replace(update_of(seen=[number]), renamed={number: ["guid:2", "link:2"]})
    store.feeds.record_update(state_of(store), update, visit(NOW + DAY))
    assert {found(store, name)["a"].id for name in ("guid:1", "guid:2", "link:2")} == {number}


def test_what_an_entry_said_before_an_edit_is_forgotten(store: Store) -> None:
    learn(store, named("a", "guid:1", "link:1", "dated:1", "text:1"))
    number = found(store, "guid:1")["a"].id
    edited = (number, replace(entry("a", fingerprint="g"), title="Mended", link="https://new/"))
    update = replace(
        update_of(edited=[edited], seen=[number]), renamed={number: ["dated:2", "text:2"]}
    )
    store.feeds.record_update(state_of(store), update, visit(NOW + DAY))
    after = found(
        store, *(f"{kind}:{n}" for kind in ("guid", "link", "dated", "text") for n in "12")
    )
    assert after["a"].names == {"guid:1", "link:1", "dated:2", "text:2"}
    assert after["a"].fingerprint == "g"


def test_whether_the_last_body_had_an_entry(store: Store) -> None:
    learn(store, named("a", "guid:1"), named("b", "guid:2"))
    number = found(store, "guid:1")["a"].id

    def in_last_body() -> set[str]:
        known = found(store, "guid:1", "guid:2", "guid:3")
        return {key for key, one in known.items() if one.in_last_body}

    assert in_last_body() == {"a", "b"}
    learn(store, named("c", "guid:3"), seen=[number], now=NOW + DAY)
    assert in_last_body() == {"a", "c"}
    # A poll that brings no body changes nothing about the last one.
    store.feeds.record_unchanged(state_of(store), update_of().validators, visit(NOW + 2 * DAY))
    store.feeds.record_empty(state_of(store), {}, visit(NOW + 3 * DAY))
    assert in_last_body() == {"a", "c"}


def test_more_names_than_a_statement_takes(store: Store) -> None:
    entries = [named(str(n), *(f"guid:{n}-{k}" for k in range(20))) for n in range(2_000)]
    learn(store, *entries)
    asked = {name for one in entries for name in one.names}
    known = store.feeds.known(feed_id(store), asked)
    assert len(known) == 2_000
    assert {len(one.names) for one in known} == {20}
    learn(store, seen=[one.id for one in known], now=NOW + DAY)
    assert all(one.in_last_body for one in store.feeds.known(feed_id(store), asked))


def test_a_key_that_is_taken_is_refused_and_nothing_is_written(store: Store) -> None:
    learn(store, named("a", "guid:1"))
    before = dump(store)
    with pytest.raises(StoreError, match="UNIQUE"):
        learn(store, named("b", "guid:2"), named("a", "guid:3"), now=NOW + DAY)
    assert dump(store) == before
