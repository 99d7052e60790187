from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.feeds.quota import Quota, size_of, take, without_text
from digest.model import CleanEntry, Spent
from tests.feed_xml import NOW

TODAY = f"{NOW:%Y-%m-%d}"
QUOTA = Quota(entries=5, size=100)


def entry(number: int, size: int = 10) -> CleanEntry:
    html = "x" * size
    return CleanEntry(f"guid:{number}", "f", f"Title {number}", "", "Ada", None, html, "x", 1)


ENTRIES = tuple(entry(number) for number in range(5))


def test_what_is_within_the_quota_is_taken_as_it_is() -> None:
    taken = take(ENTRIES, [(9, entry(9))], QUOTA, Spent(), NOW)
    assert (taken.new, taken.edited) == (ENTRIES, ((9, entry(9)),))
    assert (taken.is_whole, taken.complaint) == (True, "")
    assert taken.spent == Spent(TODAY, 5, 60)


def test_more_entries_than_a_day_may_have_are_left_to_the_next() -> None:
    first = take(ENTRIES[:3], (), QUOTA, Spent(), NOW)
    second = take(ENTRIES, (), QUOTA, first.spent, NOW)
    # The oldest go first: they leave the feed first.
    assert (second.new, second.left, second.is_whole) == (ENTRIES[:2], 3, False)
    assert "3 new entries stay in the feed until the next day" in second.complaint
    third = take(ENTRIES[2:], (), QUOTA, second.spent, NOW)
    assert (third.new, third.left) == ((), 3)
    tomorrow = take(ENTRIES[2:], (), QUOTA, third.spent, NOW + timedelta(days=1))
    assert (tomorrow.new, tomorrow.left, tomorrow.spent.entries) == (ENTRIES[2:], 0, 3)


def test_a_first_body_has_no_bound_in_entries_but_one_in_text() -> None:
    many = tuple(entry(number) for number in range(20))
    taken = take(many, (), QUOTA, Spent(), NOW, first=True)
    assert [bool(one.html) for one in taken.new] == [False] * 10 + [True] * 10
    assert (len(taken.new), taken.left, taken.bare, taken.spent.entries) == (20, 0, 10, 0)


def test_a_flood_is_not_taken_in_parts() -> None:
    spent = Spent(TODAY, 1, 0)
    assert take(ENTRIES, (), QUOTA, spent, NOW, flood=True).left == 5
    assert take(ENTRIES[:4], (), QUOTA, spent, NOW, flood=True).left == 0
    # One that is more than a day's is.
    larger = (*ENTRIES, entry(5))
    assert len(take(larger, (), QUOTA, Spent(), NOW, flood=True).new) == 5


def test_of_a_flood_no_text_is_taken() -> None:
    taken = take(ENTRIES, (), QUOTA, Spent(), NOW, flood=True)
    assert taken.new == tuple(map(without_text, ENTRIES))
    assert (taken.bare, taken.complaint, taken.spent.size) == (0, "", 0)


def test_an_edit_that_does_not_fit_waits() -> None:
    edits = [(1, entry(1, 60)), (2, entry(2, 60)), (3, entry(3, 40))]
    taken = take((), edits, QUOTA, Spent(), NOW)
    assert [number for number, _ in taken.edited] == [1, 3]
    assert (taken.put_off, taken.is_whole) == (1, False)
    assert "1 edits wait" in taken.complaint


def test_an_edit_that_no_day_has_room_for_is_taken_without_its_text() -> None:
    large = replace(entry(1, 101), title="Edited", categories=("a",))
    taken = take((), [(1, large), (2, entry(2, 99))], QUOTA, Spent(), NOW)
    (_, kept), second = taken.edited
    assert (kept.title, kept.categories, kept.author, kept.html) == ("Edited", ("a",), "Ada", "")
    assert second == (2, entry(2, 99))
    assert (taken.bare, taken.put_off, taken.spent.size) == (1, 0, 99)
    # A quota of nothing is one of titles.
    none = take((), [(1, large)], Quota(5, 0), Spent(), NOW)
    assert (none.is_whole, none.bare) == (True, 1)


def test_rules_find_what_they_ask_for_where_no_text_fits() -> None:
    asked_for = replace(entry(1, 101), categories=("a", "b"))
    (kept,) = take([asked_for], (), QUOTA, Spent(), NOW).new
    assert kept == replace(asked_for, html="", excerpt="")


def test_what_is_without_text_keeps_what_it_goes_by() -> None:
    bare = without_text(replace(ENTRIES[0], published=NOW, names=("guid:x",)))
    assert (bare.key, bare.title, bare.published, bare.names) == (
        *("guid:0", "Title 0", NOW),
        ("guid:x",),
    )
    assert (bare.html, bare.excerpt, bare.author, bare.image, bare.categories) == (
        *("", "", "", ""),
        (),
    )


def test_a_size_is_in_bytes() -> None:
    assert size_of(replace(ENTRIES[0], html="ü€")) == 5


@given(st.lists(st.tuples(st.lists(st.integers(0, 60), max_size=9), st.booleans()), max_size=9))
def test_a_day_never_has_more_than_its_quota(bodies: list[tuple[list[int], bool]]) -> None:
    spent, entries, size = Spent(), 0, 0
    for sizes, flood in bodies:
        body = [entry(number, one) for number, one in enumerate(sizes)]
        edits = list(enumerate(body))
        taken = take(body, edits, QUOTA, spent, NOW, flood=flood)
        spent = taken.spent
        entries += len(taken.new)
        size += sum(size_of(one) for one in taken.new)
        size += sum(size_of(one) for _, one in taken.edited)
        assert len(taken.new) + taken.left == len(body)
        assert len(taken.edited) + taken.put_off == len(edits)
    assert entries <= QUOTA.entries
    assert size <= QUOTA.size
    assert spent in {Spent(), Spent(TODAY, entries, size)}
