"""What an edition only counts is listed where there is room, and linked to from elsewhere."""

from __future__ import annotations

import json
import re

import pytest

from digest.model import Edition, Listed, More, Section
from digest.rendering.dialects import COMMON
from digest.rendering.email.fit import MOST_BYTES
from digest.rendering.email.mime import encoded_size
from digest.rendering.email.personal import links_of
from digest.rendering.full_list import ANCHOR, linked_to_list
from digest.rendering.messages import edition_messages
from digest.rendering.parts import Limit
from digest.rendering.slack.messages import build_messages, build_thread
from digest.rendering.templates import THEMES, Templates
from tests.rendering.samples import edition, story

PAGE = "https://digest.example/e/weekly/20261116/token"
LISTED = tuple(Listed(f"Rest {n} of it", f"https://site.example/rest/{n}") for n in range(3_000))
COUNTED = More("Wire", "https://wire.example/", 3_500, LISTED)
UNREAD = More("Flood", "https://flood.example/", 40)


def counting() -> Edition:
    return edition(sections=(Section("Wire", (story(),), more=(COUNTED, UNREAD)),))


@pytest.mark.parametrize("theme", THEMES)
def test_an_email_has_the_counts_and_its_text_every_title(theme: str) -> None:
    templates = Templates(theme=theme)  # type: ignore[arg-type]
    shown = linked_to_list(counting(), PAGE)
    links = links_of(shown, "https://digest.example", PAGE)

    html, text = templates.fitted(shown, links), templates.text(shown, links)

    assert encoded_size(html) < MOST_BYTES
    assert "Rest 0 of it" not in html
    assert f'href="{PAGE}{ANCHOR}"' in html
    assert "https://flood.example/" in html
    assert [one.title for one in LISTED if one.title not in text] == []
    assert f"and 500 more from Wire: {PAGE}{ANCHOR}" in " ".join(text.split())
    assert "and 40 more from Flood: https://flood.example/" in " ".join(text.split())


def test_what_is_cut_and_what_had_no_room_is_counted_together() -> None:
    cut, of_another = story(1, feed="Wire", cut=True), story(2, feed="Other", cut=True)
    section = Section("All", (cut, of_another), more=(COUNTED, UNREAD))
    both = edition(sections=(section,))

    told = [(more.feed, more.stories) for more in section.counted]
    assert told == [("Wire", 3_501), ("Flood", 40), ("Other", 1)]
    assert both.cut == section.counted
    html = re.sub(r"<[^>]+>", "", Templates().html(both))
    assert "and 3,542 more: Wire&nbsp;(3501), Flood&nbsp;(40), Other&nbsp;(1)" in html


@pytest.mark.parametrize("theme", THEMES)
def test_the_page_of_an_edition_has_the_list_that_its_counts_lead_to(theme: str) -> None:
    html = Templates(theme=theme).html(linked_to_list(counting(), page=""))  # type: ignore[arg-type]

    assert html.count(f'href="{ANCHOR}"') == 1
    assert html.count(f'id="{ANCHOR.removeprefix("#")}"') == 1
    assert all(f">{one.title}</a>" in html for one in LISTED)


def test_posts_lead_to_the_list() -> None:
    for messages in (build_messages(counting(), PAGE), build_thread(counting(), PAGE)):
        assert f"{PAGE}{ANCHOR}" in json.dumps(messages)
        assert "Rest 0" not in json.dumps(messages)
    (message,) = edition_messages(COMMON, counting(), (Limit(len, 2_000),), PAGE)
    assert f"and 3,540 more: [Wire](<{PAGE}{ANCHOR}>) (3,500)" in message
    assert "Rest 0" not in message


def test_without_a_page_counts_lead_to_the_feed() -> None:
    (message,) = edition_messages(COMMON, counting(), (Limit(len, 2_000),))

    assert "and 3,540 more: [Wire](<https://wire.example/>) (3,500)" in message
