from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.diff import diff
from digest.model import KeyedEntry, ParsedEntry


def entry(key: str, fingerprint: str = "f") -> KeyedEntry:
    return KeyedEntry(key, fingerprint, ParsedEntry(key, "", key, "", None, ""))


def test_what_was_never_seen_is_new() -> None:
    changes = diff([entry("a"), entry("b")], {})
    assert (changes.new, changes.edited, changes.seen) == ((entry("a"), entry("b")), (), ())


def test_what_says_something_else_is_edited_and_not_new() -> None:
    changes = diff([entry("a", "g"), entry("b")], {"a": "f", "b": "f"})
    assert (changes.new, changes.edited) == ((), (entry("a", "g"),))
    assert changes.seen == ("a", "b")


def test_what_vanished_and_came_back_is_not_new() -> None:
    assert diff([entry("a")], {"a": "f", "gone": "f"}).new == ()


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("fg")),
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("fg")),
)
def test_after_a_body_is_learned_it_changes_nothing(
    body: dict[str, str], known: dict[str, str]
) -> None:
    entries = [entry(key, fingerprint) for key, fingerprint in body.items()]
    first = diff(entries, known)
    assert {one.key for one in first.new} | set(first.seen) == set(body)
    again = diff(entries, known | body)
    assert (again.new, again.edited, set(again.seen)) == ((), (), set(body))
