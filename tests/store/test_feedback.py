"""What readers say of stories, in the store: as long as it counts, as much as is bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.model import FEEDBACK_COUNTS, Feedback, Leaning, Recipient
from digest.store import feedback as limits_of
from digest.store.feedback import VoteOn
from digest.store.publish import Rest
from tests.feed_xml import NOW
from tests.store.build import DAY, URL, dump, edition_of, entry, ids, learn, name_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.store import Store

ADA = VoteOn("weekly", "inbox", "ada@example.com", 1)
BOB = replace(ADA, key="bob@example.com")


@pytest.fixture
def voted(store: Store) -> Store:
    """Ada has voted on the first of three entries."""
    learn(store, *map(entry, "abc"))
    assert ids(store, "a", "b", "c") == (1, 2, 3)
    store.feedback.put(ADA, "more", NOW)
    return store


def counted(store: Store, digest: str = "weekly", channel: str = "inbox") -> tuple[Feedback, ...]:
    return store.feedback.of_digest(digest, (channel,), NOW - FEEDBACK_COUNTS)


def test_a_vote_is_one_however_often_it_is_said_and_can_be_another_or_none(voted: Store) -> None:
    before = dump(voted)["feedback"]
    voted.feedback.put(ADA, "more", NOW + DAY)
    assert dump(voted)["feedback"] == before
    assert counted(voted) == (Feedback(0, "more", URL, "a"),)

    voted.feedback.put(ADA, "less", NOW + DAY)
    assert voted.feedback.find(ADA) == "less"
    for _ in range(2):
        voted.feedback.put(ADA, None, NOW)
        assert voted.feedback.find(ADA) is None
    assert counted(voted) == ()


def test_one_person_is_one_reader_on_however_many_lists(voted: Store) -> None:
    voted.feedback.put(replace(ADA, channel="other", entry_id=2), "more", NOW)
    voted.feedback.put(BOB, "less", NOW - DAY)
    found = voted.feedback.of_digest("weekly", ("inbox", "other"), NOW - FEEDBACK_COUNTS)
    assert [each.reader for each in found] == [0, 0, 1]


def test_of_a_reader_the_newest_are_kept(voted: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits_of, "MOST_OF_A_READER", 2)
    voted.feedback.put(BOB, "more", NOW - DAY)
    for number in (2, 3):
        voted.feedback.put(replace(ADA, entry_id=number), "more", NOW + number * DAY)
    assert [(each.reader, each.title) for each in counted(voted)] == [(0, "c"), (0, "b"), (1, "a")]

    monkeypatch.setattr(limits_of, "MOST_OF_A_DIGEST", 1)
    assert [each.title for each in counted(voted)] == ["c"]


def test_a_vote_has_an_end(voted: Store) -> None:
    assert not voted.feedback.of_digest("weekly", ("inbox",), NOW + DAY)
    voted.feedback.put(replace(ADA, entry_id=2), "more", NOW + DAY)
    voted.feedback.drop_before(NOW + DAY)
    assert [row[3] for row in dump(voted)["feedback"]] == [2]


def test_who_has_left_is_no_reader(voted: Store) -> None:
    ada = Recipient("inbox", "ada@example.com", state="unsubscribed")
    voted.recipients.put([ada], NOW)
    assert counted(voted) == ()
    voted.recipients.put([replace(ada, state="active")], NOW)
    assert len(counted(voted)) == 1


@pytest.mark.parametrize(
    "forget",
    [
        lambda store: store.recipients.remove("inbox", "Ada@example.com"),
        lambda store: store.moves.forget_recipients("inbox"),
    ],
    ids=["a reader", "a list"],
)
def test_what_a_reader_said_is_forgotten_with_it(
    voted: Store, forget: Callable[[Store], object]
) -> None:
    voted.feedback.put(replace(ADA, channel="other"), "more", NOW)
    forget(voted)
    assert [row[1] for row in dump(voted)["feedback"]] == ["other"]


def test_it_goes_on_under_another_name(voted: Store) -> None:
    voted.moves.move_recipients("inbox", "news", (), NOW)
    voted.moves.move_digest("weekly", "daily")
    assert len(counted(voted, "daily", "news")) == 1
    assert counted(voted) == ()


def test_what_it_came_to_is_kept_with_the_edition(store: Store) -> None:
    learn(store, *map(entry, "ab"))
    a, b = ids(store, "a", "b")
    rest = Rest(counted={b}, leanings={a: Leaning(2, 0, 3), b: Leaning(0, 1, -1)})
    store.editions.publish(edition_of(a), NOW, (), name_message, None, rest)

    taken = [store.explaining.find(f"site.example/{key}", 1)[0] for key in "ab"]
    found = [record.subscriptions["weekly"].taken for record in taken]
    assert [(each.more, each.less) for each in found if each] == [(2, 0), (0, 1)]
