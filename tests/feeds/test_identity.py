from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.identity import identify
from digest.model import ParsedEntry
from tests.feed_xml import NOW

ENTRY = ParsedEntry("urn:1", "https://site.example/1", "One", "Ada", NOW, "<p>one</p>")


def keys(*entries: ParsedEntry) -> list[str]:
    return [keyed.key for keyed in identify(entries)]


def test_the_guid_decides() -> None:
    other = ParsedEntry("urn:1", "https://site.example/2", "Two", "", None, "<p>two</p>")
    assert keys(ENTRY) == keys(other)
    assert keys(ENTRY) != keys(replace(ENTRY, guid="urn:2"))


def test_without_a_guid_the_link_decides() -> None:
    one = replace(ENTRY, guid="")
    assert keys(one) == keys(replace(one, title="Two", html=""))
    assert keys(one) != keys(replace(one, link="https://site.example/2"))


def test_without_both_the_content_decides() -> None:
    one = replace(ENTRY, guid="", link="")
    assert keys(one) == keys(replace(one, published=None))
    assert keys(one) != keys(replace(one, title="Two"))
    assert keys(one) != keys(replace(one, html="<p>two</p>"))


def test_a_guid_is_never_taken_for_a_link() -> None:
    guid = ParsedEntry("https://site.example/1", "", "One", "", None, "")
    link = ParsedEntry("", "https://site.example/1", "Two", "", None, "")
    assert len(keys(guid, link)) == 2


@pytest.mark.parametrize("guid", ["N/A", "https://site.example/"])
def test_a_guid_that_all_entries_share_merges_none(guid: str) -> None:
    entries = [
        replace(ENTRY, guid=guid, link=f"https://site.example/{n}", title=f"Story {n}")
        for n in range(3)
    ]
    assert keys(*entries) == keys(*(replace(entry, guid="") for entry in entries))


def test_a_guid_and_a_link_that_all_entries_share_merge_none() -> None:
    entries = [replace(ENTRY, guid="N/A", title=f"Story {n}") for n in range(3)]
    assert len(set(keys(*entries))) == 3


def test_exact_copies_are_one() -> None:
    assert keys(ENTRY, ENTRY, ENTRY) == keys(ENTRY)


def test_copies_that_differ_in_their_date_are_one() -> None:
    assert len(keys(ENTRY, replace(ENTRY, published=NOW + timedelta(hours=1)))) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://site.example/1", "https://site.example/1"),
        ("https://site.example/1/", "https://site.example/1"),
        ("https://Site.Example/1", "HTTPS://site.example/1"),
        ("http://site.example", "https://site.example/"),
    ],
)
def test_an_address_that_a_site_rewrites_stays_the_same(before: str, after: str) -> None:
    assert keys(replace(ENTRY, guid=before)) == keys(replace(ENTRY, guid=after))
    assert keys(replace(ENTRY, guid="", link=before)) == keys(replace(ENTRY, guid="", link=after))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://site.example/a", "https://site.example/A"),
        ("https://site.example/?p=1", "https://site.example/?p=2"),
        ("https://site.example/1", "https://www.site.example/1"),
        ("urn:A", "urn:a"),
        ("tag:x/", "tag:x"),
    ],
)
def test_everything_else_in_a_guid_counts(one: str, other: str) -> None:
    assert keys(replace(ENTRY, guid=one)) != keys(replace(ENTRY, guid=other))


def fingerprint(entry: ParsedEntry) -> str:
    return identify([entry])[0].fingerprint


def test_the_fingerprint_is_of_what_an_entry_says() -> None:
    same = replace(ENTRY, published=None, base="https://elsewhere.example/", guid="urn:2")
    assert fingerprint(same) == fingerprint(ENTRY)
    for edit in (
        replace(ENTRY, title="Uno"),
        replace(ENTRY, html="<p>uno</p>"),
        replace(ENTRY, link="https://site.example/uno"),
        replace(ENTRY, author="Grace"),
        replace(ENTRY, title="O", author="ne"),
    ):
        assert fingerprint(edit) != fingerprint(ENTRY)


FEW = st.sampled_from(["", "a", "b"])
ENTRIES = st.lists(
    st.builds(
        ParsedEntry,
        guid=st.sampled_from(["", "N/A", "urn:1", "https://site.example/1"]),
        link=st.sampled_from(["", "https://site.example/1", "https://site.example/1/"]),
        title=FEW,
        author=FEW,
        published=st.sampled_from([None, NOW]),
        html=FEW,
    ),
    max_size=8,
)


@given(ENTRIES)
def test_keys_are_unique_and_nothing_said_is_lost(entries: list[ParsedEntry]) -> None:
    keyed = identify(entries)
    assert len({one.key for one in keyed}) == len(keyed)
    # Entries that say the same may be one; whatever was said only here is still there.
    assert {(e.title, e.html) for e in entries} == {(k.entry.title, k.entry.html) for k in keyed}


@given(ENTRIES.flatmap(lambda entries: st.tuples(st.just(entries), st.permutations(entries))))
def test_the_order_of_a_body_changes_no_key(
    orders: tuple[list[ParsedEntry], list[ParsedEntry]],
) -> None:
    one, other = (
        {keyed.key: (keyed.entry.title, keyed.entry.html) for keyed in identify(order)}
        for order in orders
    )
    assert one == other
