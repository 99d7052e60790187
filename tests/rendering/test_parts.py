"""Splitting by any limits: every item once, in order, in as few parts as it takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rendering.parts import Limit, fits, split, utf8_bytes, utf16_units

MEASURES = {"characters": len, "bytes": utf8_bytes, "units": utf16_units}
ITEMS = st.lists(st.text("aé語😀", min_size=1, max_size=12), max_size=30)


def joined(items: list[str]) -> str:
    return "[" + ", ".join(items) + "]"


def cut(item: str) -> list[str]:
    """Shorter forms of an item, down to one character."""
    return [item[:length] for length in range(len(item) - 1, 0, -1)]


def fewest(items: list[str], limits: list[Limit[str]]) -> int:
    """The number of parts of the best of all ways to split, by trying them."""
    best = [0]
    for end in range(1, len(items) + 1):
        starts = [start for start in range(end) if fits(joined(items[start:end]), limits)]
        best.append(min(best[start] + 1 for start in starts))
    return max(best[-1], 1)


@given(ITEMS, st.dictionaries(st.sampled_from(sorted(MEASURES)), st.integers(6, 60), min_size=1))
def test_parts_are_within_every_limit_and_as_few_as_can_be(
    items: list[str], most: dict[str, int]
) -> None:
    limits = [Limit(MEASURES[name], limit) for name, limit in most.items()]

    runs = split(items, joined, limits, cut)

    assert all(fits(joined(run), limits) for run in runs)
    flat = [item for run in runs for item in run]
    assert all(item.startswith(kept) for item, kept in zip(items, flat, strict=True))
    if flat == items:
        assert len(runs) == fewest(items, limits)


@given(ITEMS, st.integers(1, 5))
def test_what_fits_is_left_as_it_is(items: list[str], most: int) -> None:
    counted = Limit[list[str]](len, most)

    runs = split(items, list, [counted], cut)

    assert [item for run in runs for item in run] == items
    assert all(len(run) == most for run in runs[:-1])


def test_nothing_is_one_empty_part() -> None:
    assert split([], joined, [Limit(len, 5)]) == [[]]


@pytest.mark.parametrize(
    ("most", "kept"), [(8, "abcdef"), (6, "abcd"), (3, "a"), (1, "a")], ids=str
)
def test_what_is_too_large_alone_is_the_longest_form_that_fits(most: int, kept: str) -> None:
    assert split(["abcdef"], joined, [Limit(len, most)], cut) == [[kept]]


def test_an_item_is_shortened_only_where_it_is_too_large_alone() -> None:
    assert split(["aaa", "bbb"], joined, [Limit(len, 6)], cut) == [["aaa"], ["bbb"]]


def test_what_has_no_shorter_form_is_kept_whole() -> None:
    assert split(["aaaa", "b"], joined, [Limit(len, 4)]) == [["aaaa"], ["b"]]


@pytest.mark.parametrize(("text", "units", "size"), [("a", 1, 1), ("語", 1, 3), ("😀", 2, 4)])
def test_lengths_are_as_services_count(text: str, units: int, size: int) -> None:
    assert (utf16_units(text), utf8_bytes(text)) == (units, size)
