from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.feeds.aliases import kind_of
from digest.feeds.diff import Changes, diff
from digest.feeds.identity import identify
from digest.model import Fact, ParsedEntry, ParsedFeed
from tests.feed_xml import NOW
from tests.feeds.memory import Memory

DAY = timedelta(days=1)
ENTRY = ParsedEntry("urn:1", "https://site.example/1", "One", "Ada", NOW, "<p>one</p>")
OTHER = ParsedEntry("urn:2", "https://site.example/2", "Two", "Ada", NOW, "<p>two</p>")


def test_without_anything_known_all_is_new_in_the_order_of_the_body() -> None:
    keyed = identify(ParsedFeed("", (ENTRY, OTHER)))
    assert diff(keyed, []) == Changes(keyed, ())


def test_nothing_changes_nothing() -> None:
    assert diff((), []) == Changes((), ())


def test_what_is_known_is_recognised_and_says_what_it_was() -> None:
    memory = Memory()
    memory.read(ENTRY)
    changes = memory.read(OTHER, ENTRY)
    assert [one.entry for one in changes.new] == [OTHER]
    (one,) = changes.recognised
    assert (one.known.id, one.keyed.entry, one.edited, one.new_names) == (0, ENTRY, False, ())


@pytest.mark.parametrize(
    ("now", "edited", "new_kinds"),
    [
        (replace(ENTRY, published=NOW + DAY), False, ["dated"]),
        (replace(ENTRY, guid="urn:new"), False, ["guid"]),
        (replace(ENTRY, link=f"{ENTRY.link}?utm_source=x"), False, ["link"]),
        (replace(ENTRY, author="Grace"), True, ["dated", "text"]),
        (replace(ENTRY, html="<p>uno</p>"), True, ["dated", "text"]),
        (replace(ENTRY, link="https://site.example/uno"), True, ["link", "dated", "text"]),
    ],
)
def test_an_edit_is_told_from_a_new_name(
    now: ParsedEntry, *, edited: bool, new_kinds: list[str]
) -> None:
    memory = Memory()
    memory.read(ENTRY)
    (one,) = memory.read(now).recognised
    assert one.edited is edited
    # Everything it says is one more name whenever anything of it changes.
    whole = {"whole"} if new_kinds else set()
    assert {kind_of(name) for name in one.new_names} == {*new_kinds, *whole}
    (again,) = memory.read(now).recognised
    assert (again.edited, again.new_names) == (False, ())


def test_an_edited_entry_is_not_known_any_more_for_what_it_said() -> None:
    memory = Memory()
    bare = replace(ENTRY, guid="", link="")
    memory.read(bare)
    memory.read(replace(bare, html="<p>other</p>"))
    (known,) = memory.known.values()
    assert {kind_of(name) for name in known.names} == {"dated", "text", "whole"}
    before = identify(ParsedFeed("", (bare,)))[0].names
    assert len(known.names & set(before)) == 1


def test_a_known_entry_is_recognised_once() -> None:
    memory = Memory()
    memory.read(ENTRY)
    # The second has everything of the first but its guid.
    changes = memory.read(replace(ENTRY, guid="urn:copy"), ENTRY)
    assert [one.keyed.entry.guid for one in changes.recognised] == ["urn:1"]
    assert [one.entry.guid for one in changes.new] == ["urn:copy"]


def test_the_strongest_evidence_comes_first() -> None:
    memory = Memory()
    memory.read(ENTRY)
    moved = replace(ENTRY, title="Moved", link="https://site.example/moved", published=None)
    heir = replace(ENTRY, guid="")
    for body in ((heir, moved), (moved, heir)):
        changes = Memory(known=dict(memory.known)).read(*body)
        assert [one.keyed.entry for one in changes.recognised] == [moved]
        assert [one.entry for one in changes.new] == [heir]


def test_a_name_of_several_known_entries_tells_nothing() -> None:
    memory = Memory()
    one, two = replace(ENTRY, guid=""), replace(OTHER, guid="", link=ENTRY.link)
    memory.read(one, two)
    third = replace(ENTRY, guid="", title="Three", html="<p>three</p>")
    assert memory.titles(third) == ["Three"]


def test_a_key_that_is_taken_gives_way_to_the_next() -> None:
    memory = Memory()
    memory.read(ENTRY, replace(OTHER, guid=ENTRY.guid))
    third = replace(ENTRY, title="Three", link="https://site.example/3", html="<p>3</p>")
    (new,) = memory.read(third).new
    assert new.key == f"guid:{ENTRY.guid}"
    fourth = replace(ENTRY, title="Four", link="https://site.example/4", html="<p>4</p>")
    (newer,) = memory.read(fourth).new
    assert newer.key == f"link:{fourth.link}"


