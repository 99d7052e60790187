"""`explain` answers why an entry arrived, or did not."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.model import Fact
from digest.store.feedback import VoteOn
from tests.databases import store_at
from tests.feed_xml import NOW, item, rss
from tests.servers import Reply
from tests.store import build

if TYPE_CHECKING:
    from tests.cli.project import Project

OLD = NOW - timedelta(days=400)


def explained(project: Project, text: str) -> list[dict[str, Any]]:
    matches: list[dict[str, Any]] = project.json("explain", text)["matches"]
    return matches


def verdicts(project: Project, text: str) -> list[str]:
    return [one["state"] for match in explained(project, text) for one in match["digests"]]


@pytest.fixture
def polled(project: Project) -> Project:
    project.feeds.replies["/feed"] = Reply(
        rss(item(1), item(2, published=OLD), item(3, published=None))
    )
    project.configure("/feed", send_to="vault", first_edition="30d")
    project.json("poll")
    return project


def test_the_next_edition_will_have_it(polled: Project) -> None:
    (match,) = explained(polled, "https://site.example/1")
    assert (match["title"], match["key"]) == ("Story 1", "guid:https://site.example/id/1")
    assert (match["in_feed"], match["in_first_body"]) == (True, True)
    assert match["digests"][0]["message"] == "will be in the next edition, as a story"
    assert match["digests"][0]["shown_as"] == "story"


def test_an_edition_took_it(polled: Project) -> None:
    polled.json("send", "weekly")
    (verdict,) = explained(polled, "Story 1")[0]["digests"]
    assert (verdict["state"], verdict["edition"]) == ("taken", 1)
    assert verdict["message"].startswith("in edition 1 of ")
    assert verdict["message"].endswith("md): sent")


def test_what_readers_said_is_named_before_and_after(polled: Project) -> None:
    config = polled.folder / "config.yaml"
    text = config.read_text("utf-8").replace(
        "    first_edition", "    feedback: on\n    first_edition"
    )
    config.write_text(f"{text}\nweb: {{public_url: https://digest.example.com}}\n", "utf-8")
    with closing(store_at(polled.folder / "data" / "digest.db")) as store:
        (record,) = store.explaining.find("Story 1", 1)
        for reader in ("ada@example.com", "grace@example.com"):
            vote = VoteOn("weekly", "vault", reader, record.id)
            store.feedback.put(vote, "more", datetime.now(UTC))
    for _ in range(2):
        (verdict,) = explained(polled, "Story 1")[0]["digests"]
        assert ", as a story, 2 readers wanted more like this" in verdict["message"]
        polled.json("send", "weekly")


def test_a_weekly_edition_has_it_too(polled: Project) -> None:
    polled.json("send", "weekly")
    with closing(store_at(polled.folder / "data" / "digest.db")) as store:
        (record,) = store.explaining.find("Story 1", 1)
        build.publish(store, record.id, digest="weekly.weekly")
    first, weekly = explained(polled, "Story 1")[0]["digests"]
    assert (first["digest"], first["edition"]) == ("weekly", 1)
    assert (weekly["digest"], weekly["state"], weekly["edition"]) == ("weekly.weekly", "taken", 2)
    assert "inbox (ada@example.com): pending" in weekly["message"]


@pytest.mark.parametrize(
    ("text", "why"), [("Story 2", "first_edition reaches back to"), ("Story 3", "has no date")]
)
def test_it_was_there_before(polled: Project, text: str, why: str) -> None:
    (verdict,) = explained(polled, text)[0]["digests"]
    assert verdict["state"] == "baseline"
    assert why in verdict["message"]


def test_nothing_from_before_was_wanted(polled: Project) -> None:
    config = polled.folder / "config.yaml"
    text = config.read_text("utf-8").replace("first_edition: 30d", "first_edition: 0")
    config.write_text(text.replace("weekly:", "other:"), "utf-8")
    polled.json("poll")
    (verdict,) = explained(polled, "Story 1")[0]["digests"]
    assert (verdict["digest"], verdict["state"]) == ("other", "baseline")
    assert "takes nothing from then" in verdict["message"]


def test_there_was_no_room_for_it(polled: Project) -> None:
    config = polled.folder / "config.yaml"
    little = config.read_text("utf-8").replace("first_edition", "max_entries: 1\n    first_edition")
    newer = item(4, published=NOW + timedelta(hours=1))
    polled.feeds.replies["/feed"] = Reply(rss(newer, item(1)))
    polled.json("poll")
    for overflow, state, shown_as in (
        ("next", "waiting", None),
        ("drop", "left out", None),
        ("list", "next", "counted"),
    ):
        text = little.replace("max_entries", f"overflow: {overflow}\n    max_entries")
        config.write_text(text, "utf-8")
        (verdict,) = explained(polled, "Story 1")[0]["digests"]
        assert (verdict["state"], verdict["shown_as"]) == (state, shown_as)
        assert verdicts(polled, "Story 4") == ["next"]
    polled.json("send", "weekly")
    (verdict,) = explained(polled, "Story 1")[0]["digests"]
    assert (verdict["state"], verdict["edition"], verdict["shown_as"]) == ("taken", 1, "counted")
    assert ", counted; vault" in verdict["message"]
    assert ", as a story; vault" in explained(polled, "Story 4")[0]["digests"][0]["message"]


def test_it_waits_for_points_or_had_too_few(project: Project) -> None:
    project.configure("https://news.example/", send_to="vault")
    config, url = project.folder / "config.yaml", "hackernews:best"
    listed = "- {kind: hackernews, list: best, min_points: 100}"
    text = config.read_text("utf-8").replace("- https://news.example/", listed)
    config.write_text(text, "utf-8")
    (project.folder / "data").mkdir(exist_ok=True)
    with closing(store_at(project.folder / "data" / "digest.db")) as store:
        now = datetime.now(UTC)
        store.schedules.plan([build.plan_of(feeds=(url,), next_edition_at=now + build.WEEK)], now)
        for title, points, hours in (("Old", 40, 49), ("Young", 99, 47), ("High", 100, 1)):
            entry = replace(build.entry(title, now), facts=(Fact("points", points),))
            build.learn(store, entry, url=url, now=now - timedelta(hours=hours))
    found = {match["title"]: match["digests"][0] for match in explained(project, "site.example")}
    assert {title: (verdict["state"], verdict["message"]) for title, verdict in found.items()} == {
        "Old": ("left out", "left out, since it had 40 points after 48 h; min_points is 100"),
        "Young": ("waiting", "has 99 points; min_points is 100; waits up to 48 h"),
        "High": ("next", "will be in the next edition, as a story"),
    }


def test_an_earlier_edition_had_its_link(polled: Project) -> None:
    polled.json("send", "weekly")
    again = item(11, link="https://www.site.example/1?utm_source=other", title="Story 1 again")
    polled.feeds.replies["/feed"] = Reply(rss(again))
    polled.json("poll")
    (verdict,) = explained(polled, "Story 1 again")[0]["digests"]
    assert (verdict["state"], verdict["message"]) == (
        "left out",
        "left out, since an earlier edition had its link, and there is nothing else",
    )
    polled.feeds.replies["/feed"] = Reply(rss(again, item(12)))
    polled.json("poll")
    (verdict,) = explained(polled, "Story 1 again")[0]["digests"]
    assert (verdict["state"], verdict["shown_as"]) == ("next", "line")
    assert ", as a line, since the edition of 20" in verdict["message"]
    why = polled.command("preview", "weekly", "--why").stdout
    assert "Story 1 again (A feed), in A feed, as a line, since the edition of 20" in why


def test_it_was_held_with_a_flood(polled: Project) -> None:
    polled.feeds.replies["/feed"] = Reply(rss(*(item(n) for n in range(100, 112))))
    polled.json("poll")
    assert verdicts(polled, "Story 100") == ["held"]
    polled.json("held", "--discard")
    assert verdicts(polled, "Story 100") == ["discarded"]


def test_where_it_is_now_and_that_it_was_edited(polled: Project) -> None:
    polled.feeds.replies["/feed"] = Reply(rss(item(2, title="Story 2, mended", published=OLD)))
    polled.json("poll")
    shown = polled.command("explain", "story").stdout
    assert "Story 2, mended" in shown
    assert "and is there still" in shown
    assert "last edited" in shown
    assert "and is gone from the feed since" in shown
    (gone,) = explained(polled, "Story 1")
    assert not gone["in_feed"]


@pytest.mark.parametrize(
    "address",
    [
        "http://SITE.example/1/?utm_source=mail",
        "https://site.example/id/1",
        "guid:https://site.example/id/1",
    ],
)
def test_every_form_of_an_address_finds_it(polled: Project, address: str) -> None:
    assert [one["title"] for one in explained(polled, address)] == ["Story 1"]


def test_wildcards_are_text(polled: Project) -> None:
    assert polled.json("explain", "%", code=1)["matches"] == []
    assert polled.json("explain", "Story_1", code=1)["matches"] == []


def test_no_feed_had_it_and_which_fail(polled: Project) -> None:
    polled.feeds.replies["/feed"] = Reply("oops", 500)
    polled.json("poll", code=1)
    done = polled.command("explain", "never heard of")
    assert done.returncode == 1
    assert "No entry matches 'never heard of'" in done.stdout
    assert "! failing: A feed: answered 500" in done.stdout
    config = polled.folder / "config.yaml"
    url = f"{polled.feeds.url}/feed"
    text = config.read_text("utf-8").replace(f"- {url}\n", f"- {{url: '{url}', name: Mine}}\n")
    config.write_text(text, "utf-8")
    told = polled.command("explain", "never heard of").stdout
    assert "! failing: Mine: answered 500" in told


def test_no_feed_had_it_and_which_brought_too_much(polled: Project) -> None:
    config = polled.folder / "config.yaml"
    text = config.read_text("utf-8").replace("polling: {", "polling: {daily_entries: 1, ", 1)
    config.write_text(text, "utf-8")
    polled.feeds.replies["/feed"] = Reply(rss(*(item(number) for number in range(10, 14))))
    polled.json("poll")
    done = polled.command("explain", "Story 10")
    assert done.returncode == 1
    assert "! over its quota: A feed: brings more than is kept of a feed in a day" in done.stdout
    assert "3 new entries stay in the feed until the next day" in done.stdout
    assert "! outran its polls, last 20" in done.stdout


def test_before_anything_was_polled(project: Project) -> None:
    project.configure("/feed")
    done = project.command("explain", "x")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "not there yet" in done.stderr


def test_a_feed_that_no_digest_takes(polled: Project) -> None:
    config = polled.folder / "config.yaml"
    other = f"  - {{url: {polled.feeds.url}/other, tags: [other]}}\n"
    text = config.read_text("utf-8").replace("smtp:", f"{other}smtp:")
    config.write_text(text.replace("send_to: [vault]", "feeds: [tag:other]\n    send_to: [vault]"))
    assert "no digest takes this feed" in polled.command("explain", "Story 1").stdout


def test_an_id_with_control_characters_does_nothing_to_the_terminal(project: Project) -> None:
    item = {"id": "\x1b]0;owned\x07\nweekly: in edition 1", "title": "Odd", "content_text": "x"}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "A feed", "items": [item]}
    project.feeds.replies["/feed"] = Reply(json.dumps(feed))
    project.configure("/feed")
    project.json("poll")
    shown = project.command("explain", "Odd").stdout
    assert "known as guid: ]0;owned weekly: in edition 1" in shown
    assert not any(ord(character) < 32 for character in shown.replace("\n", ""))
