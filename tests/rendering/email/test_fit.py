"""An edition in HTML that mail programs show whole: what is left out, and that it is counted."""

from __future__ import annotations

import re
import time
from collections import Counter
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.jobs.custom_templates import OwnTemplates
from digest.model import Picture
from digest.rendering.email.fit import MOST_BYTES, fit
from digest.rendering.email.message import build_email
from digest.rendering.email.mime import encoded_size
from digest.rendering.templates import THEMES, Templates
from tests import limits
from tests.rendering.markup import document
from tests.rendering.samples import edition, editions, ordinary, story

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config.looks import Theme
    from digest.model import Edition, Story

THEMED = {theme: Templates(theme=theme) for theme in THEMES}
TEMPLATES = THEMED["classic"]
LEADING = 10


def with_content(of: Edition, size: int, picture: Picture | None = None) -> Edition:
    """The same, with so many bytes of content for each story, and a picture."""
    html = "<p>" + ("Some of the words that are in it. " * (size // 34 + 1))[: size - 7] + "</p>"
    return replace(
        of,
        sections=tuple(
            replace(
                section,
                stories=tuple(replace(one, html=html, picture=picture) for one in section.stories),
            )
            for section in of.sections
        ),
    )


def detail(one: Story) -> int:
    """How much of a story is shown, from 0 for what is cut to 4 for its whole content."""
    if one.cut:
        return 0
    if one.brief:
        return 1
    return 4 if one.html else 3 if len(one.excerpt) > 120 else 2


def counted(html: str) -> Counter[str]:
    """How many more of each feed a reader is told of."""
    told: Counter[str] = Counter()
    for line in lines_of_more(html):
        text = line.text_content().replace("\xa0", " ")
        for number, feed in re.findall(r"and ([\d,]+) more from (.+)", text):
            told[feed] += int(number.replace(",", ""))
        for feed, number in re.findall(r"(?::|,) ([^,:]+) \(([\d,]+)\)", text):
            told[feed] += int(number.replace(",", ""))
    return told


def lines_of_more(html: str) -> list[Any]:
    return [line for cell in document(html).find_class("more") for line in cell.iter("p")]


def headlines(html: str) -> list[str]:
    return [one.text_content() for one in document(html).find_class("headline-link")]


def html_part(whole: Edition, html: str) -> bytes:
    """As it is in a message."""
    raw = build_email(whole, html, TEMPLATES.text(whole), "digest@example.com")
    part = raw.rpartition(b"\r\nContent-Type: text/html")[2].partition(b"\r\n\r\n")[2]
    return part.rpartition(b"\r\n--=_")[0]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("picture", [None, Picture("https://site.example/a.png", 1_200, 630)])
def test_200_entries_of_5_kb_fit_and_all_are_accounted_for(
    theme: Theme, picture: Picture | None
) -> None:
    whole = with_content(ordinary(200), 5_000, picture)

    reduced, html = fit(whole, THEMED[theme].html)

    assert MOST_BYTES - 6_000 < len(html_part(whole, html)) <= MOST_BYTES
    assert len(headlines(html)) + sum(counted(html).values()) == 200
    assert headlines(html) == [one.title for one in reduced.stories if not one.cut]
    cut = Counter(one.feed for one in reduced.stories if one.cut)
    assert counted(html) == cut
    assert cut
    text = TEMPLATES.text(whole)
    assert [text.count(f"* Number {number}: ") for number in range(200)] == [1] * 200
    assert "200 stories" in html


def test_the_size_is_that_of_the_part_of_a_message() -> None:
    for whole in (ordinary(3), edition(story(title="この文章は日本語です" * 40))):
        html = TEMPLATES.html(whole)
        assert len(html_part(whole, html)) == encoded_size(html)


def test_what_fits_is_rendered_as_it_is() -> None:
    whole = ordinary(50)

    assert fit(whole, TEMPLATES.html) == (whole, TEMPLATES.html(whole))


def test_content_goes_from_the_bottom_first() -> None:
    whole = with_content(ordinary(30), 5_000)

    reduced, html = fit(whole, TEMPLATES.html)

    details = [detail(one) for one in reduced.stories]
    assert details == sorted(details, reverse=True)
    assert set(details) == {4, 3}
    # As many as possible: one more would be too much.
    assert encoded_size(html) + 5_000 > MOST_BYTES


@pytest.mark.parametrize(("count", "expected"), [(100, {3, 2, 1}), (108, {2, 1}), (250, {2, 1, 0})])
def test_the_first_stories_are_the_last_to_lose_their_excerpts(
    count: int, expected: set[int]
) -> None:
    reduced, html = fit(ordinary(count), TEMPLATES.html)

    details = [detail(one) for one in reduced.stories]
    assert min(details[:LEADING]) >= 2
    assert details[0] >= 3
    assert {*details[LEADING:]} <= expected
    assert encoded_size(html) <= MOST_BYTES
    shown = [one for one in details[LEADING:] if one]
    assert shown == sorted(shown, reverse=True)


def test_a_short_excerpt_is_a_whole_sentence() -> None:
    long = (
        "A first sentence of some length, which says it all by itself. " + "And more of it. " * 14
    )
    whole = edition(*(story(number, excerpt=long[:270]) for number in range(95)))

    reduced, _ = fit(whole, TEMPLATES.html)

    [short] = {one.excerpt for one in reduced.stories if detail(one) == 2}
    assert short == (
        "A first sentence of some length, which says it all by itself."
        " And more of it. And more of it. And more of it."
    )


def test_a_title_alone_is_all_that_is_shown_of_a_brief_story() -> None:
    html = TEMPLATES.html(edition(story(1, brief=True, image="https://x.example/1"), story(2)))

    assert headlines(html) == ["Story 1", "Story 2"]
    assert "What story 1 is about" not in html
    assert "What story 2 is about" in html
    assert len(document(html).find_class("meta")) == 1


def test_the_longest_sections_lose_stories_first() -> None:
    few = [story(number, feed="Few") for number in range(20)]
    many = [story(number + 20, feed="Many") for number in range(380)]

    reduced, html = fit(edition(*few, *many), TEMPLATES.html)

    assert all(not one.cut for one in reduced.sections[0].stories)
    flags = [one.cut for one in reduced.sections[1].stories]
    assert flags == sorted(flags)
    assert counted(html) == {"Many": sum(flags)}


def test_the_home_page_of_a_feed_is_linked() -> None:
    whole = ordinary(250)
    home = "https://site.example/home"
    whole = replace(whole, sections=tuple(replace(one, url=home) for one in whole.sections))

    _, html = fit(whole, TEMPLATES.html)

    lines = lines_of_more(html)
    assert len(lines) == 4
    assert {link.get("href") for line in lines for link in line.iter("a")} == {home}


def test_a_section_of_many_feeds_counts_by_feed() -> None:
    whole = ordinary(250)
    stories = sorted(whole.stories, key=lambda one: one.title)
    mixed = replace(
        whole, sections=(replace(whole.sections[0], stories=tuple(stories), url="x:y"),)
    )

    reduced, html = fit(mixed, TEMPLATES.html)

    assert counted(html) == Counter(one.feed for one in reduced.stories if one.cut)
    assert not [link for line in lines_of_more(html) for link in line.iter("a")]


def test_a_thousand_feeds_fit() -> None:
    whole = edition(*(story(number, feed=f"Feed {number}") for number in range(1_000)))

    _, html = fit(whole, TEMPLATES.html)

    assert encoded_size(html) <= MOST_BYTES
    shown, [line] = len(headlines(html)), [line.text_content() for line in lines_of_more(html)]
    named = counted(html)
    assert named == {f"Feed {shown + n}": 1 for n in range(len(named))}
    assert line.startswith(f"and {1_000 - shown} more: ")
    assert line.endswith(f", {1_000 - shown - len(named)} more feeds")
    assert len(document(html).find_class("feed")) == shown


def test_titles_without_end_fit() -> None:
    whole = edition(*(story(number, title="x" * 12_000) for number in range(40)))

    reduced, html = fit(whole, TEMPLATES.html)

    assert encoded_size(html) <= MOST_BYTES
    assert any(one.cut for one in reduced.stories[:LEADING])
    assert sum(counted(html).values()) == sum(one.cut for one in reduced.stories)


def test_japanese_fits_as_encoded() -> None:
    words = "この文章は日本語で書かれています。"
    whole = edition(
        *(story(n, title=words * 4, excerpt=words * 15, feed=f"F{n % 3}") for n in range(150))
    )

    reduced, html = fit(whole, TEMPLATES.html)

    assert MOST_BYTES - 6_000 < len(html_part(whole, html)) <= MOST_BYTES
    assert counted(html) == Counter(one.feed for one in reduced.stories if one.cut)


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(editions(), st.integers(2_000, 60_000))
def test_any_edition_fits_or_is_all_cut(of: Edition, content: int) -> None:
    whole = with_content(of, content)

    reduced, html = fit(whole, TEMPLATES.html)

    assert encoded_size(html) <= MOST_BYTES or all(one.cut for one in reduced.stories)
    assert [one.entries for one in reduced.stories] == [one.entries for one in whole.stories]
    assert reduced.subject == whole.subject
    shown = [one.entries for section in reduced.sections for one in section.shown]
    told = [*reduced.cut, *(more for one in reduced.sections if one.shown for more in one.cut)]
    assert len(shown) + sum(more.stories for more in told) == len(whole.stories)


def test_a_template_that_shows_too_much_whatever_is_cut_is_sent(tmp_path: Path) -> None:
    (tmp_path / "edition.html").write_text("<p>" + "x" * 100_000 + "</p>")

    _, html = fit(ordinary(3), OwnTemplates(tmp_path).html)

    assert "x" * 100_000 in html


@pytest.mark.parametrize(("theme", "enough"), [("classic", 6), ("compact", 8), ("magazine", 6)])
def test_few_renderings_are_enough(theme: Theme, enough: int) -> None:
    calls = []

    def render(of: Edition) -> str:
        calls.append(of)
        return THEMED[theme].html(of)

    for whole in (ordinary(200), with_content(ordinary(200), 5_000), ordinary(1_000)):
        fit(whole, render)
        assert len(calls) <= enough
        calls.clear()


def test_200_stories_are_fitted_in_little_time() -> None:
    whole = ordinary(200)
    fit(whole, TEMPLATES.html)

    began = time.process_time()
    fit(whole, TEMPLATES.html)

    # 33 ms where it was measured.
    assert time.process_time() - began < limits.seconds(0.3)


def test_the_message_is_readable_by_others() -> None:
    whole = ordinary(200)
    _, html = fit(whole, TEMPLATES.html)
    raw = build_email(whole, html, TEMPLATES.text(whole), "digest@example.com")

    body = message_from_bytes(raw, policy=default).get_body(("html",))
    assert body is not None
    assert headlines(body.get_content()) == headlines(html)
