"""The link to an edition in the browser: in emails and posts, and only where there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from digest.errors import TemplateError
from digest.jobs.custom_templates import OwnTemplates
from digest.language import language_of
from digest.rendering.email.fit import MOST_BYTES, fit
from digest.rendering.email.mime import encoded_size
from digest.rendering.email.personal import links_of
from digest.rendering.samples import SAMPLES
from digest.rendering.slack.messages import build_messages, build_thread
from digest.rendering.slack.plain import plain_message
from digest.rendering.templates import THEMES, Templates
from digest.signing.web_links import edition_url
from tests.rendering.checker import complaints
from tests.rendering.markup import document
from tests.rendering.samples import NOW, edition, ordinary, story
from tests.rendering.slack_limits import assert_acceptable, lines
from tests.rendering.slack_samples import of_many, rich

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config.looks import Theme
    from digest.model import Edition

PUBLIC = "https://digest.example.com"
URL = edition_url(PUBLIC, b"k" * 32, "weekly", NOW)
TEMPLATES = {theme: Templates(theme=theme) for theme in THEMES}
ALL = pytest.mark.parametrize("theme", THEMES)
BUILDERS = {"post": build_messages, "thread": build_thread}


@ALL
@pytest.mark.parametrize("sample", SAMPLES)
def test_every_theme_opens_with_it(theme: Theme, sample: str) -> None:
    made = SAMPLES[sample]()
    html = TEMPLATES[theme].html(made, links_of(made, PUBLIC, URL))

    assert complaints(html) == []
    [summary] = document(html).find_class("summary")
    [link] = summary.iter("a")
    assert link.get("href") == URL
    assert link.text == language_of(made.language).translate("View in browser")
    assert html.count(URL) == 1


def test_the_text_has_it_whole_at_its_end() -> None:
    made = edition(story())
    text = TEMPLATES["classic"].text(made, links_of(made, PUBLIC, URL))

    foot = text.partition("\n-- \n")[2]
    assert f"\n\nView in browser: {URL}\nUnsubscribe: " in foot


@ALL
def test_where_there_is_none_nothing_says_so(theme: Theme) -> None:
    made = edition(story())
    links = links_of(made, PUBLIC)
    for said in (TEMPLATES[theme].html(made, links), TEMPLATES[theme].text(made, links)):
        assert "View in browser" not in said
        assert "Unsubscribe" in said


def test_what_is_too_large_fits_with_it_too() -> None:
    made = ordinary(200)
    links = links_of(made, PUBLIC, URL)
    html = fit(made, lambda of: TEMPLATES["classic"].html(of, links))[1]

    assert URL in html
    assert encoded_size(html) <= MOST_BYTES


def leading(message: dict[str, Any], url: str) -> list[str]:
    """The words of the links of a message that lead there."""
    said = (element for line in lines(message) for element in line)
    return [one["text"] for one in said if one.get("url") == url]


@pytest.mark.parametrize("url", [URL, edition_url(f"{PUBLIC}/{'x' * 1500}", b"", "w" * 64, NOW)])
@pytest.mark.parametrize("build", BUILDERS.values(), ids=BUILDERS)
@pytest.mark.parametrize("made", [edition(), edition(story()), rich(), of_many(80)], ids=range(4))
def test_slack_has_it_once(build: Any, made: Edition, url: str) -> None:
    messages = build(made, url)

    for message in messages:
        assert_acceptable(message)
    assert [said for one in messages for said in leading(one, url)] == ["View in browser"]
    assert not any(leading(one, url) for one in build(made))


def test_a_post_ends_with_it_and_a_thread_has_it_where_it_begins() -> None:
    first, *_, last = build_messages(of_many(80), URL)
    assert (leading(first, URL), leading(last, URL)) == ([], ["View in browser"])
    parent, *replies = build_thread(rich(), URL)
    assert leading(parent, URL)
    assert not any(leading(reply, URL) for reply in replies)


def test_a_post_without_blocks_has_it() -> None:
    [message] = build_messages(edition(story()), URL)
    plain = plain_message(message)
    assert plain is not None
    assert plain["text"].endswith(f"\n<{URL}|View in browser>")


def test_own_templates_have_it(tmp_path: Path) -> None:
    (tmp_path / "edition.txt").write_text("{{ edition_links.browser if edition_links }}")
    made = edition(story())
    assert OwnTemplates(tmp_path).text(made, links_of(made, PUBLIC, URL)) == URL
    assert OwnTemplates(tmp_path).text(made) == ""


def test_own_templates_are_tried_with_links_and_without(tmp_path: Path) -> None:
    for source in ("{{ edition_links.browser }}", "{{ edition_links.browsr if edition_links }}"):
        (tmp_path / "edition.txt").write_text(source)
        with pytest.raises(TemplateError, match=re.escape("edition.txt:1: ")):
            OwnTemplates(tmp_path)
