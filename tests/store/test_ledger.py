"""The ledger: what is claimed, in which order, and what becomes of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args

import pytest
import sqlalchemy as sa

from digest.errors import StoreError, UsageError
from digest.model import Delivery, DeliveryState, Outcome, Rendition
from tests.feed_xml import NOW
from tests.store.build import DAY, INBOX, TEAM, dump, publish

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.store import Store

SOON = NOW + timedelta(minutes=5)
SENT = Outcome("sent", receipt="250 OK")
LATER = Outcome("retrying", error="busy", next_attempt_at=SOON)


KINDS = {"inbox": "email", "team": "slack"}


def next_of(store: Store, channel: str = "inbox", *, now: datetime = NOW) -> Delivery | None:
    due = store.ledger.due(channel, KINDS.get(channel, "email"), now)
    return store.ledger.claim(due, now)


def claim(store: Store, channel: str = "inbox", *, now: datetime = NOW) -> Delivery:
    delivery = next_of(store, channel, now=now)
    assert delivery is not None
    return delivery


def of(store: Store, edition: int, number: int = 0) -> Delivery:
    return store.ledger.of_edition(edition)[number]


def test_a_claim_is_written_down_before_it_is_answered(store: Store) -> None:
    edition = publish(store)
    delivery = claim(store)
    assert (delivery.recipient, delivery.payload) == ("ada@example.com", b"mail")
    # As it was before this attempt; the ledger already has it as being sent.
    assert (delivery.state, delivery.attempts) == ("pending", 0)
    assert (of(store, edition).state, of(store, edition).attempts) == ("sending", 1)


def test_nothing_is_claimed_twice(store: Store) -> None:
    publish(store)
    assert [claim(store).recipient for _ in range(2)] == ["ada@example.com", "grace@example.com"]
    assert next_of(store) is None
    assert list(store.ledger.due_channels(NOW)) == []


def test_an_outcome_and_the_next_claim_are_written_down_together(store: Store) -> None:
    edition = publish(store)
    due = store.ledger.due("inbox", "email", NOW)
    first = store.ledger.claim(due, NOW)
    assert first is not None
    second = store.ledger.record(first.id, SENT, NOW, due)
    assert second is not None
    assert (second.recipient, second.state, second.attempts) == ("grace@example.com", "pending", 0)
    assert [one.state for one in store.ledger.of_edition(edition)] == ["sent", "sending"]
    assert store.ledger.record(second.id, SENT, NOW, due) is None


def test_an_outcome_that_cannot_be_written_down_claims_nothing(store: Store) -> None:
    edition = publish(store)
    due = store.ledger.due("inbox", "email", NOW)
    first = store.ledger.claim(due, NOW)
    assert first is not None
    with pytest.raises(StoreError):
        store.ledger.record(first.id, Outcome("lost"), NOW, due)  # type: ignore[arg-type]
    assert [one.state for one in store.ledger.of_edition(edition)] == ["sending", "pending"]


def test_what_is_no_longer_due_is_not_claimed(store: Store) -> None:
    publish(store)
    due = store.ledger.due("inbox", "email", NOW)
    store.ledger.record(claim(store).id, LATER, NOW)
    claimed = store.ledger.claim(due, NOW)
    assert claimed is not None
    assert claimed.recipient == "grace@example.com"


def test_a_claim_that_is_handed_back_was_never_made(store: Store) -> None:
    publish(store)
    before = dump(store)
    store.ledger.hand_back(claim(store), NOW)
    # Only the history knows.
    after = dump(store)
    assert [row[3] for row in after["delivery_changes"]] == ["sending", "pending"]
    assert after | {"delivery_changes": []} == before


@pytest.mark.parametrize("state", ["retrying", "unknown"])
def test_another_attempt_that_is_handed_back_is_due_at_once(
    store: Store, state: DeliveryState
) -> None:
    publish(store)
    store.ledger.record(claim(store).id, Outcome(state, next_attempt_at=SOON), NOW)
    store.ledger.hand_back(claim(store, now=SOON), SOON)
    again = claim(store, now=SOON)
    assert (again.recipient, again.state, again.attempts) == ("ada@example.com", state, 1)
    assert again.doubtful == (state == "unknown")


def test_recipients_share_a_payload(store: Store) -> None:
    publish(store)
    ada, grace = store.ledger.due("inbox", "email", NOW)
    assert ada.payload is grace.payload


def test_a_claim_reads_no_more_than_its_own_rows(store: Store) -> None:
    publish(store, sent_as=(TEAM,))
    statements: list[tuple[str, Any]] = []
    sa.event.listen(
        store.database._engine,
        "before_cursor_execute",
        lambda *said: statements.append((said[2], said[3])),
    )
    store.ledger.record(claim(store, "team").id, SENT, NOW, [of(store, 1, 1)])
    with store.database.transaction() as connection:
        plan = [
            row.detail
            for statement, parameters in list(statements)
            if statement.startswith(("SELECT", "UPDATE"))
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert plan
    assert not [step for step in plan if step.startswith("SCAN")]


def test_older_editions_go_first(store: Store) -> None:
    first, second = publish(store), publish(store, at=NOW + DAY)
    now = NOW + DAY
    editions = []
    while delivery := next_of(store, now=now):
        editions.append(delivery.edition_id)
        store.ledger.record(delivery.id, SENT, now)
    assert editions == [first, first, second, second]


def test_channels_do_not_see_each_other(store: Store) -> None:
    publish(store, sent_as=(INBOX, TEAM))
    assert list(store.ledger.due_channels(NOW)) == ["inbox", "team"]
    assert claim(store, "team").channel == "team"
    assert list(store.ledger.due_channels(NOW)) == ["inbox"]
    assert next_of(store, "other") is None


@pytest.mark.parametrize(
    ("outcome", "free"),
    [
        (None, False),
        (LATER, False),
        (Outcome("unknown", next_attempt_at=SOON), False),
        (Outcome("unknown"), True),
        (Outcome("failed", error="no"), True),
        (SENT, True),
    ],
)
def test_a_part_waits_until_the_one_before_is_settled(
    store: Store, outcome: Outcome | None, *, free: bool
) -> None:
    publish(store, sent_as=(TEAM,))
    first = claim(store, "team")
    assert first.payload == b"one"
    if outcome:
        store.ledger.record(first.id, outcome, NOW)
    second = next_of(store, "team")
    assert (second is not None) == free
    assert second is None or second.payload == b"two"


def test_parts_wait_only_for_parts_of_their_own_recipient(store: Store) -> None:
    two = Rendition("inbox", "email", ("ada@example.com", "grace@example.com"), (b"one", b"two"))
    publish(store, sent_as=(two,))
    store.ledger.record(claim(store).id, LATER, NOW)
    first = claim(store)
    store.ledger.record(first.id, SENT, NOW)
    second = claim(store)
    assert (first.recipient, first.part) == ("grace@example.com", 1)
    assert (second.recipient, second.part) == ("grace@example.com", 2)
    assert next_of(store) is None


@pytest.mark.parametrize("state", ["retrying", "unknown"])
def test_another_attempt_waits_for_its_time(store: Store, state: DeliveryState) -> None:
    edition = publish(store, sent_as=(TEAM,))
    delivery = claim(store, "team")
    store.ledger.record(delivery.id, Outcome(state, next_attempt_at=SOON), NOW)
    assert next_of(store, "team", now=SOON - timedelta(microseconds=1)) is None
    again = claim(store, "team", now=SOON)
    assert (again.id, again.state, again.attempts) == (delivery.id, state, 1)
    assert of(store, edition).attempts == 2


@pytest.mark.parametrize("state", ["sent", "failed", "unknown"])
def test_what_is_settled_is_never_claimed_again(store: Store, state: DeliveryState) -> None:
    publish(store, sent_as=(TEAM,))
    store.ledger.record(claim(store, "team").id, Outcome(state), NOW)
    assert claim(store, "team", now=NOW + 365 * DAY).part == 2
    assert next_of(store, "team", now=NOW + 365 * DAY) is None


def test_an_outcome_is_written_down(store: Store) -> None:
    edition = publish(store)
    store.ledger.record(claim(store).id, LATER, NOW)
    assert (of(store, edition).state, of(store, edition).error) == ("retrying", "busy")
    store.ledger.record(claim(store, now=SOON).id, SENT, SOON)
    assert (of(store, edition).state, of(store, edition).error) == ("sent", None)
    with store.database.transaction() as connection:
        row = connection.exec_driver_sql("SELECT receipt, next_attempt_at FROM deliveries").first()
    assert row == ("250 OK", None)


def test_what_was_interrupted_is_sent_once_more_where_that_does_no_harm(store: Store) -> None:
    edition = publish(store)
    claim(store)
    assert store.ledger.release_claimed({"inbox": SOON}, SOON) == 1
    assert of(store, edition).state == "unknown"
    assert of(store, edition).error == "interrupted while sending"
    again = claim(store, now=SOON)
    assert (again.recipient, again.state) == ("ada@example.com", "unknown")


def test_what_was_interrupted_waits_for_a_person_elsewhere(store: Store) -> None:
    edition = publish(store, sent_as=(TEAM,))
    claim(store, "team")
    assert store.ledger.release_claimed({"inbox": SOON}, SOON) == 1
    assert of(store, edition).state == "unknown"
    assert claim(store, "team", now=NOW + 365 * DAY).part == 2
    assert [one["state"] for one in store.health.read().troubled] == ["unknown"]


def test_only_what_was_interrupted_is_released(store: Store) -> None:
    publish(store, sent_as=(INBOX, TEAM))
    store.ledger.record(claim(store).id, SENT, NOW)
    store.ledger.record(claim(store).id, LATER, NOW)
    before = dump(store)
    assert store.ledger.release_claimed({"inbox": SOON, "team": SOON}, SOON) == 0
    assert dump(store) == before


def test_states_are_those_of_the_model_and_no_others(store: Store) -> None:
    publish(store)
    delivery = claim(store)
    for state in get_args(DeliveryState):
        store.ledger.record(delivery.id, Outcome(state), NOW)
    with pytest.raises(StoreError, match="deliveries_state"):
        store.ledger.record(delivery.id, Outcome("lost"), NOW)  # type: ignore[arg-type]


def test_what_needs_attention_is_shown(store: Store) -> None:
    publish(store, sent_as=(INBOX, TEAM))
    store.ledger.record(claim(store).id, LATER, NOW)
    store.ledger.record(claim(store).id, Outcome("failed", error="no such user"), NOW)
    health = store.health.read()
    assert health.deliveries == {"retrying": 1, "failed": 1, "pending": 2}
    assert [(one["recipient"], one["last_error"]) for one in health.troubled] == [
        ("grace@example.com", "no such user"),
        ("ada@example.com", "busy"),
    ]


def test_what_was_dropped_is_of_no_state_but_that(store: Store) -> None:
    edition = publish(store)
    store.ledger.record(claim(store).id, Outcome("failed", error="no such user"), NOW)
    store.deliveries.drop([of(store, edition).id], NOW)
    assert store.health.read().deliveries == {"pending": 1}
    assert store.deliveries.find("failed", None, 9) == []
    (dropped,) = store.deliveries.find("dropped", None, 9)
    assert (dropped.recipient, dropped.state) == ("ada@example.com", "failed")
    assert len(store.deliveries.find(None, None, 9)) == 2


@pytest.mark.parametrize("dropped", [False, True])
@pytest.mark.parametrize("state", get_args(DeliveryState))
def test_what_can_be_decided_is_what_is_carried_out(
    store: Store, state: DeliveryState, *, dropped: bool
) -> None:
    edition = publish(store)
    delivery = claim(store)
    store.ledger.record(delivery.id, Outcome(state), NOW)
    if dropped:
        with suppress(UsageError):
            store.deliveries.drop([delivery.id], NOW)
    (record, _) = store.deliveries.of_edition(edition)
    can_drop = accepts(store.deliveries.drop, record.id)
    assert record.can_drop == (can_drop and not record.dropped)
    assert record.can_retry == accepts(store.deliveries.retry, record.id)


def accepts(decide: Callable[[list[int], datetime], None], number: int) -> bool:
    try:
        decide([number], NOW)
    except UsageError:
        return False
    return True


def test_a_later_part_comes_with_the_receipt_of_the_first(store: Store) -> None:
    publish(store, sent_as=(TEAM,))
    publish(store, at=NOW + DAY, sent_as=(TEAM,))
    due = store.ledger.due("team", "slack", NOW)
    first = store.ledger.claim(due, NOW)
    assert first is not None
    assert first.first_receipt == ""
    second = store.ledger.record(first.id, Outcome("sent", receipt="C1 2.3"), NOW, due)
    assert second is not None
    assert (second.part, second.first_receipt, second.payload) == (2, "C1 2.3", b"two")
    third = store.ledger.record(second.id, SENT, NOW, due)
    assert third is not None
    fourth = store.ledger.record(third.id, Outcome("failed", error="no"), NOW, due)
    assert fourth is not None
    assert (fourth.part, fourth.first_receipt) == (2, "")