@pytest.mark.parametrize(
    ("bodies", "overlaps"),
    [
        ([[ENTRY], [ENTRY]], True),
        ([[ENTRY], [ENTRY, OTHER]], True),
        ([[ENTRY, OTHER], [OTHER]], True),
        ([[ENTRY], [OTHER]], False),
        ([[ENTRY], [OTHER], [OTHER]], True),
        # What comes back after a while was missing from the body before.
        ([[ENTRY], [OTHER], [ENTRY]], False),
        ([[ENTRY], [replace(ENTRY, guid="urn:new")]], True),
        ([[ENTRY], []], False),
    ],
)
def test_whether_a_body_shares_an_entry_with_the_one_before(
    bodies: list[list[ParsedEntry]], *, overlaps: bool
) -> None:
    memory = Memory()
    *_, last = [memory.read(*body) for body in bodies]
    assert last.overlaps is overlaps


GUIDS = [*"abcdefgh", "https://site.example/1", "https://site.example/2/"]
LINKED = "https://site.example/linked/"
ENTRIES = st.builds(
    ParsedEntry,
    guid=st.sampled_from(GUIDS),
    link=st.sampled_from(["", *(f"https://site.example/{n}" for n in range(3))]),
    title=st.sampled_from(["", "a", "b"]),
    author=st.just(""),
    published=st.sampled_from([None, NOW, NOW + DAY]),
    html=st.sampled_from(["", "a", "b"]),
)
# What tells from an entry that was given another guid: a link of its own and a title or a text, or
# a title and a text.
TELLING = st.one_of(
    ENTRIES.map(
        lambda one: replace(one, title=f"{one.guid}{one.title}", html=f"{one.guid}{one.html}")
    ),
    ENTRIES.map(
        lambda one: replace(
            one, title=f"{one.guid}{one.title}", link=f"{LINKED}{GUIDS.index(one.guid)}"
        )
    ),
)
SEQUENCES = st.lists(st.lists(TELLING, max_size=6, unique_by=lambda one: one.guid), max_size=8)


@given(SEQUENCES)
def test_with_guids_of_their_own_exactly_what_was_never_seen_is_new(
    bodies: list[list[ParsedEntry]],
) -> None:
    memory, seen = Memory(), set[str]()
    for body in bodies:
        new = [one.entry.guid for one in memory.read(*body).new]
        assert new == [one.guid for one in body if one.guid not in seen]
        seen |= set(new)
    assert len(memory.known) == len(seen)


ROTATING = st.builds(
    lambda n, other: replace(other, link=f"{LINKED}{n}", title=f"Title {n}"),
    st.integers(0, 4),
    ENTRIES,
)


@given(
    st.lists(st.lists(ROTATING, max_size=5, unique_by=lambda one: one.link), max_size=8),
    st.sampled_from(["rss20", "atom10"]),
)
def test_whatever_guids_a_feed_gives_a_link_with_its_title_is_new_once(
    bodies: list[list[ParsedEntry]], form: str
) -> None:
    memory, seen = Memory(), set[str]()
    for number, body in enumerate(bodies):
        rotated = [replace(one, guid=f"urn:{number}:{place}") for place, one in enumerate(body)]
        new = {one.entry.link for one in memory.read(*rotated, format=form).new}
        assert new == {one.link for one in body} - seen
        seen |= new


@given(st.lists(st.lists(ENTRIES, max_size=6, unique_by=lambda one: one.guid), max_size=8))
def test_whatever_they_say_guids_of_their_own_are_never_new_twice(
    bodies: list[list[ParsedEntry]],
) -> None:
    # What another guid has said before is the entry of that guid, moved: guids may be places.
    contents = {replace(entry, guid=""): entry.guid for body in bodies for entry in body}
    assume(
        all(contents[replace(entry, guid="")] == entry.guid for body in bodies for entry in body)
    )
    memory, sent = Memory(), list[str]()
    for body in bodies:
        sent += [one.entry.guid for one in memory.read(*body).new]
    assert len(sent) == len(set(sent))


@given(st.lists(st.lists(ENTRIES, max_size=6), max_size=6), st.sampled_from(["rss20", "atom10"]))
def test_the_same_body_twice_brings_nothing_whatever_came_before(
    bodies: list[list[ParsedEntry]], form: str
) -> None:
    memory = Memory()
    for body in bodies:
        memory.read(*body, format=form)
        again = memory.read(*body, format=form)
        assert again.new == ()
        assert not [one for one in again.recognised if one.edited]


BLANK = ParsedEntry("a", "", "", "", NOW, "")
AT_TWO = replace(BLANK, guid="g", link="https://site.example/2")


