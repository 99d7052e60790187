"""A flood is held, told of, and decided about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.test_daemon import event, wait_for
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project

FLOOD = 12


@pytest.fixture
def flooded(project: Project) -> Project:
    """A feed of which an edition was sent, and that then calls everything by another name."""
    project.feeds.replies["/feed"] = Reply(rss(*map(item, range(FLOOD))))
    project.configure("/feed", send_to="vault")
    project.json("send", "weekly")
    items = (item(n + 100, title=f"Story {n} again") for n in range(FLOOD))
    project.feeds.replies["/feed"] = Reply(rss(item(500), *items))
    polled = project.json("poll")
    assert [(one["outcome"], one["new"]) for one in polled["feeds"]] == [("held", FLOOD + 1)]
    return project


def test_nothing_is_held(project: Project) -> None:
    project.configure("/feed")
    assert project.json("held") == {"held": []}
    assert project.command("held").stdout == "Nothing is held.\n"


def test_what_is_held_is_shown_and_not_sent(flooded: Project) -> None:
    (held,) = flooded.json("held")["held"]
    assert (held["name"], held["entries"]) == ("A feed", FLOOD + 1)
    assert len(held["titles"]) == 3
    assert "and 10 more" in flooded.command("held").stdout
    assert flooded.json("send", "weekly")["edition"] is None
    (attention,) = flooded.json("status")["attention"]
    assert (attention["kind"], attention["name"]) == ("flood", "A feed")
    assert attention["message"].startswith("13 entries came at once")
    assert "Flood" not in flooded.command("status").stderr


def test_the_next_edition_names_what_is_held(flooded: Project) -> None:
    items = map(item, range(FLOOD))
    flooded.feeds.replies["/feed"] = Reply(rss(item(900, title="The day after"), *items))
    assert [one["new"] for one in flooded.json("poll")["feeds"]] == [1]
    for form in ("email", "text", "markdown", "slack"):
        shown = flooded.command("preview", "weekly", "--as", form).stdout
        assert "The day after" in shown
        assert "13 entries of A feed" in " ".join(shown.split())


def test_released_entries_are_sent_once(flooded: Project) -> None:
    assert flooded.json("held", "--release") == {"decision": "released", "entries": FLOOD + 1}
    assert flooded.json("held") == {"held": []}
    assert flooded.json("status")["attention"] == []
    assert flooded.json("send", "weekly")["entries"] == FLOOD + 1
    assert flooded.json("send", "weekly")["edition"] is None


def test_discarded_entries_are_known_and_never_sent(flooded: Project) -> None:
    done = flooded.command("held", "Some feed", "--discard")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no feed 'Some feed'; did you mean 'A feed'?" in done.stderr
    done = flooded.command("held", "A feed", "--discard")
    assert done.stdout == "13 entries discarded\n"
    assert flooded.json("status")["attention"] == []
    assert flooded.json("send", "weekly")["edition"] is None
    assert [one["new"] for one in flooded.json("poll")["feeds"]] == [0]


def test_both_decisions_at_once_are_none(flooded: Project) -> None:
    done = flooded.command("held", "--release", "--discard")
    assert (done.returncode, done.stderr) == (
        2,
        "digest: give --release or --discard, not both\n",
    )
    assert len(flooded.json("held")["held"]) == 1


def test_a_running_daemon_decides(flooded: Project) -> None:
    with flooded.daemon() as process:
        wait_for(process, event("started"))
        result = flooded.json("held", "A feed", "--release")
    assert result == {"decision": "released", "entries": FLOOD + 1}


def test_only_the_feeds_that_are_asked_for_are_shown(flooded: Project) -> None:
    url = f"{flooded.feeds.url}/feed"
    assert len(flooded.json("held", url)["held"]) == 1
    done = flooded.command("held", "nosuch")
    assert (done.returncode, done.stderr) == (
        2,
        "digest: there is no feed 'nosuch'; `digest feeds list` shows all there are\n",
    )
