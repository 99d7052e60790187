from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.feeds.aliases import (
    content_aliases,
    finders,
    fold,
    guid_aliases,
    is_home,
    kind_of,
    link_aliases,
    stored_link,
)
from digest.model import ParsedEntry
from tests.feed_xml import NOW
from tests.feeds.entries import some_entries

HOME = "https://site.example/"
ENTRY = ParsedEntry("urn:1", "https://site.example/1", "One", "Ada", NOW, "<p>one</p>")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://site.example/1", "https://site.example/1"),
        ("https://site.example/1/", "https://site.example/1"),
        ("https://site.example/1///", "https://site.example/1"),
        ("https://Site.Example/1", "HTTPS://site.example/1"),
        ("http://site.example", "https://site.example/"),
    ],
)
def test_what_a_site_rewrites_in_all_its_addresses_is_folded(before: str, after: str) -> None:
    assert fold(before) == fold(after)
    assert stored_link(before) == stored_link(after)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://site.example/a", "https://site.example/A"),
        ("https://site.example/?p=1", "https://site.example/?p=2"),
        ("https://site.example/1", "https://www.site.example/1"),
        ("https://site.example:8443/1", "https://site.example/1"),
        ("https://site.example/1#a", "https://site.example/1#b"),
        ("https://site.example/%41", "https://site.example/A"),
        ("urn:A", "urn:a"),
        ("tag:x/", "tag:x"),
        ("ftp://site.example/1", "http://site.example/1"),
    ],
)
def test_everything_else_counts(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert stored_link(one) != stored_link(other)


@pytest.mark.parametrize(
    ("tracked", "plain"),
    [
        ("/a?utm_source=rss&utm_medium=feed", "/a"),
        ("/a/?UTM_Source=rss", "/a"),
        ("/a?id=3&utm_campaign=x", "/a?id=3"),
        ("/a?fbclid=x&id=3", "/a?id=3"),
        ("/a?gclid=x#part", "/a#part"),
        ("/a?mc_cid=1&mc_eid=2", "/a"),
        ("/a?ref_src=twsrc", "/a"),
    ],
)
def test_parameters_that_only_track_readers_are_folded_in_links(tracked: str, plain: str) -> None:
    site = "https://site.example"
    assert stored_link(site + tracked) == stored_link(site + plain)
    assert fold(site + tracked) != fold(site + plain)


@pytest.mark.parametrize("query", ["id=1", "ref=1", "source=1", "utm=1", "p=utm_source", "Mc=1"])
def test_other_parameters_count(query: str) -> None:
    assert stored_link(f"https://site.example/a?{query}") != stored_link("https://site.example/a")


def test_a_guid_goes_by_its_exact_and_its_folded_form() -> None:
    exact, folded = guid_aliases("https://Site.Example/1/", HOME)
    assert guid_aliases("site.example/1", HOME) == (folded,)
    assert exact != folded
    assert kind_of(exact) == kind_of(folded) == "guid"


@pytest.mark.parametrize(
    "guid",
    [
        *("", " ", "N/A", "n/a", "[n/a]", "none", "(None)", "NULL", "undefined", "0", "-", "#"),
        *("---", "...", "NaN", "guid", "false", "not available"),
        *("https://site.example", "http://SITE.example/", "https://site.example//"),
    ],
)
def test_a_guid_that_names_nothing(guid: str) -> None:
    assert guid_aliases(guid, HOME) == ()
    # The operator may know better, but nothing stays nothing.
    assert bool(guid_aliases(guid, HOME, trusting=True)) == bool(guid)


@pytest.mark.parametrize("guid", ["1", "00", "a", "nothing", "https://site.example/0", "urn:none"])
def test_a_guid_that_names_something(guid: str) -> None:
    assert guid_aliases(guid, HOME)


@pytest.mark.parametrize("guid", ["-1", "(-1)"])
def test_minus_one_names_nothing(guid: str) -> None:
    assert guid_aliases(guid, HOME) == ()


@pytest.mark.parametrize(
    ("address", "home", "expected"),
    [
        ("https://site.example/", "https://site.example/", True),
        ("http://SITE.example", "https://site.example/", True),
        ("https://site.example/blog/", "http://site.example/blog", True),
        ("https://site.example/blog/?utm_source=rss", "https://site.example/blog", True),
        # The root of the host is no entry, even where the feed's home is a page below it.
        ("https://site.example/", "https://site.example/blog", True),
        ("https://site.example/", "", True),
        ("https://site.example/blog", "", False),
        ("https://site.example/blog/1", "https://site.example/blog", False),
        # A story of another site may be its front page.
        ("https://other.example/", "https://site.example/", False),
        ("urn:1", "urn:1", False),
        ("", "", False),
    ],
)
def test_what_is_the_home_page(address: str, home: str, *, expected: bool) -> None:
    assert is_home(address, home) is expected


def test_the_home_page_is_no_link_of_an_entry() -> None:
    assert link_aliases(HOME, HOME) == link_aliases("", HOME) == ()
    assert link_aliases(HOME, HOME, trusting=True)
    assert link_aliases(f"{HOME}1", HOME)


def test_kinds_are_never_mixed() -> None:
    address = "https://site.example/1"
    assert not {*guid_aliases(address, HOME)} & {*link_aliases(address, HOME)}


def kinds(entry: ParsedEntry) -> list[str]:
    return [kind_of(name) for name in content_aliases(entry)]


def test_what_an_entry_says_is_its_title_with_its_date_and_with_its_text() -> None:
    assert kinds(ENTRY) == ["dated", "text", "whole"]
    assert kinds(replace(ENTRY, published=None)) == ["text", "whole"]
    assert kinds(replace(ENTRY, title="")) == ["text", "whole"]
    # With a date, a title alone says too little: "Weekly news".
    assert kinds(replace(ENTRY, html="")) == ["dated", "whole"]
    assert kinds(replace(ENTRY, html="", published=None)) == ["text", "whole"]


def test_each_part_of_what_an_entry_says_counts() -> None:
    dated, text, _ = content_aliases(ENTRY)
    assert content_aliases(replace(ENTRY, html="other"))[0] == dated
    assert content_aliases(replace(ENTRY, published=NOW + timedelta(seconds=1)))[1] == text
    other_title = content_aliases(replace(ENTRY, title="Two"))
    assert dated not in other_title
    assert text not in other_title
    assert content_aliases(replace(ENTRY, title="One<p>", html="one</p>"))[1] != text


@given(st.text(), st.text())
def test_any_text_has_names_that_a_store_can_tell_apart(guid: str, home: str) -> None:
    names = guid_aliases(guid, home, trusting=True)
    assert names == guid_aliases(guid, home, trusting=True)
    assert all(name.startswith("guid:") and len(name) == len("guid:") + 24 for name in names)


@given(st.from_regex(r"https?://[a-z.]{1,9}(/[a-z/]{0,9})?(\?[a-z=&_]{0,12})?", fullmatch=True))
def test_folding_is_done_at_once(address: str) -> None:
    for folding in (fold, stored_link):
        folded = folding(address)
        assert folding(f"http://{folded}") == folded


def names_of(entry: ParsedEntry, *, trusting: bool = False) -> tuple[str, ...]:
    return (
        *guid_aliases(entry.guid, HOME, trusting=trusting),
        *link_aliases(entry.link, HOME, trusting=trusting),
        *content_aliases(entry),
    )


@given(some_entries(), some_entries(), st.booleans())
def test_who_shares_a_name_is_found(one: ParsedEntry, other: ParsedEntry, trusting: bool) -> None:
    asked, known = names_of(one, trusting=trusting), names_of(other, trusting=trusting)
    assert set(asked).isdisjoint(known) == set(asked).isdisjoint(finders(known))


@pytest.mark.parametrize(
    ("new", "finding"),
    [
        (("guid:exact", "guid:folded", "link:1"), ["guid:folded", "link:1"]),
        # The folded form is known already.
        (("guid:exact",), ["guid:exact"]),
        (("dated:1", "text:1", "whole:1"), ["dated:1", "text:1"]),
        (("text:1", "whole:1"), ["text:1"]),
    ],
)
def test_what_finds_an_entry(new: tuple[str, ...], finding: list[str]) -> None:
    assert list(finders(new)) == finding
