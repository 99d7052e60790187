"""An ordinary week of 25 feeds, and the edition of it in each form.

What is expected is in `expected/`: `edition.txt` has what was decided, with the reasons that
`digest preview --why` gives, and the other files what a reader sees of each form, without markup.
To make these files anew, run

    UPDATE_GOLDEN=1 pytest tests/editions/week

and read what changed before it is accepted. UPDATE_DOCS=1 writes the last
section of docs/editing.md.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.feeds.parsing import fast, tolerant
from digest.rendering.email.fit import MOST_BYTES, fit
from digest.rendering.email.mime import encoded_size
from digest.rendering.slack.messages import build_messages, build_thread
from digest.rendering.templates import THEMES, Templates
from tests.editions import week
from tests.editions.week.before_after import before_and_after
from tests.editions.week.outlines import decisions, outlines
from tests.rendering.checker import complaints
from tests.rendering.slack_limits import assert_acceptable

if TYPE_CHECKING:
    from digest.config.looks import Theme
    from digest.model import Edition
    from tests.editions.week.conftest import Made

ROOT = Path(__file__).parents[3]
MARK = "<!-- generated from an ordinary week -->\n"
EXPECTED = Path(__file__).parent / "expected"
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
FORMS = (*THEMES, "text", "markdown", "slack", "slack-thread", "discord")
FEEDS = {feed["name"]: feed for feed in week.feeds()}
XML = [name for name, feed in FEEDS.items() if not feed["shape"].endswith(".json")]


@pytest.fixture(scope="module")
def seen(edition: Edition) -> dict[str, str]:
    return outlines(edition)


def check(name: str, text: str) -> None:
    path = EXPECTED / f"{name}.txt"
    if UPDATE:
        path.write_text(text, "utf-8", newline="")
    assert text == path.read_bytes().decode()


def test_there_are_25_feeds_and_one_is_a_wire_of_a_hundred() -> None:
    assert len(FEEDS) == 25
    in_the_week = {
        name: sum(entry["at"] >= week.BEFORE for entry in feed["entries"])
        for name, feed in FEEDS.items()
    }
    assert in_the_week["21-meridian-wire"] == 100
    assert in_the_week["22-saltgrass"] == 1
    assert min(in_the_week.values()) == 1


@pytest.mark.parametrize("name", XML)
def test_both_parsers_read_a_feed_alike(name: str) -> None:
    feed = FEEDS[name]
    body = week.body(feed)
    parsed = tolerant.parse(body, feed["asked"])
    assert fast.parse(body, feed["asked"]) in {None, parsed}
    assert len(parsed.entries) == len(feed["entries"])
    assert all(entry.link and entry.published for entry in parsed.entries)


def test_the_fast_parser_has_no_rule_for_one_at_most() -> None:
    bodies = {FEEDS[name]["asked"]: week.body(FEEDS[name]) for name in XML}
    assert sum(fast.parse(body, url) is None for url, body in bodies.items()) <= 1


def test_the_edition_is_decided_as_before(made: Made) -> None:
    check("edition", decisions(made.edition, made.draft, made.why))


@pytest.mark.parametrize("form", FORMS)
def test_a_reader_sees_what_was_decided(seen: dict[str, str], form: str) -> None:
    check(form, seen[form])


def test_the_docs_show_what_becomes_of_it(made: Made) -> None:
    path = ROOT / "docs/editing.md"
    head = path.read_text("utf-8").partition(MARK)[0]
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(f"{head}{MARK}\n{before_and_after(made)}", "utf-8")
    assert path.read_text("utf-8") == f"{head}{MARK}\n{before_and_after(made)}"


def test_nothing_else_is_expected() -> None:
    assert {path.stem for path in EXPECTED.iterdir()} == {"edition", *FORMS}


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_is_an_email_that_fits(edition: Edition, theme: Theme) -> None:
    templates = Templates(theme=theme)
    html = fit(edition, templates.html)[1]
    assert complaints(html) == []
    assert encoded_size(html) <= MOST_BYTES


def test_slack_takes_the_posts(edition: Edition) -> None:
    for message in (*build_messages(edition), *build_thread(edition)):
        assert_acceptable(message)
