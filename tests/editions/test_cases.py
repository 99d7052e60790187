"""Small feeds of `tests/editions/cases/`, and what an editor makes of each.

All are read on a Monday at nine by a digest that looks back two weeks.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from digest.rendering.slack.messages import build_messages
from digest.rendering.templates import THEMES, Templates
from tests.editions.newsroom import open_newsroom
from tests.rendering.markup import document
from tests.rendering.slack_limits import texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from digest.config.looks import Theme
    from digest.model import Edition, Story
    from tests.editions.newsroom import Newsroom

CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
OUTAGE = "Cloudflare outage takes half the web down"
TIPS = [f"Kubernetes tip number {number}" for number in ("seven", "eight", "nine")]
GROUP = [f"Claude Code vs Codex: {about}" for about in ("Benchmarks", "Architecture", "Pricing")]


def bodies_of(*names: str) -> dict[str, bytes]:
    return {f"https://{name}.example/feed": (CASES / f"{name}.xml").read_bytes() for name in names}


@asynccontextmanager
async def reading(
    folder: Path, bodies: Mapping[str, bytes], **digest: Any
) -> AsyncIterator[Newsroom]:
    async with open_newsroom(folder, bodies, NOW, first_edition="14d", **digest) as newsroom:
        await newsroom.poll()
        yield newsroom


async def edition_of(folder: Path, *names: str, **digest: Any) -> Edition:
    async with reading(folder, bodies_of(*names), **digest) as newsroom:
        return await newsroom.edition()


def by_title(edition: Edition) -> dict[str, Story]:
    return {story.title: story for story in edition.stories}


def body_text(html: str) -> str:
    """What a reader sees of an email once it is open."""
    body = document(html).find("body")
    for hidden in body.find_class("preheader"):
        hidden.drop_tree()
    return " ".join(body.text_content().split())


class TestCrossPosts:
    async def test_they_are_one_story_each_and_the_first_that_was_seen_leads(
        self, tmp_path: Path
    ) -> None:
        edition = await edition_of(tmp_path, "blog", "devto")
        assert len(edition.stories) == 5
        for story in edition.stories:
            assert story.url.startswith("https://deepkernel.example/")
            assert [other.feed for other in story.also_in] == ["DEV: Deep Kernel"]

    async def test_another_text_under_the_same_plain_title_is_another_story(
        self, tmp_path: Path
    ) -> None:
        bodies = bodies_of("blog", "devto")
        url = "https://devto.example/feed"
        bodies[url] = bodies[url].replace(b"Every read of", b"Nobody asks about")
        async with reading(tmp_path, bodies) as newsroom:
            edition = await newsroom.edition()
        plain = [story for story in edition.stories if story.title == "SQLite is all you need"]
        assert [story.also_in for story in plain] == [(), ()]


class TestWhatAnEditionHad:
    async def after_an_edition(self, folder: Path) -> Edition:
        async with reading(folder, bodies_of("late1")) as newsroom:
            newsroom.bench.clock.now += timedelta(days=7)
            await newsroom.publish()
        async with reading(folder, bodies_of("late1", "late2")) as newsroom:
            newsroom.bench.clock.now += timedelta(days=7, hours=1)
            return await newsroom.edition()

    async def test_its_link_is_no_story_of_the_next(self, tmp_path: Path) -> None:
        edition = await self.after_an_edition(tmp_path)
        again = [story for story in edition.stories if "postgresql-19" in story.url]
        assert all(story.brief for story in again)
        assert "PostgreSQL" not in edition.subject

    async def test_what_is_new_beside_it_is_one(self, tmp_path: Path) -> None:
        edition = await self.after_an_edition(tmp_path)
        assert "Something old" in by_title(edition)


class TestPostsWithoutTitles:
    @pytest.mark.parametrize("theme", THEMES)
    async def test_each_says_its_text_once(self, tmp_path: Path, theme: Theme) -> None:
        edition = await edition_of(tmp_path, "micro")
        seen = body_text(Templates(theme=theme).html(edition))
        assert seen.count("Feels like cheating, honestly.") == 1
        assert seen.count("Photo of the day") == 1
        assert "🎉🎉🎉" in seen

    async def test_neither_a_number_nor_a_long_address_stands_for_one(self, tmp_path: Path) -> None:
        edition = await edition_of(tmp_path, "micro")
        seen = body_text(Templates().html(edition)).split()
        assert "112" not in seen
        assert max(map(len, seen)) < 60


# The sentence that each entry of boiler.xml says; empty where it says none.
BRIDGE = "The bridge opened."
SAID = {
    "Reddit link post": "",
    "Reddit to r": "",
    "phpBB post": "The file is missing.",
    "Permalink": "A pillow fight went wrong.",
    "Literal backslash n": (
        "We split the harness in two. Here is what it catches, and what it misses."
    ),
    "arXiv": "We show that sinks suffice.",
    "Substack": "On Thursday a fifth of the web went down.",
    "YouTube": "Bridges move.",
    "Dateline": "The group today announced the release.",
    "Code gap": "Here is the command: [code] It checks out a branch.",
    "Comic": "North is a state of mind.",
    "HTML list": "First thing; Second thing · Fix panic",
    "Listen now": "A talk with Ada about engines.",
    "View this email": "The week was quiet.",
    "HN self": "I have been reading on paper. How do you do it?",
    "By the numbers": BRIDGE,
    "Cookie": BRIDGE,
    "Reply by email": BRIDGE,
    "WP de": "Die Brücke ist offen.",
    "WP ja": "橋が開通しました。",
    "WP pt": "A ponte abriu.",
    "WP nl": "De brug is open.",
    "Guardian more": BRIDGE,
    "Sign up": BRIDGE,
}


@pytest.fixture(scope="module")
def boiler(tmp_path_factory: pytest.TempPathFactory) -> Edition:
    return asyncio.run(edition_of(tmp_path_factory.mktemp("boiler"), "boiler"))


class TestBoilerplate:
    @pytest.mark.parametrize("title", SAID)
    def test_the_excerpt_is_what_an_entry_says_or_nothing(
        self, boiler: Edition, title: str
    ) -> None:
        assert by_title(boiler)[title].excerpt == SAID[title]

    def test_most_say_something(self, boiler: Edition) -> None:
        assert sum(bool(story.excerpt) for story in boiler.stories) >= 14

    def test_a_comic_says_what_stands_at_its_picture(self, boiler: Edition) -> None:
        assert SAID["Comic"] in body_text(Templates().html(boiler))


class TestGroups:
    def after_the_heading(self, html: str) -> list[str]:
        """What stands between the heading of the group and its visible end."""
        body = document(html).find("body")
        texts = [
            (element.tag, element.text_content().strip())
            for element in body.iter("h2", "h3", "hr", "p")
            if element.tag != "p" or "subject" in element.get("class", "").split()
        ]
        start = texts.index(("p", "Claude Code vs Codex"))
        titles = []
        for tag, text in texts[start + 1 :]:
            if tag != "h3":
                break
            titles.append(text)
        return titles

    async def test_a_group_has_a_heading_and_only_its_own_under_it(self, tmp_path: Path) -> None:
        edition = await edition_of(tmp_path, "grp")
        under = self.after_the_heading(Templates().html(edition))
        assert len(under) == 4
        assert {*GROUP} < {*under}

    async def test_a_group_ends_before_what_is_older(self, tmp_path: Path) -> None:
        bodies = bodies_of("grp")
        ((url, body),) = bodies.items()
        for hour in (b"14", b"15"):
            body = body.replace(b"Sun, 29 Nov 2026 %s" % hour, b"Sat, 28 Nov 2026 %s" % hour)
        async with reading(tmp_path, {url: body}) as newsroom:
            edition = await newsroom.edition()
        assert len(self.after_the_heading(Templates().html(edition))) == 4


class TestPictures:
    @pytest.mark.parametrize("images", ["embedded", "remote"])
    async def test_the_picture_of_the_content_is_that_of_the_story(
        self, tmp_path: Path, images: str
    ) -> None:
        edition = await edition_of(tmp_path, "pics", images=images)
        (story,) = edition.stories
        assert story.image == "http://127.0.0.1:18080/img/wp9.jpg"

    async def test_its_caption_is_not_in_the_excerpt(self, tmp_path: Path) -> None:
        (story,) = (await edition_of(tmp_path, "pics")).stories
        assert story.excerpt == "Seen on Sunday, in the rain, by the weir."


async def test_a_title_that_is_a_version_says_of_what_everywhere(tmp_path: Path) -> None:
    edition = await edition_of(tmp_path, "rel1")
    assert edition.subject == "The week: uv 0.12.4"
    (story,) = edition.stories
    assert story.title == "uv 0.12.4"
    templates = Templates()
    for shown in (templates.text(edition), templates.html(edition), templates.markdown(edition)):
        assert "uv 0.12.4" in shown
    assert "uv 0.12.4" in " ".join(texts(build_messages(edition)))


class TestTheTop:
    async def watching(self, folder: Path) -> Edition:
        return await edition_of(folder, "w1", "w2", "w3", watch=["kubernetes"])

    async def test_the_subject_names_the_story_on_top(self, tmp_path: Path) -> None:
        edition = await self.watching(tmp_path)
        assert edition.lead == 0
        assert edition.sections[0].top
        assert edition.stories[0].title in edition.subject

    async def test_what_is_watched_goes_up_with_its_group(self, tmp_path: Path) -> None:
        edition = await self.watching(tmp_path)
        top = [story.title for story in edition.sections[0].stories]
        assert [title for title in top if title in TIPS] == TIPS
        assert top[0] in TIPS

    async def test_what_three_feeds_tell_keeps_a_place_there(self, tmp_path: Path) -> None:
        edition = await self.watching(tmp_path)
        (outage,) = [story for story in edition.sections[0].stories if story.title == OUTAGE]
        assert len(outage.also_in) == 2
        assert not outage.brief
