"""An edition with everything that an edition can have."""

from __future__ import annotations

from datetime import timedelta

from digest.model import (
    AlsoIn,
    Edition,
    Failing,
    Held,
    More,
    Picture,
    Related,
    Section,
)
from tests.rendering.samples import NOW, edition, story

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
            Related("Lantern 4.2.0 in practice", "https://journal.example/lantern", "Field Journal"),
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
