"""What needs a person: one open row per cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.errors import StoreError
from digest.store.incidents import Incident, close_incident, open_incident, open_incidents
from digest.store.updates import Failure, Unchanged
from tests.feed_xml import NOW
from tests.store.build import DAY, URL, dump, entry, feed_id, learn, plan_of, update_of, visit

if TYPE_CHECKING:
    from digest.store import Store


def test_a_cause_has_one_open_incident_that_says_the_latest(empty_store: Store) -> None:
    with empty_store.database.transaction() as connection:
        open_incident(connection, "flood", URL, "30 entries", NOW)
        open_incident(connection, "gone", URL, "gone", NOW + DAY)
        open_incident(connection, "flood", URL, "40 entries", NOW + 2 * DAY)
        assert open_incidents(connection) == [
            Incident(1, "flood", URL, "40 entries", NOW),
            Incident(2, "gone", URL, "gone", NOW + DAY),
        ]


def test_what_is_over_may_come_again(empty_store: Store) -> None:
    with empty_store.database.transaction() as connection:
        for days in (0, 2):
            open_incident(connection, "flood", URL, "much", NOW + days * DAY)
            close_incident(connection, "flood", URL, NOW + (days + 1) * DAY)
            assert open_incidents(connection) == []
        close_incident(connection, "flood", URL, NOW + 9 * DAY)
    closed = [row[6] for row in dump(empty_store)["incidents"]]
    assert closed == [NOW + DAY, NOW + 3 * DAY]


def test_a_host_that_no_feed_is_asked_at_any_more_is_forgotten(store: Store) -> None:
    for host in ("site.example", "gone.example"):
        store.incidents.note("host", host, "allows no requests", NOW)
    store.schedules.plan([plan_of()], NOW + DAY)
    assert [each.subject for each in store.incidents.open_ones()] == ["site.example"]
    store.schedules.plan([plan_of(feeds=())], NOW + DAY)
    assert store.incidents.open_ones() == []


def test_the_database_allows_no_second_one(empty_store: Store) -> None:
    row = (
        "INSERT INTO incidents (kind, subject, message, opened_at, changed_at)"
        " VALUES ('flood', 'x', '', 't', 't')"
    )

    def twice() -> None:
        with empty_store.database.transaction() as connection:
            connection.exec_driver_sql(row)
            connection.exec_driver_sql(row)

    with pytest.raises(StoreError, match="UNIQUE"):
        twice()


def test_a_feed_that_is_gone_is_said_to_be_once_and_is_due_no_more(store: Store) -> None:
    state = store.feeds.states([URL])[0]
    for days in range(2):
        at = NOW + days * DAY
        store.feeds.record_failure(state, Failure("answered 410", 410, at, at, gone=True))
    assert store.feeds.due(NOW + 99 * DAY) == []
    assert [one.id for one in store.feeds.states([URL])] == [state.id]
    with store.database.transaction() as connection:
        (incident,) = open_incidents(connection)
    assert (incident.kind, incident.subject, incident.opened_at) == ("gone", URL, NOW)


@pytest.mark.parametrize("how", ["update", "unchanged", "empty"])
def test_any_answer_revives_a_feed_that_was_gone(store: Store, how: str) -> None:
    learn(store, entry("a"))
    number = feed_id(store)
    state = store.feeds.states([URL])[0]
    store.feeds.record_failure(state, Failure("answered 410", 410, NOW, NOW, gone=True))
    (state,) = store.feeds.states([URL])
    assert state.gone
    at = visit(NOW + DAY)
    if how == "update":
        store.feeds.record_update(state, update_of(entry("b")), at)
    elif how == "unchanged":
        store.feeds.record_unchanged([Unchanged(state, update_of().validators, at)])
    else:
        store.feeds.record_empty(state, {}, at)
    assert [one.id for one in store.feeds.due(at.next_poll_at)] == [number]
    with store.database.transaction() as connection:
        assert open_incidents(connection) == []


def test_a_flood_is_an_incident_in_the_same_transaction(store: Store) -> None:
    learn(store, entry("a"))
    learn(store, entry("b"), entry("c"), now=NOW + DAY, flood=True)
    with store.database.transaction() as connection:
        (incident,) = open_incidents(connection)
    assert (incident.kind, incident.subject, incident.opened_at) == ("flood", URL, NOW + DAY)
    assert incident.message.startswith("2 entries came at once")
    with pytest.raises(StoreError):
        learn(store, entry("d"), entry("a"), now=NOW + 2 * DAY, flood=True)
    with store.database.transaction() as connection:
        assert open_incidents(connection) == [incident]
    assert len(dump(store)["entries"]) == 3
