"""What others said is stored as one visible line, whoever forgot to make it one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from digest.model import Backoff, Outcome
from digest.store import tables
from digest.store.updates import Failure
from digest.untrusted_text import MOST_WORDS
from tests.feed_xml import NOW
from tests.store.build import publish
from tests.store.test_feeds import state
from tests.store.test_ledger import claim, of

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.store import Store

SAID = "550 \x1b[31mno\r\n such\0 user\u202e\x9b"
SHOWN = r"550 \x1b[31mno such\x00 user\u202e\x9b"


def stored(store: Store, query: str) -> list[Any]:
    """As it is in the file."""
    with store.database.transaction() as connection:
        return [row[0] for row in connection.exec_driver_sql(query) if row[0] is not None]


def refuse(store: Store, said: str) -> None:
    store.ledger.record(claim(store).id, Outcome("failed", error=said, bounced=True), NOW)


def accept(store: Store, said: str) -> None:
    store.ledger.record(claim(store).id, Outcome("sent", receipt=said), NOW)


def rest(store: Store, said: str) -> None:
    resting = Backoff(NOW, 1, said, NOW + timedelta(hours=1), lasting=True)
    store.ledger.back_off(claim(store), resting, NOW)


def fail(store: Store, said: str) -> None:
    store.feeds.record_failure(state(store), Failure(said, 500, NOW, NOW))


def note(store: Store, said: str) -> None:
    store.incidents.note("disk", "path", said, NOW)


@pytest.mark.parametrize(
    ("happens", "query"),
    [
        (refuse, "SELECT last_error FROM deliveries"),
        (refuse, "SELECT said FROM delivery_changes WHERE state = 'failed'"),
        (refuse, "SELECT reason FROM recipients"),
        (accept, "SELECT receipt FROM deliveries"),
        (accept, "SELECT said FROM delivery_changes WHERE state = 'sent'"),
        (rest, "SELECT last_error FROM channels"),
        (rest, "SELECT message FROM incidents"),
        (fail, "SELECT last_error FROM feeds"),
        (note, "SELECT message FROM incidents"),
    ],
)
@pytest.mark.parametrize(("said", "shown"), [(SAID, SHOWN), ("x" * 5000, "x" * MOST_WORDS)])
def test_it_is_made_visible_and_cut(
    store: Store, happens: Callable[[Store, str], None], query: str, said: str, shown: str
) -> None:
    publish(store)
    happens(store, said)
    assert set(stored(store, query)) == {shown}


def test_what_was_stored_before_is_read_as_such_a_line_too(store: Store) -> None:
    edition = publish(store)
    refuse(store, "no")
    with store.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET last_error = ?", (SAID,))
        connection.exec_driver_sql("UPDATE delivery_changes SET said = ?", (SAID,))
        connection.exec_driver_sql("UPDATE recipients SET reason = ?", (SAID,))
    assert of(store, edition).error == SHOWN
    assert store.deliveries.of_edition(edition)[0].changes[0].said == SHOWN
    assert store.recipients.all()[0].reason == SHOWN


def test_what_a_feed_answered_before_is_read_as_such_a_line_too(store: Store) -> None:
    fail(store, "no")
    with store.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE feeds SET last_error = ?", (SAID,))
        connection.exec_driver_sql(
            "INSERT INTO incidents (kind, subject, message, opened_at, changed_at)"
            " VALUES ('disk', 'path', ?, '2026-01-01T00:00:00.000000Z', '2026-01-01')",
            (SAID,),
        )
        connection.exec_driver_sql(
            "INSERT INTO channels VALUES ('inbox', '2026-01-01T00:00:00.000000Z', 1, 0, ?,"
            " '2026-01-01T00:00:00.000000Z')",
            (SAID,),
        )
    assert [row["last_error"] for row in store.health.read().feeds.values()] == [SHOWN]
    assert [one.message for one in store.incidents.all()] == [SHOWN]
    publish(store)
    (rest_of_inbox,) = store.ledger.due_channels(NOW + timedelta(days=365)).values()
    assert rest_of_inbox is not None
    assert rest_of_inbox.reason == SHOWN


def test_every_column_for_words_of_others_is_of_their_type() -> None:
    names = {"last_error", "receipt", "said", "reason", "message"}
    columns = [c for table in tables.metadata.tables.values() for c in table.columns]
    assert all(isinstance(c.type, tables.UntrustedText) for c in columns if c.name in names)
    assert not any(isinstance(c.type, sa.Text) for c in columns if c.name in names)
