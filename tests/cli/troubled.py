"""A project folder to which things have happened: what commands and examples are run in."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from digest.app.wiring import utc_now
from tests.cli.project import Project
from tests.feed_xml import item, rss
from tests.servers import HttpServer, MailServer, Reply, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.forked import Forking

CONFIG = """\
polling: {{allow_private_networks: true, per_host: 0}}
feeds:
  - {{url: "{feeds}/journal.xml", name: Field Journal, tags: [nature]}}
  - {{url: "{feeds}/news.xml", name: World Desk}}
  - {{url: "{feeds}/releases.xml", name: Release Log}}
smtp: {{host: 127.0.0.1, port: {port}, security: none, from: "Weekly <digest@example.com>"}}
channels:
  inbox: {{kind: email, to: [ada@example.com, grace@example.com]}}
  team: {{kind: slack, webhook_url: "{slack}/services/T0/B0/s3cret"}}
  folder: {{kind: file, path: "digests/{{digest}}-{{date}}.md"}}
digests:
  weekly:
    title: Weekly reading
    schedule: every monday at 09:00
    first_edition: 7d
    exclude: [sponsored]
    send_to: [inbox, team, folder]
"""
OPML = """\
<opml version="2.0"><body><outline text="Blogs">
<outline type="rss" text="A Blog" xmlUrl="https://blog.example.com/feed.xml"/>
</outline></body></opml>
"""
FLOOD = 12


@contextmanager
def troubled_project(folder: Path, forking: Forking) -> Iterator[Project]:
    """After a first edition that one recipient and Slack refused, and a poll in which much failed.

    Of three feeds one has something new, one fails, and one has brought a flood. The servers go on.
    """
    project = Project(folder, HttpServer(), MailServer(), HttpServer(), forking)
    with running(project.feeds, project.mail, project.slack):
        _first_edition(project)
        _later(project)
        yield project


def _first_edition(project: Project) -> None:
    now = utc_now()
    project.feeds.replies |= {
        "/journal.xml": _feed(
            "Field Journal",
            item(1, title="How owls hear", published=now - timedelta(days=1)),
            item(2, title="An old walk", published=now - timedelta(days=400)),
        ),
        "/news.xml": _feed("World Desk", item(11, title="A bridge opens", published=now)),
        "/releases.xml": _feed("Release Log", *map(item, range(100, 100 + FLOOD))),
    }
    project.mail.refuse_recipient = lambda to: "550 no such user" if "grace" in to else None
    project.slack.replies["/services/T0/B0/s3cret"] = Reply("no_service", 404)
    text = CONFIG.format(feeds=project.feeds.url, port=project.mail.port, slack=project.slack.url)
    (project.folder / "config.yaml").write_text(text, "utf-8")
    (project.folder / "feeds.opml").write_text(OPML, "utf-8")
    project.json("run", "--once", code=1)


def _later(project: Project) -> None:
    project.feeds.replies |= {
        "/journal.xml": _feed(
            "Field Journal",
            item(3, title="Where swifts sleep", published=utc_now()),
            item(4, title="Sponsored: an umbrella", published=utc_now()),
            item(1, title="How owls hear"),
        ),
        "/news.xml": Reply("down", 500),
        "/releases.xml": _feed(
            "Release Log", *(item(n, title=f"Renamed {n}") for n in range(200, 201 + FLOOD))
        ),
        "/extra.xml": _feed("Extra", item(50)),
        # What the documentation follows without a feed.
        "/news/": Reply(_example("page/news/first.html"), headers={"Content-Type": "text/html"}),
        "/api/quakes": Reply(_example("json/quakes/first.json")),
        "/": Reply(
            "<!DOCTYPE html><link rel=alternate type=application/rss+xml href=/journal.xml>"
        ),
    }
    project.json("poll", code=1)


def _example(path: str) -> str:
    return (Path(__file__).parents[1] / "feeds/sources" / path).read_text("utf-8")


def _feed(title: str, *items: str) -> Reply:
    return Reply(rss(*items, title=title))
