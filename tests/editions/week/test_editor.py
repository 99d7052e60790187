"""What an editor would see to in an ordinary week."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import pytest

from digest.rendering.slack.messages import build_thread
from digest.rendering.templates import Templates
from tests.rendering.markup import document

if TYPE_CHECKING:
    from digest.model import Edition, Story
    from tests.editions.week.conftest import Made

CROSS_POSTED = ("The page cache is not your friend", "One bit at the end", "SQLite is all you need")
OUTAGE = "Northlight outage takes a fifth of the web offline"
# What services and publishers put around a text.
AROUND = (
    *("Support the channel", "ad choices", "erschien zuerst", "Security Impact Rating"),
    *("reader-supported", "Continue reading", "Comments URL"),
    *("submitted by", "[link]", "Announce Type", "arXiv:", "Listen now", "free issue of"),
    *(
        "(Meridian)",
        "Get 40% off",
        "ظهرت المقالة",
        "Full Changelog",
        "brought to you by",
        "Music by",
    ),
)
LONG_ENOUGH = ("The well", "A fifth of the web, for forty minutes", CROSS_POSTED[0])
RECORDED = ("The harbour that moved", "#88: Databases in your pocket", "#89: The cost of a cache")


def story_with(edition: Edition, title: str) -> Story:
    found = [story for story in edition.stories if title in titles_of(story)]
    assert len(found) == 1, f"{title}: {len(found)}"
    return found[0]


def titles_of(story: Story) -> set[str]:
    return {story.title, *(other.title for other in story.related)}


class TestStories:
    @pytest.mark.parametrize("title", CROSS_POSTED)
    def test_what_an_author_posts_twice_is_one_story(self, edition: Edition, title: str) -> None:
        story = story_with(edition, title)
        assert story.feed == "Ada Lind"
        assert "DEV Community: Ada Lind" in [other.feed for other in story.also_in]

    def test_opposites_stay_apart(self, edition: Edition) -> None:
        for story in edition.stories:
            titles = " ".join(titles_of(story))
            assert not ("merge the Sable" in titles and "reject the Sable" in titles)
            assert not ("delays Orbis" in titles and "approves Orbis" in titles)

    def test_neither_a_candidate_nor_another_project_is_a_release(self, edition: Edition) -> None:
        for story in edition.stories:
            assert len(set(re.findall(r"com/(\S+)/releases/tag/(\S+)", links_of(story)))) <= 1

    def test_a_video_is_the_same_at_any_second(self, edition: Edition) -> None:
        story = story_with(edition, "Why bridges move")
        assert [other.feed for other in story.also_in] == ["Hacker News"]

    def test_a_paper_is_the_same_in_any_version(self, edition: Edition) -> None:
        story = story_with(edition, "Cheap Quorums for Sleepy Replicas")
        assert [other.feed for other in story.also_in] == ["Hacker News"]


def links_of(story: Story) -> str:
    others = [other.url for other in story.also_in] + [other.url for other in story.related]
    return " ".join([story.url, *others])


class TestPeriod:
    def test_what_last_monday_had_is_no_story(self, made: Made) -> None:
        locks = [story for story in made.edition.stories if "file-locks" in story.url]
        assert all(story.brief for story in locks)
        (why,) = [line for line in made.why if "A field guide to file locks" in line]
        assert not why.startswith("waiting")

    def test_nothing_waits_for_the_next_edition(self, made: Made) -> None:
        assert [line for line in made.why if line.startswith("waiting")] == []

    def test_the_text_has_every_title(self, made: Made) -> None:
        text = " ".join(Templates().text(made.edition).split())
        wire = [entry for entry in made.draft.pending if "Meridian" in entry.feed_title]
        assert [entry.title for entry in wire if entry.title not in text] == []


class TestOrder:
    def test_the_lead_stands_on_top(self, edition: Edition) -> None:
        assert edition.lead == 0
        assert edition.sections[0].top
        assert edition.stories[0].title in edition.subject

    def test_what_three_feeds_tell_is_on_top_beside_what_is_watched(self, edition: Edition) -> None:
        top = edition.sections[0].stories
        assert any(story.watched for story in top)
        assert any(OUTAGE in titles_of(story) for story in top)

    def test_what_two_feeds_tell_is_no_line(self, edition: Edition) -> None:
        assert [story.title for story in edition.stories if story.brief and story.also_in] == []

    def test_contents_are_short(self, edition: Edition) -> None:
        body = document(Templates().html(edition)).find("body")
        assert len(body.find_class("entry")) <= 8

    def test_few_sections_are_of_one_line(self, edition: Edition) -> None:
        small = [
            section
            for section in edition.sections
            if len(section.stories) <= 2 and all(story.brief for story in section.stories)
        ]
        assert len(small) <= 1


class TestForms:
    def test_what_the_inbox_shows_says_nothing_twice(self, edition: Edition) -> None:
        (preheader,) = document(Templates().html(edition)).find("body").find_class("preheader")
        assert edition.stories[0].title not in preheader.text_content()
        assert edition.title not in preheader.text_content()

    def test_a_thread_has_few_replies(self, edition: Edition) -> None:
        opening, *replies = build_thread(edition)
        assert opening
        assert len(replies) <= 6

    def test_no_line_of_the_text_is_wider_than_78_columns(self, edition: Edition) -> None:
        text = Templates().text(edition)
        lines = [line for line in text.splitlines() if "https://" not in line]
        assert max(map(columns, lines)) in range(73, 79)


def columns(line: str) -> int:
    """How wide a terminal shows it; East Asian characters take two columns."""
    return sum(1 + (east_asian_width(character) in "WF") for character in line)


class TestFacts:
    def test_only_what_can_be_read_there_has_a_reading_time(self, everything: Edition) -> None:
        timed = {story.title for story in everything.stories if story.reading_minutes}
        assert timed <= {*LONG_ENOUGH, *RECORDED}

    def test_versions_say_of_what(self, everything: Edition) -> None:
        versions = [title for title in map(str, edition_titles(everything)) if is_version(title)]
        assert versions == []
        assert any(
            "tern" in title.lower() and "0.12.4" in title for title in edition_titles(everything)
        )

    def test_points_come_from_what_link_sites_write(self, made: Made) -> None:
        (keyboard,) = [entry for entry in made.draft.pending if "a church organ" in entry.title]
        assert {fact.name: fact.value for fact in keyboard.facts} == {"points": 214, "comments": 97}
        assert keyboard.discussion == "https://news.ycombinator.com/item?id=46110911"

    def test_the_link_of_a_reddit_post_is_its_story(self, made: Made) -> None:
        (released,) = [
            entry for entry in made.draft.pending if entry.title == "Larder 3.0 released"
        ]
        assert released.link == "https://github.com/larder-app/larder/releases/tag/v3.0.0"
        assert released.discussion.startswith("https://www.reddit.com/r/selfhosted/comments/")


def edition_titles(edition: Edition) -> list[str]:
    return [story.title for story in edition.stories]


def is_version(title: str) -> bool:
    return bool(re.fullmatch(r"v?\d+(\.\d+)+(-\w+(\.\d+)?)?", title))


class TestPosts:
    def test_a_post_says_its_text_once(self, everything: Edition) -> None:
        stories = document(Templates().html(everything)).find("body").find_class("story")
        seen = " ".join(cell.text_content() for cell in stories)
        assert seen.count("Photo of the day: patience, with feet.") == 1

    def test_no_picture_is_a_portrait_of_a_project(self, everything: Edition) -> None:
        pictured = [story.image for story in everything.stories if story.picture]
        assert [image for image in pictured if "avatars" in image] == []

    def test_a_comic_is_shown(self, everything: Edition) -> None:
        assert story_with(everything, "Compass").picture

    def test_a_news_site_has_pictures(self, made: Made) -> None:
        (booths,) = [entry for entry in made.draft.pending if "Libraries lend out" in entry.title]
        assert "media.theledger.example/8f2c/booth.jpg" in booths.image


class TestBoilerplate:
    @pytest.mark.parametrize("around", AROUND)
    def test_no_excerpt_has_what_stands_around_a_text(self, made: Made, around: str) -> None:
        assert [entry.title for entry in made.draft.pending if around in entry.excerpt] == []

    def test_mathematics_is_written_out(self, made: Made) -> None:
        assert [entry.title for entry in made.draft.pending if "$" in entry.excerpt] == []

    def test_of_many_authors_three_are_named(self, edition: Edition) -> None:
        seen = document(Templates().html(edition)).find("body").text_content()
        assert "Henrik Solheim" not in seen
        assert "et al." in seen