@pytest.mark.parametrize(
    ("before", "both"),
    [
        # The guid tells nothing, since two had it at once, and what the entry says is another's.
        (
            [
                [replace(BLANK, title="a"), replace(BLANK, guid="b"), replace(BLANK, title="b")],
                [replace(BLANK, published=NOW + DAY)],
            ],
            [replace(BLANK, published=NOW + DAY), replace(BLANK, guid="b", published=NOW + DAY)],
        ),
        (
            [
                [AT_TWO, replace(AT_TWO, link="https://site.example/0")],
                [replace(AT_TWO, guid="a", published=None)],
                [replace(AT_TWO, published=NOW + DAY)],
            ],
            [
                replace(AT_TWO, guid="a", published=None),
                replace(AT_TWO, published=NOW + DAY),
            ],
        ),
        # What the other says is also what a third said when it was new.
        (
            [
                [
                    replace(BLANK, guid="b", published=None),
                    replace(BLANK, guid="b", title="b", html="a"),
                ],
                [
                    replace(BLANK, published=None),
                    replace(BLANK, link="https://site.example/0", html="a"),
                ],
            ],
            [replace(BLANK, published=None), replace(BLANK, guid="b", published=None)],
        ),
        # The other has said all of this when it was new, and so has no other key.
        (
            [
                [
                    replace(BLANK, title="a", html="a"),
                    replace(BLANK, link="https://site.example/0"),
                ],
                [replace(BLANK, title="a", html="a", link="https://site.example/1")],
            ],
            [
                replace(BLANK, title="a", html="a", link="https://site.example/1"),
                replace(BLANK, title="a", html="a"),
            ],
        ),
    ],
)
def test_what_was_taken_for_another_entry_is_new_once_when_both_are_there(
    before: list[list[ParsedEntry]], both: list[ParsedEntry]
) -> None:
    memory = Memory()
    for body in before:
        memory.read(*body)
    assert len(memory.read(*both).new) == 1
    assert memory.read(*both).new == ()


def test_an_entry_that_was_once_taken_for_another_one_is_new_when_both_are_there() -> None:
    memory = Memory()
    memory.read(ENTRY)
    # The same title, date and link: for all anyone can tell, the entry was given another guid.
    other = replace(ENTRY, guid="urn:other", html="<p>other</p>")
    assert memory.read(other).new == ()
    (new,) = memory.read(ENTRY, other).new
    assert new.entry.guid == "urn:other"
    for body in ([replace(other, title="Edited", html="<p>edited</p>")], [ENTRY], [other, ENTRY]):
        assert memory.read(*body).new == ()


@given(SEQUENCES)
def test_what_is_recognised_is_recognised_once(bodies: list[list[ParsedEntry]]) -> None:
    memory = Memory()
    for body in bodies:
        changes = memory.read(*body)
        ids = [one.known.id for one in changes.recognised]
        assert len(set(ids)) == len(ids)
        assert len(ids) + len(changes.new) == len(body)


@pytest.mark.parametrize("titled", ["Three", "Two"])
def test_a_guid_tells_more_than_a_link_or_a_title(titled: str) -> None:
    memory = Memory()
    first, second = replace(ENTRY, guid=""), replace(OTHER, guid="")
    memory.read(first)
    memory.read(second)
    # A feed that begins to give guids: the key stays what it was.
    memory.read(replace(first, guid="urn:later"))
    told = ParsedEntry("urn:later", second.link, titled, "Ada", NOW + DAY, "<p>three</p>")
    (one,) = memory.read(told).recognised
    assert one.known.id == 0


def test_the_guid_it_came_with_tells_more_than_one_it_was_given_later() -> None:
    memory = Memory()
    memory.read(ENTRY)
    memory.read(OTHER)
    memory.read(replace(OTHER, guid=ENTRY.guid))
    (one,) = memory.read(replace(OTHER, guid=ENTRY.guid, html="<p>three</p>")).recognised
    assert one.known.key == f"guid:{ENTRY.guid}"


A = ParsedEntry("", "https://site.example/a", "A", "", NOW, "<p>a</p>")
B = ParsedEntry("", "https://site.example/b", "B", "", NOW + DAY, "<p>b</p>")


def winner(memory: Memory, *body: ParsedEntry) -> list[ParsedEntry]:
    """Which entries of a body are known; the same, whatever stands first."""
    found, turned = [
        [one.keyed.entry for one in Memory(known=dict(memory.known)).read(*each).recognised]
        for each in (body, body[::-1])
    ]
    assert found in (turned, turned[::-1])
    return found


