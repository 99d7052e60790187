"""What the store keeps of the names that entries go by."""

from __future__ import annotations

import tempfile
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.errors import StoreError
from digest.feeds.diff import diff
from digest.feeds.identity import candidate_keys, identify
from digest.model import ParsedEntry, ParsedFeed
from digest.rendering.clean import clean_entries
from digest.store.aliases import mark_of
from digest.store.updates import Unchanged
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.feeds.entries import some_entries
from tests.store.build import (
    DAY,
    dump,
    entry,
    feed_id,
    ids,
    learn,
    plan_of,
    publish,
    state_of,
    update_of,
    visit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    store.schedules.plan([plan_of(feeds=(OTHER_URL,))], NOW)
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
    store.feeds.record_unchanged(
        [Unchanged(state_of(store), update_of().validators, visit(NOW + 2 * DAY))]
    )
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


def twins() -> tuple[str, str]:
    """Two texts, names of which have the same mark."""
    seen: dict[int, int] = {}
    for n in count():
        if (other := seen.setdefault(mark_of(f"guid:{n}"), n)) != n:
            return str(other), str(n)
    raise AssertionError


def test_entries_that_share_a_mark_are_kept_apart(store: Store) -> None:
    one, other = twins()
    learn(store, named("a", f"guid:{one}"), named("b", f"guid:{other}"))
    publish(store, *ids(store, "a", "b"))
    assert set(found(store, f"guid:{one}")) == {"a"}
    assert set(found(store, f"guid:{other}")) == {"b"}
    number = found(store, f"guid:{other}")["b"].id
    learn(store, seen=[number], now=NOW + DAY, forget_before=NOW + DAY)
    assert found(store, f"guid:{one}") == {}
    assert set(found(store, f"guid:{other}")) == {"b"}


def test_a_name_is_kept_when_one_of_the_same_mark_goes(store: Store) -> None:
    one, other = twins()
    learn(store, named("a", f"guid:{one}", f"text:{other}"))
    number = found(store, f"guid:{one}")["a"].id
    edited = (number, replace(entry("a", fingerprint="g"), title="Mended"))
    update = replace(update_of(edited=[edited], seen=[number]), renamed={number: ["text:new"]})
    store.feeds.record_update(state_of(store), update, visit(NOW + DAY))
    assert found(store, f"guid:{one}")["a"].names == {f"guid:{one}", "text:new"}
    assert set(found(store, "text:new")) == {"a"}


@settings(max_examples=25)
@given(st.lists(st.lists(some_entries(), min_size=1, max_size=4), min_size=2, max_size=6))
def test_all_that_goes_by_a_name_or_key_is_found_and_nothing_else(
    bodies: list[list[ParsedEntry]],
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(store_at(Path(folder, "digest.db"))) as store,
    ):
        store.schedules.plan([plan_of()], NOW)
        for body in bodies:
            poll(store, body)
            entries_left, names, marks = what_is_stored(store)
            assert set(names) == set(entries_left)
            assert {(mark, number) for _, mark, number in marks} <= {
                (mark_of(name), number) for number, said in names.items() for name in said
            }


def poll(store: Store, body: Sequence[ParsedEntry]) -> None:
    """As the job does, with what is known compared with all that is stored."""
    keyed = identify(ParsedFeed("", tuple(body)))
    asked = {name for one in keyed for name in one.names}
    keys = {key for one in keyed for key in candidate_keys(one)}
    known = store.feeds.known(feed_id(store), asked, keys)
    stored, names, _ = what_is_stored(store)
    assert {one.id: one.names for one in known} == {
        number: said
        for number, said in names.items()
        if stored[number] in keys or not said.isdisjoint(asked)
    }
    changes = diff(keyed, known)
    edited = [one for one in changes.recognised if one.edited]
    clean = clean_entries([one.keyed for one in edited])
    update = update_of(
        *clean_entries(changes.new), seen={one.known.id for one in changes.recognised}
    )
    store.feeds.record_update(
        state_of(store),
        replace(
            update,
            edited=tuple(zip((one.known.id for one in edited), clean, strict=True)),
            renamed={one.known.id: one.new_names for one in changes.recognised if one.new_names},
        ),
        visit(NOW + DAY),
    )


def what_is_stored(
    store: Store,
) -> tuple[dict[int, str], dict[int, frozenset[str]], list[tuple[Any, ...]]]:
    """The keys of entries and their names, by id, and all marks."""
    tables = dump(store)
    keys = {row[0]: row[2] for row in tables["entries"]}
    names = {number: frozenset(said.splitlines()) for number, said in tables["entry_names"]}
    return keys, names, tables["entry_marks"]
