"""An edition with everything that an edition can have."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from msgspec.structs import replace

from digest.model import (
    AlsoIn,
    Edition,
    Fact,
    Failing,
    Held,
    More,
    Picture,
    Related,
    Section,
)
from tests.rendering.samples import NOW, TEXT, edition, editions, ordinary, story

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

URLS = st.one_of(
    st.just(""),
    st.integers(0, 3_000).map(lambda length: "https://site.example/" + "a" * length),
    st.integers(0, 500).map(lambda length: "https://site.example/" + "語" * length),
)

PICTURE = Picture("https://pictures.example/ferry.jpg", 640, 480)


def _top() -> Section:
    ferry = story(
        1,
        title="Why the night ferry still runs without reservations",
        feed="Harbor Notes",
        author="Mara Lindqvist",
        excerpt="The ferry between the two islands has never taken a reservation. In forty years "
        "it has turned away eleven cars, and the harbor master can name the owner of each.",
        picture=PICTURE,
        also_in=(
            AlsoIn("Field Journal", "https://journal.example/ferries/night"),
            AlsoIn("World Desk", "https://desk.example/a/8812?ref=rss&lang=en"),
        ),
    )
    lantern = story(
        2,
        title="Lantern 4.2.0 drops two old protocols",
        feed="Release Log",
        author="",
        excerpt="Adds resumable uploads, and drops support for two old protocols.",
        watched=("lantern",),
        updated=True,
        related=(
            Related("How to move from protocol 1", "https://desk.example/move", "World Desk"),
            Related(
                "Lantern 4.2.0 in practice", "https://journal.example/lantern", "Field Journal"
            ),
        ),
    )
    return Section("Top stories", (ferry, lantern), top=True)


def _harbor() -> Section:
    feed, home = "Harbor Notes", "https://harbor.example/"
    stories = (
        story(3, title="Three small changes that halved our build times", feed=feed),
        story(4, title="A reading list for rainy weekends", feed=feed, excerpt="", author=feed),
        story(5, title="Berth prices for 2027", feed=feed, brief=True),
    )
    return Section(feed, stories, home, (More(feed, home, 12),))


def _topics() -> Section:
    stories = (
        story(6, title="Counting swifts from a rooftop, a year on", feed="Field Journal"),
        story(7, title="Kubernetes 1.40 freezes", feed="World Desk", group="Kubernetes"),
        story(8, title="Moving 400 pods at night", feed="Field Journal", group="Kubernetes"),
        story(9, title="A storm named after nobody", feed="World Desk", group="Weather"),
    )
    return Section(
        "Elsewhere",
        stories,
        more=(More("World Desk", "https://desk.example/", 3), More("Field Journal", "", 1)),
    )


def rich() -> Edition:
    """Top stories with a picture and without, lists, subjects, and notes."""
    return edition(
        sections=(_top(), _harbor(), _topics()),
        subject="Weekly reading: Why the night ferry still runs without reservations, and 8 more",
        held_back=16,
        held=(Held("Flood Gazette", 1_200),),
        failing=(Failing("Silent Blog", NOW - timedelta(days=9)),),
        next_at=NOW + timedelta(days=7),
    )


_PICTURES = st.builds(
    Picture, st.integers(1, 4_000).map("https://p.example/{:b}".format), st.just(9), st.just(9)
)
# As short as the names and units of facts are.
_WORDS = TEXT.map(lambda text: text[:24])
_EXTRAS = st.fixed_dictionaries(
    {
        "watched": st.lists(TEXT, max_size=4).map(tuple),
        "related": st.lists(st.builds(Related, TEXT, URLS, TEXT), max_size=7).map(tuple),
        "group": st.sampled_from(["", "", "Group"]),
        "brief": st.booleans(),
        "picture": st.one_of(st.none(), _PICTURES),
        "facts": st.lists(st.builds(Fact, _WORDS, st.integers(), _WORDS), max_size=8).map(tuple),
        "discussion": URLS,
    }
)
_MORE = st.lists(st.builds(More, TEXT, URLS, st.integers(1, 2_000)), max_size=5).map(tuple)


def _enriched(
    plain: Edition, extras: list[dict[str, Any]], more: list[tuple[More, ...]], *, top: bool
) -> Edition:
    endless, endless_more = cycle(extras), cycle(more)
    sections = tuple(
        replace(
            section,
            stories=tuple(replace(each, **next(endless)) for each in section.stories),
            more=next(endless_more),
            top=top and number == 0,
        )
        for number, section in enumerate(plain.sections)
    )
    return replace(plain, sections=sections, next_at=NOW)


def rich_editions() -> SearchStrategy[Edition]:
    """Any edition, with any of what one can have; each title begins with `#N:`."""
    return st.builds(
        _enriched,
        editions(),
        st.lists(_EXTRAS, min_size=1, max_size=5),
        st.lists(_MORE, min_size=1, max_size=3),
        top=st.booleans(),
    )


def of_many(count: int, **more: Any) -> Edition:
    """So many stories of the usual length: five on top, the rest of four feeds, in subjects."""
    plain = ordinary(count)
    every = [
        replace(one, group=f"Subject {n // 6}" if n % 3 else "")
        for n, one in enumerate(plain.stories)
    ]
    top = Section(
        "Top stories", tuple(replace(one, picture=PICTURE) for one in every[:5]), top=True
    )
    rest = edition(*sorted(every[5:], key=lambda one: one.feed)).sections
    return replace(plain, sections=(top, *rest), **more)
