"""Editions in the store: together or not at all, and each entry once per digest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from digest.errors import StoreError
from digest.store.publish import Rest
from tests.feed_xml import NOW
from tests.store.build import (
    DAY,
    INBOX,
    TEAM,
    URL,
    WEEK,
    dump,
    edition_of,
    entry,
    ids,
    learn,
    name_message,
    pending,
    plan_of,
    publish,
)

if TYPE_CHECKING:
    from datetime import datetime

    from digest.store import Store


@pytest.fixture
def store(store: Store) -> Store:
    store.schedules.plan([plan_of(), plan_of("daily")], NOW)
    windows = {"weekly": WEEK, "daily": WEEK}
    learn(store, entry("a"), entry("b"), entry("c"), windows=windows)
    return store


def test_an_edition_takes_its_entries(store: Store) -> None:
    publish(store, *ids(store, "a", "c"))
    assert pending(store) == ["b"]


def test_an_entry_may_be_in_editions_of_several_digests(store: Store) -> None:
    (one,) = ids(store, "a")
    publish(store, one)
    assert pending(store, "daily") == ["a", "b", "c"]
    publish(store, one, digest="daily")
    assert pending(store) == pending(store, "daily") == ["b", "c"]


def test_an_entry_is_in_at_most_one_edition_of_a_digest(store: Store) -> None:
    one, two = ids(store, "a", "b")
    publish(store, one)
    before = dump(store)
    with pytest.raises(StoreError, match="UNIQUE"):
        publish(store, two, one, at=NOW + DAY, following=NOW + WEEK)
    assert dump(store) == before
    assert pending(store) == ["b", "c"]


def test_one_edition_per_time_of_a_digest(store: Store) -> None:
    one, two = ids(store, "a", "b")
    publish(store, one)
    before = dump(store)
    with pytest.raises(StoreError, match="UNIQUE"):
        publish(store, two, following=NOW + WEEK)
    assert dump(store) == before


def test_a_bug_in_the_middle_leaves_nothing_behind(store: Store) -> None:
    before = dump(store)

    def break_at_second(channel: str, recipient: str, part: int) -> str:
        if recipient == "grace@example.com":
            raise ZeroDivisionError
        return name_message(channel, recipient, part)

    edition = edition_of(*ids(store, "a"))
    with pytest.raises(ZeroDivisionError):
        store.editions.publish(edition, NOW, (TEAM, INBOX), break_at_second, NOW + WEEK)
    assert dump(store) == before
    assert publish(store, *ids(store, "a"), sent_as=(TEAM, INBOX)) > 0


def test_each_recipient_has_a_delivery_of_each_part(store: Store) -> None:
    edition = publish(store, *ids(store, "a"), sent_as=(INBOX, TEAM))
    deliveries = store.ledger.of_edition(edition)
    assert [(one.channel, one.recipient, one.part) for one in deliveries] == [
        ("inbox", "ada@example.com", 1),
        ("inbox", "grace@example.com", 1),
        ("team", "webhook", 1),
        ("team", "webhook", 2),
    ]
    for one in deliveries:
        assert (one.state, one.attempts, one.error) == ("pending", 0, None)
        assert (one.digest, one.created_at) == ("weekly", NOW)
        assert one.message_id == name_message(one.channel, one.recipient, one.part)


def test_the_schedule_advances_with_the_edition(store: Store) -> None:
    publish(store, *ids(store, "a"), following=NOW + 2 * WEEK)
    row = store.health.read().digests["weekly"]
    assert (row["next_edition_at"], row["last_due_at"]) == (NOW + 2 * WEEK, NOW)
    assert row["last_result"] == "published, 1 stories"


def test_an_edition_outside_the_schedule_leaves_the_schedule(store: Store) -> None:
    before = store.health.read().digests
    publish(store, *ids(store, "a"), following=None)
    assert store.health.read().digests == before


def test_nothing_new_advances_the_schedule_alone(store: Store) -> None:
    before = dump(store)
    store.schedules.skip("weekly", NOW, NOW + 2 * WEEK)
    after = dump(store)
    assert {name for name in after if after[name] != before[name]} == {"digests"}
    row = store.health.read().digests["weekly"]
    assert (row["next_edition_at"], row["last_due_at"]) == (NOW + 2 * WEEK, NOW)


def test_the_edition_is_kept_as_it_was_composed(store: Store) -> None:
    (one,) = ids(store, "a")
    publish(store, one)
    with store.database.transaction() as connection:
        stored = connection.exec_driver_sql("SELECT snapshot FROM editions").scalar_one()
    snapshot = json.loads(stored)
    assert snapshot["period_to"] == NOW.isoformat()
    assert snapshot["sections"][0]["stories"][0]["entries"] == [one]


def test_a_period_starts_where_the_last_ended(store: Store) -> None:
    assert store.editions.period_ends("weekly", 1) == []
    publish(store, at=NOW + DAY)
    publish(store, at=NOW)
    publish(store, at=NOW + WEEK, digest="daily")
    assert store.editions.period_ends("weekly", 1) == [NOW + DAY]
    assert store.editions.period_ends("weekly", 3) == [NOW + DAY, NOW]


def test_what_is_pending_comes_as_the_store_knows_it(store: Store) -> None:
    found = store.editions.pending("weekly", [URL])[0]
    assert (found.feed_url, found.feed_title, found.title) == (URL, "A feed", "a")
    assert (found.published, found.first_seen_at, found.excerpt) == (NOW, NOW, "a")


def forms(store: Store) -> list[tuple[int, str]]:
    return sorted((row[1], row[3]) for row in dump(store)["edition_entries"])


def test_what_an_edition_shows_an_entry_as_is_kept(store: Store) -> None:
    a, b, c = ids(store, "a", "b", "c")
    edition = edition_of(a, b)
    (section,) = edition.sections
    brief = replace(section.stories[1], brief=True)
    edition = replace(edition, sections=(replace(section, stories=(section.stories[0], brief)),))

    store.editions.publish(edition, NOW, (), name_message, None, Rest(counted={c}))

    assert forms(store) == [(a, "story"), (b, "line"), (c, "counted")]
    assert pending(store) == []
    (record,) = store.explaining.find("site.example/c", 1)
    taken = record.subscriptions["weekly"].taken
    assert taken is not None
    assert taken.shown_as == "counted"


def test_what_editions_showed_is_read_back_for_a_time_by_an_index(store: Store) -> None:
    a, b, c = ids(store, "a", "b", "c")
    publish(store, a, at=NOW - 2 * DAY)
    store.editions.publish(edition_of(b), NOW - DAY, (), name_message, None, Rest(counted={c}))
    publish(store, c, at=NOW, digest="daily")
    statements: list[tuple[str, Any]] = []
    sa.event.listen(
        store.database._engine,
        "before_cursor_execute",
        lambda *said: statements.append((said[2], said[3])),
    )

    def shown(since: datetime, most: int = 9) -> list[str]:
        return [each.title for each in store.editions.shown_since("weekly", since, most)]

    assert shown(NOW - 2 * DAY) == ["b", "a"]
    assert shown(NOW - 2 * DAY, 1) == shown(NOW - DAY) == ["b"]
    (each,) = store.editions.shown_since("weekly", NOW - DAY, 9)
    assert (each.link, each.feed_url, each.at) == ("https://site.example/b", URL, NOW)
    query, parameters = next(said for said in statements if "edition_entries" in said[0])
    with store.database.transaction() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters)
        plan = [row.detail for row in rows]
    assert any("digest=? AND scheduled_for>?" in step for step in plan)
    assert not [step for step in plan if step.startswith("SCAN")]
