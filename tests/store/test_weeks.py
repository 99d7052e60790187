"""Weeks: whatever recipients choose and whenever, each edition reaches each of them once."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from msgspec.structs import replace

from digest.model import Recipient, Rendition
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.store.build import DAY, dump, edition_of, entry, learn, name_message, plan_of

if TYPE_CHECKING:
    from digest.model import Frequency
    from digest.store import Store

ADA, EVE = "ada@example.com", "eve@example.com"
INBOX = Rendition("inbox", "email", (ADA,), (b"mail",), personal=True)
PLANS = [plan_of("news", window=DAY), plan_of("news.weekly", feeds=())]
FREQUENCIES = st.sampled_from(["each", "weekly"])
# What a database costs to make is more than all that is done to it.
_MOST_ENTRIES = 40


def put(store: Store, address: str, frequency: Frequency, *, listed: bool) -> Recipient:
    found = store.recipients.find("inbox", address)
    one = replace(found or Recipient("inbox", address, listed=listed), frequency=frequency)
    store.recipients.put([one], NOW)
    return one


def publish(store: Store, digest: str, *entries: int, number: int) -> int:
    """An edition of its own time, so many days after the first."""
    edition, at = edition_of(*entries, digest=digest), NOW + number * DAY
    return store.editions.publish(edition, at, [INBOX], name_message, None)


def end_week(store: Store, *, number: int, lively: bool = True) -> list[int]:
    """As publishing does; answers what the edition has."""
    taken = store.weeks.taken("news") if store.weeks.is_wanted("news") else []

    def write() -> None:
        if taken:
            publish(store, "news.weekly", *taken, number=number)

    store.weeks.end("news", write, ["inbox"] if lively else [])
    return taken


def received(store: Store) -> dict[str, Counter[int]]:
    """How often each entry is in an edition that is for a recipient."""
    tables = dump(store)
    had = {row[0]: _entries(str(row[-1])) for row in tables["editions"]}
    found: dict[str, Counter[int]] = {ADA: Counter(), EVE: Counter()}
    for row in tables["deliveries"]:
        found[str(row[3])].update(had[row[1]])
    return found


def _entries(snapshot: str) -> list[int]:
    stories = [
        story for section in json.loads(snapshot)["sections"] for story in section["stories"]
    ]
    return [number for story in stories for number in story["entries"]]


def ready(store: Store) -> list[int]:
    """Entries to publish, and a reader beside the one whom the file names."""
    store.schedules.plan(PLANS, NOW)
    learn(store, *(entry(f"{n}") for n in range(_MOST_ENTRIES)), windows={"news": DAY})
    put(store, EVE, "each", listed=True)
    return [one.id for one in store.editions.pending("news", (PLANS[0].feeds[0],))]


class Weeks(RuleBasedStateMachine):
    """Two recipients, and a digest whose weeks end when they end."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "digest.db"
        shutil.copy(self.template, path)
        self.store = store_at(path)
        self.ids = sorted(row[0] for row in dump(self.store)["entries"])
        self.published: list[int] = []
        self.number = self.ended = 0

    @rule(entries=st.integers(1, 3))
    def publish(self, entries: int) -> None:
        some = self.ids[len(self.published) :][:entries]
        if some:
            self.number += 1
            publish(self.store, "news", *some, number=self.number)
            self.published += some

    @rule(lively=st.booleans())
    def end_week(self, *, lively: bool) -> None:
        self.number += 1
        end_week(self.store, number=self.number, lively=lively)
        self.ended = len(self.published)
        self.check()

    @rule(address=st.sampled_from([ADA, EVE]), frequency=FREQUENCIES)
    def choose(self, address: str, frequency: Frequency) -> None:
        put(self.store, address, frequency, listed=False)

    @rule(gone=st.booleans())
    def start_anew(self, *, gone: bool) -> None:
        if gone:
            self.store.schedules.plan([plan_of("other")], NOW)
        self.store.schedules.plan(PLANS, NOW + self.number * timedelta(hours=1))

    def check(self) -> None:
        for address, found in received(self.store).items():
            assert set(found.values()) <= {1}, address
            assert set(self.published[: self.ended]) <= set(found), address

    def teardown(self) -> None:
        self.check()
        self.store.close()
        self.folder.cleanup()


