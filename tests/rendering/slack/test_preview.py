"""Slack messages, and all forms of an edition, as pages to look at."""

from __future__ import annotations

import pytest

from digest.rendering.side_by_side import side_by_side
from digest.rendering.slack.messages import build_messages, build_thread
from digest.rendering.slack.preview import slack_page
from digest.rendering.templates import Templates
from tests.rendering.markup import document
from tests.rendering.samples import edition, story
from tests.rendering.slack_limits import texts
from tests.rendering.slack_samples import PICTURE, of_many, rich

EVIL = '"><script>alert(1)</script>'


@pytest.mark.parametrize("threaded", [False, True])
def test_a_page_has_every_word_and_link_of_the_messages(threaded: bool) -> None:
    messages = (build_thread if threaded else build_messages)(rich())
    page = document(slack_page(messages, threaded=threaded))

    shown = " ".join(page.text_content().split())
    for message in messages:
        for text in texts(message["blocks"]):
            assert " ".join(text.split()) in shown
    assert page.xpath("//img/@src") == [PICTURE.url]
    assert "https://harbor.example/" in page.xpath("//a/@href")
    assert len(page.xpath("//div[@class='message']")) == len(messages)
    replies = page.xpath("//div[@class='replies']//div[@class='message']")
    assert len(replies) == (len(messages) - 1 if threaded else 0)


def test_many_posts_are_below_each_other() -> None:
    messages = build_messages(of_many(80))
    page = document(slack_page(messages))

    assert len(page.xpath("//div[@class='message']")) == len(messages) > 1
    assert page.xpath("//div[@class='replies']") == []


def test_a_page_runs_nothing_that_a_feed_says() -> None:
    bad = story(title=EVIL, url="javascript:alert(1)", feed=EVIL, excerpt=EVIL, picture=PICTURE)
    made = edition(bad, title=EVIL, subject=EVIL)
    slack = slack_page(build_messages(made))
    page = side_by_side(made.subject, {"Email": Templates().html(made), "Slack": slack}, EVIL)

    for shown in (document(slack), document(page)):
        assert shown.xpath("//script") == []
        assert not [url for url in shown.xpath("//a/@href") if url.startswith("javascript")]
    for frame in document(page).xpath("//iframe"):
        assert "allow-scripts" not in frame.get("sandbox").split()
        assert document(frame.get("srcdoc")).xpath("//script") == []


def test_three_forms_are_on_one_page_that_needs_no_other_file() -> None:
    made = rich()
    email, text = Templates().html(made), Templates().text(made)
    pages = {"Email": email, "Slack": slack_page(build_messages(made))}
    page = document(side_by_side(made.subject, pages, text))

    frames = page.xpath("//iframe")
    assert [frame.get("title") for frame in frames] == ["Email", "Slack"]
    assert all("Why the night ferry" in frame.get("srcdoc") for frame in frames)
    assert all('<base target="_blank">' in frame.get("srcdoc") for frame in frames)
    assert page.xpath("//pre")[0].text_content() == text
    assert page.xpath("//link | //*[@src]") == []
