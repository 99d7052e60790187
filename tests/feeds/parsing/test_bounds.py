"""What a source says is held to the limits, whatever it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.limits import MAX_FACTS, MAX_UNIT
from digest.feeds.parsing.bounds import bounded
from digest.model import Fact, ParsedEntry, ParsedFeed

URL = "https://site.example/list"
TEXT = st.one_of(
    st.text(st.characters(codec=None), max_size=40),
    st.sampled_from(["javascript:alert(1)", "/there", "//host.example/", "https://u:p@a.example/"]),
)
FACTS = st.builds(Fact, TEXT, st.one_of(st.integers(), st.floats()), TEXT)
ENTRIES = st.builds(
    ParsedEntry,
    *(TEXT, TEXT, TEXT, TEXT, st.none(), TEXT),
    base=TEXT,
    image=TEXT,
    categories=st.lists(TEXT, max_size=3).map(tuple),
    facts=st.lists(FACTS, max_size=MAX_FACTS + 2).map(tuple),
    discussion=TEXT,
)


def entry(**more: object) -> ParsedEntry:
    feed = ParsedFeed("", (ParsedEntry("1", "", "One", "", None, "", **more),))  # type: ignore[arg-type]
    (found,) = bounded(feed, URL).entries
    return found


@given(st.builds(ParsedFeed, TEXT, st.lists(ENTRIES, max_size=3).map(tuple), link=TEXT))
def test_twice_is_as_once_and_all_can_be_stored(feed: ParsedFeed) -> None:
    once = bounded(feed, URL)

    assert bounded(once, URL) == once
    for one in once.entries:
        for link in (one.link, one.image, one.discussion):
            assert not link or link.startswith(("http://", "https://"))
            assert "u:p@" not in link
        for text in (one.guid, one.link, one.title, one.author, one.html):
            text.encode()


def test_facts_are_few_and_short_and_numbers() -> None:
    many = tuple(Fact(f"fact {n}", n) for n in range(20))
    odd = (Fact("x" * 99, 1, "y" * 99), Fact("", 1), Fact("nan", float("nan")), Fact("a\nb", 2))

    assert len(entry(facts=many).facts) == MAX_FACTS
    assert entry(facts=odd).facts == (Fact("x" * MAX_UNIT, 1, "y" * MAX_UNIT), Fact("a b", 2))


def test_links_are_absolute_and_of_the_web() -> None:
    found = entry(discussion="/talk?id=1", image="//pictures.example/a.png", base="/news/")

    assert found.discussion == "https://site.example/talk?id=1"
    assert found.image == "https://pictures.example/a.png"
    assert found.base == "https://site.example/news/"
    assert entry(discussion="javascript:alert(1)").discussion == ""
