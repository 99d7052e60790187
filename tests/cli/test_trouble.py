"""Feeds in trouble: each a clear line in `status`, and none in the others' way."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from tests import limits
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project


def test_each_trouble_is_named_and_delays_nobody(project: Project) -> None:
    never = threading.Event()
    project.feeds.replies |= {
        "/good": Reply(rss(item(1), title="Good")),
        "/slow": Reply(rss(), hold=never),
        "/broken": Reply("no", status=500),
        "/page": Reply("<!DOCTYPE html><html><body>Welcome</body></html>"),
        "/huge": Reply(b"<rss>" + b" " * 200_000_000),
    }
    paths = ("/good", "/slow", "/broken", "/page", "/huge", "http://nowhere.invalid/feed")
    project.configure(*paths, timeout="2s")
    try:
        began = time.monotonic()
        result = project.json("run", "--once", code=1)
        took = time.monotonic() - began
    finally:
        never.set()
    outcomes = {feed["url"].rpartition("/")[2]: feed["outcome"] for feed in result["feeds"]}
    assert outcomes == {
        "good": "updated",
        "slow": "failed",
        "broken": "failed",
        "page": "failed",
        "huge": "failed",
        "feed": "failed",
    }
    assert [edition["entries"] for edition in result["editions"]] == [1]
    assert len(project.mail.mails) == 2
    assert took < limits.seconds(15)

    attention = {item["name"]: item["message"] for item in project.json("status")["attention"]}
    host = project.feeds.url.removeprefix("http://")
    assert attention.pop("nowhere.invalid").startswith("the host name does not resolve")
    assert set(attention) == {host}
    errors = {
        feed["url"].rpartition("/")[2]: feed["error"] for feed in project.json("status")["feeds"]
    }
    assert errors == {
        "good": None,
        "slow": "no whole answer within 2 s",
        "broken": "answered 500 Internal Server Error",
        "page": "is not a feed but a web page",
        "huge": "the body is larger than 10,000,000 bytes",
        "feed": "the host name does not resolve",
    }
    shown = project.command("status").stdout
    for error in filter(None, errors.values()):
        assert error in shown


def test_private_addresses_are_refused_unless_allowed(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed")
    path = project.folder / "config.yaml"
    allowed = path.read_text("utf-8")
    path.write_text(allowed.replace("allow_private_networks: true, ", ""), "utf-8")
    (feed,) = project.json("poll", code=1)["feeds"]
    assert feed["error"].startswith("127.0.0.1 is not a public address; set allow_private_networks")
    assert project.feeds.seen == []

    path.write_text(allowed, "utf-8")
    assert project.json("poll")["new"] == 1
