"""What a delivery keeps from one attempt to the next, and what keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.model import Outcome, Recipient, Rendition
from tests.feed_xml import NOW
from tests.store.build import DAY, INBOX, TEAM, publish
from tests.store.test_ledger import LATER, SENT, SOON, claim, next_of, of

if TYPE_CHECKING:
    from digest.model import DeliveryState
    from digest.store import Store

ADA = replace(INBOX, recipients=("ada@example.com",))
SILENCE = Outcome("unknown", error="silence", next_attempt_at=NOW)


def test_a_plain_form_is_kept_to_whatever_happens_then(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    plainly = Outcome("retrying", error="refused", next_attempt_at=NOW, plainer=True)
    for outcome in (plainly, replace(plainly, plainer=False), SILENCE):
        store.ledger.record(claim(store).id, outcome, NOW)
        assert of(store, 1).plainer
    assert claim(store).plainer


@pytest.mark.parametrize("outcome", [SILENCE, Outcome("unknown", error="silence")], ids=str)
def test_what_nobody_knows_stays_doubtful(store: Store, outcome: Outcome) -> None:
    publish(store, sent_as=(ADA,))
    assert not of(store, 1).doubtful
    store.ledger.record(claim(store).id, outcome, NOW)
    assert of(store, 1).doubtful
    store.deliveries.retry([1], NOW)
    store.ledger.record(claim(store).id, LATER, NOW)
    assert of(store, 1).doubtful


def test_what_was_interrupted_is_doubtful(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    claim(store)
    store.ledger.release_claimed({}, NOW)
    assert of(store, 1).doubtful


@pytest.mark.parametrize("first", [SILENCE, None], ids=["silence", "killed"])
def test_what_was_doubtful_when_it_was_interrupted_is_not_sent_a_third_time(
    store: Store, first: Outcome | None
) -> None:
    publish(store, sent_as=(ADA,))
    if first:
        store.ledger.record(claim(store).id, first, NOW)
    else:
        claim(store)
        store.ledger.release_claimed({"inbox": NOW}, NOW)
    claim(store)
    assert store.ledger.release_claimed({"inbox": NOW}, NOW) == 1
    assert of(store, 1).state == "unknown"
    assert next_of(store, now=NOW + 365 * DAY) is None


def test_what_waits_of_one_digest_keeps_no_other(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    store.ledger.record(claim(store).id, LATER, NOW)
    publish(store, sent_as=(ADA,), digest="daily")
    assert claim(store).digest == "daily"


def test_what_waits_of_one_channel_or_recipient_keeps_no_other(store: Store) -> None:
    publish(store, sent_as=(ADA, replace(ADA, channel="other")))
    store.ledger.record(claim(store).id, LATER, NOW)
    publish(store, sent_as=(replace(ADA, recipients=("grace@example.com",)),), at=NOW + DAY)
    assert claim(store).recipient == "grace@example.com"
    assert claim(store, "other").recipient == "ada@example.com"


def test_a_later_part_follows_the_first_and_not_the_one_before(store: Store) -> None:
    three = Rendition("team", "slack", ("webhook",), (b"one", b"two", b"three"))
    publish(store, sent_as=(three,))
    publish(store, sent_as=(three,), at=NOW + DAY)
    found = []
    for number in range(6):
        part = claim(store, "team")
        found.append(part.first_receipt)
        store.ledger.record(part.id, Outcome("sent", receipt=f"C {number}"), NOW)
    assert found == ["", "C 0", "C 0", "", "C 3", "C 3"]


def test_it_was_put_off_when_that_was_first(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    assert of(store, 1).deferred_at is None
    for days in range(3):
        at = NOW + days * DAY
        store.ledger.record(claim(store, now=at).id, replace(LATER, next_attempt_at=at), at)
        assert of(store, 1).deferred_at == NOW
    last = NOW + 3 * DAY
    store.ledger.record(claim(store, now=last).id, SILENCE, last)
    assert of(store, 1).deferred_at == NOW
    # Whoever asks for another try gets days of them.
    store.deliveries.retry([1], last)
    assert of(store, 1).deferred_at is None


def test_silence_is_not_being_put_off(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    store.ledger.record(claim(store).id, SILENCE, NOW)
    assert of(store, 1).deferred_at is None


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (None, "failed"),
        (LATER, "failed"),
        (Outcome("failed", error="no"), "failed"),
        (SILENCE, "unknown"),
        (Outcome("unknown"), "unknown"),
    ],
    ids=str,
)
def test_what_is_dropped_stays_so_until_somebody_wants_it(
    store: Store, outcome: Outcome | None, state: DeliveryState
) -> None:
    publish(store, sent_as=(ADA,))
    if outcome:
        store.ledger.record(claim(store).id, outcome, NOW)
    store.deliveries.drop([1], SOON)
    (record,) = store.deliveries.of_edition(1)
    assert (record.dropped, record.state, record.next_attempt_at) == (True, state, None)
    assert next_of(store, now=NOW + 365 * DAY) is None
    assert store.health.read().troubled == []
    store.deliveries.retry([1], SOON)
    assert not store.deliveries.of_edition(1)[0].dropped
    assert next_of(store) is not None


@pytest.mark.parametrize("outcome", [None, LATER, SILENCE], ids=str)
def test_whom_it_is_not_for_any_more_it_is_dropped_for(
    store: Store, outcome: Outcome | None
) -> None:
    publish(store, sent_as=(ADA,))
    if outcome:
        store.ledger.record(claim(store).id, outcome, NOW)
    gone = Recipient("inbox", "ada@example.com", state="unsubscribed", listed=False)
    store.recipients.put([gone], NOW)
    assert next_of(store, now=SOON) is None
    (record,) = store.deliveries.of_edition(1)
    assert (record.dropped, record.said) == (True, "unsubscribed")


def test_a_part_is_claimed_with_the_outcome_of_the_one_before(store: Store) -> None:
    publish(store, sent_as=(TEAM,))
    due = store.ledger.due("team", "slack", NOW)
    first = store.ledger.claim(due, NOW)
    assert first is not None
    # Nothing else may go out while one is put off, though it was due when they were read.
    assert store.ledger.record(first.id, LATER, NOW, due) is None
    assert store.ledger.record(first.id, SENT, NOW, due) is not None
