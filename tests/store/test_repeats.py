"""An edition that is sent once more: each time a delivery of its own, and what was sent stays."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.errors import UsageError
from digest.model import Outcome, ParsedEntry, Recipient, Rendition
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.store.build import DAY, INBOX, TEAM, URL, publish
from tests.store.old import STAMP, add_deliveries, bring_to, make_old_database
from tests.store.test_ledger import LATER, SENT, SOON, claim, next_of

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model import Delivery
    from digest.store import Store
    from digest.store.deliveries import RecordWithHistory

ADA = replace(INBOX, recipients=("ada@example.com",))
REFUSED = Outcome("failed", error="550 no such user")


def work_off(
    store: Store, *outcomes: Outcome, channel: str = "inbox", then: Outcome = SENT
) -> list[Delivery]:
    """Deliver what is due, with these outcomes first."""
    left, made = list(outcomes), []
    while delivery := next_of(store, channel):
        made.append(delivery)
        store.ledger.record(delivery.id, left.pop(0) if left else then, NOW)
    return made


def records(store: Store) -> list[RecordWithHistory]:
    return store.deliveries.of_edition(1)


def states(store: Store) -> list[str]:
    return [one.state for one in records(store)]


def resend(store: Store, to: str | None = None, edition: int = 1) -> list[int]:
    return store.deliveries.resend(edition, to, SOON)


def test_each_repeat_is_a_delivery_of_its_own(store: Store) -> None:
    publish(store)
    work_off(store)
    before = records(store)
    assert resend(store) == [3, 4]
    assert [replace(one, repeated_by=None) for one in records(store)[:2]] == before
    ada, _, again, _ = records(store)
    assert (ada.of, ada.repeated_by, again.of, again.repeated_by) == (None, 3, 1, None)
    assert (again.state, again.attempts, again.said) == ("pending", 0, None)
    assert again.message_id != ada.message_id
    assert (again.created_at, again.changes) == (SOON, ())
    made = work_off(store)
    assert [(one.id, one.recipient, one.payload) for one in made] == [
        (3, "ada@example.com", b"mail"),
        (4, "grace@example.com", b"mail"),
    ]


def test_each_attempt_keeps_its_message_id(store: Store) -> None:
    named = replace(ADA, recipients=("a@b",))
    publish(store, sent_as=(named,))
    for _ in range(2):
        work_off(store)
        resend(store)
    work_off(store)
    said = [
        [change.message_id for change in one.changes if change.state == "sending"]
        for one in records(store)
    ]
    first = "<inbox.a@b.1>"
    assert said == [[first], ["<inbox.a.again2@b.1>"], ["<inbox.a.again3@b.1>"]]


def test_a_repeat_repeats_the_newest(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    for _ in range(3):
        work_off(store)
        resend(store)
    assert [(one.id, one.of) for one in records(store)] == [(1, None), (2, 1), (3, 2), (4, 3)]
    assert len({one.message_id for one in records(store)}) == 4


@pytest.mark.parametrize(
    "outcome", [None, LATER, Outcome("unknown", next_attempt_at=SOON)], ids=str
)
def test_what_is_under_way_is_left_to_it(store: Store, outcome: Outcome | None) -> None:
    publish(store)
    first = claim(store)
    if outcome:
        store.ledger.record(first.id, outcome, NOW)
    store.ledger.record(claim(store).id, SENT, NOW)
    assert resend(store) == [1, 3]
    assert [(one.id, one.of) for one in records(store)] == [(1, None), (2, None), (3, 2)]
    # Nor is there another while that is under way.
    assert resend(store) == [1, 3]


def test_what_is_pending_is_not_doubled(store: Store) -> None:
    publish(store)
    assert resend(store) == [1, 2]
    assert len(work_off(store)) == 2


def test_no_part_is_repeated_while_another_is_under_way(store: Store) -> None:
    publish(store, sent_as=(TEAM,))
    work_off(store, SENT, LATER, channel="team")
    assert resend(store) == [1, 2]
    assert states(store) == ["sent", "retrying"]


@pytest.mark.parametrize("outcome", [SENT, REFUSED, Outcome("unknown")], ids=str)
def test_whatever_became_of_it_can_be_repeated(store: Store, outcome: Outcome) -> None:
    publish(store, sent_as=(ADA,))
    work_off(store, outcome)
    assert resend(store) == [2]
    work_off(store, REFUSED)
    assert states(store) == [outcome.state, "failed"]


def test_only_to_whom_it_is_asked_for(store: Store) -> None:
    publish(store, sent_as=(INBOX, TEAM))
    work_off(store)
    work_off(store, channel="team")
    assert [one.recipient for one in store.deliveries.of_ids(resend(store, "ada@example.com"))] == [
        "ada@example.com"
    ]
    assert [one.channel for one in store.deliveries.of_ids(resend(store, "team"))] == ["team"] * 2
    assert resend(store, "nobody") == []
    assert resend(store, edition=9) == []


def test_dropping_a_repeat_leaves_what_was_sent(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    work_off(store)
    resend(store)
    store.deliveries.drop([2], SOON)
    first, again = records(store)
    assert (first.state, first.said, first.dropped) == ("sent", "250 OK", False)
    assert (again.state, again.said, again.dropped) == ("failed", "dropped by the operator", True)
    with pytest.raises(UsageError, match="delivery 1 is sent"):
        store.deliveries.drop([1], SOON)


@pytest.mark.parametrize("state", ["unsubscribed", "bounced", "paused"])
def test_who_has_left_gets_no_repeat_and_has_had_the_first(store: Store, state: str) -> None:
    publish(store, sent_as=(ADA,))
    work_off(store)
    gone = Recipient("inbox", "ada@example.com", state=state, listed=False)  # type: ignore[arg-type]
    store.recipients.put([gone], NOW)
    assert resend(store) == [2]
    assert next_of(store) is None
    first, again = records(store)
    assert (first.state, first.said) == ("sent", "250 OK")
    assert (again.state, again.said, again.dropped) == ("failed", state, True)


def test_a_bounced_repeat_leaves_what_was_sent(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    work_off(store)
    resend(store)
    work_off(store, replace(REFUSED, bounced=True))
    assert [(one.state, one.said) for one in records(store)] == [
        ("sent", "250 OK"),
        ("failed", "550 no such user"),
    ]


def test_a_repeat_waits_for_no_later_edition(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    work_off(store)
    publish(store, sent_as=(ADA,), at=NOW + DAY)
    work_off(store, LATER)
    resend(store)
    assert [one.edition_id for one in work_off(store)] == [1]


def test_a_later_edition_waits_for_a_repeat_before_it(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    work_off(store)
    resend(store)
    work_off(store, LATER)
    publish(store, sent_as=(ADA,), at=NOW + DAY)
    assert work_off(store) == []


def test_the_parts_of_a_repeat_go_in_order(store: Store) -> None:
    publish(store, sent_as=(TEAM,))
    work_off(store, channel="team")
    resend(store)
    assert [one.part for one in work_off(store, LATER, channel="team")] == [1]
    claimed = claim(store, "team", now=SOON)
    assert (claimed.id, claimed.part) == (3, 1)


def test_a_later_part_follows_the_first_of_the_same_time(store: Store) -> None:
    three = Rendition("team", "slack", ("webhook",), (b"one", b"two", b"three"))
    publish(store, sent_as=(three,))
    receipts = [Outcome("sent", receipt=f"C {number}") for number in range(1, 7)]
    made = work_off(store, *receipts[:3], channel="team")
    resend(store)
    made += work_off(store, *receipts[3:], channel="team")
    assert [one.first_receipt for one in made] == ["", "C 1", "C 1", "", "C 4", "C 4"]


def test_a_first_part_that_was_not_sent_again_is_followed_by_nobody(store: Store) -> None:
    publish(store, sent_as=(TEAM,))
    work_off(store, channel="team")
    resend(store)
    _, second = work_off(store, REFUSED, channel="team")
    assert second.first_receipt == ""


def test_a_plain_form_is_repeated_plain(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    refused = Outcome("retrying", error="refused", next_attempt_at=NOW, plainer=True)
    work_off(store, refused)
    resend(store)
    (again,) = work_off(store)
    assert again.plainer


def test_what_may_have_arrived_says_nothing_of_its_repeat(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    work_off(store, Outcome("unknown"))
    resend(store)
    (again,) = work_off(store)
    assert (again.doubtful, again.attempts, again.deferred_at) == (False, 0, None)


def test_what_was_repeated_needs_no_attention(store: Store) -> None:
    publish(store)
    work_off(store, REFUSED, Outcome("unknown", error="silence"))
    assert len(store.health.read().troubled) == 2
    resend(store)
    work_off(store, SENT, REFUSED)
    health = store.health.read()
    assert [(one["id"], one["state"]) for one in health.troubled] == [(4, "failed")]
    assert health.deliveries == {"sent": 1, "failed": 1}


def test_what_was_repeated_is_not_tried_again(store: Store) -> None:
    publish(store, sent_as=(ADA,))
    work_off(store, REFUSED)
    resend(store)
    with pytest.raises(UsageError, match="delivery 1 was sent once more as 2"):
        store.deliveries.retry([1], SOON)
    (first, _) = records(store)
    assert (first.state, first.can_retry, first.can_drop) == ("failed", False, False)
    work_off(store, REFUSED)
    store.deliveries.retry([2], SOON)
    assert len(work_off(store)) == 1


def test_a_drop_keeps_what_the_server_said(store: Store) -> None:
    publish(store)
    work_off(store, REFUSED, LATER)
    for _ in range(2):
        store.deliveries.drop([1, 2], SOON)
    said = [one.said for one in records(store)]
    assert said == [
        f"dropped by the operator; before: {words}" for words in (REFUSED.error, "busy")
    ]
    assert [one.said for one in records(store)[0].changes] == [None, REFUSED.error, said[0]]


def test_a_database_of_before_keeps_what_it_knows(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    make_old_database(path, URL, [ParsedEntry("urn:1", "", "One", "", NOW, "")])
    add_deliveries(path)
    bring_to(path, "0009")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE deliveries SET state = 'sent' WHERE id = 1")
        for number, said in ((3, "<a.again2@b.example>"), (5, "<c@b.example>")):
            connection.execute("UPDATE deliveries SET message_id = ? WHERE id = ?", [said, number])
            connection.execute(
                "INSERT INTO delivery_changes (delivery_id, at, state, attempt)"
                f" VALUES ({number}, '{STAMP}', 'sending', 2)"
            )
    with closing(store_at(path)) as store:
        # Which Message-ID an attempt had was overwritten where an edition was sent once more.
        attempts = {
            one.id: change.message_id
            for one in records(store)
            for change in one.changes
            if change.state == "sending" and one.id in {3, 5}
        }
        assert attempts == {3: None, 5: "<c@b.example>"}
        new = store.deliveries.of_ids(resend(store))
        assert [(one.of, one.message_id) for one in new[1:]] == [
            (3, "<a.again3@b.example>"),
            (5, "<c.again2@b.example>"),
        ]
        assert store.deliveries.of_ids([3])[0].state == "sent"
