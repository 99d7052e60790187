"""Channels and digests under other names: who left stays away, and what was sent stays sent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.model import NotGiven, Recipient, Rendition
from digest.store.confirmations import Ask
from digest.store.publish import Rest
from digest.store.renames import ListCount
from tests.feed_xml import NOW
from tests.store.build import (
    DAY,
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
from tests.store.test_ledger import SENT, claim

if TYPE_CHECKING:
    from digest.store import Store

ADA, EVE, BOB = "ada@example.com", "eve@example.com", "bob@example.com"
OLD = Rendition("inbox", "email", (ADA,), (b"mail",), personal=True)
NEW = replace(OLD, channel="news")


def put(store: Store, *some: Recipient, now: object = NOW) -> None:
    store.recipients.put(some, now)  # type: ignore[arg-type]


def people(store: Store, channel: str = "news") -> dict[str, tuple[str, str, bool]]:
    return {
        one.address: (one.state, one.reason, one.listed) for one in store.recipients.all(channel)
    }


def readers(store: Store, sent_as: Rendition = NEW, at: object = NOW + DAY) -> list[str]:
    edition = publish(store, sent_as=(sent_as,), at=at)  # type: ignore[arg-type]
    return [one.recipient for one in store.ledger.of_edition(edition)]


def rename(store: Store) -> int:
    """As a start does it after the file calls `inbox` `news`."""
    store.moves.know_lists(["inbox"])
    return store.moves.know_lists(["news"])


@pytest.mark.parametrize("state", ["unsubscribed", "bounced"])
def test_who_left_is_sent_nothing_under_another_name(store: Store, state: str) -> None:
    put(store, Recipient("inbox", ADA, state=state, listed=False, reason="by a link"))  # type: ignore[arg-type]
    put(store, Recipient("inbox", EVE))
    assert rename(store) == 1
    assert readers(store) == []
    assert people(store) == {ADA: (state, "as in inbox", False)}
    # The same once more changes nothing.
    before = dump(store)
    assert store.moves.know_lists(["news"]) == 0
    assert dump(store) == before


def test_nor_where_the_new_name_comes_later(store: Store) -> None:
    put(store, Recipient("inbox", ADA, state="unsubscribed"))
    store.moves.know_lists(["inbox"])
    assert store.moves.know_lists([]) == 0
    assert store.moves.know_lists(["news"]) == 1
    assert readers(store) == []


def test_a_pause_goes_on_under_another_name(store: Store) -> None:
    until = NOW + 3 * DAY
    put(store, Recipient("inbox", ADA, state="paused", paused_until=until, listed=False))
    rename(store)
    assert readers(store) == []
    assert readers(store, at=until + DAY) == [ADA]


def test_a_list_that_was_there_before_is_no_new_name(store: Store) -> None:
    put(store, Recipient("inbox", ADA, state="unsubscribed"))
    store.moves.know_lists(["inbox", "news"])
    assert store.moves.know_lists(["news"]) == 0
    assert readers(store) == [ADA]


def test_there_and_back_the_later_word_holds(store: Store) -> None:
    put(store, Recipient("inbox", ADA, listed=False), Recipient("inbox", BOB, state="bounced"))
    rename(store)
    put(store, Recipient("news", ADA, state="unsubscribed", listed=False), now=NOW + DAY)
    put(store, Recipient("news", BOB), now=NOW + DAY)
    store.moves.know_lists(["inbox"])
    assert readers(store, OLD) == []
    assert people(store, "inbox")[BOB][0] == "bounced"


def test_a_move_takes_everybody_and_who_left_either_stays_away(store: Store) -> None:
    put(
        store,
        Recipient("inbox", "one@x.example", name="One", frequency="weekly"),
        Recipient("inbox", "left@x.example", state="unsubscribed", reason="by a link"),
        Recipient("inbox", "both@x.example", state="bounced", reason="550"),
        Recipient("inbox", "back@x.example"),
        Recipient("inbox", "named@x.example"),
        Recipient("inbox", "rests@x.example", state="paused"),
    )
    rename(store)
    put(
        store,
        Recipient("news", "both@x.example"),
        Recipient("news", "back@x.example", state="unsubscribed", reason="by a link"),
        Recipient("news", "new@x.example"),
    )
    moved = store.moves.move_recipients("inbox", "news", ["named@x.example"], NOW + DAY)
    assert moved == ListCount(4, 2)
    assert people(store) == {
        "one@x.example": ("active", "", True),
        "left@x.example": ("unsubscribed", "by a link", True),
        "both@x.example": ("bounced", "550", True),
        "back@x.example": ("unsubscribed", "by a link", True),
        "named@x.example": ("active", "", False),
        "rests@x.example": ("paused", "as in inbox", True),
        "new@x.example": ("active", "", True),
    }
    assert people(store, "inbox") == {}
    assert store.moves.lists() == {"news": ListCount(4, 3)}
    assert store.moves.after("channel", "inbox") == ["news"]


def test_of_several_lists_that_are_gone_the_strongest_word_holds(store: Store) -> None:
    words = {"a": "paused", "b": "bounced", "c": "unsubscribed", "d": "paused"}
    until = NOW + DAY
    for name, state in words.items():
        paused_until = until if state == "paused" else None
        one = Recipient(name, ADA, state=state, paused_until=paused_until)  # type: ignore[arg-type]
        put(store, one)
        if name != "c":
            put(store, replace(one, address=EVE))
    store.moves.know_lists([*words])
    assert store.moves.know_lists(["news"]) == 2
    found = {
        one.address: (one.state, one.reason, one.paused_until)
        for one in store.recipients.all("news")
    }
    assert found == {
        ADA: ("unsubscribed", "as in c", None),
        EVE: ("bounced", "as in b", None),
    }
    assert readers(store, at=until + DAY) == []


def test_who_came_back_by_the_new_name_stays(store: Store) -> None:
    put(store, Recipient("inbox", ADA, state="unsubscribed"), Recipient("inbox", EVE))
    put(store, Recipient("inbox", BOB, state="unsubscribed"), now=NOW + 3 * DAY)
    rename(store)
    put(store, Recipient("news", ADA), Recipient("news", BOB), now=NOW + 2 * DAY)
    store.moves.move_recipients("inbox", "news", [], NOW + 4 * DAY)
    assert {one.address: one.state for one in store.recipients.all("news")} == {
        ADA: "active",
        EVE: "active",
        BOB: "unsubscribed",
    }


def test_what_is_void_of_the_old_name_is_of_the_new_one(store: Store) -> None:
    store.asking.taken_off(Ask("inbox", ADA), NOW)
    for at in (NOW, NOW + 2 * DAY):
        store.asking.ask(Ask("inbox", EVE), at)
    store.moves.move_recipients("inbox", "news", [], NOW)
    assert store.asking.void() == {("news", ADA): NOW}
    assert store.asking.ask(Ask("news", EVE), NOW + 4 * DAY) == "asked"
    assert store.asking.ask(Ask("news", EVE), NOW + 6 * DAY) == "asked before"


def test_names_are_followed_however_often_they_change(store: Store) -> None:
    for before, after in (("a", "b"), ("b", "c"), ("c", "a"), ("a", "d")):
        store.moves.move_recipients(before, after, [], NOW)
    assert store.moves.after("channel", "a") == ["d"]
    assert store.moves.after("channel", "b") == ["c", "a", "d"]
    assert store.moves.after("channel", "d") == []
    assert store.moves.after("digest", "a") == []


def test_what_waits_goes_through_the_new_name_and_what_was_sent_stays(store: Store) -> None:
    first = publish(store, sent_as=(OLD,))
    delivery = claim(store, "inbox")
    assert delivery is not None
    store.ledger.record(delivery.id, SENT, NOW)
    waiting = publish(store, sent_as=(OLD,), at=NOW + DAY)
    both = publish(store, sent_as=(OLD, NEW), at=NOW + 2 * DAY)
    store.moves.move_recipients("inbox", "news", [], NOW)
    channels = {
        edition: [(one.channel, one.state) for one in store.ledger.of_edition(edition)]
        for edition in (first, waiting, both)
    }
    assert channels == {
        first: [("inbox", "sent")],
        waiting: [("news", "pending")],
        both: [("inbox", "pending"), ("news", "pending")],
    }
    assert claim(store, "news") is not None


@pytest.mark.parametrize("waits", [True, False])
def test_what_a_channel_was_not_given_is_known_of_its_new_name(store: Store, waits: bool) -> None:
    learn(store, entry("a"))
    (number,) = ids(store, "a")
    rest = Rest(not_given=[NotGiven("inbox", "why", (number,))])
    edition = edition_of(number, period_to=NOW)
    edition_id = store.editions.publish(edition, NOW, (OLD,), name_message, None, rest)
    if not waits:
        delivery = claim(store, "inbox")
        assert delivery is not None
        store.ledger.record(delivery.id, SENT, NOW)
    store.moves.move_recipients("inbox", "news", [], NOW)

    # It is told by the name that its deliveries have.
    (part,) = store.editions.not_given(edition_id)
    assert part.channel == store.ledger.of_edition(edition_id)[0].channel
    (shown,) = store.editions.shown_since("weekly", NOW, 9, ["news"])
    assert shown.withheld
    (shown,) = store.editions.shown_since("weekly", NOW, 9, ["team"])
    assert not shown.withheld


def test_an_edition_of_both_names_reaches_everybody_once(store: Store) -> None:
    old = replace(OLD, recipients=(ADA, "Eve <Eve@Example.com>", BOB))
    both = publish(store, sent_as=(old, replace(NEW, recipients=(EVE,))))
    delivery = claim(store, "inbox")
    assert delivery is not None
    store.ledger.record(delivery.id, SENT, NOW)
    store.moves.move_recipients("inbox", "news", [], NOW)
    found = {(one.channel, one.recipient): one.state for one in store.ledger.of_edition(both)}
    assert found == {
        ("inbox", ADA): "sent",
        ("inbox", "Eve <Eve@Example.com>"): "pending",
        ("news", EVE): "pending",
        ("news", BOB): "pending",
    }
    for recipient in (BOB, EVE):
        delivery = claim(store, "news")
        assert delivery.recipient == recipient
        store.ledger.record(delivery.id, SENT, NOW)


def test_a_renamed_digest_goes_on_where_it_was(store: Store) -> None:
    learn(store, entry("a"), entry("b"), entry("c"))
    edition = publish(store, *ids(store, "a"), following=NOW + WEEK)
    renamed = plan_of("daily", window=3 * WEEK)
    # It was down when the next one was due.
    later = NOW + WEEK + timedelta(hours=1)
    store.schedules.plan([replace(renamed, next_edition_at=NOW + 2 * WEEK)], later)
    assert pending(store, "daily") == ["a", "b", "c"]
    assert store.schedules.due(later) == []
    assert store.moves.editions() == {"weekly": 1, "daily": 0}
    assert store.moves.move_digest("weekly", "daily") == 1
    assert pending(store, "daily") == ["b", "c"]
    assert pending(store, "weekly") == []
    assert store.schedules.due(later) == [("daily", NOW + WEEK)]
    assert store.moves.editions() == {"daily": 1}
    (delivery, _) = store.ledger.of_edition(edition)
    assert delivery.digest == "daily"
    by_old_link = store.editions.load_due("weekly", NOW)
    assert by_old_link is not None
    assert by_old_link.digest == "daily"
    assert store.editions.period_ends("daily", 1) == [NOW]


def test_what_both_names_took_is_sent_no_more(store: Store) -> None:
    learn(store, entry("a"), entry("b"))
    publish(store, *ids(store, "a"))
    store.schedules.plan([plan_of("daily")], NOW + DAY)
    both = ids(store, "a", "b", digest="daily")
    publish(store, *both, digest="daily", at=NOW + DAY)
    store.moves.move_digest("weekly", "daily")
    assert pending(store, "daily") == []
    assert store.moves.editions() == {"daily": 2}


def test_a_digest_that_was_moved_is_told_of_no_more_unless_it_is_one_again(store: Store) -> None:
    publish(store)
    store.schedules.plan([plan_of("daily")], NOW + DAY)
    publish(store, digest="daily")
    assert store.moves.move_digest("weekly", "daily") == 1
    # Of both names for one time: each keeps its own, for its links.
    assert store.moves.editions() == {"daily": 1}
    assert store.editions.load_due("weekly", NOW) is not None
    store.schedules.plan([plan_of("daily"), plan_of("weekly")], NOW + DAY)
    publish(store, at=NOW + 2 * DAY)
    assert store.moves.editions() == {"daily": 1, "weekly": 2}
    store.schedules.plan([plan_of("daily")], NOW + 3 * DAY)
    assert store.moves.editions() == {"daily": 1, "weekly": 2}


def test_the_line_that_the_new_name_drew_is_not_drawn(store: Store) -> None:
    learn(store, entry("a", NOW - 30 * DAY))
    publish(store)
    learn(store, entry("b", NOW - 20 * DAY), now=NOW + DAY)
    store.schedules.plan([plan_of("daily", window=timedelta())], NOW + 2 * DAY)
    assert pending(store, "daily") == []
    store.moves.move_digest("weekly", "daily")
    assert pending(store, "daily") == ["b"]


def test_rules_that_left_something_out_did_so_for_good(store: Store) -> None:
    learn(store, entry("a"), entry("b"))
    (a,) = ids(store, "a")
    store.schedules.pass_over("weekly", NOW, NOW + WEEK, {a: "exclude: a"}, NOW)
    store.schedules.plan([plan_of("daily")], NOW + DAY)
    store.moves.move_digest("weekly", "daily")
    assert pending(store, "daily") == ["b"]


def test_a_week_that_is_on_goes_on(empty_store: Store) -> None:
    store = empty_store
    store.schedules.plan([plan_of("news"), plan_of("news.weekly", feeds=())], NOW)
    learn(store, entry("a"), entry("b"), windows={"news": WEEK})
    a, b = ids(store, "a", "b", digest="news")
    publish(store, a, digest="news")
    publish(store, a, digest="news.weekly")
    store.recipients.put([Recipient("inbox", EVE, frequency="weekly")], NOW)
    store.weeks.end("news", lambda: None, ["inbox"])
    publish(store, b, digest="news", at=NOW + DAY)
    store.schedules.plan([plan_of("daily"), plan_of("daily.weekly", feeds=())], NOW + DAY)
    store.moves.move_digest("news", "daily")
    assert store.weeks.is_wanted("daily")
    taken = store.editions.entries(store.weeks.taken("daily"))
    assert [one.title for one in taken] == ["b"]
    assert store.moves.editions() == {"daily": 3}


def test_a_digest_that_is_gone_is_not_due_and_comes_back_as_it_was(store: Store) -> None:
    store.schedules.plan([plan_of("other")], NOW)
    assert store.schedules.due(NOW + 9 * WEEK) == [("other", NOW + WEEK)]
    assert set(store.health.read().digests) == {"other"}
    store.schedules.plan([plan_of(next_edition_at=NOW + 5 * WEEK)], NOW)
    assert store.schedules.due(NOW + 9 * WEEK) == [("weekly", NOW + 5 * WEEK)]


def test_a_move_brings_no_message_a_second_name(store: Store) -> None:
    learn(store, entry("a"))
    edition = publish(store, *ids(store, "a"))
    before = [one.message_id for one in store.ledger.of_edition(edition)]
    store.schedules.plan([plan_of("daily", feeds=(URL,))], NOW)
    store.moves.move_digest("weekly", "daily")
    assert [one.message_id for one in store.ledger.of_edition(edition)] == before
    assert before[0] == name_message("inbox", "ada@example.com", 1)


def test_what_two_digests_have_had_this_week_is_in_the_week_of_both(empty_store: Store) -> None:
    store = empty_store
    two = [plan_of(name, feeds=()) for name in ("daily.weekly", "news.weekly")]
    store.schedules.plan([plan_of("news"), plan_of("daily"), *two], NOW)
    learn(store, *map(entry, "abc"), windows={"news": WEEK})
    a, b, c = ids(store, "a", "b", "c", digest="news")
    publish(store, a, digest="daily")
    publish(store, b, digest="news", at=NOW + DAY)
    # The week of one ends after the other had an edition.
    store.weeks.end("daily", lambda: None, ["inbox"])
    publish(store, c, digest="daily", at=NOW + 2 * DAY)
    store.schedules.plan([plan_of("daily"), *two[:1]], NOW + 3 * DAY)
    store.moves.move_digest("news", "daily")
    assert store.weeks.taken("daily") == [b, c]


def test_what_went_to_another_digest_is_in_no_week_of_before(empty_store: Store) -> None:
    store = empty_store
    weekly = [plan_of(name, feeds=()) for name in ("daily.weekly", "news.weekly")]
    store.schedules.plan([plan_of("news"), plan_of("daily"), *weekly], NOW)
    learn(store, *map(entry, "ab"), windows={"news": WEEK})
    a, b = ids(store, "a", "b", digest="news")
    # Two editions of one time: that of before keeps its name.
    publish(store, a, digest="news")
    publish(store, b, digest="daily")
    store.schedules.plan([plan_of("daily"), *weekly[:1]], NOW)
    store.moves.move_digest("news", "daily")
    assert store.weeks.taken("news") == []
