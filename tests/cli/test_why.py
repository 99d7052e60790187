"""`preview --why` and `explain` tell which rule acted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from digest.app.edition_reasons import explain_draft
from digest.editions.compose import Frame, compose
from digest.editions.filter import Judged
from digest.editions.select import Room, select
from digest.jobs.drafts import Draft
from tests.editions.entries import entry
from tests.feed_xml import NOW, item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.model import Entry
    from tests.cli.project import Project

RULES = """\
    include: [kubernetes, title:rust]
    exclude: [/sponsored/]
    watch: [kube*]
    max_entries: 1
    first_edition"""


@pytest.fixture
def ruled(project: Project) -> Project:
    items = [
        item(1, title="Kubernetes 1.35", published=NOW + timedelta(hours=1)),
        item(2, title="Rust news"),
        item(3, title="Rust for you", html="<p>This was <b>Sponsored</b> by them.</p>"),
        item(4, title="Go news", published=NOW - timedelta(hours=1)),
    ]
    project.feeds.replies["/feed"] = Reply(rss(*items))
    project.configure("/feed", send_to="vault")
    config = project.folder / "config.yaml"
    text = config.read_text("utf-8").replace("    first_edition", RULES, 1)
    config.write_text(text, "utf-8")
    project.json("poll")
    return project


def test_it_tells_people_and_programs_of_each_entry_and_changes_nothing(ruled: Project) -> None:
    expected = [
        "taken: Kubernetes 1.35 (A feed), in A feed; watched: kube*",
        "taken: Rust news (A feed), counted",
        "left out: Rust for you (A feed), exclude: /sponsored/",
        "left out: Go news (A feed), no include rule matches",
    ]
    assert ruled.command("preview", "weekly", "--why").stdout.splitlines() == expected
    ruled.command("preview", "weekly", "--why", "-o", "why.txt")
    assert (ruled.folder / "why.txt").read_text("utf-8").splitlines() == expected
    shown = ruled.json("preview", "weekly", "--why")
    assert shown["held_back"] == 0
    assert [(one["fate"], one["rule"], one["watched"]) for one in shown["entries"]] == [
        ("taken", "", ["kube*"]),
        ("taken", "", []),
        ("left out", "exclude: /sponsored/", []),
        ("left out", "no include rule matches", []),
    ]
    first = shown["entries"][0]
    assert (first["section"], first["story"]) == ("A feed", "Kubernetes 1.35")
    assert [one["shown_as"] for one in shown["entries"]] == ["story", "counted", None, None]
    assert first["url"] == "https://site.example/1"


def test_an_entry_that_is_left_out_stays_so_and_is_explained(ruled: Project) -> None:
    def messages(title: str) -> list[tuple[str, str]]:
        (match,) = ruled.json("explain", title)["matches"]
        return [(one["state"], one["message"]) for one in match["digests"]]

    excluded = [("left out", "left out by exclude: /sponsored/")]
    assert messages("Rust for you") == excluded
    ruled.json("send", "weekly")
    config = ruled.folder / "config.yaml"
    config.write_text(config.read_text("utf-8").replace(RULES, "    first_edition"), "utf-8")
    assert messages("Rust for you") == excluded
    assert messages("Go news") == [("left out", "left out, since no include rule matches")]
    ((state, message),) = messages("Rust news")
    assert (state, message.partition("; ")[0][-9:]) == ("taken", ", counted")


def draft_of(*pending: Entry, names: Mapping[str, str | None]) -> Draft:
    frame = Frame(
        digest="d",
        title="D",
        timezone="UTC",
        period_from=None,
        period_to=NOW,
        composed_at=NOW,
        names=names,
    )
    return Draft(compose(frame, select(pending, Room(9))), pending, Judged(pending, {}, {}))


def test_an_entry_may_be_in_the_story_of_another() -> None:
    link = "https://x.example/1"
    names = {"https://a.example/": "A", "https://b.example/": None}
    pending = (entry(1, link=link), entry(2, "b", link=link, words=900, feed_title="B"))
    draft = draft_of(*pending, names=names)
    assert [why.line for why in explain_draft(draft, names, {})] == [
        "taken: Story 2 (B), in B",
        "taken: Story 1 (A), in B, with Story 2",
    ]


def test_a_link_of_a_feed_stands_once_and_nothing_is_lost() -> None:
    link = "https://x.example/live"
    names = {"https://a.example/": "A"}
    titles = {4: "Two missing", 3: "Storm", 2: "Two missing", 1: "Storm"}
    pending = [
        entry(number, link=f"{link}?xtor=RSS-{number}", title=title, hours_ago=5 - number)
        for number, title in titles.items()
    ]
    draft = draft_of(*pending, names=names)
    (story,) = draft.edition.stories
    assert (story.title, story.entries) == ("Two missing", (4, 3, 2, 1))
    assert [(other.title, other.url) for other in story.related] == [("Storm", "")]
    first, *older = explain_draft(draft, names, {})
    assert first.copy_of == ""
    assert {why.copy_of for why in older} == {"Two missing"}
    assert older[0].line == (
        "taken: Storm (A), in A, as Two missing, which is newer and has the same link"
    )
