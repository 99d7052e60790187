"""What rules left out is done with, in the transaction that moves the digest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.store.publish import Rest
from tests.feed_xml import NOW
from tests.store.build import (
    DAY,
    INBOX,
    WEEK,
    dump,
    edition_of,
    entry,
    ids,
    known,
    learn,
    name_message,
    pending,
    plan_of,
)

if TYPE_CHECKING:
    from digest.store import Store

RULE = "exclude: /a/"


@pytest.fixture
def learned(store: Store) -> Store:
    store.schedules.plan([plan_of(), plan_of("other")], NOW)
    learn(store, entry("a"), entry("b"), windows={"weekly": WEEK, "other": WEEK})
    return store


def rule_that_left_out(store: Store, key: str) -> str | None:
    """As `explain` has it."""
    (record,) = store.explaining.find(f"https://site.example/{key}", 2)
    return record.subscriptions["weekly"].left_out


def test_an_edition_leaves_out_for_good(learned: Store) -> None:
    a, b = ids(learned, "a", "b")
    learned.editions.publish(
        edition_of(b), NOW, (INBOX,), name_message, NOW + WEEK, Rest(left_out={a: RULE})
    )
    assert dump(learned)["passed_over"] == [("weekly", a, RULE, NOW)]
    assert pending(learned) == []
    assert pending(learned, "other") == ["a", "b"]


def test_a_turn_without_an_edition_leaves_out_too(learned: Store) -> None:
    (a,) = ids(learned, "a")
    learned.schedules.pass_over("weekly", NOW, NOW + WEEK, {a: RULE}, NOW + DAY)
    assert dump(learned)["passed_over"] == [("weekly", a, RULE, NOW + DAY)]
    assert pending(learned) == ["b"]
    digest = learned.health.read().digests["weekly"]
    assert digest["next_edition_at"] == NOW + WEEK
    assert digest["last_result"] == "skipped, rules left out all of 1"


def test_half_an_edition_leaves_nothing_out(learned: Store) -> None:
    a, b = ids(learned, "a", "b")
    before = dump(learned)

    def fail(*_: object) -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        learned.editions.publish(
            edition_of(b), NOW, (INBOX,), fail, NOW + WEEK, Rest(left_out={a: RULE})
        )
    assert dump(learned) == before


def test_what_is_edited_in_a_feed_whose_edits_are_sent_is_judged_again(learned: Store) -> None:
    (a,) = ids(learned, "a")
    learned.schedules.pass_over("weekly", NOW, NOW + WEEK, {a: RULE}, NOW)
    assert rule_that_left_out(learned, "a") == RULE
    edited = replace(entry("a", fingerprint="g"), title="a, mended")
    learn(
        learned,
        edited=[(a, edited)],
        seen=list({one.id for one in known(learned, "a", "b").values()}),
        now=NOW + DAY,
        resend=True,
    )
    assert pending(learned) == ["a, mended", "b"]
    assert rule_that_left_out(learned, "a") is None
    later = NOW + 2 * DAY
    learned.schedules.pass_over("weekly", NOW + WEEK, NOW + 2 * WEEK, {a: "exclude: b"}, later)
    assert dump(learned)["passed_over"] == [("weekly", a, "exclude: b", later)]
    assert pending(learned) == ["b"]


def test_what_was_left_out_is_forgotten_like_what_was_sent(store: Store) -> None:
    learn(store, entry("a"), entry("b"))
    left_out = dict.fromkeys(ids(store, "a", "b"), RULE)
    store.schedules.plan([plan_of()], NOW)
    store.schedules.pass_over("weekly", NOW, NOW + WEEK, left_out, NOW)
    seen = [known(store, "b")["b"].id]
    learn(store, seen=seen, now=NOW + DAY)
    learn(store, seen=seen, now=NOW + 2 * DAY, forget_before=NOW + DAY)
    assert [row[1] for row in dump(store)["passed_over"]] == seen
    assert set(known(store, "a", "b")) == {"b"}
