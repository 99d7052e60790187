"""A Slack message as one text, for where its blocks were refused."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from digest.model import AlsoIn, Edition, More, Section
from digest.rendering.slack.messages import build_messages, build_thread
from digest.rendering.slack.plain import plain_message
from tests.rendering.samples import edition, ordinary, story
from tests.rendering.slack_limits import JSON, lines
from tests.rendering.slack_samples import of_many, rich, rich_editions


def plain_text(message: dict[str, Any]) -> str:
    plain = plain_message(message)
    assert plain is not None
    assert set(plain) == {"text", "mrkdwn", "unfurl_links", "unfurl_media"}
    assert (plain["unfurl_links"], plain["unfurl_media"]) == (False, False)
    assert plain_message(plain) is None
    text: str = plain["text"]
    return text


@pytest.mark.slow
@given(rich_editions())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=15)
def test_it_has_each_story_once_and_pings_and_formats_nothing(edition: Edition) -> None:
    numbers = [str(n) for n in range(1, len(edition.stories) + 1)]
    assert numbers_in(build_messages(edition)) == numbers
    thread = build_thread(edition)
    threaded = numbers_in(thread)
    assert threaded == numbers[: len(threaded)]
    # What six replies have no room for is counted.
    assert threaded == numbers or len(thread) == 7


def numbers_in(messages: list[dict[str, Any]]) -> list[str]:
    """The numbers of the stories, in order, of messages that ping nobody and format nothing."""
    found = []
    for message in messages:
        text = plain_text(message)
        # Links of ours are all that is marked up.
        links = re.findall(r"<[^<>|]*\|[^<>|]*>", text)
        assert text.count("<") == text.count(">") == len(links)
        assert not [link for link in links if link.startswith(("<!", "<@", "<#"))]
        assert "`" not in text
        # Nothing of a feed begins a line.
        for line in text.splitlines():
            assert line[:1] not in {" ", "&", "-"} or line.startswith("    ◦")
        found += re.findall(r"(?:^|◦ |• )(?:<[^|>]*\||\*)#(\d+):", text, re.MULTILINE)
    return found


def test_it_reads_well() -> None:
    url = "https://site.example/?a=1&b=<|>"
    odd = story(1, title="A <!channel> | *b*", url=url, excerpt="Words.")
    also = story(2, also_in=(AlsoIn("Other", "https://other.example/"),), excerpt="")
    [message] = build_messages(edition(odd, also))
    head, note, _, feed, first, second = plain_text(message).splitlines()
    assert (head, feed) == ("*Weekly reading*", "*A feed*")
    assert "2 stories" in note
    assert first == (
        "• <https://site.example/?a=1&amp;b=%3C%7C%3E|A &lt;!channel&gt; ¦ ∗b∗>"
        " · Ada · Monday · 4\u00a0min — Words."
    )
    assert second == (
        "• <https://site.example/2|Story 2> · Ada · Monday · 4\u00a0min · also in <https://other.example/|Other>"
    )


def test_it_has_every_kind_of_block() -> None:
    text = plain_text(build_messages(rich())[0])
    assert "\n— The ferry between the two islands" in text
    assert " — Related: <https://desk.example/move|How to move from protocol 1" in text
    assert "\n• *Kubernetes*\n    ◦ <https://site.example/7|Kubernetes 1.40 freezes>" in text
    assert "\nand 12 more from <https://harbor.example/|Harbor Notes>" in text
    assert text.endswith("The next edition is due on Monday, 23 November at 10:00.")


def test_excerpts_go_where_they_do_not_fit_but_not_what_is_like_a_story() -> None:
    [message] = build_messages(rich())
    for element in (each for line in lines(message) for each in line):
        element["text"] = element["text"].replace("\nWhat", "\n" + "word " * 800)
    text = plain_text(message)
    assert len(text) < 4_000
    assert "word word" not in text
    assert "The ferry between" not in text
    assert "Related: <https://desk.example/move|" in text


@pytest.mark.parametrize("made", [ordinary(80), of_many(80), ordinary(25)])
def test_it_fits(made: Edition) -> None:
    for message in build_messages(made):
        assert len(json.dumps(plain_message(message))) < JSON


def test_a_line_that_begins_with_the_name_of_a_feed_is_no_quotation() -> None:
    more = (More("> quoted", "", 3),)
    section = Section("News", (story(1),), more=more)
    [message] = build_messages(edition(sections=(section,), language="ja"))
    assert "\n— &gt; quotedからほか3件" in plain_text(message)


def test_nothing_new() -> None:
    [message] = build_messages(edition())
    assert plain_text(message).splitlines()[-1] == "Nothing new this time."