def test_who_is_new_gets_the_whole_week(store: Store) -> None:
    first, second, *_ = ready(store)
    assert store.weeks.is_wanted("news") is False
    publish(store, "news", first, number=1)
    assert end_week(store, number=2) == []
    publish(store, "news", second, number=3)
    eve = put(store, EVE, "weekly", listed=True)
    store.weeks.join(["news"], [eve])
    store.weeks.join(["news"], [eve])
    assert store.weeks.is_wanted("news") is True
    assert store.recipients.find("inbox", EVE) == replace(
        eve, gets="weekly", created_at=NOW, changed_at=NOW
    )
    assert end_week(store, number=4) == [second]
    assert store.weeks.taken("news") == []


def test_who_wants_other_digests_weekly_is_no_reader_of_this_one(store: Store) -> None:
    ready(store)
    store.recipients.put([Recipient("other", EVE, frequency="weekly")], NOW)
    end_week(store, number=1)
    assert store.weeks.is_wanted("news") is False
    assert store.health.read().weekly == {}


def test_a_digest_that_goes_to_nobody_by_email_forgets_its_week(store: Store) -> None:
    first, second, *_ = ready(store)
    store.weeks.join(["news"], [put(store, EVE, "weekly", listed=True)])
    publish(store, "news", first, number=1)
    store.schedules.plan(PLANS[:1], NOW)
    assert store.weeks.is_wanted("news") is False
    publish(store, "news", second, number=2)
    store.schedules.plan(PLANS, NOW)
    assert store.weeks.taken("news") == []


def test_a_week_begins_where_its_first_edition_does(store: Store) -> None:
    first, *_ = ready(store)
    assert store.weeks.began("news") is None
    number = publish(store, "news", first, number=1)
    edition = store.editions.load(number)
    assert edition is not None
    assert store.weeks.began("news") == edition.period_from


TWO = [*PLANS, plan_of("daily", window=DAY), plan_of("daily.weekly", feeds=())]


def two_digests(store: Store) -> list[int]:
    """Entries to publish in either of two digests that go to people."""
    numbers = ready(store)
    store.schedules.plan(TWO, NOW)
    return numbers


def test_a_week_is_that_of_one_digest(store: Store) -> None:
    first, second, *_ = two_digests(store)
    number = publish(store, "daily", first, number=1)
    publish(store, "news", second, number=2)
    assert (store.weeks.taken("daily"), store.weeks.taken("news")) == ([first], [second])
    daily = store.editions.load(number)
    assert daily is not None
    assert store.weeks.began("daily") == daily.period_from
    end_week(store, number=3)
    assert (store.weeks.taken("daily"), store.weeks.taken("news")) == ([first], [])
    store.schedules.plan(TWO, NOW)
    assert store.weeks.taken("daily") == [first]


def test_who_wants_one_digest_weekly_wants_that_one(store: Store) -> None:
    two_digests(store)
    eve = put(store, EVE, "each", listed=True)
    store.weeks.join(["daily"], [eve])
    assert [store.weeks.is_wanted(digest) for digest in ("daily", "news")] == [True, False]
    # The week of another ends, and nobody wants that weekly.
    end_week(store, number=1)
    assert [store.weeks.is_wanted(digest) for digest in ("daily", "news")] == [True, False]
    assert {row[:2] for row in dump(store)["weekly_readers"]} == {("daily", "inbox")}


@pytest.mark.parametrize("digest", ["news", "news.weekly"])
@pytest.mark.parametrize("weekly", [True, False])
def test_an_edition_is_for_those_who_get_them_as_it_is(
    store: Store, digest: str, *, weekly: bool
) -> None:
    first, *_ = two_digests(store)
    eve = put(store, EVE, "each", listed=True)
    # What she has of another digest, or through another channel, decides nothing.
    store.weeks.join(["daily"], [eve])
    store.weeks.join(["news"], [Recipient("other", EVE)])
    if weekly:
        store.weeks.join(["news"], [replace(eve, address=EVE.upper())])
    publish(store, digest, first, number=1)
    got = {str(row[3]) for row in dump(store)["deliveries"]}
    assert (EVE in got) == (weekly == (digest == "news.weekly"))
    assert (ADA in got) == (digest == "news")


