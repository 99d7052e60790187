"""What the ledger writes down, column by column, and the channels that rest."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.model import Backoff, Delivery, Outcome, Recipient
from tests.feed_xml import NOW
from tests.store.build import DAY, INBOX, TEAM, dump, publish
from tests.store.test_ledger import LATER, SENT, SOON, claim, next_of, of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.model import DeliveryState
    from digest.store import Store

ADA = replace(INBOX, recipients=("ada@example.com",))
HOUR = timedelta(hours=1)
DOWN = Backoff(NOW, 1, "cannot connect", NOW + HOUR)
# What a delivery has that nothing has happened to.
NEW = {
    "state": "pending",
    "attempts": 0,
    "next_attempt_at": None,
    "receipt": None,
    "last_error": None,
    "doubtful": 0,
    "plainer": 0,
    "deferred_at": None,
    "dropped": 0,
    "changed_at": NOW,
}


def columns(store: Store, number: int = 1) -> dict[str, Any]:
    with store.database.transaction() as connection:
        row = connection.exec_driver_sql(f"SELECT * FROM deliveries WHERE id = {number}").one()
        return {name: row._mapping[name] for name in NEW}


def text(at: object) -> object:
    """A time as the table has it."""
    return f"{at:%Y-%m-%dT%H:%M:%S.%fZ}" if hasattr(at, "isoformat") else at


def has(store: Store, number: int = 1, **changed: Any) -> bool:
    expected = {name: text(value) for name, value in {**NEW, **changed}.items()}
    assert columns(store, number) == expected
    return True


def test_a_claim_changes_what_it_claims_and_nothing_else(store: Store) -> None:
    publish(store)
    store.ledger.record(claim(store).id, LATER, NOW)
    claim(store, now=SOON)
    assert has(
        store,
        state="sending",
        attempts=2,
        last_error="busy",
        deferred_at=NOW,
        changed_at=SOON,
    )
    assert has(store, 2)


@pytest.mark.parametrize(
    ("outcome", "changed"),
    [
        (SENT, {"receipt": "250 OK"}),
        (LATER, {"last_error": "busy", "next_attempt_at": SOON, "deferred_at": SOON}),
        (Outcome("failed", error="no"), {"last_error": "no"}),
        (Outcome("unknown", error="silence"), {"last_error": "silence", "doubtful": 1}),
        (
            Outcome("retrying", error="no", next_attempt_at=SOON, plainer=True),
            {"last_error": "no", "next_attempt_at": SOON, "plainer": 1, "deferred_at": SOON},
        ),
    ],
    ids=str,
)
def test_an_outcome_is_all_that_is_written(
    store: Store, outcome: Outcome, changed: Mapping[str, Any]
) -> None:
    publish(store)
    store.ledger.record(claim(store).id, outcome, SOON)
    assert has(store, state=outcome.state, attempts=1, changed_at=SOON, **changed)
    assert has(store, 2)


@pytest.mark.parametrize("repeatable", [[], ["inbox"]], ids=str)
def test_what_is_released_is_in_doubt_since_then(store: Store, repeatable: list[str]) -> None:
    publish(store)
    claim(store)
    store.ledger.release_claimed(dict.fromkeys(repeatable, SOON), SOON)
    assert has(
        store,
        state="unknown",
        attempts=1,
        last_error="interrupted while sending",
        doubtful=1,
        next_attempt_at=SOON if repeatable else None,
        changed_at=SOON,
    )
    assert has(store, 2)


@pytest.mark.parametrize(
    ("outcome", "state"), [(None, "failed"), (LATER, "failed"), (SENT, None)], ids=str
)
def test_who_has_left_is_left_out_of_what_is_still_to_come(
    store: Store, outcome: Outcome | None, state: DeliveryState | None
) -> None:
    publish(store)
    if outcome:
        store.ledger.record(claim(store).id, outcome, NOW)
    store.recipients.put([Recipient("inbox", "Ada@example.com", state="bounced")], NOW)
    store.recipients.put([Recipient("other", "grace@example.com", state="bounced")], NOW)
    due = store.ledger.due("inbox", "email", SOON)
    claimed = store.ledger.claim(due, SOON)
    assert claimed is not None
    assert claimed.recipient == "grace@example.com"
    before = columns(store)
    if state:
        assert has(
            store,
            state=state,
            attempts=before["attempts"],
            last_error="bounced",
            deferred_at=before["deferred_at"],
            dropped=1,
            changed_at=SOON,
        )
    else:
        assert (before["state"], before["dropped"]) == ("sent", 0)


def test_what_is_not_due_yet_is_not_dropped_for_who_is_away(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    due = store.ledger.due("inbox", "email", NOW)
    store.ledger.record(claim(store).id, LATER, NOW)
    store.recipients.put([Recipient("inbox", "ada@example.com", state="bounced")], NOW)
    assert store.ledger.claim(due, NOW) is None
    assert of(store, 1).state == "retrying"


@pytest.mark.parametrize(
    ("outcome", "kept"),
    [
        (None, {}),
        (LATER, {"state": "retrying", "next_attempt_at": SOON, "deferred_at": NOW}),
        (
            Outcome("unknown", error="silence", next_attempt_at=SOON),
            {"state": "unknown", "next_attempt_at": SOON, "doubtful": 1},
        ),
    ],
    ids=str,
)
def test_a_rest_gives_back_what_found_it_out(
    store: Store, outcome: Outcome | None, kept: Mapping[str, Any]
) -> None:
    publish(store)
    if outcome:
        store.ledger.record(claim(store).id, outcome, NOW)
    store.ledger.back_off(claim(store, now=SOON), DOWN, SOON)
    attempts = 1 if outcome else 0
    assert has(
        store, **{**kept, "attempts": attempts, "last_error": "cannot connect", "changed_at": SOON}
    )
    assert has(store, 2)


def rest(store: Store, channel: str, rest: Backoff, now: Any = NOW) -> None:
    claimed = Delivery(0, 0, "weekly", channel, "", 1, "pending", 0, now, "")
    store.ledger.back_off(claimed, rest, now)


def incidents(store: Store) -> list[tuple[str, str, str]]:
    return [(one.kind, one.subject, one.message) for one in store.incidents.open_ones()]


def test_a_rest_is_told_as_it_was_noted_last(store: Store) -> None:
    publish(store, sent_as=(INBOX, TEAM))
    rest(store, "inbox", DOWN)
    lasting = Backoff(NOW - HOUR, 7, "no_service", NOW + 2 * HOUR, lasting=True)
    rest(store, "inbox", lasting)
    rest(store, "team", DOWN)
    assert store.ledger.due_channels(NOW + HOUR) == {"team": DOWN}
    told = store.ledger.due_channels(NOW + 2 * HOUR)
    assert told == {"inbox": lasting, "team": DOWN}
    assert repr(told["inbox"]) == repr(lasting)
    assert store.ledger.backing_off() == ["inbox", "team"]
    assert store.ledger.due_channels(NOW) == {}


@pytest.mark.parametrize(
    ("after", "told"),
    [(timedelta(0), False), (HOUR - timedelta(seconds=1), False), (HOUR, True), (DAY, True)],
)
def test_a_person_is_asked_once_it_has_lasted_an_hour(
    store: Store, after: timedelta, *, told: bool
) -> None:
    rest(store, "inbox", DOWN, NOW + after)
    assert incidents(store) == ([("channel", "inbox", "cannot connect")] if told else [])


def test_what_works_again_is_that_channel(store: Store) -> None:
    publish(store, sent_as=(INBOX, TEAM))
    dead = replace(DOWN, lasting=True)
    for channel in ("inbox", "team"):
        rest(store, channel, dead)
    store.ledger.works("inbox", SOON)
    assert store.ledger.backing_off() == ["team"]
    assert incidents(store) == [("channel", "team", "cannot connect")]
    assert store.ledger.due_channels(NOW) == {"inbox": None}
    assert [row[6] for row in dump(store)["incidents"]] == [SOON, None]


def test_a_start_ends_each_rest_and_forgets_what_is_gone(store: Store) -> None:
    publish(store, sent_as=(INBOX, TEAM))
    dead = replace(DOWN, lasting=True)
    for channel in ("inbox", "team"):
        rest(store, channel, dead)
    store.ledger.try_channels(SOON, ["inbox"])
    assert store.ledger.due_channels(SOON) == {
        "inbox": replace(dead, next_attempt_at=SOON),
        "team": None,
    }
    assert incidents(store) == [("channel", "inbox", "cannot connect")]
    assert store.ledger.due_channels(SOON - timedelta(seconds=1)) == {"team": None}


@pytest.mark.parametrize(
    ("outcome", "waits"),
    [
        (None, True),
        (LATER, True),
        (Outcome("unknown", next_attempt_at=SOON), True),
        (Outcome("unknown"), False),
        (Outcome("failed", error="no"), False),
        (SENT, False),
    ],
    ids=str,
)
def test_what_is_still_to_be_made_is_counted(
    store: Store, outcome: Outcome | None, *, waits: bool
) -> None:
    publish(store, sent_as=(ADA,))
    assert store.ledger.waiting(NOW) == 1
    claimed = claim(store)
    assert store.ledger.waiting(NOW) == 1
    if outcome:
        store.ledger.record(claimed.id, outcome, NOW)
    assert store.ledger.waiting(NOW) == int(waits)


def test_what_is_due_has_its_own_payload_in_the_order_it_was_planned(store: Store) -> None:
    publish(store, sent_as=(replace(ADA, parts=(b"a1", b"a2")), TEAM))
    publish(store, at=NOW + DAY, sent_as=(replace(ADA, parts=(b"b1",)),))
    due = store.ledger.due("inbox", "email", NOW + DAY)
    assert [(one.edition_id, one.part, one.payload) for one in due] == [
        (1, 1, b"a1"),
        (1, 2, b"a2"),
        (2, 1, b"b1"),
    ]
    assert [one.id for one in store.ledger.of_edition(1)] == [1, 2, 3, 4]
    assert [one.payload for one in store.ledger.of_edition(1)] == [b""] * 4


def test_each_delivery_is_due_once_whatever_other_channels_get(store: Store) -> None:
    other = replace(ADA, channel="other", parts=(b"other one", b"other two"))
    publish(store, sent_as=(replace(ADA, parts=(b"one", b"two")), other))
    for channel, parts in (("inbox", [b"one", b"two"]), ("other", [b"other one", b"other two"])):
        assert [one.payload for one in store.ledger.due(channel, "email", NOW)] == parts


def test_a_delivery_is_told_as_it_is_in_the_ledger(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    outcome = Outcome("unknown", error="silence", next_attempt_at=SOON, plainer=True)
    store.ledger.record(claim(store).id, replace(outcome, state="retrying"), NOW)
    store.ledger.record(claim(store, now=SOON).id, outcome, SOON)
    told = Delivery(
        id=1,
        edition_id=1,
        digest="weekly",
        channel="inbox",
        recipient="ada@example.com",
        part=1,
        state="unknown",
        attempts=2,
        created_at=NOW,
        message_id="<inbox.ada@example.com.1>",
        error="silence",
        doubtful=True,
        plainer=True,
        deferred_at=NOW,
    )
    assert of(store, 1) == told
    assert repr(of(store, 1)) == repr(told)


def test_nothing_that_is_over_keeps_what_comes_later(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    store.ledger.record(claim(store).id, Outcome("unknown", error="silence"), NOW)
    publish(store, sent_as=(ADA,), at=NOW + DAY)
    assert claim(store, now=NOW + DAY).edition_id == 2


def test_a_channel_whose_deliveries_all_wait_is_not_due(store: Store) -> None:
    publish(store, sent_as=(ADA, TEAM))
    store.ledger.record(claim(store).id, LATER, NOW)
    publish(store, sent_as=(ADA,), at=NOW + DAY)
    assert list(store.ledger.due_channels(NOW)) == ["team"]
    assert next_of(store) is None
