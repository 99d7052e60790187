"""Posts without titles: what is read of them, and how each form shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.model import Picture
from digest.rendering.dialects import COMMON
from digest.rendering.entry_text import POST_CHARACTERS
from digest.rendering.messages import edition_messages
from digest.rendering.parts import Limit
from digest.rendering.phrases import age
from digest.rendering.slack.messages import build_messages
from digest.rendering.slack.plain import plain_message
from digest.rendering.templates import THEMES, Templates
from tests.rendering.markup import document
from tests.rendering.samples import NOW, edition, story
from tests.rendering.test_clean import PAGE, cleaned

if TYPE_CHECKING:
    from digest.config.looks import Theme
    from digest.model import Edition, Story

TEXT = "Feels like cheating, honestly. Nothing to install."
LINK = "https://m.example/@jane/115630000000000005"
HERON = Picture("https://files.example/heron.jpg", 1200, 800)


def post(**changes: object) -> Story:
    return replace(
        story(1),
        **{
            "title": TEXT,
            "excerpt": TEXT,
            "url": LINK,
            "author": "Jane",
            "untitled": True,
            **changes,
        },
    )


def slack_text(whole: Edition) -> str:
    messages = [plain_message(message) for message in build_messages(whole)]
    return "\n".join(message["text"] for message in messages if message)


def markdown_text(whole: Edition) -> str:
    return "\n".join(edition_messages(COMMON, whole, [Limit(len, 2_000)]))


class TestReading:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            ("<p>🎉🎉🎉</p>", "🎉🎉🎉"),
            ("<p>By Jane</p>", "By Jane"),
            ("<p>One.</p><p>Two.</p>", "One. Two."),
            (
                (
                    '<p><a href="https://til.example.net/a"><span>https://</span><span>til.example.net/'
                    "databases/2026</span><span>-11-26-a-note-on-logs</span></a></p>"
                ),
                "til.example.net/databases/2026-…",
            ),
        ],
    )
    def test_what_a_post_says_is_its_text(self, html: str, text: str) -> None:
        entry = cleaned(html, title="", link=LINK)
        assert entry.title == entry.excerpt == text

    def test_short_addresses_are_whole(self) -> None:
        assert cleaned("<p>See https://a.example/b.</p>", title="").excerpt.endswith("a.example/b.")

    def test_its_title_is_its_first_words(self) -> None:
        entry = cleaned(f"<p>{'Many words of it ' * 40}</p>", title="")
        assert entry.title.endswith(" words…")
        assert len(entry.title) <= 80
        assert len(entry.title) < len(entry.excerpt) <= POST_CHARACTERS

    @pytest.mark.parametrize("title", ["https://m.example/x", "Untitled", "(no title)", "42"])
    def test_some_titles_are_none(self, title: str) -> None:
        link = "https://m.example/@jane/42"
        assert cleaned("<p>What it says.</p>", title=title, link=link).title == "What it says."

    def test_a_number_may_be_a_title(self) -> None:
        assert cleaned("<p>What it says.</p>", title="1984").title == "1984"

    def test_a_title_that_is_the_whole_text_is_none(self) -> None:
        words = "It goes on and on, and says what it says. " * 6
        entry = cleaned(f"<p>{words}</p>", title=words.strip())
        assert len(entry.title) <= 80
        assert entry.excerpt.startswith(entry.title)

    @pytest.mark.parametrize(
        ("link", "title"),
        [
            ("https://m.example/@jane/112", "m.example"),
            ("https://m.example/notes/a3f09c", "m.example"),
            ("https://m.example/notes/bread-and-butter", "bread and butter"),
            (PAGE, "post.html"),
        ],
    )
    def test_what_says_nothing_goes_by_words_and_no_number(self, link: str, title: str) -> None:
        assert cleaned("", title="", link=link).title == title


@pytest.mark.parametrize("theme", THEMES)
class TestInEmails:
    def test_the_text_is_there_once_and_the_date_is_the_link(self, theme: Theme) -> None:
        body = document(Templates(theme=theme).html(edition(post()))).find("body")
        (cell,) = body.find_class("story")
        assert cell.text_content().count(TEXT) == 1
        assert not cell.find_class("headline")
        assert "Jane" in cell.text_content()
        (link,) = [link for link in cell.iter("a") if link.get("href") == LINK]
        assert link.text == age(NOW, edition())

    def test_without_a_date_the_link_says_where_it_is(self, theme: Theme) -> None:
        html = Templates(theme=theme).html(edition(post(published=None)))
        (link,) = [link for link in document(html).iter("a") if link.get("href") == LINK]
        assert link.text == "m.example"

    def test_its_picture_is_shown_whole(self, theme: Theme) -> None:
        html = Templates(theme=theme).html(edition(post(picture=HERON, pictorial=True)))
        (img,) = document(html).find("body").iter("img")
        width, height = int(img.get("width")), int(img.get("height"))
        assert width <= 600
        assert width * 800 == pytest.approx(height * 1200, rel=0.01)

    def test_a_comic_keeps_its_headline(self, theme: Theme) -> None:
        comic = replace(story(1), title="Compass", picture=HERON, pictorial=True)
        (cell,) = document(Templates(theme=theme).html(edition(comic))).find_class("story")
        assert len(cell.find_class("wide")) == 1
        assert [headline.text_content() for headline in cell.find_class("headline")] == ["Compass"]

    def test_in_a_list_its_first_words_are_the_link(self, theme: Theme) -> None:
        html = Templates(theme=theme).html(edition(story(2), post(brief=True)))
        (line,) = document(html).find_class("line")
        assert line.text_content().count(TEXT) == 1
        assert line.find("a").get("href") == LINK


class TestElsewhere:
    def test_text(self) -> None:
        text = Templates().text(edition(post()))
        assert text.count(TEXT) == 1
        assert text.count(LINK) == 1
        assert f"Jane · {age(NOW, edition())}" in text

    def test_markdown(self) -> None:
        text = Templates().markdown(edition(post()))
        assert text.count(TEXT) == 1
        assert f"](<{LINK}>)" in text
        assert "###" not in text

    @pytest.mark.parametrize("form", [slack_text, markdown_text])
    def test_chat(self, form: object) -> None:
        text = form(edition(post()))  # type: ignore[operator]
        assert text.count(TEXT) == 1
        assert text.count(LINK) == 1
        assert text.index(TEXT) < text.index("Jane") < text.index(LINK)

    def test_slack_shows_its_picture_beside_the_text(self) -> None:
        (message,) = build_messages(edition(post(picture=HERON)))
        (section,) = [block for block in message["blocks"] if "accessory" in block]
        assert section["text"]["text"] == TEXT
        assert LINK in str(message["blocks"])

    def test_the_whole_text_is_there_once_too(self) -> None:
        whole = edition(post(html=f"<p>{TEXT}</p><p>And more.</p>"))
        for text in (Templates().text(whole), Templates().markdown(whole)):
            assert text.count("Nothing to install.") == 1
            assert "And more." in text


def test_a_date_is_whole_in_a_file() -> None:
    at = datetime(2026, 11, 16, 8, tzinfo=UTC)
    assert "[16 November 2026]" in Templates().markdown(edition(post(published=at)))