def test_only_through_a_channel_of_the_digest_and_by_choice_are_weeks_had(store: Store) -> None:
    ready(store)
    put(store, EVE, "weekly", listed=True)
    put(store, ADA, "each", listed=True)
    store.recipients.put([Recipient("other", ADA, frequency="weekly")], NOW)
    end_week(store, number=1)
    readers = [row[:3] for row in dump(store)["weekly_readers"]]
    assert readers == [("news", "inbox", EVE)]
    found = [store.recipients.find(channel, ADA) for channel in ("inbox", "other")]
    assert [one and one.gets for one in found] == ["each", "each"]
    store.recipients.put([Recipient("other", EVE)], NOW)
    found = [store.recipients.find(channel, EVE) for channel in ("inbox", "other")]
    assert [one and one.gets for one in found] == ["weekly", "each"]


def test_who_changes_their_mind_does_so_when_the_week_ends(store: Store) -> None:
    ready(store)
    put(store, EVE, "weekly", listed=True)
    assert store.weeks.is_wanted("news") is False
    end_week(store, number=1)
    assert store.weeks.is_wanted("news") is True
    put(store, EVE, "each", listed=True)
    assert store.weeks.is_wanted("news") is True
    end_week(store, number=2)
    assert store.weeks.is_wanted("news") is False


def test_the_end_of_a_week_answers_what_was_published(store: Store) -> None:
    ready(store)
    assert store.weeks.end("news", lambda: "edition", ["inbox"]) == "edition"


def test_what_goes_to_people_later_has_no_week_of_before(store: Store) -> None:
    first, second, *_ = ready(store)
    # So far this one goes to nobody: all that it has had is in no week that ended.
    store.schedules.plan([*PLANS, plan_of("daily", window=DAY)], NOW)
    publish(store, "daily", first, number=1)
    assert store.weeks.taken("daily") == [first]
    store.schedules.plan(TWO, NOW)
    assert store.weeks.taken("daily") == []
    publish(store, "daily", second, number=2)
    assert store.weeks.taken("daily") == [second]


def test_what_an_edition_has_is_told_in_the_order_it_was_seen(store: Store) -> None:
    first, second, third, *_ = ready(store)
    publish(store, "news", third, number=1)
    publish(store, "news", second, first, number=2)
    assert store.weeks.taken("news") == sorted([first, second, third])


def test_nobody_new_changes_nothing(store: Store) -> None:
    before = dump(store)
    store.weeks.join(["news"], [])
    store.weeks.join([], [Recipient("inbox", EVE)])
    assert dump(store) == before


def test_a_week_begins_where_no_other_digest_does(store: Store) -> None:
    first, second, *_ = two_digests(store)
    early = edition_of(first, digest="news", period_to=NOW - 3 * DAY)
    store.editions.publish(early, NOW, [INBOX], name_message, None)
    number = publish(store, "daily", second, number=1)
    daily = store.editions.load(number)
    assert daily is not None
    assert early.period_from < daily.period_from
    assert store.weeks.began("daily") == daily.period_from


def test_whatever_is_chosen_each_edition_reaches_each_once(tmp_path: Path) -> None:
    Weeks.template = tmp_path / "digest.db"
    store = store_at(Weeks.template)
    ready(store)
    store.close()
    Weeks.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
    Weeks.TestCase("runTest").debug()


def test_a_week_begins_where_the_earliest_of_its_editions_does(store: Store) -> None:
    first, second, *_ = ready(store)
    # The one that was due later goes back further.
    late, early = (
        edition_of(entry_id, digest="news", period_to=until)
        for entry_id, until in ((first, NOW), (second, NOW - 3 * DAY))
    )
    store.editions.publish(late, NOW, [INBOX], name_message, None)
    store.editions.publish(early, NOW + DAY, [INBOX], name_message, None)
    assert store.weeks.began("news") == early.period_from
