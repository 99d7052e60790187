"""Recipients: who gets an edition, when, and who has left before it is sent."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.model import ALERTS, Outcome, Recipient, RecipientState, Rendition
from digest.rendering.email.headers import mailbox
from tests.feed_xml import NOW
from tests.store.build import DAY, edition_of, name_message, publish
from tests.store.test_ledger import LATER, SENT, claim, next_of

if TYPE_CHECKING:
    from digest.store import Store

FILE = ("Ada <ada@example.com>", "grace@example.com")
INBOX = Rendition("inbox", "email", FILE, (b"mail",), personal=True)
EVE = Recipient("inbox", "Eve@example.com", name="Eve")
NEXT = NOW + timedelta(days=7)


def recipients_of(store: Store, sent_as: Rendition = INBOX, digest: str = "weekly") -> list[str]:
    edition = publish(store, digest=digest, sent_as=(sent_as,))
    return [one.recipient for one in store.ledger.of_edition(edition)]


def put(store: Store, *wanted: Recipient, now: datetime = NOW) -> None:
    store.recipients.put(wanted, now)


def test_those_of_the_file_and_those_of_the_store(store: Store) -> None:
    put(store, EVE, Recipient("other", "bob@example.com"))
    assert recipients_of(store) == [*FILE, '"Eve" <Eve@example.com>']


def test_a_name_can_be_anything(store: Store) -> None:
    put(store, replace(EVE, name='Eve, "E" \\ <x@y>'))
    (*_, eve) = recipients_of(store)
    assert mailbox(eve).addr_spec == "Eve@example.com"
    assert mailbox(eve).display_name == 'Eve, "E" \\ <x@y>'


@pytest.mark.parametrize("state", ["unsubscribed", "bounced", "paused"])
def test_who_has_left_gets_nothing_of_that_channel(store: Store, state: RecipientState) -> None:
    put(
        store,
        replace(EVE, state=state),
        Recipient("inbox", "ADA@Example.com", state=state, listed=False),
        Recipient("other", "grace@example.com", state=state, listed=False),
    )
    assert recipients_of(store) == ["grace@example.com"]


def test_an_edition_of_which_all_have_left_is_stored(store: Store) -> None:
    put(
        store,
        *(Recipient("inbox", one, state="unsubscribed") for one in ("ada@example.com", FILE[1])),
    )
    edition = publish(store, sent_as=(INBOX,))
    assert store.ledger.of_edition(edition) == []
    assert store.editions.load(edition) is not None


def test_a_note_on_one_of_the_file_does_not_put_it_on_the_list(store: Store) -> None:
    put(store, Recipient("inbox", "gone@example.com", listed=False))
    assert recipients_of(store) == [*FILE]


def test_one_who_is_in_both_gets_it_once(store: Store) -> None:
    put(store, Recipient("inbox", "ADA@example.com"))
    assert recipients_of(store) == [*FILE]


def test_a_channel_that_is_not_of_people_goes_where_it_went(store: Store) -> None:
    put(store, EVE)
    assert recipients_of(store, replace(INBOX, personal=False)) == [*FILE]


def test_alerts_are_for_nobody_but_the_operators_own(store: Store) -> None:
    put(store, EVE)
    assert recipients_of(store, digest=ALERTS) == [*FILE]


def test_a_pause_ends_by_itself(store: Store) -> None:
    paused = replace(EVE, state="paused", paused_until=NOW)
    put(store, replace(paused, paused_until=NOW + DAY))
    assert len(recipients_of(store)) == 2
    assert paused.state_at(NOW) == "active"
    assert paused.state_at(NOW - DAY) == "paused"
    edition = store.editions.publish(
        edition_of(period_to=NOW + DAY), NOW + DAY, [INBOX], name_message, None
    )
    assert len(store.ledger.of_edition(edition)) == 3


def test_who_leaves_before_it_is_sent_does_not_get_it(store: Store) -> None:
    edition = publish(store, sent_as=(INBOX,))
    put(store, Recipient("inbox", "ada@example.com", state="unsubscribed", listed=False))
    assert claim(store).recipient == "grace@example.com"
    (ada, _) = store.deliveries.of_edition(edition)
    assert (ada.state, ada.said, ada.dropped) == ("failed", "unsubscribed", True)
    assert [change.said for change in ada.changes] == ["unsubscribed"]
    assert next_of(store) is None
    assert store.ledger.due_channels(NOW) == {}


def test_who_leaves_while_a_server_puts_it_off_does_not_get_it_either(store: Store) -> None:
    edition = publish(store, sent_as=(replace(INBOX, recipients=FILE[:1]),))
    store.ledger.record(claim(store).id, LATER, NOW)
    put(store, Recipient("inbox", "ada@example.com", state="unsubscribed", listed=False))
    assert next_of(store) is None
    assert store.deliveries.of_edition(edition)[0].state == "retrying"
    assert next_of(store, now=NOW + DAY) is None
    (ada,) = store.deliveries.of_edition(edition)
    assert (ada.state, ada.said) == ("failed", "unsubscribed")
    store.deliveries.retry([ada.id], NOW + DAY)
    assert next_of(store, now=NOW + DAY) is None


def test_what_may_have_arrived_stays_unknown(store: Store) -> None:
    edition = publish(store, sent_as=(replace(INBOX, recipients=FILE[:1]),))
    store.ledger.record(claim(store).id, Outcome("unknown", next_attempt_at=NOW), NOW)
    put(store, Recipient("inbox", "ada@example.com", state="unsubscribed", listed=False))
    assert next_of(store) is None
    (ada,) = store.deliveries.of_edition(edition)
    assert (ada.state, ada.dropped, ada.next_attempt_at) == ("unknown", True, None)


def test_an_outcome_claims_nobody_who_has_left(store: Store) -> None:
    publish(store, sent_as=(INBOX,))
    due = store.ledger.due("inbox", "email", NOW)
    first = claim(store)
    put(store, Recipient("inbox", "grace@example.com", state="paused", listed=False))
    assert store.ledger.record(first.id, SENT, NOW, due) is None


def test_a_bounce_is_noted_with_its_outcome(store: Store) -> None:
    publish(store, sent_as=(INBOX,))
    store.ledger.record(claim(store).id, Outcome("failed", error="550 no", bounced=True), NOW)
    ada = store.recipients.find("inbox", "ada@example.com")
    assert ada is not None
    assert (ada.address, ada.state, ada.reason) == ("ada@example.com", "bounced", "550 no")
    assert not ada.listed
    edition = publish(store, at=NOW + DAY, sent_as=(INBOX,))
    (grace,) = store.ledger.of_edition(edition)
    assert grace.recipient == "grace@example.com"


def test_who_has_unsubscribed_does_not_bounce(store: Store) -> None:
    publish(store, sent_as=(replace(INBOX, recipients=FILE[:1]),))
    being_sent = claim(store)
    put(store, Recipient("inbox", "ada@example.com", state="unsubscribed", listed=False))
    store.ledger.record(being_sent.id, Outcome("failed", error="550 no", bounced=True), NOW)
    ada = store.recipients.find("inbox", "ada@example.com")
    assert ada is not None
    assert ada.state == "unsubscribed"


BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("at", "zone", "scheduled_for", "wanted"),
    [
        # NOW is a Monday, 09:00 UTC.
        (time(12, 0), None, NOW, NOW + timedelta(hours=3)),
        (time(12, 0), BERLIN, NOW, NOW + timedelta(hours=2)),
        (time(8, 0), None, NOW, NOW + timedelta(hours=23)),
        (time(9, 0), None, NOW, NOW),
        (time(10, 0), BERLIN, NOW, NOW),
        # Late as it is, its time is over.
        (time(8, 0), None, NOW - timedelta(hours=2), NOW - timedelta(hours=1)),
        # Clocks go forward: 02:30 is not there, and comes as much later.
        (
            *(time(2, 30), BERLIN, datetime(2026, 3, 28, 9, tzinfo=UTC)),
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        ),
    ],
)
def test_a_time_of_ones_own_is_the_next_there_is(
    store: Store, at: time, zone: str | None, scheduled_for: datetime, wanted: datetime
) -> None:
    put(store, replace(EVE, send_at=at, zone=zone))
    edition = store.editions.publish(edition_of(), scheduled_for, [INBOX], name_message, NEXT)
    *others, eve = store.deliveries.of_edition(edition)
    assert eve.next_attempt_at == wanted
    assert [one.next_attempt_at for one in others] == [None, None]


def test_it_waits_for_its_time_and_the_others_do_not(store: Store) -> None:
    put(store, replace(EVE, send_at=time(12, 0)))
    store.editions.publish(edition_of(), NOW, [INBOX], name_message, NEXT)
    noon = NOW + timedelta(hours=3)
    assert (store.ledger.waiting(NOW), store.ledger.waiting(noon)) == (2, 3)
    for _ in FILE:
        store.ledger.record(claim(store).id, SENT, NOW)
    assert store.ledger.due_channels(NOW) == {}
    assert next_of(store, now=noon - timedelta(seconds=1)) is None
    assert (store.ledger.waiting(NOW), store.ledger.waiting(noon)) == (0, 1)
    assert list(store.ledger.due_channels(noon)) == ["inbox"]
    assert claim(store, now=noon).recipient == '"Eve" <Eve@example.com>'


def test_editions_of_a_day_go_out_in_order_at_their_time(store: Store) -> None:
    put(store, replace(EVE, send_at=time(12, 0)))
    only = replace(INBOX, recipients=())
    for hour in range(5):
        at = NOW + timedelta(hours=hour)
        store.editions.publish(edition_of(period_to=at), at, [only], name_message, NEXT)
    noon = NOW + timedelta(hours=3)
    sent = []
    while delivery := next_of(store, now=noon):
        sent.append(delivery.edition_id)
        store.ledger.record(delivery.id, SENT, noon)
    # Of the fourth, published at noon, it is the time; the fifth waits for tomorrow.
    assert sent == [1, 2, 3, 4]


def test_what_somebody_sends_by_hand_waits_for_no_time(store: Store) -> None:
    put(store, replace(EVE, send_at=time(12, 0)))
    edition = publish(store, sent_as=(INBOX,))
    assert [one.next_attempt_at for one in store.deliveries.of_edition(edition)] == [None] * 3


def test_what_is_put_again_is_known_since_then(store: Store) -> None:
    put(store, EVE)
    put(store, EVE, now=NOW + DAY)
    assert store.recipients.all() == [replace(EVE, created_at=NOW, changed_at=NOW)]
    paused = replace(EVE, state="paused", send_at=time(7, 5), zone=BERLIN, paused_until=NOW + DAY)
    put(store, paused, now=NOW + DAY)
    changed = replace(paused, created_at=NOW, changed_at=NOW + DAY)
    assert store.recipients.find("inbox", "EVE@example.com") == changed
    store.recipients.remove("inbox", "eve@EXAMPLE.com")
    assert store.recipients.all("inbox") == []
