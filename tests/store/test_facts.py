"""Facts and the discussion of entries: kept, renewed, and no edit."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.model import Fact
from digest.store.updates import Measured
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.store.build import DAY, entry, learn, plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model import Entry
    from digest.store import Store

TALK = "https://talk.example/1"
POINTS = (Fact("points", 312), Fact("length", 4.5, "km"))


def pending_entries(store: Store) -> list[Entry]:
    return store.editions.pending("weekly", ["https://site.example/feed.xml"])


def test_they_are_kept_as_they_were_measured(store: Store, path: Path) -> None:
    store.schedules.plan([plan_of()], NOW)
    learn(store, replace(entry("a"), facts=POINTS, discussion=TALK), entry("b"))

    with closing(store_at(path, read_only=True)) as reader:
        a, b = pending_entries(reader)

    assert (a.facts, a.discussion) == (POINTS, TALK)
    assert isinstance(a.facts[0].value, int)
    assert (b.facts, b.discussion) == ((), "")


def test_what_is_measured_anew_is_no_edit(store: Store) -> None:
    store.schedules.plan([plan_of()], NOW)
    learn(store, replace(entry("a"), facts=POINTS))
    (before,) = pending_entries(store)

    now = (Fact("points", 400),)
    learn(store, seen=[before.id], measured=[Measured(before.id, now, TALK)], now=NOW + DAY)

    (after,) = pending_entries(store)
    assert after == replace(before, facts=now, discussion=TALK)
    (record,) = store.explaining.find("a", 2)
    assert (record.facts, record.discussion, record.edited_at) == (now, TALK, None)
