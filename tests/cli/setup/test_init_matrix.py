"""`digest init` for Matrix, on a real terminal, against a homeserver's stand-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from digest.config import load_settings
from tests.channels.matrix.homeserver import ROOM, TOKEN, Homeserver
from tests.cli.terminal import on_terminal
from tests.feed_xml import item, rss
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.project import Project


@pytest.fixture
def server() -> Iterator[HttpServer]:
    server = HttpServer()
    with running(server):
        yield server


@pytest.fixture
def home(server: HttpServer) -> Homeserver:
    server.service = Homeserver()
    return server.service


@pytest.fixture
def site(project: Project) -> Project:
    project.feeds.replies["/feed"] = Reply(rss(item(1, published=datetime.now(UTC))))
    return project


def feed(site: Project) -> tuple[str, ...]:
    return ("--feed", f"{site.feeds.url}/feed", "--allow-private-networks")


@pytest.mark.slow
def test_it_asks_for_homeserver_token_and_room(
    site: Project, server: HttpServer, home: Homeserver
) -> None:
    arguments = ("init", *feed(site))
    with on_terminal(site.forking, site.folder, *arguments, TZ="Europe/Berlin") as screen:
        screen.answer("One or more [1]:", "matrix")
        screen.expect("In Element, log in as an account for the digest.")
        screen.answer("The homeserver's address:", server.url)
        screen.answer("The access token (not shown):", TOKEN)
        screen.expect("Invite the account to the room")
        screen.answer("The room's id:", "news")
        screen.expect("must be the id of a room")
        screen.answer("The room's id:", ROOM)
        screen.expect("the token is that of @digest:example.org")
        screen.answer("Post a line there, to see it? [Y/n]:")
        screen.answer("When [daily at 09:00]:")
        screen.answer("Time zone [Europe/Berlin]:")
        screen.answer("to see how all is? [y/N]:")
        assert screen.finish() == 0
    assert TOKEN not in screen.shown + (site.folder / "config.yaml").read_text()
    made = load_settings(site.folder / "config.yaml", {})
    assert made.channels["room"].model_dump()["room"] == ROOM
    [greeting] = home.events
    assert greeting["msgtype"] == "m.notice"
