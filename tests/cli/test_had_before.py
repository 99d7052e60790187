"""A story that readers had, when another feed comes late with it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.feed_xml import NOW, item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project

LINK = "https://www.postgresql.example/about/news/19-released/"


def sections(project: Project) -> list[tuple[str, bool, bool]]:
    """Each story of the edition as it would be now: title, whether it is a line, and was had."""
    shown = project.json("preview", "weekly")
    return [
        (story["title"], story["brief"], story["had"] is not None)
        for section in shown["sections"]
        for story in section["stories"]
    ]


def test_a_link_that_an_edition_had_is_a_line_of_the_next(project: Project) -> None:
    project.feeds.replies["/early"] = Reply(
        rss(item(1, title="PostgreSQL 19 Released!", link=LINK))
    )
    project.configure("/early", send_to="vault")
    project.json("poll")
    assert sections(project) == [("PostgreSQL 19 Released!", False, False)]
    project.json("send", "weekly")

    late = item(2, title="The new PostgreSQL", link=f"{LINK}?utm_source=link-site")
    new = item(3, title="Something new", published=NOW - timedelta(days=2))
    project.feeds.replies["/late"] = Reply(rss(late, new))
    project.configure("/early", "/late", send_to="vault")
    project.json("poll")
    expected = [("Something new", False, False), ("The new PostgreSQL", True, True)]
    assert sections(project) == expected
    text = project.command("preview", "weekly", "--as", "text").stdout
    assert "The new PostgreSQL" in text
    assert "you had this on " in text
    subject = project.json("preview", "weekly")["subject"]
    assert subject == "Weekly reading: Something new, and 1 more"

    config = project.folder / "config.yaml"
    config.write_text(
        config.read_text("utf-8").replace("first_edition", "repeat_after: 0\n    first_edition"),
        "utf-8",
    )
    assert ("The new PostgreSQL", False, False) in sections(project)