def test_guids_that_are_places_in_a_list_tell_less_than_all_that_is_said() -> None:
    memory = Memory()
    memory.read(replace(A, guid="0"), replace(B, guid="1"))
    new = replace(A, guid="0", link="https://site.example/c", title="C", html="<p>c</p>")
    changes = memory.read(new, replace(A, guid="1"), replace(B, guid="2"))
    assert [one.entry.title for one in changes.new] == ["C"]
    assert [(one.known.id, one.keyed.entry.title) for one in changes.recognised] == [
        (0, "A"),
        (1, "B"),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"link": "https://site.example/c"},
        {"published": NOW + 9 * DAY},
        {"html": "<p>c</p>"},
    ],
)
def test_a_guid_tells_more_than_most_of_what_is_said(changed: dict[str, object]) -> None:
    memory = Memory()
    memory.read(replace(A, guid="0"), replace(B, guid="1"))
    (one,) = memory.read(replace(A, guid="1", **changed)).recognised
    assert one.known.id == 1


def test_what_says_exactly_what_was_said_last_is_known_before_what_has_its_link() -> None:
    memory = Memory()
    memory.read(A)
    last = replace(A, link="", published=NOW + DAY)
    memory.read(last)
    assert winner(memory, A, last) == [last]


def test_a_title_with_its_date_and_its_text_tell_more_than_a_link() -> None:
    memory = Memory()
    memory.read(A)
    memory.read(B)
    assert memory.read(replace(A, link=B.link)).recognised[0].known.id == 0


@pytest.mark.parametrize(
    "alike", [replace(A, link="", html=""), replace(A, link="", published=None)]
)
def test_a_link_tells_more_than_a_title_with_one_of_them(alike: ParsedEntry) -> None:
    memory = Memory()
    memory.read(A)
    linked = replace(A, title="Edited", published=NOW + DAY, html="<p>edited</p>")
    assert winner(memory, alike, linked) == [linked]


@pytest.mark.parametrize("changed", [{"html": "<p>c</p>"}, {"published": NOW + 9 * DAY}])
def test_of_two_of_its_links_the_one_with_more_of_what_it_said(changed: dict[str, object]) -> None:
    memory = Memory()
    memory.read(A)
    again = replace(A, link="https://site.example/again")
    memory.read(again)
    edited = replace(A, title="Edited", html="<p>edited</p>")
    same = replace(again, **changed)
    assert winner(memory, edited, same) == [same]


def test_only_what_is_new_is_given_a_key_and_each_its_own() -> None:
    memory = Memory()
    memory.read(replace(A, guid="g"))
    # Both say the guid, so it tells neither from the other.
    one, two = replace(B, guid="g"), replace(B, guid="g", link="", title="Two")
    assert len({new.key for new in memory.read(one, two).new}) == 2
    assert memory.read(one, two).new == ()


def test_what_says_again_what_it_said_when_it_was_new_is_known_before_what_is_like_it() -> None:
    memory = Memory()
    bare = replace(A, link="")
    memory.read(bare)
    memory.read(replace(bare, html="<p>edited</p>"))
    memory.read(replace(bare, html="<p>edited</p>", published=NOW + DAY))
    other = replace(bare, html="<p>other</p>", published=NOW + DAY)
    for body in ((bare, other), (other, bare)):
        changes = Memory(known=dict(memory.known)).read(*body)
        assert [one.entry for one in changes.new] == [other]
        assert [one.keyed.entry for one in changes.recognised] == [bare]


def test_a_guid_that_several_have_does_not_tell_against_a_link() -> None:
    memory = Memory()
    memory.read(replace(A, guid="g"), replace(B, guid="g"))
    edited = replace(A, guid="g", title="Edited", published=NOW + 9 * DAY, html="<p>e</p>")
    (one,) = memory.read(edited).recognised
    assert one.known.id == 0


LINKS = ("", "https://talk.example/1", "https://talk.example/2")
FACTS = st.lists(
    st.builds(Fact, st.sampled_from(["points", "comments"]), st.integers()), max_size=3
)


@given(
    st.lists(st.lists(ENTRIES, max_size=6), min_size=1, max_size=5),
    st.sampled_from(["rss20", "atom10"]),
    st.data(),
)
def test_whatever_is_measured_changes_nothing_else(
    bodies: list[list[ParsedEntry]], form: str, data: st.DataObject
) -> None:
    plain, measuring = Memory(), Memory()
    for body in bodies:
        measured = [
            replace(
                one, facts=tuple(data.draw(FACTS)), discussion=data.draw(st.sampled_from(LINKS))
            )
            for one in body
        ]
        changes, others = plain.read(*body, format=form), measuring.read(*measured, format=form)
        assert [one.key for one in others.new] == [one.key for one in changes.new]
        assert [(one.known, one.edited, one.new_names) for one in others.recognised] == [
            (one.known, one.edited, one.new_names) for one in changes.recognised
        ]
