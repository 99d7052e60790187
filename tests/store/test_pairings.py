"""Who may ask a bot, what is heard once, and what waits while somebody wants it so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.model import IncomingMessage
from digest.store.pairings import CODE_COUNTS, MOST_OPEN, MOST_TRIES
from tests.feed_xml import NOW
from tests.store.build import DAY, TEAM, publish

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.pairings import Pairing

ADA = IncomingMessage(7, "77", "Ada", "77", private=True, text="/pair", at=NOW)
BOT = "a bot"


def pair(store: Store, message: IncomingMessage = ADA) -> Pairing:
    assert store.pairings.open(BOT, message, f"hash {message.person}", NOW)
    pairing = store.pairings.confirm(f"hash {message.person}", NOW)
    assert pairing
    return pairing


def test_a_code_counts_for_a_quarter_of_an_hour(store: Store) -> None:
    store.pairings.open(BOT, ADA, "hash", NOW)
    assert [each.confirmed_at for each in store.pairings.all(NOW)] == [None]
    assert store.pairings.confirm("hash", NOW + CODE_COUNTS) is None
    assert store.pairings.all(NOW) == []


@pytest.mark.parametrize(("tries", "counts"), [(MOST_TRIES - 1, True), (MOST_TRIES, False)])
def test_wrong_codes_end_those_that_wait(store: Store, tries: int, *, counts: bool) -> None:
    store.pairings.open(BOT, ADA, "hash", NOW)
    for _ in range(tries):
        store.pairings.confirm("wrong", NOW)
    assert (store.pairings.confirm("hash", NOW) is not None) is counts


def test_few_codes_wait_at_a_time_and_a_new_one_ends_the_last_of_a_person(store: Store) -> None:
    people = [replace(ADA, person=str(number)) for number in range(MOST_OPEN + 1)]
    given = [store.pairings.open(BOT, who, f"hash {who.person}", NOW) for who in people]
    assert given == [True] * MOST_OPEN + [False]
    assert store.pairings.open(BOT, people[0], "another hash", NOW)
    assert store.pairings.confirm("hash 0", NOW) is None
    assert store.pairings.confirm("another hash", NOW)
    assert store.pairings.open("another bot", people[-1], "hash", NOW)


def test_who_is_paired_stays_so_whatever_code_it_asks_for(store: Store) -> None:
    pairing = pair(store)
    store.pairings.open(BOT, ADA, "hash", NOW)
    assert store.pairings.confirm("hash", NOW) is None
    assert store.pairings.all(NOW + 300 * DAY) == [pairing]


def test_a_question_is_taken_once_and_of_who_is_paired_alone(store: Store) -> None:
    assert store.pairings.take(BOT, ADA, NOW) is None
    assert store.pairings.heard(BOT, NOW) is None
    pair(store)
    taken = [store.pairings.take(BOT, replace(ADA, number=number), NOW) for number in (0, 0, 9, 3)]
    assert [pairing is not None for pairing in taken] == [True, False, True, False]
    assert store.pairings.heard(BOT, NOW) == 9
    # A service may number anew after a while.
    assert store.pairings.take(BOT, replace(ADA, number=3), NOW + DAY)
    assert store.pairings.take("another bot", ADA, NOW) is None


def test_a_paused_channel_has_nothing_due_until_then(store: Store) -> None:
    publish(store, sent_as=(TEAM,))
    pairing, until = pair(store), NOW + DAY
    assert (list(store.ledger.due_channels(NOW)), store.ledger.waiting(NOW)) == (["team"], 2)
    store.pairings.pause(["team"], until, pairing.id)
    assert (list(store.ledger.due_channels(NOW)), store.ledger.waiting(NOW)) == ([], 0)
    assert list(store.ledger.due_channels(until)) == ["team"]
    store.pairings.pause(["team"], NOW + timedelta(days=2), pairing.id)
    assert store.pairings.paused(until) == {"team": NOW + timedelta(days=2)}
    store.pairings.revoke(pairing.id)
    assert list(store.ledger.due_channels(NOW)) == ["team"]
